//! A whole store from files to a server, or back: copied beside its new place, compared, and put in place last.
//!
//! Nobody may work on it meanwhile. What was broken off goes on, or begins anew; the new place counts for nothing
//! until every row of it was read back, and every entry stands against its leaf and under its checkpoint. Then the
//! old place is named another way, so that nobody goes on there. Start at [`move_store`].

mod copy;
mod error;
mod place;
mod tables;

use std::collections::BTreeMap;

use izin_core::Timestamp;
use izin_log::TreeHead;

use crate::db::{Db, count, exists, run};
use crate::examine::{self, Examined};
use crate::vault::Keyring;
use crate::{Entropy, Owner, Place, Store, StoreError, place as folder};
use copy::Copier;
pub use error::MoveError;
pub(crate) use place::remove_left;
use place::{Ends, Left};

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the files in the data directory to the servers.
    ToServers,
    /// From the servers to files in the data directory.
    ToFiles,
}

/// What was moved.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The rows of each table.
    pub tables: BTreeMap<String, u64>,
    /// Size and root of the ledger, at both ends.
    pub head: TreeHead,
}

/// Told how many rows were copied and compared, of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// Moves the store of `place`, which names both ends; its owner is whoever asks.
///
/// # Errors
/// [`StoreError`] when either end cannot be used, or what was copied is not what was there. The store is then where
/// it was.
pub fn move_store(
    at: Place<'_>,
    (way, owner): (Way, Owner),
    entropy: &Entropy,
    (now, told): (Timestamp, Progress<'_>),
) -> Result<Moved, StoreError> {
    let ends = Ends::of(at, way)?;
    ends.refuse()?;
    let owner = settle(at, (way, owner), entropy)?;
    ends.refuse_other()?;
    let (from, to) = (ends.from.open()?, ends.to.open()?);
    let left = Left::of(&from.data)?;
    from.data.begin_reading()?;
    let rows = tables::size(&from)?;
    let mut copier = Copier::new(rows, told);
    for (from, to) in [(&from.data, &to.data), (&from.keys, &to.keys)] {
        for table in tables::of([from, to])? {
            copier.copy(from, to, &table)?;
        }
    }
    note_safe(&ends, &to.data)?;
    let head = same_ledger((&ends, at), &from.data, entropy, now)?;
    from.data.batch("commit")?;
    drop((from, to));
    ends.put_in_place(left)?;
    drop(owner);
    Ok(Moved {
        tables: copier.done,
        head,
    })
}

/// Enters what the journal remembers, and brings what is looked up by into its tables: the store is opened and
/// closed in good order.
fn settle(
    at: Place<'_>,
    (way, owner): (Way, Owner),
    entropy: &Entropy,
) -> Result<Owner, StoreError> {
    let servers = at.servers.filter(|_| way == Way::ToFiles);
    if let Some(servers) = servers {
        place::nobody_works(&crate::db::Home::Server(servers.data.clone().into()).open_reader()?)?;
    }
    drop(Store::open(
        Place { servers, ..at },
        owner,
        entropy.clone(),
    )?);
    Owner::take(at.dir)
}

/// Each end knows in its own way that a journal was begun.
fn note_safe(ends: &Ends<'_>, to: &Db) -> Result<(), StoreError> {
    let begun = crate::safe_begun::has_journal(ends.at.safe)?;
    if begun && ends.way == Way::ToFiles {
        run(to, "update store set safe_begun = 1", &[])?;
    }
    Ok(())
}

/// Compares both ledgers, and looks whether everything at the new place fits together.
fn same_ledger(
    (ends, at): (&Ends<'_>, Place<'_>),
    from: &Db,
    entropy: &Entropy,
    now: Timestamp,
) -> Result<TreeHead, StoreError> {
    let keys = at.dir.join(folder::KEYS_FOLDER);
    let keyring = Keyring::look((&keys, &ends.to.keys), at.master, entropy)?;
    let mut examined = Examined::default();
    let to = ends.to.data.open_reader()?;
    examine::contents(&to, &keyring, (now, &|_, _| ()), &mut examined)?;
    if !to.is_shared() && exists(&to, "select 1 from pragma_foreign_key_check limit 1", &[])? {
        let what = "rows without what they refer to";
        return Err(MoveError::Unsound { what }.into());
    }
    if examined.is_wrong() {
        let first = examined.findings.iter().find(|own| !own.wrong.is_note());
        return Err(MoveError::Unsound {
            what: first.map_or("more than is told", |own| own.wrong.code()),
        }
        .into());
    }
    let here = crate::ledger::Tree::load(from)?.head();
    match examined.head {
        Some(there)
            if there == here && count(&to, "select count(*) from entries")? == here.size =>
        {
            Ok(here)
        }
        _ => Err(MoveError::Differs {
            table: "entries".into(),
        }
        .into()),
    }
}
