//! Data folders as earlier releases left them: each is opened, migrated and decided on.
//!
//! They lie as SQL in `izin-store/tests/folders/SCHEMA/`, with the answers that were given then. A
//! release that changes the schema adds its own with
//! `cargo test -p izin --test it -- --ignored folders::write_the_folder_of_this_schema`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::shop::{ABOUT, Shop};

/// Databases of a data directory, by the names of their dumps.
const DATABASES: [(&str, &str); 2] = [
    ("izin.dump", "izin.sqlite"),
    ("keys.dump", "keys/keys.sqlite"),
];
/// Who is asked about.
const PEOPLE: [&str; 4] = [
    "email:budi@example.com",
    "email:sari@example.com",
    "email:tono@example.com",
    "email:asing@example.com",
];

fn folders() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../izin-store/tests/folders")
}

/// What is decided about everybody as of a moment, one a line.
fn answers(shop: &Shop, at: &str) -> String {
    let mut answers = String::new();
    for person in PEOPLE {
        let asked = [&["decide", person, "--json", "--at", at], &ABOUT[..]].concat();
        let told = shop.izin(&asked).fine().json();
        let (decision, reason) = (&told["decision"], &told["reason"]);
        writeln!(answers, "{person} {decision} {reason}").unwrap();
    }
    answers
}

#[test]
fn a_folder_of_every_released_schema_opens_with_a_copy_and_decides_as_then() {
    let mut opened = 0;
    for folder in fs::read_dir(folders()).unwrap() {
        let folder = folder.unwrap().path();
        let schema = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let shop = Shop::new(&format!("folder-{schema}"));
        fs::create_dir_all(shop.path("data/keys")).unwrap();
        for (text, database) in DATABASES {
            let db = Connection::open(shop.path("data").join(database)).unwrap();
            let text = fs::read_to_string(folder.join(text)).unwrap();
            db.execute_batch(&text).unwrap();
        }
        fs::copy(folder.join("master.key"), shop.path("data/keys/master.key")).unwrap();
        let expected = fs::read_to_string(folder.join("answers")).unwrap();
        let (at, expected) = expected.split_once('\n').unwrap();
        assert_eq!(answers(&shop, at), expected, "schema {schema}");
        let copy = shop.path(&format!("data/before-migration-{schema}.sqlite"));
        assert_eq!(copy.exists(), is_older(&shop, &schema), "schema {schema}");
        let doctor = shop.izin(&["doctor", "--json"]);
        let told = doctor.json();
        let codes = told["findings"].as_array().unwrap().iter();
        let codes: Vec<_> = codes.map(|own| own["code"].as_str().unwrap()).collect();
        let expected = ["open_to_others", "disk_low"];
        assert!(codes.iter().all(|own| expected.contains(own)), "{codes:?}");
        opened += 1;
    }
    assert!(opened > 0, "no release is without its folder");
}

/// Whether the data were written under an older schema than this program's.
fn is_older(shop: &Shop, schema: &str) -> bool {
    let db = Connection::open(shop.path("data/izin.sqlite")).unwrap();
    let now: u32 = db
        .query_row("pragma user_version", [], |row| row.get(0))
        .unwrap();
    schema.parse::<u32>().unwrap() < now
}

#[test]
fn a_folder_of_a_newer_release_is_refused_in_one_sentence() {
    let shop = Shop::with_contacts("folder-newer");
    let db = Connection::open(shop.path("data/izin.sqlite")).unwrap();
    db.execute_batch("pragma user_version = 99").unwrap();
    drop(db);
    let ran = shop.izin(&["api-key", "list"]);
    assert_eq!(ran.err.trim().lines().count(), 1, "{}", ran.err);
    ran.refused(1, &["schema 99", "use the newer izin"]);
}

#[test]
#[ignore = "writes the stored folder of this schema"]
fn write_the_folder_of_this_schema() {
    let shop = Shop::with_contacts("folder-written");
    let call = ["import", "suppressions", "-"];
    shop.izin_reading(&call, "email,reason\nasing@example.com,stop\n")
        .fine();
    let db = Connection::open(shop.path("data/izin.sqlite")).unwrap();
    let schema: u32 = db
        .query_row("pragma user_version", [], |row| row.get(0))
        .unwrap();
    let folder = folders().join(schema.to_string());
    fs::create_dir_all(&folder).unwrap();
    for (text, database) in DATABASES {
        let db = Connection::open(shop.path("data").join(database)).unwrap();
        fs::write(folder.join(text), dumped(&db)).unwrap();
    }
    fs::copy(shop.path("data/keys/master.key"), folder.join("master.key")).unwrap();
    let last: i64 = db
        .query_row("select max(recorded_at) from entries", [], |row| row.get(0))
        .unwrap();
    let at = izin_core::Timestamp::from_micros(last)
        .plus_seconds(3_600)
        .to_string();
    let told = answers(&shop, &at);
    fs::write(folder.join("answers"), format!("{at}\n{told}")).unwrap();
}

/// A database as the SQL that makes it.
fn dumped(db: &Connection) -> String {
    let mut text = String::new();
    let mut made = db
        .prepare("select type, name, sql from sqlite_schema where sql is not null order by rowid")
        .unwrap();
    let made = made.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let made: Vec<(String, String, String)> = made.unwrap().collect::<Result<_, _>>().unwrap();
    for (kind, name, sql) in made {
        writeln!(text, "{sql};").unwrap();
        if kind == "table" {
            rows_of(db, &name, &mut text);
        }
    }
    let schema: u32 = db
        .query_row("pragma user_version", [], |row| row.get(0))
        .unwrap();
    writeln!(text, "pragma user_version = {schema};").unwrap();
    text
}

fn rows_of(db: &Connection, table: &str, text: &mut String) {
    let mut all = db.prepare(&format!("select * from {table}")).unwrap();
    let columns = all.column_count();
    let mut found = all.query([]).unwrap();
    while let Some(row) = found.next().unwrap() {
        let cells: Vec<String> = (0..columns)
            .map(|at| literal(row.get_ref(at).unwrap()))
            .collect();
        writeln!(text, "insert into {table} values ({});", cells.join(", ")).unwrap();
    }
}

fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(own) => own.to_string(),
        ValueRef::Real(own) => own.to_string(),
        ValueRef::Text(own) => {
            format!("'{}'", String::from_utf8_lossy(own).replace('\'', "''"))
        }
        ValueRef::Blob(own) => format!("x'{}'", izin_store::hex(own)),
    }
}
