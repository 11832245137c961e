//! The safe: the journal of refusals and the last checkpoint, against the data that they belong to.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use izin_log::Checkpoint;

use super::{Examined, Wrong, signer};
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

/// Whether a kept checkpoint bears a signature of the log's key.
fn is_signed(keys: &Keyring, note: &str) -> bool {
    signer(keys, note).is_ok_and(|own| Checkpoint::open_alone(note, own.verifier()).is_ok())
}
