//! A backup: one consistent copy of the data, sealed, with its own signed checkpoint.
//!
//! It holds the keys that belong to the store (without them no suppression is found and no refusal
//! stands), and never, unless asked, the keys of people: whoever was erased must not live on in an
//! old backup. Start at [`Store::back_up`]; the way back is in [`restore`].

mod made;
pub mod restore;

use std::fs::File;
use std::io::{BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use izin_core::Timestamp;
use izin_log::TreeHead;

use crate::place::{self, make_file, sync_parent};
use crate::vault::stream::{StreamError, open_stream, seal_stream};
use crate::vault::{Key, read_key};
use crate::{Entropy, Store, StoreError};

pub use made::Made;

/// People's keys in a backup, in a folder that can be deleted by itself.
const PEOPLE: &str = "keys/people.sqlite";
/// What a backup's own key is derived for (BLAKE3 key derivation).
const CONTEXT: &str = "izin 2026-11 backup";

/// The key that a backup is sealed under.
#[derive(Debug, Clone)]
pub struct BackupKey(Key);

impl BackupKey {
    /// Derives it from a file with 64 hexadecimal digits: the store's `master.key`, or another.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        read_key(path).map(|key| Self::of(&key))
    }

    /// Derives it from a key that lies in no file: the one that the environment gives.
    #[must_use]
    pub fn of(key: &Key) -> Self {
        let derived = blake3::derive_key(CONTEXT, key.expose());
        Self(Key::from_bytes(derived))
    }
}

/// How a backup is made.
pub struct BackUp {
    /// A new or empty folder.
    pub folder: PathBuf,
    /// What it is sealed under.
    pub key: BackupKey,
    /// Whether the keys of people come along.
    pub with_people: bool,
    /// When it is made.
    pub now: Timestamp,
    /// Signs the ledger as it was copied.
    pub sign: Box<dyn Fn(&TreeHead) -> String + Send>,
    /// Told how many bytes are sealed, of how many.
    pub told: Box<dyn Fn(u64, u64) + Send>,
}

impl Store {
    /// Where the store keeps its master key.
    #[must_use]
    pub fn master_key_file(&self) -> PathBuf {
        self.dir.join(place::MASTER)
    }

    /// Copies the data as they are at one moment into sealed files, while writers go on. What is not
    /// sealed yet lies in the data directory and nowhere else.
    ///
    /// # Errors
    /// [`StoreError`]; what was written by then is no backup and says so.
    pub async fn back_up(&self, asked: BackUp) -> Result<Made, StoreError> {
        if !self.is_alone() {
            return Err(StoreError::BackUpThere);
        }
        let (dir, entropy) = (self.dir.clone(), self.entropy.clone());
        let masters = self
            .read_sealed(|_, keys| Ok(keys.masters().clone()))
            .await?;
        let alone = Arc::clone(&self.backing_up);
        self.read(move |db| {
            let _alone = alone.lock().unwrap_or_else(PoisonError::into_inner);
            made::make(db, (&dir, &entropy, &masters), &asked)
        })
        .await
    }
}

/// Makes a folder that only this user can read, and those above it.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    place::make_folder(path).map_err(|why| StoreError::file("create", path, &why))
}

/// The name of a sealed file.
fn sealed(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.sealed"))
}

/// Seals one file under a name.
fn seal_file(
    (key, name): (&BackupKey, &str),
    (from, to): (&Path, &Path),
    (entropy, told): (&Entropy, &dyn Fn(u64)),
) -> Result<(), StoreError> {
    let plain = File::open(from).map_err(|why| StoreError::file("read", from, &why))?;
    seal_from(
        (key, name),
        (&mut BufReader::new(plain), to),
        (entropy, told),
    )
}

/// Seals what is read under a name.
fn seal_from(
    (key, name): (&BackupKey, &str),
    (from, to): (&mut impl Read, &Path),
    (entropy, told): (&Entropy, &dyn Fn(u64)),
) -> Result<(), StoreError> {
    let mut file = create(to)?;
    seal_stream((&key.0, name), from, &mut file, (entropy, told))
        .map_err(|why| failed("write", to, why))?;
    end(file, to)
}

/// Opens one sealed file into a new one.
fn open_file(
    (key, name): (&BackupKey, &str),
    (from, to): (&Path, &Path),
    told: &dyn Fn(u64),
) -> Result<(), StoreError> {
    let sealed = File::open(from).map_err(|why| StoreError::file("read", from, &why))?;
    let mut file = create(to)?;
    open_stream((&key.0, name), &mut BufReader::new(sealed), &mut file, told)
        .map_err(|why| failed("open", from, why))?;
    end(file, to)
}

fn create(path: &Path) -> Result<BufWriter<File>, StoreError> {
    let made = make_file(path).map(BufWriter::new);
    made.map_err(|why| StoreError::file("create", path, &why))
}

/// Makes a file and its name durable.
fn end(file: BufWriter<File>, path: &Path) -> Result<(), StoreError> {
    let file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error);
    file.and_then(|file| file.sync_all())
        .and_then(|()| sync_parent(path))
        .map_err(|why| StoreError::file("write", path, &why))
}

fn failed(what: &'static str, path: &Path, why: StreamError) -> StoreError {
    match why {
        StreamError::Store(why) => why,
        other => StoreError::File {
            what,
            path: path.to_owned(),
            why: other.to_string(),
        },
    }
}
