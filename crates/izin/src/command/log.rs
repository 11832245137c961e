//! `izin log`: what a stranger needs to check the record.

use std::path::PathBuf;

use clap::Subcommand;
use izin_app::audit;
use izin_core::Seq;
use izin_store::hex;
use serde_json::json;

use super::verify::Verify;
use crate::execute::Shop;
use crate::exit::Exit;
use crate::io::Io;

/// Sign, export, prove and verify the tamper-evident log
#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Print the key that the log is checked with
    #[command(after_help = "Example:\n  izin log key > izin.vkey")]
    Key,
    /// Sign the log as it stands and print the signed checkpoint
    #[command(after_help = "Example:\n  izin log checkpoint")]
    Checkpoint,
    /// Prove that one entry is in the log
    #[command(after_help = "Example:\n  izin log prove 42 > entry-42.tlog-proof")]
    Prove {
        /// The entry's number
        seq: u64,
    },
    /// Write everything that a stranger needs into a new folder
    #[command(after_help = "Example:\n  izin log export audit-2026")]
    Export {
        /// The folder; new or empty
        folder: PathBuf,
    },
    Verify(Verify),
}

/// Does what was asked about the log of a store.
pub(crate) async fn run(asked: &Log, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    let json = shop.answer.json;
    match asked {
        Log::Key => {
            let key = shop.app.signer.verifier();
            if json {
                io.json(&json!({ "key": key.to_string() }))?;
            } else {
                io.line(key)?;
            }
        }
        Log::Checkpoint => {
            let note = audit::checkpoint(shop.app).await?;
            if json {
                io.json(&json!({ "checkpoint": note }))?;
            } else {
                io.out.write_all(note.as_bytes())?;
            }
        }
        Log::Prove { seq } => {
            let proved = audit::prove(shop.app, Seq(*seq)).await?;
            if json {
                io.json(&json!({
                    "seq": seq,
                    "entry": proved.disclosed.recorded.record,
                    "blinding": hex(&proved.disclosed.recorded.blinding),
                    "receipt": proved.receipt.to_string(),
                }))?;
            } else {
                io.out.write_all(proved.receipt.to_string().as_bytes())?;
            }
        }
        Log::Export { folder } => {
            let path = shop.path(folder);
            let entries = audit::export(shop.app, &path).await?;
            if json {
                io.json(&json!({ "folder": path, "entries": entries }))?;
            } else {
                io.line(format_args!("{entries} entries are in {}", path.display()))?;
            }
        }
        Log::Verify(asked) => return super::verify::run(asked, shop.here, json, io),
    }
    Ok(Exit::Fine)
}
