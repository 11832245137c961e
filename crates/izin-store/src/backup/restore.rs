//! The way back from a backup: opened aside, verified, and only then put in place.
//!
//! A data directory that holds data is never touched. Keys that are there already are kept: they
//! are newer than the backup's, and whoever was erased since is not among them.

use std::fs;
use std::path::{Path, PathBuf};

use izin_core::Timestamp;
use izin_log::Checkpoint;

use super::made::{ABOUT, FORMAT, Made};
use super::{BackupKey, PEOPLE, make_folder, open_file, sealed};
use crate::db::{Db, Home, sqlite};
use crate::examine::{self, Examined, Progress};
use crate::ledger::Tree;
use crate::place::{
    self, BACKING_UP, CHECKPOINT, DATA, KEYS, KEYS_FOLDER, MASTER, NEXT_MASTER, RESTORING,
};
use crate::vault::{Keyring, MasterSource};
use crate::{Entropy, StoreError, address};

/// Why a backup cannot be put back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A file or a value of it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder was never finished, or is something else.
    #[error("`{0}` holds no finished backup: there is no readable {ABOUT}")]
    NoBackup(PathBuf),
    /// A newer izin made it.
    #[error("a newer izin made the backup (form {form}, schema {schema}); use that one")]
    Newer {
        /// Of the folder.
        form: u32,
        /// Of the data.
        schema: u32,
    },
    /// Whoever made it had the master key from the environment.
    #[error(
        "the master key is not in the backup: the environment gave it; set IZIN_MASTER_KEY to it"
    )]
    MasterElsewhere,
    /// There are data already.
    #[error("`{0}` holds data already; restore into an empty data directory")]
    NotEmpty(PathBuf),
    /// The ledger is not the one that was signed.
    #[error("the backup is not what was signed: {0}")]
    Unsigned(String),
    /// Something in it does not fit together.
    #[error("the backup is damaged: {0}")]
    Wrong(String),
}

/// Whose keys a restored store has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleKeys {
    /// Those that were in the data directory.
    Kept,
    /// Those of the backup.
    Restored,
    /// None: names, addresses and orders do not open any more.
    Absent,
}

/// What a backup holds, once it was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says about itself.
    pub made: Made,
    /// The signed note about it.
    pub checkpoint: String,
    /// Whose keys are used with it.
    pub people_keys: PeopleKeys,
}

/// How a backup is put back.
pub struct Restore<'a> {
    /// The backup.
    pub folder: &'a Path,
    /// Where the data belong.
    pub data: &'a Path,
    /// Where the journal lies that is to be taken up, if it does.
    pub safe: &'a Path,
    /// What it was sealed under.
    pub key: &'a BackupKey,
    /// Where the master key of the store comes from.
    pub master: &'a MasterSource,
    /// Whether every entry and value is looked at, and not the signed root alone.
    pub whole: bool,
}

