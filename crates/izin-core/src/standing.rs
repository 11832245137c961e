//! What the ledger says about one person now: a pure fold of that person's acts, in order.
//!
//! The fold is the same in the running gate and in a replay. It never reads a clock; what depends
//! on the time (expiry, the end of a pause) is judged by [`crate::decide`].

use crate::act::{Act, Entry, Evidence};
use crate::identifier::IdentifierKind;
use crate::policy::{PurposeId, TopicId};
use crate::refusal::{Refusal, RefusalKind, Scope};
use crate::{Channel, IdentifierId, Level, Seq, Timestamp};

/// The newest yes to a purpose on a channel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The policy version whose notice was in force; 0 when that is not known.
    pub policy: u32,
}

/// A wish for quiet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pause {
    /// One channel, or all.
    pub channel: Option<Channel>,
    /// Until when.
    pub until: Timestamp,
}

/// Where the person set the dial, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dial {
    /// The ceiling chosen.
    pub level: Level,
    /// When it was set.
    pub since: Timestamp,
}

/// What is known of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether anybody is known at all; false for an address nobody holds.
    pub known: bool,
    /// Whether processing is restricted.
    pub restricted: bool,
    /// Live refusals, the newest of each kind and scope.
    pub refusals: Vec<Refusal>,
    /// The newest consent for each purpose, channel and topic.
    pub consents: Vec<Consent>,
    /// The dial, if the person ever moved it.
    pub dial: Option<Dial>,
    /// Pauses, the longest for each channel.
    pub pauses: Vec<Pause>,
    /// The person's identifiers.
    pub identifiers: Vec<(IdentifierId, IdentifierKind)>,
    /// Identifiers that do not work, with the channel they failed on.
    pub undeliverable: Vec<(IdentifierId, Channel)>,
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

    /// Folds one entry about this person.
    pub fn apply(&mut self, entry: &Entry) {
        self.known = true;
        self.seq = entry.seq;
        match &entry.act {
            Act::IdentifierAttached { identifier, kind } => {
                put(&mut self.identifiers, (*identifier, *kind), |own| {
                    own.0 == *identifier
                });
            }
            Act::Consented {
                purpose,
                channel,
                topic,
                identifier,
                occurred_at,
                evidence,
                policy,
                ..
            } => {
                self.consent(Consent {
                    purpose: purpose.clone(),
                    channel: *channel,
                    topic: topic.clone(),
                    identifier: *identifier,
                    seq: entry.seq,
                    occurred_at: *occurred_at,
                    evidence: *evidence,
                    policy: *policy,
                });
            }
            Act::Refused {
                refusal,
                scope,
                occurred_at,
                ..
            } => {
                self.refuse(*refusal, scope.clone(), entry, *occurred_at);
            }
            Act::DialMoved { level, .. } => self.move_dial(*level, entry.recorded_at),
            Act::Paused { channel, until, .. } => self.pause(*channel, *until),
            Act::Restricted { holds, .. } => self.restricted = *holds,
            Act::Undeliverable {
                identifier,
                channel,
            } => {
                let failed = (*identifier, *channel);
                put(&mut self.undeliverable, failed, |own| *own == failed);
            }
            Act::IdentifierSuppressed { .. } | Act::PolicyPublished { .. } => {}
        }
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

    /// A claim without evidence never takes the place of a proven consent.
    fn consent(&mut self, new: Consent) {
        let same = |own: &Consent| {
            own.purpose == new.purpose
                && own.channel == new.channel
                && own.topic == new.topic
                && own.identifier == new.identifier
        };
        let proven = |own: &Consent| own.evidence == Evidence::Recorded;
        if new.evidence == Evidence::Missing
            && self.consents.iter().any(|own| same(own) && proven(own))
        {
            return;
        }
        let at = self.consents.iter().position(same);
        replace_or_push(&mut self.consents, at, new);
    }

    /// A pause that stands only grows longer, in whatever order two wishes arrive.
    fn pause(&mut self, channel: Option<Channel>, until: Timestamp) {
        let at = self.pauses.iter().position(|own| own.channel == channel);
        let stands = at.and_then(|at| self.pauses.get(at)).map(|own| own.until);
        let until = stands.map_or(until, |stands| stands.max(until));
        replace_or_push(&mut self.pauses, at, Pause { channel, until });
    }

    /// A dial that stands only goes down, in whatever order two moves arrive; where it never stood,
    /// the first move sets it.
    fn move_dial(&mut self, level: Level, since: Timestamp) {
        if self.dial.is_none_or(|dial| level < dial.level) {
            self.dial = Some(Dial { level, since });
        }
    }

    /// Refusals add up; nothing here ever removes one.
    fn refuse(&mut self, kind: RefusalKind, scope: Scope, entry: &Entry, occurred_at: Timestamp) {
        let at = self
            .refusals
            .iter()
            .position(|own| own.kind == kind && own.scope == scope);
        let earlier = at
            .and_then(|at| self.refusals.get(at))
            .map(|own| own.occurred_at);
        let occurred_at = earlier.map_or(occurred_at, |earlier| earlier.max(occurred_at));
        let refusal = Refusal {
            kind,
            scope,
            seq: entry.seq,
            occurred_at,
        };
        replace_or_push(&mut self.refusals, at, refusal);
    }
}

fn put<T>(list: &mut Vec<T>, new: T, same: impl FnMut(&T) -> bool) {
    let at = list.iter().position(same);
    replace_or_push(list, at, new);
}

fn replace_or_push<T>(list: &mut Vec<T>, at: Option<usize>, new: T) {
    match at.and_then(|at| list.get_mut(at)) {
        Some(place) => *place = new,
        None => list.push(new),
    }
}
