//! Files of rows, as shops have them: CSV or NDJSON, plain or gzip, from a file or a pipe.
//!
//! A [`Table`] gives one row after the other in constant memory, however long the file or a line
//! of it is. It knows columns and cells but not what they mean; that is [`super::row`]. It must
//! never guess: a row it cannot read for certain is a [`BadRow`], a file it cannot read for
//! certain is a [`TableError`]. Start at [`Table::open`] and [`Table::next_row`].

mod cells;
mod columns;
mod lines;
mod object;
mod problem;
mod records;
mod rejects;
#[cfg(test)]
mod tests;
mod unpack;

use std::fmt;
use std::io::Read;
use std::ops::Range;

pub use columns::{ColumnMap, Family, Layout, Likeness, MAX_COLUMNS, MapError};
pub use lines::MAX_ROW_BYTES;
pub use problem::{BadRow, Problem, TableError};
pub use rejects::RejectsFile;

pub(super) use problem::shape;

use columns::Columns;
use lines::Lines;
use object::Object;
use records::{Expected, Framing, Records};

/// The separators that are told apart; the one the header holds most often is taken, the first
/// of them when it holds none.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// An open file of rows.
pub struct Table {
    records: Records,
    columns: Columns,
    header: Option<Header>,
    /// Where the present row's fields stand in its text, by slot.
    cells: Vec<Option<Range<usize>>>,
    /// The present row's text in NDJSON.
    text: String,
}

/// The first line of a CSV file.
struct Header {
    raw: String,
    /// For each column its slot, when it is read at all.
    slots: Vec<Option<usize>>,
}

/// What [`Table::next_row`] gives.
#[derive(Debug)]
pub enum Next<'a> {
    /// A row.
    Row(Row<'a>),
    /// A row to be refused whose cells can be told apart, so that a no in it can be read.
    Faulty(Row<'a>, Problem),
    /// A row that cannot be read; the file goes on after it.
    Bad(BadRow),
    /// The file was read to its end.
    End,
}

/// One row: cells by the name of their field.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    line: u64,
    raw: &'a str,
    text: &'a str,
    cells: &'a [Option<Range<usize>>],
    columns: &'a Columns,
}

impl Table {
    /// Reads what comes before the first row: compression, encoding, format and header.
    ///
    /// # Errors
    /// [`TableError`] says what the file lacks and how to mend it.
    pub fn open(
        input: impl Read + Send + 'static,
        layout: &'static Layout,
        map: ColumnMap,
    ) -> Result<Self, TableError> {
        let mut table = Self {
            records: Records::new(Lines::open(Box::new(input))?),
            columns: Columns::new(layout, map),
            header: None,
            cells: Vec::new(),
            text: String::new(),
        };
        let first = table.records.advance()?.ok_or(TableError::Empty)?;
        if table.records.raw().contains('\r') {
            return Err(TableError::CarriageReturns);
        }
        first.map_err(TableError::UnreadableHeader)?;
        match table.records.raw().trim_start().as_bytes() {
            [b'{', ..] => table.begin_ndjson()?,
            [b'[', ..] => return Err(TableError::NotNdjson),
            _ => table.begin_csv()?,
        }
        Ok(table)
    }

