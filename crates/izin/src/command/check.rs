//! `izin check`: is everything in order, and if not, where?

use std::path::{Path, PathBuf};

use clap::Args;
use izin_app::Clock;
use izin_app::policy::{self, Checked, Finding};
use izin_app::visible::visible;
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
    let language = cli.answer.lang.or(looked.language);
    let language = language.unwrap_or(Language::En);
    let fine = config.is_ok() && !looked.findings.block();
    if cli.answer.json {
        let fault = config.err();
        io.json(&answer(
            fault.as_ref().map(|own| (own, &*path)),
            &looked,
            language,
        ))?;
        return Ok(if fine { Exit::Fine } else { Exit::Findings });
    }
    if !looked.findings.is_empty() {
        io.line(looked.findings.render(language, cli.answer.coloured))?;
    }
    config?;
    match &looked.policy {
        Some(policy) => {
            in_order(&path, policy, language, io)?;
            Ok(Exit::Fine)
        }
        None => Ok(Exit::Findings),
    }
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
    let (head, on) = match language {
        Language::Id => (format!("{path} dan kebijakannya beres:"), "lewat"),
        Language::En => (format!("{path} and its policy are in order:"), "on"),
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
    Ok(())
}

fn answer(config: Option<(&ConfigError, &Path)>, looked: &Checked, language: Language) -> Value {
    let told = |own: &Finding| json!(own.told(language));
    let mut findings: Vec<Value> = config.map(configuration).into_iter().collect();
    findings.extend(looked.findings.iter().map(told));
    let purposes = looked.policy.iter().flat_map(|own| &own.purposes);
    let purposes: Vec<&str> = purposes.map(|own| own.id.as_str()).collect();
    json!({
        "ok": config.is_none() && !looked.findings.block(),
        "findings": findings,
        "left_out": looked.findings.left_out(),
        "purposes": purposes,
    })
}

/// A fault of `izin.toml` in the same form; what it says holds its mend.
fn configuration((error, path): (&ConfigError, &Path)) -> Value {
    let (line, column, what) = match error {
        ConfigError::Form {
            line, column, why, ..
        } => (*line, *column, why.clone()),
        other => (1, 1, other.to_string()),
    };
    json!({
        "code": "configuration",
        "severity": "error",
        "file": visible(&path.display().to_string()),
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": column,
        "what": visible(&what),
        "why": "",
        "article": "",
        "mend": "",
    })
}
