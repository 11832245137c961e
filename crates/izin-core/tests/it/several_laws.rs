//! Several laws at once: the earliest day, everything anyone wants to be told.

use izin_core::Timestamp;
use izin_core::law::{self, Regime, RegimeSet, Topic};
use proptest::prelude::*;

fn regimes() -> impl Strategy<Value = RegimeSet> {
    proptest::collection::vec(0..Regime::ALL.len(), 0..5)
        .prop_map(|places| places.into_iter().map(|at| Regime::ALL[at]).collect())
}

fn start() -> impl Strategy<Value = Timestamp> {
    // Inside every table of holidays: 2025 and 2026.
    (0..700_i64).prop_map(|day| Timestamp::from_micros(1_735_700_000_000_000).plus_days(day))
}

proptest! {
    #[test]
    fn requirement_6_of_several_clocks_the_earliest_counts(all in regimes(), at in start()) {
        for topic in [Topic::RequestClock, Topic::OptOutClock, Topic::BreachClock] {
            let together = law::due(all, topic, at).unwrap().map(|(day, _)| day);
            let each = all.iter().map(|own| law::due(RegimeSet::of([own]), topic, at).unwrap());
            let earliest = each.flatten().map(|(day, _)| day).min();
            prop_assert_eq!(together, earliest);
        }
    }

    #[test]
    fn requirement_6_of_several_contents_all_are_told(all in regimes(), at in start()) {
        let together: Vec<_> = law::contents(all, Topic::Answer, at).map(|own| own.id).collect();
        for own in all.iter() {
            for rule in law::contents(RegimeSet::of([own]), Topic::Answer, at) {
                prop_assert!(together.contains(&rule.id));
            }
        }
    }
}

#[test]
fn a_request_in_indonesia_and_california_is_due_in_seventy_two_hours() {
    let at = Timestamp::parse("2026-11-21T09:00:00Z").unwrap();
    let both = RegimeSet::of([Regime::UuPdp, Regime::Ccpa]);
    let (day, rule) = law::due(both, Topic::RequestClock, at).unwrap().unwrap();
    assert_eq!(day, at.plus_days(3));
    assert_eq!(rule.regime, Regime::UuPdp);
}
