//! What the acts say, read off them one after the other. After an erasure nothing is known.

use izin_core::relation::{Place, Relation, SoftOptIn};
use izin_core::window::Limit;
use izin_core::{
    Act, Channel, Entry, IdentifierId, IdentifierKind, Level, Origin, Seq, Signal, Timestamp,
};

use super::noes::{No, noes};
use super::yeses::{Yes, yeses};
use crate::world::World;

/// A signal seen, and how often it was confirmed since that it shall not count.
pub(super) struct Seen {
    pub(super) signal: Signal,
    pub(super) channel: Option<Channel>,
    pub(super) confirmations: usize,
}

/// Everything known about one person.
pub(super) struct Facts<'a> {
    pub(super) known: bool,
    pub(super) erased: bool,
    pub(super) restricted: bool,
    /// From when the person is of age, as each entry says that was not corrected.
    pub(super) adult_from: Vec<(Seq, Timestamp)>,
    pub(super) place: Option<Place>,
    pub(super) dial: Option<(Level, Timestamp)>,
    pub(super) identifiers: Vec<(IdentifierId, IdentifierKind)>,
    pub(super) failed: Vec<(IdentifierId, Channel)>,
    /// Facts of soft opt-ins, with the entry.
    pub(super) obtained: Vec<(IdentifierId, SoftOptIn, Seq)>,
    /// The newest purchase and inquiry, with the entry.
    pub(super) dealings: Vec<(Relation, Timestamp, Seq)>,
    pub(super) pauses: Vec<(Option<Channel>, Timestamp)>,
    pub(super) caps: Vec<(Option<Channel>, Limit)>,
    pub(super) signals: Vec<Seen>,
    pub(super) noes: Vec<No>,
    pub(super) yeses: Vec<Yes<'a>>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        let entries = &world.entries;
        let erased = entries.iter().any(|entry| entry.act == Act::Erased);
        let told: &[Entry] = if erased { &[] } else { entries };
        let mut facts = Self {
            known: entries.iter().any(|entry| entry.subject.is_some()),
            erased,
            restricted: false,
            adult_from: Vec::new(),
            place: None,
            dial: None,
            identifiers: Vec::new(),
            failed: Vec::new(),
            obtained: Vec::new(),
            dealings: Vec::new(),
            pauses: Vec::new(),
            caps: Vec::new(),
            signals: Vec::new(),
            noes: noes(told),
            yeses: yeses(told),
        };
        for entry in told {
            facts.person(entry);
            facts.wishes(entry);
            facts.dealt(entry);
        }
        facts
    }

    fn person(&mut self, entry: &Entry) {
        match &entry.act {
            Act::Restricted { holds, .. } => self.restricted = *holds,
            Act::MinorKnown { adult_from, .. } => self.adult_from.push((entry.seq, *adult_from)),
            Act::EntryCorrected { entry, .. } => self.adult_from.retain(|(seq, _)| seq != entry),
            Act::IdentifierAttached { identifier, kind } => {
                self.identifiers.retain(|(own, _)| own != identifier);
                self.identifiers.push((*identifier, *kind));
            }
            Act::IdentifierDetached { identifier, .. } => {
                self.identifiers.retain(|(own, _)| own != identifier);
                self.failed.retain(|(own, _)| own != identifier);
                self.obtained.retain(|(own, ..)| own != identifier);
            }
            Act::Undeliverable {
                identifier,
                channel,
            } => self.failed.push((*identifier, *channel)),
            Act::Placed {
                country,
                region,
                zone,
                source,
            } => {
                let worse = self.place.is_some_and(|own| own.source < *source);
                if !worse {
                    self.place = Some(Place {
                        country: *country,
                        region: *region,
                        zone: *zone,
                        source: *source,
                    });
                }
            }
            _ => {}
        }
    }

    fn wishes(&mut self, entry: &Entry) {
        match &entry.act {
            Act::DialMoved {
                level,
                step_up,
                origin,
                ..
            } => {
                let proven = *step_up && *origin != Origin::Import;
                let now = self.dial.map(|(level, _)| level);
                let down = match now {
                    Some(now) => *level < now,
                    None => *level <= Level::Trends,
                };
                if proven || down {
                    self.dial = Some((*level, entry.recorded_at));
                }
            }
            Act::Paused { channel, until, .. } => self.pauses.push((*channel, *until)),
            Act::CapSet { channel, limit, .. } => {
                self.caps.retain(|(own, _)| own != channel);
                self.caps.push((*channel, *limit));
            }
            Act::SignalSeen {
                signal, channel, ..
            } => {
                self.signals
                    .retain(|own| (own.signal, own.channel) != (*signal, *channel));
                self.signals.push(Seen {
                    signal: *signal,
                    channel: *channel,
                    confirmations: 0,
                });
            }
            Act::SignalOverruled { signal, .. } => {
                for own in &mut self.signals {
                    if own.signal == *signal {
                        own.confirmations += 1;
                    }
                }
            }
            _ => {}
        }
    }

    fn dealt(&mut self, entry: &Entry) {
        match &entry.act {
            Act::SoftOptInRecorded {
                identifier, facts, ..
            } => {
                let before = self.obtained.iter().find(|(own, ..)| own == identifier);
                // One record that lacks a fact is never mended by another.
                let first = before.is_none();
                let denies =
                    before.is_some_and(|(_, was, _)| was.is_complete()) && !facts.is_complete();
                if first || denies {
                    self.obtained.retain(|(own, ..)| own != identifier);
                    self.obtained.push((*identifier, *facts, entry.seq));
                }
            }
            Act::RelationRecorded {
                relation,
                occurred_at,
            } => {
                let known = self.dealings.iter().find(|(own, ..)| own == relation);
                if known.is_none_or(|(_, at, _)| occurred_at > at) {
                    self.dealings.retain(|(own, ..)| own != relation);
                    self.dealings.push((*relation, *occurred_at, entry.seq));
                }
            }
            _ => {}
        }
    }
}
