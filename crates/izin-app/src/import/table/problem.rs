//! What is wrong with a file or a row, said so that it can be mended.
//!
//! A problem names the column, the shape of what was found and what was expected. It never
//! repeats a cell: cells hold addresses and names. Names of columns are shown, unless they may
//! be cells because the header is missing: then the column's place is.

use std::fmt;
use std::io;

use izin_core::Language;
use izin_core::consent::EARLIEST;

use crate::indonesian::OF_LIBRARIES;

/// Why a file cannot be read, as a whole or from some line on.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Nothing in it.
    #[error("the file is empty; it needs a first line with the names of the columns")]
    Empty,
    /// Data where the names of columns should be.
    #[error(
        "the first line is no header: no column in it is known here; write the names of the columns above it, or \
         say what yours are called, --map FIELD=COLUMN: {0}"
    )]
    NoHeader(String),
    /// A column that every row needs.
    #[error("column `{field}` is missing; the file has {columns}; {mend}")]
    MissingColumn {
        /// The field it holds.
        field: &'static str,
        /// The columns there are.
        columns: String,
        /// What to do.
        mend: String,
    },
    /// None of several columns of which one is needed.
    #[error("one of the columns {fields} is needed; the file has {columns}; {mend}")]
    MissingOneOf {
        /// The fields they hold.
        fields: String,
        /// The columns there are.
        columns: String,
        /// What to do.
        mend: String,
    },
    /// `--map` names a column that is not there.
    #[error("`--map {field}={column}` names a column that is not there; the file has {columns}")]
    MappedColumnMissing {
        /// The field.
        field: String,
        /// The column it should come from.
        column: String,
        /// The columns there are.
        columns: String,
    },
    /// Two columns for one field.
    #[error("column `{0}` stands twice in the header; take one out or rename it")]
    DuplicateColumn(String),
    /// A column whose name cannot be understood, or too many of them.
    #[error("first line: {0}")]
    Header(Problem),
    /// The header is no row.
    #[error("the header cannot be read: {0}")]
    UnreadableHeader(Problem),
    /// NDJSON whose first line is not one object.
    #[error(
        "the first line is not one whole JSON object; write one object per line (`jq -c . FILE`, or `jq -c '.[]' FILE` for a list)"
    )]
    NotNdjson,
    /// UTF-16 or another text with zero bytes.
    #[error(
        "byte {byte} shows that the file is not UTF-8 but perhaps UTF-16; convert it: iconv -f utf-16 -t utf-8 FILE"
    )]
    Utf16 {
        /// Counted from 0, unpacked.
        byte: usize,
    },
    /// Latin-1 or another text that is not UTF-8.
    #[error(
        "byte {byte} (line {line}) is not UTF-8; if the file is Latin-1, convert it: iconv -f latin1 -t utf-8 FILE"
    )]
    NotUtf8 {
        /// The row's first line.
        line: u64,
        /// Counted from 0, unpacked, a byte order mark not counted.
        byte: u64,
    },
    /// Lines that end as they did on old Macs.
    #[error("the lines end with carriage returns alone; convert them: tr '\\r' '\\n' < FILE")]
    CarriageReturns,
    /// A workbook or another zip.
    #[error("the file is a workbook or zip; save the sheet as CSV (UTF-8)")]
    Workbook,
    /// Gzip that stops too early.
    #[error("the gzip file ends too early; fetch it again, or check it: gzip -t FILE")]
    TruncatedGzip,
    /// Gzip that is damaged.
    #[error("the gzip file is damaged; fetch it again, or check it: gzip -t FILE")]
    CorruptGzip,
    /// The system could not read.
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
}

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Longer than [`super::MAX_ROW_BYTES`].
    #[error("the row is longer than 1 MiB")]
    TooLong,
    /// A quote that nothing closes.
    #[error(
        "a quote in this row is never closed; close it, or double it where it is meant as a letter"
    )]
    UnclosedQuote,
    /// More or fewer cells than columns.
    #[error(
        "the row has {found} cells and the header {expected}; quote a cell that holds the separator"
    )]
    CellCount {
        /// Cells in the row.
        found: usize,
        /// Columns.
        expected: usize,
    },
    /// NDJSON: not one object.
    #[error("the line is not one whole JSON object (noticed at character {at})")]
    NotAnObject {
        /// Counted from 1.
        at: usize,
    },
    /// NDJSON: a list or object in a cell.
    #[error(
        "column `{0}` holds a list or an object; expected a text, a number, true, false or null"
    )]
    Nested(String),
    /// NDJSON: a name twice in one object.
    #[error("column `{0}` stands twice in this row")]
    ColumnTwice(String),
    /// More columns than [`super::MAX_COLUMNS`].
    #[error("there are more than 256 columns; keep those that are needed")]
    TooManyColumns,
    /// A column name that follows a pattern, but not to its end.
    #[error("column `{column}` is not {form}: {cause}")]
    ColumnName {
        /// The name as written.
        column: String,
        /// The pattern.
        form: &'static str,
        /// Where it fails.
        cause: String,
    },
    /// A column that seems to hold yeses and noes, and would not be read.
    #[error(
        "column `{column}` seems to say who agreed or refused, and would not be read; call it {form}, with --map too, \
         or leave it out: --ignore COLUMN"
    )]
    UnreadAnswer {
        /// The name as it may be told.
        column: String,
        /// How the columns that are read are called.
        form: &'static str,
    },
    /// A column in which a yes is a no.
    #[error(
        "column `{column}` says who refused: a yes in it is a no; turn its answers round and call it {form}, import \
         those people as suppressions, or leave it out: --ignore COLUMN"
    )]
    Contrary {
        /// The name as it may be told.
        column: String,
        /// How the columns that are read are called.
        form: &'static str,
    },
    /// A cell that must not be empty.
    #[error("column `{column}` is empty; expected {expected}")]
    Empty {
        /// The column's field.
        column: String,
        /// What it should hold.
        expected: String,
    },
    /// None of several cells of which one is needed.
    #[error("the columns {0} are all empty; one of them is needed")]
    AllEmpty(&'static str),
    /// A cell that is something else.
    #[error("column `{column}` has the form `{shape}`; expected {expected}")]
    Cell {
        /// The column's field.
        column: String,
        /// What was found, never the value itself.
        shape: String,
        /// What it should hold.
        expected: String,
    },
    /// An amount whose point or comma may stand between thousands.
    #[error(
        "column `{0}` has three digits behind a point or comma, which may be thousands; write 85000 or 85000.00"
    )]
    Thousands(String),
    /// A time in the right form that no calendar or clock has, or that is too late to be read.
    #[error("column `{0}` names a day or hour that does not exist, or one after 9999-12-30")]
    NoSuchTime(String),
    /// A time that has not come yet.
    #[error("column `{0}` is in the future; expected a time that has passed")]
    Future(String),
    /// A time that no record of consent can hold.
    #[error("column `{0}` is before {EARLIEST}; expected when the person agreed, or nothing")]
    TooEarly(&'static str),
}

