//! Another master key: every wrapped key is wrapped again, a few at a time, while everything goes on.

use std::path::PathBuf;

use super::keyring::{DataClass, Keyring, service_place, subject_place_of};
use crate::db::{one, params, rows, run};
use crate::writer::at_work;
use crate::{Refused, Store, StoreError};

/// Keys wrapped again in one commit: others write in between.
const KEYS_A_STEP: u32 = 1_000;

/// What the keys of a store are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysStatus {
    /// People whose data open.
    pub people: u64,
    /// People who were erased, of whom withheld evidence alone is left.
    pub erased: u64,
    /// Wrapped keys, of people and of services.
    pub keys: u64,
    /// Whether a rotation was begun and is not done.
    pub rotating: bool,
}

/// What a rotation of the master key did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterRotated {
    /// Keys that were wrapped again.
    pub wrapped: u64,
    /// The file of the key that was replaced; none where the environment gives it.
    pub replaced: Option<PathBuf>,
}

/// A wrapped key's place: whose, which class, which version.
type SubjectRow = ([u8; 16], u8, u32, Vec<u8>);

impl Store {
    /// What the keys are.
    ///
    /// # Errors
    /// [`StoreError`] when the key database fails.
    pub async fn keys_status(&self) -> Result<KeysStatus, StoreError> {
        self.read_sealed(|_, keys| keys.status()).await
    }

    /// Wraps every key again under a new master key, which is made first; under the one given, where
    /// the environment gives it. Everything else goes on meanwhile. Broken off, it is gone on with.
    /// `told` hears how many were looked at, of how many.
    ///
    /// # Errors
    /// [`StoreError`] when a file or the key database fails, and [`Refused::OthersAtWork`].
    pub async fn rotate_master(
        &self,
        told: impl Fn(u64, u64) + Send,
    ) -> Result<MasterRotated, StoreError> {
        let all = self.keys_status().await?.keys;
        let begun = self.writer.write(|tx| {
            // Whoever has the key before alone would wrap by it, and open nothing.
            match tx.node {
                Some(own) if at_work(tx.db, Some(own))? > 0 => Err(Refused::OthersAtWork.into()),
                _ => tx.keys.begin_rotation(),
            }
        });
        let (mut wrapped, mut looked) = (begun.await?, 0);
        let mut after = Vec::new();
        loop {
            let step = self.writer.write(move |tx| tx.keys.wrap_again(&after));
            let step = step.await?;
            wrapped += step.wrapped;
            looked += step.looked;
            told(looked, all);
            let Some(last) = step.last else { break };
            after = last;
        }
        let replaced = self.writer.write(|tx| tx.keys.end_rotation()).await?;
        Ok(MasterRotated { wrapped, replaced })
    }
}

/// What a step did.
struct Step {
    wrapped: u64,
    looked: u64,
    /// The last key looked at; none when there are no more.
    last: Option<Vec<u8>>,
}

impl Keyring {
    fn status(&self) -> Result<KeysStatus, StoreError> {
        const COUNT: &str = "
            select
              (select count(distinct subject) from subject_keys where class <> ?1),
              (select count(*) from subject_keys where class = ?1),
              (select count(*) from subject_keys) + (select count(*) from service_keys)";
        let withheld = DataClass::Withheld.code();
        let (people, erased, keys) = one(&self.db, COUNT, params![withheld], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(KeysStatus {
            people,
            erased,
            keys,
            rotating: self.masters.are_two(),
        })
    }

    /// Makes the key that takes over, and wraps the services' keys again.
    fn begin_rotation(&mut self) -> Result<u64, StoreError> {
        const ALL: &str = "select name, version, wrapped from service_keys";
        const KEEP: &str = "update service_keys set wrapped = ?3 where name = ?1 and version = ?2";
        self.masters.begin(&self.entropy)?;
        self.begin()?;
        let all: Vec<(String, u32, Vec<u8>)> = rows(&self.db, ALL, &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let mut wrapped = 0;
        for (name, version, kept) in all {
            let here = service_place(&name, version);
            if let Some(again) = self.again(&here, &kept)? {
                run(&self.db, KEEP, params![name, version, again])?;
                wrapped += 1;
            }
        }
        Ok(wrapped)
    }

    fn wrap_again(&mut self, after: &[u8]) -> Result<Step, StoreError> {
        const PAGE: &str = "
            select subject, class, version, wrapped
            from subject_keys
            where subject > ?1
            order by subject, class, version
            limit ?2";
        const KEEP: &str = "
            update subject_keys
            set wrapped = ?4
            where subject = ?1 and class = ?2 and version = ?3";
        let mut page: Vec<SubjectRow> = rows(&self.db, PAGE, params![after, KEYS_A_STEP], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        let whole = page.len() < KEYS_A_STEP as usize;
        // The last person's keys may be cut in two; they come again in the next step.
        let last = page.last().map(|(subject, ..)| *subject);
        if let Some(last) = last.filter(|_| !whole) {
            page.retain(|(subject, ..)| *subject != last);
        }
        self.begin()?;
        let mut wrapped = 0;
        for (subject, class, version, kept) in &page {
            let here = subject_place_of(subject, *class, *version);
            if let Some(again) = self.again(&here, kept)? {
                run(&self.db, KEEP, params![subject, class, version, again])?;
                wrapped += 1;
            }
        }
        let done = page.last().map(|(subject, ..)| subject.to_vec());
        Ok(Step {
            wrapped,
            looked: page.len() as u64,
            last: done.filter(|_| !whole),
        })
    }

    /// A key wrapped by the newest master key; none when it is already.
    fn again(&self, here: &[u8], kept: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if self.masters.is_newest(here, kept) {
            return Ok(None);
        }
        let key = self.masters.unwrap(here, kept)?;
        self.masters.wrap(here, &key, &self.entropy).map(Some)
    }

    fn end_rotation(&mut self) -> Result<Option<PathBuf>, StoreError> {
        self.masters.end()
    }
}
