//! A backup: one consistent copy of the data, sealed, with its own signed checkpoint.
//!
//! It holds the keys that belong to the store (without them no suppression is found and no refusal
//! stands), and never, unless asked, the keys of people: whoever was erased must not live on in an
//! old backup. Start at [`Store::back_up`]; the way back is in [`restore`].

mod made;
pub mod restore;

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use izin_core::Timestamp;
use izin_log::TreeHead;
use zeroize::Zeroize;

use crate::vault::stream::{StreamError, open_stream, seal_stream};
use crate::vault::{Key, key_from_hex, sync_parent};
use crate::{Entropy, Store, StoreError};

pub use made::Made;

/// The sealed files, as they are named in a backup and in a data directory.
const DATA: &str = "izin.sqlite";
const KEYS: &str = "keys/keys.sqlite";
const MASTER: &str = "keys/master.key";
/// The master key that is taking over, where one is.
const NEXT_MASTER: &str = "keys/master.key.next";
/// People's keys in a backup, in a folder that can be deleted by itself.
const PEOPLE: &str = "keys/people.sqlite";
/// The signed note about the ledger as it was copied.
const CHECKPOINT: &str = "checkpoint";
/// What a backup's own key is derived for (BLAKE3 key derivation).
const CONTEXT: &str = "izin 2026-11 backup";

/// The key that a backup is sealed under.
#[derive(Debug, Clone)]
pub struct BackupKey(Key);

impl BackupKey {
    /// Derives it from a file with 64 hexadecimal digits: the store's `master.key`, or another.
    ///
    /// # Errors
    /// [`StoreError::File`] and [`StoreError::Damaged`].
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let text = fs::read_to_string(path);
        let mut text = text.map_err(|why| StoreError::file("read", path, &why))?;
        let key = key_from_hex(text.trim());
        text.zeroize();
        let key = key.ok_or(StoreError::Damaged {
            what: "key file (64 hexadecimal digits are expected)",
        })?;
        Ok(Self::of(&key))
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
        self.dir.join(MASTER)
    }

    /// Copies the data as they are at one moment into sealed files, while writers go on.
    ///
    /// # Errors
    /// [`StoreError`]; what was written by then is no backup and says so.
    pub async fn back_up(&self, asked: BackUp) -> Result<Made, StoreError> {
        let (dir, entropy) = (self.dir.clone(), self.entropy.clone());
        let masters = self
            .read_sealed(|_, keys| Ok(keys.masters().clone()))
            .await?;
        self.read(move |db| made::make(db, (&dir, &entropy, &masters), &asked))
            .await
    }
}

/// Makes a new file that only this user can read.
fn create(path: &Path) -> Result<File, StoreError> {
    let mut options = fs::OpenOptions::new();
    let created = options.write(true).create_new(true).mode(0o600).open(path);
    created.map_err(|why| StoreError::file("create", path, &why))
}

/// Makes a folder that only this user can read, and those above it.
fn create_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(path);
    made.map_err(|why| StoreError::file("create", path, &why))
}

/// Writes a small file durably.
fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = create(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written
        .and_then(|()| sync_parent(path))
        .map_err(|why| StoreError::file("write", path, &why))
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
    let mut file = BufWriter::new(create(to)?);
    seal_stream((&key.0, name), from, &mut file, (entropy, told))
        .map_err(|why| failed("write", to, why))?;
    let file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error);
    file.and_then(|file| file.sync_all())
        .and_then(|()| sync_parent(to))
        .map_err(|why| StoreError::file("write", to, &why))
}

/// Opens one sealed file into a new one.
fn open_file(
    (key, name): (&BackupKey, &str),
    (from, to): (&Path, &Path),
    told: &dyn Fn(u64),
) -> Result<(), StoreError> {
    let sealed = File::open(from).map_err(|why| StoreError::file("read", from, &why))?;
    let mut file = BufWriter::new(create(to)?);
    open_stream((&key.0, name), &mut BufReader::new(sealed), &mut file, told)
        .map_err(|why| failed("open", from, why))?;
    let file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error);
    file.and_then(|file| file.sync_all())
        .map_err(|why| StoreError::file("write", to, &why))
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
