//! What holds in every world, whatever was declared and whatever happened.

use izin_core::act::Evidence;
use izin_core::{
    Act, Channel, Decision, Level, Origin, Reason, RefusalKind, Signal, Standing, Verdict, law,
    strictest,
};
use izin_testkit::Dice;
use izin_testkit::world::declared::limit;
use izin_testkit::world::{NOON, World, random_consent};

const WORLDS: u64 = 2_000;

/// Every world, with dice of its own for what happens next.
fn each_world(mut promise: impl FnMut(u64, World, &mut Dice)) {
    for seed in 0..WORLDS {
        promise(seed, World::random(seed), &mut Dice::new(!seed));
    }
}

/// Everything that speaks against the message.
fn against(decision: &Decision) -> Vec<Reason> {
    let first = Some(decision.reason).filter(|own| !own.allows());
    first.into_iter().chain(decision.also.iter()).collect()
}

#[track_caller]
fn stricter(seed: u64, before: &Decision, after: &Decision) {
    assert!(
        after.verdict >= before.verdict,
        "seed {seed}: {before:?} then {after:?}"
    );
    assert!(
        after.level <= before.level,
        "seed {seed}: {before:?}, {after:?}"
    );
}

#[test]
fn one_more_refusal_never_permits_anything_nor_makes_it_more_personal() {
    each_world(|seed, world, dice| {
        let no = world.refusal(dice);
        stricter(seed, &world.decide(), &world.then(no).decide());
    });
}

#[test]
fn one_more_signal_never_permits_anything() {
    each_world(|seed, world, dice| {
        let signal = dice.pick(&Signal::ALL);
        let mut sending = world.clone();
        sending.request.signals = sending.request.signals.with(signal);
        stricter(seed, &world.decide(), &sending.decide());
        if world.is_known() {
            let seen = Act::SignalSeen {
                signal,
                channel: dice.perhaps(&Channel::ALL),
                origin: Origin::Page,
            };
            stricter(seed, &world.decide(), &world.then(seen).decide());
        }
    });
}

#[test]
fn minority_restriction_a_pause_a_failure_or_erasure_never_permits_anything_but_a_duty() {
    let origin = Origin::Agent;
    each_world(|seed, world, dice| {
        let channel = dice.perhaps(&[world.request.channel]);
        let act = dice.pick(&[
            Act::MinorKnown {
                adult_from: world.now.plus_days(9),
                origin,
            },
            Act::Restricted {
                holds: true,
                origin,
            },
            Act::Paused {
                channel,
                until: world.now.plus_days(9),
                origin,
            },
            Act::Undeliverable {
                identifier: izin_testkit::world::IDENTIFIERS[0],
                channel: world.request.channel,
            },
        ]);
        if world.is_known() {
            stricter(seed, &world.decide(), &world.then(act).decide());
            let erased = world.then(Act::Erased).decide();
            let is_duty = erased.reason == Reason::LegalObligation;
            assert!(erased.verdict == Verdict::Deny || is_duty, "seed {seed}");
            assert_eq!(erased.level, Level::Contextual, "seed {seed}");
        }
    });
}

#[test]
fn one_more_cap_or_send_never_permits_anything() {
    each_world(|seed, world, _| {
        let has_own = |entry: &izin_core::Entry| matches!(entry.act, Act::CapSet { .. });
        if world.is_known() && !world.entries.iter().any(has_own) {
            let own = Act::CapSet {
                channel: None,
                limit: limit(1, "7d"),
                origin: Origin::Page,
            };
            stricter(seed, &world.decide(), &world.then(own).decide());
        }
        let mut sent = world.clone();
        sent.sends.push(izin_core::decision::Sent {
            at: world.now,
            channel: world.request.channel,
            purpose: world.request.purpose,
            topic: world.request.topic,
        });
        stricter(seed, &world.decide(), &sent.decide());
    });
}