impl Restore<'_> {
    /// Opens the backup in `aside`, a new folder on the disk of the data directory, verifies it and
    /// moves it into place. `aside` is the caller's to remove, however it ended.
    ///
    /// # Errors
    /// [`RestoreError`]; the data directory is as it was then.
    pub fn put_back(
        &self,
        aside: &Path,
        entropy: &Entropy,
        at: (Timestamp, Progress<'_>),
    ) -> Result<Verified, RestoreError> {
        self.refuse_data()?;
        let verified = self.verify(aside, entropy, at)?;
        make_folder(self.data)?;
        if verified.people_keys != PeopleKeys::Kept {
            put(&aside.join(KEYS_FOLDER), &self.data.join(KEYS_FOLDER))?;
        }
        put(&aside.join(DATA), &self.data.join(DATA))?;
        Ok(verified)
    }

    /// Opens the backup in `aside`, a new folder, and verifies it.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn verify(
        &self,
        aside: &Path,
        entropy: &Entropy,
        at: (Timestamp, Progress<'_>),
    ) -> Result<Verified, RestoreError> {
        let made = self.about()?;
        if matches!(self.master, MasterSource::File) && !sealed(self.folder, MASTER).is_file() {
            return Err(RestoreError::MasterElsewhere);
        }
        let people_keys = self.open(aside, &made, at.1)?;
        self.compare_about(aside)?;
        if self.whole {
            self.open_others(aside, people_keys)?;
        }
        let keys = match people_keys {
            PeopleKeys::Kept => self.data.join(KEYS_FOLDER),
            PeopleKeys::Restored | PeopleKeys::Absent => aside.join(KEYS_FOLDER),
        };
        let keyring = Keyring::look(
            (&keys, &Home::File(keys.join("keys.sqlite"))),
            self.master,
            entropy,
        )?;
        let path = self.folder.join(CHECKPOINT);
        let checkpoint = fs::read_to_string(&path);
        let checkpoint = checkpoint.map_err(|why| StoreError::file("read", &path, &why))?;
        let signer = examine::signer(&keyring, &checkpoint)?;
        let signed = Checkpoint::open(&checkpoint, signer.verifier());
        let signed = signed.map_err(|why| RestoreError::Unsigned(why.to_string()))?;
        let db = sqlite::open_reader(&aside.join(DATA))?;
        if made.schema >= address::SCHEMA {
            address::take_stock(&db, keyring.hasher())?;
        }
        crate::journal::refuse_foreign(self.safe, keyring.hasher())?;
        let head = if self.whole {
            let looked = looked_through(&db, &keyring, people_keys, at)?;
            looked.head.unwrap_or(Tree::load(&db)?.head())
        } else {
            Tree::load(&db)?.head()
        };
        if head != *signed.head() {
            let (own, other) = (head.size, signed.head().size);
            let why = format!("{own} entries with another root than the {other} signed");
            return Err(RestoreError::Unsigned(why));
        }
        Ok(Verified {
            made,
            checkpoint,
            people_keys,
        })
    }

    /// What the backup says about itself.
    fn about(&self) -> Result<Made, RestoreError> {
        let none = || RestoreError::NoBackup(self.folder.to_owned());
        let text = fs::read(self.folder.join(ABOUT)).map_err(|_| none())?;
        let made: Made = serde_json::from_slice(&text).map_err(|_| none())?;
        if made.format > FORMAT || made.schema > sqlite::SCHEMA {
            return Err(RestoreError::Newer {
                form: made.format,
                schema: made.schema,
            });
        }
        Ok(made)
    }

    /// Opens the sealed files; answers which keys belong to them.
    fn open(
        &self,
        aside: &Path,
        made: &Made,
        told: Progress<'_>,
    ) -> Result<PeopleKeys, StoreError> {
        make_folder(&aside.join(KEYS_FOLDER))?;
        let bytes = fs::metadata(sealed(self.folder, DATA)).map_or(0, |found| found.len());
        let open = |name: &str, to: &str| {
            let paths = (sealed(self.folder, name), aside.join(to));
            let news = |done| told(done, bytes);
            open_file((self.key, name), (&paths.0, &paths.1), &news)
        };
        open(DATA, DATA)?;
        let in_file = matches!(self.master, MasterSource::File);
        if self.data.join(KEYS).is_file() && (!in_file || self.data.join(MASTER).is_file()) {
            return Ok(PeopleKeys::Kept);
        }
        if in_file {
            open(MASTER, MASTER)?;
            if sealed(self.folder, NEXT_MASTER).is_file() {
                open(NEXT_MASTER, NEXT_MASTER)?;
            }
        }
        if made.people_keys && sealed(self.folder, PEOPLE).is_file() {
            open(PEOPLE, KEYS)?;
            return Ok(PeopleKeys::Restored);
        }
        open(KEYS, KEYS)?;
        Ok(PeopleKeys::Absent)
    }

    /// Compares what the backup says about itself in clear with what was sealed.
    fn compare_about(&self, aside: &Path) -> Result<(), RestoreError> {
        let opened = aside.join(ABOUT);
        self.open_one(ABOUT, &opened)?;
        let read = |path: &Path| fs::read(path).map_err(|why| StoreError::file("read", path, &why));
        if read(&opened)? == read(&self.folder.join(ABOUT))? {
            return Ok(());
        }
        let why = format!("{ABOUT} was changed since it was written");
        Err(RestoreError::Wrong(why))
    }

    /// Opens the sealed files that this restore has no use for, so that another finds them whole.
    fn open_others(&self, aside: &Path, used: PeopleKeys) -> Result<(), RestoreError> {
        let unused = aside.join("unused");
        let there = |name: &&str| sealed(self.folder, name).is_file();
        let masters = [MASTER, NEXT_MASTER].into_iter().filter(there);
        let people = [PEOPLE].into_iter().filter(there);
        let keys = (used != PeopleKeys::Absent).then_some(KEYS).into_iter();
        for name in keys.chain(people).chain(masters) {
            self.open_one(name, &unused)?;
            fs::remove_file(&unused).map_err(|why| StoreError::file("delete", &unused, &why))?;
        }
        Ok(())
    }

    fn open_one(&self, name: &str, to: &Path) -> Result<(), StoreError> {
        open_file((self.key, name), (&sealed(self.folder, name), to), &|_| {})
    }

    /// Refuses a data directory that holds anything but keys.
    ///
    /// # Errors
    /// [`RestoreError::NotEmpty`].
    pub fn refuse_data(&self) -> Result<(), RestoreError> {
        const ALLOWED: [&str; 4] = [KEYS_FOLDER, "owner.lock", BACKING_UP, RESTORING];
        let Ok(inside) = fs::read_dir(self.data) else {
            return Ok(());
        };
        for own in inside {
            let own = own.map_err(|why| StoreError::file("read", self.data, &why))?;
            if !ALLOWED.iter().any(|name| own.file_name() == *name) {
                return Err(RestoreError::NotEmpty(self.data.to_owned()));
            }
        }
        Ok(())
    }
}

/// Every entry and value of an opened backup. Values whose keys were left out, or destroyed since,
/// are as they should be.
fn looked_through(
    db: &Db,
    keys: &Keyring,
    people: PeopleKeys,
    at: (Timestamp, Progress<'_>),
) -> Result<Examined, RestoreError> {
    let mut examined = Examined::default();
    examine::integrity(db, Path::new(DATA), &mut examined);
    examine::contents(db, keys, at, &mut examined)?;
    let excused = |own: &examine::Finding| {
        own.wrong.is_note()
            || own.wrong == examine::Wrong::ClockBehind
            || (own.wrong == examine::Wrong::KeysMissing && people != PeopleKeys::Restored)
    };
    match examined.findings.iter().find(|own| !excused(own)) {
        None => Ok(examined),
        Some(own) => {
            let (code, place) = (own.wrong.code(), &own.place);
            Err(RestoreError::Wrong(format!("{code} at {place}")))
        }
    }
}

fn put(from: &Path, to: &Path) -> Result<(), StoreError> {
    place::put(from, to).map_err(|why| StoreError::file("create", to, &why))
}
