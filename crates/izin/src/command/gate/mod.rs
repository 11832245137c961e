//! `izin gate`: a list of recipients in, every row with its decision out, in order.
//!
//! Rows stream: memory does not grow with the list. A row that names nobody is denied, never
//! passed on undecided. Start at [`run`]; `sheet.rs` decides CSV, whose rows `rows.rs` reads,
//! `lines.rs` NDJSON; `asker.rs` puts the question, `tally.rs` counts.

mod asker;
mod lines;
mod rows;
mod sheet;
mod tally;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
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
        Some(file) => replace(&shop.path(file), |out| decide(source, out, &mut round))?,
    }
    let language = (!shop.answer.json).then(|| shop.language());
    round.tally.tell(language, &mut io.err)?;
    Ok(Exit::Fine)
}

/// Decides every row of a source, whichever form it has.
fn decide(source: impl Read, out: &mut dyn Write, round: &mut Round<'_>) -> anyhow::Result<()> {
    let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    let start = source.fill_buf().context("cannot read the list")?;
    if start.starts_with(MARK.as_bytes()) {
        source.consume(MARK.len());
    }
    let start = source.fill_buf().context("cannot read the list")?;
    if start.trim_ascii_start().starts_with(b"{") {
        lines::decide(source, &mut out, round)?;
    } else {
        let separator = sheet::separator(start);
        sheet::decide(source, &mut out, separator, round)?;
    }
    out.flush()?;
    Ok(())
}

/// Writes a file beside its place and moves it there when it is whole: a list may be decided onto
/// itself, and a list cut short is never taken for a whole one.
fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    let unready = path.with_added_extension("part");
    let mut file = File::create(&unready).with_context(cannot)?;
    let written = write(&mut file)
        .and_then(|()| file.sync_all().with_context(cannot))
        .and_then(|()| std::fs::rename(&unready, path).with_context(cannot));
    if written.is_err() {
        std::fs::remove_file(&unready).with_context(cannot)?;
    }
    written
}
