//! Both ends of a move: where they are, beside what the new one is made, and how it is put in place.

use std::fs;
use std::path::{Path, PathBuf};

use izin_log::TreeHead;

use super::{MoveError, Way};
use crate::db::postgres::schema;
use crate::db::{Db, Home, count, first, one, params, run, sqlite};
use crate::ledger::Tree;
use crate::place::{self, Homes, Place, Servers};
use crate::vault::make_tables;
use crate::writer::at_work;
use crate::{StoreError, safe_begun};

/// What the name of a place has added while it is made, and once it is left.
pub(crate) const MOVING: &str = "moving";
const MOVED: &str = "moved";

/// Both ends.
pub(super) struct Ends<'a> {
    pub(super) at: Place<'a>,
    pub(super) way: Way,
    servers: &'a Servers,
    pub(super) from: Homes,
    /// Beside its place until it is whole.
    pub(super) to: Homes,
}

/// The data and the keys of one end.
pub(super) struct Pair {
    pub(super) data: Db,
    pub(super) keys: Db,
}

impl Homes {
    /// Opens both to be written.
    pub(super) fn open(&self) -> Result<Pair, StoreError> {
        self.each(Home::open_copier)
    }

    /// Opens both to be read, each as it is now.
    pub(super) fn open_copied(&self) -> Result<Pair, StoreError> {
        let pair = self.each(Home::open_copied)?;
        pair.data.begin_reading()?;
        pair.keys.begin_reading()?;
        Ok(pair)
    }

    fn each(&self, open: impl Fn(&Home) -> Result<Db, StoreError>) -> Result<Pair, StoreError> {
        Ok(Pair {
            data: open(&self.data)?,
            keys: open(&self.keys)?,
        })
    }
}

fn on(servers: &Servers) -> Homes {
    Homes {
        data: Home::Server(servers.data.clone().into()),
        keys: Home::Server(servers.keys.clone().into()),
    }
}

impl<'a> Ends<'a> {
    pub(super) fn of(at: Place<'a>, way: Way) -> Result<Self, StoreError> {
        let servers = at.servers.ok_or(MoveError::NoServers)?;
        let beside = |server: &crate::Server| server.clone().with_schema_added(MOVING);
        let moving = Servers {
            data: beside(&servers.data),
            keys: beside(&servers.keys),
        };
        let file = |name: &str| at.dir.join(name);
        let files = |added: Option<&str>| {
            let path = |name| match added {
                None => file(name),
                Some(added) => file(name).with_added_extension(added),
            };
            Homes {
                data: Home::File(path(place::DATA)),
                keys: Home::File(path(place::KEYS)),
            }
        };
        let (from, to) = match way {
            Way::ToServers => (files(None), on(&moving)),
            Way::ToFiles => (on(servers), files(Some(MOVING))),
        };
        Ok(Self {
            at,
            way,
            servers,
            from,
            to,
        })
    }

    fn files(&self) -> [PathBuf; 2] {
        [place::KEYS, place::DATA].map(|own| self.at.dir.join(own))
    }

    /// Refuses a place where something is, and a store that is nowhere; says whether the store was put in place by a
    /// move that was broken off behind that, so that nothing is left to be copied.
    pub(super) fn refuse(&self) -> Result<bool, StoreError> {
        let there = on(self.servers).data.open_copier()?;
        let on_server = schema::schema(&there)? > 0;
        let [_, file] = self.files();
        let in_file = file.is_file();
        let (is_there, is_taken) = match self.way {
            Way::ToServers => (in_file, on_server),
            Way::ToFiles => (on_server, in_file),
        };
        let named = |is_file| match is_file {
            true => file.display().to_string(),
            false => self.on_server(),
        };
        let to_files = self.way == Way::ToFiles;
        if is_there && is_taken && !to_files && goes_on(&self.from.data.open_copied()?, &there)? {
            return Ok(true);
        }
        if is_taken {
            let place = named(to_files);
            return Err(MoveError::Taken { place }.into());
        }
        if is_there {
            return Ok(false);
        }
        let left = format!("{}_{MOVED}", self.servers.data.schema());
        if to_files && schema::is_there(&there, &left)? && moving(&file).is_file() {
            return Ok(true);
        }
        let place = named(!to_files);
        Err(MoveError::Nothing { place }.into())
    }

    fn on_server(&self) -> String {
        let data = &self.servers.data;
        format!("{}/{} ({})", data.place(), data.database(), data.schema())
    }

    /// Makes the tables at the new place, unless they are there.
    pub(super) fn make(&self) -> Result<(), StoreError> {
        for home in [&self.to.data, &self.to.keys] {
            home.open_copier()?;
        }
        let data = self.to.data.open_copier()?;
        match &self.to.data {
            Home::File(path) => sqlite::migrate(&data, path)?,
            Home::Server(server) => schema::migrate(&data, server)?,
        }
        make_tables(&self.to.keys, &self.to.keys.open_copier()?)
    }

    /// Takes away what was made.
    pub(super) fn remove(&self) -> Result<(), StoreError> {
        for home in [&self.to.data, &self.to.keys] {
            match home {
                Home::File(path) => remove_database(path)?,
                Home::Server(server) => {
                    let drop = format!("drop schema if exists {} cascade", server.schema());
                    home.open_copier()?.batch(&drop)?;
                }
            }
        }
        Ok(())
    }

