//! SQLite as we use it: write-ahead log, full synchronisation, strict tables, migrations that
//! only go forward.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Params, params_from_iter};

use super::{Bind, Db, Row, Value, one, params, run};
use crate::{StoreError, place};

/// Migrations in order; the number of the last is the schema's version. One is never edited.
const MIGRATIONS: [&str; 13] = [
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_decision.sql"),
    include_str!("../migrations/0003_events.sql"),
    include_str!("../migrations/0004_room.sql"),
    include_str!("../migrations/0005_erasure.sql"),
    include_str!("../migrations/0006_hand_over.sql"),
    include_str!("../migrations/0007_inactive.sql"),
    include_str!("../migrations/0008_keys.sql"),
    include_str!("../migrations/0009_erasure_steps.sql"),
    include_str!("../migrations/0010_histories.sql"),
    include_str!("../migrations/0011_hold_numbers.sql"),
    include_str!("../migrations/0012_hold_names.sql"),
    include_str!("../migrations/0013_nodes.sql"),
];

/// SQLite before 3.51.3 can corrupt a write-ahead log (`reference: WAL-reset fault`).
const SQLITE_VERSION_MIN: i32 = 3_051_003;

/// How long a statement waits for whoever has the database.
const BUSY: Duration = Duration::from_secs(5);

/// Attempts to empty a write-ahead log that somebody reads, and the pause between them: a minute in all.
const SCRUBS_MAX: u32 = 120;
const SCRUB_AGAIN: Duration = Duration::from_millis(500);

/// Statements kept prepared on each connection; more than the store has.
const STATEMENTS_PREPARED: usize = 128;

/// Memory for pages that a writer has touched. People stand in no order, so every act touches pages
/// of its own in each index. More is not free: a commit that split a page goes over all that is cached,
/// which took 4 to 7 % of the writer's time when 60,000 people were known.
const CACHE_KIBIBYTES: i64 = 64 * 1024;

/// Pages in the write-ahead log before they move into the database: 64 MiB. The more there are, the
/// more changes of a page move together; a start after a crash reads that much again.
const WAL_PAGES: u32 = 16 * 1024;

/// Opens a database for writing, making it when absent.
pub(crate) fn open_writer(path: &Path) -> Result<Db, StoreError> {
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
         pragma temp_store = memory;",
    )?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
    db.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    keep_plans(&db)?;
    Ok(Db::Sqlite(db))
}

/// Opens a database that is sealed and deleted as soon as it is written.
pub(crate) fn open_plain(path: &Path) -> Result<Db, StoreError> {
    Ok(Db::Sqlite(Connection::open(path)?))
}

/// Opens a database for reading only.
pub(crate) fn open_reader(path: &Path) -> Result<Db, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.execute_batch("pragma trusted_schema = off;")?;
    db.busy_timeout(BUSY)?;
    keep_plans(&db)?;
    Ok(Db::Sqlite(db))
}

/// Statements stay prepared. Left alone, SQLite prepares some of them anew for each value that is bound:
/// a quarter of the writer's time went there.
fn keep_plans(db: &Connection) -> Result<(), StoreError> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_PREPARED);
    Ok(())
}

/// The newest schema.
pub(crate) const SCHEMA: u32 = MIGRATIONS.len() as u32;

/// The schema of a database; 0 for one that was just made.
pub(crate) fn schema(db: &Db) -> Result<u32, StoreError> {
    one(db, "pragma user_version", &[], |row| row.get(0))
}

/// Brings the schema up to the newest version, one transaction for each step: what was killed
/// between two steps goes on with the next. A copy of what was there is kept beside it first.
pub(crate) fn migrate(db: &Db, path: &Path) -> Result<(), StoreError> {
    let found = schema(db)?;
    if found > SCHEMA {
        return Err(StoreError::NewerSchema {
            found,
            known: SCHEMA,
        });
    }
    if found > 0 && found < SCHEMA {
        let copy = copy_of(path, found);
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
            let step =
                format!("begin immediate; {migration}; pragma user_version = {version}; commit;");
            db.batch(&step)
                .inspect_err(|_| drop(db.batch("rollback")))?;
        }
    }
    Ok(())
}

