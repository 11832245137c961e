//! Where a test keeps its store, a folder or a server, and what somebody with the file or a superuser does to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use izin_store::vault::MasterSource;
use izin_store::{Entropy, Owner, Place, Servers, Store, StoreError};
use izin_testkit::TempDir;
use izin_testkit::postgres::{Database, Proxy, Server};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::kept::Kept;

/// What lets nothing be written.
pub(crate) enum Refused {
    #[expect(dead_code, reason = "held until it is dropped")]
    Held(Connection),
    Cut(Arc<Proxy>),
}

impl Drop for Refused {
    fn drop(&mut self) {
        if let Self::Cut(line) = self {
            line.mend();
        }
    }
}

/// Data and keys of before.
pub(crate) enum Copied {
    Files([(PathBuf, Vec<u8>); 2]),
    /// In schemas of that number.
    Tables(u32),
}

/// Where the data and the keys are on a server.
const SCHEMAS: [&str; 2] = ["izin", "izin_keys"];

/// Where a store is: a folder, and where the data are not in files there, a database.
pub(crate) struct Folder {
    pub(crate) dir: TempDir,
    pub(crate) database: Option<Arc<Database>>,
    /// The way to its server.
    pub(crate) line: Option<Arc<Proxy>>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let database = is_on_a_server().then(|| Arc::new(Server::shared().database()));
        let line = |own: &Arc<Database>| Arc::new(Proxy::to(own.server().port()));
        Self {
            dir: TempDir::new(),
            line: database.as_ref().map(line),
            database,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The address of the server, if one has the data.
    pub(crate) fn address(&self) -> Option<String> {
        let (database, line) = self.database.as_ref().zip(self.line.as_ref())?;
        Some(database.dsn_at(line.port()))
    }

    /// Lets nothing be written until what is answered is dropped: somebody else has the file, or the server
    /// does not answer.
    pub(crate) fn refuse_writes(&self) -> Refused {
        if let Some(line) = &self.line {
            line.cut();
            return Refused::Cut(Arc::clone(line));
        }
        let db = Connection::open(self.path().join("izin.sqlite")).unwrap();
        db.execute_batch("begin immediate").unwrap();
        Refused::Held(db)
    }

    pub(crate) fn open(&self, entropy: Entropy) -> Result<Store, StoreError> {
        open_on(self.path(), self.address().as_deref(), entropy)
    }
}

/// Whether the tests of this binary keep their stores on a server: each promise is tried on both kinds.
pub(crate) fn is_on_a_server() -> bool {
    env!("CARGO_CRATE_NAME") == "postgres"
}

impl Kept {
    /// The database as somebody with the file, or a superuser, sees it.
    pub(crate) fn sql(&self, statement: &str) -> usize {
        match &self.folder.database {
            None => {
                let db = Connection::open(self.file("izin.sqlite")).unwrap();
                db.execute(statement, []).unwrap()
            }
            Some(on) => {
                let counted = format!(
                    "set search_path to izin; with own as ({} returning 1) select count(*) from own",
                    in_hex(statement)
                );
                on.admin(&counted).trim().parse().unwrap()
            }
        }
    }

    /// The first column of what they find.
    pub(crate) fn query<T: Found>(&self, statement: &str) -> Vec<T> {
        match &self.folder.database {
            None => {
                let db = Connection::open(self.file("izin.sqlite")).unwrap();
                let mut statement = db.prepare(statement).unwrap();
                let found = statement.query_map([], |row| Ok(T::in_file(row.get_ref(0)?)));
                found.unwrap().collect::<Result<_, _>>().unwrap()
            }
            Some(on) => {
                let found = on.admin(&format!("set search_path to izin; {}", in_hex(statement)));
                found.lines().map(T::on_server).collect()
            }
        }
    }

    /// The data and the keys of a closed store as they are now.
    pub(crate) fn copy(&self) -> Copied {
        static COPIES: AtomicU32 = AtomicU32::new(0);
        let Some(on) = &self.folder.database else {
            self.query::<i64>("select count(*) from entries");
            let files = ["izin.sqlite", "keys/keys.sqlite"].map(|name| self.file(name));
            return Copied::Files(files.map(|path| (path.clone(), fs::read(&path).unwrap())));
        };
        let number = COPIES.fetch_add(1, Ordering::Relaxed);
        for schema in SCHEMAS {
            let copy = format!("create table copy_{number}_{schema}.%1$I as table {schema}.%1$I");
            on.admin(&format!("create schema copy_{number}_{schema}"));
            on.admin(&each_table(schema, &copy));
        }
        Copied::Tables(number)
    }

