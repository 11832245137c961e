//! What an entry or a send changes: unpack the row, fold, pack it again. The same in a replay and
//! in the running gate.

use std::sync::atomic::Ordering;

use izin_core::{Act, Entry, SubjectId, Timestamp};
use izin_store::{Committed, IndexKey, LookupHash, Moved, Noted, SendChange};

use super::holders::{Held, Holder};
use super::person::{NO_LABEL, Person, identifier_of};
use super::{Gate, row, write};

/// The one writer's memory, used again and again.
#[derive(Default)]
pub(super) struct Fold {
    person: Person,
    row: Vec<u8>,
    /// Changes that took labels: whoever read an address before one and a row after it may take
    /// another address for it. So may whoever read only one of the places it had.
    pub(super) labels_taken: u64,
}

impl Fold {
    /// Folds entries. Those that follow each other about one person are one change of their row.
    pub(super) fn entries(&mut self, gate: &Gate, committed: &[Committed]) {
        let about_one = |a: &Committed, b: &Committed| {
            a.entry.subject.is_some() && a.entry.subject == b.entry.subject
        };
        for run in committed.chunk_by(about_one) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let next = last.entry.seq.0.saturating_add(1);
            debug_assert!(
                gate.next.load(Ordering::Relaxed) < next,
                "entries come in order"
            );
            if let Some(subject) = first.entry.subject {
                self.change(gate, subject, |person| {
                    run.iter().for_each(|own| person.tell(&own.entry));
                });
            }
            for own in run {
                index(gate, own);
            }
            gate.next.store(next, Ordering::Release);
        }
    }

    /// Folds noes that are not in the ledger yet, as if each came right after what is known: the
    /// entries that follow are folded as ever.
    pub(super) fn owed(&mut self, gate: &Gate, owed: &[Noted]) {
        for noted in owed {
            let Some(act) = noted.said().act() else {
                continue;
            };
            for subject in noted.subjects() {
                self.change(gate, *subject, |person| {
                    let seq = person.standing.seq;
                    person.standing.apply(&Entry {
                        seq,
                        subject: Some(*subject),
                        recorded_at: noted.recorded_at(),
                        act: act.clone(),
                    });
                });
            }
            for hash in noted.addresses() {
                write(&gate.suppressed).owe(*hash, (act.clone(), noted.recorded_at()));
            }
        }
    }

    /// Finds addresses under other hashes.
    pub(super) fn moved(&mut self, gate: &Gate, moved: &[Moved]) {
        for own in moved {
            if let Some((old, new)) = own.lookup {
                rehash(gate, old, new);
            }
            write(&gate.suppressed).follow(own.suppression);
        }
        self.labels_taken += 1;
    }

    /// Folds what became of messages.
    pub(super) fn sends(&mut self, gate: &Gate, changes: &[SendChange]) {
        let whose = |change: &SendChange| match change {
            SendChange::Held { subject, .. }
            | SendChange::Accepted { subject, .. }
            | SendChange::Released { subject, .. } => *subject,
        };
        for run in changes.chunk_by(|a, b| whose(a) == whose(b)) {
            if let Some(first) = run.first() {
                self.change(gate, whose(first), |person| {
                    run.iter().for_each(|change| person.send(change));
                });
            }
        }
    }

    /// Notes a sign of a person.
    pub(super) fn saw(&mut self, gate: &Gate, subject: SubjectId, at: Timestamp) {
        self.change(gate, subject, |person| {
            person.last_active = person.last_active.max(Some(at));
        });
    }

    fn change(&mut self, gate: &Gate, subject: SubjectId, change: impl FnOnce(&mut Person)) {
        self.person.clear();
        let known = gate.people.find(subject, &gate.words, &mut self.person);
        let owner = known.unwrap_or_else(|| gate.people.next(subject));
        change(&mut self.person);
        self.labels_taken += u64::from(self.person.relabel());
        let whose = (subject, owner.number());
        row::pack(&self.person, whose, &gate.words, &mut self.row);
        gate.people.put(subject, &self.row);
    }
}

/// Who is found by an address, and which refusals.
fn index(gate: &Gate, committed: &Committed) {
    let entry = &committed.entry;
    match (committed.key, entry.subject) {
        (IndexKey::None, _) => {}
        (IndexKey::Attached(hash), Some(subject)) => attach(gate, hash, subject, &entry.act),
        (IndexKey::Detached(hash), Some(subject)) => detach(gate, hash, subject, &entry.act),
        (IndexKey::Attached(_) | IndexKey::Detached(_), None) => {}
        (IndexKey::Suppressed(hash) | IndexKey::Unsuppressed(hash), _) => {
            write(&gate.suppressed).apply(hash, entry);
        }
    }
}

fn attach(gate: &Gate, hash: LookupHash, subject: SubjectId, act: &Act) {
    let mut person = Person::default();
    let owner = gate.people.find(subject, &gate.words, &mut person);
    let (Some(owner), Some(id)) = (owner, identifier_of(act)) else {
        return;
    };
    let Some(label) = person.label(id) else {
        return;
    };
    let mut all = gate.held_by(gate.holders.find(hash));
    let new = Holder { owner, id };
    if all.is_empty() && label != NO_LABEL {
        gate.holders.set(hash, Held::By(owner, label));
    } else if !all.contains(&new) {
        all.push(new);
        settle(gate, hash, all);
    }
}

/// The new place is there before the old one goes: whoever looks finds one of them.
fn rehash(gate: &Gate, old: LookupHash, new: LookupHash) {
    let moved = gate.held_by(gate.holders.find(old));
    if moved.is_empty() {
        return;
    }
    let mut all = gate.held_by(gate.holders.find(new));
    all.retain(|own| !moved.contains(own));
    all.extend(moved);
    settle(gate, new, all);
    gate.holders.set(old, Held::Not);
}

/// The row has let the identifier go already, so whoever still holds the address stays.
fn detach(gate: &Gate, hash: LookupHash, subject: SubjectId, act: &Act) {
    let mut person = Person::default();
    let owner = gate.people.find(subject, &gate.words, &mut person);
    let mut all = gate.held_by(gate.holders.find(hash));
    let left = |own: &Holder| Some(own.owner) == owner && Some(own.id) == identifier_of(act);
    all.retain(|own| !left(own));
    settle(gate, hash, all);
}

/// Notes who holds an address; those of a crowd learn of it before it is found as one.
fn settle(gate: &Gate, hash: LookupHash, all: Vec<Holder>) {
    let held = match all.as_slice() {
        [] => Held::Not,
        [one] => match gate.people.label(one.owner, one.id, &gate.words) {
            Some(label) if label != NO_LABEL => Held::By(one.owner, label),
            _ => Held::ByAll(all),
        },
        _ => Held::ByAll(all),
    };
    if let Held::ByAll(all) = &held {
        all.iter().for_each(|own| gate.people.share(own.owner));
    }
    gate.holders.set(hash, held);
}
