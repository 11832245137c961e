//! `izin log receipt verify`: what somebody who kept a receipt can prove with the key alone.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use izin_app::audit::{Proven, RECEIPT_BYTES_MAX, ReceiptFile};
use serde_json::json;

use super::verify::{key, start_of};
use crate::exit::Exit;
use crate::io::Io;

/// What may be asked about a receipt.
#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptCommand {
    Verify(Verify),
}

/// Check that the entry of a receipt is in the log
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  izin log receipt verify izin-42.json --key izin.vkey

It needs the receipt and the log's key, no store, no configuration and no network.")]
pub(crate) struct Verify {
    /// The receipt, as a person downloads it
    file: PathBuf,
    /// The key as `izin log key` prints it, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: String,
}

/// Checks a receipt and says what it proves.
pub(crate) fn run(
    ReceiptCommand::Verify(asked): &ReceiptCommand,
    here: &Path,
    json: bool,
    io: &mut Io,
) -> anyhow::Result<Exit> {
    let key = key(&asked.key, here)?;
    let text = start_of(&here.join(&asked.file), RECEIPT_BYTES_MAX)
        .with_context(|| format!("cannot read `{}`", asked.file.display()))?;
    let receipt = ReceiptFile::parse(&text);
    match receipt.and_then(|own| Ok((own.verify(&key)?, own))) {
        Ok((proven, receipt)) => told(&proven, &receipt, json, io).map(|()| Exit::Fine),
        Err(fault) => {
            if json {
                io.json(&json!({ "ok": false, "fault": fault.to_string() }))?;
            }
            Err(fault).context("the receipt proves nothing")
        }
    }
}

fn told(proven: &Proven, receipt: &ReceiptFile, json: bool, io: &mut Io) -> anyhow::Result<()> {
    let (seq, size) = (receipt.seq, proven.checkpoint.head().size);
    let (log, recorded) = (proven.checkpoint.origin(), proven.entry.recorded_at);
    if json {
        return io.json(&json!({
            "ok": true, "log": log, "seq": seq, "size": size, "recorded_at": recorded.to_string(),
            "entry": receipt.entry,
        }));
    }
    io.line(format_args!(
        "entry {seq} is in the log {log}, under a signed root of {size} entries; recorded at \
         {recorded}: {}",
        receipt.entry
    ))?;
    Ok(())
}
