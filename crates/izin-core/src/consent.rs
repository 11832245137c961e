//! A yes: what it is to, how it came about, and the states it can be in.
//!
//! The states are those of the Data Privacy Vocabulary. Only two permit anything; silence, a closed
//! window, a pre-ticked box or an unproven claim never becomes one of them.

use serde::{Deserialize, Serialize};

use crate::act::Evidence;
use crate::policy::{FormId, PurposeId, TopicId};
use crate::{Channel, IdentifierId, Language, Seq, Timestamp};

/// The earliest moment at which a yes can have been given. Records of consent count from 1970, and
/// the first day of that means that nobody said when.
pub const EARLIEST: Timestamp = Timestamp::from_micros(86_400_000_000);

/// Who acted.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    /// The person.
    #[default]
    Subject,
    /// A parent or guardian of a minor.
    Guardian,
}

/// How a yes came about, as far as it decides anything.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Manner {
    /// Form and version on which it was given, if it was one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<(FormId, u32)>,
    /// The language of the words shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Whether sensitive data were asked for by name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explicit: bool,
    /// Who acted.
    #[serde(default, skip_serializing_if = "is_subject")]
    pub by: Giver,
    /// Whether the person proved control of the address in the same act.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub step_up: bool,
}

fn is_subject(giver: &Giver) -> bool {
    *giver == Giver::Subject
}

/// What became of a yes other than by the person's refusal or by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It was asked for; no answer yet.
    Requested,
    /// The question was closed without an answer.
    RequestDeferred,
    /// The person said no to the question.
    Refused,
    /// Somebody else than the person took it back.
    Revoked,
    /// An authority or court found it void.
    Invalidated,
}

/// The states of a consent (Data Privacy Vocabulary 2, `ConsentStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Nothing that could be trusted is known; what lacks its proof is here too.
    Unknown,
    /// The question was shown and awaits an answer.
    Requested,
    /// The question was closed without an answer; that is no yes.
    RequestDeferred,
    /// The person said no.
    Refused,
    /// The person said yes.
    Given,
    /// The person said yes again to what they had agreed to before.
    RenewedGiven,
    /// The time it was given for is over.
    Expired,
    /// The person took it back.
    Withdrawn,
    /// Somebody else ended it, for instance the shop that closed the purpose.
    Revoked,
    /// An authority or a court, or a fault in the form, made it void from the start.
    Invalidated,
}

impl ConsentState {
    /// Every state, in the order of a consent's life.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Requested,
        Self::RequestDeferred,
        Self::Refused,
        Self::Given,
        Self::RenewedGiven,
        Self::Expired,
        Self::Withdrawn,
        Self::Revoked,
        Self::Invalidated,
    ];

    /// Whether data may be processed on it: only a yes that still stands.
    #[must_use]
    pub const fn permits(self) -> bool {
        matches!(self, Self::Given | Self::RenewedGiven)
    }

    /// The state's term in the Data Privacy Vocabulary, with the prefix `dpv:`.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::Unknown => "dpv:ConsentUnknown",
            Self::Requested => "dpv:ConsentRequested",
            Self::RequestDeferred => "dpv:ConsentRequestDeferred",
            Self::Refused => "dpv:ConsentRefused",
            Self::Given => "dpv:ConsentGiven",
            Self::RenewedGiven => "dpv:RenewedConsentGiven",
            Self::Expired => "dpv:ConsentExpired",
            Self::Withdrawn => "dpv:ConsentWithdrawn",
            Self::Revoked => "dpv:ConsentRevoked",
            Self::Invalidated => "dpv:ConsentInvalidated",
        }
    }
}

/// That the person said yes in an act of their own, proved by step-up on the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnWord {
    /// The entry.
    pub seq: Seq,
    /// When the person said it.
    pub occurred_at: Timestamp,
}

/// The newest yes to a purpose on a channel, for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Consent {
    /// The purpose agreed to.
    pub purpose: PurposeId,
    /// The channel agreed to.
    pub channel: Channel,
    /// The topic, or the whole purpose.
    pub topic: Option<TopicId>,
    /// The address it was given for; absent: every address on the channel.
    pub identifier: Option<IdentifierId>,
    /// The entry that recorded it.
    pub seq: Seq,
    /// When the person agreed.
    pub occurred_at: Timestamp,
    /// Whether it is proven.
    pub evidence: Evidence,
    /// The policy version whose notice was in force; 0 when the evidence alone says it.
    pub policy: u32,
    /// How it came about.
    pub manner: Manner,
    /// The two newest of the person's own words for it, the newest first.
    pub own_words: [Option<OwnWord>; 2],
    /// Whether one stood before it.
    pub renewed: bool,
    /// What became of it since.
    pub mark: Option<Mark>,
}

impl Consent {
    /// Whether both are about the same purpose, channel, topic and address.
    #[must_use]
    pub fn same_matter(&self, other: &Self) -> bool {
        self.purpose == other.purpose
            && self.channel == other.channel
            && self.topic == other.topic
            && self.identifier == other.identifier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_that_still_stands_permits() {
        let permitting: Vec<_> = ConsentState::ALL
            .into_iter()
            .filter(|state| state.permits())
            .collect();
        assert_eq!(
            permitting,
            [ConsentState::Given, ConsentState::RenewedGiven]
        );
    }
}
