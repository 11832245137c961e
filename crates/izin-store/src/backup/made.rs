//! Making a backup, and what it says about itself. `backup.json` is written last: a folder without
//! it holds none.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use izin_core::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::{BackUp, PEOPLE, make_folder, seal_file, seal_from, sealed};
use crate::db::{Db, params, run, sqlite};
use crate::ledger::Tree;
use crate::place::{self, BACKING_UP, CHECKPOINT, DATA, KEYS, KEYS_FOLDER, MASTER, NEXT_MASTER};
use crate::vault::{Key, Masters, text_of};
use crate::{Entropy, StoreError};

/// The form of the folder.
pub(super) const FORMAT: u32 = 1;
/// What a backup says about itself.
pub(super) const ABOUT: &str = "backup.json";

/// What a backup says about itself: in clear, for whoever has no key, and sealed, against which a restore
/// compares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The form of the folder.
    pub format: u32,
    /// The schema of the data.
    pub schema: u32,
    /// When it was made.
    #[serde(with = "moment")]
    pub made_at: Timestamp,
    /// Entries in the ledger.
    pub entries: u64,
    /// Whether the keys of people are in it.
    pub people_keys: bool,
}

/// Makes a backup of the data in `dir` through a reading connection.
pub(super) fn make(
    db: &Db,
    (dir, entropy, masters): (&Path, &Entropy, &Masters),
    asked: &BackUp,
) -> Result<Made, StoreError> {
    new_folder(&asked.folder)?;
    make_folder(&asked.folder.join(KEYS_FOLDER))?;
    let opened = Opened::new(dir.join(BACKING_UP))?;
    let copy = opened.copy();
    sqlite::copy_into(db, &copy)?;
    let copied = sqlite::open_reader(&copy)?;
    let head = Tree::load(&copied)?.head();
    let schema = sqlite::schema(&copied)?;
    drop(copied);
    let bytes = fs::metadata(&copy).map_or(0, |found| found.len());
    let told = |done| (asked.told)(done, bytes);
    let seal = |name: &str| {
        let to = sealed(&asked.folder, name);
        seal_file((&asked.key, name), (&copy, &to), (entropy, &told))
    };
    seal(DATA)?;
    let keys = dir.join(KEYS);
    let before = masters.in_files();
    copy_store_keys(&keys, &copy)?;
    seal(KEYS)?;
    if asked.with_people {
        // After the data: the keys of everybody in them are durable, and so in this copy.
        sqlite::copy_into(&sqlite::open_reader(&keys)?, &copy)?;
        seal(PEOPLE)?;
    }
    // Whatever master key took over while keys were copied, one of these wrapped each.
    seal_masters((&before, &masters.in_files()), (asked, entropy))?;
    write(
        &asked.folder.join(CHECKPOINT),
        (asked.sign)(&head).as_bytes(),
    )?;
    let made = Made {
        format: FORMAT,
        schema,
        made_at: asked.now,
        entries: head.size,
        people_keys: asked.with_people,
    };
    let about = serde_json::to_vec_pretty(&made).map_err(|_| StoreError::Damaged {
        what: "description of the backup",
    })?;
    let to = sealed(&asked.folder, ABOUT);
    seal_from(
        (&asked.key, ABOUT),
        (&mut about.as_slice(), &to),
        (entropy, &|_| {}),
    )?;
    write(&asked.folder.join(ABOUT), &about)?;
    Ok(made)
}

/// The folder of copies that are not sealed yet; it goes however the backup ends.
struct Opened(PathBuf);

impl Opened {
    fn new(folder: PathBuf) -> Result<Self, StoreError> {
        make_folder(&folder)?;
        Ok(Self(folder))
    }

    fn copy(&self) -> PathBuf {
        self.0.join("copy.sqlite")
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            let folder = self.0.display();
            tracing::warn!(%error, %folder, "what a backup copied is left until the next start");
        }
    }
}

/// Writes a small file, whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let written = place::replace_file(path, |file| file.write_all(bytes));
    written.map_err(|why| StoreError::file("write", path, &why))
}

/// Seals the master keys that wrapped what was copied; none where the environment gives them.
fn seal_masters(
    (before, after): (&[Key], &[Key]),
    (asked, entropy): (&BackUp, &Entropy),
) -> Result<(), StoreError> {
    let (Some(oldest), Some(newest)) = (before.last(), after.first()) else {
        return Ok(());
    };
    let taking_over = (oldest.expose() != newest.expose()).then_some((newest, NEXT_MASTER));
    for (key, name) in [(oldest, MASTER)].into_iter().chain(taking_over) {
        let to = sealed(&asked.folder, name);
        let mut text = text_of(key);
        let done = seal_from(
            (&asked.key, name),
            (&mut text.as_bytes(), &to),
            (entropy, &|_| {}),
        );
        text.zeroize();
        done?;
    }
    Ok(())
}

/// Refuses a folder that holds something.
fn new_folder(folder: &Path) -> Result<(), StoreError> {
    let empty = place::make_empty_folder(folder);
    if empty.map_err(|why| StoreError::file("create", folder, &why))? {
        return Ok(());
    }
    Err(StoreError::File {
        what: "back up into",
        path: folder.to_owned(),
        why: "it is not empty; name a new folder".into(),
    })
}

/// Copies the keys that belong to the store and to no person.
fn copy_store_keys(keys: &Path, copy: &Path) -> Result<(), StoreError> {
    const COPY: &str = "
        insert into service_keys (name, version, wrapped)
        select name, version, wrapped
        from source.service_keys";
    let name = keys.to_str().ok_or(StoreError::Damaged {
        what: "name of a folder (it is not UTF-8)",
    })?;
    drop(sqlite::make_anew(copy)?);
    let db = sqlite::open_plain(copy)?;
    db.batch(crate::vault::SCHEMA)?;
    run(&db, "attach ?1 as source", params![name])?;
    run(&db, COPY, &[])?;
    db.batch("detach source")
}

/// A moment as RFC 3339.
mod moment {
    use izin_core::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        Timestamp::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}
