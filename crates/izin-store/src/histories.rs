//! Which entries are about a person, and which suppress an address.
//!
//! People and addresses come in no order: a row for each entry would touch a page of its own in every
//! commit. So the pairs of the newest entries are kept in memory ([`Recent`]) and move into the tables
//! `histories` and `suppressed` many at a time, in the order of the tables, where neighbours share a page.
//! `store.indexed` says how many entries the tables have for certain; a start reads the pairs of the others from the
//! entries themselves. A pair says where to look, never what is there: whoever follows it looks at the row.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use izin_core::{Seq, SubjectId};

use crate::StoreError;
use crate::db::{Db, params, put, rows, run};
use crate::ledger::{Committed, IndexKey};
use crate::vault::SuppressionHash;
use crate::writer::Tx;

/// Pairs that gather before they begin to move: the more, the more of them share a page. 4 MiB of memory.
const GATHERED_MAX: usize = 64 * 1024;
/// Entries between two moves: a move takes some milliseconds, in which every writer waits.
const ENTRIES_BETWEEN: usize = 4 * 1024;
/// Pairs moved at once: more than come meanwhile (an entry has one at most), so that no gathering waits.
const MOVED_AT_ONCE: usize = 2 * ENTRIES_BETWEEN;

/// Where a pair belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Table {
    Histories,
    Suppressed,
}

impl Table {
    const fn find(self) -> &'static str {
        match self {
            Self::Histories => "select seq from histories where subject = ?1",
            Self::Suppressed => SUPPRESSED,
        }
    }

    const fn keep(self) -> &'static str {
        match self {
            Self::Histories => {
                "insert into histories (subject, seq) values (?1, ?2) on conflict do nothing"
            }
            Self::Suppressed => {
                "insert into suppressed (hash, seq) values (?1, ?2) on conflict do nothing"
            }
        }
    }
}

/// Which entries suppress an address.
pub(crate) const SUPPRESSED: &str = "select seq from suppressed where hash = ?1";

/// A person or an address, and an entry.
type Pair = (Table, [u8; 16], u64);

fn pair(committed: &Committed) -> Option<Pair> {
    let seq = committed.entry.seq.0;
    match (committed.entry.subject, committed.key) {
        (Some(subject), _) => Some((Table::Histories, *subject.as_bytes(), seq)),
        (None, IndexKey::Suppressed(hash)) => Some((Table::Suppressed, *hash.as_bytes(), seq)),
        (None, _) => None,
    }
}

/// The pairs that the tables may not have yet.
#[derive(Debug)]
pub(crate) struct Recent(Mutex<Pairs>);

#[derive(Debug, Default)]
struct Pairs {
    gathering: BTreeSet<Pair>,
    moving: BTreeSet<Pair>,
    /// How many entries the tables have once nothing moves any more.
    moving_to: u64,
    /// Entries since the last move.
    since: usize,
}

/// Pairs that move together.
#[derive(Debug, Default)]
pub(crate) struct Move {
    pairs: Vec<Pair>,
    /// How many entries the tables have then, where these are the last that moved.
    indexed: Option<u64>,
}

impl Recent {
    /// Reads what the tables may not have.
    pub(crate) fn load(db: &Db) -> Result<Self, StoreError> {
        const PEOPLE: &str = "
            select subject, seq
            from entries
            where seq >= (select indexed from store) and subject is not null";
        const ADDRESSES: &str = "
            select hash, seq
            from suppressions
            where seq >= (select indexed from store)";
        let mut pairs = Pairs::default();
        for (table, sql) in [(Table::Histories, PEOPLE), (Table::Suppressed, ADDRESSES)] {
            let found = rows(db, sql, &[], |row| Ok((table, row.get(0)?, row.get(1)?)))?;
            pairs.gathering.extend(found);
        }
        Ok(Self(Mutex::new(pairs)))
    }

    fn pairs(&self) -> MutexGuard<'_, Pairs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what was committed, whatever moved with it, and the size of the ledger since.
    pub(crate) fn committed(&self, entries: &[Committed], moved: &Move, size: u64) {
        let mut pairs = self.pairs();
        for pair in &moved.pairs {
            pairs.moving.remove(pair);
        }
        pairs.gathering.extend(entries.iter().filter_map(pair));
        pairs.since = pairs.since.saturating_add(entries.len());
        if !moved.pairs.is_empty() {
            pairs.since = entries.len();
        }
        if pairs.moving.is_empty() && pairs.gathering.len() >= GATHERED_MAX {
            pairs.moving = std::mem::take(&mut pairs.gathering);
            pairs.moving_to = size;
        }
    }

