//! `izin log receipt verify`: what somebody who kept a receipt can prove with the key alone.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use izin_app::audit::{Proven, ReceiptFault, ReceiptFile, SentFile};
use izin_core::{Language, Timestamp};
use izin_log::{Checkpoint, VerifierKey};
use serde_json::{Value, json};

use super::verify::{key, start_of};
use crate::cli::Answer;
use crate::exit::Exit;
use crate::io::Io;

/// The longest file of receipts, in bytes: some thousand messages, each with its proof.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

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

/// Checks receipts and says what each proves.
pub(crate) fn run(
    ReceiptCommand::Verify(asked): &ReceiptCommand,
    here: &Path,
    answer: Answer,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let key = key(&asked.key, here)?;
    let text = start_of(&here.join(&asked.file), FILE_BYTES_MAX)
        .with_context(|| format!("cannot read `{}`", asked.file.display()))?;
    let receipts = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let proved: Result<Vec<_>, _> = receipts.map(|own| proved(own?, &key)).collect();
    match proved {
        Ok(proved) if proved.is_empty() => anyhow::bail!("the file holds no receipt"),
        Ok(proved) => {
            let mut all = proved.iter();
            all.try_for_each(|own| told(own, answer, io))?;
            Ok(Exit::Fine)
        }
        Err(fault) => {
            if answer.json {
                io.json(&json!({ "ok": false, "fault": fault.to_string() }))?;
            }
            Err(fault).context("the receipt proves nothing")
        }
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
