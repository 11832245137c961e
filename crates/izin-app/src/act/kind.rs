//! What may be reported, and what a report came to.

use izin_core::consent::{Giver, Mark};
use izin_core::policy::FormId;
use izin_core::relation::{Place, Relation, SoftOptIn};
use izin_core::window::Limit;
use izin_core::{
    Channel, Language, Level, Origin, PurposeId, RefusalKind, Signal, Timestamp, TopicId,
};
use izin_store::{Entered, Recorded};
use serde::{Deserialize, Serialize};

use super::Lack;
use crate::gate::Who;

/// How a yes came about, as far as the reporter says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The form and its version on which it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<(FormId, u32)>,
    /// The version of the notice that was shown, where no form of ours says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<u32>,
    /// The language of the words shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Whether sensitive data were asked for by name.
    #[serde(default)]
    pub explicit: bool,
    /// Who acted.
    #[serde(default)]
    pub by: Giver,
}

/// What kind of act is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A yes to one purpose on one channel.
    Consent(Asked),
    /// No: an opt-out, a withdrawal, an objection, a complaint, what may be a no.
    No(RefusalKind),
    /// The dial is moved.
    Dial(Level),
    /// Something was too personal: the dial goes one level down.
    TooPersonal,
    /// Quiet until a time.
    Pause(Timestamp),
    /// Processing is restricted, or the restriction ends.
    Restriction {
        /// Whether it holds.
        holds: bool,
    },
    /// The person is a minor.
    Minor {
        /// From when they are of age; rounded up to the first day of a month.
        adult_from: Timestamp,
    },
    /// A machine-readable preference was seen.
    SignalSeen(Signal),
    /// The person confirms that a signal shall not count; it takes two such acts.
    SignalOverruled(Signal),
    /// The facts of a soft opt-in, about the identifier reported.
    SoftOptIn(SoftOptIn),
    /// A purchase or inquiry from which a law infers consent.
    Dealing(Relation),
    /// The person's own limit on messages.
    Cap(Limit),
    /// Where the person lives.
    Place(Place),
    /// What became of a question or of a yes.
    Marked(Mark),
}

impl Kind {
    /// Whether the act can only take something away from what may be done. The dial and a cap
    /// narrow or widen by where they stood; both are judged where they are recorded.
    #[must_use]
    pub const fn narrows(&self) -> bool {
        match self {
            Self::No(_)
            | Self::TooPersonal
            | Self::Pause(_)
            | Self::Minor { .. }
            | Self::SignalSeen(_) => true,
            Self::Restriction { holds } => *holds,
            Self::Marked(mark) => !matches!(mark, Mark::Requested),
            _ => false,
        }
    }
}

/// An act as reported.
#[derive(Clone)]
pub struct Report {
    /// Whom it is about.
    pub who: Who,
    /// What happened.
    pub kind: Kind,
    /// The channel, where one was named.
    pub channel: Option<Channel>,
    /// The purpose, where one was named.
    pub purpose: Option<PurposeId>,
    /// The topic, where one was named.
    pub topic: Option<TopicId>,
    /// When it happened, where that was said.
    pub occurred_at: Option<Timestamp>,
    /// What was shown and said: label, place, note; the evidence of a yes. Kept sealed.
    pub detail: Option<String>,
    /// Where the report came in.
    pub origin: Origin,
}

/// Shows the kind alone: the words in a report may name anybody.
impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Report({:?}, masked)", self.kind)
    }
}

/// What a report came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The act as entered.
    pub recorded: Recorded,
    /// What the record of a consent lacks; it permits nothing unless this is empty.
    pub lacking: Vec<Lack>,
    /// The item under which a person will look at it, where one has to.
    pub queued: Option<u64>,
}

impl Reported {
    pub(super) fn of(Entered { recorded, queued }: Entered, lacking: Vec<Lack>) -> Self {
        Self {
            recorded,
            lacking,
            queued,
        }
    }
}
