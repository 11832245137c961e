//! `izin log receipt verify`: what somebody who kept a receipt can prove with the key alone.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use izin_app::audit::{Document, Proven, ReceiptFault, ReceiptFile, SentFile};
use izin_core::{Language, Timestamp};
use izin_log::{Checkpoint, VerifierKey};
use serde_json::{Value, json};

use super::verify::key;
use crate::cli::Answer;
use crate::exit::Exit;
use crate::io::Io;

/// The longest receipt, in bytes: a record, and a proof in a log of any size.
const RECEIPT_BYTES_MAX: usize = 1024 * 1024;

/// What may be asked about a receipt.
#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptCommand {
    Verify(Verify),
}

/// Check that the log holds what a receipt says
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin log receipt verify izin-42.json --key izin.vkey
  izin log receipt verify sent.ndjson --key izin.vkey

It needs the receipt and the log's key, no store, no configuration and no network. A file of `izin log
prove --sent` may hold several; each is checked.")]
pub(crate) struct Verify {
    /// The receipt, as a person downloads it
    file: PathBuf,
    /// The key as `izin log key` prints it, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: String,
}

/// What a receipt proves.
struct Proved {
    /// The entry: of what is told, or of the batch that a message is in.
    seq: u64,
    /// What is told, as it was recorded.
    record: String,
    recorded: Timestamp,
    is_message: bool,
    checkpoint: Checkpoint,
}

/// Checks receipts and says what each proves, as they are read: the first that proves nothing ends it.
pub(crate) fn run(
    ReceiptCommand::Verify(asked): &ReceiptCommand,
    here: &Path,
    answer: Answer,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let key = key(&asked.key, here)?;
    let name = asked.file.display();
    let file = File::open(here.join(&asked.file));
    let left = Cell::new(RECEIPT_BYTES_MAX);
    let from = Bounded {
        from: BufReader::new(file.with_context(|| format!("cannot read `{name}`"))?),
        left: &left,
    };
    let mut told_already = HashSet::new();
    for receipt in serde_json::Deserializer::from_reader(from).into_iter::<Document>() {
        left.set(RECEIPT_BYTES_MAX);
        match receipt
            .map_err(Into::into)
            .and_then(|Document(own)| proved(own, &key))
        {
            Ok(own) => {
                // Copied once more, one message would read as two.
                let is_new = told_already.insert((own.seq, own.record.clone()));
                anyhow::ensure!(
                    is_new || !own.is_message,
                    "a message of the batch of entry {} stands twice",
                    own.seq
                );
                told(&own, answer, io)?;
            }
            Err(fault) => {
                if answer.json {
                    io.json(&json!({ "ok": false, "fault": fault.to_string() }))?;
                }
                return Err(fault).context("the receipt proves nothing");
            }
        }
    }
    anyhow::ensure!(!told_already.is_empty(), "the file holds no receipt");
    Ok(Exit::Fine)
}

/// A file that holds any number of receipts, none of which is read without end.
struct Bounded<'a, R> {
    from: R,
    left: &'a Cell<usize>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(bytes)?;
        let left = self.left.get().checked_sub(read);
        let long = || io::Error::other("it is longer than a receipt can be");
        self.left.set(left.ok_or_else(long)?);
        Ok(read)
    }
}

/// Checks one receipt, of an entry or of a message.
fn proved(receipt: Value, key: &VerifierKey) -> Result<Proved, ReceiptFault> {
    if receipt.get("sent").is_none() {
        let own: ReceiptFile = serde_json::from_value(receipt)?;
        let Proven { entry, checkpoint } = own.verify(key)?;
        return Ok(Proved {
            seq: own.seq,
            record: own.entry,
            recorded: entry.recorded_at,
            is_message: false,
            checkpoint,
        });
    }
    let own: SentFile = serde_json::from_value(receipt)?;
    let (message, checkpoint) = own.verify(key)?;
    Ok(Proved {
        seq: own.batch.seq,
        record: own.sent,
        recorded: message.begun,
        is_message: true,
        checkpoint,
    })
}

fn told(own: &Proved, answer: Answer, io: &mut Io) -> anyhow::Result<()> {
    let Proved { seq, record, .. } = own;
    let (log, size) = (own.checkpoint.origin(), own.checkpoint.head().size);
    let at = own.recorded.to_string();
    let (what, when) = if own.is_message {
        ("sent", "begun")
    } else {
        ("entry", "recorded_at")
    };
    if answer.json {
        return io.json(&json!({
            "ok": true, "log": log, "seq": seq, "size": size, when: at, what: record,
        }));
    }
    io.line(match (answer.lang.unwrap_or(Language::En), own.is_message) {
        (Language::Id, true) => format!(
            "sebuah pesan yang diserahkan pada {at} ada dalam kumpulan entri {seq} di log {log}, di \
             bawah akar bertanda tangan dari {size} entri: {record}"
        ),
        (Language::Id, false) => format!(
            "entri {seq} ada di log {log}, di bawah akar bertanda tangan dari {size} entri; tercatat \
             pada {at}: {record}"
        ),
        (Language::En, true) => format!(
            "a message handed over at {at} is in the batch of entry {seq} in the log {log}, under a \
             signed root of {size} entries: {record}"
        ),
        (Language::En, false) => format!(
            "entry {seq} is in the log {log}, under a signed root of {size} entries; recorded at {at}: \
             {record}"
        ),
    })?;
    Ok(())
}
