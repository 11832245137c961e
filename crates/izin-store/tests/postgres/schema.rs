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

/// A schema as text that no version of a server writes otherwise: a change of it is seen by whoever reviews it.
#[test]
fn the_tables_of_a_store_in_files_are_these() {
    const ALL: &str = "
        select sql || ';'
        from sqlite_schema
        where sql is not null and name not like 'sqlite%'
        order by tbl_name, type desc, name";
    let dir = TempDir::new();
    drop(open_on(dir.path(), None, Entropy::seeded(1)).unwrap());
    let mut told = Vec::new();
    for name in ["izin.sqlite", "keys/keys.sqlite"] {
        let db = Connection::open(dir.path().join(name)).unwrap();
        let mut all = db.prepare(ALL).unwrap();
        let all = all.query_map([], |row| row.get::<_, String>(0)).unwrap();
        told.push(format!("-- {name}"));
        told.extend(all.map(Result::unwrap));
    }
    insta::assert_snapshot!("schema_in_files", told.join("\n"));
}

#[test]
fn the_tables_of_a_store_on_a_server_are_these() {
    if is_missing() {
        return;
    }
    const ALL: &str = "
        with own as (
          select oid, nspname from pg_namespace where nspname in ('izin', 'izin_keys')
        ),
        tables as (
          select c.oid, n.nspname || '.' || c.relname as name
          from pg_class c join own n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p')
        ),
        lines as (
          select t.name, 1 as kind, lpad(a.attnum::text, 3, '0') as place,
            '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || case when a.attnotnull then ' not null' else '' end
            || case when a.attidentity <> '' then ' identity' else '' end
            || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
          from tables t
          join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
          union all
          select t.name, 2, k.conname, '  ' || pg_get_constraintdef(k.oid)
          from tables t join pg_constraint k on k.conrelid = t.oid and k.contype <> 'n'
          union all
          select t.name, 3, c.relname, '  ' || pg_get_indexdef(i.indexrelid)
          from tables t
          join pg_index i on i.indrelid = t.oid and not i.indisprimary
          join pg_class c on c.oid = i.indexrelid
          union all
          select name, 0, '', name from tables
          union all
          select n.nspname || '.' || p.proname, 0, '', pg_get_functiondef(p.oid)
          from pg_proc p join own n on n.oid = p.pronamespace
        )
        select line from lines order by name, kind, place";
    let (_dir, database) = on_server();
    insta::assert_snapshot!("schema_on_a_server", database.admin(ALL));
}
