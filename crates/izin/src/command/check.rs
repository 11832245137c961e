//! `izin check`: is everything in order, and if not, where?

use std::path::{Path, PathBuf};

use clap::Args;
use izin_app::Clock;
use izin_app::policy::{self, Checked, Findings};
use izin_core::{Language, Policy};
use serde_json::{Value, json};

use crate::cli::Cli;
use crate::config::ConfigError;
use crate::exit::Exit;
use crate::io::Io;

const EXAMPLES: &str = "\
Examples:
  izin check
  izin check shop --json
  izin check --lang id

Every finding is told with its place, why it matters and what to do. Warnings and notes keep nothing
from working; the exit code is 1 when there is an error.";

/// Check the configuration and the policy, without a store
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The folder with izin.toml; absent: what --config names
    folder: Option<PathBuf>,
}

/// Reads both and tells every finding.
pub(crate) fn run(check: &Check, cli: &Cli, io: &mut Io) -> anyhow::Result<Exit> {
    let folder = check.folder.as_ref();
    let path = folder.map_or_else(|| cli.config.clone(), |folder| folder.join("izin.toml"));
    let config = cli.config_at(&path);
    let policy = match &config {
        Ok(config) => from_here(&config.settings.policy),
        Err(_) => path.with_file_name("policy"),
    };
    let looked = if config.is_ok() || policy.is_dir() {
        policy::check(&policy, Clock::System.now())
    } else {
        Checked::default()
    };
    let language = cli.language_in(looked.language);
    let findings = match config {
        Ok(config) => looked.findings.and(config.warnings),
        Err(missing @ ConfigError::Unreadable { .. }) if !cli.answer.json => {
            if !looked.findings.is_empty() {
                io.line(looked.findings.render(language, cli.answer.coloured))?;
            }
            return Err(missing.into());
        }
        Err(error) => error.into_findings(&path).and(looked.findings),
    };
    let fine = !findings.block();
    if cli.answer.json {
        io.json(&answer(&findings, looked.policy.as_ref(), language))?;
    } else {
        if !findings.is_empty() {
            io.line(findings.render(language, cli.answer.coloured))?;
        }
        if let (true, Some(policy)) = (fine, &looked.policy) {
            in_order(&path, policy, language, io)?;
        }
    }
    Ok(if fine { Exit::Fine } else { Exit::Findings })
}

/// A path as it is opened from the current folder, where it lies in it.
pub(super) fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let inside = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    let inside = inside.filter(|own| !own.as_os_str().is_empty());
    inside.unwrap_or(path).to_owned()
}

fn in_order(path: &Path, policy: &Policy, language: Language, io: &mut Io) -> anyhow::Result<()> {
    let path = path.display();
    let (head, on, close) = match language {
        Language::Id => (
            format!("{path} dan kebijakannya beres:"),
            "lewat",
            "Yang diperiksa hanya berkasnya. `izin policy diff` membandingkannya dengan kebijakan yang \
             terakhir diterbitkan, dan menyebut berapa orang menolak tujuan atau topik yang tidak ada \
             lagi di sini.",
        ),
        Language::En => (
            format!("{path} and its policy are in order:"),
            "on",
            "Only these files were looked at. `izin policy diff` compares them with the policy published \
             last, and tells how many people refused a purpose or topic that is no longer here.",
        ),
    };
    io.line(head)?;
    for purpose in &policy.purposes {
        let channels: Vec<&str> = purpose.channels.iter().map(|own| own.as_str()).collect();
        io.line(format_args!(
            "  {} {on} {}",
            purpose.id,
            channels.join(", ")
        ))?;
    }
    io.line(close)?;
    Ok(())
}

fn answer(findings: &Findings, policy: Option<&Policy>, language: Language) -> Value {
    let told: Vec<Value> = findings
        .iter()
        .map(|own| json!(own.told(language)))
        .collect();
    let purposes = policy.into_iter().flat_map(|own| &own.purposes);
    let purposes: Vec<&str> = purposes.map(|own| own.id.as_str()).collect();
    json!({
        "ok": !findings.block(),
        "findings": told,
        "left_out": findings.left_out(),
        "purposes": purposes,
    })
}
