//! What the rows of a file mean: one module per kind of file, each with its layout and its typed
//! row.
//!
//! A typed row is checked in full when it is read; whoever holds one need not check again. Cells
//! that could be understood in two ways are refused, never guessed: a consent read from a typing
//! mistake would be a consent nobody gave. Rows borrow from the table where they can.

mod answers;
pub mod catalog;
pub mod contacts;
pub mod noes;
pub mod purchases;
pub mod suppressions;

use izin_core::number::is_number;
use izin_core::{Identifier, Money, Timestamp};

use super::table::{Problem, Row, shape};

/// How many digits a separator of thousands has behind it.
const THOUSANDS_DIGITS: usize = 3;
/// The longest running text (a description, an evidence), in bytes: a page of it.
const TEXT_BYTES_MAX: usize = 4 * 1024;

const CUSTOMER: &str = "the shop's own number, at most 64 characters, not an address";
const NUMBER: &str = "a number or code of at most 64 characters";
const TEXT: &str = "a text of at most 4 KiB";
const TIME: &str = "a time, as 2026-11-21T09:30:00+07:00 or 2026-11-21";
const PRICE: &str = "a price of 0 or more, as 125000 or 4.25";
const YES_OR_NO: &str = "yes, true, 1, ya or no, false, 0, tidak";

/// Reads a cell that may be empty.
fn optional<'a, T>(
    row: &Row<'a>,
    column: &str,
    expected: &str,
    read: impl FnOnce(&'a str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(cell) = row.get(column) else {
        return Ok(None);
    };
    read(cell)
        .map(Some)
        .ok_or_else(|| unexpected(column, cell, expected))
}

/// Reads a cell that must not be empty.
fn needed<'a, T>(
    row: &Row<'a>,
    column: &str,
    expected: &str,
    read: impl FnOnce(&'a str) -> Option<T>,
) -> Result<T, Problem> {
    optional(row, column, expected, read)?.ok_or_else(|| empty(column, expected))
}

fn empty(column: &str, expected: &str) -> Problem {
    Problem::Empty {
        column: column.to_owned(),
        expected: expected.to_owned(),
    }
}

fn unexpected(column: &str, cell: &str, expected: &str) -> Problem {
    Problem::Cell {
        column: column.to_owned(),
        shape: shape(cell),
        expected: expected.to_owned(),
    }
}

/// Reads a time that may be missing; says so where one is written well and does not exist.
fn moment(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>, Problem> {
    let read = optional(row, column, TIME, time);
    let is_written_well = || row.get(column).is_some_and(has_form_of_time);
    read.map_err(|other| match other {
        Problem::Cell { column, .. } if is_written_well() => Problem::NoSuchTime(column),
        other => other,
    })
}

fn has_form_of_time(cell: &str) -> bool {
    let form = shape(cell);
    let behind = form.strip_prefix("9999-99-99");
    behind.is_some_and(|hour| {
        let clock = ["a99:99", " 99:99"];
        hour.is_empty() || (clock.iter().any(|own| hour.starts_with(own)) && !hour.contains('['))
    })
}

/// Reads a time that has passed at `now`.
fn past(row: &Row<'_>, column: &str, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    match moment(row, column)? {
        Some(time) if time > now => Err(Problem::Future(column.to_owned())),
        other => Ok(other),
    }
}

/// Reads a price; one that may be meant in thousands, as `85.000`, is not read as 85.
fn price(row: &Row<'_>, column: &str) -> Result<Option<Money>, Problem> {
    if row.get(column).is_some_and(may_be_thousands) {
        return Err(Problem::Thousands(column.to_owned()));
    }
    optional(row, column, PRICE, |cell| Money::parse(cell).ok())
}

/// Whether exactly three digits stand behind the last point or comma. Thousands never follow a lone
/// zero, so `0.125` is what it says.
fn may_be_thousands(cell: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = cell.trim().rsplit_once(['.', ',']);
    parts.is_some_and(|(whole, last)| {
        let grouped = whole
            .split(['.', ','])
            .all(|part| !part.is_empty() && digits(part));
        grouped && whole != "0" && last.len() == THOUSANDS_DIGITS && digits(last)
    })
}

