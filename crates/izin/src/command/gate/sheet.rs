//! Lists in CSV.

use std::io::{self, Read, Write};

use csv::{ByteRecord, Reader, ReaderBuilder, WriterBuilder};
use izin_app::Who;

use super::asker::{Answer, Naming};
use super::{BUFFER_BYTES, COLUMNS, ROW_BYTES_MAX, ROWS_TOGETHER, Round};

/// The separator of a header: the commonest of those in use.
pub(super) fn separator(start: &[u8]) -> u8 {
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
    let count = |sign: u8| header.iter().filter(|byte| **byte == sign).count();
    let most = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|sign| count(*sign));
    most.unwrap_or(b',')
}

/// Decides every row.
pub(super) fn decide(
    source: impl Read,
    out: impl Write,
    separator: u8,
    round: &mut Round<'_>,
) -> anyhow::Result<()> {
    let mut rows = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(BUFFER_BYTES)
        .from_reader(Bounded { source, left: 0 });
    let mut out = WriterBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .buffer_capacity(BUFFER_BYTES)
        .from_writer(out);
    let mut header = ByteRecord::new();
    rows.get_mut().next_row();
    if !rows.read_byte_record(&mut header).map_err(unreadable)? {
        anyhow::bail!("the list is empty; its first row names the columns, as email");
    }
    let columns = columns(&header, &round.asker.preference())?;
    out.write_record(header.iter().chain(COLUMNS.map(str::as_bytes)))
        .map_err(unwritable)?;
    let mut block = vec![ByteRecord::new(); ROWS_TOGETHER];
    loop {
        let (read, ended) = fill(&mut block, &mut rows);
        let block = block.get_mut(..read).unwrap_or_default();
        let named = block
            .iter()
            .map(|row| who(row, header.len(), &columns, round));
        let answers = round.asker.ask(&named.collect::<Vec<_>>());
        for (row, answer) in block.iter_mut().zip(&answers) {
            if round.keeps(answer) {
                widen(row, header.len());
                append(row, answer);
                out.write_byte_record(row).map_err(unwritable)?;
            }
        }
        if ended? {
            break;
        }
    }
    out.flush()?;
    Ok(())
}

/// Reads rows until the block is full; how many, and whether the list has ended. What was read before
/// an error is still decided.
fn fill(
    block: &mut [ByteRecord],
    rows: &mut Reader<Bounded<impl Read>>,
) -> (usize, anyhow::Result<bool>) {
    for (read, row) in block.iter_mut().enumerate() {
        rows.get_mut().next_row();
        match rows.read_byte_record(row) {
            Ok(true) => {}
            Ok(false) => return (read, Ok(true)),
            Err(error) => return (read, Err(unreadable(error))),
        }
    }
    (block.len(), Ok(false))
}

/// Where the columns that name people stand, in order of preference.
fn columns(header: &ByteRecord, preference: &[Naming]) -> anyhow::Result<Vec<(Naming, usize)>> {
    let is = |cell: &[u8], name: &str| cell.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
    for name in COLUMNS {
        anyhow::ensure!(
            !header.iter().any(|cell| is(cell, name)),
            "the list has a column `{name}` already; take it out, so that nobody reads the wrong one"
        );
    }
    let place = |naming: &Naming| {
        let (_, name) = Naming::ALL.iter().find(|(own, _)| own == naming)?;
        Some((*naming, header.iter().position(|cell| is(cell, name))?))
    };
    let found: Vec<_> = preference.iter().filter_map(place).collect();
    anyhow::ensure!(
        !found.is_empty(),
        "the list's first row names no column `email`, `phone`, `customer` or `id`"
    );
    Ok(found)
}

/// Whom a row names. One wider than the header names nobody: what stands where could be guessed
/// wrong.
fn who(
    row: &ByteRecord,
    width: usize,
    columns: &[(Naming, usize)],
    round: &Round<'_>,
) -> Option<Who> {
    if row.len() > width {
        return None;
    }
    let (naming, cell) = columns.iter().find_map(|(naming, place)| {
        let cell = row.get(*place)?.trim_ascii();
        (!cell.is_empty()).then_some((*naming, cell))
    })?;
    round.asker.who(naming, str::from_utf8(cell).ok()?)
}

/// Gives a row the header's width, so that what is appended stands under its name.
fn widen(row: &mut ByteRecord, width: usize) {
    row.truncate(width);
    while row.len() < width {
        row.push_field(b"");
    }
}

fn append(row: &mut ByteRecord, answer: &Answer) {
    row.push_field(answer.verdict.as_str().as_bytes());
    row.push_field(answer.reason.as_bytes());
    match answer.level {
        Some(level) => row.push_field(&[b'0' + u8::from(level)]),
        None => row.push_field(b""),
    }
    match answer.until {
        Some(until) => row.push_field(until.to_string().as_bytes()),
        None => row.push_field(b""),
    }
}

/// A source that ends with an error inside a row that is too long.
struct Bounded<R> {
    source: R,
    left: usize,
}

impl<R> Bounded<R> {
    /// The row before was in order; what is buffered of the next is little more.
    const fn next_row(&mut self) {
        self.left = ROW_BYTES_MAX + BUFFER_BYTES;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let why = "a row is longer than 1 MiB; is a quotation mark left open?";
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let read = self.source.read(into)?;
        self.left = self.left.saturating_sub(read);
        Ok(read)
    }
}

fn unreadable(error: csv::Error) -> anyhow::Error {
    let line = error.position().map(csv::Position::line);
    let place = line.map_or_else(String::new, |line| format!(" after line {line}"));
    own(error).context(format!("cannot read the list{place}"))
}

fn unwritable(error: csv::Error) -> anyhow::Error {
    own(error)
}

/// The operating system's error inside a CSV error, so that a closed output is seen as such.
fn own(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => anyhow::anyhow!("{other:?}"),
    }
}
