//! `cargo run --release`: decisions per second on one core, by the gate and by two general policy
//! engines with an equivalent policy, over the same people, interleaved in one run.
//!
//! Each engine gets its input in the form it likes best, made before the clock starts: the gate its
//! people as entries, and what is asked about many together; alone as well, for whoever asks so.

mod cedar;
mod gate;
mod population;
mod rego;

use std::time::Instant;

use anyhow::ensure;
use izin_core::policy::Policy;
use izin_core::{Channel, Standing};

use population::{CHANNELS, Dice, PURPOSES, SAID};

/// People in the run; small enough that the engines' inputs fit into memory.
const PEOPLE: u64 = 20_000;
/// Rounds, each engine in turn; the median counts.
const ROUNDS: usize = 5;
/// How many times as fast as regorus the gate must be.
const REGORUS_MUST: f64 = 10.0;
/// How many times as fast as Cedar it must be.
const CEDAR_MUST: f64 = 30.0;
/// Days a consent lasts.
const CONSENT_DAYS: u32 = 730;

/// One question of the run.
pub struct Question {
    /// About whom.
    pub person: usize,
    /// On which channel.
    pub channel: Channel,
    /// For which purpose, by its place.
    pub purpose: usize,
}

fn main() -> anyhow::Result<()> {
    let people: Vec<Standing> = (0..PEOPLE)
        .map(population::person)
        .collect::<Result<_, _>>()?;
    let questions = questions();
    let now = SAID.plus_days(100);
    let own = gate::Engine::new(&questions, policy()?, now)?;
    let mut rego = rego::Engine::new(&people, &questions, now)?;
    let mut cedar = cedar::Engine::new(&people, &questions, now)?;
    let agreed = own.allowed();
    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let counted = [
            timed(|| Ok(own.allowed()))?,
            timed(|| Ok(own.allowed_one_by_one()))?,
            timed(|| rego.allowed())?,
            timed(|| cedar.allowed())?,
        ];
        for ((allowed, rate), rates) in counted.into_iter().zip(&mut rates) {
            ensure!(
                allowed == agreed,
                "the engines disagree: {allowed} and {agreed} allowed"
            );
            rates.push(rate);
        }
    }
    let [own, alone, rego, cedar] = rates.map(median);
    println!("izin, many at once  {own:>12.0} /s");
    println!("izin, one by one    {alone:>12.0} /s");
    let besides = |name, rate, must: f64| {
        println!(
            "{name}  {rate:>12.0} /s   {:.1}x slower, must be {must}x",
            own / rate
        );
        own / rate >= must
    };
    let met = [
        besides("regorus           ", rego, REGORUS_MUST),
        besides("cedar             ", cedar, CEDAR_MUST),
    ];
    println!("{agreed} of {} questions allowed by each", questions.len());
    ensure!(
        met == [true, true],
        "the gate is not as many times faster as it must be"
    );
    Ok(())
}

fn questions() -> Vec<Question> {
    let mut dice = Dice::new(7);
    (0..PEOPLE)
        .map(|_| Question {
            person: dice.below(PEOPLE) as usize,
            channel: CHANNELS[dice.below(3) as usize],
            purpose: dice.below(4) as usize,
        })
        .collect()
}

/// The policy: four consented purposes on three channels.
fn policy() -> anyhow::Result<Policy> {
    let mut policy: serde_json::Value = serde_json::from_str(include_str!("policy.json"))?;
    let text = serde_json::json!({ "id": "teks", "en": "text" });
    let purposes = PURPOSES.map(|id| {
        serde_json::json!({
            "id": id, "dpv": "dpv:DirectMarketing", "title": text, "explanation": text,
            "class": "marketing", "basis": "consent", "channels": CHANNELS, "fields": [],
            "highest_level": 1, "consent_days": CONSENT_DAYS, "retention_days": 730,
            "ropa": { "subjects": text, "transfers": text, "measures": text, "system": "shop",
                      "automated_decision": false }
        })
    });
    policy["purpose"] = purposes.to_vec().into();
    Ok(serde_json::from_value(policy)?)
}

fn timed(work: impl FnOnce() -> anyhow::Result<usize>) -> anyhow::Result<(usize, f64)> {
    let began = Instant::now();
    let allowed = work()?;
    Ok((allowed, PEOPLE as f64 / began.elapsed().as_secs_f64()))
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