impl Problem {
    /// The problem in a language.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let said = self.to_string();
        match language {
            Language::Id => OF_LIBRARIES.told(&said),
            Language::En => said,
        }
    }
}

/// A row that is refused.
#[derive(Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The number of its first line, counted from 1.
    pub line: u64,
    /// Why.
    pub problem: Problem,
    /// The row as written, to be mended; the beginning when it is too long. Personal.
    pub raw: String,
}

impl fmt::Debug for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BadRow(line {}: {})", self.line, self.problem)
    }
}

/// Numbers up to this many characters are shown as they are; longer ones could be a phone's.
const PLAIN_NUMBER_CHARS_MAX: usize = 6;
/// How much of a shape is shown, in characters.
const SHAPE_CHARS_MAX: usize = 24;

/// What a cell looks like without what it says: `9` for digits, `a` for letters, `?` for signs
/// beyond ASCII. Short numbers are shown as they are.
pub(in super::super) fn shape(cell: &str) -> String {
    let number = cell
        .chars()
        .all(|c| c.is_ascii_digit() || "+-.,".contains(c));
    if number && cell.len() <= PLAIN_NUMBER_CHARS_MAX {
        return cell.to_owned();
    }
    let mut shape: String = cell.chars().take(SHAPE_CHARS_MAX).map(sign).collect();
    if cell.chars().nth(SHAPE_CHARS_MAX).is_some() {
        shape.push('…');
    }
    shape
}

fn sign(c: char) -> char {
    match c {
        _ if c.is_numeric() => '9',
        _ if c.is_alphabetic() => 'a',
        ' ' => ' ',
        _ if c.is_ascii_punctuation() => c,
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_never_says_what_a_cell_says() {
        assert_eq!(shape("budi@shop.example"), "aaaa@aaaa.aaaaaaa");
        assert_eq!(shape("+62 812 0000 0001"), "+99 999 9999 9999");
        assert_eq!(shape("81200000001"), "99999999999");
        assert_eq!(shape("Évita ✓\t`x`"), "aaaaa ??`a`");
        assert_eq!(shape(&"x".repeat(1000)), format!("{}…", "a".repeat(24)));
    }

    #[test]
    fn a_short_number_is_shown_as_it_is() {
        assert_eq!(shape("-3"), "-3");
        assert_eq!(shape("12,50"), "12,50");
    }

    #[test]
    fn debug_does_not_show_the_row() {
        let bad = BadRow {
            line: 7,
            problem: Problem::TooLong,
            raw: "rahasia".to_owned(),
        };
        assert_eq!(
            format!("{bad:?}"),
            "BadRow(line 7: the row is longer than 1 MiB)"
        );
    }
}
