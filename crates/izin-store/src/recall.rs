//! How what was said is noted for the journal, and how the ledger is told again what the journal remembers
//! and it does not. Nothing here gives anything: what only narrows is entered again, never a yes.

use izin_core::{Act, Origin, SubjectId, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::erasure::{Cause, Erasing};
use crate::journal::{BareNo, Noted, Said};
use crate::ledger::{Draft, IndexKey, Recorded, history, known_since};
use crate::refuse::Affected;
use crate::sqlite::Tx;
use crate::vault::LookupHash;
use crate::{Refused, StoreError};

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

    /// Enters one act, and notes what of it narrows. Where that is all of it, it counts whatever fails.
    pub(crate) fn append(&mut self, draft: Draft) -> Result<Recorded, StoreError> {
        let narrowed = draft.act.narrowed().zip(draft.subject);
        let Some((act, subject)) = narrowed else {
            return self.enter_draft(draft);
        };
        let (before, only_narrows) = (self.tree.size(), act == draft.act);
        let noted = Noted::of(subject, Said::Narrowed { act }, draft.recorded_at);
        if only_narrows {
            self.note(noted);
            let entered = self.enter_draft(draft);
            let entered = entered.map_err(|why| StoreError::Unwritable(why.to_string()))?;
            self.settle_note(before);
            return Ok(entered);
        }
        let entered = self.enter_draft(draft)?;
        self.news.noted.push(noted);
        self.settle_note(before);
        Ok(entered)
    }

    /// Enters what the journal remembers for whoever the ledger does not have it for.
    pub(crate) fn enter_noted(&mut self, noted: &Noted) -> Result<(), StoreError> {
        let now = noted.recorded_at;
        let mut known = Vec::new();
        for subject in &noted.subjects {
            if known_since(self.histories(), *subject)?.is_some() {
                known.push(*subject);
            }
        }
        match &noted.said {
            Said::Refused(no) => self.refuse_again(noted, (known, *no), now),
            Said::Erased { withheld_until } => self.erase_again(&known, *withheld_until, now),
            Said::Narrowed { act } => known
                .into_iter()
                .try_for_each(|subject| self.narrow_again(subject, act, now)),
            Said::HoldBegun { hold } => known
                .into_iter()
                .try_for_each(|subject| self.hold_again(subject, hold)),
            Said::HoldEnded { hold } => known
                .into_iter()
                .try_for_each(|subject| self.free_again(subject, hold, now)),
        }
    }

    fn refuse_again(
        &mut self,
        noted: &Noted,
        (known, no): (Vec<SubjectId>, BareNo),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let addresses = noted.addresses.iter().map(|own| self.renewed(*own));
        let mut addresses = addresses.collect::<Result<Vec<_>, _>>()?;
        // All that the person has, where that could not be read when they said it.
        if let ([own], true) = (known.as_slice(), addresses.is_empty() && !noted.apart) {
            addresses = self.addresses(*own, &no.scope)?;
        }
        let mut affected = Affected {
            others: self.others(&known, &addresses)?,
            named: known,
            addresses,
        };
        affected.named = self.unheard(affected.named, &no)?;
        affected.others = self.unheard(affected.others, &no)?;
        self.spread(affected, (no, None), now).map(drop)
    }

    /// Those of whom the ledger has no such no.
    fn unheard(&self, people: Vec<SubjectId>, no: &BareNo) -> Result<Vec<SubjectId>, StoreError> {
        let same = |act: &Act| {
            matches!(act, Act::Refused { refusal, scope, occurred_at, .. }
                if (*refusal, *scope, *occurred_at) == (no.refusal, no.scope, no.occurred_at))
        };
        let mut unheard = Vec::new();
        for subject in people {
            let history = history(self.histories(), subject)?;
            if !history.iter().any(|entry| same(&entry.act)) {
                unheard.push(subject);
            }
        }
        Ok(unheard)
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

    /// Enters what a person's act took away, once. What it names and the ledger does not know has nothing to
    /// be taken away from.
    fn narrow_again(
        &mut self,
        subject: SubjectId,
        act: &Act,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let same = |act: &Act, own: &izin_core::Entry| {
            own.recorded_at == now && own.act.narrowed().as_ref() == Some(act)
        };
        let history = history(self.histories(), subject)?;
        if self.is_erased(subject)? || history.iter().any(|own| same(act, own)) {
            return Ok(());
        }
        match act {
            Act::IdentifierDetached { identifier, cause } => {
                const HELD: &str = "
                    select lookup_hash
                    from identifiers
                    where identifier = ?1 and subject = ?2";
                let row = params![identifier.as_bytes(), subject.as_bytes()];
                let mut held = self.db.prepare_cached(HELD)?;
                let lookup = held.query_row(row, |row| row.get(0)).optional()?;
                drop(held);
                let Some(lookup) = lookup.map(LookupHash::from_bytes) else {
                    return Ok(());
                };
                self.detach_row(subject, (*identifier, lookup), *cause, now)
                    .map(drop)
            }
            Act::EntryCorrected { entry, .. } => {
                let consented = history
                    .iter()
                    .any(|own| own.seq == *entry && matches!(own.act, Act::Consented { .. }));
                match consented.then(|| self.correct(*entry, None, now)) {
                    Some(Err(StoreError::Refused(Refused::EndedBefore))) | None => Ok(()),
                    Some(corrected) => corrected.map(drop),
                }
            }
            _ => self
                .append(Draft {
                    subject: Some(subject),
                    recorded_at: now,
                    act: act.clone(),
                    detail: None,
                    key: IndexKey::None,
                })
                .map(drop),
        }
    }
}
