//! The fold: what one more entry changes.
//!
//! Refusals add up; one leaves only by a correction of two people or by a reviewer's clearing of a
//! presumption. Whether a later yes lifts a refusal for one matter is judged in `decision`.

use super::{Ask, Dealing, Dial, Obtained, OwnCap, Pause, Standing};
use crate::act::{Act, Corrected, Entry, Evidence};
use crate::consent::{Consent, Giver, Manner, Mark, OwnWord};
use crate::refusal::{Origin, Refusal, RefusalKind, Scope};
use crate::relation::Place;
use crate::signal::{Seen, Signal};
use crate::{Channel, IdentifierId, Level, Seq, Timestamp};

impl Standing {
    /// Folds one entry about this person. After an erasure nothing is known any more.
    pub fn apply(&mut self, entry: &Entry) {
        if self.erased {
            self.seq = entry.seq;
            return;
        }
        self.known = true;
        self.seq = entry.seq;
        self.apply_refusal(entry);
        self.apply_consent(entry);
        self.apply_person(entry);
        self.apply_wish(entry);
    }

    /// Refusals, signals, and what takes them away again.
    fn apply_refusal(&mut self, entry: &Entry) {
        match &entry.act {
            Act::Refused {
                refusal,
                scope,
                occurred_at,
                ..
            } => self.refuse(Refusal {
                kind: *refusal,
                scope: *scope,
                seq: entry.seq,
                occurred_at: *occurred_at,
                recorded_at: entry.recorded_at,
                times: 1,
            }),
            Act::PresumptionCleared { scope, .. } => self.clear_presumption(scope, entry),
            Act::EntryCorrected { entry, what } => self.correct(*entry, what),
            Act::SignalSeen {
                signal, channel, ..
            } => {
                let seen = Seen {
                    signal: *signal,
                    channel: *channel,
                    confirmations: 0,
                };
                put(&mut self.signals, seen, |own| {
                    (own.signal, own.channel) == (seen.signal, seen.channel)
                });
            }
            Act::SignalOverruled { signal, .. } => self.overrule(*signal),
            _ => {}
        }
    }

    /// A yes, and what became of it.
    fn apply_consent(&mut self, entry: &Entry) {
        match &entry.act {
            Act::Consented {
                purpose,
                channel,
                topic,
                identifier,
                occurred_at,
                evidence,
                policy,
                origin,
                manner,
            } => self.consent(Consent {
                purpose: *purpose,
                channel: *channel,
                topic: *topic,
                identifier: *identifier,
                seq: entry.seq,
                occurred_at: *occurred_at,
                evidence: *evidence,
                policy: *policy,
                manner: *manner,
                own_words: [own_word(entry.seq, *occurred_at, (*origin, *manner)), None],
                renewed: false,
                mark: None,
            }),
            Act::ConsentMarked { .. } => self.mark(entry),
            Act::SoftOptInRecorded {
                identifier, facts, ..
            } => {
                let obtained = Obtained {
                    identifier: *identifier,
                    facts: *facts,
                    seq: entry.seq,
                };
                // What was missing is not cured by a later record; what was there may be denied.
                let settled = |own: &Obtained| {
                    own.identifier == *identifier
                        && (!own.facts.is_complete() || facts.is_complete())
                };
                if !self.obtained.iter().any(settled) {
                    put(&mut self.obtained, obtained, |own| {
                        own.identifier == *identifier
                    });
                }
            }
            Act::RelationRecorded {
                relation,
                occurred_at,
            } => {
                let dealing = Dealing {
                    relation: *relation,
                    occurred_at: *occurred_at,
                    seq: entry.seq,
                };
                let newer = |own: &Dealing| own.occurred_at >= *occurred_at;
                let same = |own: &Dealing| own.relation == *relation;
                if !self.dealings.iter().any(|own| same(own) && newer(own)) {
                    put(&mut self.dealings, dealing, same);
                }
            }
            _ => {}
        }
    }

