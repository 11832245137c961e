//! What holds in every world, whatever was declared and whatever happened.

use izin_core::act::Evidence;
use izin_core::policy::Class;
use izin_core::{
    Act, Channel, Entry, Level, Origin, Reason, RefusalKind, Scope, Seq, Standing, Timestamp,
    Verdict, strictest,
};
use izin_testkit::Dice;
use izin_testkit::policy::purpose_id;
use izin_testkit::world::{
    NOON, PERSON, REFUSALS, World, random_consent, random_refusal, random_suppression,
};

const WORLDS: u64 = 5_000;

/// Every world, with dice of its own for what happens next.
fn each_world(mut promise: impl FnMut(u64, World, &mut Dice)) {
    for seed in 0..WORLDS {
        promise(seed, World::random(seed), &mut Dice::new(!seed));
    }
}

fn refused(refusal: RefusalKind, scope: Scope) -> Act {
    Act::Refused {
        refusal,
        scope,
        occurred_at: NOON,
        origin: Origin::Page,
    }
}

/// Worlds whose question is about a lawful essential purpose.
fn essential(world: &World) -> bool {
    let purpose = world
        .policy
        .live(&world.request.purpose, world.request.channel);
    purpose.is_some_and(|purpose| purpose.class == Class::Essential)
        && !world.decide().also.contains(&Reason::NoBasis)
        && world.decide().reason != Reason::NoBasis
}

#[test]
fn one_more_refusal_never_permits_anything_nor_makes_it_more_personal() {
    each_world(|seed, world, dice| {
        let no = if world.is_known() {
            random_refusal(dice)
        } else {
            random_suppression(dice)
        };
        let (before, after) = (world.decide(), world.then(no).decide());
        assert!(
            after.verdict >= before.verdict,
            "seed {seed}: {before:?} then {after:?}"
        );
        assert!(after.level <= before.level, "seed {seed}");
    });
}

