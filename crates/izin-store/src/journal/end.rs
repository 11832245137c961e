//! Where the journal ended, beside it: a journal that was cut off since is not taken for a whole one.
//!
//! It is written in place after each line is durable, and not synced: after a power cut it may say less
//! than the journal has, never more.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::line::Check;

/// The file's name in the safe.
const NAME: &str = "refusals.end";
/// Bytes in the file: a length, a checksum and the end of the line. So few are written whole or not at all.
const BYTES: usize = 38;

/// The open file.
#[derive(Debug)]
pub(super) struct End(File);

impl End {
    /// Opens it, making it when absent.
    pub(super) fn open(safe: &Path) -> std::io::Result<Self> {
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).write(true);
        options.mode(0o600).open(safe.join(NAME)).map(Self)
    }

    /// Says that the journal has so many bytes, of which a line with that checksum is the last.
    pub(super) fn write(&self, length: u64, last: &Check) -> std::io::Result<()> {
        let said = format!("{length:020} {}\n", last.digits());
        self.0.write_all_at(said.as_bytes(), 0)
    }

    /// Makes what was written last durable.
    pub(super) fn sync(&self) -> std::io::Result<()> {
        self.0.sync_all()
    }
}

/// What was said last in a safe; none where nothing was.
pub(super) fn read(safe: &Path) -> std::io::Result<Option<(u64, Check)>> {
    let mut said = [0; BYTES];
    let damaged = || std::io::Error::other("it does not say where the journal beside it ends");
    match File::open(safe.join(NAME)) {
        Ok(mut file) => file.read_exact(&mut said).map_err(|_| damaged())?,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(why),
    }
    let text = std::str::from_utf8(&said).map_err(|_| damaged())?;
    let (length, digits) = text.trim_end().split_once(' ').ok_or_else(damaged)?;
    let length = length.parse().map_err(|_| damaged())?;
    Ok(Some((length, Check::from_digits(digits))))
}
