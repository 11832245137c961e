//! Where a store keeps what, and how its folders and files come into being.
//!
//! What is made here only this user can read. A file that is put in its place is whole and durable, or
//! not there: neither a kill nor a full disk leaves half of one under its name.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::db::Home;
use crate::db::postgres::Server;
use crate::vault::MasterSource;

/// The database, in the data directory.
pub const DATA: &str = "izin.sqlite";
/// The folder of the keys, in the data directory.
pub const KEYS_FOLDER: &str = "keys";
/// The database of the keys.
pub const KEYS: &str = "keys/keys.sqlite";
/// The master key, where it lies in a file.
pub const MASTER: &str = "keys/master.key";
/// The master key that is taking over, where one is.
pub const NEXT_MASTER: &str = "keys/master.key.next";
/// Opened copies for a backup that is being made.
pub(crate) const BACKING_UP: &str = "backing-up";
/// A backup that is being put back.
pub const RESTORING: &str = "restoring";
/// Every refusal a second time, in the safe.
pub const JOURNAL: &str = "refusals.journal";
/// The last signed note about the ledger, in the safe and in a backup.
pub const CHECKPOINT: &str = "checkpoint";
/// What a file's name ends with until it is whole.
const UNFINISHED: &str = "unfinished";

/// Servers that keep what else lies in files of the data directory.
#[derive(Debug, Clone)]
pub struct Servers {
    /// The ledger and everything else but the keys.
    pub data: Server,
    /// The keys: a database of their own, with short-lived backups of its own.
    pub keys: Server,
}

/// Where a store's two databases are.
#[derive(Debug, Clone)]
pub(crate) struct Homes {
    pub(crate) data: Home,
    pub(crate) keys: Home,
}

impl Place<'_> {
    /// Where the databases are.
    pub(crate) fn homes(&self) -> Homes {
        match self.servers {
            None => Homes {
                data: Home::File(self.dir.join(DATA)),
                keys: Home::File(self.dir.join(KEYS)),
            },
            Some(servers) => Homes {
                data: Home::Server(servers.data.clone().into()),
                keys: Home::Server(servers.keys.clone().into()),
            },
        }
    }
}

/// Where a store is.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The data directory.
    pub dir: &'a Path,
    /// The folder outside of it, with the journal of refusals.
    pub safe: &'a Path,
    /// Where the master key comes from.
    pub master: &'a MasterSource,
    /// The servers that keep the data; without any, files in the directory do.
    pub servers: Option<&'a Servers>,
}

/// Makes a folder that only this user can read, and those above it; one that is there stays.
///
/// # Errors
/// As the operating system says.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    sync_parent(path)
}

/// Makes a folder, or takes one in which nothing lies; says whether nothing does.
///
/// # Errors
/// As the operating system says.
pub fn make_empty_folder(path: &Path) -> io::Result<bool> {
    make_folder(path)?;
    Ok(fs::read_dir(path)?.next().is_none())
}

/// Makes a new file that only this user can read.
///
/// # Errors
/// As the operating system says; also when it is there.
pub fn make_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

/// Writes a file beside its place and puts it there.
///
/// # Errors
/// What `fill` answers, and as the operating system says: then the file is as it was before.
pub fn replace_file<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let unfinished = unfinished(path);
    let mut file = make_anew(&unfinished)?;
    let replaced = fill(&mut file).and_then(|()| {
        file.sync_all()?;
        Ok(put(&unfinished, path)?)
    });
    if replaced.is_err() {
        // It would only take the room that others want.
        drop(fs::remove_file(&unfinished));
    }
    replaced
}

/// Where a file is until it is whole.
#[must_use]
pub fn unfinished(path: &Path) -> PathBuf {
    path.with_added_extension(UNFINISHED)
}

/// Puts a whole file or folder in its place.
///
/// # Errors
/// As the operating system says.
pub(crate) fn put(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_parent(to)
}

/// Makes a new file that only this user can read, in the place of one that may be there.
pub(crate) fn make_anew(path: &Path) -> io::Result<File> {
    remove_file(path)?;
    make_file(path)
}

/// Removes a file that may be there.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

/// Makes a file's place in its folder durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(own) if own.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(own) => File::open(own)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use izin_testkit::TempDir;

    use super::*;

    fn rights(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_that_could_not_be_filled_is_as_it_was_and_leaves_nothing_beside_it() {
        let dir = TempDir::new();
        let path = dir.path().join("kept");
        fs::write(dir.path().join("kept.unfinished"), "killed meanwhile").unwrap();
        replace_file(&path, |file| file.write_all(b"whole")).unwrap();
        let full = |file: &mut File| {
            file.write_all(b"ha")?;
            Err(io::Error::from(ErrorKind::StorageFull))
        };
        assert!(replace_file(&path, full).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(rights(&path), 0o600);
    }

    #[test]
    fn a_folder_is_for_this_user_alone_and_an_empty_one_is_told_from_another() {
        let dir = TempDir::new();
        let path = dir.path().join("above/own");
        assert!(make_empty_folder(&path).unwrap());
        assert_eq!(
            (rights(&path), rights(path.parent().unwrap())),
            (0o700, 0o700)
        );
        fs::write(path.join("mine"), "").unwrap();
        assert!(!make_empty_folder(&path).unwrap());
    }
}
