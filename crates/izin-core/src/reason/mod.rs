//! Why a decision came out as it did: one code, with a sentence in each language.

mod sentence;
mod set;

use serde::{Deserialize, Serialize};

use crate::Language;
use crate::Sentences;
use sentence::SENTENCES;

pub use set::ReasonSet;

/// A reason for a decision. The order of the variants is the order of precedence (design §3.2):
/// of all that apply, the first is *the* reason and the others are listed beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// This node cannot know the person's newest acts.
    StaleGate,
    /// The person's data were erased.
    Erased,
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
    /// Said something that may be a no; a person looks at it.
    RefusalPresumed,
    /// Turned our messages off at a platform or carrier.
    SignalProvider,
    /// The browser sends Global Privacy Control.
    SignalGpc,
    /// A string of the Global Privacy Platform refuses it.
    SignalGpp,
    /// A string of the Transparency and Consent Framework refuses it.
    SignalTcf,
    /// A minor, and no guardian's consent.
    Minor,
    /// The policy has no such live purpose on this channel.
    PurposeNotLive,
    /// No approved, unexpired impact assessment.
    DpiaMissing,
    /// Nobody is known by this identifier.
    UnknownSubject,
    /// A consent came in while a refusal stands; it waits for the person's own confirmation.
    AwaitingConfirmation,
    /// The consent does not count: its form was defective, or it was revoked or invalidated.
    ConsentInvalid,
    /// The consent is older than the policy keeps it.
    ConsentExpired,
    /// The consent was given to less than is done now.
    ConsentStale,
    /// No consent on record, or none with evidence.
    NoConsent,
    /// No legal basis for this purpose on this channel.
    NoBasis,
    /// The content reveals what only an explicit consent lets be used.
    SensitiveContent,
    /// A service message that promotes.
    PromotionInService,
    /// A marketing message without a working way to refuse.
    NoWayToRefuse,
    /// The address is known not to work.
    Undeliverable,
    /// The person paused messages.
    Paused,
    /// A cap is reached.
    Capped,
    /// It is night where the person is.
    QuietHours,
    /// Allowed: the person consented.
    Consent,
    /// Allowed: a customer, about similar goods, who was offered to refuse.
    SoftOptIn,
    /// Allowed: needed for an order or account of the person.
    Contract,
    /// Allowed: the law asks for it.
    LegalObligation,
    /// Allowed: a legitimate interest, to which the person may object.
    LegitimateInterest,
    /// Allowed until told to stop.
    NoticeOptOut,
    /// Allowed: nothing of the person is used.
    Contextual,
}

impl Reason {
    /// Every reason, in order of precedence.
    pub fn all() -> impl Iterator<Item = Self> {
        SENTENCES.iter().map(|(reason, ..)| *reason)
    }

    /// The sentence that says it to a person.
    #[must_use]
    pub fn sentence(self, language: Language) -> &'static str {
        SENTENCES
            .get(self as usize)
            .map_or("", |(_, id, en)| match language {
                Language::Id => id,
                Language::En => en,
            })
    }

    /// The same in both languages.
    #[must_use]
    pub fn sentences(self) -> Sentences {
        Sentences {
            id: self.sentence(Language::Id),
            en: self.sentence(Language::En),
        }
    }

    /// Whether the reason only puts a message off.
    #[must_use]
    pub const fn defers(self) -> bool {
        matches!(self, Self::Paused | Self::Capped | Self::QuietHours)
    }

    /// Whether the reason speaks against a message alone, and takes no permission away: it puts
    /// messages off, or the address is broken.
    #[must_use]
    pub const fn only_hinders(self) -> bool {
        self.defers() || matches!(self, Self::Undeliverable)
    }

    /// Whether the reason allows.
    #[must_use]
    pub const fn allows(self) -> bool {
        self as u8 >= Self::Consent as u8
    }

    /// The code as the API writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::StaleGate => "stale_gate",
            Self::Erased => "erased",
            Self::Restricted => "restricted",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
            Self::OptedOutAll => "opted_out_all",
            Self::OptedOutChannel => "opted_out_channel",
            Self::OptedOutPurpose => "opted_out_purpose",
            Self::OptedOutTopic => "opted_out_topic",
            Self::Objected => "objected",
            Self::Withdrawn => "withdrawn",
            Self::RefusalPresumed => "refusal_presumed",
            Self::SignalProvider => "signal_provider",
            Self::SignalGpc => "signal_gpc",
            Self::SignalGpp => "signal_gpp",
            Self::SignalTcf => "signal_tcf",
            Self::Minor => "minor",
            Self::PurposeNotLive => "purpose_not_live",
            Self::DpiaMissing => "dpia_missing",
            Self::UnknownSubject => "unknown_subject",
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::ConsentInvalid => "consent_invalid",
            Self::ConsentExpired => "consent_expired",
            Self::ConsentStale => "consent_stale",
            Self::NoConsent => "no_consent",
            Self::NoBasis => "no_basis",
            Self::SensitiveContent => "sensitive_content",
            Self::PromotionInService => "promotion_in_service",
            Self::NoWayToRefuse => "no_way_to_refuse",
            Self::Undeliverable => "undeliverable",
            Self::Paused => "paused",
            Self::Capped => "capped",
            Self::QuietHours => "quiet_hours",
            Self::Consent => "consent",
            Self::SoftOptIn => "soft_opt_in",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::LegitimateInterest => "legitimate_interest",
            Self::NoticeOptOut => "notice_opt_out",
            Self::Contextual => "contextual",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_code_and_both_sentences_in_order() {
        let all: Vec<_> = Reason::all().collect();
        assert!(all.is_sorted() && all.len() == Reason::Contextual as usize + 1);
        for reason in all {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            for language in Language::ALL {
                let sentence = reason.sentence(language);
                assert!(sentence.ends_with('.'), "{reason:?}");
                let rows = SENTENCES.iter();
                let own = rows.filter(|(row, ..)| *row == reason).count();
                assert_eq!(own, 1, "{reason:?} has one row");
            }
        }
    }
}
