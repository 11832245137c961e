//! Rows as they are written: which lines belong together, and where a CSV row's cells end.
//!
//! A quoted cell may hold separators, doubled quotes and line ends (RFC 4180 §2). A quote that is
//! still open when the row gets too long or the file ends was never closed, and one with a letter
//! behind it closed nothing: then only the row's first line is refused and the lines after it are
//! read as rows of their own, so that a mistake in one row cannot swallow the refusals written below
//! it. The same holds for a row whose quotes can be read in another way, [`Records::is_certain`].

use std::ops::Range;

use super::cells::{Cells, Fed};
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

/// What the header says of every row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    /// How many cells it has.
    pub(super) cells: usize,
    /// Whether it names a person, so that none may vanish in a cell of another one's row.
    pub(super) names_somebody: bool,
}

/// The rows of a file, one at a time.
pub(super) struct Records {
    lines: Lines,
    framing: Framing,
    expected: Option<Expected>,
    /// Up to this line no row has a second one: it was taken apart from a row that was not certain.
    apart_until: u64,
    raw: Vec<u8>,
    line: u64,
    byte: u64,
    cells: Cells,
}

impl Records {
    /// Begins where `lines` stands; the framing is known after a look at the first line.
    pub(super) fn new(lines: Lines) -> Self {
        Self {
            lines,
            framing: Framing::Line,
            expected: None,
            apart_until: 0,
            raw: Vec::new(),
            line: 0,
            byte: 0,
            cells: Cells::default(),
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

    /// Holds the rows from here on against the header.
    pub(super) const fn expect(&mut self, expected: Expected) {
        self.expected = Some(expected);
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
        self.cells.text()
    }

    /// How many cells the present row has.
    pub(super) fn cell_count(&self) -> usize {
        self.cells.count()
    }

    /// Where each cell of the present row stands in [`Self::text`].
    pub(super) fn cells(&self) -> impl Iterator<Item = Range<usize>> {
        self.cells.ranges()
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
        self.raw.capacity() + self.cells.capacity() + self.lines.capacity()
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
                Piece::End if from == 0 => return Ok(None),
                Piece::TooLong if from == 0 => {
                    self.lines.skip_line()?;
                    self.keep_beginning();
                    return Ok(Some(Err(Problem::TooLong)));
                }
                Piece::Line if from == 0 => first_line = self.raw.len(),
                Piece::Line => {}
                Piece::End | Piece::TooLong => return Ok(Some(Err(self.cut_behind(first_line)))),
            }
            match self.split(from) {
                Fed::Open if self.line > self.apart_until => continue,
                Fed::Whole if self.is_certain(first_line) => return Ok(Some(Ok(()))),
                Fed::Whole => self.apart_until = self.lines.line(),
                Fed::Open | Fed::Stray => {}
            }
            return Ok(Some(Err(self.cut_behind(first_line))));
        }
    }

    /// Splits the line that begins at `from`.
    fn split(&mut self, from: usize) -> Fed {
        let Framing::Csv { separator } = self.framing else {
            return Fed::Whole;
        };
        let line = self.raw.get(from..).unwrap_or_default();
        let fed = self.cells.feed(line, separator);
        if let (Fed::Whole, Some(expected)) = (fed, self.expected) {
            self.cells.trim(expected.cells);
        }
        fed
    }

    /// Whether the row can be read in one way only. It cannot where it has several lines and does not
    /// fit the header. Where rows name people it cannot either when one of the lines behind its first
    /// fits the header alone, or when quotes are letters in one cell and not in another.
    fn is_certain(&self, first_line: usize) -> bool {
        let (Some(expected), Framing::Csv { separator }) = (self.expected, self.framing) else {
            return true;
        };
        let behind = self.raw.get(first_line..).unwrap_or_default();
        if !behind.is_empty() && self.cells.count() != expected.cells {
            return false;
        }
        let fits_alone = |line: &[u8]| {
            let mut alone = Cells::default();
            alone.split_alone(line, separator);
            alone.trim(expected.cells);
            alone.count() == expected.cells
        };
        let mut lines = behind.split_inclusive(|byte| *byte == b'\n');
        !expected.names_somebody || !(self.cells.mix_quotes() || lines.any(fits_alone))
    }

    /// Refuses the row's first line, as far as it can be split, and gives the lines behind it back.
    fn cut_behind(&mut self, first_line: usize) -> Problem {
        let swallowed = self.raw.get(first_line..).unwrap_or_default();
        if !swallowed.is_empty() {
            self.lines.unread(swallowed, self.line);
        }
        self.raw.truncate(first_line);
        if let Framing::Csv { separator } = self.framing {
            self.cells.split_alone(&self.raw, separator);
            let expected = self.expected.map_or(usize::MAX, |own| own.cells);
            self.cells.trim(expected);
        }
        Problem::UnclosedQuote
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
