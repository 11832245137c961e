//! One process owns a store: an advisory lock on a file in its directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::{StoreError, place};

/// Ownership of a data directory, until dropped or until the process ends, however it ends.
#[derive(Debug)]
pub struct Owner {
    lock: File,
}

impl Owner {
    /// Takes the directory, making it when absent (readable by this user only).
    ///
    /// # Errors
    /// [`StoreError::Owned`] when another process has it, [`StoreError::File`] otherwise.
    pub fn take(dir: &Path) -> Result<Self, StoreError> {
        place::make_folder(dir).map_err(|why| StoreError::file("create", dir, &why))?;
        Self::lock(dir, "owner.lock")
    }

    /// Takes what is copied beside the store of a directory, whoever has the store.
    pub(crate) fn take_copy(dir: &Path) -> Result<Self, StoreError> {
        Self::lock(dir, "moving.lock")
    }

    fn lock(dir: &Path, name: &str) -> Result<Self, StoreError> {
        let path = dir.join(name);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|why| StoreError::file("write", &path, &why))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Owned {
                dir: dir.to_owned(),
            }),
            Err(TryLockError::Error(why)) => Err(StoreError::file("lock", &path, &why)),
        }
    }
}

impl Drop for Owner {
    /// Lets go at once: a process that is just being begun holds every open file until it has become
    /// another program, and closing ours would leave the lock to it.
    fn drop(&mut self) {
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, "the lock ends with the file");
        }
    }
}
