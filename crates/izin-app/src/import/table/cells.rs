//! Where a CSV row's cells end.
//!
//! Behind the quote that ends a cell only a separator, the line's end or blanks may stand (RFC 4180
//! §2); a quote inside a cell without quotes is a letter. A quote that breaks this is a stray one:
//! [`Cells::feed`] says so and never guesses; [`Cells::split_alone`] takes it for a letter, for
//! reading the noes of a row that is refused.

use std::ops::Range;

/// The cells of a row, fed line by line.
#[derive(Default)]
pub(super) struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
    at: At,
    /// Whether a quote began a cell, and whether one is a letter in a cell without quotes.
    quotes: (bool, bool),
}

/// What a line did to its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fed {
    /// Ended it.
    Whole,
    /// Left a quote open, so that the row goes on in the next line.
    Open,
    /// Showed that a quote before is none that opens or closes a cell.
    Stray,
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
    /// In the blanks behind the quote that ended the cell.
    Closed,
}

impl Cells {
    /// Forgets the row before.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.at = At::Start;
        self.quotes = (false, false);
    }

    /// Whether quotes are letters in one cell and none in another, which no program writes.
    pub(super) const fn mix_quotes(&self) -> bool {
        self.quotes.0 && self.quotes.1
    }

    /// The text that the cells are parts of.
    pub(super) fn text(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// How many cells there are.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// Where each cell stands in [`Self::text`].
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| start..end)
    }

    /// The memory held for the text, in bytes.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }

    /// Goes on with a line. Behind a stray quote nothing more is split.
    pub(super) fn feed(&mut self, line: &[u8], separator: u8) -> Fed {
        let body = without_end(line);
        if !body.iter().all(|byte| self.step(*byte, separator)) {
            return Fed::Stray;
        }
        if self.at == At::Quoted {
            let end = line.get(body.len()..).unwrap_or_default();
            self.text.extend_from_slice(end);
            return Fed::Open;
        }
        self.end_cell();
        Fed::Whole
    }

    /// Splits one line as a row of its own, whatever quotes it holds: a stray one, or one that is
    /// open at the line's end, is a letter.
    pub(super) fn split_alone(&mut self, line: &[u8], separator: u8) {
        self.clear();
        let body = without_end(line);
        let (mut place, mut opened) = (0, (0, 0));
        while let Some(byte) = body.get(place) {
            if self.at == At::Start {
                opened = (place, self.text.len());
            }
            let fits = self.step(*byte, separator);
            place += 1;
            if !fits || (place == body.len() && self.at == At::Quoted) {
                self.text.truncate(opened.1);
                self.text.push(b'"');
                self.at = At::Plain;
                place = opened.0 + 1;
            }
        }
        self.end_cell();
    }

    /// Drops empty cells behind the first `expected`.
    pub(super) fn trim(&mut self, expected: usize) {
        while let [.., before, last] = self.ends[..] {
            let cell = self.text.get(before..last).unwrap_or_default();
            if self.ends.len() <= expected || !cell.trim_ascii().is_empty() {
                break;
            }
            self.ends.pop();
        }
    }

    /// Goes on by a byte; false behind a stray quote.
    fn step(&mut self, byte: u8, separator: u8) -> bool {
        match (self.at, byte) {
            (At::Quoted, b'"') => self.at = At::Quote,
            (At::Quoted, _) => self.text.push(byte),
            (_, _) if byte == separator => self.end_cell(),
            (At::Start, b'"') => {
                self.at = At::Quoted;
                self.quotes.0 = true;
            }
            (At::Quote, b'"') => {
                self.at = At::Quoted;
                self.text.push(byte);
            }
            (At::Quote | At::Closed, b' ' | b'\t' | b'\r') => self.at = At::Closed,
            (At::Quote | At::Closed, _) => return false,
            (At::Start | At::Plain, _) => {
                self.at = At::Plain;
                self.quotes.1 |= byte == b'"';
                self.text.push(byte);
            }
        }
        true
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
