//! Batches of hand-overs: up to a tile of them under one root, which an entry of the ledger holds.
//!
//! The leaf of each is blinded on its own, so that one can be shown to whom it reached, and proved,
//! without the others.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use izin_core::{Act, Seq, Timestamp};
use izin_log::Hash;
use izin_log::hash::{leaf_hash, tree_root};
use izin_log::leaf::commit;

use super::hand_over;
use crate::db::{Db, params, rows, run};
use crate::ledger::{Draft, IndexKey};
use crate::{Store, StoreError};

/// Hand-overs in a batch, at most: the leaves of one tile.
pub const WIDTH: usize = izin_log::tile::TILE_WIDTH as usize;
/// The longest records of a batch, in bytes; one has some 200.
const RECORDS_BYTES_MAX: u64 = 1024 * 1024;

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The entry that holds its root.
    pub seq: Seq,
    /// What is in it, in order.
    pub hand_overs: Vec<Batched>,
}

/// A hand-over in a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batched {
    /// Its canonical record, as [`super::HandOver::of`] reads it.
    pub record: String,
    /// The blinding value of its leaf.
    pub blinding: [u8; 32],
}

/// The leaf of a record with this blinding value.
#[must_use]
pub fn hand_over_leaf(record: &str, blinding: &[u8; 32]) -> Hash {
    leaf_hash(&commit(blinding, record.as_bytes()))
}

impl Batch {
    fn new(seq: Seq, seed: &[u8; 32], records: &[String]) -> Self {
        let batched = |(place, record): (u64, &String)| Batched {
            record: record.clone(),
            blinding: commit(seed, &place.to_be_bytes()),
        };
        Self {
            seq,
            hand_overs: (0..).zip(records).map(batched).collect(),
        }
    }

    /// Its leaves.
    #[must_use]
    pub fn leaves(&self) -> Vec<Hash> {
        let leaf = |own: &Batched| hand_over_leaf(&own.record, &own.blinding);
        self.hand_overs.iter().map(leaf).collect()
    }

    /// What the ledger says of it.
    pub(crate) fn act(&self) -> Act {
        Act::HandOversBatched {
            count: u32::try_from(self.hand_overs.len()).unwrap_or(u32::MAX),
            root: tree_root(&self.leaves()).to_string(),
        }
    }
}

impl Store {
    /// Commits to the messages that wait, as many as one batch takes; answers how many. Room whose
    /// time is over ends first.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; then they wait as before.
    pub async fn batch_hand_overs(&self, now: Timestamp) -> Result<usize, StoreError> {
        const WAITING: &str = "
            select subject, channel, purpose, topic, begun_at, decided, told_at, hand_over
            from hand_overs
            order by hand_over
            limit ?1";
        const KEEP: &str = "insert into hand_over_batches (seq, seed, records) values (?1, ?2, ?3)";
        const TAKEN: &str = "delete from hand_overs where hand_over <= ?1";
        self.writer
            .write(move |tx| {
                tx.end_rooms(now)?;
                let waiting: Vec<(_, i64)> = rows(tx.db, WAITING, params![WIDTH], |row| {
                    Ok((hand_over(row), row.get(7)?))
                })?;
                let Some((_, last)) = waiting.last() else {
                    return Ok(0);
                };
                let last = *last;
                let records = waiting.into_iter().map(|(own, _)| own?.record());
                let records = records.collect::<Result<Vec<_>, _>>()?;
                let seed = tx.entropy.bytes()?;
                let batch = Batch::new(Seq(tx.tree.size()), &seed, &records);
                let entered = tx.append(Draft {
                    subject: None,
                    recorded_at: now,
                    act: batch.act(),
                    detail: None,
                    key: IndexKey::None,
                })?;
                let row = params![entered.seq.0, seed, pack(&records)?];
                run(tx.db, KEEP, row)?;
                run(tx.db, TAKEN, params![last])?;
                Ok(records.len())
            })
            .await
    }

    /// The first batches behind `after`, or from the first on; `most` of them.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a batch is damaged.
    pub async fn hand_over_batches(
        &self,
        after: Option<Seq>,
        most: u32,
    ) -> Result<Vec<Batch>, StoreError> {
        self.read(move |db| batches(db, after, most)).await
    }
}

/// The first batches behind `after`; `most` of them.
pub(crate) fn batches(db: &Db, after: Option<Seq>, most: u32) -> Result<Vec<Batch>, StoreError> {
    const SOME: &str = "
        select seq, seed, records
        from hand_over_batches
        where seq >= ?1
        order by seq
        limit ?2";
    let from = after.map_or(0, |seq| seq.0.saturating_add(1));
    let found: Vec<(u64, [u8; 32], Vec<u8>)> = rows(db, SOME, params![from, most], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let batch =
        |(seq, seed, packed): (u64, _, Vec<u8>)| Ok(Batch::new(Seq(seq), &seed, &unpack(&packed)?));
    found.into_iter().map(batch).collect()
}

/// Records, one a line, compressed.
fn pack(records: &[String]) -> Result<Vec<u8>, StoreError> {
    let mut to = DeflateEncoder::new(Vec::new(), Compression::default());
    to.write_all(records.join("\n").as_bytes())
        .and_then(|()| to.finish())
        .map_err(|_| damaged())
}

fn unpack(packed: &[u8]) -> Result<Vec<String>, StoreError> {
    let mut text = String::new();
    let mut from = DeflateDecoder::new(packed).take(RECORDS_BYTES_MAX);
    from.read_to_string(&mut text).map_err(|_| damaged())?;
    Ok(text.lines().map(str::to_owned).collect())
}

const fn damaged() -> StoreError {
    StoreError::Damaged {
        what: "batch of hand-overs",
    }
}
