//! What one decision costs, of as many people as a large shop has: by id and by address, alone
//! and in batches, while opt-outs come in, and how soon after a start; beside what the memory of
//! this machine can do in the same run.
//!
//! What must be reached is 3 M/s by id and 1.5 M/s by address, and 1 µs and 4 µs for one alone, on a
//! machine where a bare map of 10 M people answers 12.5 M/s and a dependent load takes 340 ns. So
//! the shares must be 0.24 and 0.12 of such a map, the times 2.9 and 11.8 such loads.

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use izin_app::{Gate, Who};
use izin_core::{Decision, Entry, Identifier, Seq, Verdict};
use izin_store::vault::Sealer;
use izin_store::{Committed, Hasher, IndexKey, Mark, Store};

use super::peer::{BareMap, Chain};
use super::population::{Dice, Population};
use super::{Better, Figure};

/// Decisions in one measured round.
const ROUND: usize = 1_000_000;
/// Rounds, of which the middle one counts.
const ROUNDS: usize = 3;
/// People in one batch.
const BATCH: usize = 4_096;
/// Bytes through which the peer's loads jump; no cache holds them.
const CHAIN_BYTES: usize = 2 << 30;
/// Decisions whose time is taken one by one.
const SINGLE: usize = 400_000;
/// Opt-outs a second that come in while decisions are timed.
const OPT_OUTS_PER_SECOND: u32 = 5_000;
/// Opt-outs recorded together, as a group commit does.
const OPT_OUTS_TOGETHER: u32 = 5;
/// Numbers in the pages file of `/proc`, in bytes each.
const PAGE_BYTES: f64 = 4_096.0;

/// The mark of a gate whose entries stand in no ledger.
const NO_LEDGER: [u8; 32] = [0; 32];

/// Runs the bench in `dir`, an empty folder, and answers its figures.
pub(super) fn run(dir: &Path, store: &Store, people: u64) -> anyhow::Result<Vec<Figure>> {
    let hasher = store.hasher();
    let population = Population::new(hasher.clone())?;
    let gate = Gate::new(hasher.clone());
    let mut figures = Vec::new();
    let (resident, began) = (resident()?, cpu()?);
    let entries = population.fill(&gate, people)?;
    let took = cpu()? - began;
    let grown = (self::resident()? - resident) / people as f64;
    figures.push(bytes("memory_resident", grown).must(200.0).bold(100.0));
    figures.push(bytes(
        "memory_asked_for",
        gate.bytes() as f64 / people as f64,
    ));
    figures.push(Figure::new("entries", entries as f64, "entries"));
    figures.push(rate("fill_and_fold", entries as f64 / took));
    let bench = Bench {
        gate: &gate,
        population: &population,
        people,
    };
    figures.push(bench.fold_alone()?);
    bench.batches(&mut figures)?;
    figures.push(bench.allowed());
    bench.single(&mut figures)?;
    bench.while_opting_out(&mut figures)?;
    let last = gate.seq().context("entries were folded")?;
    let sealer = store.epoch()?;
    let started = Instant::now();
    gate.save((dir, &sealer), (last, Mark::from_bytes(NO_LEDGER)))?;
    figures.push(seconds("snapshot_written", started));
    let size = std::fs::metadata(dir.join("gate.snapshot"))?.len() as f64;
    figures.push(bytes("snapshot_size", size / people as f64));
    drop(gate);
    figures.push(start((dir, &sealer), hasher, (&population, people))?);
    Ok(figures)
}

/// From a file to the first decision.
fn start(
    place: (&Path, &Sealer),
    hasher: &Hasher,
    (population, people): (&Population, u64),
) -> anyhow::Result<Figure> {
    let started = Instant::now();
    let (gate, _) = Gate::load(place, hasher.clone())?.context("a snapshot was written")?;
    let who = Who::Subject(Population::subject(people / 2));
    let decision = gate.ask(
        &who,
        &population.request,
        &population.policy,
        population.now,
    );
    anyhow::ensure!(decision.seq > Seq(0), "the snapshot holds everybody");
    let figure = seconds("start_from_snapshot", started);
    let millions = people as f64 / 1e6;
    Ok(figure
        .must((1.5 * millions).max(2.0))
        .bold((0.4 * millions).max(0.5)))
}

struct Bench<'a> {
    gate: &'a Gate,
    population: &'a Population,
    people: u64,
}

