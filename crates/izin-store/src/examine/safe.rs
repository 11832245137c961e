//! The safe: the journal of refusals and the last checkpoint, against the data that they belong to.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use izin_core::unhex;
use izin_log::Checkpoint;

use super::{Examined, Wrong, signer};
use crate::db::{Db, Home, count, exists, params};
use crate::journal::{self, Noted};
use crate::vault::Keyring;
use crate::{Entropy, Place, StoreError, place, safe_begun};

/// Goes through the safe that belongs to a data directory: its journal of refusals and its checkpoint, where
/// they are there.
///
/// # Errors
/// [`StoreError`] when keys or files cannot be read.
pub fn examine_safe(at: Place<'_>, entropy: &Entropy) -> Result<Examined, StoreError> {
    let mut examined = Examined::default();
    let Place {
        dir, safe, master, ..
    } = at;
    let homes = at.homes();
    let keys = Keyring::look(
        (&dir.join(place::KEYS_FOLDER), &homes.keys),
        master,
        entropy,
    )?;
    let has_journal = safe_begun::has_journal(safe)?;
    if has_journal {
        let path = safe.join(place::JOURNAL);
        let damage = crate::journal::examine(safe, &keys.hasher().mark());
        let damage = damage.map_err(|why| StoreError::file("read", &path, &why))?;
        if let Some(line) = damage {
            let place = format_args!("{} line {line}", path.display()).to_string();
            examined.found(Wrong::JournalDamaged, place);
        }
        remembered(&homes.data, safe, &keys, &mut examined)?;
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
            let db = homes.data.open_reader()?;
            if safe_begun::is_begun(dir, &db)? && safe_begun::lacks_checkpoint(safe, &db)? {
                examined.found(Wrong::CheckpointMissing, path.display());
            }
        }
        Err(_) => examined.found(Wrong::CheckpointForged, path.display()),
        Ok(_) => {
            let data = dir.join(place::DATA);
            let db = homes.data.open_reader()?;
            if has_journal && count(&db, "select count(*) from checkpoints")? == 0 {
                examined.found(Wrong::CheckpointsLost, data.display());
            }
        }
    }
    Ok(examined)
}

/// What the journal remembers against the data: every address that a no reached is suppressed, and every hold
/// stands or ended. Before a start that enters what is missing, nothing can be said of it.
fn remembered(
    data: &Home,
    safe: &Path,
    keys: &Keyring,
    examined: &mut Examined,
) -> Result<(), StoreError> {
    let db = data.open_reader()?;
    let mut last = None;
    lines(safe, |own| {
        last = own.place.or(last.take());
        Ok(())
    })?;
    if !last.map_or(Ok(true), |place| place.is_in(&db))? {
        return Ok(());
    }
    let mut freed: HashMap<String, Noted> = HashMap::new();
    lines(safe, |own| {
        if let Some(name) = own.begun_hold()
            && is_freed(&db, name)?
            && is_anybody(&db, &own)?
        {
            freed.insert(name.to_owned(), own);
        } else if lacks_suppression(&db, keys, &own)?
            && let Some(place) = &own.place
        {
            examined.found(Wrong::SuppressionLost, format_args!("entry {}", place.seq));
        }
        Ok(())
    })?;
    // Last: one that ends while we look is told of after it has ended.
    lines(safe, |own| {
        own.ended_hold().map(|name| freed.remove(name));
        Ok(())
    })?;
    for own in freed.into_values() {
        let place = format_args!("hold of {}", own.recorded_at()).to_string();
        examined.found(Wrong::HoldLost, place);
    }
    Ok(())
}

/// Tells every line of the journal, until one cannot be looked at.
fn lines(
    safe: &Path,
    mut told: impl FnMut(Noted) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut looked = Ok(());
    let read = journal::each(safe, |own| {
        if looked.is_ok() {
            looked = told(own);
        }
    });
    read.map_err(|why| StoreError::file("read", &safe.join(place::JOURNAL), &why))?;
    looked
}

/// Whether a hold stands for nobody.
fn is_freed(db: &Db, name: &str) -> Result<bool, StoreError> {
    const STANDS: &str = "select 1 from holds where name = ?1 and ended_at is null";
    let name = unhex::<16>(name).unwrap_or_default();
    Ok(!exists(db, STANDS, params![name])?)
}

/// Whether the ledger has the entry of a line, and an address that it reached is not suppressed.
fn lacks_suppression(db: &Db, keys: &Keyring, noted: &Noted) -> Result<bool, StoreError> {
    const SUPPRESSED: &str = "select 1 from suppressions where hash = ?1";
    let entered = match &noted.place {
        Some(place) if !noted.addresses().is_empty() => place.is_in(db)?,
        _ => false,
    };
    if !entered {
        return Ok(false);
    }
    for hash in noted.addresses() {
        let mut there = false;
        for own in keys.hasher().onward(*hash) {
            there |= exists(db, SUPPRESSED, params![own.as_bytes()])?;
        }
        if !there {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether anybody whom a line names is known here and was not erased.
fn is_anybody(db: &Db, noted: &Noted) -> Result<bool, StoreError> {
    const KNOWN: &str = "
        select 1
        from entries
        where subject = ?1
          and ?1 not in (select subject from erasures)
        limit 1";
    for subject in noted.subjects() {
        if exists(db, KNOWN, params![subject.as_bytes()])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a kept checkpoint bears a signature of the log's key.
fn is_signed(keys: &Keyring, note: &str) -> bool {
    signer(keys, note).is_ok_and(|own| Checkpoint::open_alone(note, own.verifier()).is_ok())
}
