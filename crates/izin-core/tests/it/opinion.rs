//! Two implementations of the rules agree on random worlds.

use izin_core::{Reason, Verdict};
use izin_testkit::opinion::{Opinion, second_decide};
use izin_testkit::world::World;

/// Worlds tried; `IZIN_WORLDS` asks for more.
const WORLDS: u64 = 40_000;

fn worlds() -> u64 {
    let asked = std::env::var("IZIN_WORLDS").ok();
    asked.map_or(WORLDS, |count| count.parse().expect("a number of worlds"))
}

fn first_opinion(world: &World) -> Opinion {
    let decision = world.decide();
    Opinion {
        verdict: decision.verdict,
        reason: decision.reason,
        also: decision.also,
        level: decision.level,
        until: decision.until,
        consent: decision.consent,
    }
}

#[test]
fn the_second_opinion_is_the_same_in_every_world() {
    for seed in 0..worlds() {
        let world = World::random(seed);
        assert_eq!(
            first_opinion(&world),
            second_decide(&world),
            "seed {seed}: {world:#?}"
        );
    }
}

#[test]
fn the_worlds_meet_every_reason_and_verdict() {
    let opinions: Vec<_> = (0..WORLDS)
        .map(|seed| second_decide(&World::random(seed)))
        .collect();
    let never_met: Vec<Reason> = Reason::all()
        .filter(|reason| {
            let met = |own: &Opinion| own.reason == *reason || own.also.contains(reason);
            !opinions.iter().any(met)
        })
        .collect();
    assert_eq!(never_met, []);
    let allowed = opinions
        .iter()
        .filter(|own| own.verdict == Verdict::Allow)
        .count();
    let personal = opinions
        .iter()
        .filter(|own| u8::from(own.level) >= 2)
        .count();
    assert!(
        allowed > opinions.len() / 50,
        "only {allowed} worlds allow anything"
    );
    assert!(personal > 50, "only {personal} worlds are personal");
}
