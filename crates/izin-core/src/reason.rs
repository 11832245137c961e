//! Why a decision came out as it did: one code, with a sentence in each language.

use serde::{Deserialize, Serialize};

use crate::Language;

/// A reason for a decision. The order of the variants is the order of precedence (design §3.2):
/// of all that apply, the first is *the* reason and the others are listed beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Processing is restricted at the person's request.
    Restricted,
    /// The person complained about a message.
    Complained,
    /// On a do-not-contact list.
    Suppressed,
    /// Opted out of everything.
    OptedOutAll,
    /// Opted out of the channel.
    OptedOutChannel,
    /// Opted out of the purpose.
    OptedOutPurpose,
    /// Opted out of the topic.
    OptedOutTopic,
    /// Objected to the processing.
    Objected,
    /// Withdrew the consent.
    Withdrawn,
    /// The policy has no such live purpose on this channel.
    PurposeNotLive,
    /// Nobody is known by this identifier.
    UnknownSubject,
    /// A consent came in while a refusal stands; it waits for the person's own confirmation.
    AwaitingConfirmation,
    /// The consent is older than the policy keeps it.
    ConsentExpired,
    /// No consent on record, or none with evidence.
    NoConsent,
    /// No legal basis for this purpose on this channel.
    NoBasis,
    /// The address is known not to work.
    Undeliverable,
    /// The person paused messages.
    Paused,
    /// Allowed: the person consented.
    Consent,
    /// Allowed: needed for an order or account of the person.
    Contract,
    /// Allowed: a legitimate interest, to which the person may object.
    LegitimateInterest,
}

/// Every reason with its Indonesian and English sentence, in order of precedence.
const SENTENCES: [(Reason, &str, &str); 20] = [
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
        Reason::PurposeNotLive,
        "Tujuan ini tidak berlaku pada saluran ini menurut kebijakan toko.",
        "The shop's policy has no such live purpose on this channel.",
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
        Reason::ConsentExpired,
        "Persetujuan sudah melewati masa berlakunya.",
        "The consent has passed its period of validity.",
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
        Reason::Consent,
        "Pelanggan memberi persetujuan untuk tujuan dan saluran ini.",
        "The customer consented to this purpose on this channel.",
    ),
    (
        Reason::Contract,
        "Diperlukan untuk pesanan atau akun pelanggan.",
        "Needed for an order or account of the customer.",
    ),
    (
        Reason::LegitimateInterest,
        "Kepentingan yang sah; pelanggan dapat berkeberatan.",
        "A legitimate interest, to which the customer may object.",
    ),
];

impl Reason {
    /// Every reason, in order of precedence.
    pub fn all() -> impl Iterator<Item = Self> {
        SENTENCES.iter().map(|(reason, ..)| *reason)
    }

    /// The sentence that says it to a person.
    #[must_use]
    pub fn sentence(self, language: Language) -> &'static str {
        SENTENCES
            .iter()
            .find(|(reason, ..)| *reason == self)
            .map_or("", |(_, id, en)| match language {
                Language::Id => id,
                Language::En => en,
            })
    }

    /// The code as the API writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
            Self::OptedOutAll => "opted_out_all",
            Self::OptedOutChannel => "opted_out_channel",
            Self::OptedOutPurpose => "opted_out_purpose",
            Self::OptedOutTopic => "opted_out_topic",
            Self::Objected => "objected",
            Self::Withdrawn => "withdrawn",
            Self::PurposeNotLive => "purpose_not_live",
            Self::UnknownSubject => "unknown_subject",
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::ConsentExpired => "consent_expired",
            Self::NoConsent => "no_consent",
            Self::NoBasis => "no_basis",
            Self::Undeliverable => "undeliverable",
            Self::Paused => "paused",
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegitimateInterest => "legitimate_interest",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_code_and_both_sentences_in_order() {
        let all: Vec<_> = Reason::all().collect();
        assert!(all.is_sorted() && all.len() == Reason::LegitimateInterest as usize + 1);
        for reason in all {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            for language in Language::ALL {
                assert!(reason.sentence(language).ends_with('.'), "{reason:?}");
            }
        }
    }
}
