//! The ledger, as the gate folds it at start: one scan in order, of all of it or of what came after
//! an entry.
//!
//! The caller's thread reads rows and folds entries; parsers beside it make the one into the other,
//! a batch at a time, and hand the batches back in order. What an entry is found by is not in the
//! entry; it comes from [`index`]. A replay tells exactly what the running store told
//! (`tests/it/replay.rs`).

mod index;

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, available_parallelism, scope};

use izin_core::{Entry, Seq, SubjectId, Timestamp};

use crate::db::{Db, Row, each, params};
use crate::ledger::{Committed, IndexKey};
use crate::{Store, StoreError};
pub(crate) use index::Index;

/// Entries parsed together: enough that handing them over costs nothing beside it.
const BATCH_ENTRIES: usize = 1_024;
/// Parsers at most; more than these wait for the one thread that reads and folds.
const PARSERS_MAX: usize = 4;

impl Store {
    /// Hands every entry to `fold`, in order and many at a time; those after `after` only, when it
    /// is given.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or an entry is damaged.
    pub fn replay(
        &self,
        after: Option<Seq>,
        fold: impl FnMut(Vec<Committed>),
    ) -> Result<(), StoreError> {
        let db = self.readers.take()?;
        let index = match after {
            None => Index::whole(&db)?,
            Some(_) => Index::of_a_tail(self.readers.take()?),
        };
        let first = after.map_or(0, |seq| seq.0.saturating_add(1));
        replay(&db, (first, &index), fold)
    }
}

/// The entries from one on and before another.
pub(crate) fn between(
    db: &Db,
    (first, end): (u64, u64),
    index: &Index,
) -> Result<Vec<Committed>, StoreError> {
    const BETWEEN: &str = "
        select seq, recorded_at, subject, act
        from entries
        where seq >= ?1 and seq < ?2
        order by seq";
    let mut batch = Batch::default();
    if first < end {
        index.read_ahead((first, end))?;
        each(db, BETWEEN, params![first, end], |row| batch.push(row))?;
    }
    batch.parse(index)
}

fn replay(
    db: &Db,
    (first, index): (u64, &Index),
    mut fold: impl FnMut(Vec<Committed>),
) -> Result<(), StoreError> {
    const FROM: &str = "
        select seq, recorded_at, subject, act
        from entries
        where seq >= ?1
        order by seq";
    let parsers = available_parallelism().map_or(1, usize::from);
    let parsers = parsers.min(PARSERS_MAX);
    scope(|scope| {
        let mut idle: VecDeque<_> = (0..parsers).map(|_| Parser::start(scope, index)).collect();
        let mut busy = VecDeque::<Parser>::new();
        let mut batch = Batch::default();
        let mut hand_out = |batch: Batch, last: bool| {
            // The parser that has worked longest holds the next entries in order.
            while last || idle.is_empty() {
                let Some(parser) = busy.pop_front() else {
                    return Ok(());
                };
                fold(parser.take()?);
                idle.push_back(parser);
            }
            if let Some(parser) = idle.pop_front() {
                parser.rows.send(batch).map_err(|_| StoreError::Stopped)?;
                busy.push_back(parser);
            }
            Ok(())
        };
        each(db, FROM, params![first], |row| {
            batch.push(row)?;
            if batch.heads.len() < BATCH_ENTRIES {
                return Ok(());
            }
            hand_out(std::mem::take(&mut batch), false)
        })?;
        if !batch.heads.is_empty() {
            hand_out(batch, false)?;
        }
        hand_out(Batch::default(), true)
    })
}

/// Rows as they were read.
#[derive(Default)]
struct Batch {
    heads: Vec<Head>,
    acts: Vec<u8>,
}

/// A row without its act, and where that ends.
struct Head {
    seq: Seq,
    recorded_at: Timestamp,
    subject: Option<SubjectId>,
    end: usize,
}

impl Batch {
    fn push(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        self.acts.extend_from_slice(row.bytes(3)?);
        let subject: Option<[u8; 16]> = row.get(2)?;
        self.heads.push(Head {
            seq: Seq(row.get(0)?),
            recorded_at: Timestamp::from_micros(row.get(1)?),
            subject: subject.map(SubjectId::from_bytes),
            end: self.acts.len(),
        });
        Ok(())
    }

    /// The entries. What they are found by is looked up afterwards, one right after the other: memory
    /// is waited for once, not for each.
    fn parse(&self, index: &Index) -> Result<Vec<Committed>, StoreError> {
        let (mut start, key) = (0, IndexKey::None);
        let mut batch = Vec::with_capacity(self.heads.len());
        for head in &self.heads {
            let act = self.acts.get(start..head.end).unwrap_or_default();
            start = head.end;
            let act = serde_json::from_slice(act);
            let entry = Entry {
                seq: head.seq,
                subject: head.subject,
                recorded_at: head.recorded_at,
                act: act.map_err(|_| StoreError::Damaged { what: "act" })?,
            };
            batch.push(Committed { entry, key });
        }
        for Committed { entry, key } in &mut batch {
            *key = index.key(entry.seq, &entry.act)?;
        }
        Ok(batch)
    }
}

/// A thread that makes rows into entries.
struct Parser {
    rows: SyncSender<Batch>,
    entries: Receiver<Result<Vec<Committed>, StoreError>>,
}

impl Parser {
    /// Starts one; it ends when nobody can give it rows any more.
    fn start<'scope>(scope: &'scope Scope<'scope, '_>, index: &'scope Index) -> Self {
        let (rows, given) = sync_channel::<Batch>(1);
        let (done, entries) = sync_channel(1);
        scope.spawn(move || {
            while let Ok(batch) = given.recv() {
                if done.send(batch.parse(index)).is_err() {
                    return;
                }
            }
        });
        Self { rows, entries }
    }

    fn take(&self) -> Result<Vec<Committed>, StoreError> {
        self.entries.recv().map_err(|_| StoreError::Stopped)?
    }
}