    /// What is to move with the next commit; often nothing.
    pub(crate) fn due(&self) -> Move {
        let pairs = self.pairs();
        if pairs.since < ENTRIES_BETWEEN {
            return Move::default();
        }
        let next = pairs.moving.iter().take(MOVED_AT_ONCE).copied();
        let next: Vec<_> = next.collect();
        let last = !next.is_empty() && next.len() == pairs.moving.len();
        Move {
            indexed: last.then_some(pairs.moving_to),
            pairs: next,
        }
    }

    fn all(&self) -> Vec<Pair> {
        let pairs = self.pairs();
        pairs.moving.union(&pairs.gathering).copied().collect()
    }

    fn of(&self, table: Table, key: [u8; 16]) -> BTreeSet<u64> {
        let own: RangeInclusive<Pair> = (table, key, 0)..=(table, key, u64::MAX);
        let pairs = self.pairs();
        let moving = pairs.moving.range(own.clone());
        let both = moving.chain(pairs.gathering.range(own));
        both.map(|(.., seq)| *seq).collect()
    }
}

impl Move {
    /// All of what was entered, of which the tables then have so much.
    pub(crate) fn at_once(entries: &[Committed], size: u64) -> Self {
        Self {
            pairs: entries.iter().filter_map(pair).collect(),
            indexed: Some(size).filter(|_| !entries.is_empty()),
        }
    }

    /// Writes them into the tables.
    pub(crate) fn keep(&self, db: &Db) -> Result<(), StoreError> {
        for (table, key, seq) in &self.pairs {
            put(db, table.keep(), params![key, seq])?;
        }
        if let Some(indexed) = self.indexed {
            note_indexed(db, indexed)?;
        }
        Ok(())
    }
}

/// Notes how many entries the tables have.
pub(crate) fn note_indexed(db: &Db, entries: u64) -> Result<(), StoreError> {
    run(db, "update store set indexed = ?1", params![entries]).map(drop)
}

/// Finds entries by whom or what they are about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Histories<'a> {
    db: &'a Db,
    recent: &'a Recent,
    /// What the open transaction has entered.
    entering: &'a [Committed],
}

impl<'a> Histories<'a> {
    /// Over what is committed.
    pub(crate) const fn new(db: &'a Db, recent: &'a Recent) -> Self {
        Self {
            db,
            recent,
            entering: &[],
        }
    }

    /// The connection to read rows on.
    pub(crate) const fn db(&self) -> &'a Db {
        self.db
    }

    /// A person's entries, oldest first.
    pub(crate) fn of_person(&self, subject: SubjectId) -> Result<Vec<Seq>, StoreError> {
        self.find(Table::Histories, *subject.as_bytes())
    }

    /// Those of a person's entries that the table may not have, oldest first.
    pub(crate) fn newest_of_person(&self, subject: SubjectId) -> Vec<Seq> {
        let newest = self.newest(Table::Histories, *subject.as_bytes());
        newest.into_iter().map(Seq).collect()
    }

    /// The entries that suppress an address, or did under this hash, oldest first.
    pub(crate) fn of_address(&self, hash: SuppressionHash) -> Result<Vec<Seq>, StoreError> {
        self.find(Table::Suppressed, *hash.as_bytes())
    }

    /// What of it is in memory: recent, or of this transaction.
    fn newest(&self, table: Table, key: [u8; 16]) -> BTreeSet<u64> {
        let mut found = self.recent.of(table, key);
        let entering = self.entering.iter().filter_map(pair);
        let own = entering.filter(|(of, whose, _)| (*of, *whose) == (table, key));
        found.extend(own.map(|(.., seq)| seq));
        found
    }

    fn find(&self, table: Table, key: [u8; 16]) -> Result<Vec<Seq>, StoreError> {
        // Memory first: what moves meanwhile is in the table by the time that is read.
        let mut found = self.newest(table, key);
        found.extend(rows(self.db, table.find(), params![key], |row| {
            row.get::<u64>(0)
        })?);
        Ok(found.into_iter().map(Seq).collect())
    }
}

impl Tx<'_> {
    /// Finds entries, those of this transaction too.
    pub(crate) fn histories(&self) -> Histories<'_> {
        Histories {
            db: self.db,
            recent: self.recent,
            entering: &self.news.entries,
        }
    }

    /// Brings the tables up to date, for whoever goes through them. What is in memory stays there.
    pub(crate) fn settle_histories(&self) -> Result<(), StoreError> {
        let entering = self.news.entries.iter().filter_map(pair);
        let pairs = self.recent.all().into_iter().chain(entering).collect();
        let all = Move {
            pairs,
            indexed: None,
        };
        all.keep(self.db)
    }
}

#[cfg(test)]
mod tests;
