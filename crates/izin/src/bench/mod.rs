//! `izin bench`: what this machine does, as ratios to a limit measured in the same run.

mod append;
mod bare;
mod client;
mod decide;
mod gate;
mod http;
mod log;
mod nodes;
mod opt_out;
mod peer;
mod population;
mod replay;
mod send;
mod stub;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};
use izin_app::{App, Clock, Settings};
use izin_core::Language;
use izin_store::Entropy;
use izin_store::vault::MasterSource;
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
    /// Decisions about as many people as a large shop has
    Decide,
    /// A list through `izin gate`, from file to file
    Gate,
    /// Decisions over HTTP, alone and in batches
    Http,
    /// A start without a snapshot: the whole ledger
    Replay,
    /// Checking the log: all of it, and one entry by its proof
    Log,
    /// Acts made durable, alone and together
    Append,
    /// Several processes on a PostgreSQL server, which IZIN_POSTGRESQL names
    Nodes,
    /// Reading what comes in: posts, bounces, texts, webhooks; and signing mail
    Wire,
}

/// Measure this machine, against a limit found in the same run
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  izin bench send\n  izin bench decide --subjects 10000000 --json\n  izin bench http --subjects 1000000\n  izin bench append --json\n  izin bench send --transactions purchases.csv.gz --json"
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
    /// How many people decisions are about
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    subjects: u64,
    /// How many processes share the server
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=32))]
    nodes: u8,
    /// How long processes are asked how soon they know what another was told
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u64,
    /// How many decisions a second they make meanwhile
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    checks: u64,
}

/// Measures in a folder that is gone afterwards; exit 1 when a figure misses what it must reach.
pub(crate) fn run(bench: &Bench, json: bool, io: &mut Io) -> anyhow::Result<Exit> {
    let source = match &bench.transactions {
        Some(file) => Source::Transactions(file.clone()),
        None => Source::Generated(usize::try_from(bench.customers)?),
    };
    let dir = std::env::temp_dir().join(format!("izin-bench-{}", std::process::id()));
    std::fs::create_dir(&dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let measured = session::runtime()?.block_on(measure(bench, &dir, &source));
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

async fn measure(bench: &Bench, dir: &Path, source: &Source) -> anyhow::Result<Vec<Figure>> {
    match bench.subject {
        Subject::Send => send::run(dir, source).await,
        Subject::Decide => {
            let app = open(dir).await?;
            decide::run(dir, &app.store, bench.subjects)
        }
        Subject::Http => http::run(&open(dir).await?, bench.subjects).await,
        Subject::Log => log::run(bench.subjects),
        Subject::Wire => wire::run(),
        Subject::Replay => replay::run(&open(dir).await?, bench.subjects).await,
        Subject::Gate => gate::run(dir, &open(dir).await?, bench.subjects).await,
        Subject::Nodes => {
            let size = nodes::Size {
                nodes: bench.nodes.into(),
                people: bench.subjects,
                seconds: bench.seconds,
                checks: bench.checks,
            };
            let dir = dir.to_owned();
            tokio::task::spawn_blocking(move || nodes::run(&dir, size)).await?
        }
        Subject::Append => append::run(dir, open(dir).await?, bench.subjects).await,
    }
}

/// An application of its own in an empty folder; it knows nobody and sends nothing.
async fn open(dir: &Path) -> anyhow::Result<Arc<App>> {
    let policy = dir.join("policy");
    crate::command::init::write_policy(&policy, Language::En)?;
    let data = dir.join("data");
    std::fs::create_dir_all(&data)?;
    let settings = Settings {
        data,
        safe: dir.join("safe"),
        master: MasterSource::File,
        servers: None,
        policy,
        public_url: "http://127.0.0.1:1".into(),
        log_origin: "bench.example".into(),
        currency: "IDR".into(),
        carriers: Default::default(),
        providers: Default::default(),
        inbox: None,
        mail: None,
    };
    Ok(Arc::new(
        App::open(settings, Clock::System, Entropy::System).await?,
    ))
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