#[test]
fn a_consent_lifts_no_refusal() {
    each_world(|seed, world, dice| {
        let before = world.decide();
        if world.is_known() && before.reason < Reason::PurposeNotLive {
            let after = world.then(random_consent(dice)).decide();
            assert_eq!(
                (after.verdict, after.reason),
                (before.verdict, before.reason),
                "seed {seed}"
            );
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
fn nothing_is_more_personal_than_the_dial_and_the_purpose_let_it() {
    each_world(|seed, world, _| {
        let level = world.decide().level;
        let dial = world
            .standing()
            .dial
            .map_or(Level::START, |dial| dial.level);
        let ceiling = world
            .policy
            .purpose(&world.request.purpose)
            .map(|own| own.highest_level);
        assert!(level <= dial, "seed {seed}");
        assert!(level <= ceiling.unwrap_or(Level::Contextual), "seed {seed}");
    });
}

#[test]
fn restriction_and_legal_suppression_stop_even_essential_messages() {
    let mut met = 0;
    each_world(|seed, world, _| {
        if essential(&world) && world.is_known() {
            met += 1;
            let restricted = world.then(Act::Restricted {
                holds: true,
                origin: Origin::Agent,
            });
            let legal = world.then(refused(RefusalKind::LegalSuppression, Scope::EVERYTHING));
            assert_eq!(
                restricted.decide().reason,
                Reason::Restricted,
                "seed {seed}"
            );
            assert_eq!(legal.decide().verdict, Verdict::Deny, "seed {seed}");
        }
    });
    assert!(met > 100, "only {met} worlds ask about essential messages");
}

#[test]
fn an_essential_message_passes_every_other_refusal() {
    each_world(|seed, world, dice| {
        if essential(&world) && world.is_known() {
            let before = world.decide();
            for refusal in REFUSALS
                .into_iter()
                .filter(|own| *own != RefusalKind::LegalSuppression)
            {
                let after = world.then(refused(refusal, Scope::EVERYTHING)).decide();
                assert_eq!(
                    (after.verdict, after.reason),
                    (before.verdict, before.reason),
                    "seed {seed}"
                );
            }
            let until = NOON.plus_days(1_000);
            let pause = Act::Paused {
                channel: None,
                until,
                origin: dice.pick(&[Origin::Page]),
            };
            assert_eq!(
                world.then(pause).decide().verdict,
                before.verdict,
                "seed {seed}"
            );
        }
    });
}

#[test]
fn an_address_nobody_is_known_by_gets_nothing_but_essential_messages() {
    let mut met = 0;
    each_world(|seed, world, _| {
        if !world.is_known() {
            let decision = world.decide();
            met += 1;
            assert_eq!(decision.level, Level::Contextual, "seed {seed}");
            assert!(
                decision.verdict == Verdict::Deny || essential(&world),
                "seed {seed}: {decision:?}"
            );
        }
    });
    assert!(met > 200, "only {met} worlds know nobody");
}

#[test]
fn of_several_holders_the_strictest_decides() {
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
            assert!(
                stops_as_long,
                "seed {seed}: {answer:?} before the end of {own:?}"
            );
            assert!(
                own.verdict != answer.verdict || answer.reason <= own.reason,
                "seed {seed}"
            );
        }
    }
    assert_eq!(strictest(Vec::new()), None);
}

#[test]
fn of_two_pauses_of_one_address_the_longer_holds() {
    let paused = |days: i64| {
        let mut world = World::random(0);
        world.policy = izin_testkit::policy::policy();
        world.request.purpose = purpose_id("statistics");
        world.request.channel = Channel::Site;
        world.now = NOON;
        world.entries = vec![Entry {
            seq: Seq(0),
            subject: Some(PERSON),
            recorded_at: NOON,
            act: Act::Paused {
                channel: None,
                until: NOON.plus_days(days),
                origin: Origin::Page,
            },
        }];
        world.decide()
    };
    for order in [[3, 9, 5], [9, 5, 3], [3, 5, 9]] {
        let answer = strictest(order.map(paused).to_vec()).expect("an answer");
        assert_eq!(answer.verdict, Verdict::Defer);
        assert_eq!(answer.until, Some(NOON.plus_days(9)), "{order:?}");
    }
}

#[test]
fn a_fold_that_is_taken_up_again_comes_to_the_same() {
    each_world(|seed, world, dice| {
        if world.is_known() {
            let (begin, rest) = world
                .entries
                .split_at(dice.below(world.entries.len() as u64) as usize);
            let mut standing = Standing::default();
            begin.iter().for_each(|entry| standing.apply(entry));
            let mut taken_up = standing.clone();
            rest.iter().for_each(|entry| taken_up.apply(entry));
            assert_eq!(taken_up, world.standing(), "seed {seed}");
        }
    });
}

#[test]
fn a_decision_names_what_it_rests_on_and_only_then() {
    each_world(|seed, world, _| {
        let decision = world.decide();
        let allowed = decision.verdict == Verdict::Allow;
        assert_eq!(decision.basis.is_some(), allowed, "seed {seed}");
        assert_eq!(
            decision.until.is_some(),
            decision.verdict == Verdict::Defer,
            "seed {seed}"
        );
        assert_eq!(
            decision.consent.is_some(),
            decision.reason == Reason::Consent,
            "seed {seed}"
        );
        assert!(!allowed || decision.also.is_empty(), "seed {seed}");
        assert!(
            decision.until.is_none_or(|until| until > world.now),
            "seed {seed}"
        );
    });
}

#[test]
fn before_the_law_was_in_force_nothing_had_a_basis() {
    each_world(|seed, world, _| {
        let world = World {
            now: Timestamp::from_micros(1_665_939_599_999_999),
            ..world
        };
        assert_ne!(world.decide().verdict, Verdict::Allow, "seed {seed}");
    });
}
