//! How what was said is noted for the journal, and how the ledger is told again what the journal remembers
//! and it does not. Nothing here gives anything: what only narrows is entered again, never a yes.

use std::collections::{HashMap, HashSet, hash_map};

use izin_core::act::Corrected;
use izin_core::consent::Mark;
use izin_core::{Act, Entry, Origin, Seq, SubjectId, Timestamp};

use crate::StoreError;
use crate::db::{Db, first, params};
use crate::erasure::{Cause, Erasing, one_and_all};
use crate::journal::{BareNo, Noted, Said};
use crate::ledger::{Draft, Recorded, history};
use crate::refuse::Affected;
use crate::vault::LookupHash;
use crate::writer::Tx;

/// What the ledger has of the people that the journal names: each is read once, and what is entered again is
/// added. Nothing is entered twice.
#[derive(Default)]
pub(crate) struct Heard(HashMap<SubjectId, HashSet<String>>);

impl Heard {
    fn of(&mut self, tx: &Tx<'_>, subject: SubjectId) -> Result<&mut HashSet<String>, StoreError> {
        match self.0.entry(subject) {
            hash_map::Entry::Occupied(own) => Ok(own.into_mut()),
            hash_map::Entry::Vacant(place) => {
                let mut heard = HashSet::new();
                for entry in history(tx.histories(), subject)? {
                    // Whatever it is, it makes the person known.
                    heard.insert(String::new());
                    heard.extend(said(tx.db, &entry)?.map(|own| saying(&own, entry.recorded_at)));
                }
                Ok(place.insert(heard))
            }
        }
    }

    fn knows(&mut self, tx: &Tx<'_>, subject: SubjectId) -> Result<bool, StoreError> {
        self.of(tx, subject).map(|own| !own.is_empty())
    }

    /// Whether a person is not known to have said it; from here on they are.
    fn is_new(
        &mut self,
        tx: &Tx<'_>,
        subject: SubjectId,
        (said, at): (&Said, Timestamp),
    ) -> Result<bool, StoreError> {
        Ok(self.of(tx, subject)?.insert(saying(said, at)))
    }
}

/// What makes a saying the same as another: a no is one by when it was said, whatever else by when it was
/// recorded.
fn saying(said: &Said, recorded_at: Timestamp) -> String {
    match said {
        Said::Refused(no) => format!("{:?}", (no.refusal, no.scope, no.occurred_at)),
        other => format!("{:?}", (other, recorded_at)),
    }
}

/// What an entry about a person took away, if it did, erasures aside.
pub(crate) fn said(db: &Db, entry: &Entry) -> Result<Option<Said>, StoreError> {
    let act = match &entry.act {
        Act::Refused {
            refusal,
            scope,
            occurred_at,
            origin,
        }
        | Act::IdentifierSuppressed {
            refusal,
            scope,
            occurred_at,
            origin,
            ..
        } => {
            return Ok(Some(Said::Refused(BareNo {
                refusal: *refusal,
                scope: *scope,
                occurred_at: *occurred_at,
                origin: *origin,
            })));
        }
        act => narrowed(db, act)?,
    };
    Ok(act.map(|act| Said::Narrowed { act }))
}

/// What an act takes away besides a no, as it is entered again.
fn narrowed(db: &Db, act: &Act) -> Result<Option<Act>, StoreError> {
    match act {
        Act::EntryCorrected {
            entry,
            what: Corrected::Consent,
        } => invalidation(db, *entry),
        act => Ok(act.narrowed()),
    }
}

/// What a correction takes away, by what it was given for: the number of the entry may be another's after a
/// restore.
fn invalidation(db: &Db, entry: Seq) -> Result<Option<Act>, StoreError> {
    const ONE: &str = "select seq, recorded_at, subject, act from entries where seq = ?1";
    let Some(entry) = first(db, ONE, params![entry.0], crate::ledger::entry)? else {
        return Ok(None);
    };
    Ok(match entry.act {
        Act::Consented {
            purpose,
            channel,
            topic,
            identifier,
            ..
        } => Some(Act::ConsentMarked {
            purpose,
            channel,
            topic,
            identifier,
            mark: Mark::Invalidated,
            origin: Origin::Izin,
        }),
        _ => None,
    })
}