    /// Puts the data and the keys back in the place of what there is since.
    pub(crate) fn put_back(&self, copied: &Copied) {
        self.put_back_data(copied);
        self.put_back_keys(copied);
    }

    /// Puts the data back, under the keys there are since.
    pub(crate) fn put_back_data(&self, copied: &Copied) {
        self.put_back_one(copied, 0);
    }

    /// Puts the keys back, under the data there are since.
    pub(crate) fn put_back_keys(&self, copied: &Copied) {
        self.put_back_one(copied, 1);
    }

    fn put_back_one(&self, copied: &Copied, which: usize) {
        match copied {
            Copied::Files(files) => {
                let (path, bytes) = &files[which];
                for log in ["-wal", "-shm"] {
                    let name = format!("{}{log}", path.file_name().unwrap().display());
                    drop(fs::remove_file(path.with_file_name(name)));
                }
                fs::write(path, bytes).unwrap();
            }
            Copied::Tables(number) => {
                let (on, schema) = (self.folder.database.as_ref().unwrap(), SCHEMAS[which]);
                let put_back = format!(
                    "truncate {schema}.%1$I cascade;
                     insert into {schema}.%1$I select * from copy_{number}_{schema}.%1$I"
                );
                on.admin(&each_table(schema, &put_back));
            }
        }
    }

    /// As [`Folder::refuse_writes`].
    pub(crate) fn refuse_writes(&self) -> Refused {
        self.folder.refuse_writes()
    }

    /// Lets no row be added to a table.
    pub(crate) fn refuse_rows(&self, table: &str) {
        if let Some(on) = &self.folder.database {
            on.admin(&format!(
                "alter table izin.{table} add check (false) not valid"
            ));
            return;
        }
        self.sql(&format!(
            "create trigger no_room before insert on {table} begin select raise(abort, 'no room'); end"
        ));
    }

    /// Destroys every person's keys, as an erasure would.
    pub(crate) fn destroy_keys(&self) {
        if let Some(on) = &self.folder.database {
            on.admin("delete from izin_keys.subject_keys");
            return;
        }
        let keys = Connection::open(self.file("keys/keys.sqlite")).unwrap();
        assert!(keys.execute("delete from subject_keys", []).unwrap() > 0);
    }
}

/// Held while a child is started: until it runs its own program it holds every lock of ours, also
/// of a store that was closed since.
pub(crate) static STARTING: RwLock<()> = RwLock::new(());

pub(crate) fn open_on(
    dir: &Path,
    address: Option<&str>,
    entropy: Entropy,
) -> Result<Store, StoreError> {
    let servers = address.map(servers);
    let _nobody_starts = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    Store::open(
        Place {
            dir,
            safe: &dir.join("safe"),
            master: &MasterSource::File,
            servers: servers.as_ref(),
        },
        Owner::take(dir)?,
        entropy,
    )
}

/// Does something with each table of a schema; `%1$I` is the table.
fn each_table(schema: &str, what: &str) -> String {
    format!(
        "do $$ declare t text; begin
           for t in select tablename from pg_tables where schemaname = '{schema}' order by tablename loop
             execute format('{what}', t);
           end loop;
         end $$"
    )
}

/// A statement with its bytes as PostgreSQL writes them.
fn in_hex(statement: &str) -> String {
    statement.replace("x'", r"'\x")
}

/// A database for the data and, in another schema, for the keys.
pub(crate) fn servers(address: &str) -> Servers {
    let server = |schema| izin_store::Server::parse(address, schema, None).unwrap();
    Servers {
        data: server(SCHEMAS[0]),
        keys: server(SCHEMAS[1]),
    }
}

/// What a test looks for in a database.
pub(crate) trait Found {
    fn in_file(value: ValueRef<'_>) -> Self;
    fn on_server(text: &str) -> Self;
}

impl Found for i64 {
    fn in_file(value: ValueRef<'_>) -> Self {
        value.as_i64().unwrap()
    }

    fn on_server(text: &str) -> Self {
        text.parse().unwrap()
    }
}

impl Found for Vec<u8> {
    fn in_file(value: ValueRef<'_>) -> Self {
        value.as_blob().unwrap().to_vec()
    }

    fn on_server(text: &str) -> Self {
        let digits = text.strip_prefix("\\x").unwrap();
        let digit = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(digit).collect()
    }
}

impl Found for [u8; 16] {
    fn in_file(value: ValueRef<'_>) -> Self {
        Vec::in_file(value).try_into().unwrap()
    }

    fn on_server(text: &str) -> Self {
        Vec::on_server(text).try_into().unwrap()
    }
}
