//! Other keys for the hashes of addresses: every row is brought forward, a few at a time, while
//! everything goes on.
//!
//! What belongs to one address (its holders' rows, its suppressions) moves together, in one transaction,
//! and the gate hears of both at once, among the entries; so an address never stands in two places. Whatever
//! is done with an address before its turn brings it forward first. Broken off, the rest is done at the
//! next start, before anything else. Nothing is dropped: an older hash, in a link or a journal, is
//! brought forward wherever it comes in. Start at [`Store::rotate_addresses`].

use izin_core::Identifier;

use crate::db::{Db, Row, count, exists, first, one, params, rows, run};
use crate::vault::{Hasher, KeyVersion, LookupHash, SuppressionHash};
use crate::writer::Tx;
use crate::{Store, StoreError};

/// The schema since which a store says where its addresses stand.
pub(crate) const SCHEMA: u32 = 8;
/// Rows looked at in one commit: others write in between.
const ROWS_A_STEP: u32 = 1_000;

/// An address that is found under other hashes from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The hash of its holders, before and now; none when nobody holds it.
    pub lookup: Option<(LookupHash, LookupHash)>,
    /// The hash of its suppressions, before and now.
    pub suppression: (SuppressionHash, SuppressionHash),
}

/// How many rows stand under a version of the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyVersionUse {
    /// The version.
    pub version: KeyVersion,
    /// Addresses of people, those they hold no more among them.
    pub addresses: u64,
    /// Suppressions.
    pub suppressions: u64,
}

/// Where rows with hashes lie, in the order in which they are brought forward.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Table {
    Identifiers,
    Suppressions,
    Detached,
}

impl Table {
    const ALL: [Self; 3] = [Self::Identifiers, Self::Suppressions, Self::Detached];

    /// Its rows after one, by name: name, hash, version.
    const fn page(self) -> &'static str {
        match self {
            Self::Identifiers => {
                "
                select identifier, suppression_hash, key_version
                from identifiers
                where identifier > ?1
                order by identifier
                limit ?2"
            }
            Self::Suppressions => {
                "
                select suppression, hash, key_version
                from suppressions
                where suppression > ?1
                order by suppression
                limit ?2"
            }
            Self::Detached => {
                "
                select identifier, lookup_hash, key_version
                from detached
                where identifier > ?1
                order by identifier
                limit ?2"
            }
        }
    }
}

/// A row: its name, its hash, and under which version.
type Address = ([u8; 16], [u8; 16], KeyVersion);

/// The next row to look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor {
    table: usize,
    after: Option<[u8; 16]>,
}

impl Cursor {
    pub(crate) const START: Self = Self {
        table: 0,
        after: None,
    };
}

impl Store {
    /// Hashes every address under new keys, which are made first; goes on where that was broken off.
    /// Everything else goes on meanwhile. `told` hears how many rows were looked at, of how many.
    /// Answers the version that they all stand under.
    ///
    /// # Errors
    /// [`Refused::KeyVersions`](crate::Refused); [`StoreError`] when a database fails.
    pub async fn rotate_addresses(
        &self,
        told: impl Fn(u64, u64) + Send,
    ) -> Result<KeyVersion, StoreError> {
        if self.hasher.is_settled() {
            self.writer.write(|tx| tx.add_address_keys()).await?;
            // Once they are durable, and between two writes.
            let taken = self.writer.write(|tx| tx.keys.take_up_address_keys());
            taken.await?;
        }
        let newest = self.hasher.newest();
        let all = self.read(all_rows).await?;
        let (mut looked, mut next) = (0, Some(Cursor::START));
        while let Some(cursor) = next {
            let step = self.writer.write(move |tx| tx.bring_forward(cursor));
            let (rows, then) = step.await?;
            looked += rows;
            told(looked.min(all), all);
            next = then;
        }
        let settled = self.writer.write(move |tx| tx.settle_addresses(newest));
        settled.await?;
        self.hasher.settle(newest);
        Ok(newest)
    }

    /// How many rows stand under each version that any stands under, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn address_versions(&self) -> Result<Vec<KeyVersionUse>, StoreError> {
        let (newest, oldest) = (self.hasher.newest(), self.hasher.settled());
        self.read(move |db| {
            let numbers = (oldest.number()..=newest.number()).rev();
            let versions = numbers.filter_map(KeyVersion::from_number);
            versions.map(|version| used_under(db, version)).collect()
        })
        .await
    }

    /// The keys that hash suppressions, in the order in which they are used one after the other: for a
    /// shop that leaves.
    ///
    /// # Errors
    /// [`StoreError`] when the key database fails.
    pub async fn suppression_keys(&self) -> Result<Vec<crate::vault::Key>, StoreError> {
        self.read_sealed(|_, keys| keys.suppression_keys()).await
    }
}

