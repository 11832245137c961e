//! Rows on both sides of their dates, and the clocks that stand today.

use std::collections::BTreeMap;

use izin_core::Timestamp;
use izin_core::law::{self, Duty, Kind, Regime, RegimeSet, Right, Rule, Start, Status, Term, Unit};
use izin_core::relation::Relation;
use proptest::prelude::*;

use super::{at, row, slots, today};

/// The one row of a pair that applies at a moment.
fn applying(ids: [&'static str; 2], moment: &str) -> &'static Rule {
    let mut rows = ids.map(row).into_iter();
    let found = rows.find(|rule| rule.applies_at(at(moment)));
    assert!(rows.all(|rule| !rule.applies_at(at(moment))), "{ids:?}");
    found.unwrap_or_else(|| panic!("neither of {ids:?} applies at {moment}"))
}

/// Whether a row is among those that are looked up for a moment.
fn found(rule: &Rule, moment: Timestamp) -> bool {
    let mut listed = law::in_force(rule.regime, rule.kind, moment);
    let all = RegimeSet::ALL;
    let told = law::contents(all, rule.kind, moment).any(|own| own.id == rule.id);
    let found = listed.any(|own| own.id == rule.id);
    assert_eq!(found, told, "{}", rule.id);
    found
}

/// Every dated row of this build, on both sides of its dates.
#[test]
fn requirement_14_each_row_applies_only_while_it_is_in_force() {
    let instant = |moment: Timestamp, micros| Timestamp::from_micros(moment.as_micros() + micros);
    for rule in law::rules() {
        let law = rule.status == Status::InForce;
        assert!(
            !rule.applies_at(instant(rule.in_force_from, -1)),
            "{}",
            rule.id
        );
        assert_eq!(rule.applies_at(rule.in_force_from), law, "{}", rule.id);
        assert_eq!(found(rule, rule.in_force_from), law, "{}", rule.id);
        assert!(!found(rule, instant(rule.in_force_from, -1)), "{}", rule.id);
        if let Some(end) = rule.in_force_to {
            assert_eq!(rule.applies_at(instant(end, -1)), law, "{}", rule.id);
            assert!(!rule.applies_at(end), "{}", rule.id);
            assert_eq!(found(rule, instant(end, -1)), law, "{}", rule.id);
            assert!(!found(rule, end), "{}", rule.id);
        }
    }
    for regime in Regime::ALL {
        for (class, channel) in slots() {
            let before = law::permission(regime, class, channel, at("2003-12-31"));
            assert_eq!(before, None, "{regime} {class:?} {channel}");
        }
    }
}

#[test]
fn what_is_waived_proposed_or_advice_never_applies() {
    let mut listed = BTreeMap::new();
    let not_law = law::rules()
        .iter()
        .filter(|rule| rule.status != Status::InForce);
    for rule in not_law {
        for moment in ["2020-01-01", "2026-11-21", "2027-06-01", "2099-01-01"] {
            assert!(!rule.applies_at(at(moment)), "{}", rule.id);
        }
        *listed.entry(rule.status).or_insert(0) += 1;
    }
    for status in [Status::Waived, Status::Proposed, Status::Guidance] {
        assert!(listed.contains_key(&status), "none is {status:?}");
    }
}

#[test]
fn the_signal_must_be_shown_as_honoured_from_2026() {
    let signal = ["ccpa/signal/shown-2023", "ccpa/signal/shown"];
    let confirmation = [
        "ccpa/confirmation/opt-out-2023",
        "ccpa/confirmation/opt-out",
    ];
    for pair in [signal, confirmation] {
        assert_eq!(applying(pair, "2025-12-31T23:59:59-08:00").duty, Duty::May);
        assert_eq!(applying(pair, "2026-01-01T00:00:00-08:00").duty, Duty::Must);
    }
}

#[test]
fn a_revocation_counts_for_everything_from_the_end_of_january_2027() {
    let (waived, law) = (
        row("us-federal/opt_out_clock/revoke-all-waived"),
        row("us-federal/opt_out_clock/revoke-all"),
    );
    assert_eq!(waived.in_force_to, Some(law.in_force_from));
    assert!(!law.applies_at(at("2027-01-30T23:59:59-05:00")));
    assert!(!waived.applies_at(at("2027-01-30T23:59:59-05:00")));
    assert!(law.applies_at(at("2027-01-31T00:00:00-05:00")));
}

#[test]
fn requirement_14_a_clock_runs_only_for_what_happened_while_its_row_was_law() {
    let due = |kind, event, moment| {
        let due = law::due(RegimeSet::of([Regime::Ccpa]), kind, (event, at(moment)));
        due.unwrap().map(|(_, rule)| rule.id)
    };
    let told = |moment| due(Kind::BreachClock, Start::Awareness, moment);
    assert_eq!(told("2025-12-31T23:59:59-08:00"), None);
    assert_eq!(
        told("2026-01-01T00:00:00-08:00"),
        Some("ccpa/breach_clock/people")
    );
    let canada = |relation, moment| law::implied_consent(Regime::Casl, relation, at(moment));
    for relation in [Relation::Purchase, Relation::Inquiry] {
        assert_eq!(canada(relation, "2014-06-30T23:59:59-04:00"), None);
        assert!(canada(relation, "2014-07-01T00:00:00-04:00").is_some());
    }
}

#[test]
fn a_breach_in_california_is_told_within_thirty_days_from_2026() {
    let pair = ["ccpa/breach_clock/people-2003", "ccpa/breach_clock/people"];
    assert_eq!(applying(pair, "2025-12-31T23:59:59-08:00").clock, None);
    let clock = applying(pair, "2026-01-01T00:00:00-08:00").clock.unwrap();
    assert_eq!(clock.term.to_string(), "30 calendar days");
    let sample = row("ccpa/breach_clock/attorney-general");
    assert!(!sample.applies_at(at("2025-12-31T23:59:59-08:00")));
    assert_eq!(sample.clock.unwrap().from, Start::PeopleTold);
}

#[test]
fn automated_decisions_can_be_opted_out_of_in_california_from_2027() {
    let has = |moment| {
        let mut rows = law::in_force(Regime::Ccpa, Kind::Rights, at(moment));
        rows.any(|rule| rule.rights.contains(&Right::AutomatedDecision))
    };
    assert!(!has("2026-12-31T23:59:59-08:00"));
    assert!(has("2027-01-01T00:00:00-08:00"));
}

#[test]
fn charities_have_a_soft_opt_in_from_february_2026() {
    let charity = row("uk-gdpr/soft_opt_in/charity");
    assert!(!charity.applies_at(at("2026-02-04T23:59:59Z")));
    assert!(charity.applies_at(at("2026-02-05T00:00:00Z")));
}

#[test]
fn a_british_clock_may_stand_still_only_since_2026() {
    let pair = [
        "uk-gdpr/request_clock/all-2021",
        "uk-gdpr/request_clock/all",
    ];
    assert!(
        !applying(pair, "2026-02-04T12:00:00Z")
            .clock
            .unwrap()
            .pausable
    );
    assert!(
        applying(pair, "2026-02-05T12:00:00Z")
            .clock
            .unwrap()
            .pausable
    );
}

#[test]
fn the_clocks_are_those_of_the_law() {
    for (id, from, term) in [
        ("uu-pdp/request_clock/access", Start::Receipt, "72 hours"),
        ("uu-pdp/opt_out_clock/withdraw", Start::Receipt, "72 hours"),
        ("uu-pdp/breach_clock/people", Start::Awareness, "72 hours"),
        ("gdpr/breach_clock/authority", Start::Awareness, "72 hours"),
        (
            "gdpr/request_clock/all",
            Start::Receipt,
            "1 calendar months",
        ),
        (
            "ccpa/acknowledge_clock/requests",
            Start::Receipt,
            "10 business days",
        ),
        (
            "ccpa/request_clock/requests",
            Start::Receipt,
            "45 calendar days",
        ),
        (
            "ccpa/opt_out_clock/sale",
            Start::Receipt,
            "15 business days",
        ),
        ("ccpa/re_ask/sale", Start::OptOut, "12 calendar months"),
        (
            "us-federal/opt_out_clock/email",
            Start::Receipt,
            "10 business days",
        ),
        (
            "us-federal/opt_out_clock/sms",
            Start::Receipt,
            "10 business days",
        ),
        (
            "casl/opt_out_clock/unsubscribe",
            Start::Receipt,
            "10 business days",
        ),
        ("casl/implied/purchase", Start::Purchase, "2 years"),
        ("casl/implied/inquiry", Start::Inquiry, "6 calendar months"),
    ] {
        let clock = row(id).clock.unwrap();
        assert!(row(id).applies_at(today()), "{id}");
        assert_eq!(
            (clock.from, clock.term.to_string().as_str()),
            (from, term),
            "{id}"
        );
        assert!(!clock.pausable, "{id}: nothing stops it");
    }
    let extension = |id| row(id).clock.unwrap().extension.unwrap().to_string();
    assert_eq!(extension("ccpa/request_clock/requests"), "45 calendar days");
    assert_eq!(extension("gdpr/request_clock/all"), "2 calendar months");
}

/// The first of a month between 2000 and 2040, then so many days back: ends of months come often.
fn start() -> impl Strategy<Value = Timestamp> {
    (2000..2040, 1..=12, 0_i64..4).prop_map(|(year, month, back)| {
        at(&format!("{year}-{month:02}-01T17:00:00Z")).plus_days(-back)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_term_looked_back_over_is_a_term_not_over(
        start in start(),
        amount in 1_u16..60,
        unit in proptest::sample::select(vec![
            Unit::Hours, Unit::CalendarDays, Unit::CalendarMonths, Unit::Years,
        ]),
        off in -3_i64..=3,
    ) {
        let term = Term { amount, unit };
        let due = term.due(Regime::Casl, start).unwrap();
        let now = due.plus_seconds(off * 40_000);
        let since = term.since(Regime::Casl, now).unwrap();
        prop_assert_eq!(since <= start, now <= due);
    }
}
