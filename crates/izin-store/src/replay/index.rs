//! What entries are found by: read whole before a replay of everything, looked up for each entry of
//! a tail, which names few of the millions there may be.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use izin_core::{Act, IdentifierId, Seq};

use crate::StoreError;
use crate::db::{Bind, Db, Row, each, first, params, rows};
use crate::ledger::IndexKey;
use crate::vault::{LookupHash, SuppressionHash};

/// What entries are found by.
pub(crate) enum Index {
    /// All of it.
    Whole(Whole),
    /// The database, asked by one parser at a time.
    Database(Mutex<Near>),
}

/// The database, and what of it was read ahead.
pub(crate) struct Near {
    db: Db,
    suppressions: HashMap<Seq, SuppressionHash>,
}

/// All of it, in memory.
pub(crate) struct Whole {
    identifiers: HashMap<IdentifierId, LookupHash, BuildHasherDefault<Taken>>,
    /// By the entry that made them, and by the one that ended them.
    suppressions: HashMap<Seq, SuppressionHash>,
    ended: HashMap<Seq, SuppressionHash>,
}

/// Random names are their own hash.
#[derive(Default)]
pub(super) struct Taken(u64);

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

impl Index {
    /// Reads all of it.
    pub(super) fn whole(db: &Db) -> Result<Self, StoreError> {
        const IDENTIFIERS: &str = "
            select identifier, lookup_hash
            from identifiers
            union all
            select identifier, lookup_hash
            from detached";
        const IDENTIFIER_COUNT: &str = "
            select (select count(*) from identifiers) + (select count(*) from detached)";
        const SUPPRESSIONS: &str = "select seq, hash, key_version from suppressions";
        const ENDED: &str = "
            select ended, hash, key_version
            from suppressions
            where ended is not null";
        let by_seq = |row: &Row<'_>| {
            let hash = SuppressionHash::from_bytes(row.get(1)?, row.get(2)?);
            Ok((Seq(row.get(0)?), hash))
        };
        let by_name = |row: &Row<'_>| {
            Ok((
                IdentifierId::from_bytes(row.get(0)?),
                LookupHash::from_bytes(row.get(1)?),
            ))
        };
        // Room for all of them: to find it while they come takes as long as to read them.
        let count = crate::db::one(db, IDENTIFIER_COUNT, &[], |row| row.get(0))?;
        let mut identifiers = HashMap::with_capacity_and_hasher(count, BuildHasherDefault::new());
        read(db, IDENTIFIERS, by_name, &mut identifiers)?;
        let (mut suppressions, mut ended) = (HashMap::new(), HashMap::new());
        read(db, SUPPRESSIONS, by_seq, &mut suppressions)?;
        read(db, ENDED, by_seq, &mut ended)?;
        Ok(Self::Whole(Whole {
            identifiers,
            suppressions,
            ended,
        }))
    }

    /// Reads nothing yet.
    pub(crate) fn of_a_tail(db: Db) -> Self {
        Self::Database(Mutex::new(Near {
            db,
            suppressions: HashMap::new(),
        }))
    }

    /// Reads ahead what the entries from one on and before another are found by, as far as that is one
    /// question: a server is far away.
    pub(super) fn read_ahead(&self, (start, end): (u64, u64)) -> Result<(), StoreError> {
        const BETWEEN: &str = "
            select hash, key_version, seq
            from suppressions
            where seq >= ?1 and seq < ?2";
        let Self::Database(near) = self else {
            return Ok(());
        };
        let mut near = near.lock().unwrap_or_else(PoisonError::into_inner);
        let found = rows(&near.db, BETWEEN, params![start, end], |row| {
            Ok((Seq(row.get(2)?), suppression(row)?))
        })?;
        near.suppressions = found.into_iter().collect();
        Ok(())
    }

    /// What an entry is found by.
    pub(super) fn key(&self, seq: Seq, act: &Act) -> Result<IndexKey, StoreError> {
        let found = match act {
            Act::IdentifierAttached { identifier, .. } => {
                self.identifier(*identifier)?.map(IndexKey::Attached)
            }
            Act::IdentifierDetached { identifier, .. } => {
                self.identifier(*identifier)?.map(IndexKey::Detached)
            }
            Act::IdentifierSuppressed { .. } => {
                // A no that cannot be found again would be a yes.
                let missing = StoreError::Damaged {
                    what: "list of suppressions (a row is missing)",
                };
                let hash = self.suppression(seq)?.ok_or(missing)?;
                Some(IndexKey::Suppressed(hash))
            }
            Act::EntryCorrected { entry, .. } | Act::PresumptionCleared { entry, .. } => {
                self.ended(*entry, seq)?.map(IndexKey::Unsuppressed)
            }
            _ => None,
        };
        Ok(found.unwrap_or(IndexKey::None))
    }

    fn identifier(&self, identifier: IdentifierId) -> Result<Option<LookupHash>, StoreError> {
        const ONE: &str = "
            select lookup_hash
            from identifiers
            where identifier = ?1
            union all
            select lookup_hash
            from detached
            where identifier = ?1";
        match self {
            Self::Whole(own) => Ok(own.identifiers.get(&identifier).copied()),
            Self::Database(db) => {
                let lookup = |row: &Row<'_>| row.get(0).map(LookupHash::from_bytes);
                one(db, ONE, params![identifier.as_bytes()], lookup)
            }
        }
    }

    fn suppression(&self, seq: Seq) -> Result<Option<SuppressionHash>, StoreError> {
        const ONE: &str = "select hash, key_version from suppressions where seq = ?1";
        match self {
            Self::Whole(own) => Ok(own.suppressions.get(&seq).copied()),
            Self::Database(near) => {
                let ahead = near.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(hash) = ahead.suppressions.get(&seq) {
                    return Ok(Some(*hash));
                }
                drop(ahead);
                one(near, ONE, params![seq.0], suppression)
            }
        }
    }

    /// The suppression that the entry `seq` ended, which `entry` had made.
    fn ended(&self, entry: Seq, seq: Seq) -> Result<Option<SuppressionHash>, StoreError> {
        const ONE: &str = "
            select hash, key_version
            from suppressions
            where seq = ?1 and ended = ?2";
        match self {
            Self::Whole(own) => Ok(own.ended.get(&seq).copied()),
            Self::Database(db) => one(db, ONE, params![entry.0, seq.0], suppression),
        }
    }
}

fn one<T>(
    near: &Mutex<Near>,
    sql: &str,
    parameters: &[&dyn Bind],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let near = near.lock().unwrap_or_else(PoisonError::into_inner);
    first(&near.db, sql, parameters, read)
}

/// Reads `hash, key_version`, the first two columns of a row.
fn suppression(row: &Row<'_>) -> Result<SuppressionHash, StoreError> {
    Ok(SuppressionHash::from_bytes(row.get(0)?, row.get(1)?))
}

fn read<K: Eq + Hash, V, S: BuildHasher>(
    db: &Db,
    sql: &str,
    pair: impl Fn(&Row<'_>) -> Result<(K, V), StoreError>,
    pairs: &mut HashMap<K, V, S>,
) -> Result<(), StoreError> {
    each(db, sql, &[], |row| {
        let (key, value) = pair(row)?;
        pairs.insert(key, value);
        Ok(())
    })
}