    /// Makes the new place, or goes on with one that was begun, and anew where the ledger has become another since;
    /// refuses that of another shop.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        self.make()?;
        let (from, to) = (self.from.open_copied()?, self.to.open()?);
        if from.data.schema()? != sqlite::SCHEMA {
            return Err(MoveError::Unopened.into());
        }
        let Some(first) = leaf_at(&to.data, 0)? else {
            return Ok(());
        };
        if leaf_at(&from.data, 0)? != Some(first) {
            let place = match &self.to.data {
                Home::File(path) => path.display().to_string(),
                Home::Server(server) => format!("{} ({})", server.place(), server.schema()),
            };
            return Err(MoveError::Other { place }.into());
        }
        if goes_on(&to.data, &from.data)? {
            return Ok(());
        }
        drop((from, to));
        self.remove()?;
        self.make()
    }

    /// Puts the new place where a start looks for it, and leaves the old one under another name.
    pub(super) fn put_in_place(&self, left: Left) -> Result<(), StoreError> {
        match self.way {
            Way::ToServers => {
                for (moving, server) in [
                    (&self.to.keys, &self.servers.keys),
                    (&self.to.data, &self.servers.data),
                ] {
                    let (db, name) = (moving.open_copier()?, server.schema());
                    db.batch(&format!(
                        "begin; drop schema if exists {name}; alter schema {name}_{MOVING} rename to {name}; commit"
                    ))?;
                }
            }
            // Nobody works there from the moment on at which nobody had.
            Way::ToFiles => {
                let there = on(self.servers).data.open_copier()?;
                left.leave(&there, self.servers.data.schema())?;
            }
        }
        self.finish()
    }

    /// What is left to do once the server's data has the name that it is to have.
    pub(super) fn finish(&self) -> Result<(), StoreError> {
        let there = on(self.servers);
        match self.way {
            Way::ToServers => {
                let begun = safe_begun::has_journal(self.at.safe)?;
                safe_begun::note_begun(self.at.dir, &there.data.open_copier()?, begun)?;
                let mut files = self.files().into_iter().rev();
                files.try_for_each(|own| leave(&own))
            }
            Way::ToFiles => {
                let (keys, db) = (self.servers.keys.schema(), there.keys.open_copier()?);
                if schema::is_there(&db, keys)? {
                    db.batch(&format!("alter schema {keys} rename to {keys}_{MOVED}"))?;
                }
                self.files().iter().try_for_each(|own| put(own))
            }
        }
    }

    /// The ledger where it was put.
    pub(super) fn head(&self) -> Result<TreeHead, StoreError> {
        let data = match self.way {
            Way::ToServers => on(self.servers).data,
            Way::ToFiles => Home::File(self.at.dir.join(place::DATA)),
        };
        Ok(Tree::load(&data.open_copied()?)?.head())
    }
}

/// What a file is called while it is made.
fn moving(file: &Path) -> PathBuf {
    file.with_added_extension(MOVING)
}

/// Puts a file in place, unless it is.
fn put(file: &Path) -> Result<(), StoreError> {
    let moving = moving(file);
    if !moving.is_file() {
        return Ok(());
    }
    Home::File(moving.clone()).open_copier()?.empty_log()?;
    place::put(&moving, file).map_err(|why| StoreError::file("put in place", file, &why))
}

/// Whether one ledger is the beginning of another, or the same.
fn goes_on(own: &Db, other: &Db) -> Result<bool, StoreError> {
    let last: Option<u64> = one(own, "select max(seq) from entries", &[], |row| row.get(0))?;
    let Some(last) = last else {
        return Ok(false);
    };
    Ok(leaf_at(own, last)? == leaf_at(other, last)?)
}

/// A leaf of a ledger.
fn leaf_at(db: &Db, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
    const LEAF: &str = "select leaf_hash from entries where seq = ?1";
    first(db, LEAF, params![seq], |row| row.get(0))
}

/// Names a database that is moved another way, without what lies beside it.
fn leave(path: &Path) -> Result<(), StoreError> {
    let moved = path.with_added_extension(MOVED);
    place::put(path, &moved).map_err(|why| StoreError::file("rename", path, &why))?;
    remove_beside(path)
}

fn remove_database(path: &Path) -> Result<(), StoreError> {
    place::remove_file(path).map_err(|why| StoreError::file("delete", path, &why))?;
    remove_beside(path)
}

fn remove_beside(path: &Path) -> Result<(), StoreError> {
    for added in ["-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(added);
        let beside = PathBuf::from(beside);
        place::remove_file(&beside).map_err(|why| StoreError::file("delete", &beside, &why))?;
    }
    Ok(())
}

/// Deletes what a move left here: whoever is erased since would live on in it.
pub(crate) fn remove_left(dir: &Path) -> Result<(), StoreError> {
    for own in [place::DATA, place::KEYS] {
        let path = dir.join(own).with_added_extension(MOVED);
        if fs::exists(&path).unwrap_or(true) {
            place::remove_file(&path).map_err(|why| StoreError::file("delete", &path, &why))?;
        }
    }
    Ok(())
}

/// A store on a server as it was when it was read: nobody may have worked on it since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    entries: u64,
    processes: u64,
}

impl Left {
    pub(super) fn of(db: &Db) -> Result<Self, StoreError> {
        Ok(Self {
            entries: count(db, "select count(*) from entries")?,
            processes: count(db, "select count(*) from nodes")?,
        })
    }

    /// Names its schema another way, unless somebody worked on it.
    fn leave(self, db: &Db, name: &str) -> Result<(), StoreError> {
        db.begin()?;
        run(db, "select one from store where one = 1 for update", &[])?;
        nobody_works(db)?;
        if Self::of(db)? != self {
            let table = "entries".into();
            return Err(MoveError::Differs { table }.into());
        }
        db.batch(&format!("alter schema {name} rename to {name}_{MOVED}"))?;
        db.commit()
    }
}

/// Refuses a server's store that processes work on.
pub(super) fn nobody_works(db: &Db) -> Result<(), StoreError> {
    match at_work(db, None)? {
        0 => Ok(()),
        processes => Err(MoveError::Busy { processes }.into()),
    }
}