impl Bench<'_> {
    fn anybody(&self, count: usize, salt: u64) -> impl Iterator<Item = u64> {
        let mut dice = Dice::of(salt, 9);
        let people = self.people;
        (0..count).map(move |_| dice.below(people))
    }

    /// Entries a second, of people as an import writes them, without making them up.
    fn fold_alone(&self) -> anyhow::Result<Figure> {
        let mut entries = Vec::new();
        let mut next = Seq(0);
        let some = self.people.min(100_000);
        for person in 0..some {
            self.population.entries(person, &mut next, &mut entries)?;
        }
        let gate = Gate::new(self.population.hasher());
        let began = cpu()?;
        entries.chunks(BATCH).for_each(|own| gate.apply(own));
        let fold = entries.len() as f64 / (cpu()? - began);
        Ok(rate("fold", fold).must(1e6).bold(4e6))
    }

    /// Gate and bare map by turns, in the same order of people; of each the middle round counts.
    fn batches(&self, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
        let map = BareMap::of(self.people);
        let (mut by_id, mut by_address, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let whom: Vec<u64> = self.anybody(ROUND, round as u64).collect();
            by_id.push(self.by_id(&whom)?);
            by_address.push(self.by_address(&whom)?);
            bare.push(map.rate(&whom)?);
        }
        let [by_id, by_address, bare] = [by_id, by_address, bare].map(middle);
        let share = |name, value| Figure::new(name, value, "ratio").peer("a bare map of as many");
        figures.push(rate("by_id_in_batches", by_id));
        figures.push(rate("by_address_in_batches", by_address));
        figures.push(rate("peer_bare_map", bare));
        figures.push(
            share("by_id_of_bare_map", by_id / bare)
                .must(0.24)
                .bold(0.64),
        );
        let of_map = by_address / bare;
        figures.push(
            share("by_address_of_bare_map", of_map)
                .must(0.12)
                .bold(0.24),
        );
        Ok(())
    }

    fn by_id(&self, whom: &[u64]) -> anyhow::Result<f64> {
        let whom = whom.iter().copied().map(Population::subject);
        let whom: Vec<_> = whom.map(Who::Subject).collect();
        let own = self.population;
        let mut out = Vec::with_capacity(BATCH);
        let began = cpu()?;
        for batch in whom.chunks(BATCH) {
            out.clear();
            self.gate
                .ask_many(batch, &own.request, (&own.policy, own.now), &mut out);
            black_box(&out);
        }
        Ok(whom.len() as f64 / (cpu()? - began))
    }

    fn by_address(&self, whom: &[u64]) -> anyhow::Result<f64> {
        let texts: Vec<_> = whom.iter().copied().map(Population::address).collect();
        let own = self.population;
        let mut whom = Vec::with_capacity(BATCH);
        let mut out = Vec::with_capacity(BATCH);
        let began = cpu()?;
        for batch in texts.chunks(BATCH) {
            whom.clear();
            let read = batch.iter().filter_map(|text| Identifier::email(text).ok());
            whom.extend(read.map(Who::Identifier));
            out.clear();
            self.gate
                .ask_many(&whom, &own.request, (&own.policy, own.now), &mut out);
            black_box(&out);
        }
        Ok(texts.len() as f64 / (cpu()? - began))
    }

    /// The share of yes among the answers: a population that is refused everything costs less.
    fn allowed(&self) -> Figure {
        let own = self.population;
        let whom = self.anybody(ROUND / 10, 5).map(Population::subject);
        let whom: Vec<_> = whom.map(Who::Subject).collect();
        let mut out = Vec::new();
        self.gate
            .ask_many(&whom, &own.request, (&own.policy, own.now), &mut out);
        let yes = out.iter().filter(|own| own.verdict == Verdict::Allow);
        Figure::new("allowed", yes.count() as f64 / out.len() as f64, "share")
    }

    fn ask(&self, who: &Who) -> Decision {
        let own = self.population;
        self.gate.ask(who, &own.request, &own.policy, own.now)
    }

    fn single(&self, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
        let ids = self
            .anybody(SINGLE, 7)
            .map(|person| Who::Subject(Population::subject(person)));
        let times = times(ids, |who| self.ask(who));
        let (p50, p99) = (at(&times, 0.5), at(&times, 0.99));
        figures.push(nanos("by_id_p50", p50));
        figures.push(nanos("by_id_p99", p99));
        figures.push(nanos("by_id_p99_9", at(&times, 0.999)));
        let load = Chain::of(CHAIN_BYTES).nanos_per_load();
        let loads = |name, value| {
            let figure = Figure::new(name, value, "loads").better(Better::Lower);
            figure.peer("one dependent load from far memory")
        };
        figures.push(nanos("peer_dependent_load", load));
        figures.push(loads("by_id_p50_in_loads", p50 / load).must(2.9).bold(1.5));
        figures.push(loads("by_id_p99_in_loads", p99 / load).must(11.8).bold(5.9));
        let texts: Vec<_> = self.anybody(SINGLE, 8).map(Population::address).collect();
        let times = self::times(texts.into_iter(), |text| {
            Identifier::email(text).map(|own| self.ask(&Who::Identifier(own)))
        });
        figures.push(nanos("by_address_p50", at(&times, 0.5)));
        figures.push(nanos("by_address_p99", at(&times, 0.99)));
        let whom: Vec<_> = self
            .anybody(SINGLE, 6)
            .map(|person| Who::Subject(Population::subject(person)))
            .collect();
        let began = cpu()?;
        whom.iter().for_each(|who| {
            black_box(self.ask(who));
        });
        figures.push(rate("by_id_one_by_one", SINGLE as f64 / (cpu()? - began)));
        Ok(())
    }

    /// The slowest of a hundred, alone and while another thread records opt-outs, by turns.
    fn while_opting_out(&self, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
        let mut ratios = Vec::new();
        for round in 0..ROUNDS {
            let some = |salt| {
                let some = self.anybody(SINGLE, salt + round as u64);
                some.map(|person| Who::Subject(Population::subject(person)))
            };
            let idle = times(some(20), |who| self.ask(who));
            let done = AtomicBool::new(false);
            let (busy, opted_out) = std::thread::scope(|scope| {
                let writer = scope.spawn(|| self.opt_outs(&done));
                let busy = times(some(40), |who| self.ask(who));
                done.store(true, Ordering::Relaxed);
                (busy, writer.join())
            });
            let written = opted_out.ok().context("the writer of opt-outs stopped")?;
            anyhow::ensure!(written > 0, "opt-outs came in");
            ratios.push(at(&busy, 0.99) / at(&idle, 0.99));
        }
        let figure =
            Figure::new("p99_under_opt_outs", middle(ratios), "ratio").better(Better::Lower);
        figures.push(
            figure
                .must(2.0)
                .bold(1.3)
                .peer("the same decisions without opt-outs"),
        );
        Ok(())
    }

    fn opt_outs(&self, done: &AtomicBool) -> u32 {
        let pause = Duration::from_secs(1) * OPT_OUTS_TOGETHER / OPT_OUTS_PER_SECOND;
        let mut next = self.gate.seq().map_or(0, |seq| seq.0 + 1);
        let mut dice = Dice::of(next, 4);
        let mut written = 0;
        let mut due = Instant::now();
        while !done.load(Ordering::Relaxed) {
            let group: Vec<_> = (0..OPT_OUTS_TOGETHER)
                .map(|_| {
                    let entry = Entry {
                        seq: Seq(next),
                        subject: Some(Population::subject(dice.below(self.people))),
                        recorded_at: self.population.now,
                        act: self.population.opt_out(&mut dice, self.population.now),
                    };
                    next += 1;
                    let key = IndexKey::None;
                    Committed { entry, key }
                })
                .collect();
            self.gate.apply(&group);
            written += OPT_OUTS_TOGETHER;
            due += pause;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        written
    }
}

