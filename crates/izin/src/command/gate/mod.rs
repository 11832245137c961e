//! `izin gate`: a list of recipients in, every row with its decision out, in order.
//!
//! Rows stream: memory does not grow with the list. A row that names nobody is denied, never
//! passed on undecided. Start at [`run`]; `sheet.rs` decides CSV, whose rows `rows.rs` reads,
//! `lines.rs` NDJSON; `asker.rs` puts the question, `tally.rs` counts, `output.rs` is where rows go.

mod asker;
mod lines;
mod output;
mod rows;
mod sheet;
mod tally;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};
use izin_core::{Channel, PurposeId, Request, TopicId, Verdict};

use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::{Io, Progress};
use asker::{Answer, Asker};
use tally::Tally;

/// Bytes read and written at once: large enough that system calls do not show.
const BUFFER_BYTES: usize = 256 * 1024;
/// The longest row, in bytes; a longer one is an unclosed quotation mark, not a recipient.
const ROW_BYTES_MAX: usize = 1024 * 1024;
/// Rows decided together.
const ROWS_TOGETHER: usize = 1_024;
/// Rows between two words about progress.
const ROWS_PER_WORD: u64 = 8_192;
/// What some programs begin a text with.
const MARK: &str = "\u{feff}";
/// What is appended to every row.
const COLUMNS: [&str; 4] = ["decision", "reason", "level", "until"];

const EXAMPLES: &str = "\
Examples:
  izin gate --channel email --purpose marketing --in list.csv --out decided.csv
  izin gate --channel email --purpose marketing --only allow < list.csv > may-send.csv

A CSV list has a header naming email, phone, customer or id; an NDJSON list has those fields. Where
a row has several, the address of the channel counts, then customer, then id. Every row comes back
in order with decision, reason, level and until appended. The summary is on standard error.";

/// Decide a whole list of recipients
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Gate {
    /// The way to reach people, as email
    #[arg(long)]
    channel: Channel,
    /// Why, by its name in the policy, as marketing
    #[arg(long, value_parser = PurposeId::parse)]
    purpose: PurposeId,
    /// The theme inside the purpose
    #[arg(long, value_parser = TopicId::parse)]
    topic: Option<TopicId>,
    /// The list; absent: standard input
    #[arg(long = "in", value_name = "FILE")]
    input: Option<PathBuf>,
    /// Where decided rows go; absent: standard output
    #[arg(long = "out", value_name = "FILE")]
    output: Option<PathBuf>,
    /// Keep only rows with this decision
    #[arg(long, value_name = "DECISION")]
    only: Option<Only>,
}

/// Which rows are kept.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Only {
    Allow,
    Defer,
    Deny,
}

impl From<Only> for Verdict {
    fn from(only: Only) -> Self {
        match only {
            Only::Allow => Self::Allow,
            Only::Defer => Self::Defer,
            Only::Deny => Self::Deny,
        }
    }
}

/// A list on its way through the gate.
struct Round<'a> {
    asker: Asker<'a>,
    only: Option<Verdict>,
    tally: Tally,
    progress: Progress,
}

impl Round<'_> {
    /// Counts an answer; whether its row is kept.
    fn keeps(&mut self, answer: &Answer) -> bool {
        let rows = self.tally.count(answer);
        if rows.is_multiple_of(ROWS_PER_WORD) {
            (self.progress)(rows, 0);
        }
        self.only.is_none_or(|only| only == answer.verdict)
    }
}

/// Decides the list.
pub(crate) fn run(asked: &Gate, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    shop.known(asked.purpose, asked.topic)?;
    let mut round = Round {
        asker: Asker {
            app: shop.app,
            request: Request {
                topic: asked.topic,
                ..Request::of(asked.purpose, asked.channel)
            },
        },
        only: asked.only.map(Verdict::from),
        tally: Tally::begin(),
        progress: Arc::clone(&io.progress),
    };
    let source: Box<dyn Read + Send> = match &asked.input {
        None => io.take_input(),
        Some(file) => {
            let path = shop.path(file);
            let opened = File::open(&path);
            Box::new(opened.with_context(|| format!("cannot read `{}`", path.display()))?)
        }
    };
    match &asked.output {
        None => decide(source, &mut io.out, &mut round)?,
        Some(file) => output::write_to(&shop.path(file), |out| decide(source, out, &mut round))?,
    }
    let language = (!shop.answer.json).then(|| shop.language());
    round.tally.tell(language, &mut io.err)?;
    Ok(Exit::Fine)
}

/// Decides every row of a source, whichever form it has.
fn decide(source: impl Read, out: &mut dyn Write, round: &mut Round<'_>) -> anyhow::Result<()> {
    let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
    let start = first_line(&mut source).context("cannot read the list")?;
    let start = start.strip_prefix(MARK.as_bytes()).unwrap_or(&start);
    let source = start.chain(source);
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    if start.trim_ascii_start().starts_with(b"{") {
        lines::decide(source, &mut out, round)?;
    } else {
        let separator = sheet::separator(start.trim_ascii_start());
        sheet::decide(source, &mut out, separator, round)?;
    }
    out.flush()?;
    Ok(())
}

/// Reads on until the first line that is not empty is whole, however it arrives; what is behind it may
/// be there too.
fn first_line(source: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    loop {
        let read = source.fill_buf()?;
        let length = read.len();
        start.extend_from_slice(read);
        source.consume(length);
        let line = start.trim_ascii_start();
        let is_whole = line.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        if length == 0 || is_whole || start.len() > ROW_BYTES_MAX {
            return Ok(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one piece at a time, as a pipe may.
    struct Pieces(Vec<&'static str>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            self.0.remove(0).as_bytes().read(buffer)
        }
    }

    #[test]
    fn the_first_line_is_whole_before_anything_is_made_of_it() {
        for (pieces, separator) in [
            (vec!["email", ";na", "me\nx,y,z;w\n"], b';'),
            (vec!["\n", "\r\n", "email\tname\r\n"], b'\t'),
            (vec!["\"a;b;", "c;d\",email,x\n"], b','),
            (vec!["email,name\rx;y;z\r"], b','),
            (vec!["ema", "il"], b','),
        ] {
            let whole = pieces.concat();
            let mut source = BufReader::new(Pieces(pieces));
            let start = first_line(&mut source).unwrap();
            let line = start.trim_ascii_start();
            assert_eq!(sheet::separator(line), separator, "{whole}");
            let mut rest = String::new();
            start
                .as_slice()
                .chain(source)
                .read_to_string(&mut rest)
                .unwrap();
            assert_eq!(rest, whole, "nothing is lost");
        }
    }
}
