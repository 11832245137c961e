//! Lists in CSV.

use std::io::{Read, Write};

use izin_app::Who;

use super::asker::{Answer, Naming};
use super::rows::{Row, Rows};
use super::{COLUMNS, ROWS_TOGETHER, Round};

/// The separator of a header: the commonest of those in use, outside of quotation marks.
pub(super) fn separator(start: &[u8]) -> u8 {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let header = start.split(is_end).next().unwrap_or(start);
    let outside = header.split(|byte| *byte == b'"').step_by(2);
    let count = |sign: u8| {
        let of_piece = |piece: &[u8]| piece.iter().filter(|byte| **byte == sign).count();
        outside.clone().map(of_piece).sum::<usize>()
    };
    let most = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|sign| count(*sign));
    most.unwrap_or(b',')
}

/// What the header says.
struct Sheet {
    separator: u8,
    /// How many columns there are.
    width: usize,
    /// Where the columns that name people stand, in order of preference.
    naming: Vec<(Naming, usize)>,
}

/// Rows that are decided together.
#[derive(Default)]
struct Block {
    /// Each as it is written, side by side.
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    /// Whom it names.
    named: Vec<Option<Who>>,
    /// Room of addresses that were decided, for the next.
    rooms: Vec<String>,
}

/// Decides every row.
pub(super) fn decide(
    source: impl Read,
    out: &mut impl Write,
    separator: u8,
    round: &mut Round<'_>,
) -> anyhow::Result<()> {
    let mut rows = Rows::of(source, separator);
    let Some(header) = rows.next()? else {
        anyhow::bail!("the list is empty; its first row names the columns, as email");
    };
    let sheet = Sheet::of(&header, separator, &round.asker.preference())?;
    let mut text = Vec::new();
    header.write((sheet.width, separator), &mut text);
    for column in COLUMNS {
        text.push(separator);
        text.extend_from_slice(column.as_bytes());
    }
    text.push(b'\n');
    out.write_all(&text)?;
    let mut block = Block::default();
    loop {
        let ended = block.fill(&mut rows, (&sheet, round));
        let answers = round.asker.ask(&block.named);
        text.clear();
        let mut start = 0;
        for (end, answer) in block.ends.iter().zip(&answers) {
            if round.keeps(answer) {
                let row = block.text.get(start..*end).unwrap_or_default();
                text.extend_from_slice(row);
                append(&mut text, separator, answer);
            }
            start = *end;
        }
        out.write_all(&text)?;
        if ended? {
            return Ok(());
        }
    }
}

impl Block {
    /// Reads rows until the block is full; whether the list has ended. What was read before an error is
    /// still decided.
    fn fill(
        &mut self,
        rows: &mut Rows<impl Read>,
        (sheet, round): (&Sheet, &Round<'_>),
    ) -> anyhow::Result<bool> {
        self.clear();
        while self.ends.len() < ROWS_TOGETHER {
            let Some(row) = rows.next()? else {
                return Ok(true);
            };
            row.write((sheet.width, sheet.separator), &mut self.text);
            self.ends.push(self.text.len());
            self.named.push(sheet.who(&row, round, &mut self.rooms));
        }
        Ok(false)
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        let room = |who: Option<Who>| match who {
            Some(Who::Identifier(own)) => Some(own.into_room()),
            _ => None,
        };
        self.rooms.extend(self.named.drain(..).filter_map(room));
    }
}

impl Sheet {
    fn of(header: &Row<'_>, separator: u8, preference: &[Naming]) -> anyhow::Result<Self> {
        let is = |cell: &[u8], name: &str| cell.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        for name in COLUMNS {
            anyhow::ensure!(
                !header.cells().any(|cell| is(cell, name)),
                "the list has a column `{name}` already; take it out, so that nobody reads the wrong one"
            );
        }
        for (_, name) in Naming::ALL {
            anyhow::ensure!(
                header.cells().filter(|cell| is(cell, name)).count() < 2,
                "the list has two columns `{name}`; rename one, so that nobody reads the wrong one"
            );
        }
        let place = |naming: &Naming| {
            let (_, name) = Naming::ALL.iter().find(|(own, _)| own == naming)?;
            Some((*naming, header.cells().position(|cell| is(cell, name))?))
        };
        let naming: Vec<_> = preference.iter().filter_map(place).collect();
        anyhow::ensure!(
            !naming.is_empty(),
            "the list's first row names no column `email`, `phone`, `customer` or `id`"
        );
        let width = header.len();
        Ok(Self {
            separator,
            width,
            naming,
        })
    }

    /// Whom a row names. One wider than the header names nobody: what stands where could be guessed
    /// wrong.
    fn who(&self, row: &Row<'_>, round: &Round<'_>, rooms: &mut Vec<String>) -> Option<Who> {
        if row.len() > self.width {
            return None;
        }
        let (naming, cell) = self.naming.iter().find_map(|(naming, place)| {
            let cell = row.cell(*place)?.trim_ascii();
            (!cell.is_empty()).then_some((*naming, cell))
        })?;
        let text = str::from_utf8(cell).ok()?;
        round.asker.who(naming, text, rooms.pop())
    }
}

/// Ends a row with its answer.
fn append(row: &mut Vec<u8>, separator: u8, answer: &Answer) {
    row.push(separator);
    row.extend_from_slice(answer.verdict.as_str().as_bytes());
    row.push(separator);
    row.extend_from_slice(answer.reason.as_bytes());
    row.push(separator);
    row.extend(answer.level.map(|level| b'0' + u8::from(level)));
    row.push(separator);
    if let Some(until) = answer.until {
        row.extend_from_slice(until.to_string().as_bytes());
    }
    row.push(b'\n');
}
