//! Both kinds of store have the same tables, and the server's needs nothing that few servers have.

use izin_store::Entropy;
use izin_testkit::TempDir;
use izin_testkit::postgres::{Database, Server, is_missing};
use rusqlite::Connection;

use super::kept::open_on;

/// A store on a server.
fn on_server() -> (TempDir, Database) {
    let (dir, database) = (TempDir::new(), Server::shared().database());
    drop(open_on(dir.path(), Some(&database.dsn()), Entropy::seeded(1)).unwrap());
    (dir, database)
}

#[test]
fn both_kinds_have_the_same_tables_columns_and_keys() {
    if is_missing() {
        return;
    }
    const FILE: &str = "
        select t.name || '.' || c.name || case when c.\"notnull\" or c.pk then ' not null' else '' end
          || case when c.pk then ' key' else '' end
        from sqlite_schema t join pragma_table_info(t.name) c
        where t.type = 'table' and t.name not like 'sqlite%'
        order by 1";
    const SERVER: &str = "
        select c.table_name || '.' || c.column_name
          || case when c.is_nullable = 'NO' then ' not null' else '' end
          || case when k.column_name is not null then ' key' else '' end
        from information_schema.columns c
        left join (
          select u.table_schema, u.table_name, u.column_name
          from information_schema.table_constraints t
          join information_schema.key_column_usage u using (constraint_schema, constraint_name)
          where t.constraint_type = 'PRIMARY KEY'
        ) k using (table_schema, table_name, column_name)
        where c.table_schema in ('izin', 'izin_keys') and c.table_name <> 'schema_version'";
    let (dir, database) = on_server();
    drop(dir);
    let dir = TempDir::new();
    drop(open_on(dir.path(), None, Entropy::seeded(1)).unwrap());
    let mut file = Vec::new();
    for name in ["izin.sqlite", "keys/keys.sqlite"] {
        let db = Connection::open(dir.path().join(name)).unwrap();
        let mut columns = db.prepare(FILE).unwrap();
        let columns = columns
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        file.extend(columns.map(Result::unwrap));
    }
    file.sort_unstable();
    let told = database.admin(SERVER);
    let mut server: Vec<&str> = told.lines().collect();
    server.sort_unstable();
    assert!(server.len() > 100, "{told}");
    assert_eq!(file, server);
}

/// CockroachDB, YugabyteDB and Citus lack some of these, or do them otherwise: nobody tried them, and nothing here
/// is to stand in the way of whoever does.
#[test]
fn the_schema_on_a_server_needs_nothing_that_its_relatives_lack() {
    if is_missing() {
        return;
    }
    let (_dir, database) = on_server();
    let lacking = [
        (
            "triggers",
            "select count(*) from pg_trigger where not tgisinternal",
        ),
        (
            "deferred constraints",
            "select count(*) from pg_constraint where condeferrable",
        ),
        (
            "extensions",
            "select count(*) from pg_extension where extname <> 'plpgsql'",
        ),
        (
            "rules",
            "select count(*) from pg_rules where schemaname like 'izin%'",
        ),
        ("inheritance", "select count(*) from pg_inherits"),
        (
            "exclusions",
            "select count(*) from pg_constraint where contype = 'x'",
        ),
        (
            "sequences besides identities",
            "select count(*) from pg_class c where relkind = 'S' and not exists
               (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'i')",
        ),
    ];
    for (what, sql) in lacking {
        assert_eq!(database.admin(sql).trim(), "0", "{what}");
    }
}
