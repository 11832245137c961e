//! Every entry against its leaf, the leaves against the tiles, the tree against what was signed.

use std::collections::VecDeque;

use izin_core::{Entry, Timestamp};
use izin_log::{Checkpoint, Edge, Hash};

use super::{Examined, Progress, Wrong, signer};
use crate::db::{Db, Row, count, each, first, params, rows};
use crate::vault::Keyring;
use crate::{StoreError, ledger};

/// Entries between two news about how far it is.
const NEWS_ENTRIES: u64 = 4_096;

/// Examines the ledger; answers when its last entry was recorded.
pub(super) fn examine(
    db: &Db,
    keys: &Keyring,
    told: Progress<'_>,
    examined: &mut Examined,
) -> Result<Option<Timestamp>, StoreError> {
    const ALL: &str = "
        select seq, recorded_at, subject, act, blinding, detail_commitment, leaf_hash
        from entries
        order by seq";
    let of = count(db, "select count(*) from entries")?;
    let mut signed = Signed::of(db, keys, examined)?;
    let (mut edge, mut last) = (Edge::new(), None);
    let (mut tiles, mut ended) = (Vec::new(), false);
    signed.reached(&edge, examined);
    let read = each(db, ALL, &[], |row| {
        let seq: u64 = row.get(0)?;
        if seq != edge.size() {
            let place = format_args!("entries {} to {seq}", edge.size()).to_string();
            examined.found(Wrong::LedgerGap, place);
            ended = true;
            return Err(StoreError::Damaged { what: "ledger" });
        }
        let leaf = leaf(row, seq, examined);
        last = Some(Timestamp::from_micros(row.get(1)?));
        tiles.extend(edge.push(leaf).iter().map(Made::of));
        signed.reached(&edge, examined);
        if edge.size().is_multiple_of(NEWS_ENTRIES) {
            told(edge.size(), of);
        }
        Ok(())
    });
    compare(db, &tiles, examined)?;
    if read.is_ok() {
        signed.beyond(&edge, examined);
        examined.head = Some(edge.head());
    } else if !ended {
        // A page that cannot be read ends what can be examined; it is told as damage.
        let place = format_args!("entry {}", edge.size()).to_string();
        examined.found(Wrong::EntryUnreadable, place);
    }
    Ok(last)
}

/// The leaf that an entry makes, which the stored one has to be. What is stored is answered where
/// the entry cannot be read, so that the rest can be examined.
fn leaf(row: &Row<'_>, seq: u64, examined: &mut Examined) -> Hash {
    let stored = row.get::<[u8; 32]>(6).map(Hash).unwrap_or(Hash([0; 32]));
    let made = || -> Result<Hash, StoreError> {
        let entry: Entry = ledger::entry(row)?;
        let detail: Option<Vec<u8>> = row.get(5)?;
        let text = ledger::text(&entry.act)?;
        let record = ledger::canonical(&entry, &text, detail.as_deref())?;
        Ok(ledger::leaf(&entry, &row.get(4)?, &record).hash())
    };
    match made() {
        Ok(made) if made == stored => {}
        Ok(_) => examined.found(Wrong::LeafDiffers, format_args!("entry {seq}")),
        Err(_) => examined.found(Wrong::EntryUnreadable, format_args!("entry {seq}")),
    }
    stored
}

/// A full tile as the entries make it: where it stands, and a hash over its hashes.
struct Made((u8, u64), blake3::Hash);

impl Made {
    fn of(tile: &izin_log::Tile) -> Self {
        let mut hasher = blake3::Hasher::new();
        for hash in &tile.hashes {
            hasher.update(&hash.0);
        }
        Self((tile.id.level(), tile.id.index()), hasher.finalize())
    }
}

fn compare(db: &Db, tiles: &[Made], examined: &mut Examined) -> Result<(), StoreError> {
    const STORED: &str = "select hashes from tiles where level = ?1 and number = ?2";
    for Made((level, number), made) in tiles {
        let stored = first(db, STORED, params![level, number], |row| {
            Ok(blake3::hash(row.bytes(0)?))
        })?;
        if stored != Some(*made) {
            examined.found(Wrong::TileDiffers, format_args!("tile {level}/{number}"));
        }
    }
    Ok(())
}

/// The checkpoints that were signed, smallest first.
struct Signed(VecDeque<Checkpoint>);

impl Signed {
    fn of(db: &Db, keys: &Keyring, examined: &mut Examined) -> Result<Self, StoreError> {
        const ALL: &str = "select size, note from checkpoints order by size";
        let all: Vec<(u64, String)> = rows(db, ALL, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut opened = VecDeque::new();
        for (size, note) in &all {
            // A log that was forked goes on under another name and the same key.
            let signer = signer(keys, note).ok();
            let own = signer.and_then(|own| Checkpoint::open(note, own.verifier()).ok());
            match own.filter(|own| own.head().size == *size) {
                Some(own) => opened.push_back(own),
                None => examined.found(
                    Wrong::CheckpointForged,
                    format_args!("checkpoint of {size} entries"),
                ),
            }
        }
        Ok(Self(opened))
    }

    /// Compares the checkpoint of the tree as it has grown, if one was signed.
    fn reached(&mut self, edge: &Edge, examined: &mut Examined) {
        while let Some(own) = self.0.front()
            && own.head().size <= edge.size()
        {
            if own.head().root != edge.root() {
                let size = own.head().size;
                examined.found(
                    Wrong::CheckpointDiffers,
                    format_args!("checkpoint of {size} entries"),
                );
            }
            self.0.pop_front();
        }
    }

    /// Tells of what was signed beyond the end.
    fn beyond(&self, edge: &Edge, examined: &mut Examined) {
        if let Some(own) = self.0.back() {
            let (size, signed) = (edge.size(), own.head().size);
            examined.found(
                Wrong::LedgerShorter,
                format_args!("{size} entries, {signed} signed"),
            );
        }
    }
}
