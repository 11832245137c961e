//! Keys: one master key ([`super::master`]), every other key wrapped by it in a database of its own.
//!
//! The key database is small and has its own short-lived backups: who destroys a person's rows
//! there has erased the person everywhere. New keys are durable before the first use that counts
//! (see [`Keyring::commit`]).

mod change;

use std::collections::HashMap;
use std::path::Path;

use izin_core::SubjectId;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::hash::AddressKeys;
use super::master::{MasterSource, Masters};
use super::{Hasher, KeyVersion, place};
use crate::db::postgres::schema;
use crate::db::{Db, Home, first, one, params, put, run};
use crate::place::make_folder;
use crate::{Entropy, Refused, StoreError};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Profile => 1,
            Self::Purchases => 2,
            Self::Evidence => 3,
            Self::Withheld => 4,
        }
    }
}

/// The version of every key but those that hash addresses (see [`KeyVersion`]).
pub(crate) const KEY_VERSION: u32 = 1;

/// The service keys that find the holders of an address, and its suppressions.
const LOOKUP: &str = "lookup";
const SUPPRESSION: &str = "suppression";

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
    pub(super) db: Db,
    pub(super) masters: Masters,
    pub(super) hasher: Hasher,
    pub(super) entropy: Entropy,
    pub(super) in_transaction: bool,
    /// Keys that were made in the open transaction.
    pub(super) fresh: HashMap<(SubjectId, DataClass), Key>,
}

/// Makes the tables of keys, unless they are there.
pub(crate) fn make_tables(home: &Home, db: &Db) -> Result<(), StoreError> {
    match home {
        Home::File(_) => db.batch(SCHEMA),
        Home::Server(server) => schema::make_keys(db, server),
    }
}

impl Keyring {
    /// Opens the keys of a data directory, making master key and key database when `dir` is new.
    ///
    /// # Errors
    /// [`StoreError`] when files cannot be used, or the master key is not the one that wrapped.
    pub(crate) fn open(
        (dir, home): (&Path, &Home),
        source: &MasterSource,
        entropy: &Entropy,
    ) -> Result<Self, StoreError> {
        make_folder(dir).map_err(|why| StoreError::file("create", dir, &why))?;
        let db = home.open_writer()?;
        make_tables(home, &db)?;
        let wrapped: u64 = one(&db, "select count(*) from service_keys", &[], |row| {
            row.get(0)
        })?;
        let masters = Masters::read((dir, source), wrapped > 0, entropy)?;
        for name in [LOOKUP, SUPPRESSION] {
            service_key(&db, &masters, name, entropy)?;
        }
        Self::over(db, masters, entropy)
    }

    /// Opens the keys of a data directory to look at them: nothing is made or changed.
    ///
    /// # Errors
    /// As [`Keyring::open`]; also when there are none.
    pub(crate) fn look(
        (dir, home): (&Path, &Home),
        source: &MasterSource,
        entropy: &Entropy,
    ) -> Result<Self, StoreError> {
        let db = home.open_reader()?;
        let masters = Masters::read((dir, source), true, entropy)?;
        Self::over(db, masters, entropy)
    }

    fn over(db: Db, masters: Masters, entropy: &Entropy) -> Result<Self, StoreError> {
        let first = address_keys(&db, &masters, KeyVersion::FIRST)?.ok_or(StoreError::Damaged {
            what: "key database (the keys that find addresses are missing)",
        })?;
        let keyring = Self {
            db,
            masters,
            hasher: Hasher::new(first),
            entropy: entropy.clone(),
            in_transaction: false,
            fresh: HashMap::new(),
        };
        while keyring.take_up_address_keys()? {}
        Ok(keyring)
    }

    /// Makes the next version of the keys that hash addresses, unless it is there already. It counts
    /// after [`Keyring::commit`], and hashes after [`Keyring::take_up_address_keys`].
    pub(crate) fn add_address_keys(&mut self) -> Result<KeyVersion, StoreError> {
        let next = self.hasher.newest().next();
        let version = next.ok_or(Refused::KeyVersions)?;
        self.begin()?;
        for name in [LOOKUP, SUPPRESSION] {
            let key = Key::from_bytes(self.entropy.bytes()?);
            let here = service_place(name, version.number().into());
            let wrapped = self.masters.wrap(&here, &key, &self.entropy)?;
            let row = params![name, version, wrapped];
            run(&self.db, KEEP_SERVICE_KEY, row)?;
        }
        Ok(version)
    }

    /// Hashes addresses under the next version from here on; says whether there is one.
    pub(crate) fn take_up_address_keys(&self) -> Result<bool, StoreError> {
        let Some(next) = self.hasher.newest().next() else {
            return Ok(false);
        };
        let keys = address_keys(&self.db, &self.masters, next)?;
        let any = keys.is_some();
        keys.into_iter()
            .for_each(|own| self.hasher.take_up(next, own));
        Ok(any)
    }

    /// The keys that find suppressions, the first version first: for a shop that leaves.
    pub(crate) fn suppression_keys(&self) -> Result<Vec<Key>, StoreError> {
        let find = |number| find_service_key(&self.db, &self.masters, (SUPPRESSION, number));
        let numbers = KeyVersion::FIRST.number()..=self.hasher.newest().number();
        let found = numbers.map(|number| find(number.into()));
        found.filter_map(Result::transpose).collect()
    }

    /// The key of that name that is not any person's, made on first use where keys may be made.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the master key does not open it.
    pub fn service_key(&self, name: &str) -> Result<Key, StoreError> {
        service_key(&self.db, &self.masters, name, &self.entropy)
    }

