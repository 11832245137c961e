//! Keys: one master key in a file, every other key wrapped by it in a database of its own.
//!
//! The key database is small and has its own short-lived backups: who destroys a person's rows
//! there has erased the person everywhere. New keys are durable before the first use that counts
//! (see [`Keyring::commit`]).

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use izin_core::SubjectId;
use rusqlite::{Connection, OptionalExtension, params};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Hasher, open, place, seal};
use crate::{Entropy, StoreError, sqlite};

/// 256 secret bits, wiped when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// Takes 32 secret bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret bytes, for the primitive that needs them.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(secret)")
    }
}

/// What a key of a person protects; each class is destroyed on its own schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataClass {
    /// Identifiers, name, language.
    Profile,
    /// Orders.
    Purchases,
    /// Details of consents, refusals and rights acts.
    Evidence,
    /// What was evidence until the person was erased: two people together open it.
    Withheld,
}

impl DataClass {
    /// What a new person has keys for.
    const ALL: [Self; 3] = [Self::Profile, Self::Purchases, Self::Evidence];

    const fn code(self) -> u8 {
        match self {
            Self::Profile => 1,
            Self::Purchases => 2,
            Self::Evidence => 3,
            Self::Withheld => 4,
        }
    }
}

/// The version of every key so far; rotation adds versions.
pub(crate) const KEY_VERSION: u32 = 1;

/// The tables of a key database.
pub(crate) const SCHEMA: &str = "
create table if not exists service_keys (
  name text not null,
  version integer not null,
  wrapped blob not null,
  primary key (name, version)
) strict, without rowid;
create table if not exists subject_keys (
  subject blob not null,
  class integer not null,
  version integer not null,
  wrapped blob not null,
  primary key (subject, class, version)
) strict, without rowid;
";

/// Access to every key of one store.
#[derive(Debug)]
pub struct Keyring {
    db: Connection,
    master: Key,
    hasher: Hasher,
    entropy: Entropy,
    in_transaction: bool,
}

impl Keyring {
    /// Opens the keys of a data directory, making master key and key database when `dir` is new.
    ///
    /// # Errors
    /// [`StoreError`] when files cannot be used, or the master key is not the one that wrapped.
    pub fn open(dir: &Path, entropy: &Entropy) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(|why| StoreError::file("create", dir, &why))?;
        let db = sqlite::open_writer(&dir.join("keys.sqlite"))?;
        db.execute_batch(SCHEMA)?;
        let wrapped: u64 =
            db.query_row("select count(*) from service_keys", [], |row| row.get(0))?;
        let master = master_key(&dir.join("master.key"), wrapped > 0, entropy)?;
        let hasher = Hasher::new(
            service_key(&db, &master, "lookup", entropy)?,
            service_key(&db, &master, "suppression", entropy)?,
        );
        Ok(Self {
            db,
            master,
            hasher,
            entropy: entropy.clone(),
            in_transaction: false,
        })
    }

    /// The key of that name that is not any person's, made on first use.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the master key does not open it.
    pub fn service_key(&self, name: &str) -> Result<Key, StoreError> {
        service_key(&self.db, &self.master, name, &self.entropy)
    }

    /// Whether anybody's keys are here.
    pub(crate) fn has_people(&self) -> Result<bool, StoreError> {
        const ANY: &str = "select exists (select 1 from subject_keys)";
        Ok(self.db.query_row(ANY, [], |row| row.get(0))?)
    }

    /// Hashes identifiers under this store's keys.
    #[must_use]
    pub const fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Makes a new person's keys, one for each class. They count after [`Keyring::commit`].
    pub(crate) fn create(&mut self, subject: SubjectId) -> Result<(), StoreError> {
        self.begin()?;
        for class in DataClass::ALL {
            let key = Key::from_bytes(self.entropy.bytes()?);
            self.keep(subject, class, &key)?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if !self.in_transaction {
            self.db.execute_batch("begin immediate")?;
            self.in_transaction = true;
        }
        Ok(())
    }

    fn keep(&self, subject: SubjectId, class: DataClass, key: &Key) -> Result<(), StoreError> {
        const KEEP: &str =
            "insert into subject_keys (subject, class, version, wrapped) values (?1, ?2, ?3, ?4)";
        let here = subject_place(subject, class);
        let wrapped = seal(&self.master, &here, key.expose(), &self.entropy)?;
        let mut keep = self.db.prepare_cached(KEEP)?;
        keep.execute(params![
            subject.as_bytes(),
            class.code(),
            KEY_VERSION,
            wrapped
        ])?;
        Ok(())
    }

    /// Destroys the keys of a person's data; what was evidence is withheld from here on. Counts after
    /// [`Keyring::commit`]; done again, it changes nothing.
    pub(crate) fn destroy_data(&mut self, subject: SubjectId) -> Result<(), StoreError> {
        let evidence = self.subject_key(subject, DataClass::Evidence)?;
        self.begin()?;
        for class in DataClass::ALL {
            self.destroy(subject, class)?;
        }
        match evidence {
            Some(key) => self.keep(subject, DataClass::Withheld, &key),
            None => Ok(()),
        }
    }

    /// Destroys what was withheld of a person. Counts after [`Keyring::commit`].
    pub(crate) fn destroy_withheld(&mut self, subject: SubjectId) -> Result<(), StoreError> {
        self.begin()?;
        self.destroy(subject, DataClass::Withheld)
    }

    fn destroy(&self, subject: SubjectId, class: DataClass) -> Result<(), StoreError> {
        const DESTROY: &str = "delete from subject_keys where subject = ?1 and class = ?2";
        let mut destroy = self.db.prepare_cached(DESTROY)?;
        destroy.execute(params![subject.as_bytes(), class.code()])?;
        Ok(())
    }

    /// Leaves nothing of what was destroyed in the write-ahead log.
    pub(crate) fn empty_log(&self) -> Result<(), StoreError> {
        sqlite::empty_log(&self.db)
    }

    /// Destroys a service's key; the next that asks for it makes another. Counts after
    /// [`Keyring::commit`].
    pub(crate) fn renew(&mut self, name: &str) -> Result<(), StoreError> {
        self.begin()?;
        let mut destroy = self
            .db
            .prepare_cached("delete from service_keys where name = ?1")?;
        destroy.execute(params![name])?;
        Ok(())
    }

    /// Makes the keys created since the last commit durable.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        if !self.in_transaction {
            return Ok(());
        }
        self.in_transaction = false;
        self.db.execute_batch("commit").map_err(|why| {
            // Without a rollback the next transaction could not begin; that it fails too says
            // nothing new.
            drop(self.db.execute_batch("rollback"));
            why.into()
        })
    }

    /// A person's key for one class of data; `None` when it was destroyed or never made.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the master key does not open it.
    pub fn subject_key(
        &self,
        subject: SubjectId,
        class: DataClass,
    ) -> Result<Option<Key>, StoreError> {
        const FIND: &str =
            "select wrapped from subject_keys where subject = ?1 and class = ?2 and version = ?3";
        let mut find = self.db.prepare_cached(FIND)?;
        let found: Option<Vec<u8>> = find
            .query_row(
                params![subject.as_bytes(), class.code(), KEY_VERSION],
                |row| row.get(0),
            )
            .optional()?;
        found
            .map(|wrapped| unwrap(&self.master, &subject_place(subject, class), &wrapped))
            .transpose()
    }
}

