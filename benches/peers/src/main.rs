//! `cargo run --release`: decisions per second on one core, by `decide()` and by two general policy
//! engines with an equivalent policy, over the same people, interleaved in one run.
//!
//! Each engine gets its input in the form it likes best, made before the clock starts.

mod cedar;
mod population;
mod rego;

use std::time::Instant;

use anyhow::ensure;
use izin_core::decision::Matter;
use izin_core::policy::Policy;
use izin_core::{Channel, PurposeId, Request, Standing, Usage, Verdict};

use population::{CHANNELS, Dice, PURPOSES, SAID};

/// People in the run; small enough that the engines' inputs fit into memory.
const PEOPLE: u64 = 20_000;
/// Rounds, each engine in turn; the median counts.
const ROUNDS: usize = 5;
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

impl Question {
    fn channel_place(&self) -> usize {
        CHANNELS
            .iter()
            .position(|own| *own == self.channel)
            .unwrap_or_default()
    }
}

fn main() -> anyhow::Result<()> {
    let people: Vec<Standing> = (0..PEOPLE)
        .map(population::person)
        .collect::<Result<_, _>>()?;
    let questions = questions();
    let now = SAID.plus_days(100);
    let policy = policy()?;
    let requests = requests()?;
    let matters = requests
        .iter()
        .map(|own| Matter::new(own, &policy, now))
        .collect();
    let own = Ours::new(&people, &questions, matters);
    let mut rego = rego::Engine::new(&people, &questions, now)?;
    let mut cedar = cedar::Engine::new(&people, &questions, now)?;
    let agreed = own.allowed()?;
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let counted = [
            timed(|| own.allowed())?,
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
    let [own, rego, cedar] = rates.map(median);
    println!("decide()  {own:>12.0} /s   1x");
    println!("regorus   {rego:>12.0} /s   {:.1}x slower", own / rego);
    println!("cedar     {cedar:>12.0} /s   {:.1}x slower", own / cedar);
    println!("{agreed} of {} questions allowed by each", questions.len());
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

/// `decide()`, with what the policy and the law say worked out before, as the gate does for a batch.
struct Ours<'a> {
    people: &'a [Standing],
    matters: Vec<Matter<'a>>,
    questions: &'a [Question],
}

impl<'a> Ours<'a> {
    fn new(people: &'a [Standing], questions: &'a [Question], matters: Vec<Matter<'a>>) -> Self {
        Self {
            people,
            matters,
            questions,
        }
    }

    /// How many questions it allows.
    fn allowed(&self) -> anyhow::Result<usize> {
        let answer = |own: &&Question| {
            let matter = &self.matters[own.channel_place() * PURPOSES.len() + own.purpose];
            let decision = matter.decide(None, &self.people[own.person], Usage::default());
            decision.verdict == Verdict::Allow
        };
        Ok(self.questions.iter().filter(answer).count())
    }
}

/// A request for each channel and purpose, in that order.
fn requests() -> anyhow::Result<Vec<Request>> {
    let mut requests = Vec::new();
    for channel in CHANNELS {
        for purpose in PURPOSES {
            requests.push(Request::of(PurposeId::parse(purpose)?, channel));
        }
    }
    Ok(requests)
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