    /// The master keys.
    pub(crate) const fn masters(&self) -> &Masters {
        &self.masters
    }

    /// Whether anybody's keys are here.
    pub(crate) fn has_people(&self) -> Result<bool, StoreError> {
        const ANY: &str = "select exists (select 1 from subject_keys)";
        one(&self.db, ANY, &[], |row| row.get(0))
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
            self.fresh.insert((subject, class), key);
        }
        Ok(())
    }

    fn keep(&self, subject: SubjectId, class: DataClass, key: &Key) -> Result<(), StoreError> {
        const KEEP: &str =
            "insert into subject_keys (subject, class, version, wrapped) values (?1, ?2, ?3, ?4)";
        let here = subject_place(subject, class);
        let wrapped = self.masters.wrap(&here, key, &self.entropy)?;
        let row = params![subject.as_bytes(), class.code(), KEY_VERSION, wrapped];
        put(&self.db, KEEP, row)
    }

    /// Destroys the keys of a person's data; what was evidence is withheld from here on. Counts after
    /// [`Keyring::commit`]; done again, it changes nothing.
    pub(crate) fn destroy_data(&mut self, subject: SubjectId) -> Result<(), StoreError> {
        let evidence = self.subject_key(subject, DataClass::Evidence)?;
        self.begin()?;
        // First: what was not withheld must not be destroyed, wherever this is broken off.
        if let Some(key) = evidence {
            self.destroy(subject, DataClass::Withheld)?;
            self.keep(subject, DataClass::Withheld, &key)?;
        }
        DataClass::ALL
            .into_iter()
            .try_for_each(|class| self.destroy(subject, class))
    }

    /// Destroys what was withheld of a person. Counts after [`Keyring::commit`].
    pub(crate) fn destroy_withheld(&mut self, subject: SubjectId) -> Result<(), StoreError> {
        self.begin()?;
        self.destroy(subject, DataClass::Withheld)
    }

    fn destroy(&mut self, subject: SubjectId, class: DataClass) -> Result<(), StoreError> {
        self.fresh.remove(&(subject, class));
        const DESTROY: &str = "delete from subject_keys where subject = ?1 and class = ?2";
        run(&self.db, DESTROY, params![subject.as_bytes(), class.code()])?;
        Ok(())
    }

    /// Leaves nothing of what was destroyed in the write-ahead log.
    pub(crate) fn empty_log(&self) -> Result<(), StoreError> {
        self.db.empty_log()
    }

    /// Destroys a service's key; the next that asks for it makes another. Counts after
    /// [`Keyring::commit`].
    pub(crate) fn renew(&mut self, name: &str) -> Result<(), StoreError> {
        self.begin()?;
        const DESTROY: &str = "delete from service_keys where name = ?1";
        run(&self.db, DESTROY, params![name]).map(drop)
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
        if let Some(key) = self.fresh.get(&(subject, class)) {
            return Ok(Some(key.clone()));
        }
        let found: Option<Vec<u8>> = first(
            &self.db,
            FIND,
            params![subject.as_bytes(), class.code(), KEY_VERSION],
            |row| row.get(0),
        )?;
        found
            .map(|wrapped| {
                self.masters
                    .unwrap(&subject_place(subject, class), &wrapped)
            })
            .transpose()
    }
}

const KEEP_SERVICE_KEY: &str = "
    insert into service_keys (name, version, wrapped)
    values (?1, ?2, ?3)
    on conflict (name, version) do nothing";

fn service_key(
    db: &Db,
    masters: &Masters,
    name: &str,
    entropy: &Entropy,
) -> Result<Key, StoreError> {
    if let Some(key) = find_service_key(db, masters, (name, KEY_VERSION))? {
        return Ok(key);
    }
    let key = Key::from_bytes(entropy.bytes()?);
    let wrapped = masters.wrap(&service_place(name, KEY_VERSION), &key, entropy)?;
    run(db, KEEP_SERVICE_KEY, params![name, KEY_VERSION, wrapped])?;
    // Another connection may have been first: the kept key is the key.
    find_service_key(db, masters, (name, KEY_VERSION))?.ok_or(StoreError::Damaged {
        what: "key that was just made",
    })
}

fn find_service_key(
    db: &Db,
    masters: &Masters,
    (name, version): (&str, u32),
) -> Result<Option<Key>, StoreError> {
    const FIND: &str = "select wrapped from service_keys where name = ?1 and version = ?2";
    let found: Option<Vec<u8>> = first(db, FIND, params![name, version], |row| row.get(0))?;
    let unwrap = |wrapped: Vec<u8>| masters.unwrap(&service_place(name, version), &wrapped);
    found.map(unwrap).transpose()
}

/// Both keys of a version; none when it was never made.
fn address_keys(
    db: &Db,
    masters: &Masters,
    version: KeyVersion,
) -> Result<Option<AddressKeys>, StoreError> {
    let find = |name| find_service_key(db, masters, (name, version.number().into()));
    let both = find(LOOKUP)?.zip(find(SUPPRESSION)?);
    Ok(both.map(|(lookup, suppression)| AddressKeys {
        lookup,
        suppression,
    }))
}

fn subject_place(subject: SubjectId, class: DataClass) -> Vec<u8> {
    subject_place_of(subject.as_bytes(), class.code(), KEY_VERSION)
}

pub(super) fn subject_place_of(subject: &[u8; 16], class: u8, version: u32) -> Vec<u8> {
    let owner = [subject.as_slice(), &[class]].concat();
    place(&owner, "subject_keys.wrapped", version)
}

pub(super) fn service_place(name: &str, version: u32) -> Vec<u8> {
    place(name.as_bytes(), "service_keys.wrapped", version)
}
