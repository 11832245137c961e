//! The master key, which wraps every other: where it comes from, and how another takes its place.
//!
//! It lies in `master.key`, or the operator's environment gives it. A key service would be a third
//! [`MasterSource`]: whatever wraps and unwraps 32 bytes can stand where [`Masters`] stands. While one
//! key takes over from another both unwrap, and only the newer wraps: so a rotation may be broken off at
//! any moment and gone on with. Start at [`Masters`].

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroize;

use super::{Key, open, seal};
use crate::ledger::hex;
use crate::{Entropy, StoreError};

/// The file.
const NAME: &str = "master.key";
/// The one that is taking over.
const NEXT: &str = "master.key.next";
/// How those that were replaced are called, with a number each: older backups need them.
const BEFORE: &str = "master.key.before";

/// Where the master key comes from.
#[derive(Debug, Clone, Default)]
pub enum MasterSource {
    /// A file beside the keys it wraps, made when there is nothing yet.
    #[default]
    File,
    /// The operator: the key, and the one it takes over from.
    Given {
        /// What wraps.
        key: Key,
        /// What may still have wrapped something.
        before: Option<Key>,
    },
}

impl MasterSource {
    /// A key as 64 hexadecimal digits.
    #[must_use]
    pub fn key(text: &str) -> Option<Key> {
        key_from_hex(text.trim())
    }

    /// Its name for people.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Given { .. } => "environment",
        }
    }
}

/// The master keys that may have wrapped something, the newest first; one for all who open the keys of
/// a store.
#[derive(Debug, Clone)]
pub(crate) struct Masters {
    keys: Arc<RwLock<Vec<Key>>>,
    folder: Option<PathBuf>,
}

impl Masters {
    /// Takes the keys from their source. A lost master key is never replaced silently: everything
    /// would be unreadable.
    pub(crate) fn read(
        (folder, source): (&Path, &MasterSource),
        must_exist: bool,
        entropy: &Entropy,
    ) -> Result<Self, StoreError> {
        let (keys, folder) = match source {
            MasterSource::Given { key, before } => (
                std::iter::once(key.clone()).chain(before.clone()).collect(),
                None,
            ),
            MasterSource::File => {
                let path = folder.join(NAME);
                if !path.exists() && !must_exist {
                    make(&path, entropy)?;
                }
                let next = folder.join(NEXT);
                let next = next.exists().then(|| read(&next)).transpose()?;
                let keys = next.into_iter().chain([read(&path)?]).collect();
                (keys, Some(folder.to_owned()))
            }
        };
        Ok(Self {
            keys: Arc::new(RwLock::new(keys)),
            folder,
        })
    }

    /// Wraps a key under the newest.
    pub(crate) fn wrap(
        &self,
        here: &[u8],
        key: &Key,
        entropy: &Entropy,
    ) -> Result<Vec<u8>, StoreError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let newest = keys
            .first()
            .ok_or(StoreError::Damaged { what: "master key" })?;
        seal(newest, here, key.expose(), entropy)
    }

    /// Unwraps a key that any of them wrapped.
    pub(crate) fn unwrap(&self, here: &[u8], wrapped: &[u8]) -> Result<Key, StoreError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let opened = keys.iter().find_map(|own| open(own, here, wrapped).ok());
        let mut plain = opened.ok_or(StoreError::Damaged {
            what: "key (is this the right master.key?)",
        })?;
        let bytes = <[u8; 32]>::try_from(plain.as_slice());
        plain.zeroize();
        bytes
            .map(Key::from_bytes)
            .map_err(|_| StoreError::Damaged { what: "key length" })
    }

    /// Whether the newest wrapped it.
    pub(crate) fn is_newest(&self, here: &[u8], wrapped: &[u8]) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.first()
            .is_some_and(|own| open(own, here, wrapped).is_ok())
    }

    /// Those that are in use, the newest first; none where they are not ours to keep.
    pub(crate) fn in_files(&self) -> Vec<Key> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        self.folder.as_ref().map_or(Vec::new(), |_| keys.clone())
    }

    /// Whether one key is taking over from another.
    pub(crate) fn are_two(&self) -> bool {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
            > 1
    }

    /// Makes the key that takes over, unless there is one already. Durable before it wraps anything.
    pub(crate) fn begin(&self, entropy: &Entropy) -> Result<(), StoreError> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() == 1 {
            let next = folder.join(NEXT);
            make(&next, entropy)?;
            keys.insert(0, read(&next)?);
        }
        Ok(())
    }

    /// Lets the newest stand alone, once it has wrapped everything. The one before stays beside it.
    pub(crate) fn end(&self) -> Result<(), StoreError> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() > 1
            && let Some(folder) = &self.folder
        {
            let path = folder.join(NAME);
            let names = (1..).map(|number| folder.join(format!("{BEFORE}-{number}")));
            let before = names.into_iter().find(|own| !own.exists());
            let before = before.unwrap_or_else(|| folder.join(BEFORE));
            let replace = || {
                // A crash between the two leaves `next` alone with everything wrapped by it; the
                // copy is made first, so that no moment is without a `master.key`.
                fs::copy(&path, &before)?;
                File::open(&before)?.sync_all()?;
                fs::rename(folder.join(NEXT), &path)?;
                sync_parent(&path)
            };
            replace().map_err(|why| StoreError::file("replace", &path, &why))?;
        }
        keys.truncate(1);
        Ok(())
    }
}

/// Makes a key in a new file that only this user may read.
fn make(path: &Path, entropy: &Entropy) -> Result<(), StoreError> {
    let key = Key::from_bytes(entropy.bytes()?);
    let mut text = text_of(&key);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            sync_parent(path)
        });
    text.zeroize();
    written.map_err(|why| StoreError::file("write", path, &why))
}

/// A key as its file holds it.
pub(crate) fn text_of(key: &Key) -> String {
    let mut text = hex(key.expose());
    text.push('\n');
    text
}

fn read(path: &Path) -> Result<Key, StoreError> {
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
