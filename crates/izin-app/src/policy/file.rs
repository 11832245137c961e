//! One file of the folder: read within bounds, as text.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use super::code::Code;
use super::found::{Found, word};
use crate::visible::visible;

/// The longest policy file, in bytes: room for several hundred purposes.
pub(super) const FILE_BYTES_MAX: u64 = 256 * 1024;

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name in the folder.
    pub(super) name: String,
    /// Where it was looked for, as whoever asked can open it.
    pub(super) path: String,
    /// What stands in it; bytes that are no text are replaced.
    pub(super) text: String,
}

impl Source {
    /// A file of which nothing could be read.
    pub(super) fn empty(path: &Path, name: &str) -> Arc<Self> {
        Self::of(path, &visible(name), String::new())
    }

    /// A file that is not the folder's.
    pub(super) fn shown(path: &Path, text: &str) -> Arc<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self::of(path, &visible(&name), text.to_owned())
    }

    fn of(path: &Path, name: &str, text: String) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            path: visible(&path.display().to_string()),
            text,
        })
    }

    /// Line and column of a byte, from 1; columns in characters.
    pub(super) fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let in_line = before.get(line_start..).unwrap_or_default();
        (
            before.matches('\n').count() + 1,
            in_line.chars().count() + 1,
        )
    }
}

/// Reads a file; what keeps it from being read is found. `None` also when there is no such file.
pub(super) fn read(path: &Path, name: &str, found: &mut Found) -> Option<Arc<Source>> {
    let bytes = match bytes(path) {
        Ok(bytes) => bytes,
        Err(why) if why.kind() == ErrorKind::NotFound => return None,
        Err(why) => {
            let nothing = Source::empty(path, name);
            found.tell_at(Code::FileUnreadable, (&nothing, 0..0), &[word("why", why)]);
            return None;
        }
    };
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let nothing = Source::empty(path, name);
        let most = word("most", FILE_BYTES_MAX / 1024);
        found.tell_at(Code::FileTooLong, (&nothing, 0..0), &[most]);
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = Source::of(path, name, text);
            let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
            found.tell_at(Code::NotText, (&source, at..end), &[word("byte", at)]);
            return None;
        }
    };
    Some(Source::of(path, name, text))
}

/// The bytes of an ordinary file, and one more than may be where it is too long.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
