//! The words of the domain in both languages, as they stand inside a sentence.

use izin_core::law::Basis;
use izin_core::policy::Text;
use izin_core::window::Window;
use izin_core::{Channel, Origin, RefusalKind, Timestamp};

const MINUTE_SECONDS: u32 = 60;
const HOUR_SECONDS: u32 = 3_600;
const DAY_SECONDS: u32 = 86_400;

/// Words in both languages.
pub(super) fn text(id: &str, en: &str) -> Text {
    Text {
        id: id.to_owned(),
        en: en.to_owned(),
    }
}

/// The same in both languages.
pub(super) fn both(word: &str) -> Text {
    text(word, word)
}

pub(crate) fn channel(channel: Channel) -> Text {
    match channel {
        Channel::Email => text("email", "e-mail"),
        Channel::Sms => both("SMS"),
        Channel::Whatsapp => both("WhatsApp"),
        Channel::Push => text("notifikasi aplikasi", "push notification"),
        Channel::Phone => text("telepon", "telephone"),
        Channel::Social => text("media sosial", "social media"),
        Channel::SocialDm => text("pesan langsung media sosial", "direct message"),
        Channel::Ads => text("iklan", "ads"),
        Channel::Site => text("situs toko", "the shop's own pages"),
    }
}

pub(crate) fn basis(basis: Basis) -> Text {
    match basis {
        Basis::Consent => text("persetujuan", "consent"),
        Basis::SoftOptIn => text("pelanggan yang ditawari menolak", "soft opt-in"),
        Basis::ImpliedConsent => text("persetujuan tersirat", "implied consent"),
        Basis::Contract => text("perjanjian", "contract"),
        Basis::LegalObligation => text("kewajiban hukum", "legal obligation"),
        Basis::LegitimateInterest => text("kepentingan yang sah", "legitimate interest"),
        Basis::NoticeOptOut => text("boleh sampai ditolak", "notice and opt-out"),
        Basis::Contextual => text("tanpa data pribadi", "no personal data"),
    }
}

pub(super) fn origin(origin: Origin) -> Text {
    match origin {
        Origin::OneClick => text("lewat tombol program email", "by the mail program's button"),
        Origin::Page => text("lewat halaman kami", "on a page of ours"),
        Origin::Api => text("lewat API", "by the API"),
        Origin::Import => text("lewat impor berkas", "by an imported file"),
        Origin::Text => text("lewat pesan teks", "by a text message"),
        Origin::Mail => text("lewat email", "by mail"),
        Origin::Provider => text(
            "dilaporkan penyedia layanan pesan",
            "reported by the provider",
        ),
        Origin::Agent => text("dicatat petugas", "entered by staff"),
        Origin::Izin => text("dibawa serta oleh Izin", "carried along by Izin"),
    }
}

pub(super) fn refusal(kind: RefusalKind) -> Text {
    match kind {
        RefusalKind::Complained => text("Pengaduan", "A complaint"),
        RefusalKind::LegalSuppression => text("Larangan hukum", "A legal suppression"),
        RefusalKind::ImportedSuppression => text(
            "Daftar jangan-dihubungi yang diimpor",
            "An imported do-not-contact list",
        ),
        RefusalKind::ManualSuppression => text("Daftar jangan-dihubungi", "A do-not-contact list"),
        RefusalKind::OptedOut => text("Berhenti berlangganan", "An opt-out"),
        RefusalKind::Objected => text("Keberatan", "An objection"),
        RefusalKind::Withdrawn => text("Penarikan persetujuan", "A withdrawal of consent"),
        RefusalKind::Presumed => text("Penolakan yang diduga", "A presumed refusal"),
    }
}

/// A window in the largest unit that divides it.
pub(super) fn window(window: Window) -> Text {
    let (length, id, en) = match window.seconds() {
        seconds if seconds.is_multiple_of(DAY_SECONDS) => (seconds / DAY_SECONDS, "hari", "day"),
        seconds if seconds.is_multiple_of(HOUR_SECONDS) => (seconds / HOUR_SECONDS, "jam", "hour"),
        seconds => (seconds / MINUTE_SECONDS, "menit", "minute"),
    };
    let several = if length == 1 { "" } else { "s" };
    text(
        &format!("{length} {id}"),
        &format!("{length} {en}{several}"),
    )
}

/// The day of a moment, in UTC.
pub(super) fn day(at: Timestamp) -> String {
    at.to_string().chars().take("2026-11-21".len()).collect()
}

/// A moment to the minute, in UTC.
pub(super) fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    let start = text.get(.."2026-11-21T09:30".len());
    start.map_or(text.clone(), |start| {
        format!("{} UTC", start.replace('T', " "))
    })
}

/// Words with commas between them.
pub(super) fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
