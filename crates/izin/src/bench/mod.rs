//! `izin bench`: what this machine does, as ratios to a limit measured in the same run.

mod send;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use crate::demo::fill::Source;
use crate::exit::Exit;
use crate::io::Io;
use crate::session;

/// What is measured.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Subject {
    /// A whole campaign, from the purchase file to the mail server
    Send,
}

/// Measure this machine, against a limit found in the same run
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  izin bench send\n  izin bench send --transactions purchases.csv.gz --json"
)]
pub(crate) struct Bench {
    /// What to measure
    #[arg(value_enum)]
    subject: Subject,
    /// Take the shop from a real purchase file
    #[arg(long, value_name = "FILE", conflicts_with = "customers")]
    transactions: Option<PathBuf>,
    /// How many customers a generated shop has
    #[arg(long, value_name = "N", default_value_t = 4_000)]
    customers: u64,
}

/// Measures in a folder that is gone afterwards; exit 1 when a figure misses what it must reach.
pub(crate) fn run(bench: &Bench, json: bool, io: &mut Io) -> anyhow::Result<Exit> {
    let source = match &bench.transactions {
        Some(file) => Source::Transactions(file.clone()),
        None => Source::Generated(usize::try_from(bench.customers)?),
    };
    let dir = std::env::temp_dir().join(format!("izin-bench-{}", std::process::id()));
    std::fs::create_dir(&dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let Subject::Send = bench.subject;
    let measured = session::runtime()?.block_on(send::run(&dir, &source));
    std::fs::remove_dir_all(&dir).with_context(|| format!("cannot remove `{}`", dir.display()))?;
    let figures = measured?;
    let missed = figures.iter().any(Figure::is_missed);
    if json {
        let cores = std::thread::available_parallelism()?.get();
        let machine =
            json!({ "cores": cores, "os": std::env::consts::OS, "arch": std::env::consts::ARCH });
        io.json(&json!({ "machine": machine, "figures": figures }))?;
    } else {
        for figure in &figures {
            io.line(figure)?;
        }
    }
    Ok(if missed { Exit::Findings } else { Exit::Fine })
}

/// Which way a figure is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// One measured figure.
#[derive(Debug, Clone, Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    better: Better,
    #[serde(skip_serializing_if = "Option::is_none")]
    must: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<&'static str>,
}

impl Figure {
    const fn new(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self {
            name,
            value,
            unit,
            better: Better::Higher,
            must: None,
            bold: None,
            peer: None,
        }
    }

    const fn better(self, better: Better) -> Self {
        Self { better, ..self }
    }

    const fn must(self, must: f64) -> Self {
        Self {
            must: Some(must),
            ..self
        }
    }

    const fn bold(self, bold: f64) -> Self {
        Self {
            bold: Some(bold),
            ..self
        }
    }

    const fn peer(self, peer: &'static str) -> Self {
        Self {
            peer: Some(peer),
            ..self
        }
    }

    fn is_missed(&self) -> bool {
        self.must.is_some_and(|must| match self.better {
            Better::Higher => self.value < must,
            Better::Lower => self.value > must,
        })
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<24} {:>12.2} {}", self.name, self.value, self.unit)?;
        let sign = if self.better == Better::Higher {
            "≥"
        } else {
            "≤"
        };
        if let Some(must) = self.must {
            write!(f, "   must {sign} {must}")?;
        }
        if let Some(peer) = self.peer {
            write!(f, "   of {peer}")?;
        }
        Ok(())
    }
}
