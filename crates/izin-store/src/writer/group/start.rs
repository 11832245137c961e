//! What the writing thread does before anybody else is here.

use crate::StoreError;
use crate::address::{Cursor, known};
use crate::journal::{Journal, Noted, kept};

use super::super::News;
use super::{Group, Manner};

impl Group {
    /// Enters what the journal remembers and the ledger does not: the store was put back from an
    /// older backup, or took no writes. Erasures that were broken off are finished. A new journal begins
    /// with what the ledger holds.
    pub(in crate::writer) fn recall(
        &mut self,
        journal: &mut Journal,
        new: bool,
    ) -> Result<(), StoreError> {
        self.settle_addresses()?;
        let db = &self.db;
        let (missing, last) = journal.missing(|place| place.is_in(db))?;
        if new && self.tree.size() > 0 {
            tracing::warn!(
                "a journal of refusals was begun in the safe with what the ledger holds"
            );
        }
        for hash in missing.iter().flat_map(Noted::addresses) {
            known(hash.version(), self.keys.hasher())?;
        }
        let mut from = last.map_or(0, |place| place.seq.0.saturating_add(1));
        loop {
            let (mut kept, next) = kept(&self.db, from)?;
            if !kept.is_empty() {
                // Whatever is missing stays behind the last line that the ledger holds.
                kept.extend(missing.iter().cloned());
                journal.append(&kept)?;
            }
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        self.note_holds(journal)?;
        self.owed = missing;
        let mut news = News::default();
        self.begin_writing()?;
        self.enter_owed(&mut news)?;
        let unfinished = self.tx(&mut news).destroy_keys()?;
        let moved = self.due(&news.entries, Manner::Apart);
        moved.keep(&self.db)?;
        self.keys.commit()?;
        self.pass_on(&news)?;
        self.db.commit()?;
        if !news.entries.is_empty() {
            let entries = news.entries.len();
            tracing::warn!(
                entries,
                "what the journal remembers and the store had lost was entered"
            );
        }
        if self.node.is_none() {
            self.recent
                .committed(&news.entries, &moved, self.tree.size());
        }
        self.owed = std::mem::take(&mut self.left);
        if unfinished && let Err(error) = self.finish_erasures() {
            tracing::warn!(%error, "what erasures have left to do is tried again within a day");
        }
        news.noted.extend(self.owed.iter().cloned());
        journal.append(&news.noted)
    }

    /// Notes the holds that stand and that the journal lacks: it took no writes when they began, or is new.
    fn note_holds(&mut self, journal: &mut Journal) -> Result<(), StoreError> {
        let mut holds = self.tx(&mut News::default()).noted_holds()?;
        if !holds.is_empty() {
            let there = journal.begun_holds()?;
            holds.retain(|own| own.begun_hold().is_none_or(|name| !there.contains(name)));
        }
        journal.append(&holds)
    }

    /// Brings forward what a rotation that was broken off, or a backup from before it, left under older
    /// keys: what comes in from here on may stand under the newest.
    fn settle_addresses(&mut self) -> Result<(), StoreError> {
        let newest = self.keys.hasher().newest();
        let mut next = (!self.keys.hasher().is_settled()).then_some(Cursor::START);
        if next.is_some() {
            tracing::warn!("addresses are hashed under the newest keys before anything else");
        }
        while let Some(cursor) = next {
            // Nobody is there yet to be told.
            let mut news = News::default();
            self.begin_writing()?;
            next = self.tx(&mut news).bring_forward(cursor)?.1;
            if next.is_none() {
                self.tx(&mut news).settle_addresses(newest)?;
            }
            self.pass_on(&news)?;
            self.db.commit()?;
        }
        self.keys.hasher().settle(newest);
        Ok(())
    }

    /// Leaves nothing of the erased in logs and copies; nobody else is here yet.
    fn finish_erasures(&self) -> Result<(), StoreError> {
        self.keys.empty_log()?;
        self.db.empty_log()?;
        if let Some(path) = self.db.path() {
            crate::db::sqlite::remove_copies(path)?;
        }
        self.db.batch("update erasures set step = 2 where step = 1")
    }
}
