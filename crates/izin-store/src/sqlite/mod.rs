//! SQLite as we use it: write-ahead log, full synchronisation, strict tables, migrations that
//! only go forward.

mod writer;

pub(crate) use writer::{Tx, Writer};

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use crate::StoreError;
use crate::vault::sync_parent;

/// Migrations in order; the number of the last is the schema's version. One is never edited.
const MIGRATIONS: [&str; 4] = [
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_decision.sql"),
    include_str!("../migrations/0003_events.sql"),
    include_str!("../migrations/0004_room.sql"),
];

/// SQLite before 3.51.3 can corrupt a write-ahead log (`reference: WAL-reset fault`).
const SQLITE_VERSION_MIN: i32 = 3_051_003;

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

/// The newest schema.
pub(crate) const SCHEMA: u32 = MIGRATIONS.len() as u32;

/// The schema of a database; 0 for one that was just made.
pub(crate) fn schema(db: &Connection) -> Result<u32, StoreError> {
    Ok(db.query_row("pragma user_version", [], |row| row.get(0))?)
}

/// Brings the schema up to the newest version, one transaction for each step: what was killed
/// between two steps goes on with the next. A copy of what was there is kept beside it first.
pub(crate) fn migrate(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let found = schema(db)?;
    if found > SCHEMA {
        return Err(StoreError::NewerSchema {
            found,
            known: SCHEMA,
        });
    }
    if found > 0 && found < SCHEMA {
        let copy = path.with_file_name(format!("before-migration-{found}.sqlite"));
        keep_copy(db, &copy)?;
        tracing::warn!(
            from = found,
            to = SCHEMA,
            copy = %copy.display(),
            "an older izin wrote the data; they are migrated, and a copy from before is kept"
        );
    }
    for (version, migration) in (1..=SCHEMA).zip(MIGRATIONS) {
        if version > found {
            let transaction = db.transaction()?;
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

/// Keeps a copy of a database, complete or not at all; one that is there stays.
fn keep_copy(db: &Connection, copy: &Path) -> Result<(), StoreError> {
    if copy.exists() {
        return Ok(());
    }
    let unfinished = copy.with_extension("unfinished");
    copy_into(db, &unfinished)?;
    fs::rename(&unfinished, copy)
        .and_then(|()| sync_parent(copy))
        .map_err(|why| StoreError::file("create", copy, &why))
}

/// Writes a consistent copy of a database into a new file that only this user can read, durably.
pub(crate) fn copy_into(db: &Connection, copy: &Path) -> Result<(), StoreError> {
    let made = || -> std::io::Result<File> {
        match fs::remove_file(copy) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600).open(copy)
    };
    let file = made().map_err(|why| StoreError::file("create", copy, &why))?;
    let name = copy.to_str().ok_or(StoreError::Damaged {
        what: "name of a folder (it is not UTF-8)",
    })?;
    db.execute("vacuum into ?1", params![name])?;
    file.sync_all()
        .map_err(|why| StoreError::file("write", copy, &why))
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

/// A count by one parameter-free statement.
pub(crate) fn count(db: &Connection, sql: &str) -> Result<u64, StoreError> {
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![], |row| row.get(0))?)
}
