//! Rows of a CSV list. One without quotation marks is taken as it was written; the others are read by
//! the CSV library. Start at [`Rows::next`].

use std::io::Read;
use std::ops::Range;

use anyhow::Context;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{BUFFER_BYTES, ROW_BYTES_MAX};

/// The rows of a source, in order; empty lines are none.
pub(super) struct Rows<R> {
    source: R,
    separator: u8,
    /// Bytes read of it at once.
    piece: usize,
    /// What was read of the source and is not done with.
    text: Vec<u8>,
    /// Where in it the next row begins.
    at: usize,
    /// The line on which it begins, less one.
    line: u64,
    ended: bool,
    /// Where the cells of the row at hand end.
    ends: Vec<usize>,
    quoted: Quoted,
}

/// The row at hand, if it has quotation marks.
struct Quoted {
    reader: Reader,
    /// Its cells side by side.
    cells: Vec<u8>,
}

/// A row.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    text: &'a [u8],
    /// Where each cell ends in the text.
    ends: &'a [usize],
    /// Whether the text is as it was written, with a separator after each cell but the last.
    plain: bool,
}

/// Where a row was found.
enum Found {
    Plain(Range<usize>),
    /// So many bytes long, its cells taken apart.
    Quoted(usize),
    /// Not to its end.
    InPart,
}

impl<R: Read> Rows<R> {
    /// The rows of a source whose cells are separated by this.
    pub(super) fn of(source: R, separator: u8) -> Self {
        Self {
            source,
            separator,
            piece: BUFFER_BYTES,
            text: Vec::new(),
            at: 0,
            line: 0,
            ended: false,
            ends: Vec::new(),
            quoted: Quoted {
                reader: ReaderBuilder::new().delimiter(separator).build(),
                cells: Vec::new(),
            },
        }
    }