    /// Who the person is and what points to them.
    fn apply_person(&mut self, entry: &Entry) {
        match &entry.act {
            Act::IdentifierAttached { identifier, kind } => {
                put(&mut self.identifiers, (*identifier, *kind), |own| {
                    own.0 == *identifier
                });
            }
            Act::IdentifierDetached { identifier, .. } => self.detach(*identifier),
            Act::Undeliverable {
                identifier,
                channel,
            } => {
                let failed = (*identifier, *channel);
                put(&mut self.undeliverable, failed, |own| *own == failed);
            }
            Act::Placed {
                country,
                region,
                zone,
                source,
            } => {
                let place = Place {
                    country: *country,
                    region: *region,
                    zone: *zone,
                    source: *source,
                };
                if self.place.is_none_or(|own| place.source <= own.source) {
                    self.place = Some(place);
                }
            }
            Act::MinorKnown { adult_from, .. } => {
                self.minor_entries.push((entry.seq, *adult_from));
                self.adult_from = self.adult_from.max(Some(*adult_from));
            }
            Act::MergedInto { into } => self.merged_into = Some(*into),
            Act::SplitFrom { .. } => self.merged_into = None,
            Act::Erased => {
                *self = Self {
                    known: true,
                    erased: true,
                    seq: entry.seq,
                    ..Self::default()
                };
            }
            _ => {}
        }
    }

    /// What the person wants, short of a no.
    fn apply_wish(&mut self, entry: &Entry) {
        match &entry.act {
            Act::DialMoved {
                level,
                step_up,
                too_personal,
                origin,
            } => {
                let too_personal_at = too_personal.then_some(entry.recorded_at);
                let proven = *step_up && *origin != Origin::Import;
                self.move_dial(*level, proven, entry.recorded_at);
                if let Some(dial) = &mut self.dial {
                    dial.too_personal_at = dial.too_personal_at.max(too_personal_at);
                }
            }
            Act::Paused { channel, until, .. } => self.pause(*channel, *until),
            Act::Restricted { holds, .. } => self.restricted = *holds,
            Act::CapSet { channel, limit, .. } => {
                let cap = OwnCap {
                    channel: *channel,
                    limit: *limit,
                };
                put(&mut self.caps, cap, |own| own.channel == cap.channel);
            }
            _ => {}
        }
    }

    /// A claim without evidence never takes the place of a proven consent. A proof given before
    /// still counts for the refusals it came after.
    fn consent(&mut self, mut new: Consent) {
        let at = self.consents.iter().position(|own| own.same_matter(&new));
        let old = at.and_then(|at| self.consents.get(at)).copied();
        let proven = |own: &Consent| own.evidence == Evidence::Recorded;
        if new.evidence == Evidence::Missing && old.as_ref().is_some_and(proven) {
            return;
        }
        new.renewed = old.is_some_and(|old| proven(&old) && old.mark.is_none());
        let [own, _] = new.own_words;
        let [newest, second] = old.map_or([None; 2], |old| old.own_words);
        new.own_words = match own.filter(|_| proven(&new)) {
            Some(own) => [Some(own), newest.or(second)],
            None => [newest, second],
        };
        match at.and_then(|at| self.consents.get_mut(at)) {
            Some(place) => *place = new,
            None => {
                let before = |own: &Consent| own.channel <= new.channel;
                let place = self.consents.partition_point(before);
                self.consents.insert(place, new);
            }
        }
    }

    /// A question that was asked; a yes that was refused on asking again, revoked or voided.
    fn mark(&mut self, entry: &Entry) {
        let Act::ConsentMarked {
            purpose,
            channel,
            topic,
            identifier,
            mark,
            ..
        } = &entry.act
        else {
            return;
        };
        if matches!(
            mark,
            Mark::Requested | Mark::RequestDeferred | Mark::Refused
        ) {
            let ask = Ask {
                purpose: *purpose,
                channel: *channel,
                at: entry.recorded_at,
                mark: *mark,
            };
            put(&mut self.asks, ask, |own| {
                (own.purpose, own.channel) == (ask.purpose, ask.channel)
            });
        }
        if matches!(mark, Mark::Refused | Mark::Revoked | Mark::Invalidated) {
            for own in &mut self.consents {
                let about = (own.purpose, own.channel) == (*purpose, *channel)
                    && (topic.is_none() || own.topic == *topic)
                    && (identifier.is_none() || own.identifier == *identifier);
                if about {
                    own.mark = Some(*mark);
                }
            }
        }
    }

