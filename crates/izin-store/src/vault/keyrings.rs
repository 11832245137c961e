//! Ways to the keys for whoever reads beside the writer: as many as read at once, so that nobody waits for
//! another's export.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Hasher, Keyring, Masters};
use crate::db::{Db, Home};
use crate::{Entropy, StoreError};

/// Keyrings over one database of keys, open as long as the store is.
pub(crate) struct Keyrings {
    home: Home,
    masters: Masters,
    hasher: Hasher,
    entropy: Entropy,
    idle: Mutex<Vec<Keyring>>,
}

impl Keyrings {
    /// Beside the writer's own; one is open already.
    pub(crate) fn beside(own: &Keyring, home: &Home) -> Result<Self, StoreError> {
        let keyrings = Self {
            home: home.clone(),
            masters: own.masters.clone(),
            hasher: own.hasher().clone(),
            entropy: own.entropy.clone(),
            idle: Mutex::default(),
        };
        keyrings.put_back(keyrings.open()?);
        Ok(keyrings)
    }

    /// One of the caller's own.
    pub(crate) fn open(&self) -> Result<Keyring, StoreError> {
        Ok(Keyring {
            db: self.home.open_writer()?,
            masters: self.masters.clone(),
            hasher: self.hasher.clone(),
            entropy: self.entropy.clone(),
            in_transaction: false,
            fresh: HashMap::new(),
        })
    }

    /// Reads with one that nobody else uses meanwhile.
    pub(crate) fn read<R>(
        &self,
        job: impl FnOnce(&Keyring) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let idle = self.idle().pop();
        let keys = idle.map_or_else(|| self.open(), Ok)?;
        let read = job(&keys);
        self.put_back(keys);
        read
    }

    fn put_back(&self, keys: Keyring) {
        if !keys.db.is_lost() {
            self.idle().push(keys);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Keyring>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keyring {
    /// Reads from one state of the data and one of the keys.
    pub(crate) fn in_one_state<R>(
        &self,
        data: &Db,
        read: impl FnOnce() -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let _both = (data.reading()?, self.db.reading()?);
        read()
    }
}
