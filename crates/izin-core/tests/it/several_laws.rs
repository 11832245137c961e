//! Several laws at once: the earliest day, everything anyone wants to be told.

use izin_core::Timestamp;
use izin_core::law::{self, Kind, Regime, RegimeSet, Start};
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
        for kind in [Kind::AcknowledgeClock, Kind::RequestClock, Kind::OptOutClock, Kind::BreachClock] {
            for event in Start::OF_DEADLINES {
                let days = asked(all, kind, at).filter_map(|rule| {
                    let clock = rule.clock.filter(|own| own.from == event)?;
                    Some(clock.term.due(rule.regime, at).unwrap())
                });
                let found = law::due(all, kind, (event, at)).unwrap();
                prop_assert_eq!(found.map(|(day, _)| day), days.min());
                prop_assert!(found.is_none_or(|(_, rule)| all.contains(rule.regime)));
            }
        }
    }

    #[test]
    fn requirement_6_of_several_contents_all_are_told(all in regimes(), at in start()) {
        for kind in [Kind::Answer, Kind::BreachClock, Kind::Confirmation] {
            let together: Vec<_> = law::contents(all, kind, at).map(|own| own.id).collect();
            let each: Vec<_> = asked(all, kind, at).map(|own| own.id).collect();
            prop_assert_eq!(together, each);
        }
    }
}

/// What some regimes ask by rows of a kind, found row by row.
fn asked(all: RegimeSet, kind: Kind, at: Timestamp) -> impl Iterator<Item = &'static law::Rule> {
    let rows = law::rules().iter();
    rows.filter(move |own| all.contains(own.regime) && own.kind == kind && own.applies_at(at))
}

#[test]
fn a_term_that_another_event_starts_is_not_counted_from_this_one() {
    let at = Timestamp::parse("2026-11-21T09:00:00Z").unwrap();
    let breach = |event| {
        let due = law::due(
            RegimeSet::of([Regime::Ccpa]),
            Kind::BreachClock,
            (event, at),
        );
        due.unwrap().map(|(_, rule)| rule.id)
    };
    assert_eq!(breach(Start::Awareness), Some("ccpa/breach_clock/people"));
    assert_eq!(
        breach(Start::PeopleTold),
        Some("ccpa/breach_clock/attorney-general")
    );
    assert_eq!(breach(Start::Receipt), None);
}

#[test]
fn of_age_is_who_no_law_protects_as_a_child_any_more() {
    let at = Timestamp::parse("2026-11-21").unwrap();
    let of = |regimes: &[Regime]| law::of_age(regimes.iter().copied().collect(), at);
    assert_eq!(of(&[Regime::UsFederal]), Some(13));
    assert_eq!(of(&[Regime::UsFederal, Regime::Ccpa]), Some(16));
    assert_eq!(of(&[Regime::UkGdpr, Regime::Gdpr]), Some(18));
    assert_eq!(of(&[Regime::UuPdp]), Some(18));
    assert_eq!(of(&[Regime::Casl]), None);
    assert_eq!(law::of_age(RegimeSet::ALL, at), Some(18));
    let early = Timestamp::parse("1990-01-01").unwrap();
    assert_eq!(law::of_age(RegimeSet::ALL, early), None);
}

#[test]
fn a_request_in_indonesia_and_california_is_due_in_seventy_two_hours() {
    let at = Timestamp::parse("2026-11-21T09:00:00Z").unwrap();
    let both = RegimeSet::of([Regime::UuPdp, Regime::Ccpa]);
    let (day, rule) = law::due(both, Kind::RequestClock, (Start::Receipt, at))
        .unwrap()
        .unwrap();
    assert_eq!(day, at.plus_days(3));
    assert_eq!(rule.regime, Regime::UuPdp);
}
