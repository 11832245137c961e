//! `izin check`: is everything in order, and if not, where?

use std::io::IsTerminal;
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
        Ok(config) => config.settings.policy.clone(),
        Err(_) => path.with_file_name("policy"),
    };
    let looked = if config.is_ok() || policy.is_dir() {
        policy::check(&policy, Clock::System.now())
    } else {
        Checked::default()
    };
    let language = cli.answer.lang.unwrap_or(Language::En);
    let fine = config.is_ok() && !looked.findings.block();
    if cli.answer.json {
        io.json(&answer(config.err().as_ref(), &looked, language))?;
        return Ok(if fine { Exit::Fine } else { Exit::Findings });
    }
    if !looked.findings.is_empty() {
        io.line(looked.findings.render(language, is_coloured()))?;
    }
    config?;
    match &looked.policy {
        Some(policy) => {
            in_order(&path, policy, io)?;
            Ok(Exit::Fine)
        }
        None => Ok(Exit::Findings),
    }
}

/// Colours are for a person at a terminal who did not ask for none (no-color.org).
fn is_coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && std::io::stdout().is_terminal()
}

fn in_order(path: &Path, policy: &Policy, io: &mut Io) -> anyhow::Result<()> {
    io.line(format_args!(
        "{} and its policy are in order:",
        path.display()
    ))?;
    for purpose in &policy.purposes {
        let channels: Vec<&str> = purpose.channels.iter().map(|own| own.as_str()).collect();
        io.line(format_args!("  {} on {}", purpose.id, channels.join(", ")))?;
    }
    Ok(())
}

fn answer(config: Option<&ConfigError>, looked: &Checked, language: Language) -> Value {
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
fn configuration(error: &ConfigError) -> Value {
    let (line, column, what) = match error {
        ConfigError::Form {
            line, column, why, ..
        } => (*line, *column, why.clone()),
        other => (1, 1, other.to_string()),
    };
    json!({
        "code": "configuration",
        "severity": "error",
        "file": "izin.toml",
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
