//! The tamper-evident side of the ledger: stored tiles, signed checkpoints, what a proof needs.

use izin_core::{Entry, Seq, Timestamp};
use izin_log::tile::ReadTile;
use izin_log::{Hash, Leaf, Tile, TileId, TreeHead};

use crate::db::{Db, Row, first, params, put, rows, run};
use crate::ledger::{self, Recorded};
use crate::{Refused, Store, StoreError};

/// The lease of the process that signs the log.
pub const SIGNING: &str = "signing";

/// The service key that signs the log.
pub const SIGNING_KEY: &str = "log";

/// An entry with everything that ties it to its leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosed {
    /// The act.
    pub entry: Entry,
    /// Its record and blinding.
    pub recorded: Recorded,
    /// Its leaf.
    pub leaf: Leaf,
}

impl Store {
    /// The head of the log now, durable.
    ///
    /// # Errors
    /// [`StoreError`] when the writer has stopped.
    pub async fn head(&self) -> Result<TreeHead, StoreError> {
        self.writer.write(|tx| Ok(tx.tree.head())).await
    }

    /// Keeps a signed checkpoint, where this process is the one that signs ([`Store::leads`]). Those of entries that
    /// were lost and given up go.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn keep_checkpoint(
        &self,
        size: u64,
        note: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const LOST: &str = "delete from checkpoints where size >= ?1";
        const KEEP: &str = "
            insert into checkpoints (size, signed_at, note)
            values (?1, ?2, ?3)";
        self.writer
            .write(move |tx| {
                if !tx.leads(SIGNING)? {
                    return Err(Refused::NotTheSigner.into());
                }
                run(tx.db, LOST, params![size])?;
                run(tx.db, KEEP, params![size, now.as_micros(), note]).map(drop)
            })
            .await
    }

    /// The newest signed checkpoint, if any was signed.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn checkpoint(&self) -> Result<Option<String>, StoreError> {
        const LAST: &str = "
            select note
            from checkpoints
            order by size desc
            limit 1";
        self.read(|db| first(db, LAST, &[], |row| row.get(0))).await
    }

    /// When the checkpoint of this size was signed, if it was kept.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn signed_at(&self, size: u64) -> Result<Option<Timestamp>, StoreError> {
        const WHEN: &str = "select signed_at from checkpoints where size = ?1";
        self.read(move |db| {
            let found = rows(db, WHEN, params![size], |row| row.get(0))?;
            Ok(found.first().copied().map(Timestamp::from_micros))
        })
        .await
    }

    /// The hashes of a tile; partial tiles of any width up to what exists.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the tile is not there.
    pub async fn tile(&self, id: TileId) -> Result<Vec<Hash>, StoreError> {
        self.read(move |db| tile(db, id)).await
    }

    /// Gives a job that makes a proof the tiles it asks for.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be opened; what a tile lacks is the job's to say.
    pub async fn with_tiles<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut ReadTile<'_, StoreError>) -> R + Send + 'static,
    ) -> Result<R, StoreError> {
        self.read(move |db| Ok(job(&mut |id| tile(db, id)))).await
    }

    /// The leaves `first..first + count`, fewer at the end of the ledger.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or an entry is damaged.
    pub async fn leaves(&self, first: u64, count: u64) -> Result<Vec<Leaf>, StoreError> {
        self.read(move |db| {
            let found = disclosed(db, first, count)?;
            Ok(found.into_iter().map(|own| own.leaf).collect())
        })
        .await
    }

    /// The entries `first..first + count` with their records and blindings, fewer at the end.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or an entry is damaged.
    pub async fn disclosures(&self, first: u64, count: u64) -> Result<Vec<Disclosed>, StoreError> {
        self.read(move |db| disclosed(db, first, count)).await
    }

    /// One entry with its record and blinding.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the entry is damaged.
    pub async fn disclosed(&self, seq: Seq) -> Result<Option<Disclosed>, StoreError> {
        self.read(move |db| Ok(disclosed(db, seq.0, 1)?.pop()))
            .await
    }
}

pub(crate) fn disclosed(db: &Db, first: u64, count: u64) -> Result<Vec<Disclosed>, StoreError> {
    const SOME: &str = "
        select seq, recorded_at, subject, act, blinding, detail_commitment
        from entries
        where seq >= ?1 and seq < ?2
        order by seq";
    let read = |row: &Row<'_>| -> Result<_, StoreError> {
        Ok((
            ledger::entry(row),
            row.get::<[u8; 32]>(4)?,
            row.get::<Option<Vec<u8>>>(5)?,
        ))
    };
    let found = rows(db, SOME, params![first, first.saturating_add(count)], read)?;
    found
        .into_iter()
        .map(|(entry, blinding, detail)| {
            let entry = entry?;
            let text = ledger::text(&entry.act)?;
            let record = ledger::canonical(&entry, &text, detail.as_deref())?;
            let leaf = ledger::leaf(&entry, &blinding, &record);
            let recorded = Recorded {
                seq: entry.seq,
                subject: entry.subject,
                record,
                blinding,
            };
            Ok(Disclosed {
                entry,
                recorded,
                leaf,
            })
        })
        .collect()
}

/// Keeps a full tile.
pub(crate) fn keep_tile(db: &Db, tile: &Tile) -> Result<(), StoreError> {
    const KEEP: &str = "insert into tiles (level, number, hashes) values (?1, ?2, ?3)";
    let hashes: Vec<u8> = tile.hashes.iter().flat_map(|hash| hash.0).collect();
    put(db, KEEP, params![tile.id.level(), tile.id.index(), hashes])
}

/// Reads a tile: a stored one when it is full, otherwise made from the level below.
pub(crate) fn tile(db: &Db, id: TileId) -> Result<Vec<Hash>, StoreError> {
    const FULL: &str = "select hashes from tiles where level = ?1 and number = ?2";
    const BELOW: &str = "
        select hashes
        from tiles
        where level = ?1 and number >= ?2 and number < ?3
        order by number";
    let width = u64::from(id.width());
    let full: Option<Vec<u8>> = first(db, FULL, params![id.level(), id.index()], |row| row.get(0))?;
    let hashes = match full {
        Some(bytes) => bytes
            .chunks_exact(32)
            .filter_map(hash)
            .take(usize::from(id.width()))
            .collect(),
        None if id.level() == 0 => {
            let first = id.index() * 256;
            leaf_hashes(db, (first, first + width))?
        }
        None => {
            let first = id.index() * 256;
            let below = params![id.level() - 1, first, first + width];
            rows(db, BELOW, below, |row| {
                let hashes: Vec<_> = row.bytes(0)?.chunks_exact(32).filter_map(hash).collect();
                Ok(izin_log::hash::tree_root(&hashes))
            })?
        }
    };
    if hashes.len() == usize::from(id.width()) {
        Ok(hashes)
    } else {
        Err(StoreError::Damaged {
            what: "tile of the log",
        })
    }
}

/// The leaves from one entry on and before another.
pub(crate) fn leaf_hashes(db: &Db, (start, end): (u64, u64)) -> Result<Vec<Hash>, StoreError> {
    const LEAVES: &str = "
        select leaf_hash
        from entries
        where seq >= ?1 and seq < ?2
        order by seq";
    rows(db, LEAVES, params![start, end], |row| row.get(0).map(Hash))
}

fn hash(bytes: &[u8]) -> Option<Hash> {
    <[u8; 32]>::try_from(bytes).ok().map(Hash)
}
