//! A no: what it covers, who said it and how.

use serde::{Deserialize, Serialize};

use crate::consent::EARLIEST;
use crate::policy::{PurposeId, TopicId};
use crate::{Channel, Reason, Seq, Timestamp};

/// What kind of no it is. The order is the order of precedence (design §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The person reported a message as unwanted.
    Complained,
    /// A law, court or authority forbids contact; only two people together may lift it.
    LegalSuppression,
    /// A do-not-contact list that the shop brought along.
    ImportedSuppression,
    /// Staff entered it.
    ManualSuppression,
    /// The person opted out.
    OptedOut,
    /// The person objected (GDPR art. 21).
    Objected,
    /// The person withdrew a consent (UU PDP art. 9 and 40, GDPR art. 7(3)).
    Withdrawn,
    /// Something the person wrote may be a no. It counts as one; a reviewer may clear it in time.
    Presumed,
}

/// Days in which a reviewer may clear a presumed refusal; after them it is an opt-out.
pub const PRESUMPTION_DAYS: i64 = 30;

/// What a refusal, pause or question is about. An absent part means: all of them.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Scope {
    /// One channel, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// One purpose, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeId>,
    /// One topic inside the purpose, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
}

impl Scope {
    /// Everything on every channel.
    pub const EVERYTHING: Self = Self {
        channel: None,
        purpose: None,
        topic: None,
    };

    /// Everything on one channel.
    #[must_use]
    pub const fn channel(channel: Channel) -> Self {
        Self {
            channel: Some(channel),
            purpose: None,
            topic: None,
        }
    }

    /// One purpose on one channel.
    #[must_use]
    pub const fn purpose(purpose: PurposeId, channel: Channel) -> Self {
        Self {
            channel: Some(channel),
            purpose: Some(purpose),
            topic: None,
        }
    }

    /// Whether a message of this channel, purpose and topic falls under the scope.
    #[must_use]
    pub fn covers(&self, channel: Channel, purpose: &PurposeId, topic: Option<&TopicId>) -> bool {
        self.channel.is_none_or(|own| own == channel)
            && self.purpose.as_ref().is_none_or(|own| own == purpose)
            && self.topic.as_ref().is_none_or(|own| Some(own) == topic)
    }
}

/// Where an act came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The header of RFC 8058, pressed in a mail program.
    OneClick,
    /// A page of ours, reached by a link in a message.
    Page,
    /// A machine with an API key.
    Api,
    /// A file.
    Import,
    /// A text message the person sent.
    Text,
    /// A mail the person, or their mailbox provider for them, sent.
    Mail,
    /// A provider, reporting what the person chose there.
    Provider,
    /// Staff at the command line, for what came by phone, letter or counter.
    Agent,
    /// Izin itself, carrying a refusal along (for instance to a new holder of an address).
    Izin,
}

impl Origin {
    /// The name used in files, in the API and in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneClick => "one_click",
            Self::Page => "page",
            Self::Api => "api",
            Self::Import => "import",
            Self::Text => "text",
            Self::Mail => "mail",
            Self::Provider => "provider",
            Self::Agent => "agent",
            Self::Izin => "izin",
        }
    }
}

/// One live refusal of a person or of an identifier nobody is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Refusal {
    /// What kind of no.
    pub kind: RefusalKind,
    /// What it covers.
    pub scope: Scope,
    /// The entry that recorded it.
    pub seq: Seq,
    /// When the person said it.
    pub occurred_at: Timestamp,
    /// When it was entered.
    pub recorded_at: Timestamp,
    /// How often it was said; a correction takes back one saying.
    pub times: u32,
}

impl Refusal {
    /// The reason code that this refusal gives a decision. One that was presumed and not reviewed
    /// in time is an opt-out.
    #[must_use]
    pub const fn reason(&self, now: Timestamp) -> Reason {
        match self.kind {
            RefusalKind::Presumed if !self.is_overdue(now) => Reason::RefusalPresumed,
            RefusalKind::Complained => Reason::Complained,
            RefusalKind::LegalSuppression
            | RefusalKind::ImportedSuppression
            | RefusalKind::ManualSuppression => Reason::Suppressed,
            RefusalKind::OptedOut | RefusalKind::Presumed => match self.scope {
                Scope { topic: Some(_), .. } => Reason::OptedOutTopic,
                Scope {
                    purpose: Some(_), ..
                } => Reason::OptedOutPurpose,
                Scope {
                    channel: Some(_), ..
                } => Reason::OptedOutChannel,
                Scope { .. } => Reason::OptedOutAll,
            },
            RefusalKind::Objected => Reason::Objected,
            RefusalKind::Withdrawn => Reason::Withdrawn,
        }
    }

    /// What kind of no it is by now: one that was presumed and not reviewed in time is an opt-out.
    #[must_use]
    pub const fn kind_at(&self, now: Timestamp) -> RefusalKind {
        match self.kind {
            RefusalKind::Presumed if self.is_overdue(now) => RefusalKind::OptedOut,
            kind => kind,
        }
    }

    /// Whether the time to clear a presumed refusal is over.
    #[must_use]
    pub const fn is_overdue(&self, now: Timestamp) -> bool {
        now.days_since(self.recorded_at) >= PRESUMPTION_DAYS
    }
}

/// When a no counts as said: as it was reported; now, where that is yet to come or so long ago that no
/// record can hold it. The later a no was said, the harder it is to lift: so its date never loses it.
#[must_use]
pub fn said_at(reported: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let held = reported.filter(|at| (EARLIEST..=now).contains(at));
    held.unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_that_is_dated_beyond_what_can_be_was_said_now() {
        let now = EARLIEST.plus_days(20_000);
        for absurd in [
            Timestamp::MAX,
            now.just_after(),
            Timestamp::from_micros(EARLIEST.as_micros() - 1),
            Timestamp::from_micros(i64::MIN),
        ] {
            assert_eq!(said_at(Some(absurd), now), now);
        }
        assert_eq!(said_at(None, now), now);
        for held in [EARLIEST, EARLIEST.plus_days(7_000), now] {
            assert_eq!(said_at(Some(held), now), held);
        }
    }

    #[test]
    fn the_name_of_an_origin_is_the_one_that_records_hold() {
        use Origin::{Agent, Api, Import, Izin, OneClick, Page};
        for origin in [OneClick, Page, Api, Import, Agent, Izin] {
            assert_eq!(serde_json::to_value(origin).unwrap(), origin.as_str());
        }
    }
}