    /// Goes to the next row.
    ///
    /// # Errors
    /// [`TableError`] where the rest of the file cannot be read.
    pub fn next_row(&mut self) -> Result<Next<'_>, TableError> {
        let read = match self.records.advance()? {
            None => return Ok(Next::End),
            Some(Err(Problem::UnclosedQuote)) => self.find_cells_about_a_quote(),
            Some(Err(problem)) => Err(problem),
            Some(Ok(())) => self.find_cells(),
        };
        let fault = match read {
            Err(problem) => return Ok(Next::Bad(self.records.bad(problem))),
            Ok(fault) => fault,
        };
        let row = Row {
            line: self.records.line(),
            raw: self.records.raw(),
            text: if self.header.is_some() {
                self.records.text()
            } else {
                &self.text
            },
            cells: &self.cells,
            columns: &self.columns,
        };
        Ok(match fault {
            None => Next::Row(row),
            Some(problem) => Next::Faulty(row, problem),
        })
    }

    /// The columns that nobody asked for, by name, or as `#3` where the name may be somebody's data; in
    /// NDJSON those met so far.
    pub fn ignored_columns(&self) -> impl Iterator<Item = &str> {
        self.columns.ignored()
    }

    /// The header as written; empty for NDJSON.
    #[must_use]
    pub fn header(&self) -> &str {
        self.header.as_ref().map_or("", |header| &header.raw)
    }

    /// What stands between cells; `None` for NDJSON.
    #[must_use]
    pub const fn separator(&self) -> Option<char> {
        match self.records.framing() {
            Framing::Csv { separator } => Some(separator as char),
            Framing::Line => None,
        }
    }

    fn begin_csv(&mut self) -> Result<(), TableError> {
        let separator = separator_of(self.records.raw());
        self.records.give_back();
        self.records.frame(Framing::Csv { separator });
        let header = self.records.advance()?.ok_or(TableError::Empty)?;
        header.map_err(TableError::UnreadableHeader)?;
        let mut slots = Vec::new();
        for cell in self.records.cells() {
            let name = self.records.text().get(cell).unwrap_or_default();
            let slot = self
                .columns
                .meet(name, slots.len() + 1)
                .map_err(TableError::Header)?;
            if slot.is_some() && slots.contains(&slot) {
                return Err(TableError::DuplicateColumn(name.trim().to_owned()));
            }
            slots.push(slot);
            if slots.len() > MAX_COLUMNS {
                return Err(TableError::Header(Problem::TooManyColumns));
            }
        }
        self.columns.check_header()?;
        self.cells.resize(self.columns.slots(), None);
        self.records.expect(Expected {
            cells: slots.len(),
            names_somebody: self.columns.name_somebody(),
        });
        self.header = Some(Header {
            raw: self.records.raw().to_owned(),
            slots,
        });
        Ok(())
    }

    fn begin_ndjson(&mut self) -> Result<(), TableError> {
        match self.read_object() {
            Err(_) => return Err(TableError::NotNdjson),
            Ok(None) => self.columns.check_first_object()?,
            Ok(Some(
                problem @ (Problem::ColumnName { .. }
                | Problem::UnreadAnswer { .. }
                | Problem::Contrary { .. }
                | Problem::TooManyColumns),
            )) => {
                return Err(TableError::Header(problem));
            }
            Ok(Some(_)) => {}
        }
        self.records.give_back();
        Ok(())
    }

    /// Finds the present row's cells, and the fault in it.
    fn find_cells(&mut self) -> Result<Option<Problem>, Problem> {
        let Some(header) = &self.header else {
            return self.read_object();
        };
        let (found, expected) = (self.records.cell_count(), header.slots.len());
        if found != expected {
            return Err(Problem::CellCount { found, expected });
        }
        for (slot, cell) in header.slots.iter().zip(self.records.cells()) {
            if let Some(place) = slot.and_then(|slot| self.cells.get_mut(slot)) {
                *place = Some(cell);
            }
        }
        Ok(None)
    }

    /// Finds the cells of a row with a stray quote: they can be told apart when they are as many as
    /// the header's without it.
    fn find_cells_about_a_quote(&mut self) -> Result<Option<Problem>, Problem> {
        let found = self.find_cells();
        found.map_or(Err(Problem::UnclosedQuote), |_| {
            Ok(Some(Problem::UnclosedQuote))
        })
    }

    fn read_object(&mut self) -> Result<Option<Problem>, Problem> {
        let object = Object {
            columns: &mut self.columns,
            text: &mut self.text,
            cells: &mut self.cells,
        };
        object.read(self.records.raw())
    }
}

impl<'a> Row<'a> {
    /// The number of its first line, counted from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// A field's cell without outer spaces; `None` when it is empty or has no column.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&'a str> {
        self.cell(self.columns.slot_of(field)?)
    }

    /// The filled cells of the family's columns, with the columns' names in lower case.
    pub fn family(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let row = *self;
        row.columns
            .family()
            .filter_map(move |(slot, name)| Some((name, row.cell(slot)?)))
    }

    /// The row as one that is refused.
    #[must_use]
    pub fn bad(&self, problem: Problem) -> BadRow {
        BadRow {
            line: self.line,
            problem,
            raw: self.raw.to_owned(),
        }
    }

    fn cell(&self, slot: usize) -> Option<&'a str> {
        let range = self.cells.get(slot)?.clone()?;
        let cell = self.text.get(range)?.trim();
        (!cell.is_empty()).then_some(cell)
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row(line {})", self.line)
    }
}

fn separator_of(header: &str) -> u8 {
    let mut best = (0, b',');
    for separator in SEPARATORS {
        let unquoted = header.split('"').step_by(2);
        let count = unquoted
            .flat_map(str::bytes)
            .filter(|byte| *byte == separator)
            .count();
        if count > best.0 {
            best = (count, separator);
        }
    }
    best.1
}
