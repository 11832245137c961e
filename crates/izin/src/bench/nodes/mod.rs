//! Several processes on one PostgreSQL: how fast they make opt-outs durable, how soon each knows what was said to
//! another, and what they decide a second.
//!
//! The server is the operator's (`IZIN_POSTGRESQL`); everything is done in a schema of its own, which is named
//! at the end. Each process is `izin serve`, asked over HTTP as a shop asks it.

mod history;
mod load;
mod process;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use super::bare::Bare;
use super::decide::middle;
use super::population::Population;
use super::{Better, Figure};
use history::{Asked, Said};
use process::Process;

/// Rounds of opt-outs as fast as they go, of which the middle one counts.
const ROUNDS: usize = 3;
/// Opt-outs in one of them, at most, and what share of everybody.
const ROUND_MAX: u64 = 3_000;
const SHARE: u64 = 8;
/// Opt-outs a second while it is looked how soon they are known.
const OPT_OUTS: u64 = 200;
/// How many processes decide at once, in turns.
const PROCESSES: [usize; 3] = [1, 2, 4];

/// How much is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Processes.
    pub(super) nodes: usize,
    /// People known.
    pub(super) people: u64,
    /// How long it is looked how soon opt-outs are known.
    pub(super) seconds: u64,
    /// Decisions a second meanwhile, of all processes together.
    pub(super) checks: u64,
}

/// Runs the bench in `dir`; on the server a schema stays.
pub(super) fn run(dir: &Path, size: Size) -> anyhow::Result<Vec<Figure>> {
    anyhow::ensure!(
        std::env::var_os("IZIN_POSTGRESQL").is_some(),
        "this bench needs a PostgreSQL server: set IZIN_POSTGRESQL=postgresql://izin@db.example.com/izin (the keys go \
         to `izin_keys` there, or where IZIN_POSTGRESQL_KEYS says); it works in a schema of its own"
    );
    let round = ROUND_MAX.min(size.people / SHARE);
    let opted_out = round * ROUNDS as u64;
    let needed = opted_out + OPT_OUTS * size.seconds + 1;
    anyhow::ensure!(
        size.people > needed,
        "this takes more than {needed} people; set --subjects"
    );
    let schema = format!("izin_bench_{}", std::process::id());
    let began = std::time::Instant::now();
    eprintln!(
        "{} people are imported, and {} processes start",
        size.people, size.nodes
    );
    let (processes, key) = process::start(dir, &schema, size)?;
    let started = began.elapsed().as_secs_f64();
    let mut figures = vec![
        Figure::new("people", size.people as f64, "people"),
        Figure::new("start_and_import", started, "s").better(Better::Lower),
    ];
    let callers: Vec<_> = processes.iter().map(|own| own.caller(&key)).collect();
    let mut rates = Vec::new();
    let mut told = 0..opted_out;
    eprintln!("{ROUNDS} rounds of {round} opt-outs, as fast as they go");
    for _ in 0..ROUNDS {
        let some: Vec<u64> = told.by_ref().take(usize::try_from(round)?).collect();
        rates.push(load::opt_outs(&callers, &some)?);
    }
    figures.push(sync(dir)?);
    figures.push(
        Figure::new("opt_outs_over_nodes", middle(rates), "per second")
            .must(3_000.0)
            .bold(15_000.0),
    );
    let people = opted_out..opted_out + OPT_OUTS * size.seconds;
    let looked = Duration::from_secs(size.seconds);
    eprintln!(
        "{} s of {OPT_OUTS} opt-outs and {} questions a second",
        size.seconds, size.checks
    );
    let (said, asked) = load::look(&callers, (people, size.people), (looked, size.checks))?;
    figures.extend(known(&said, &asked, size)?);
    eprintln!("decisions in batches");
    for many in PROCESSES.into_iter().filter(|many| *many <= size.nodes) {
        figures.extend(decided(&processes, &callers, many, size.people)?);
    }
    for own in processes {
        own.stop()?;
    }
    eprintln!(
        "the schemas `{schema}` of both databases stay; `drop schema {schema} cascade` removes them"
    );
    Ok(figures)
}

/// How long the disk takes to keep a write, to see the rest beside.
fn sync(dir: &Path) -> anyhow::Result<Figure> {
    let micros = Bare::open(dir)?.sync_seconds()? * 1e6;
    Ok(Figure::new("fdatasync", micros, "µs").better(Better::Lower))
}

/// How soon what was said to one was known to the others, and whether anybody answered wrong.
fn known(said: &BTreeMap<u64, Said>, asked: &[Asked], size: Size) -> anyhow::Result<Vec<Figure>> {
    let found = history::check(said, asked, size.nodes);
    let of = |name, per_cent: usize| {
        let last = found.known_after.len().saturating_sub(1);
        let at = found.known_after.len() * per_cent / 100;
        let after = found.known_after.get(at.min(last));
        after.map(|own| Figure::new(name, own.as_secs_f64() * 1e3, "ms").better(Better::Lower))
    };
    // One process alone tells nobody.
    let known = [
        of("known_elsewhere_p50", 50).map(|own| own.must(10.0)),
        of("known_elsewhere_p99", 99).map(|own| own.must(50.0)),
        of("known_elsewhere_max", 100).map(|own| own.must(1_000.0)),
    ];
    let count = |name, many: usize| Figure::new(name, many as f64, "answers");
    let first = asked.iter().map(|own| own.begun).min();
    let last = asked.iter().map(|own| own.ended).max();
    let took = first.zip(last).context("somebody was asked")?;
    let rate = asked.len() as f64 / (took.1 - took.0).as_secs_f64();
    let mut figures = vec![
        Figure::new("opt_outs_looked_at", said.len() as f64, "opt-outs"),
        Figure::new("answers_looked_at", rate, "per second"),
        count("never_known", found.never_known)
            .better(Better::Lower)
            .must(0.0),
        count("wrong_allows", found.wrong)
            .better(Better::Lower)
            .must(0.0),
    ];
    figures.extend(known.into_iter().flatten());
    Ok(figures)
}

/// What so many processes decide at once.
fn decided(
    processes: &[Process],
    callers: &[load::Caller],
    many: usize,
    people: u64,
) -> anyhow::Result<Vec<Figure>> {
    const NAMES: [[&str; 2]; 3] = [
        ["decisions_of_1", "decisions_of_1_cpu"],
        ["decisions_of_2", "decisions_of_2_cpu"],
        ["decisions_of_4", "decisions_of_4_cpu"],
    ];
    let used = || -> anyhow::Result<f64> {
        let seconds = processes.iter().take(many).map(Process::cpu_seconds);
        seconds.sum()
    };
    let some = callers.get(..many).context("so many processes")?;
    let before = used()?;
    let (rows, took) = load::batches(some, people)?;
    let cpu = used()? - before;
    let at = PROCESSES.iter().position(|own| *own == many);
    let [by_clock, by_cpu] = at.and_then(|at| NAMES.get(at)).context("a name")?;
    Ok(vec![
        Figure::new(by_clock, rows as f64 / took.as_secs_f64(), "per second"),
        Figure::new(by_cpu, rows as f64 / cpu, "per CPU second"),
    ])
}

/// The address of somebody.
fn address(person: u64) -> String {
    Population::address(person)
}