#[test]
fn requirement_6_permission_is_an_and_over_the_regimes() {
    let mut several = 0;
    each_world(|seed, mut world, _| {
        world.request.place = None;
        world
            .entries
            .retain(|entry| !matches!(entry.act, Act::Placed { .. }));
        let regimes = std::mem::take(&mut world.policy.controller.regimes);
        if world.entries.is_empty() || regimes.is_empty() {
            return;
        }
        let under = |regimes: &[law::Regime]| {
            let mut world = world.clone();
            world.policy.controller.regimes = regimes.to_vec();
            world.decide()
        };
        let all = under(&regimes);
        let alone: Vec<Decision> = regimes.iter().map(|own| under(&[*own])).collect();
        several += usize::from(regimes.len() > 1);
        let mut reasons: Vec<Reason> = alone.iter().flat_map(against).collect();
        reasons.sort_unstable();
        reasons.dedup();
        // What goods reveal may be lifted by an explicit consent where every law lets it.
        assert_eq!(against(&all), reasons, "seed {seed}");
        assert!(
            alone.iter().all(|own| all.verdict >= own.verdict),
            "seed {seed}"
        );
        assert!(
            alone.iter().all(|own| all.level <= own.level),
            "seed {seed}"
        );
    });
    assert!(several > 250, "only {several} worlds under several laws");
}

#[test]
fn requirement_4_every_yes_carries_what_it_rests_on_and_a_replay_gives_it_again() {
    let mut allowed = 0;
    each_world(|seed, world, dice| {
        let decision = world.decide();
        assert_eq!(decision, world.decide(), "seed {seed}");
        let again = replayed(&world, dice);
        assert_eq!(again, world.standing(), "seed {seed}");
        assert_eq!(decision.law, law::VERSION);
        assert_eq!(decision.policy, world.policy.version);
        assert_eq!(
            decision.seq,
            world.entries.last().map_or(decision.seq, |own| own.seq)
        );
        if decision.verdict != Verdict::Allow {
            assert_eq!(
                (decision.basis, decision.consent, decision.notice),
                (None, None, None)
            );
            return;
        }
        allowed += 1;
        let rule = decision
            .rule
            .and_then(law::rule_by_id)
            .expect("a row of law");
        assert!(rule.applies_at(world.now), "seed {seed}");
        assert!(decision.regimes.contains(rule.regime), "seed {seed}");
        assert!(!rule.article.is_empty(), "seed {seed}");
        assert_eq!(rule.kind, law::Kind::Permission, "seed {seed}");
        let asked = world.policy.purpose(&world.request.purpose).unwrap();
        assert_eq!(rule.class, Some(asked.class), "seed {seed}");
        let channel = world.request.channel;
        assert!(rule.channel.is_none_or(|own| own == channel), "seed {seed}");
        assert!(
            decision.basis.is_some_and(|own| rule.bases.contains(own)),
            "seed {seed}"
        );
        rests_on_its_entry(seed, &world, &decision);
    });
    assert!(allowed > 100, "only {allowed} worlds allow anything");
}

fn rests_on_its_entry(seed: u64, world: &World, decision: &Decision) {
    let entry = world
        .entries
        .iter()
        .find(|own| Some(own.seq) == decision.consent);
    match decision.basis {
        Some(law::Basis::Consent) => {
            let Some(Act::Consented {
                purpose,
                channel,
                policy,
                evidence,
                ..
            }) = entry.map(|own| &own.act)
            else {
                panic!("seed {seed}: a consent is an entry");
            };
            let asked = (world.request.purpose, world.request.channel);
            assert_eq!((*purpose, *channel), asked, "seed {seed}");
            assert_eq!(*evidence, Evidence::Recorded, "seed {seed}");
            assert_eq!(decision.notice.unwrap_or_default(), *policy, "seed {seed}");
        }
        Some(law::Basis::SoftOptIn) => {
            let act = entry.map(|own| &own.act);
            assert!(
                matches!(act, Some(Act::SoftOptInRecorded { .. })),
                "seed {seed}"
            );
            assert_eq!(decision.notice, None, "seed {seed}");
        }
        Some(law::Basis::ImpliedConsent) => {
            let act = entry.map(|own| &own.act);
            assert!(
                matches!(act, Some(Act::RelationRecorded { .. })),
                "seed {seed}"
            );
            assert_eq!(decision.notice, None, "seed {seed}");
        }
        _ => assert_eq!(decision.consent, None, "seed {seed}"),
    }
}

/// The standing, folded in two goes.
fn replayed(world: &World, dice: &mut Dice) -> Standing {
    if !world.is_known() {
        return world.standing();
    }
    let half = dice.below(world.entries.len() as u64);
    let (begin, rest) = world.entries.split_at(usize::try_from(half).unwrap());
    let mut standing = Standing::default();
    begin.iter().for_each(|entry| standing.apply(entry));
    let mut taken_up = standing.clone();
    rest.iter().for_each(|entry| taken_up.apply(entry));
    taken_up
}