/// Where the copy of a database of this schema is kept.
fn copy_of(path: &Path, schema: u32) -> PathBuf {
    path.with_file_name(format!("before-migration-{schema}.sqlite"))
}

/// Removes the copies from before a migration: they tell what has been deleted since.
pub(crate) fn remove_copies(path: &Path) -> Result<(), StoreError> {
    for copy in (1..SCHEMA).map(|schema| copy_of(path, schema)) {
        place::remove_file(&copy).map_err(|why| StoreError::file("delete", &copy, &why))?;
    }
    Ok(())
}

/// Keeps a copy of a database, complete or not at all; one that is there stays.
fn keep_copy(db: &Db, copy: &Path) -> Result<(), StoreError> {
    if copy.exists() {
        return Ok(());
    }
    let unfinished = copy.with_extension("unfinished");
    copy_into(db, &unfinished)?;
    place::put(&unfinished, copy).map_err(|why| StoreError::file("create", copy, &why))
}

/// Writes a consistent copy of a database into a new file that only this user can read, durably.
pub(crate) fn copy_into(db: &Db, copy: &Path) -> Result<(), StoreError> {
    let file = make_anew(copy)?;
    let name = copy.to_str().ok_or(StoreError::Damaged {
        what: "name of a folder (it is not UTF-8)",
    })?;
    run(db, "vacuum into ?1", params![name])?;
    file.sync_all()
        .map_err(|why| StoreError::file("write", copy, &why))
}

/// Makes an empty file that only this user can read, in the place of one that may be there.
pub(crate) fn make_anew(path: &Path) -> Result<File, StoreError> {
    place::make_anew(path).map_err(|why| StoreError::file("create", path, &why))
}

/// Runs a statement that changes rows; answers how many.
pub(super) fn change(db: &Connection, sql: &str, row: &[&dyn Bind]) -> Result<usize, StoreError> {
    Ok(db.prepare_cached(sql)?.execute(bound(row))?)
}

/// Runs statements without parameters. One about the transaction stays prepared as every other.
pub(super) fn batch(db: &Connection, sql: &str) -> Result<(), StoreError> {
    if sql.contains(';') {
        return Ok(db.execute_batch(sql)?);
    }
    Ok(db.prepare_cached(sql)?.execute([]).map(drop)?)
}

/// Gives every row of a statement to `read`, in order, until it fails.
pub(super) fn each(
    db: &Connection,
    sql: &str,
    row: &[&dyn Bind],
    mut read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut found = statement.query(bound(row))?;
    while let Some(row) = found.next()? {
        read(&Row::Sqlite(row))?;
    }
    Ok(())
}

/// Reads the first row of a statement, if there is any.
pub(super) fn first<T>(
    db: &Connection,
    sql: &str,
    row: &[&dyn Bind],
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut found = statement.query(bound(row))?;
    let row = found.next()?;
    row.map(|row| read(&Row::Sqlite(row))).transpose()
}

fn bound<'a>(row: &'a [&'a dyn Bind]) -> impl Params + 'a {
    params_from_iter(row.iter().map(|own| {
        ToSqlOutput::Borrowed(match own.value() {
            Value::Null => ValueRef::Null,
            Value::Whole(own) => ValueRef::Integer(own),
            Value::Text(own) => ValueRef::Text(own.as_bytes()),
            Value::Bytes(own) => ValueRef::Blob(own),
        })
    }))
}

/// The value of a column.
pub(super) fn value<'a>(
    row: &'a rusqlite::Row<'_>,
    column: usize,
) -> Result<Value<'a>, StoreError> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(own) => Value::Whole(own),
        ValueRef::Blob(own) => Value::Bytes(own),
        ValueRef::Text(own) => {
            Value::Text(std::str::from_utf8(own).map_err(|_| StoreError::Damaged {
                what: "row (text that is not UTF-8)",
            })?)
        }
        ValueRef::Real(_) => {
            return Err(StoreError::Damaged {
                what: "row (a value of another kind)",
            });
        }
    })
}

/// Empties the write-ahead log of a database that others may be reading.
pub(crate) fn scrub(path: &Path) -> Result<(), StoreError> {
    let db = open_writer(path)?;
    // Waiting inside the call would keep every writer out meanwhile.
    wait_for(&db, Duration::ZERO)?;
    for _ in 1..SCRUBS_MAX {
        if empty_log(&db).is_ok() {
            return Ok(());
        }
        std::thread::sleep(SCRUB_AGAIN);
    }
    empty_log(&db)
}