    /// The next row; none after the last.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Row<'_>>> {
        loop {
            self.skip_line_ends();
            let found = self.find()?;
            if let Found::Plain(Range { start, end }) = &found {
                self.bound(end - start)?;
            }
            match found {
                Found::Plain(own) => {
                    self.at = own.end;
                    let text = self.text.get(own).unwrap_or_default();
                    self.ends.clear();
                    self.ends.extend(memchr::memchr_iter(self.separator, text));
                    self.ends.push(text.len());
                    let (ends, plain) = (self.ends.as_slice(), true);
                    return Ok(Some(Row { text, ends, plain }));
                }
                Found::Quoted(length) => {
                    // The end of the line is counted in.
                    self.bound(length.saturating_sub(1))?;
                    self.pass(length);
                    let (ends, plain) = (self.ends.as_slice(), false);
                    let text = self.quoted.cells.as_slice();
                    return Ok(Some(Row { text, ends, plain }));
                }
                Found::InPart if self.ended => return Ok(None),
                Found::InPart => self.read_on()?,
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_line_ends(&mut self) {
        let is_end = |byte: &&u8| matches!(byte, b'\n' | b'\r');
        self.pass(self.rest().iter().take_while(is_end).count());
    }

    fn pass(&mut self, length: usize) {
        let passed = self.rest().get(..length).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at += length;
    }

    fn find(&mut self) -> anyhow::Result<Found> {
        let rest = self.rest();
        Ok(match memchr::memchr3(b'\n', b'\r', b'"', rest) {
            Some(at) if rest.get(at) == Some(&b'"') => return self.take_apart(),
            Some(at) => Found::Plain(self.at..self.at + at),
            None if self.ended && !rest.is_empty() => Found::Plain(self.at..self.text.len()),
            None => Found::InPart,
        })
    }

    /// Takes a row with quotation marks apart. One that is not closed where its cell ends is an error:
    /// it takes the rows behind it into the cell, and nobody knows how many.
    fn take_apart(&mut self) -> anyhow::Result<Found> {
        let Quoted { reader, cells } = &mut self.quoted;
        let rest = self.text.get(self.at..).unwrap_or_default();
        reader.reset();
        // Behind an empty line nothing begins a text: the library would take a mark away.
        let _ = reader.read_record(b"\n", &mut [], &mut []);
        cells.resize(rest.len(), 0);
        self.ends.resize(self.ends.capacity().max(1), 0);
        let (mut read, mut written, mut count) = (0, 0, 0);
        loop {
            let input = rest.get(read..).unwrap_or_default();
            let output = cells.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(count..).unwrap_or_default();
            let (result, of_input, of_output, of_ends) = reader.read_record(input, output, ends);
            (read, written, count) = (read + of_input, written + of_output, count + of_ends);
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(Found::InPart),
                // No input says that there is no more of it.
                ReadRecordResult::InputEmpty if self.ended => {}
                ReadRecordResult::InputEmpty => return Ok(Found::InPart),
                // Cells take no more room than the row.
                ReadRecordResult::OutputFull => cells.resize(cells.len() * 2 + 1, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
        }
        cells.truncate(written);
        self.ends.truncate(count);
        let row = rest.get(..read).unwrap_or_default();
        if let Some(stray) = stray_mark(row, self.separator) {
            let before = row.get(..stray).unwrap_or_default();
            let line = self.line + 1 + memchr::memchr_iter(b'\n', before).count() as u64;
            anyhow::bail!(
                "cannot read the list: the cell that begins with a quotation mark on line {line} does not \
                 end with one; close it, or leave it out"
            );
        }
        Ok(Found::Quoted(read))
    }

    fn bound(&self, length: usize) -> anyhow::Result<()> {
        anyhow::ensure!(
            length <= ROW_BYTES_MAX,
            "cannot read the list: the row on line {} is longer than 1 MiB; is a quotation mark left open?",
            self.line + 1
        );
        Ok(())
    }

    fn read_on(&mut self) -> anyhow::Result<()> {
        self.text.drain(..self.at);
        self.at = 0;
        let there = self.text.len();
        self.bound(there)?;
        // A row of which much is there already is looked through as seldom.
        let most = self.piece.max(there) as u64;
        let read = self.source.by_ref().take(most).read_to_end(&mut self.text);
        if self.text.len() == there {
            read.with_context(|| format!("cannot read the list after line {}", self.line))?;
            self.ended = true;
        }
        Ok(())
    }
}

impl<'a> Row<'a> {
    /// How many cells there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell.
    pub(super) fn cell(&self, number: usize) -> Option<&'a [u8]> {
        let end = *self.ends.get(number)?;
        let before = number.checked_sub(1).and_then(|own| self.ends.get(own));
        let start = before.map_or(0, |end| end + usize::from(self.plain));
        self.text.get(start..end)
    }

    /// Every cell.
    pub(super) fn cells(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map_while(move |number| self.cell(number))
    }

    /// Writes it without its end, and so wide that what is appended stands under its name.
    pub(super) fn write(&self, (width, separator): (usize, u8), out: &mut Vec<u8>) {
        if self.plain {
            let end = self.ends.get(width.saturating_sub(1));
            let end = end.copied().unwrap_or(self.text.len());
            out.extend_from_slice(self.text.get(..end).unwrap_or_default());
        } else {
            for (number, cell) in self.cells().take(width).enumerate() {
                if number > 0 {
                    out.push(separator);
                }
                write_cell(cell, separator, out);
            }
        }
        let missing = width.saturating_sub(self.len());
        out.resize(out.len() + missing, separator);
    }
}

/// Where a quotation mark opens a cell of a row and none closes it where the cell ends.
fn stray_mark(row: &[u8], separator: u8) -> Option<usize> {
    let ends = |byte: Option<&u8>| byte.is_none_or(|own| matches!(own, b'\n' | b'\r'));
    let mut start = 0;
    loop {
        let cell = row.get(start..)?;
        let end = if cell.first() == Some(&b'"') {
            let Some(end) = closed(cell) else {
                return Some(start);
            };
            end
        } else {
            memchr::memchr3(separator, b'\n', b'\r', cell).unwrap_or(cell.len())
        };
        match cell.get(end) {
            Some(sign) if *sign == separator => start += end + 1,
            sign if ends(sign) => return None,
            _ => return Some(start),
        }
    }
}

/// Where a cell ends that begins with a quotation mark: behind the one that closes it, and blanks.
fn closed(cell: &[u8]) -> Option<usize> {
    let mut end = 1;
    loop {
        end += memchr::memchr(b'"', cell.get(end..)?)? + 1;
        if cell.get(end) != Some(&b'"') {
            break;
        }
        end += 1;
    }
    let blanks = cell.get(end..)?.iter().take_while(|byte| **byte == b' ');
    Some(end + blanks.count())
}

/// Writes a cell, in quotation marks where it needs them.
fn write_cell(cell: &[u8], separator: u8, out: &mut Vec<u8>) {
    let needs = |byte: &u8| *byte == separator || matches!(byte, b'"' | b'\n' | b'\r');
    if !cell.iter().any(needs) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests;
