//! What `izin gate` makes of a long list: its whole path from a CSV file to another, beside a bare
//! filter without rules over the same file. Such a filter is three times as fast as DuckDB's anti-join,
//! which the gate must reach: hence a third.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use izin_app::App;

use super::decide::cpu;
use super::population::{Dice, Population};
use super::{Better, Figure};
use crate::cli::{Cli, Command};
use crate::execute::{Runner, Shop, execute};
use crate::io::Io;

/// Rounds of both by turns, of which the middle one counts.
const ROUNDS: usize = 3;
/// Bytes read and written at once.
const BUFFER_BYTES: usize = 256 * 1024;
/// The peer's key; it only has to cost what a real one costs.
const PEER_KEY: [u8; 32] = [7; 32];

/// Runs the bench in `dir`, an empty folder, over an application that knows nobody yet.
pub(super) async fn run(dir: &Path, app: &Arc<App>, people: u64) -> anyhow::Result<Vec<Figure>> {
    let population = Population::new(app.store.hasher().clone())?;
    population.fill(&app.gate, people)?;
    let (list, decided) = (dir.join("list.csv"), dir.join("decided.csv"));
    write_list(&list, people)?;
    let suppressed = suppressed(people);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = cpu()?;
        by_gate(app, dir).await?;
        ours.push(people as f64 / (cpu()? - began));
        let began = cpu()?;
        by_bare_filter(&list, &dir.join("filtered.csv"), &suppressed)?;
        bare.push(people as f64 / (cpu()? - began));
    }
    let rows = BufReader::new(File::open(&decided)?).lines().count() as u64;
    anyhow::ensure!(rows == people + 1, "every row comes back");
    let middle = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all.get(ROUNDS / 2).copied().unwrap_or(f64::NAN)
    };
    let (ours, bare) = (middle(ours), middle(bare));
    let rate = |name, value| Figure::new(name, value, "rows per CPU second").better(Better::Higher);
    let share = Figure::new("gate_share_of_bare_filter", ours / bare, "ratio");
    Ok(vec![
        rate("gate_rows", ours),
        rate("peer_bare_filter", bare),
        share
            .must(0.33)
            .bold(0.53)
            .peer("a filter of the same file without rules"),
    ])
}

/// The command itself, as somebody types it.
async fn by_gate(app: &Arc<App>, dir: &Path) -> anyhow::Result<()> {
    let words = "izin gate --channel email --purpose marketing --in list.csv --out decided.csv";
    let cli = Cli::try_parse_from(words.split(' '))?;
    let Command::Shop(command) = cli.command else {
        anyhow::bail!("the gate works on a shop");
    };
    let shop = Shop {
        app,
        runner: Runner::Alone,
        answer: cli.answer,
        here: dir,
    };
    let mut io = Io {
        input: Box::new(std::io::empty()),
        out: Box::new(std::io::sink()),
        err: Box::new(std::io::sink()),
        progress: Arc::new(|_, _| {}),
    };
    execute(&command, &shop, &mut io).await?;
    Ok(())
}

/// Everybody, in no order, with a column that is nobody's business.
fn write_list(path: &Path, people: u64) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, File::create(path)?);
    writeln!(out, "email,city")?;
    let mut dice = Dice::of(people, 21);
    for _ in 0..people {
        writeln!(out, "{},Bandung", Population::address(dice.below(people)))?;
    }
    out.flush()?;
    Ok(())
}

/// Hashes of one person in ten.
fn suppressed(people: u64) -> HashSet<[u8; 16]> {
    let some = (0..people).step_by(10);
    some.map(|person| keyed(Population::address(person).to_ascii_lowercase().as_bytes()))
        .collect()
}

fn keyed(value: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    let mut hasher = blake3::Hasher::new_keyed(&PEER_KEY);
    hasher.update(value).finalize_xof().fill(&mut hash);
    hash
}

/// Read, split, lower-case, hash, look up, write: what any filter has to do.
fn by_bare_filter(list: &Path, out: &Path, suppressed: &HashSet<[u8; 16]>) -> anyhow::Result<()> {
    let mut rows = BufReader::with_capacity(BUFFER_BYTES, File::open(list)?);
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, File::create(out)?);
    let (mut row, mut address) = (Vec::new(), Vec::new());
    loop {
        row.clear();
        if rows.read_until(b'\n', &mut row)? == 0 {
            break;
        }
        let cell = row
            .split(|byte| *byte == b',')
            .next()
            .context("a row has a cell")?;
        address.clear();
        address.extend(cell.iter().map(u8::to_ascii_lowercase));
        if !suppressed.contains(&keyed(&address)) {
            out.write_all(&row)?;
        }
    }
    out.flush()?;
    Ok(())
}
