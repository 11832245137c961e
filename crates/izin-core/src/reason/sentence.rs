//! What each reason says to people, in Indonesian and English.

use super::Reason;

/// Every reason with its Indonesian and English sentence, in order of precedence.
pub(super) const SENTENCES: [(Reason, &str, &str); 40] = [
    (
        Reason::StaleGate,
        "Simpul ini belum mengetahui perubahan terbaru, jadi pesan ditahan.",
        "This node does not know the newest changes, so the message is held back.",
    ),
    (
        Reason::Erased,
        "Data pelanggan ini sudah dihapus.",
        "This customer's data were erased.",
    ),
    (
        Reason::Restricted,
        "Pemrosesan data dibatasi atas permintaan pelanggan.",
        "Processing is restricted at the customer's request.",
    ),
    (
        Reason::Complained,
        "Pelanggan melaporkan pesan kami sebagai tidak diinginkan.",
        "The customer reported one of our messages as unwanted.",
    ),
    (
        Reason::Suppressed,
        "Alamat atau nomor ini ada di daftar jangan-dihubungi.",
        "This address or number is on a do-not-contact list.",
    ),
    (
        Reason::OptedOutAll,
        "Pelanggan menolak semua pesan yang tidak wajib.",
        "The customer opted out of everything that is not essential.",
    ),
    (
        Reason::OptedOutChannel,
        "Pelanggan menolak pesan melalui saluran ini.",
        "The customer opted out of messages on this channel.",
    ),
    (
        Reason::OptedOutPurpose,
        "Pelanggan menolak tujuan ini.",
        "The customer opted out of this purpose.",
    ),
    (
        Reason::OptedOutTopic,
        "Pelanggan menolak topik ini.",
        "The customer opted out of this topic.",
    ),
    (
        Reason::Objected,
        "Pelanggan berkeberatan atas pemrosesan ini.",
        "The customer objected to this processing.",
    ),
    (
        Reason::Withdrawn,
        "Pelanggan menarik kembali persetujuannya.",
        "The customer withdrew the consent.",
    ),
    (
        Reason::RefusalPresumed,
        "Pelanggan mengatakan sesuatu yang mungkin penolakan; petugas sedang memeriksanya.",
        "The customer said something that may be a refusal; a person is looking at it.",
    ),
    (
        Reason::SignalProvider,
        "Pelanggan mematikan pesan kami di platform atau operatornya.",
        "The customer turned our messages off at the platform or carrier.",
    ),
    (
        Reason::SignalGpc,
        "Peramban pelanggan meminta datanya tidak dijual atau dibagikan (Global Privacy Control).",
        "The customer's browser asks that data be neither sold nor shared (Global Privacy Control).",
    ),
    (
        Reason::SignalGpp,
        "Sinyal privasi pelanggan (GPP) menolak hal ini.",
        "The customer's privacy signal (GPP) refuses this.",
    ),
    (
        Reason::SignalTcf,
        "Sinyal persetujuan pelanggan (TCF) menolak hal ini.",
        "The customer's consent signal (TCF) refuses this.",
    ),
    (
        Reason::Minor,
        "Pelanggan di bawah umur dan tidak ada persetujuan wali.",
        "The customer is a minor, and no guardian has consented.",
    ),
    (
        Reason::PurposeNotLive,
        "Tujuan ini tidak berlaku pada saluran ini menurut kebijakan toko.",
        "The shop's policy has no such live purpose on this channel.",
    ),
    (
        Reason::DpiaMissing,
        "Belum ada penilaian dampak yang disetujui dan masih berlaku untuk tujuan ini.",
        "There is no approved, unexpired impact assessment for this purpose.",
    ),
    (
        Reason::UnknownSubject,
        "Tidak ada pelanggan yang dikenal dengan alamat atau nomor ini.",
        "No customer is known by this address or number.",
    ),
    (
        Reason::AwaitingConfirmation,
        "Ada persetujuan baru, tetapi penolakan masih berlaku sampai pelanggan sendiri mengonfirmasi.",
        "A new consent came in, but the refusal stands until the customer confirms it in person.",
    ),
    (
        Reason::ConsentInvalid,
        "Persetujuan ini tidak berlaku: formulirnya cacat, atau persetujuannya dibatalkan.",
        "The consent does not count: its form was defective, or it was revoked.",
    ),
    (
        Reason::ConsentExpired,
        "Persetujuan sudah melewati masa berlakunya.",
        "The consent has passed its period of validity.",
    ),
    (
        Reason::ConsentStale,
        "Persetujuan diberikan untuk pemrosesan yang lebih sempit daripada sekarang.",
        "The consent was given to less than what is done now.",
    ),
    (
        Reason::NoConsent,
        "Tidak ada persetujuan yang terbukti untuk tujuan dan saluran ini.",
        "There is no proven consent for this purpose and channel.",
    ),
    (
        Reason::NoBasis,
        "Tidak ada dasar hukum untuk tujuan ini pada saluran ini.",
        "There is no legal basis for this purpose on this channel.",
    ),
    (
        Reason::SensitiveContent,
        "Isinya mengungkap hal sensitif yang memerlukan persetujuan tersendiri.",
        "The content reveals something sensitive that needs its own explicit consent.",
    ),
    (
        Reason::PromotionInService,
        "Pesan layanan ini berisi promosi.",
        "This service message holds promotion.",
    ),
    (
        Reason::NoWayToRefuse,
        "Pesan ini tidak menyertakan cara menolak yang berfungsi.",
        "The message holds no working way to refuse.",
    ),
    (
        Reason::Undeliverable,
        "Alamat ini diketahui tidak dapat menerima pesan.",
        "The address is known not to accept messages.",
    ),
    (
        Reason::Paused,
        "Pelanggan sedang menjeda pesan.",
        "The customer has paused messages.",
    ),
    (
        Reason::Capped,
        "Batas jumlah pesan sudah tercapai.",
        "The limit on the number of messages is reached.",
    ),
    (
        Reason::QuietHours,
        "Sekarang di luar jam kirim di tempat pelanggan.",
        "It is outside sending hours where the customer is.",
    ),
    (
        Reason::Consent,
        "Pelanggan memberi persetujuan untuk tujuan dan saluran ini.",
        "The customer consented to this purpose on this channel.",
    ),
    (
        Reason::SoftOptIn,
        "Pelanggan kami, tentang barang serupa; ia ditawari untuk menolak sejak awal.",
        "Our customer, about similar goods, who was offered to refuse from the start.",
    ),
    (
        Reason::Contract,
        "Diperlukan untuk pesanan atau akun pelanggan.",
        "Needed for an order or account of the customer.",
    ),
    (
        Reason::LegalObligation,
        "Diwajibkan oleh hukum.",
        "The law asks for it.",
    ),
    (
        Reason::LegitimateInterest,
        "Kepentingan yang sah; pelanggan dapat berkeberatan.",
        "A legitimate interest, to which the customer may object.",
    ),
    (
        Reason::NoticeOptOut,
        "Boleh sampai pelanggan menolak.",
        "Allowed until the customer says stop.",
    ),
    (
        Reason::Contextual,
        "Tidak memakai data pelanggan sama sekali.",
        "It uses nothing about the customer.",
    ),
];
