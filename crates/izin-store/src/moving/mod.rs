//! A whole store from files to a server, or back: copied beside its new place, compared, and put in place last.
//!
//! Nobody may work on it meanwhile, but most of it can be copied ahead while they do. What was broken off goes on; the
//! new place counts for nothing until every row of it was read back and the roots of both ledgers are the same. Then
//! the old place is named another way, so that nobody goes on there. Start at [`move_store`].

mod copy;
mod error;
mod part;
mod place;
mod tables;

use std::collections::BTreeMap;

use izin_core::Timestamp;
use izin_log::TreeHead;

use crate::db::{Db, exists, run};
use crate::examine::{self, Examined};
use crate::ledger::Tree;
use crate::vault::Keyring;
use crate::{Entropy, Owner, Place, Store, StoreError, place as folder};
use copy::{Copier, Course};
pub use error::MoveError;
use place::{Ends, Left, Pair};
pub(crate) use place::{MOVING, remove_left};

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
    /// Rows that were copied now; the others were there.
    pub copied: u64,
    /// Size and root of the ledger, at both ends.
    pub head: TreeHead,
}

/// Told how many rows were copied and compared, of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// Copies what there is while others work on it: the move itself then copies what has changed since. Answers how
/// many rows were copied.
///
/// # Errors
/// [`StoreError`] when either end cannot be used.
pub fn copy_ahead(at: Place<'_>, way: Way, told: Progress<'_>) -> Result<u64, StoreError> {
    let _alone = Owner::take_copy(at.dir)?;
    let ends = Ends::of(at, way)?;
    if ends.refuse()? {
        return Ok(0);
    }
    ends.prepare()?;
    let (from, to) = (ends.from.open_copied()?, ends.to.open()?);
    Ok(copy(&ends, [&from, &to], told)?.copied)
}

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
    let _alone = Owner::take_copy(at.dir)?;
    let ends = Ends::of(at, way)?;
    if ends.refuse()? {
        ends.finish()?;
        return Ok(Moved {
            tables: BTreeMap::new(),
            copied: 0,
            head: ends.head()?,
        });
    }
    let owner = settle(at, (way, owner), entropy)?;
    ends.prepare()?;
    let (from, to) = (ends.from.open_copied()?, ends.to.open()?);
    let left = Left::of(&from.data)?;
    let copier = copy(&ends, [&from, &to], told)?;
    note_safe(&ends, &to.data)?;
    let (tables, copied) = (copier.done, copier.copied);
    if copied > tables.values().sum::<u64>() / 2 {
        examine((&ends, at), entropy, now)?;
    }
    let head = same_ledger(&from.data, &to.data)?;
    drop((from, to));
    ends.put_in_place(left)?;
    drop(owner);
    Ok(Moved {
        tables,
        copied,
        head,
    })
}

/// Copies what is not there yet.
fn copy<'a>(
    ends: &Ends<'_>,
    [from, to]: [&Pair; 2],
    told: Progress<'a>,
) -> Result<Copier<'a>, StoreError> {
    let mut copier = Copier::new(tables::size(from)?, told);
    for (from, to, home) in [
        (&from.data, &to.data, &ends.to.data),
        (&from.keys, &to.keys, &ends.to.keys),
    ] {
        for table in tables::of([from, to])? {
            let copied = copier.copy(Course { from, to, home }, &table);
            if let Err(StoreError::Move(MoveError::Differs { .. })) = &copied {
                to.roll_back()?;
                ends.remove()?;
            }
            copied?;
        }
    }
    Ok(copier)
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

/// Looks whether everything at the new place fits together.
fn examine(
    (ends, at): (&Ends<'_>, Place<'_>),
    entropy: &Entropy,
    now: Timestamp,
) -> Result<(), StoreError> {
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
    Ok(())
}

/// Compares the root of both ledgers.
fn same_ledger(from: &Db, to: &Db) -> Result<TreeHead, StoreError> {
    let (here, there) = (Tree::load(from)?.head(), Tree::load(to)?.head());
    if here == there {
        return Ok(here);
    }
    let table = "entries".into();
    Err(MoveError::Differs { table }.into())
}
