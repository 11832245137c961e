//! The schema on PostgreSQL: whether the server is one that can keep it, and how it comes about.
//!
//! One row says how far it got. Several nodes may start at once: whoever has the row's lock migrates, and
//! the others find it done.

use std::thread;
use std::time::Duration;

use super::{Server, ServerError};
use crate::StoreError;
use crate::db::{Db, exists, first, one, params, run, sqlite};

/// The first version of the server that is used.
const SERVER_VERSION_MIN: i64 = 150_000;

/// How often what another process may be making is tried, and how long after each other.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(50);

/// Where stores begin here.
const START: u32 = 12;
/// From `START` on, in order. One is never edited.
const MIGRATIONS: [&str; 2] = [
    include_str!("../../migrations/postgres/0012_start.sql"),
    include_str!("../../migrations/postgres/0013_nodes.sql"),
];

/// The tables of the keys, in a database of their own.
const KEYS: &str = include_str!("../../migrations/postgres/keys.sql");

/// The tables in which no row is ever changed or deleted: whoever gets hold of the role cannot either.
const KEEP: &str = "revoke update, delete, truncate on entries, tiles from current_user";

/// Looks at the server, makes the schema where there is none, and brings it up to the newest version.
pub(crate) fn migrate(db: &Db, server: &Server) -> Result<(), StoreError> {
    look(db, server)?;
    in_turn(|| {
        make(db, server)?;
        db.begin()?;
        match bring_up(db) {
            Ok(()) => db.commit(),
            Err(why) => {
                db.roll_back()?;
                Err(why)
            }
        }
    })
}

/// Makes what is to be there. Where another process makes the same at this moment, the server fails one of the
/// two, which then finds it done.
fn in_turn(make: impl Fn() -> Result<(), StoreError>) -> Result<(), StoreError> {
    for _ in 1..ATTEMPTS {
        match make() {
            Err(StoreError::Constraint(_) | StoreError::Database(_)) => thread::sleep(PAUSE),
            done => return done,
        }
    }
    make()
}

/// Refuses a server that is too old or keeps text in another way.
pub(crate) fn look(db: &Db, server: &Server) -> Result<(), StoreError> {
    const VERSION: &str = "
        select cast(current_setting('server_version_num') as bigint), current_setting('server_version'),
          current_setting('server_encoding')";
    let says = one(db, VERSION, &[], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(refuse_unfit(server, says)?)
}

/// The same of what a server says of itself: its version as a number and in words, and the encoding.
fn refuse_unfit(
    server: &Server,
    (number, found, encoding): (i64, String, String),
) -> Result<(), ServerError> {
    if number < SERVER_VERSION_MIN {
        let place = server.place();
        return Err(ServerError::Old { place, found });
    }
    if encoding != "UTF8" {
        let database = server.database().to_owned();
        let found = encoding;
        return Err(ServerError::Encoding { database, found });
    }
    Ok(())
}

/// Whether there is a schema of that name.
pub(crate) fn is_there(db: &Db, name: &str) -> Result<bool, StoreError> {
    const THERE: &str = "select 1 from pg_catalog.pg_namespace where nspname = ?1";
    exists(db, THERE, params![name])
}

/// Makes the schema itself.
pub(crate) fn make(db: &Db, server: &Server) -> Result<(), StoreError> {
    const MAY: &str =
        "select has_schema_privilege(?1, 'create') and has_schema_privilege(?1, 'usage')";
    let name = server.schema();
    let rights = |what, mend| {
        StoreError::from(ServerError::Rights {
            role: server.role().to_owned(),
            database: server.database().to_owned(),
            what,
            mend,
        })
    };
    if !is_there(db, name)? {
        let made = committed(db, &format!("create schema if not exists {name}"));
        if matches!(made, Err(StoreError::InDoubt)) {
            return made;
        }
        if made.is_err() && !is_there(db, name)? {
            let mend = format!("create schema {name} authorization {}", server.role());
            return Err(rights("create a schema", mend));
        }
    }
    if !one(db, MAY, params![name], |row| row.get(0))? {
        let mend = format!("grant all on schema {name} to {}", server.role());
        return Err(rights("create tables", mend));
    }
    Ok(())
}

/// Runs statements, and commits them as all else is: waiting no longer than others for a standby.
fn committed(db: &Db, statements: &str) -> Result<(), StoreError> {
    db.begin()?;
    let done = db.batch(statements).and_then(|()| db.commit());
    if done.is_err() {
        db.roll_back()?;
    }
    done
}

/// The tables of a database of keys.
pub(crate) fn make_keys(db: &Db, server: &Server) -> Result<(), StoreError> {
    look(db, server)?;
    in_turn(|| {
        make(db, server)?;
        committed(db, KEYS)
    })
}

fn bring_up(db: &Db) -> Result<(), StoreError> {
    const VERSION: &str = "select version from schema_version where one = 1 for update";
    db.batch(
        "create table if not exists schema_version (
           one bigint primary key check (one = 1),
           version bigint not null
         );
         insert into schema_version (one, version) values (1, 0) on conflict (one) do nothing",
    )?;
    let found: u32 = one(db, VERSION, &[], |row| row.get(0))?;
    if found > sqlite::SCHEMA {
        let known = sqlite::SCHEMA;
        return Err(StoreError::NewerSchema { found, known });
    }
    for (version, migration) in (START..).zip(MIGRATIONS) {
        if version > found {
            db.batch(migration)?;
            run(
                db,
                "update schema_version set version = ?1",
                params![version],
            )?;
        }
    }
    if found < sqlite::SCHEMA {
        db.batch(KEEP)?;
    }
    Ok(())
}

/// Goes on numbering after the largest number of a table, where it gives numbers by itself; counts it where `anew`.
pub(crate) fn is_filled(db: &Db, table: &str, anew: bool) -> Result<(), StoreError> {
    const NUMBERED: &str = "
        select column_name
        from information_schema.columns
        where table_schema = current_schema() and table_name = ?1 and is_identity = 'YES'";
    if anew {
        db.batch(&format!("analyze {table}"))?;
    }
    let numbered: Option<String> = first(db, NUMBERED, params![table], |row| row.get(0))?;
    let Some(column) = numbered else {
        return Ok(());
    };
    let set = format!(
        "select setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) from {table}"
    );
    run(db, &set, &[]).map(drop)
}

/// Whether there is a table of that name.
pub(crate) fn has(db: &Db, table: &str) -> Result<bool, StoreError> {
    const THERE: &str = "
        select 1
        from pg_catalog.pg_tables
        where schemaname = current_schema() and tablename = ?1";
    exists(db, THERE, params![table])
}

/// The schema of a store; 0 where there is none.
pub(crate) fn schema(db: &Db) -> Result<u32, StoreError> {
    if !has(db, "schema_version")? {
        return Ok(0);
    }
    let found = first(db, "select version from schema_version", &[], |row| {
        row.get(0)
    })?;
    Ok(found.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_is_refused_by_its_version() {
        let server = Server::parse("postgresql://izin@db.example.com/izin", "izin", None).unwrap();
        let says = |number, found: &str| (number, found.to_owned(), "UTF8".to_owned());
        let told = refuse_unfit(&server, says(140_019, "14.19"))
            .unwrap_err()
            .to_string();
        assert!(told.contains("version 14.19; 15 or newer"), "{told}");
        assert_eq!(refuse_unfit(&server, says(150_000, "15.0")), Ok(()));
        assert_eq!(refuse_unfit(&server, says(180_001, "18.1")), Ok(()));
    }
}
