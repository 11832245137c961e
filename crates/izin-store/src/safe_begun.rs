//! Whether the safe was begun: a start without the journal that was begun in it would pass over a disk that
//! is not there, and lose what was refused since the last backup.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::db::{Db, one, params, run, sqlite};
use crate::place::Servers;
use crate::{Owner, StoreError, place};

/// The file by which a node of several knows that it began its safe.
const NODE: &str = "safe-begun";

/// The schema from which on a store knows whether it began a journal.
const SINCE: u32 = 8;

/// Refuses to go on without a journal that was begun: a disk that is not there must not be passed over.
/// Says whether one was.
pub(crate) fn refuse_without(safe: &Path, (dir, db): (&Path, &Db)) -> Result<bool, StoreError> {
    let begun = is_begun(dir, db)?;
    if begun && !has_journal(safe)? {
        return Err(StoreError::SafeMissing {
            safe: safe.to_owned(),
        });
    }
    if begun && lacks_checkpoint(safe, db)? {
        return Err(StoreError::CheckpointMissing {
            safe: safe.to_owned(),
        });
    }
    Ok(begun)
}

/// Whether the log was signed and the safe does not say so: it is told there first.
pub(crate) fn lacks_checkpoint(safe: &Path, db: &Db) -> Result<bool, StoreError> {
    const SIGNED: &str = "select exists (select 1 from checkpoints)";
    let signed: bool = one(db, SIGNED, &[], |row| row.get(0))?;
    let path = safe.join(place::CHECKPOINT);
    let there = path.try_exists();
    let there = there.map_err(|why| StoreError::file("find", &path, &why))?;
    Ok(signed && !there)
}

/// Whether there is a journal. An empty file is none: the first line is written before anything is noted.
pub(crate) fn has_journal(safe: &Path) -> Result<bool, StoreError> {
    let path = safe.join(place::JOURNAL);
    match fs::metadata(&path) {
        Ok(found) => Ok(found.len() > 0),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(false),
        Err(why) => Err(StoreError::file("find", &path, &why)),
    }
}

/// Whether a journal was begun for the entries of this ledger. A ledger from before there were journals
/// has none, and begins one by itself.
/// Of several nodes each has a safe of its own, and remembers it in its folder.
pub(crate) fn is_begun(dir: &Path, db: &Db) -> Result<bool, StoreError> {
    const BEGUN: &str = "select safe_begun <> 0, exists (select 1 from entries) from store";
    let (begun, any): (bool, bool) = one(db, BEGUN, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let begun = match db.is_shared() {
        // What the table says came from files, and is about the safe of whoever moved them.
        true => dir.join(NODE).exists(),
        false => begun,
    };
    Ok(any && begun)
}

/// Notes whether a journal was begun.
pub(crate) fn note_begun(dir: &Path, db: &Db, begun: bool) -> Result<(), StoreError> {
    const NOTE: &str = "update store set safe_begun = ?1 where safe_begun <> ?1";
    if !db.is_shared() {
        return run(db, NOTE, params![begun]).map(drop);
    }
    let path = dir.join(NODE);
    let noted = if begun {
        place::replace_file(&path, |_| Ok(()))
    } else {
        place::remove_file(&path)
    };
    noted.map_err(|why| StoreError::file("write", &path, &why))
}

/// Lets the next start begin a new journal of refusals, with what the ledger holds, where the one there
/// was is lost for good. Nobody may have the store open: the caller has become its owner.
///
/// # Errors
/// [`StoreError`] when there is no store, or its database fails.
pub fn give_up(dir: &Path, servers: Option<&Servers>, owner: Owner) -> Result<(), StoreError> {
    if servers.is_some() {
        let node = dir.join(NODE);
        return match place::remove_file(&node) {
            Err(why) if why.kind() != ErrorKind::NotFound => {
                Err(StoreError::file("delete", &node, &why))
            }
            _ => Ok(()),
        };
    }
    let path = dir.join(place::DATA);
    if !path.exists() {
        let why = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(StoreError::file("find", &path, &why));
    }
    let db = sqlite::open_writer(&path)?;
    let found = sqlite::schema(&db)?;
    if found > sqlite::SCHEMA {
        return Err(StoreError::NewerSchema {
            found,
            known: sqlite::SCHEMA,
        });
    }
    if found >= SINCE {
        note_begun(dir, &db, false)?;
    }
    drop(owner);
    Ok(())
}
