//! Implied consent in Canada (law §12, requirement 27): two years after a purchase, six months
//! after an inquiry, to the day.

use izin_core::law::{Basis, Regime};
use izin_core::policy::Class;
use izin_core::relation::Relation;
use izin_core::{Act, Channel, Reason};
use izin_testkit::world::World;

use super::story::{allowed, at, basis, denied, opted_out, silent, then, under};

fn canadian(relation: Relation, when: &str) -> World {
    let world = basis(
        silent(Class::Marketing, Channel::Email),
        Basis::ImpliedConsent,
    );
    let world = under(world, &[Regime::Casl], "CA");
    let dealing = Act::RelationRecorded {
        relation,
        occurred_at: at(when),
    };
    then(&world, [dealing])
}

#[test]
fn nobody_is_implied_to_consent_without_a_purchase_or_inquiry() {
    let world = basis(
        silent(Class::Marketing, Channel::Email),
        Basis::ImpliedConsent,
    );
    denied(&under(world, &[Regime::Casl], "CA"), Reason::NoConsent);
}

#[test]
fn a_refusal_goes_before_any_purchase() {
    let bought = canadian(Relation::Purchase, "2026-11-20T12:00:00-05:00");
    denied(&then(&bought, [opted_out()]), Reason::OptedOutAll);
}

#[test]
fn requirement_27_implied_consent_ends_to_the_day() {
    for (relation, when, last, over) in [
        (
            Relation::Purchase,
            "2024-11-21T00:00:00-05:00",
            "2026-11-21T23:59:59.999999-05:00",
            "2026-11-22T00:00:00-05:00",
        ),
        (
            Relation::Inquiry,
            "2026-05-21T23:59:59-04:00",
            "2026-11-21T23:59:59.999999-05:00",
            "2026-11-22T00:00:00-05:00",
        ),
        (
            Relation::Inquiry,
            "2026-08-31T12:00:00-04:00",
            "2027-02-28T23:59:59-05:00",
            "2027-03-01T00:00:00-05:00",
        ),
    ] {
        let mut world = canadian(relation, when);
        world.now = at(over);
        denied(&world, Reason::NoConsent);
        world.now = at(last);
        allowed(&world, Reason::Consent);
    }
}

#[test]
fn an_older_purchase_recorded_later_does_not_hide_the_newer() {
    let world = canadian(Relation::Purchase, "2026-01-01");
    let older = Act::RelationRecorded {
        relation: Relation::Purchase,
        occurred_at: at("2020-01-01"),
    };
    let decision = allowed(&then(&world, [older]), Reason::Consent);
    assert_eq!(decision.consent, world.entries.last().map(|own| own.seq));
    assert_eq!(decision.basis, Some(Basis::ImpliedConsent));
    assert_eq!(decision.notice, None);
}

#[test]
fn where_the_law_knows_none_a_purchase_implies_nothing() {
    let mut world = canadian(Relation::Purchase, "2026-11-01");
    world.policy.controller.regimes = vec![Regime::UuPdp];
    denied(&world, Reason::NoBasis);
    world.policy.controller.regimes = vec![Regime::Casl, Regime::Gdpr];
    let both = then(&world, [super::story::placed("DE")]);
    denied(&both, Reason::NoBasis);
}
