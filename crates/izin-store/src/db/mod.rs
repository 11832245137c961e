//! A connection to a database, of either kind, and the few ways in which everything here asks it.
//!
//! A statement is written once, for both kinds, with its parameters as `?1`, `?2`. Whatever differs between
//! the kinds is in [`sqlite`] and in no other room. Statements stay prepared on their connection.

pub(crate) mod sqlite;

mod readers;
mod value;

pub(crate) use readers::Readers;
pub(crate) use value::{Bind, Read, Row, Value, params};

use std::path::Path;

use crate::StoreError;

/// A connection.
pub(crate) enum Db {
    Sqlite(rusqlite::Connection),
}

impl Db {
    /// Runs statements without parameters, in order; what they answer is dropped.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => sqlite::batch(db, sql),
        }
    }

    /// Begins a transaction that will write.
    pub(crate) fn begin(&self) -> Result<(), StoreError> {
        self.batch("begin immediate")
    }

    /// Begins a transaction in which every statement sees the same state.
    pub(crate) fn begin_reading(&self) -> Result<(), StoreError> {
        self.batch("begin")
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> bool {
        match self {
            Self::Sqlite(db) => !db.is_autocommit(),
        }
    }

    /// How many rows were changed on this connection, ever.
    pub(crate) fn changes(&self) -> u64 {
        match self {
            Self::Sqlite(db) => db.total_changes(),
        }
    }

    /// The file that it is, for the kind that is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(db) => db.path().map(Path::new),
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Db::Sqlite",
        })
    }
}

/// Runs a statement that changes rows; answers how many.
pub(crate) fn run(db: &Db, sql: &str, row: &[&dyn Bind]) -> Result<usize, StoreError> {
    match db {
        Db::Sqlite(db) => sqlite::change(db, sql, row),
    }
}

/// Gives every row of a statement to `read`, in order, until it fails. What it asks of the same connection
/// meanwhile would wait for ever: whoever has to ask collects first.
pub(crate) fn each(
    db: &Db,
    sql: &str,
    row: &[&dyn Bind],
    read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match db {
        Db::Sqlite(db) => sqlite::each(db, sql, row, read),
    }
}

/// Reads every row of a statement into a list.
pub(crate) fn rows<T>(
    db: &Db,
    sql: &str,
    row: &[&dyn Bind],
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    each(db, sql, row, |row| {
        found.push(read(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// Reads the first row of a statement, if there is any.
pub(crate) fn first<T>(
    db: &Db,
    sql: &str,
    row: &[&dyn Bind],
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    match db {
        Db::Sqlite(db) => sqlite::first(db, sql, row, read),
    }
}

/// Reads the row of a statement that always has one.
pub(crate) fn one<T>(
    db: &Db,
    sql: &str,
    row: &[&dyn Bind],
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    first(db, sql, row, read)?.ok_or(StoreError::Damaged {
        what: "answer of the database (a row is missing)",
    })
}

/// Whether a statement finds any row.
pub(crate) fn exists(db: &Db, sql: &str, row: &[&dyn Bind]) -> Result<bool, StoreError> {
    Ok(first(db, sql, row, |_| Ok(()))?.is_some())
}

/// A count by one parameter-free statement.
pub(crate) fn count(db: &Db, sql: &str) -> Result<u64, StoreError> {
    one(db, sql, &[], |row| row.get(0))
}
