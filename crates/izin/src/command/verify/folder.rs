//! The files of an exported folder: every one of them, and no further than one may be long.

use std::fs::{self, File, ReadDir};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use izin_log::verify::{FILE_BYTES_MAX, ReadError};

/// Every file below a folder, hidden ones too, as paths with `/`. What is neither a file nor a
/// folder is an error: nobody could say what it holds.
pub(super) struct Files {
    folder: PathBuf,
    open: Vec<ReadDir>,
}

/// Opens a file of a folder; `None` when there is none. A link is not followed.
pub(super) fn open(path: &Path) -> Result<Option<File>, ReadError> {
    let kind = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !kind.is_file() {
        return Err("it is not a plain file".into());
    }
    Ok(Some(File::open(path)?))
}

/// Reads a file of the export, and no further than one may be long.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    let Some(file) = open(path)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

impl Files {
    /// The files of a folder.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            open: vec![fs::read_dir(folder)?],
        })
    }

    /// The name of a file; a folder is opened instead.
    fn step(&mut self, entry: io::Result<fs::DirEntry>) -> Result<Option<String>, ReadError> {
        let entry = entry?;
        let path = entry.path();
        let inside = path.strip_prefix(&self.folder)?;
        let name = inside
            .to_str()
            .ok_or_else(|| format!("`{}` has a name that is not UTF-8", inside.display()))?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            self.open.push(fs::read_dir(&path)?);
            return Ok(None);
        }
        if !kind.is_file() {
            return Err(format!("`{name}` is neither a file nor a folder").into());
        }
        Ok(Some(name.to_owned()))
    }
}

impl Iterator for Files {
    type Item = Result<String, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(entry) = self.open.last_mut()?.next() else {
                self.open.pop();
                continue;
            };
            match self.step(entry) {
                Ok(None) => {}
                Ok(Some(name)) => return Some(Ok(name)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