#[test]
fn a_cleared_standing_is_as_good_as_a_new_one() {
    let mut used = World::random(0).standing();
    each_world(|seed, world, _| {
        if world.is_known() {
            used.clear();
            world.entries.iter().for_each(|entry| used.apply(entry));
            assert_eq!(used, world.standing(), "seed {seed}");
        }
    });
}

#[test]
fn a_claimed_consent_changes_no_answer() {
    each_world(|seed, world, dice| {
        let mut claim = random_consent(dice);
        if let Act::Consented { evidence, .. } = &mut claim {
            *evidence = Evidence::Missing;
        }
        if world.is_known() {
            let (before, mut after) = (world.decide(), world.then(claim).decide());
            after.seq = before.seq;
            assert_eq!(before, after, "seed {seed}");
        }
    });
}

#[test]
fn refusals_decide_the_same_in_whatever_order_and_however_often_they_are_said() {
    each_world(|seed, world, dice| {
        let (one, two) = (world.refusal(dice), world.refusal(dice));
        let said = |acts: &[&Act]| {
            let world = acts
                .iter()
                .fold(world.clone(), |world, act| world.then((*act).clone()));
            let decision = world.decide();
            (against(&decision), decision.level)
        };
        assert_eq!(said(&[&one, &two]), said(&[&two, &one]), "seed {seed}");
        assert_eq!(said(&[&one]), said(&[&one, &one]), "seed {seed}");
    });
}

#[test]
fn a_yes_names_its_basis_a_not_now_its_moment_and_a_no_neither() {
    each_world(|seed, world, _| {
        let decision = world.decide();
        let (allowed, deferred) = (Verdict::Allow, Verdict::Defer);
        assert_eq!(
            decision.reason.allows(),
            decision.verdict == allowed,
            "seed {seed}"
        );
        assert_eq!(
            decision.basis.is_some(),
            decision.verdict == allowed,
            "seed {seed}"
        );
        assert_eq!(
            decision.until.is_some(),
            decision.verdict == deferred,
            "seed {seed}"
        );
        assert!(
            decision.until.is_none_or(|until| until > world.now),
            "seed {seed}"
        );
        assert!(
            decision.also.is_empty() || decision.verdict != allowed,
            "seed {seed}"
        );
        assert!(
            decision.also.iter().all(|own| own > decision.reason),
            "seed {seed}"
        );
    });
}

#[test]
fn at_the_moment_a_deferral_names_the_message_may_go_or_it_is_night_still() {
    let mut met = 0;
    each_world(|seed, mut world, _| {
        let before = world.decide();
        let Some(until) = before.until else { return };
        met += 1;
        world.now = until;
        let after = world.decide();
        let waits = [Reason::Paused, Reason::Capped];
        let still = against(&after).iter().any(|own| waits.contains(own));
        assert!(!still, "seed {seed}: {before:?} then {after:?}");
    });
    assert!(met > 25, "only {met} worlds put anything off");
}

#[test]
fn of_several_holders_no_answer_is_looser_than_any() {
    for seed in 0..WORLDS {
        let holders = 1 + Dice::new(seed).below(3);
        let decisions: Vec<_> = (0..holders)
            .map(|holder| World::random(seed * 4 + holder).decide())
            .collect();
        let answer = strictest(decisions.clone()).expect("an answer");
        for own in &decisions {
            assert!(answer.verdict >= own.verdict, "seed {seed}");
            assert!(answer.level <= own.level, "seed {seed}");
            let stops_as_long = answer.verdict == Verdict::Deny || answer.until >= own.until;
            assert!(stops_as_long, "seed {seed}: {answer:?}, {own:?}");
        }
    }
}

#[test]
fn before_any_law_was_in_force_nothing_had_a_basis() {
    each_world(|seed, world, _| {
        let world = World {
            now: izin_core::Timestamp::from_micros(0),
            ..world
        };
        assert_ne!(world.decide().verdict, Verdict::Allow, "seed {seed}");
    });
    assert!(NOON > izin_core::Timestamp::from_micros(0));
}

#[test]
fn every_kind_of_refusal_is_met() {
    let mut met = Vec::new();
    each_world(|_, world, dice| {
        if let Act::Refused { refusal, .. } = world.refusal(dice) {
            met.push(refusal);
        }
    });
    for kind in izin_testkit::world::REFUSALS {
        assert!(met.contains(&kind), "{kind:?}");
    }
    assert!(met.contains(&RefusalKind::Presumed));
}