fn all_rows(db: &Db) -> Result<u64, StoreError> {
    const ALL: &str = "
        select
          (select count(*) from identifiers)
          + (select count(*) from suppressions)
          + (select count(*) from detached)";
    count(db, ALL)
}

fn used_under(db: &Db, version: KeyVersion) -> Result<KeyVersionUse, StoreError> {
    const UNDER: &str = "
        select
          (select count(*) from identifiers where key_version = ?1)
          + (select count(*) from detached where key_version = ?1),
          (select count(*) from suppressions where key_version = ?1)";
    one(db, UNDER, params![version], |row| {
        Ok(KeyVersionUse {
            version,
            addresses: row.get(0)?,
            suppressions: row.get(1)?,
        })
    })
}

/// Tells the hashes where the rows of a database stand; what was hashed under newer keys than there
/// are here cannot be found, and a refusal would be lost.
pub(crate) fn take_stock(db: &Db, hasher: &Hasher) -> Result<(), StoreError> {
    const VERSIONS: &str = "select addresses_newest, addresses_settled from store";
    let (newest, settled): (KeyVersion, KeyVersion) =
        one(db, VERSIONS, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    known(newest, hasher)?;
    hasher.settle(settled);
    Ok(())
}

/// Refuses a version that the key database does not have.
pub(crate) fn known(version: KeyVersion, hasher: &Hasher) -> Result<(), StoreError> {
    if version <= hasher.newest() {
        return Ok(());
    }
    Err(StoreError::OldKeys {
        needed: version.number(),
        found: hasher.newest().number(),
    })
}

impl Tx<'_> {
    /// Makes the next version of the keys, and notes that rows may stand under it.
    fn add_address_keys(&mut self) -> Result<(), StoreError> {
        const NEWEST: &str = "update store set addresses_newest = ?1";
        let version = self.keys.add_address_keys()?;
        run(self.db, NEWEST, params![version]).map(drop)
    }

    /// Brings some rows forward; answers how many were looked at, and where to go on.
    pub(crate) fn bring_forward(
        &mut self,
        cursor: Cursor,
    ) -> Result<(u64, Option<Cursor>), StoreError> {
        let Some(table) = Table::ALL.get(cursor.table).copied() else {
            return Ok((0, None));
        };
        let after = cursor.after.map_or(Vec::new(), Vec::from);
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let page: Vec<Address> = rows(self.db, table.page(), params![after, ROWS_A_STEP], read)?;
        let newest = self.keys.hasher().newest();
        for (name, hash, version) in page.iter().filter(|(.., version)| *version < newest) {
            match table {
                Table::Detached => self.renew_detached(name, (*hash, *version))?,
                Table::Identifiers | Table::Suppressions => {
                    self.renew(SuppressionHash::from_bytes(*hash, *version))?;
                }
            }
        }
        let next = match page.last() {
            Some((name, ..)) => Cursor {
                after: Some(*name),
                ..cursor
            },
            None => Cursor {
                table: cursor.table + 1,
                after: None,
            },
        };
        Ok((page.len() as u64, Some(next)))
    }

    /// Notes that every row stands under a version.
    pub(crate) fn settle_addresses(&self, version: KeyVersion) -> Result<(), StoreError> {
        const SETTLED: &str = "
            update store
            set
              addresses_newest = case when addresses_newest < ?1 then ?1 else addresses_newest end,
              addresses_settled = ?1";
        run(self.db, SETTLED, params![version]).map(drop)
    }

    /// The hash that finds the holders of an identifier, once everything of it stands under that.
    pub(crate) fn lookup(&mut self, identifier: &Identifier) -> Result<LookupHash, StoreError> {
        self.suppression(identifier)?;
        Ok(self.keys.hasher().lookup(identifier))
    }

    /// The hash that finds the suppressions of an identifier, once everything of it stands under that.
    pub(crate) fn suppression(
        &mut self,
        identifier: &Identifier,
    ) -> Result<SuppressionHash, StoreError> {
        let oldest = self.keys.hasher().suppression_to_keep(identifier);
        self.renewed(oldest)
    }

    /// A hash that came from outside, brought forward with everything of its address. While the database
    /// takes no writes, the hash under which that stands: a no has to reach it all the same.
    pub(crate) fn renewed(&mut self, hash: SuppressionHash) -> Result<SuppressionHash, StoreError> {
        let hasher = self.keys.hasher().clone();
        let newest = hasher.renewed(hash);
        if !hasher.is_settled() {
            let mut older = hasher.onward(hash).filter(|own| *own != newest);
            let moved = self.news.moved.len();
            self.db.batch("savepoint renewal")?;
            match older.try_for_each(|own| self.renew(own)) {
                Err(error @ StoreError::Unwritable(_)) => {
                    // A disk that is full may have taken the whole transaction back: then that is the fault.
                    let undone = self.db.batch("rollback to renewal; release renewal");
                    self.news.moved.truncate(moved);
                    return undone.map_or(Err(error), |()| self.where_it_stands(hash));
                }
                renewed => renewed?,
            }
            self.db.batch("release renewal")?;
        }
        Ok(newest)
    }

    fn where_it_stands(&self, hash: SuppressionHash) -> Result<SuppressionHash, StoreError> {
        const HELD: &str = "select 1 from identifiers where suppression_hash = ?1";
        let hasher = self.keys.hasher();
        for own in hasher.onward(hash) {
            if exists(self.db, HELD, params![own.as_bytes()])?
                || !self.suppressions(own)?.is_empty()
            {
                return Ok(own);
            }
        }
        Ok(hasher.renewed(hash))
    }

    /// Brings what stands under one hash forward, holders and suppressions together.
    fn renew(&mut self, old: SuppressionHash) -> Result<(), StoreError> {
        const HELD: &str = "
            select lookup_hash
            from identifiers
            where suppression_hash = ?1
            limit 1";
        const HOLDERS: &str = "
            update identifiers
            set lookup_hash = ?2, suppression_hash = ?3, key_version = ?4
            where suppression_hash = ?1";
        let hasher = self.keys.hasher();
        let (new, bytes) = (hasher.renewed(old), params![old.as_bytes()]);
        let held: Option<[u8; 16]> = first(self.db, HELD, bytes, |row| row.get(0))?;
        let lookup = held.map(|held| {
            let held = LookupHash::from_bytes(held);
            (held, hasher.renewed_lookup(held, old.version()))
        });
        let (hash, version) = (new.as_bytes(), new.version());
        if let Some((_, lookup)) = lookup {
            let row = params![old.as_bytes(), lookup.as_bytes(), hash, version];
            run(self.db, HOLDERS, row)?;
        }
        let noes = self.suppress_under(old, new)?;
        if lookup.is_some() || noes > 0 {
            self.news.moved.push((
                self.news.entries.len(),
                Moved {
                    lookup,
                    suppression: (old, new),
                },
            ));
        }
        Ok(())
    }

    /// Has the suppressions of an address found under another hash, the ended ones too; answers how many.
    fn suppress_under(
        &self,
        old: SuppressionHash,
        new: SuppressionHash,
    ) -> Result<usize, StoreError> {
        const MOVE: &str = "
            update suppressions
            set hash = ?3, key_version = ?4
            where seq = ?1 and hash = ?2";
        const FOUND: &str = "
            insert into suppressed (hash, seq)
            values (?1, ?2)
            on conflict do nothing";
        const GONE: &str = "delete from suppressed where hash = ?1";
        let mut moved = 0;
        for seq in self.histories().of_address(old)? {
            let row = params![seq.0, old.as_bytes(), new.as_bytes(), new.version()];
            moved += run(self.db, MOVE, row)?;
            run(self.db, FOUND, params![new.as_bytes(), seq.0])?;
        }
        run(self.db, GONE, params![old.as_bytes()])?;
        Ok(moved)
    }

    /// What somebody held once is only replayed by; nobody is found by it.
    fn renew_detached(
        &self,
        name: &[u8; 16],
        (hash, version): ([u8; 16], KeyVersion),
    ) -> Result<(), StoreError> {
        const KEEP: &str = "
            update detached
            set lookup_hash = ?2, key_version = ?3
            where identifier = ?1";
        let hasher = self.keys.hasher();
        let hash = hasher.renewed_lookup(LookupHash::from_bytes(hash), version);
        let row = params![name, hash.as_bytes(), hasher.newest()];
        run(self.db, KEEP, row).map(drop)
    }
}

#[cfg(test)]
mod tests;
