//! What the ledger holds: acts. An act carries no personal value; what was said in words, by
//! whom and with what evidence is a *detail*, kept encrypted beside it.
//!
//! The serialised form is canonical and committed to by the ledger's leaves: a field may be added
//! (absent when unused), none may change its meaning.

mod narrowing;
mod reading;

use serde::{Deserialize, Serialize};

use crate::consent::{Manner, Mark};
use crate::country::{Country, Region};
use crate::identifier::IdentifierKind;
use crate::policy::{DpiaId, PurposeId, TopicId};
use crate::refusal::{Origin, RefusalKind, Scope};
use crate::relation::{DetachCause, PlaceSource, Relation, SoftOptIn};
use crate::signal::Signal;
use crate::window::Limit;
use crate::zone::Zone;
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

/// What a corrected entry had recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corrected {
    /// A refusal.
    Refusal {
        /// Its kind.
        refusal: RefusalKind,
        /// What it covered.
        scope: Scope,
    },
    /// A consent.
    Consent,
    /// That the person is a minor.
    Minor,
}

/// Writes the kinds down twice: as they are, and as what reads them. An act is written with its kind
/// among its fields; whoever reads such a thing by serde's own way keeps every field aside until the
/// kind is known. Ours comes first, so [`reading`] needs not.
macro_rules! acts {
    ($(#[$what:meta])* pub enum Act { $($kinds:tt)* }) => {
        $(#[$what])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(tag = "act", rename_all = "snake_case")]
        pub enum Act { $($kinds)* }

        #[derive(Deserialize)]
        #[serde(remote = "Act", rename_all = "snake_case")]
        enum Untagged { $($kinds)* }
    };
}

acts! {
/// Something that happened, in the past tense.
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
        /// The policy version whose notice was in force; 0 when the evidence alone says it.
        policy: u32,
        /// Where it came in.
        origin: Origin,
        /// How it came about.
        #[serde(flatten)]
        manner: Manner,
    },
    /// Something became of a question or of a yes, other than by the person's refusal.
    ConsentMarked {
        /// The purpose.
        purpose: PurposeId,
        /// The channel.
        channel: Channel,
        /// One topic, or the whole purpose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<TopicId>,
        /// The address it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identifier: Option<IdentifierId>,
        /// What became of it.
        mark: Mark,
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
        /// The suppression's name, random as far as it says more than where the entry stands; its hash is
        /// in the store.
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
        /// Whether the person proved who they are in the same act; only then it goes up.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        step_up: bool,
        /// Whether the person found something too personal.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        too_personal: bool,
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
    /// A published policy took effect: those it concerns had been told.
    PolicyTookEffect {
        /// Its version.
        version: u32,
    },
    /// An impact assessment was approved.
    DpiaApproved {
        /// Its name.
        dpia: DpiaId,
        /// BLAKE3 of its canonical text, in hexadecimal.
        hash: String,
    },
    /// Where the person lives, as far as a source says; it decides which laws protect them.
    Placed {
        /// The country.
        country: Country,
        /// The part of the country, where laws differ inside it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// The person's own zone, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<Zone>,
        /// How it is known.
        source: PlaceSource,
    },
    /// The person is a minor until a moment.
    MinorKnown {
        /// From when the person is of age; the month's first day, never earlier than the truth.
        adult_from: Timestamp,
        /// Where it came in.
        origin: Origin,
    },
    /// A machine-readable preference was seen for the person.
    SignalSeen {
        /// Which.
        signal: Signal,
        /// One channel; absent: those it concerns by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// Where it came in.
        origin: Origin,
    },
    /// The person confirmed, with step-up, that a signal seen before shall not count.
    SignalOverruled {
        /// Which.
        signal: Signal,
        /// Where it came in.
        origin: Origin,
    },
    /// The four facts of a soft opt-in (ePrivacy art. 13(2), PECR reg. 22(3)).
    SoftOptInRecorded {
        /// The address it is about.
        identifier: IdentifierId,
        /// The facts.
        #[serde(flatten)]
        facts: SoftOptIn,
        /// When the address was obtained.
        occurred_at: Timestamp,
        /// Where it came in.
        origin: Origin,
    },
    /// The person bought or asked for something, from which a law infers consent for a time.
    RelationRecorded {
        /// What happened.
        relation: Relation,
        /// When.
        occurred_at: Timestamp,
    },
    /// The person's own limit on the number of messages.
    CapSet {
        /// One channel, or all together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// How many in which window.
        #[serde(flatten)]
        limit: Limit,
        /// Where it came in.
        origin: Origin,
    },
    /// A reviewer found that a presumed refusal was none.
    PresumptionCleared {
        /// The entry that presumed it.
        entry: Seq,
        /// What it covered.
        #[serde(flatten)]
        scope: Scope,
    },
    /// Two people found, with evidence, that an entry recorded what never happened.
    EntryCorrected {
        /// That entry.
        entry: Seq,
        /// What it had recorded.
        what: Corrected,
    },
    /// An identifier is not this person's any more. Consents given for it end; refusals stay.
    IdentifierDetached {
        /// Its random name.
        identifier: IdentifierId,
        /// Why.
        cause: DetachCause,
    },
    /// This person turned out to be the same as another, whose acts follow as entries here.
    Merged {
        /// The other.
        from: SubjectId,
    },
    /// This person's standing is another's from here on.
    MergedInto {
        /// The other.
        into: SubjectId,
    },
    /// The merge was a mistake: this person stands alone again.
    SplitFrom {
        /// The other.
        from: SubjectId,
    },
    /// The person's data were erased; nothing follows.
    Erased,
    /// Entries that were signed are lost; from here on the log goes on under another name.
    LogForked {
        /// Its name until now.
        from: String,
        /// How many entries its last checkpoint fixed.
        size: u64,
        /// The root of that checkpoint, in base64.
        root: String,
    },
    /// Messages were handed over; the tree over them has this root.
    HandOversBatched {
        /// How many.
        count: u32,
        /// The root, in base64.
        root: String,
    },
}
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
            Self::ConsentMarked { .. } => 10,
            Self::PolicyTookEffect { .. } => 11,
            Self::DpiaApproved { .. } => 12,
            Self::Placed { .. } => 13,
            Self::MinorKnown { .. } => 14,
            Self::SignalSeen { .. } => 15,
            Self::SignalOverruled { .. } => 16,
            Self::SoftOptInRecorded { .. } => 17,
            Self::RelationRecorded { .. } => 18,
            Self::CapSet { .. } => 19,
            Self::PresumptionCleared { .. } => 20,
            Self::EntryCorrected { .. } => 21,
            Self::IdentifierDetached { .. } => 22,
            Self::Merged { .. } => 23,
            Self::MergedInto { .. } => 24,
            Self::SplitFrom { .. } => 25,
            Self::Erased => 26,
            Self::LogForked { .. } => 27,
            Self::HandOversBatched { .. } => 28,
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
