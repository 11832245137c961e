//! `izin check`: is everything in order, and if not, where?

use std::path::PathBuf;

use clap::Args;
use izin_app::{Clock, policy};
use izin_core::Policy;
use serde_json::json;

use crate::cli::Cli;
use crate::exit::{self, Exit};
use crate::io::Io;

/// Check the configuration and the policy, without a store
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  izin check\n  izin check shop --json")]
pub(crate) struct Check {
    /// The folder with izin.toml; absent: what --config names
    folder: Option<PathBuf>,
}

/// Reads both and tells the first finding.
pub(crate) fn run(check: &Check, cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    let folder = check.folder.as_ref();
    let path = folder.map_or_else(|| cli.config.clone(), |folder| folder.join("izin.toml"));
    let read = || -> anyhow::Result<Policy> {
        let settings = cli.config_at(&path)?.settings;
        Ok(policy::read(&settings.policy, Clock::System.now())?)
    };
    match read() {
        Ok(policy) if cli.answer.json => {
            let purposes: Vec<&str> = policy.purposes.iter().map(|own| own.id.as_str()).collect();
            io.json(&json!({ "ok": true, "purposes": purposes }))?;
        }
        Ok(policy) => {
            io.line(format_args!(
                "{} and its policy are in order:",
                path.display()
            ))?;
            for purpose in &policy.purposes {
                let channels: Vec<&str> = purpose.channels.iter().map(|own| own.as_str()).collect();
                io.line(format_args!("  {} on {}", purpose.id, channels.join(", ")))?;
            }
        }
        Err(finding) if cli.answer.json => {
            let said = exit::sentence(&finding).unwrap_or_default();
            let said = said.trim_start_matches("izin: ");
            io.json(&json!({ "ok": false, "finding": said }))?;
            return Ok(Exit::Findings);
        }
        Err(finding) => return Err(finding),
    }
    Ok(Exit::Fine)
}
