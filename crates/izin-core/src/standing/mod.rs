//! What the ledger says about one person now: a pure fold of that person's acts, in order.
//!
//! The fold is the same in the running gate and in a replay. It never reads a clock; what depends
//! on the time (expiry, the end of a pause) is judged by [`crate::decide`]. The facts are here, the
//! fold is in `fold.rs`.

mod fold;

use crate::consent::{Consent, Mark, OwnWord};
use crate::identifier::IdentifierKind;
use crate::policy::{PurposeId, TopicId};
use crate::refusal::{Refusal, RefusalKind};
use crate::relation::{Place, Relation, SoftOptIn};
use crate::signal::{CONFIRMATIONS, Seen};
use crate::window::Limit;
use crate::{Channel, IdentifierId, Level, Seq, SubjectId, Timestamp};

/// A wish for quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pause {
    /// One channel, or all.
    pub channel: Option<Channel>,
    /// Until when.
    pub until: Timestamp,
}

/// Where the person set the dial, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dial {
    /// The ceiling chosen.
    pub level: Level,
    /// When it was set.
    pub since: Timestamp,
    /// When the person last found something too personal.
    pub too_personal_at: Option<Timestamp>,
}

/// The person's own limit on messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OwnCap {
    /// One channel, or all together.
    pub channel: Option<Channel>,
    /// How many in which window.
    pub limit: Limit,
}

/// A question put to the person, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ask {
    /// The purpose asked about.
    pub purpose: PurposeId,
    /// The channel asked about.
    pub channel: Channel,
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub mark: Mark,
}

/// How an address was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Obtained {
    /// The address.
    pub identifier: IdentifierId,
    /// The four facts.
    pub facts: SoftOptIn,
    /// The entry that recorded them.
    pub seq: Seq,
}

/// The newest purchase or inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dealing {
    /// Which of the two.
    pub relation: Relation,
    /// When.
    pub occurred_at: Timestamp,
    /// The entry that recorded it.
    pub seq: Seq,
}

/// What is known of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether anybody is known at all; false for an address nobody holds.
    pub known: bool,
    /// Whether the person's data were erased; nothing else is known then.
    pub erased: bool,
    /// Whether processing is restricted.
    pub restricted: bool,
    /// From when the person is of age, where they are known to be a minor.
    pub adult_from: Option<Timestamp>,
    /// The entries that say so, each with its date; a correction takes back one of them.
    pub minor_entries: Vec<(Seq, Timestamp)>,
    /// The person this one turned out to be.
    pub merged_into: Option<SubjectId>,
    /// Where the person lives.
    pub place: Option<Place>,
    /// The dial, if the person ever moved it.
    pub dial: Option<Dial>,
    /// The person's identifiers.
    pub identifiers: Vec<(IdentifierId, IdentifierKind)>,
    /// The newest consent for each purpose, channel, topic and address; by channel.
    pub consents: Vec<Consent>,
    /// Live refusals, the newest of each kind and scope, and how often each was said.
    pub refusals: Vec<Refusal>,
    /// Signals seen.
    pub signals: Vec<Seen>,
    /// Pauses, the longest for each channel.
    pub pauses: Vec<Pause>,
    /// Identifiers that do not work, with the channel they failed on.
    pub undeliverable: Vec<(IdentifierId, Channel)>,
    /// The person's own limits.
    pub caps: Vec<OwnCap>,
    /// How addresses were obtained.
    pub obtained: Vec<Obtained>,
    /// The newest purchase and inquiry, where a law infers consent from them.
    pub dealings: Vec<Dealing>,
    /// The newest question about each purpose and channel.
    pub asks: Vec<Ask>,
    /// The last entry folded.
    pub seq: Seq,
}

impl Standing {
    /// The standing of an address that nobody is known by, under the refusals of that address.
    #[must_use]
    pub fn unknown(refusals: Vec<Refusal>) -> Self {
        let seq = refusals
            .iter()
            .map(|refusal| refusal.seq)
            .max()
            .unwrap_or_default();
        Self {
            refusals,
            seq,
            ..Self::default()
        }
    }

    /// Where the dial stands; where it starts, until the person moves it.
    #[must_use]
    pub fn dial_level(&self) -> Level {
        self.dial.map_or(Level::START, |dial| dial.level)
    }

    /// Whether the person is a minor at a moment.
    #[must_use]
    pub fn is_minor(&self, now: Timestamp) -> bool {
        self.adult_from.is_some_and(|from| now < from)
    }

    /// The noes that cover a message and that the person did not take back: no later word of their
    /// own, proved in the same act, said yes to this very purpose on this channel. Whether that yes
    /// still permits anything is for [`crate::decide`] to say.
    pub fn noes<'a>(
        &'a self,
        channel: Channel,
        purpose: &'a PurposeId,
        topic: Option<&'a TopicId>,
    ) -> impl Iterator<Item = &'a Refusal> {
        let covers = move |own: &&Refusal| own.scope.covers(channel, purpose, topic);
        let refusals = self.refusals.iter().filter(covers);
        refusals.filter(move |own| !self.took_back(own, channel, purpose))
    }

    fn took_back(&self, no: &Refusal, channel: Channel, purpose: &PurposeId) -> bool {
        let needed = if channel.is_sale_or_sharing() {
            usize::from(CONFIRMATIONS)
        } else {
            1
        };
        let after = |own: &&OwnWord| own.seq > no.seq && own.occurred_at > no.occurred_at;
        let said = |own: &&Consent| (&own.purpose, own.channel) == (purpose, channel);
        let mut yeses = self.consents.iter().filter(said);
        no.kind != RefusalKind::LegalSuppression
            && yeses.any(|own| own.own_words.iter().flatten().filter(after).count() >= needed)
    }

    /// The identifier a message on `channel` would go to: the newest that still works.
    #[must_use]
    pub fn address(&self, channel: Channel) -> Option<IdentifierId> {
        self.identifiers
            .iter()
            .rev()
            .find(|(id, kind)| {
                kind.reaches(channel) && !self.undeliverable.contains(&(*id, channel))
            })
            .map(|(id, _)| *id)
    }

    /// Whether the person has an identifier for `channel` and none of them works.
    #[must_use]
    pub fn unreachable_on(&self, channel: Channel) -> bool {
        self.identifiers
            .iter()
            .any(|(_, kind)| kind.reaches(channel))
            && self.address(channel).is_none()
    }

    /// Forgets everything and keeps the memory for the next person.
    pub fn clear(&mut self) {
        let Self {
            known,
            erased,
            restricted,
            adult_from,
            minor_entries,
            merged_into,
            place,
            dial,
            identifiers,
            consents,
            refusals,
            signals,
            pauses,
            undeliverable,
            caps,
            obtained,
            dealings,
            asks,
            seq,
        } = self;
        (*known, *erased, *restricted) = (false, false, false);
        (*adult_from, *merged_into, *place, *dial) = (None, None, None, None);
        *seq = Seq::default();
        minor_entries.clear();
        identifiers.clear();
        consents.clear();
        refusals.clear();
        signals.clear();
        pauses.clear();
        undeliverable.clear();
        caps.clear();
        obtained.clear();
        dealings.clear();
        asks.clear();
    }
}