    /// An identifier leaves with the consents that were given for it.
    fn detach(&mut self, identifier: IdentifierId) {
        self.identifiers.retain(|(id, _)| *id != identifier);
        self.undeliverable.retain(|(id, _)| *id != identifier);
        self.obtained.retain(|own| own.identifier != identifier);
        self.consents
            .retain(|own| own.identifier != Some(identifier));
    }

    /// Says a refusal once more, or for the first time. A presumption keeps its first date, so that
    /// repeating it does not put off the day on which it becomes an opt-out.
    fn refuse(&mut self, mut new: Refusal) {
        let same = |own: &Refusal| own.kind == new.kind && own.scope == new.scope;
        let at = self.refusals.iter().position(same);
        if let Some(own) = at.and_then(|at| self.refusals.get(at)) {
            new.occurred_at = new.occurred_at.max(own.occurred_at);
            new.times = own.times.saturating_add(1);
            if new.kind == RefusalKind::Presumed {
                new.recorded_at = own.recorded_at;
            }
        }
        replace_or_push(&mut self.refusals, at, new);
    }

    /// Takes back one presumption, in time. What was presumed again, stays.
    fn clear_presumption(&mut self, scope: &Scope, entry: &Entry) {
        let in_time = |own: &Refusal| !own.is_overdue(entry.recorded_at);
        if self
            .refusals
            .iter()
            .any(|own| own.kind == RefusalKind::Presumed && own.scope == *scope && in_time(own))
        {
            self.take_back(RefusalKind::Presumed, scope);
        }
    }

    fn take_back(&mut self, kind: RefusalKind, scope: &Scope) {
        let same = |own: &Refusal| own.kind == kind && own.scope == *scope;
        for own in self.refusals.iter_mut().filter(|own| same(own)) {
            own.times = own.times.saturating_sub(1);
        }
        self.refusals.retain(|own| own.times > 0);
    }

    /// Takes back one saying of a refusal, or one consent. What was said again, stays.
    fn correct(&mut self, entry: Seq, what: &Corrected) {
        match what {
            Corrected::Refusal { refusal, scope } => self.take_back(*refusal, scope),
            Corrected::Consent => {
                self.consents.retain(|own| own.seq != entry);
                let own_words = self.consents.iter_mut().flat_map(|own| &mut own.own_words);
                for proof in own_words {
                    *proof = proof.filter(|own| own.seq != entry);
                }
            }
            Corrected::Minor => {
                self.minor_entries.retain(|(seq, _)| *seq != entry);
                self.adult_from = self.minor_entries.iter().map(|(_, from)| *from).max();
            }
        }
    }

    fn overrule(&mut self, signal: Signal) {
        for own in self.signals.iter_mut().filter(|own| own.signal == signal) {
            own.confirmations = own.confirmations.saturating_add(1);
        }
    }

    /// A pause that stands only grows longer, in whatever order two wishes arrive.
    fn pause(&mut self, channel: Option<Channel>, until: Timestamp) {
        let at = self.pauses.iter().position(|own| own.channel == channel);
        let stands = at.and_then(|at| self.pauses.get(at)).map(|own| own.until);
        let until = stands.map_or(until, |stands| stands.max(until));
        replace_or_push(&mut self.pauses, at, Pause { channel, until });
    }

    /// The dial goes up only by the person's proven act, from where it starts too; never by a file.
    fn move_dial(&mut self, level: Level, step_up: bool, since: Timestamp) {
        let falls = match self.dial {
            Some(dial) => level < dial.level,
            None => level <= Level::START,
        };
        if step_up || falls {
            let too_personal_at = self.dial.and_then(|dial| dial.too_personal_at);
            self.dial = Some(Dial {
                level,
                since,
                too_personal_at,
            });
        }
    }
}

/// The person's own word, proved in the same act. A file proves nothing, and a guardian is another
/// person (design §3.2, what lifts a no).
fn own_word(
    seq: Seq,
    occurred_at: Timestamp,
    (origin, manner): (Origin, Manner),
) -> Option<OwnWord> {
    let own = manner.step_up && manner.by == Giver::Subject && origin != Origin::Import;
    own.then_some(OwnWord { seq, occurred_at })
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
