//! A connection to a database, of either kind, and the few ways in which everything here asks it.
//!
//! A statement is written once, for both kinds, with its parameters as `?1`, `?2`. Whatever differs between
//! the kinds is in [`sqlite`] and [`postgres`]. Statements stay prepared on their connection.

pub(crate) mod postgres;
pub(crate) mod sqlite;

mod home;
mod readers;
mod value;

pub(crate) use home::Home;
pub(crate) use readers::Readers;
pub(crate) use value::{Bind, Own, Question, Read, Row, Value, params};

use std::path::Path;
use std::time::Duration;

use crate::StoreError;
use postgres::Postgres;

/// A connection.
pub(crate) enum Db {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Postgres>),
}

impl Db {
    /// Runs statements without parameters, in order; what they answer is dropped.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => sqlite::batch(db, sql),
            Self::Postgres(db) => db.batch(sql),
        }
    }

    /// Begins a transaction that will write.
    pub(crate) fn begin(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => sqlite::batch(db, "begin immediate"),
            Self::Postgres(db) => db.begin("begin"),
        }
    }

    /// Begins a transaction that will write to a store, after whoever else writes to it.
    pub(crate) fn begin_turn(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => self.begin(),
            Self::Postgres(db) => db.begin("begin; select one from store where one = 1 for update"),
        }
    }

    /// Begins a transaction in which every statement sees the same state.
    pub(crate) fn begin_reading(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => sqlite::batch(db, "begin"),
            Self::Postgres(db) => db.begin("begin isolation level repeatable read read only"),
        }
    }

    /// As [`Db::begin_reading`], until what is answered is dropped, whatever happens meanwhile.
    pub(crate) fn reading(&self) -> Result<Reading<'_>, StoreError> {
        self.begin_reading()?;
        Ok(Reading(self))
    }

    /// Begins to read while nothing can be written: whatever would write fails as on a full disk, until
    /// [`Db::end_refusing`].
    pub(crate) fn begin_refusing(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => sqlite::batch(db, "pragma query_only = on; begin"),
            Self::Postgres(db) => {
                db.refuse_writes(true);
                Ok(())
            }
        }
    }

    /// Lets statements write again.
    pub(crate) fn end_refusing(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => sqlite::batch(db, "pragma query_only = off"),
            Self::Postgres(db) => {
                db.refuse_writes(false);
                Ok(())
            }
        }
    }

    /// Makes the open transaction durable, if one is open.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => sqlite::batch(db, "commit"),
            Self::Postgres(db) => db.commit(),
        }
    }

    /// Makes sure that what was put is in the open transaction.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => db.settle(),
        }
    }

    /// Takes back what the open transaction changed, if one is open.
    pub(crate) fn roll_back(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) if db.is_autocommit() => Ok(()),
            Self::Sqlite(db) => sqlite::batch(db, "rollback"),
            Self::Postgres(db) => db.roll_back(),
        }
    }

    /// Whether the transaction that was begun is open still: a full disk may have taken it back, and on
    /// PostgreSQL a statement that failed takes it down.
    pub(crate) fn can_go_on(&self) -> bool {
        match self {
            Self::Sqlite(db) => !db.is_autocommit(),
            Self::Postgres(db) => db.can_go_on(),
        }
    }

    /// How many rows were changed on this connection, ever.
    pub(crate) fn changes(&self) -> u64 {
        match self {
            Self::Sqlite(db) => db.total_changes(),
            Self::Postgres(db) => db.changes(),
        }
    }

    /// Tells whoever follows that there is something, once this is committed.
    pub(crate) fn tell_others(&self) {
        if let Self::Postgres(db) = self {
            db.notify();
        }
    }

    /// Waits until others wrote, or for so long.
    pub(crate) fn wait_for_news(&self, at_most: Duration) {
        match self {
            Self::Sqlite(_) => std::thread::sleep(at_most),
            Self::Postgres(db) => db.wait_for_news(at_most),
        }
    }

    /// Whether the connection stands no longer.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(db) => db.is_lost(),
        }
    }

    /// Whether others may write to the same store, on connections of their own.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Leaves nothing of what was deleted in a log beside the data, where that is ours to see to.
    pub(crate) fn empty_log(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => sqlite::empty_log(self),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// The version of its schema; 0 where it has none.
    pub(crate) fn schema(&self) -> Result<u32, StoreError> {
        match self {
            Self::Sqlite(_) => sqlite::schema(self),
            Self::Postgres(_) => postgres::schema::schema(self),
        }
    }

    /// The file that it is, for the kind that is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(db) => db.path().map(Path::new),
            Self::Postgres(_) => None,
        }
    }
}

/// One state that is read.
pub(crate) struct Reading<'a>(&'a Db);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.roll_back() {
            tracing::error!(%error, "a connection goes on reading what may be old");
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Db::Sqlite",
            Self::Postgres(_) => "Db::Postgres",
        })
    }
}

/// Runs a statement that changes rows; answers how many.
pub(crate) fn run(db: &Db, sql: &str, row: &[&dyn Bind]) -> Result<usize, StoreError> {
    match db {
        Db::Sqlite(db) => sqlite::change(db, sql, row),
        Db::Postgres(db) => db.change(sql, row),
    }
}

/// Takes one row, by the values of its columns.
pub(crate) type Keep<'a> = &'a mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>;

impl Db {
    /// Takes rows into a table, as many as `rows` keeps, in the open transaction.
    pub(crate) fn fill(
        &self,
        (table, columns): (&str, &[String]),
        mut rows: impl FnMut(Keep<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Postgres(db) => db.fill((table, columns), &mut rows),
            Self::Sqlite(db) => {
                let places: Vec<_> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
                let (columns, places) = (columns.join(", "), places.join(", "));
                let sql = format!("insert into {table} ({columns}) values ({places})");
                rows(&mut |values| {
                    let row: Vec<&dyn Bind> = values.iter().map(|own| own as &dyn Bind).collect();
                    sqlite::change(db, &sql, &row).map(drop)
                })
            }
        }
    }

    /// Asks what will be asked soon, where the server is far away: the answers come while other work is done.
    pub(crate) fn ask_ahead(&self, questions: &[Question]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => db.ask_ahead(questions),
        }
    }

    /// Takes note that a table was filled: where it gives numbers by itself, it goes on after the largest, and where
    /// `anew`, whoever plans a look-up has to know how much there is.
    pub(crate) fn is_filled(&self, table: &str, anew: bool) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(_) => postgres::schema::is_filled(self, table, anew),
        }
    }
}

/// Keeps a row in the open transaction, by an `insert` of one row. Where the server is far away it waits for others
/// like it: until something is asked that names their table, and at the latest until [`Db::settle`]; what is
/// wrong with it is said then.
pub(crate) fn put(db: &Db, sql: &'static str, row: &[&dyn Bind]) -> Result<(), StoreError> {
    match db {
        Db::Sqlite(db) => sqlite::change(db, sql, row).map(drop),
        Db::Postgres(db) => db.put(sql, row),
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
        Db::Postgres(db) => db.each(sql, row, read),
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
        Db::Postgres(_) => {
            let (mut read, mut found) = (Some(read), None);
            each(db, sql, row, |row| {
                if let Some(read) = read.take() {
                    found = Some(read(row)?);
                }
                Ok(())
            })?;
            Ok(found)
        }
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
