//! What the ledger holds: acts. An act carries no personal value; what was said in words, by
//! whom and with what evidence is a *detail*, kept encrypted beside it.
//!
//! The serialised form is canonical and committed to by the ledger's leaves: a field may be added
//! (absent when unused), none may change its meaning.

use serde::{Deserialize, Serialize};

use crate::identifier::IdentifierKind;
use crate::policy::{PurposeId, TopicId};
use crate::refusal::{Origin, RefusalKind, Scope};
use crate::{Channel, IdentifierId, Level, Seq, SubjectId, Timestamp};

/// How a consent is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The act's detail says when, where and to what text the person agreed.
    Recorded,
    /// Somebody says so; not enough to contact anyone (design §3.7).
    Missing,
}

/// Something that happened, in the past tense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// An address or number was found to be this person's.
    IdentifierAttached {
        /// Its random name; hash and value are in the vault.
        identifier: IdentifierId,
        /// What kind it is.
        kind: IdentifierKind,
    },
    /// The person agreed to a purpose on a channel.
    Consented {
        /// One purpose on one channel.
        purpose: PurposeId,
        /// The channel.
        channel: Channel,
        /// One topic, or the whole purpose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<TopicId>,
        /// The address it was given for; a consent never moves to another one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identifier: Option<IdentifierId>,
        /// When the person agreed.
        occurred_at: Timestamp,
        /// Whether it is proven.
        evidence: Evidence,
        /// The policy version whose notice was in force; 0 when that is not known.
        policy: u32,
        /// Where it came in.
        origin: Origin,
    },
    /// The person, the law or the shop said no.
    Refused {
        /// What kind of no.
        refusal: RefusalKind,
        /// What it covers.
        #[serde(flatten)]
        scope: Scope,
        /// When it was said.
        occurred_at: Timestamp,
        /// Where it came in.
        origin: Origin,
    },
    /// A no about an identifier, whoever holds it now or later. It names no person.
    IdentifierSuppressed {
        /// The suppression's random name; its hash is in the store.
        suppression: IdentifierId,
        /// What kind of no.
        refusal: RefusalKind,
        /// What it covers.
        #[serde(flatten)]
        scope: Scope,
        /// When it was said.
        occurred_at: Timestamp,
        /// Where it came in.
        origin: Origin,
    },
    /// The person moved the dial.
    DialMoved {
        /// Where it stands now.
        level: Level,
        /// Where it came in.
        origin: Origin,
    },
    /// The person wants quiet for a while.
    Paused {
        /// One channel, or all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// Until when; a time past ends the pause.
        until: Timestamp,
        /// Where it came in.
        origin: Origin,
    },
    /// Processing was restricted, or the restriction ended.
    Restricted {
        /// Whether it holds.
        holds: bool,
        /// Where it came in.
        origin: Origin,
    },
    /// A message could not be delivered for good. Not an opt-out.
    Undeliverable {
        /// The address.
        identifier: IdentifierId,
        /// The channel it failed on.
        channel: Channel,
    },
    /// A policy took effect.
    PolicyPublished {
        /// Its version.
        version: u32,
        /// BLAKE3 of its canonical text, in hexadecimal.
        hash: String,
    },
}

impl Act {
    /// The number that stands for the kind of act in the ledger's leaves.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::IdentifierAttached { .. } => 1,
            Self::Consented { .. } => 2,
            Self::Refused { .. } => 3,
            Self::IdentifierSuppressed { .. } => 4,
            Self::DialMoved { .. } => 5,
            Self::Paused { .. } => 6,
            Self::Restricted { .. } => 7,
            Self::Undeliverable { .. } => 8,
            Self::PolicyPublished { .. } => 9,
        }
    }

    /// Whether the act takes something away from what may be done with the person's data. Such
    /// acts are never refused for want of proof.
    #[must_use]
    pub const fn narrows(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::IdentifierSuppressed { .. } | Self::Paused { .. } => true,
            Self::Restricted { holds, .. } => *holds,
            _ => false,
        }
    }
}

/// One line of the ledger, as the fold sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// Whom it is about; absent for policies and suppressions.
    pub subject: Option<SubjectId>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What happened.
    pub act: Act,
}