/// Moves everything out of the write-ahead log and empties it: what was deleted stays nowhere.
pub(crate) fn empty_log(db: &Db) -> Result<(), StoreError> {
    let busy: bool = one(db, "pragma wal_checkpoint(truncate)", &[], |row| row.get(0))?;
    if busy {
        let why = "something long is being read, and what was deleted stands in its log until then";
        return Err(StoreError::Unwritable(why.into()));
    }
    Ok(())
}

/// The same, unless somebody reads it just now: a start does not wait for them.
pub(crate) fn empty_log_at_once(db: &Db) -> Result<(), StoreError> {
    wait_for(db, Duration::ZERO)?;
    let emptied = empty_log(db);
    wait_for(db, BUSY)?;
    emptied
}

fn wait_for(db: &Db, busy: Duration) -> Result<(), StoreError> {
    if let Db::Sqlite(db) = db {
        db.busy_timeout(busy)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::db::rows;

    /// A database of an older schema in a folder of its own, removed by the caller.
    fn older(name: &str, schema: usize) -> (std::path::PathBuf, Db) {
        let dir = std::env::temp_dir().join(format!("izin-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&dir));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("izin.sqlite");
        let db = open_writer(&path).unwrap();
        for migration in &MIGRATIONS[..schema] {
            db.batch(migration).unwrap();
        }
        db.batch(&format!("pragma user_version = {schema}"))
            .unwrap();
        (path, db)
    }

    #[test]
    fn an_older_schema_is_copied_before_it_is_migrated_and_a_copy_is_never_replaced() {
        let (path, db) = older("migrated", 1);
        let copy = path.with_file_name("before-migration-1.sqlite");
        migrate(&db, &path).unwrap();
        assert_eq!(schema(&db).unwrap(), SCHEMA);
        assert_eq!(schema(&open_reader(&copy).unwrap()).unwrap(), 1);
        let first = fs::read(&copy).unwrap();
        let (again, db) = (path.clone(), open_writer(&path).unwrap());
        db.batch(&format!("pragma user_version = {SCHEMA}"))
            .unwrap();
        migrate(&db, &again).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), first);
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn whoever_was_erased_under_either_form_of_an_older_schema_is_still() {
        let other = "alter table erasures rename column keys_destroyed to step";
        for (name, form) in [("erased", ""), ("erased-by-step", other)] {
            let (path, db) = older(name, 8);
            let erased = "
                insert into erasures
                values (zeroblob(16), 7, 1, 1, 2, null), (x'01', 8, 1, 0, 2, 3)";
            db.batch(&format!("{erased}; {form}")).unwrap();
            migrate(&db, &path).unwrap();
            let all = "select seq, step, withheld_until, withheld_destroyed_at from erasures";
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let found: Vec<(i64, i64, i64, Option<i64>)> = rows(&db, all, &[], read).unwrap();
            assert_eq!(found, [(7, 0, 2, None), (8, 0, 2, Some(3))], "{name}");
            fs::remove_dir_all(path.parent().unwrap()).unwrap();
        }
    }

    #[test]
    fn a_migration_that_was_cut_off_goes_on_where_it_was() {
        let (path, db) = older("cut-off", 2);
        fs::write(
            path.with_file_name("before-migration-2.unfinished"),
            "half a copy",
        )
        .unwrap();
        // The third step is under way when the process dies: its transaction never commits.
        db.batch("begin immediate").unwrap();
        db.batch(MIGRATIONS[2]).unwrap();
        drop(db);
        let db = open_writer(&path).unwrap();
        assert_eq!(schema(&db).unwrap(), 2);
        migrate(&db, &path).unwrap();
        assert_eq!(schema(&db).unwrap(), SCHEMA);
        let copy = path.with_file_name("before-migration-2.sqlite");
        assert_eq!(schema(&open_reader(&copy).unwrap()).unwrap(), 2);
        assert!(
            !path
                .with_file_name("before-migration-2.unfinished")
                .exists()
        );
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
