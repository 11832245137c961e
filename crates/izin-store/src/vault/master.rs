//! The master key, which wraps every other: where it comes from, and how another takes its place.
//!
//! It lies in `master.key`, or the operator's environment gives it. A key service would be a third
//! [`MasterSource`]: whatever wraps and unwraps 32 bytes can stand where [`Masters`] stands. While one
//! key takes over from another both unwrap, and only the newer wraps: so a rotation may be broken off at
//! any moment and gone on with. Start at [`Masters`].

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use izin_core::{hex, unhex};
use zeroize::Zeroize;

use super::{Key, open, seal};
use crate::{Entropy, StoreError, place};

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
    /// A key as 64 hexadecimal digits, either case.
    #[must_use]
    pub fn key(text: &str) -> Option<Key> {
        let mut digits = text.trim().to_ascii_lowercase();
        let key = unhex(&digits).map(Key::from_bytes);
        digits.zeroize();
        key
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
                let next = next.exists().then(|| read_key(&next)).transpose()?;
                let keys = next.into_iter().chain([read_key(&path)?]).collect();
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
            keys.insert(0, read_key(&next)?);
        }
        Ok(())
    }

    /// Lets the newest stand alone, once it has wrapped everything. The one before stays beside it, in
    /// the file that is answered.
    pub(crate) fn end(&self) -> Result<Option<PathBuf>, StoreError> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut kept = None;
        if let (Some(folder), [_, replaced, ..]) = (&self.folder, keys.as_slice()) {
            // A crash between the two leaves `next` with everything wrapped by it; the copy is made
            // first, so that no moment is without the key that older backups need.
            let before = unused(folder);
            write(&before, replaced)?;
            let path = folder.join(NAME);
            let moved = place::put(&folder.join(NEXT), &path);
            moved.map_err(|why| StoreError::file("replace", &path, &why))?;
            kept = Some(before);
        }
        keys.truncate(1);
        Ok(kept)
    }
}

/// The first name for a replaced key that no other has.
fn unused(folder: &Path) -> PathBuf {
    let mut number = 1_u64;
    loop {
        let own = folder.join(format!("{BEFORE}-{number}"));
        if !own.exists() {
            return own;
        }
        number += 1;
    }
}

/// Makes a key, whole and durable under its name or not at all.
fn make(path: &Path, entropy: &Entropy) -> Result<(), StoreError> {
    write(path, &Key::from_bytes(entropy.bytes()?))
}

fn write(path: &Path, key: &Key) -> Result<(), StoreError> {
    let mut text = text_of(key);
    let written = place::replace_file(path, |file| file.write_all(text.as_bytes()));
    text.zeroize();
    written.map_err(|why| StoreError::file("write", path, &why))
}

/// A key as its file holds it.
pub(crate) fn text_of(key: &Key) -> String {
    let mut text = hex(key.expose());
    text.push('\n');
    text
}

/// Reads a key from its file.
pub(crate) fn read_key(path: &Path) -> Result<Key, StoreError> {
    let text = fs::read_to_string(path);
    let mut text = text.map_err(|why| StoreError::file("read", path, &why))?;
    let key = MasterSource::key(&text);
    text.zeroize();
    key.ok_or_else(|| StoreError::File {
        what: "read a key from",
        path: path.to_owned(),
        why: "64 hexadecimal digits are expected".to_owned(),
    })
}
