//! The whole ledger, as the gate folds it at start: one scan in order, nothing looked up by row.
//!
//! The caller's thread reads rows and folds entries; parsers beside it make the one into the other,
//! a batch at a time, and hand the batches back in order. What an entry is found by is not in the entry; it is read before, from the vault and the
//! suppressions. A replay tells exactly what the running store told (`tests/it/replay.rs`).

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, available_parallelism, scope};

use izin_core::{Act, Entry, IdentifierId, Seq, SubjectId, Timestamp};
use rusqlite::{Connection, Row, Rows};

use crate::StoreError;
use crate::ledger::{Committed, IndexKey};
use crate::vault::{LookupHash, SuppressionHash};

/// Entries parsed together: enough that handing them over costs nothing beside it.
const BATCH_ENTRIES: usize = 1_024;
/// Parsers at most; more than these wait for the one thread that reads and folds.
const PARSERS_MAX: usize = 4;

/// What entries are found by.
struct Index {
    identifiers: HashMap<IdentifierId, LookupHash, BuildHasherDefault<Taken>>,
    /// By the entry that made them, and by the one that ended them.
    suppressions: HashMap<Seq, SuppressionHash>,
    ended: HashMap<Seq, SuppressionHash>,
}

/// Random names are their own hash.
#[derive(Default)]
struct Taken(u64);

impl Hasher for Taken {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 ^= u64::from_le_bytes(*first);
        }
    }

    /// The length of a name says nothing.
    fn write_usize(&mut self, _: usize) {}
}

/// Hands every entry to `fold`, in order.
pub(crate) fn replay(db: &Connection, mut fold: impl FnMut(Committed)) -> Result<(), StoreError> {
    const ALL: &str = "
        select seq, recorded_at, subject, act
        from entries
        order by seq";
    let index = Index::read(db)?;
    let parsers = available_parallelism().map_or(1, usize::from);
    let parsers = parsers.min(PARSERS_MAX);
    scope(|scope| {
        let mut idle: VecDeque<_> = (0..parsers).map(|_| Parser::start(scope, &index)).collect();
        let mut busy = VecDeque::<Parser>::new();
        let mut statement = db.prepare(ALL)?;
        let mut found = statement.query([])?;
        loop {
            let batch = Batch::read(&mut found)?;
            let last = batch.heads.is_empty();
            // The parser that has worked longest holds the next entries in order.
            while last || idle.is_empty() {
                let Some(parser) = busy.pop_front() else {
                    return Ok(());
                };
                parser.take()?.into_iter().for_each(&mut fold);
                idle.push_back(parser);
            }
            if let Some(parser) = idle.pop_front() {
                parser.rows.send(batch).map_err(|_| StoreError::Stopped)?;
                busy.push_back(parser);
            }
        }
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
    fn read(found: &mut Rows<'_>) -> Result<Self, StoreError> {
        let mut batch = Self::default();
        while batch.heads.len() < BATCH_ENTRIES
            && let Some(row) = found.next()?
        {
            let act = row.get_ref(3)?.as_bytes();
            let act = act.map_err(|_| StoreError::Damaged { what: "act" })?;
            batch.acts.extend_from_slice(act);
            let subject: Option<[u8; 16]> = row.get(2)?;
            batch.heads.push(Head {
                seq: Seq(row.get(0)?),
                recorded_at: Timestamp::from_micros(row.get(1)?),
                subject: subject.map(SubjectId::from_bytes),
                end: batch.acts.len(),
            });
        }
        Ok(batch)
    }

    fn parse(&self, index: &Index) -> Result<Vec<Committed>, StoreError> {
        let mut start = 0;
        let parse = |head: &Head| {
            let act = self.acts.get(start..head.end).unwrap_or_default();
            start = head.end;
            let entry = Entry {
                seq: head.seq,
                subject: head.subject,
                recorded_at: head.recorded_at,
                act: serde_json::from_slice(act)
                    .map_err(|_| StoreError::Damaged { what: "act" })?,
            };
            let key = index.key(entry.seq, &entry.act)?;
            Ok(Committed { entry, key })
        };
        self.heads.iter().map(parse).collect()
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

impl Index {
    fn read(db: &Connection) -> Result<Self, StoreError> {
        const IDENTIFIERS: &str = "
            select identifier, lookup_hash
            from identifiers
            union all
            select identifier, lookup_hash
            from detached";
        const SUPPRESSIONS: &str = "select seq, hash from suppressions";
        const ENDED: &str = "
            select ended, hash
            from suppressions
            where ended is not null";
        let by_seq =
            |row: &Row<'_>| Ok((Seq(row.get(0)?), SuppressionHash::from_bytes(row.get(1)?)));
        let by_name = |row: &Row<'_>| {
            Ok((
                IdentifierId::from_bytes(row.get(0)?),
                LookupHash::from_bytes(row.get(1)?),
            ))
        };
        Ok(Self {
            identifiers: read(db, IDENTIFIERS, by_name)?,
            suppressions: read(db, SUPPRESSIONS, by_seq)?,
            ended: read(db, ENDED, by_seq)?,
        })
    }

    fn key(&self, seq: Seq, act: &Act) -> Result<IndexKey, StoreError> {
        let found = match act {
            Act::IdentifierAttached { identifier, .. } => {
                let hash = self.identifiers.get(identifier);
                hash.map(|hash| IndexKey::Attached(*hash))
            }
            Act::IdentifierDetached { identifier, .. } => {
                let hash = self.identifiers.get(identifier);
                hash.map(|hash| IndexKey::Detached(*hash))
            }
            Act::IdentifierSuppressed { .. } => {
                let hash = self.suppressions.get(&seq);
                // A no that cannot be found again would be a yes.
                let missing = StoreError::Damaged {
                    what: "list of suppressions (a row is missing)",
                };
                Some(
                    hash.map(|hash| IndexKey::Suppressed(*hash))
                        .ok_or(missing)?,
                )
            }
            Act::EntryCorrected { .. } | Act::PresumptionCleared { .. } => {
                let hash = self.ended.get(&seq);
                hash.map(|hash| IndexKey::Unsuppressed(*hash))
            }
            _ => None,
        };
        Ok(found.unwrap_or(IndexKey::None))
    }
}

fn read<T: FromIterator<P>, P>(
    db: &Connection,
    sql: &str,
    pair: impl Fn(&Row<'_>) -> rusqlite::Result<P>,
) -> Result<T, StoreError> {
    let mut statement = db.prepare(sql)?;
    let pairs = statement.query_map([], |row| pair(row))?;
    Ok(pairs.collect::<Result<_, _>>()?)
}
