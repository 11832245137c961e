//! SQLite as we use it: write-ahead log, full synchronisation, strict tables, migrations that
//! only go forward.

mod group;
mod writer;

pub(crate) use writer::{Tx, Writer};

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use crate::StoreError;

/// Migrations in order; the number of the last is the schema's version. One is never edited.
const MIGRATIONS: [&str; 5] = [
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_decision.sql"),
    include_str!("../migrations/0003_events.sql"),
    include_str!("../migrations/0004_room.sql"),
    include_str!("../migrations/0005_erasure.sql"),
];

/// SQLite before 3.51.3 can corrupt a write-ahead log (`reference: WAL-reset fault`).
const SQLITE_VERSION_MIN: i32 = 3_051_003;

/// Attempts to empty a write-ahead log, of the busy time-out each: a minute in all.
const SCRUBS_MAX: u32 = 12;

/// Statements kept prepared on each connection; more than the store has.
const STATEMENTS_PREPARED: usize = 128;

/// Opens a database for writing, making it when absent.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        return Err(StoreError::OldSqlite {
            found: rusqlite::version(),
        });
    }
    let db = Connection::open(path)?;
    db.execute_batch(
        "pragma journal_mode = wal;
         pragma synchronous = full;
         pragma foreign_keys = on;
         pragma trusted_schema = off;
         pragma cell_size_check = on;
         pragma secure_delete = on;
         pragma busy_timeout = 5000;",
    )?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_PREPARED);
    Ok(db)
}

/// Opens a database for reading only.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.execute_batch("pragma trusted_schema = off; pragma busy_timeout = 5000;")?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_PREPARED);
    Ok(db)
}

/// Brings the schema up to the newest version, one transaction for each step.
pub(crate) fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    let found: u32 = db.query_row("pragma user_version", [], |row| row.get(0))?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for (version, migration) in (1..=known).zip(MIGRATIONS) {
        if version > found {
            let transaction = db.transaction()?;
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

/// Reads every row of a statement into a list.
pub(crate) fn rows<T>(
    db: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_map(parameters, read)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Runs a statement that changes rows; answers how many.
pub(crate) fn run(
    db: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<usize, StoreError> {
    Ok(db.prepare_cached(sql)?.execute(parameters)?)
}

/// Empties the write-ahead log of a database that others may be reading.
pub(crate) fn scrub(path: &Path) -> Result<(), StoreError> {
    empty_log(&open_writer(path)?)
}

/// Moves everything out of the write-ahead log and empties it: what was deleted stays nowhere.
pub(crate) fn empty_log(db: &Connection) -> Result<(), StoreError> {
    for _ in 0..SCRUBS_MAX {
        // Waits as long as anything else does for whoever reads an older state.
        let busy: bool = db.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        if !busy {
            return Ok(());
        }
    }
    let why = "something long is being read, and what was deleted stands in the log until it ends";
    Err(StoreError::Unwritable(why.into()))
}

/// A count by one parameter-free statement.
pub(crate) fn count(db: &Connection, sql: &str) -> Result<u64, StoreError> {
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![], |row| row.get(0))?)
}