fn service_key(
    db: &Connection,
    master: &Key,
    name: &str,
    entropy: &Entropy,
) -> Result<Key, StoreError> {
    const FIND: &str = "select wrapped from service_keys where name = ?1 and version = ?2";
    const KEEP: &str = "
        insert into service_keys (name, version, wrapped) values (?1, ?2, ?3)
        on conflict (name, version) do nothing";
    let here = place(name.as_bytes(), "service_keys.wrapped", KEY_VERSION);
    let find = || -> Result<Option<Vec<u8>>, StoreError> {
        let row = params![name, KEY_VERSION];
        Ok(db.query_row(FIND, row, |row| row.get(0)).optional()?)
    };
    if let Some(wrapped) = find()? {
        return unwrap(master, &here, &wrapped);
    }
    let key = Key::from_bytes(entropy.bytes()?);
    let wrapped = seal(master, &here, key.expose(), entropy)?;
    db.execute(KEEP, params![name, KEY_VERSION, wrapped])?;
    // Another connection may have been first: the kept key is the key.
    let kept = find()?.ok_or(StoreError::Damaged {
        what: "key that was just made",
    })?;
    unwrap(master, &here, &kept)
}

fn unwrap(master: &Key, here: &[u8], wrapped: &[u8]) -> Result<Key, StoreError> {
    let mut plain = open(master, here, wrapped).map_err(|_| StoreError::Damaged {
        what: "key (is this the right master.key?)",
    })?;
    let bytes = <[u8; 32]>::try_from(plain.as_slice());
    plain.zeroize();
    bytes
        .map(Key::from_bytes)
        .map_err(|_| StoreError::Damaged { what: "key length" })
}

fn subject_place(subject: SubjectId, class: DataClass) -> Vec<u8> {
    let owner = [subject.as_bytes().as_slice(), &[class.code()]].concat();
    place(&owner, "subject_keys.wrapped", KEY_VERSION)
}

/// Reads the master key, or makes it when nothing is wrapped yet. A lost master key is never
/// replaced silently: everything would be unreadable.
fn master_key(path: &Path, must_exist: bool, entropy: &Entropy) -> Result<Key, StoreError> {
    if !path.exists() && !must_exist {
        let key = Key::from_bytes(entropy.bytes()?);
        let text: String = key
            .expose()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|why| StoreError::file("create", path, &why))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_parent(path))
            .map_err(|why| StoreError::file("write", path, &why))?;
        return Ok(key);
    }
    let mut text = String::new();
    File::open(path)
        .and_then(|mut file| file.read_to_string(&mut text))
        .map_err(|why| StoreError::file("read", path, &why))?;
    let key = key_from_hex(text.trim());
    text.zeroize();
    key.ok_or(StoreError::Damaged {
        what: "master.key (64 hexadecimal digits)",
    })
}

/// Makes a file's place in its folder durable.
pub(crate) fn sync_parent(path: &Path) -> std::io::Result<()> {
    path.parent()
        .map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

/// A key as 64 hexadecimal digits.
pub(crate) fn key_from_hex(text: &str) -> Option<Key> {
    let mut bytes = [0_u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(Key::from_bytes(bytes))
}
