//! The safe: the journal of refusals and the last checkpoint, against the data that they belong to.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use izin_core::unhex;
use izin_log::Checkpoint;
use rusqlite::{Connection, params};

use super::{Examined, Wrong, signer};
use crate::journal::{self, Noted};
use crate::vault::{Keyring, MasterSource};
use crate::{Entropy, StoreError, place, safe_begun, sqlite};

/// Goes through the safe that belongs to a data directory: its journal of refusals and its checkpoint, where
/// they are there.
///
/// # Errors
/// [`StoreError`] when keys or files cannot be read.
pub fn examine_safe(
    (dir, master): (&Path, &MasterSource),
    safe: &Path,
    entropy: &Entropy,
) -> Result<Examined, StoreError> {
    let mut examined = Examined::default();
    let keys = Keyring::look(&dir.join(place::KEYS_FOLDER), master, entropy)?;
    let has_journal = safe_begun::has_journal(safe)?;
    if has_journal {
        let path = safe.join(place::JOURNAL);
        let damage = crate::journal::examine(safe, &keys.hasher().mark());
        let damage = damage.map_err(|why| StoreError::file("read", &path, &why))?;
        if let Some(line) = damage {
            let place = format_args!("{} line {line}", path.display()).to_string();
            examined.found(Wrong::JournalDamaged, place);
        }
        remembered((dir, safe), &keys, &mut examined)?;
    }
    let path = safe.join(place::CHECKPOINT);
    match fs::read_to_string(&path) {
        Ok(note) if !is_signed(&keys, &note) => {
            examined.found(Wrong::CheckpointForged, path.display());
        }
        Err(why) if why.kind() == ErrorKind::NotFound => {
            if !has_journal {
                return Ok(examined);
            }
            let db = sqlite::open_reader(&dir.join(place::DATA))?;
            if safe_begun::is_begun(&db)? && safe_begun::lacks_checkpoint(safe, &db)? {
                examined.found(Wrong::CheckpointMissing, path.display());
            }
        }
        Err(_) => examined.found(Wrong::CheckpointForged, path.display()),
        Ok(_) => {
            let (data, db) = (
                dir.join(place::DATA),
                sqlite::open_reader(&dir.join(place::DATA))?,
            );
            if has_journal && sqlite::count(&db, "select count(*) from checkpoints")? == 0 {
                examined.found(Wrong::CheckpointsLost, data.display());
            }
        }
    }
    Ok(examined)
}

/// What the journal remembers against the data: every address that a no reached is suppressed, and every hold
/// stands or ended. Before a start that enters what is missing, nothing can be said of it.
fn remembered(
    (dir, safe): (&Path, &Path),
    keys: &Keyring,
    examined: &mut Examined,
) -> Result<(), StoreError> {
    const SUPPRESSED: &str = "select 1 from suppressions where hash = ?1";
    const HOLDS: &str = "select count(*), count(ended_at) from holds where name = ?1";
    let mut lines = Vec::new();
    let read = journal::each(safe, |noted| lines.push(noted));
    read.map_err(|why| StoreError::file("read", &safe.join(place::JOURNAL), &why))?;
    let db = sqlite::open_reader(&dir.join(place::DATA))?;
    let last = lines.iter().rev().find_map(|own| own.place.as_ref());
    if !last.map_or(Ok(true), |place| place.is_in(&db))? {
        return Ok(());
    }
    let mut ended: HashSet<&str> = HashSet::new();
    for own in lines.iter().rev() {
        if let Some(name) = own.ended_hold() {
            ended.insert(name);
        } else if let Some(name) = own.begun_hold().filter(|name| !ended.contains(name)) {
            let rows: (u64, u64) = db
                .prepare_cached(HOLDS)?
                .query_row(params![unhex::<16>(name).unwrap_or_default()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            if rows.0 == rows.1 && is_anybody(&db, own)? {
                examined.found(
                    Wrong::HoldLost,
                    format_args!("hold of {}", own.recorded_at()),
                );
            }
        }
        let placed = match &own.place {
            Some(place) => place.is_in(&db)?,
            None => false,
        };
        for hash in own.addresses().iter().filter(|_| placed) {
            let mut there = false;
            for hash in keys.hasher().onward(*hash) {
                there |= db
                    .prepare_cached(SUPPRESSED)?
                    .exists(params![hash.as_bytes()])?;
            }
            if let (false, Some(place)) = (there, &own.place) {
                examined.found(Wrong::SuppressionLost, format_args!("entry {}", place.seq));
            }
        }
    }
    Ok(())
}

/// Whether anybody whom a line names is known here and was not erased.
fn is_anybody(db: &Connection, noted: &Noted) -> Result<bool, StoreError> {
    const KNOWN: &str = "
        select 1
        from entries
        where subject = ?1
          and ?1 not in (select subject from erasures)
        limit 1";
    for subject in noted.subjects() {
        if db
            .prepare_cached(KNOWN)?
            .exists(params![subject.as_bytes()])?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a kept checkpoint bears a signature of the log's key.
fn is_signed(keys: &Keyring, note: &str) -> bool {
    signer(keys, note).is_ok_and(|own| Checkpoint::open_alone(note, own.verifier()).is_ok())
}
