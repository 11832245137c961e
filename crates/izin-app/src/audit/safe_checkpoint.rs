//! The last checkpoint, kept outside the data directory: what an older backup, put back, cannot
//! take away.
//!
//! It is written whenever the log was signed, and read when the store is opened. It must never be
//! behind what was shown to anybody. Start at [`SafeCheckpoint::keep`].

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use izin_store::place;

/// The longest checkpoint that is read, in bytes: three lines and a signature.
const CHECKPOINT_BYTES_MAX: u64 = 16 * 1024;

/// A folder for what must outlive a restore.
#[derive(Debug, Clone)]
pub(crate) struct SafeCheckpoint(PathBuf);

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the safe folder `{}`: {why}", path.display())]
pub struct SafeError {
    /// Which file or folder.
    path: PathBuf,
    /// The operating system's words.
    #[source]
    why: io::Error,
}

impl SafeCheckpoint {
    pub(crate) fn of(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// The file, for sentences that name it.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.join(place::CHECKPOINT)
    }

    /// The last checkpoint; `None` before the first.
    pub(crate) fn read(&self) -> Result<Option<String>, SafeError> {
        let mut note = String::new();
        let read = File::open(self.path())
            .and_then(|file| file.take(CHECKPOINT_BYTES_MAX).read_to_string(&mut note));
        match read {
            Ok(_) => Ok(Some(note)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(why) => Err(self.failed(why)),
        }
    }

    /// Puts a checkpoint in the place of the last; durable when it returns. A crash at any moment
    /// leaves one of the two.
    pub(crate) async fn keep(&self, note: String) -> Result<(), SafeError> {
        let own = self.clone();
        let work = tokio::task::spawn_blocking(move || own.write(&note));
        let ended = work
            .await
            .unwrap_or_else(|fault| Err(io::Error::other(fault)));
        ended.map_err(|why| self.failed(why))
    }

    fn write(&self, note: &str) -> io::Result<()> {
        place::make_folder(&self.0)?;
        place::replace_file(&self.path(), |file| file.write_all(note.as_bytes()))
    }

    fn failed(&self, why: io::Error) -> SafeError {
        SafeError {
            path: self.path(),
            why,
        }
    }
}