/// The time of each answer, in nanoseconds, shortest first.
fn times<W, T>(whom: impl Iterator<Item = W>, ask: impl Fn(&W) -> T) -> Vec<f64> {
    let whom: Vec<W> = whom.collect();
    let time = |who: &W| {
        let started = Instant::now();
        black_box(ask(who));
        started.elapsed().as_nanos() as f64
    };
    let mut times: Vec<f64> = whom.iter().map(time).collect();
    times.sort_by(f64::total_cmp);
    times
}

fn at(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// The middle one of several rounds.
pub(super) fn middle(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Seconds this thread has had of a core.
pub(super) fn cpu() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split(' ').next().context("no time in schedstat")?;
    Ok(nanos.parse::<f64>()? / 1e9)
}

/// Bytes of this process that are in memory.
fn resident() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages = text.split(' ').nth(1).context("no pages in statm")?;
    Ok(pages.parse::<f64>()? * PAGE_BYTES)
}

const fn rate(name: &'static str, value: f64) -> Figure {
    Figure::new(name, value, "per CPU second")
}

const fn nanos(name: &'static str, value: f64) -> Figure {
    Figure::new(name, value, "ns").better(Better::Lower)
}

const fn bytes(name: &'static str, value: f64) -> Figure {
    Figure::new(name, value, "bytes per person").better(Better::Lower)
}

fn seconds(name: &'static str, started: Instant) -> Figure {
    Figure::new(name, started.elapsed().as_secs_f64(), "s").better(Better::Lower)
}