impl Tx<'_> {
    /// Notes for the journal what was said. Whoever said it is answered once it is there.
    pub(crate) fn note(&mut self, noted: Noted) {
        self.news.noes += 1;
        self.news.noted.push(noted);
    }

    /// Says in the last note where it was entered; takes it back when that entered nothing new.
    pub(crate) fn settle_note(&mut self, before: u64) {
        let place = self.tree.last().filter(|_| self.tree.size() > before);
        match (place, self.news.noted.last_mut()) {
            (Some(place), Some(noted)) => noted.place = Some(place),
            _ => drop(self.news.noted.pop()),
        }
    }

    /// Enters one act, and notes what of it narrows, for everybody who is one with the person now: they may be
    /// several again after a restore. Where that is all of it, it counts whatever fails.
    pub(crate) fn append(&mut self, draft: Draft) -> Result<Recorded, StoreError> {
        let act = narrowed(self.db, &draft.act)?;
        let Some((act, subject)) = act.zip(draft.subject) else {
            return self.enter_draft(draft);
        };
        let (before, only_narrows) = (self.tree.size(), act == draft.act);
        let people = one_and_all(self.db, subject)?;
        let noted = Noted::of(people, Said::Narrowed { act }, draft.recorded_at);
        if only_narrows {
            self.note(noted);
            let entered = self.enter_draft(draft);
            let entered = entered.map_err(StoreError::unwritable)?;
            self.settle_note(before);
            return Ok(entered);
        }
        let entered = self.enter_draft(draft)?;
        self.news.noted.push(noted);
        self.settle_note(before);
        Ok(entered)
    }

    /// Enters what the journal remembers for whoever the ledger does not have it for.
    pub(crate) fn enter_noted(
        &mut self,
        noted: &Noted,
        heard: &mut Heard,
    ) -> Result<(), StoreError> {
        let now = noted.recorded_at;
        let mut known = Vec::new();
        for subject in &noted.subjects {
            if heard.knows(self, *subject)? {
                known.push(*subject);
            }
        }
        match &noted.said {
            Said::Refused(no) => self.refuse_again((noted, heard), (known, *no), now),
            Said::Erased { withheld_until } => self.erase_again(&known, *withheld_until, now),
            Said::Narrowed { act } => {
                for subject in known {
                    let subject = self.merged(subject)?;
                    if !self.is_erased(subject)?
                        && heard.is_new(self, subject, (&noted.said, now))?
                    {
                        self.narrow_again(subject, act, now)?;
                    }
                }
                Ok(())
            }
            Said::HoldBegun { hold } => self.hold_again(&known, hold),
            Said::HoldEnded { hold } => self.free_again(&known, hold, now),
        }
    }

    fn refuse_again(
        &mut self,
        (noted, heard): (&Noted, &mut Heard),
        (known, no): (Vec<SubjectId>, BareNo),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let addresses = noted.addresses.iter().map(|own| self.renewed(*own));
        let mut addresses = addresses.collect::<Result<Vec<_>, _>>()?;
        // All that the person has, where that could not be read when they said it.
        if let ([own], true) = (known.as_slice(), addresses.is_empty() && !noted.apart) {
            addresses = self.addresses(*own, &no.scope)?;
        }
        let others = self.others(&known, &addresses)?;
        let mut unheard = |people: Vec<SubjectId>| -> Result<Vec<SubjectId>, StoreError> {
            let mut new = Vec::new();
            for subject in people {
                if heard.is_new(self, subject, (&noted.said, now))? {
                    new.push(subject);
                }
            }
            Ok(new)
        };
        let affected = Affected {
            named: unheard(known)?,
            others: unheard(others)?,
            addresses,
        };
        self.spread(affected, (no, None), now).map(drop)
    }

    fn erase_again(
        &mut self,
        people: &[SubjectId],
        withheld_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let erasing = Erasing {
            cause: Cause::TimeOver,
            origin: Origin::Izin,
            detail: None,
            withheld_until,
        };
        for subject in people {
            if !self.is_erased(*subject)? {
                self.erase_one(*subject, &erasing, now)?;
            }
        }
        self.destroy_keys().map(drop)
    }

    /// Enters what a person's act took away. What it names and the ledger does not know has nothing to be
    /// taken away from; a limit looser than the one that stands gives something.
    fn narrow_again(
        &mut self,
        subject: SubjectId,
        act: &Act,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match act {
            Act::IdentifierDetached { identifier, cause } => {
                const HELD: &str = "
                    select subject, lookup_hash
                    from identifiers
                    where identifier = ?1";
                let held = first(self.db, HELD, params![identifier.as_bytes()], |row| {
                    let lookup = LookupHash::from_bytes(row.get(1)?);
                    Ok((SubjectId::from_bytes(row.get(0)?), lookup))
                })?;
                let Some((holder, lookup)) = held else {
                    return Ok(());
                };
                let row = (*identifier, lookup);
                self.detach_row(holder, row, *cause, now).map(drop)
            }
            Act::CapSet { channel, limit, .. } => {
                let standing = self.standing(subject)?;
                let mut own = standing.caps.iter().filter(|own| own.channel == *channel);
                if own.any(|own| limit.is_looser_than(own.limit)) {
                    return Ok(());
                }
                self.enter(subject, act.clone(), now).map(drop)
            }
            _ => self.enter(subject, act.clone(), now).map(drop),
        }
    }
}
