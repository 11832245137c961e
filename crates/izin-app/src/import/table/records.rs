//! Rows as they are written: which lines belong together, and where a CSV row's cells end.
//!
//! A quoted cell may hold separators, doubled quotes and line ends (RFC 4180 §2). A quote that is
//! still open when the row gets too long or the file ends was never closed: then only its first
//! line is refused and the lines after it are read as rows of their own, so that a mistake in one
//! row cannot swallow the refusals written below it.

use std::ops::Range;

use super::lines::{Lines, Piece};
use super::problem::{BadRow, Problem, TableError};

/// How much of a row that is too long is kept to show where it stands, in bytes.
const OVERLONG_BYTES_KEPT: usize = 1024;

/// How rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// Quotes and this separator.
    Csv { separator: u8 },
    /// One line is one row.
    Line,
}

/// The rows of a file, one at a time.
pub(super) struct Records {
    lines: Lines,
    framing: Framing,
    raw: Vec<u8>,
    line: u64,
    byte: u64,
    cells: CellSplitter,
}

impl Records {
    /// Begins where `lines` stands; the framing is known after a look at the first line.
    pub(super) fn new(lines: Lines) -> Self {
        Self {
            lines,
            framing: Framing::Line,
            raw: Vec::new(),
            line: 0,
            byte: 0,
            cells: CellSplitter::default(),
        }
    }

    /// Gives the present row back, so that [`Self::advance`] comes to it again.
    pub(super) fn give_back(&mut self) {
        self.lines.unread(&self.raw, self.line - 1);
    }

    /// Tells rows apart in another way from here on.
    pub(super) const fn frame(&mut self, framing: Framing) {
        self.framing = framing;
    }

    /// The framing in use.
    pub(super) const fn framing(&self) -> Framing {
        self.framing
    }

    /// Goes to the next row that is not blank. The inner error is a row that cannot be read.
    pub(super) fn advance(&mut self) -> Result<Option<Result<(), Problem>>, TableError> {
        loop {
            let Some(read) = self.read_row()? else {
                return Ok(None);
            };
            self.check_text(read == Err(Problem::TooLong))?;
            if read.is_err() || !self.raw.trim_ascii().is_empty() {
                return Ok(Some(read));
            }
        }
    }

    /// The number of the present row's first line.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// The present row as written, without its line end.
    pub(super) fn raw(&self) -> &str {
        str::from_utf8(&self.raw)
            .unwrap_or_default()
            .trim_end_matches(['\r', '\n'])
    }

    /// The text that the present row's cells are parts of.
    pub(super) fn text(&self) -> &str {
        str::from_utf8(&self.cells.text).unwrap_or_default()
    }

    /// How many cells the present row has.
    pub(super) fn cell_count(&self) -> usize {
        self.cells.ends.len()
    }

    /// Where each cell of the present row stands in [`Self::text`].
    pub(super) fn cells(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.cells.ends.iter().copied());
        starts.zip(&self.cells.ends).map(|(start, &end)| start..end)
    }

    /// The present row as one that is refused.
    pub(super) fn bad(&self, problem: Problem) -> BadRow {
        BadRow {
            line: self.line,
            problem,
            raw: self.raw().to_owned(),
        }
    }

    /// The memory held for the present row and what waits behind it, in bytes.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.raw.capacity() + self.cells.text.capacity() + self.lines.capacity()
    }

    fn read_row(&mut self) -> Result<Option<Result<(), Problem>>, TableError> {
        self.raw.clear();
        self.cells.clear();
        self.line = self.lines.line() + 1;
        self.byte = self.lines.byte();
        let mut first_line = 0;
        loop {
            let from = self.raw.len();
            match self.lines.read_line(&mut self.raw)? {
                Piece::Line if self.split(from) => return Ok(Some(Ok(()))),
                Piece::Line if from == 0 => first_line = self.raw.len(),
                Piece::Line => {}
                Piece::End if from == 0 => return Ok(None),
                Piece::TooLong if from == 0 => {
                    self.lines.skip_line()?;
                    self.keep_beginning();
                    return Ok(Some(Err(Problem::TooLong)));
                }
                Piece::End | Piece::TooLong => {
                    let swallowed = self.raw.get(first_line..).unwrap_or_default();
                    self.lines.unread(swallowed, self.line);
                    self.raw.truncate(first_line);
                    return Ok(Some(Err(Problem::UnclosedQuote)));
                }
            }
        }
    }

    /// Splits the line that begins at `from`; true when the row ends with it.
    fn split(&mut self, from: usize) -> bool {
        let Framing::Csv { separator } = self.framing else {
            return true;
        };
        self.cells
            .feed(self.raw.get(from..).unwrap_or_default(), separator);
        !self.cells.is_open()
    }

    fn keep_beginning(&mut self) {
        self.raw.truncate(OVERLONG_BYTES_KEPT);
        let kept = String::from_utf8_lossy(&self.raw).into_owned();
        self.raw = kept.into_bytes();
    }

    fn check_text(&self, beginning_only: bool) -> Result<(), TableError> {
        match str::from_utf8(&self.raw) {
            Err(cause) if !beginning_only => Err(TableError::NotUtf8 {
                line: self.line,
                byte: self.byte + cause.valid_up_to() as u64,
            }),
            _ => Ok(()),
        }
    }
}

/// Splits a row into cells, fed line by line.
#[derive(Default)]
struct CellSplitter {
    text: Vec<u8>,
    ends: Vec<usize>,
    at: At,
}

/// Where in a cell the splitter is.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before its first byte.
    #[default]
    Start,
    /// In a cell without quotes; a quote there is a letter like any other.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote that either ends the cell or begins a doubled quote.
    Quote,
}

impl CellSplitter {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.at = At::Start;
    }

    /// Whether a quote is open, so that the row goes on in the next line.
    fn is_open(&self) -> bool {
        self.at == At::Quoted
    }

    fn feed(&mut self, line: &[u8], separator: u8) {
        let body = without_end(line);
        for &byte in body {
            self.step(byte, separator);
        }
        if self.is_open() {
            self.text
                .extend_from_slice(line.get(body.len()..).unwrap_or_default());
        } else {
            self.end_cell();
        }
    }

    fn step(&mut self, byte: u8, separator: u8) {
        match (self.at, byte) {
            (At::Quoted, b'"') => self.at = At::Quote,
            (At::Quoted, _) => self.text.push(byte),
            (_, _) if byte == separator => self.end_cell(),
            (At::Start, b'"') => self.at = At::Quoted,
            (At::Quote, b'"') => {
                self.at = At::Quoted;
                self.text.push(byte);
            }
            _ => {
                self.at = At::Plain;
                self.text.push(byte);
            }
        }
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
        self.at = At::Start;
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
