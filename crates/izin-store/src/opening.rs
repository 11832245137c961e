//! What a start refuses: to begin anew where something is gone that it would take the place of.

use std::path::Path;

use crate::db::postgres::{ServerError, schema};
use crate::db::{Db, Home, exists};
use crate::durability::{self, Durability};
use crate::moving::{MOVING, MoveError};
use crate::place::{self, Servers};
use crate::vault::Keyring;
use crate::{StoreError, safe_begun};

/// Whether a ledger has begun.
const BEGUN: &str = "select 1 from entries limit 1";

/// Refuses a data directory that lacks its data or its keys.
pub(crate) fn refuse_loss_of_files(dir: &Path, safe: &Path) -> Result<(), StoreError> {
    let path = dir.join(place::DATA);
    let keys = dir.join(place::KEYS);
    // An empty file is none: whatever made it, the data were never in it, or are gone.
    let is_there = std::fs::metadata(&path).is_ok_and(|own| own.len() > 0);
    if !is_there && safe_begun::has_journal(safe)? {
        return Err(StoreError::DataMissing {
            safe: safe.to_owned(),
            dir: dir.to_owned(),
        });
    }
    let restoring = dir.join(place::RESTORING);
    if !is_there && restoring.exists() {
        // A new shop here would take the place of the one that is being put back.
        return Err(StoreError::RestoreBroken { restoring });
    }
    if is_there && !keys.exists() {
        return Err(without_keys(&keys));
    }
    Ok(())
}

/// Refuses a ledger on a server whose keys are not where they should be, and an empty server beside the files of a
/// shop.
pub(crate) fn refuse_loss_on(servers: &Servers, dir: &Path) -> Result<(), StoreError> {
    let data = Home::Server(servers.data.clone().into()).open_reader()?;
    refuse_waiting(&data, servers)?;
    if schema::schema(&data)? == 0 {
        let file = dir.join(place::DATA);
        let left = [file.with_added_extension(MOVING), file];
        let left = left.into_iter().find(|own| own.is_file());
        return left.map_or(Ok(()), |file| Err(MoveError::Unmoved { file }.into()));
    }
    if !exists(&data, BEGUN, &[])? {
        return Ok(());
    }
    match has_keys(&Home::Server(servers.keys.clone().into()))? {
        true => Ok(()),
        false => Err(without_keys(Path::new(&servers.keys.database()))),
    }
}

/// Whether a database of keys on a server holds any.
pub(crate) fn has_keys(home: &Home) -> Result<bool, StoreError> {
    const KEYS: &str = "select 1 from service_keys limit 1";
    let db = home.open_reader()?;
    Ok(schema::has(&db, "service_keys")? && exists(&db, KEYS, &[])?)
}

/// Refuses a server whose commits wait in vain, before anything waits with them.
fn refuse_waiting(db: &Db, servers: &Servers) -> Result<(), StoreError> {
    let place = servers.data.place();
    match durability::read(db)? {
        Durability::StandbyMissing => Err(ServerError::NoStandby { place }.into()),
        _ => Ok(()),
    }
}

/// Why a start failed: where a commit did not come about, it may be the standby that it waited for, which some roles
/// learn by having waited alone.
pub(crate) fn told(why: StoreError, servers: Option<&Servers>) -> StoreError {
    let (StoreError::InDoubt | StoreError::Unwritable(_), Some(servers)) = (&why, servers) else {
        return why;
    };
    let data = Home::Server(servers.data.clone().into()).open_tail();
    match data.and_then(|db| refuse_waiting(&db, servers)) {
        Err(StoreError::Server(no_standby)) => no_standby.into(),
        _ => why,
    }
}

/// New keys would find no suppression and open no value: a refusal would be lost.
fn without_keys(place: &Path) -> StoreError {
    StoreError::File {
        what: "find the keys in",
        path: place.to_owned(),
        why: "the data was kept under its keys; bring them back from their backup".into(),
    }
}

/// An empty ledger under known people's keys would have forgotten every refusal.
pub(crate) fn refuse_people_without_data(
    db: &Db,
    keys: &Keyring,
    dir: &Path,
) -> Result<(), StoreError> {
    if exists(db, BEGUN, &[])? || !keys.has_people()? {
        return Ok(());
    }
    Err(StoreError::File {
        what: "find",
        path: dir.join(place::DATA),
        why: "keys of people are here, and the data they belong to is gone; bring it back from its backup"
            .into(),
    })
}