fn time(cell: &str) -> Option<Timestamp> {
    Timestamp::parse(cell).ok()
}

fn customer(cell: &str) -> Option<Identifier> {
    Identifier::new_customer(cell).ok()
}

fn number(cell: &str) -> Option<&str> {
    is_number(cell).then_some(cell)
}

fn text(cell: &str) -> Option<&str> {
    (cell.len() <= TEXT_BYTES_MAX).then_some(cell)
}

fn yes_or_no(cell: &str) -> Option<bool> {
    let among = |words: [&str; 4]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if among(["yes", "true", "1", "ya"]) {
        return Some(true);
    }
    among(["no", "false", "0", "tidak"]).then_some(false)
}

fn web_address(cell: &str) -> Option<&str> {
    let lower = cell.get(..8).unwrap_or_default().to_ascii_lowercase();
    let scheme = lower.starts_with("https://") || lower.starts_with("http://");
    let plain = !cell.chars().any(|c| c.is_whitespace() || c.is_control());
    (scheme && plain && cell.len() <= TEXT_BYTES_MAX).then_some(cell)
}

#[cfg(test)]
pub(crate) mod reading {
    //! Reads small files in the tests of the kinds.

    use super::super::table::{ColumnMap, Layout, Next, Problem, Row, Table};

    /// What `read` makes of each row.
    pub(crate) fn rows<T>(
        layout: &'static Layout,
        file: &str,
        read: impl Fn(&Row<'_>) -> Result<T, Problem>,
    ) -> Vec<Result<T, String>> {
        let bytes = std::io::Cursor::new(file.as_bytes().to_vec());
        let mut table = Table::open(bytes, layout, ColumnMap::default()).unwrap();
        let mut rows = Vec::new();
        loop {
            match table.next_row().unwrap() {
                Next::Row(row) => rows.push(read(&row).map_err(|problem| problem.to_string())),
                Next::Faulty(_, problem) => rows.push(Err(problem.to_string())),
                Next::Bad(bad) => rows.push(Err(bad.problem.to_string())),
                Next::End => return rows,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Layout;
    use super::*;

    const BOOK: &str = include_str!("../../../../docs/book/import.md");

    #[test]
    fn numbers_are_read_in_the_form_of_the_countries_in_the_book_and_of_no_other() {
        let (_, list) = BOOK.split_once("read as one of ").unwrap();
        let (list, _) = list.split_once(", and refused").unwrap();
        let named: Vec<_> = list
            .split([',', ' ', '\n'])
            .filter(|own| !own.is_empty())
            .collect();
        let letters = || 'A'..='Z';
        let all = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
        let read: Vec<_> = all
            .filter(|own| Identifier::phone("0812000001", own).is_ok())
            .collect();
        assert_eq!(named, read);
    }

    #[test]
    fn every_example_in_the_book_is_taken_whole_and_every_column_is_explained() {
        let now = Timestamp::parse("2026-11-21").unwrap();
        type Read<'a> = &'a dyn Fn(&Row<'_>) -> Result<(), Problem>;
        let kinds: [(&'static Layout, Read<'_>); 4] = [
            (&contacts::LAYOUT, &|row| {
                contacts::Contact::read(row, now, "ID").map(|_| ())
            }),
            (&purchases::LAYOUT, &|row| {
                purchases::Purchase::read(row).map(|_| ())
            }),
            (&catalog::LAYOUT, &|row| {
                catalog::Product::read(row).map(|_| ())
            }),
            (&suppressions::LAYOUT, &|row| {
                suppressions::Suppression::read(row, now, "ID").map(|_| ())
            }),
        ];
        for (layout, read) in kinds {
            let (_, section) = BOOK.split_once(&format!("\n## {}\n", layout.kind)).unwrap();
            let (words, example) = section.split_once("```csv\n").unwrap();
            let (example, _) = example.split_once("```").unwrap();
            for row in reading::rows(layout, example, read) {
                assert_eq!(row, Ok(()), "{}", layout.kind);
            }
            for field in layout.fields {
                assert!(words.contains(&format!("`{field}`")), "{field}");
            }
        }
    }
}
