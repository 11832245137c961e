//! Lines with their numbers, in bounded memory.
//!
//! A line may be given back ([`Lines::unread`]), which is how a quote that was never closed costs
//! one row and not the rest of the file.

use std::io::Read;

use super::TableError;
use super::unpack::Unpacked;

/// The longest row, in bytes as written: far above any real row, small enough to hold.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;
/// How much is read at once, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// What [`Lines::read_line`] did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Appended a line with its end (the last line of a file may have none).
    Line,
    /// Appended the beginning of a line and stopped where the row got too long.
    TooLong,
    /// Nothing is left.
    End,
}

/// A text as lines.
pub(super) struct Lines {
    input: Unpacked,
    waiting: Vec<u8>,
    from: usize,
    line: u64,
    byte: u64,
}

impl Lines {
    /// Begins at the first line.
    pub(super) fn open(input: Box<dyn Read + Send>) -> Result<Self, TableError> {
        Ok(Self {
            input: Unpacked::open(input)?,
            waiting: Vec::new(),
            from: 0,
            line: 0,
            byte: 0,
        })
    }

    /// How many lines are read.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes of the unpacked text are read, its byte order mark not counted.
    pub(super) const fn byte(&self) -> u64 {
        self.byte
    }

    /// Appends the next line to `row`, which never gets longer than [`MAX_ROW_BYTES`].
    pub(super) fn read_line(&mut self, row: &mut Vec<u8>) -> Result<Piece, TableError> {
        let mut begun = false;
        while self.fill()? {
            begun = true;
            let waiting = self.waiting.get(self.from..).unwrap_or_default();
            let (length, ended) = length_of_line(waiting);
            let room = MAX_ROW_BYTES - row.len();
            let taken = length.min(room);
            row.extend_from_slice(waiting.get(..taken).unwrap_or_default());
            self.take(taken);
            if length > room {
                return Ok(Piece::TooLong);
            }
            if ended {
                self.line += 1;
                return Ok(Piece::Line);
            }
        }
        self.line += u64::from(begun);
        Ok(if begun { Piece::Line } else { Piece::End })
    }

    /// Passes over what is left of a line.
    pub(super) fn skip_line(&mut self) -> Result<(), TableError> {
        self.line += 1;
        while self.fill()? {
            let (length, ended) = length_of_line(self.waiting.get(self.from..).unwrap_or_default());
            self.take(length);
            if ended {
                break;
            }
        }
        Ok(())
    }

    /// Puts `bytes`, the last ones that were read, back; `line` lines are then read.
    pub(super) fn unread(&mut self, bytes: &[u8], line: u64) {
        self.waiting.splice(..self.from, bytes.iter().copied());
        self.from = 0;
        self.line = line;
        self.byte -= bytes.len() as u64;
    }

    /// The memory held, in bytes.
    #[cfg(test)]
    pub(super) const fn capacity(&self) -> usize {
        self.waiting.capacity()
    }

    fn take(&mut self, bytes: usize) {
        self.from += bytes;
        self.byte += bytes as u64;
    }

    /// Sees to it that bytes are waiting; false at the end of the text.
    fn fill(&mut self) -> Result<bool, TableError> {
        if self.from < self.waiting.len() {
            return Ok(true);
        }
        self.from = 0;
        self.waiting.resize(CHUNK_BYTES, 0);
        let read = self.input.read(&mut self.waiting);
        self.waiting.truncate(*read.as_ref().unwrap_or(&0));
        read.map(|bytes| bytes > 0)
    }
}

/// The bytes up to and with the line's end, and whether the end is among them.
fn length_of_line(bytes: &[u8]) -> (usize, bool) {
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(place) => (place + 1, true),
        None => (bytes.len(), false),
    }
}
