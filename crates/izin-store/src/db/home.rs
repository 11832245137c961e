//! Where a database is, and how a connection to it is opened.

use std::path::PathBuf;

use super::postgres::{Patience, Postgres, Server, schema};
use super::{Db, sqlite};
use crate::StoreError;

/// A file, or a schema on a server.
#[derive(Debug, Clone)]
pub(crate) enum Home {
    File(PathBuf),
    Server(Box<Server>),
}

impl Home {
    /// Opens it for writing; a file is made when absent.
    pub(crate) fn open_writer(&self) -> Result<Db, StoreError> {
        match self {
            Self::File(path) => sqlite::open_writer(path),
            Self::Server(server) => Ok(Db::Postgres(
                Postgres::connect(server, Patience::WRITER)?.into(),
            )),
        }
    }

    /// Brings its schema up to the newest version.
    pub(crate) fn migrate(&self, db: &Db) -> Result<(), StoreError> {
        match self {
            Self::File(path) => {
                sqlite::migrate(db, path)?;
                // What a kill left there may be what fills the disk.
                if let Err(error) = sqlite::empty_log_at_once(db) {
                    tracing::warn!(%error, "the write-ahead log stays beside the database");
                }
                Ok(())
            }
            Self::Server(server) => schema::migrate(&patient(server)?, server),
        }
    }

    /// Leaves as little as can be of what was deleted: nothing in a write-ahead log of ours and in copies
    /// from before a migration. A server's own log and its archive are its operators'.
    pub(crate) fn scrub(&self) -> Result<(), StoreError> {
        match self {
            Self::File(path) => {
                sqlite::scrub(path)?;
                sqlite::remove_copies(path)
            }
            Self::Server(server) => patient(server)?.batch("vacuum"),
        }
    }

    /// Opens it for what takes its time, as a copy of all there is. Tables of a file may come in any order: whether
    /// what they refer to is there is looked at once all are.
    pub(crate) fn open_copier(&self) -> Result<Db, StoreError> {
        match self {
            Self::File(path) => {
                let db = sqlite::open_writer(path)?;
                db.batch("pragma foreign_keys = off")?;
                Ok(db)
            }
            Self::Server(server) => {
                let db = patient(server)?;
                db.batch("set enable_seqscan = on")?;
                Ok(db)
            }
        }
    }

    /// Opens it to read all there is, beside whoever works on it.
    pub(crate) fn open_copied(&self) -> Result<Db, StoreError> {
        match self {
            Self::File(path) => sqlite::open_reader(path),
            Self::Server(_) => {
                let db = self.open_copier()?;
                db.batch("set default_transaction_read_only = on")?;
                Ok(db)
            }
        }
    }

    /// Opens it to follow what others write: it hears of that, and does not wait long for a server.
    pub(crate) fn open_tail(&self) -> Result<Db, StoreError> {
        match self {
            Self::File(path) => sqlite::open_reader(path),
            Self::Server(server) => Ok(Db::Postgres(
                Postgres::listening(server, Patience::TAIL)?.into(),
            )),
        }
    }

    /// Opens it for reading only.
    pub(crate) fn open_reader(&self) -> Result<Db, StoreError> {
        match self {
            Self::File(path) => sqlite::open_reader(path),
            Self::Server(server) => {
                let db = patient(server)?;
                db.batch("set default_transaction_read_only = on")?;
                Ok(db)
            }
        }
    }
}

/// A connection for what takes its time.
fn patient(server: &Server) -> Result<Db, StoreError> {
    Ok(Db::Postgres(
        Postgres::connect(server, Patience::READER)?.into(),
    ))
}
