//! Two implementations of the rules agree on random worlds, and the worlds meet every rule.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use izin_core::{Reason, Verdict};
use izin_testkit::opinion::{Opinion, second_decide};
use izin_testkit::world::World;

/// Worlds tried; `IZIN_WORLDS` asks for more, or for fewer.
const WORLDS: u64 = 100_000;
/// How often each code must be met as *the* reason, so that its rule is tried and not just named.
const MET_AT_LEAST: usize = 5;

/// What all worlds together showed. Both tests look at the same ones.
struct Tried {
    worlds: u64,
    /// Seeds of worlds on which the two disagree.
    disagree: Vec<u64>,
    reasons: BTreeMap<Reason, usize>,
    levels: [usize; 4],
}

static TRIED: LazyLock<Tried> = LazyLock::new(|| {
    let asked = std::env::var("IZIN_WORLDS").ok();
    let worlds = asked.map_or(WORLDS, |count| count.parse().expect("a number of worlds"));
    let mut tried = Tried {
        worlds,
        disagree: Vec::new(),
        reasons: Reason::all().map(|reason| (reason, 0)).collect(),
        levels: [0; 4],
    };
    for seed in 0..worlds {
        let world = World::random(seed);
        let first = first_opinion(&world);
        if first != second_decide(&world) {
            tried.disagree.push(seed);
        }
        *tried.reasons.entry(first.reason).or_default() += 1;
        tried.levels[usize::from(u8::from(first.level))] += 1;
    }
    tried
});

fn first_opinion(world: &World) -> Opinion {
    let decision = world.decide();
    Opinion {
        verdict: decision.verdict,
        reason: decision.reason,
        also: decision.also.iter().collect(),
        level: decision.level,
        until: decision.until,
        basis: decision.basis,
        rule: decision.rule.filter(|_| decision.verdict != Verdict::Deny),
        regimes: decision.regimes.iter().collect(),
        consent: decision.consent,
        notice: decision.notice,
    }
}

#[test]
fn the_two_decides_agree_on_100_000_random_worlds() {
    let many = TRIED.disagree.len();
    if let Some(seed) = TRIED.disagree.first() {
        let world = World::random(*seed);
        let (first, second) = (first_opinion(&world), second_decide(&world));
        assert_eq!(first, second, "seed {seed}, one of {many}: {world:#?}");
    }
}

#[test]
fn the_worlds_meet_every_code_as_the_reason() {
    let Tried {
        worlds,
        reasons,
        levels,
        ..
    } = &*TRIED;
    let counts: Vec<String> = reasons
        .iter()
        .map(|(reason, count)| format!("{} {count}", reason.code()))
        .collect();
    println!("{worlds} worlds: {}; levels {levels:?}", counts.join(", "));
    if *worlds < WORLDS {
        return;
    }
    let rare: Vec<_> = reasons
        .iter()
        .filter(|(_, count)| **count < MET_AT_LEAST)
        .collect();
    assert!(rare.is_empty(), "met too seldom: {rare:?}");
    assert!(levels.iter().all(|count| *count > 100), "{levels:?}");
}
