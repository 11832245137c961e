//! Both ends of a move: where they are, beside what the new one is made, and how it is put in place.

use std::fs;
use std::path::{Path, PathBuf};

use super::{MoveError, Way};
use crate::db::postgres::schema;
use crate::db::{Db, Home, count, first, run, sqlite};
use crate::place::{self, Homes, Place, Servers};
use crate::vault::make_tables;
use crate::{StoreError, safe_begun};

/// What the name of a place has added while it is made, and once it is left.
const MOVING: &str = "moving";
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
    pub(super) fn open(&self) -> Result<Pair, StoreError> {
        Ok(Pair {
            data: self.data.open_copier()?,
            keys: self.keys.open_copier()?,
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

    /// Refuses a place where something is, and a store that is nowhere; makes the new place, or goes on with one
    /// that was begun.
    pub(super) fn refuse(&self) -> Result<(), StoreError> {
        let there = on(self.servers);
        let version = |home: &Home| home.open_copier().and_then(|db| schema::schema(&db));
        let on_server = version(&there.data)? > 0;
        let [_, file] = self.files();
        let in_file = file.is_file();
        let named = |from| match from {
            Way::ToServers => file.display().to_string(),
            Way::ToFiles => self.on_server(),
        };
        let (is_there, is_taken, to) = match self.way {
            Way::ToServers => (in_file, on_server, Way::ToFiles),
            Way::ToFiles => (on_server, in_file, Way::ToServers),
        };
        if is_taken {
            let place = named(to);
            return Err(MoveError::Taken { place }.into());
        }
        if !is_there {
            let place = named(self.way);
            return Err(MoveError::Nothing { place }.into());
        }
        Ok(())
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
    fn remove(&self) -> Result<(), StoreError> {
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

    /// Makes a new place where one is left of what the shop was before; refuses that of another shop.
    pub(super) fn refuse_other(&self) -> Result<(), StoreError> {
        self.make()?;
        let (from, to) = (self.from.open()?, self.to.open()?);
        let (here, there) = (begin_of(&from.data)?, begin_of(&to.data)?);
        if there.is_some() && here != there {
            let place = match &self.to.data {
                Home::File(path) => path.display().to_string(),
                Home::Server(server) => format!("{} ({})", server.place(), server.schema()),
            };
            return Err(MoveError::Other { place }.into());
        }
        const SIZE: &str = "select count(*) from entries";
        let goes_on = there.is_none() || count(&from.data, SIZE)? == count(&to.data, SIZE)?;
        drop((from, to));
        if goes_on {
            return Ok(());
        }
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
                let db = on(self.servers).data.open_copier()?;
                safe_begun::note_begun(self.at.dir, &db, safe_begun::has_journal(self.at.safe)?)?;
                let mut files = self.files().into_iter().rev();
                files.try_for_each(|own| leave(&own))
            }
            Way::ToFiles => {
                for (moving, file) in [&self.to.keys, &self.to.data].into_iter().zip(self.files()) {
                    moving.open_copier()?.empty_log()?;
                    let moving = file.with_added_extension(MOVING);
                    place::put(&moving, &file)
                        .map_err(|why| StoreError::file("put in place", &file, &why))?;
                }
                let there = on(self.servers);
                left.leave(&there.data.open_copier()?, self.servers.data.schema())?;
                let keys = self.servers.keys.schema();
                let rename = format!("alter schema {keys} rename to {keys}_{MOVED}");
                there.keys.open_copier()?.batch(&rename)
            }
        }
    }
}

/// The leaf that a ledger begins with.
fn begin_of(db: &Db) -> Result<Option<Vec<u8>>, StoreError> {
    first(
        db,
        "select leaf_hash from entries where seq = 0",
        &[],
        |row| row.get(0),
    )
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
    const AT_WORK: &str = "
        select count(*)
        from nodes
        where ended_at is null and seen_at > micros_now() - 30000000";
    match count(db, AT_WORK)? {
        0 => Ok(()),
        processes => Err(MoveError::Busy { processes }.into()),
    }
}
