//! The soft opt-in (law §12, requirement 26): all four facts, for this address, from the start.

use izin_core::law::{Basis, Regime};
use izin_core::policy::Class;
use izin_core::relation::SoftOptIn;
use izin_core::{Act, Channel, IdentifierId, Origin, Reason};
use izin_testkit::world::{NOON, World};

use super::story::{
    ADDRESS, NUMBER, OTHER_ADDRESS, Yes, allowed, basis, denied, opted_out, silent, then, under,
};

const COMPLETE: SoftOptIn = SoftOptIn {
    obtained_in_sale: true,
    own_similar_goods: true,
    refusal_offered_at_collection: true,
    refusal_offered_in_each_message: true,
};

fn obtained(identifier: IdentifierId, facts: SoftOptIn) -> Act {
    Act::SoftOptInRecorded {
        identifier,
        facts,
        occurred_at: NOON,
        origin: Origin::Api,
    }
}

fn british(channel: Channel) -> World {
    let world = basis(silent(Class::Marketing, channel), Basis::SoftOptIn);
    under(world, &[Regime::UkGdpr], "GB")
}

#[test]
fn requirement_26_a_soft_opt_in_with_one_fact_missing_is_none() {
    let missing: [fn(&mut SoftOptIn); 4] = [
        |facts| facts.obtained_in_sale = false,
        |facts| facts.own_similar_goods = false,
        |facts| facts.refusal_offered_at_collection = false,
        |facts| facts.refusal_offered_in_each_message = false,
    ];
    for miss in missing {
        let mut facts = COMPLETE;
        miss(&mut facts);
        let world = then(&british(Channel::Email), [obtained(ADDRESS, facts)]);
        denied(&world, Reason::NoConsent);
    }
    denied(&british(Channel::Email), Reason::NoConsent);
}

#[test]
fn requirement_26_a_later_offer_to_refuse_does_not_cure_one_that_was_missing() {
    let missing = SoftOptIn {
        refusal_offered_at_collection: false,
        ..COMPLETE
    };
    let acts = [obtained(ADDRESS, missing), obtained(ADDRESS, COMPLETE)];
    denied(&then(&british(Channel::Email), acts), Reason::NoConsent);
}

#[test]
fn a_later_record_that_a_fact_was_missing_ends_it() {
    let missing = SoftOptIn {
        obtained_in_sale: false,
        ..COMPLETE
    };
    let acts = [obtained(ADDRESS, COMPLETE), obtained(ADDRESS, missing)];
    denied(&then(&british(Channel::Email), acts), Reason::NoConsent);
}

#[test]
fn the_facts_about_one_address_do_not_carry_another() {
    let mut world = then(&british(Channel::Email), [obtained(ADDRESS, COMPLETE)]);
    world.request.address = Some(OTHER_ADDRESS);
    denied(&world, Reason::NoConsent);
}

#[test]
fn the_facts_about_an_e_mail_address_do_not_carry_a_text_message() {
    let world = then(&british(Channel::Sms), [obtained(ADDRESS, COMPLETE)]);
    denied(&world, Reason::NoConsent);
    let world = then(&british(Channel::Sms), [obtained(NUMBER, COMPLETE)]);
    allowed(&world, Reason::SoftOptIn);
}

#[test]
fn a_refusal_ends_it_and_no_record_brings_it_back() {
    let acts = [
        obtained(ADDRESS, COMPLETE),
        opted_out(),
        obtained(ADDRESS, COMPLETE),
    ];
    denied(&then(&british(Channel::Email), acts), Reason::OptedOutAll);
}

#[test]
fn in_indonesia_it_carries_nothing() {
    let mut world = then(&british(Channel::Email), [obtained(ADDRESS, COMPLETE)]);
    world.policy.controller.regimes = vec![Regime::UuPdp];
    denied(&world, Reason::NoBasis);
}

#[test]
fn in_a_country_without_a_table_only_consent_will_do() {
    let facts = obtained(ADDRESS, COMPLETE);
    let mut world = then(
        &british(Channel::Email),
        [facts, super::story::placed("JP")],
    );
    world.policy.controller.country = "GB".parse().unwrap();
    denied(&world, Reason::NoConsent);
    let agreed = then(&world, [Yes::on(Channel::Email).act()]);
    allowed(&agreed, Reason::Consent);
}

#[test]
fn requirement_26_with_all_four_facts_it_carries_marketing_where_the_law_knows_it() {
    for (regime, country) in [(Regime::UkGdpr, "GB"), (Regime::Gdpr, "DE")] {
        let world = basis(silent(Class::Marketing, Channel::Email), Basis::SoftOptIn);
        let world = under(world, &[regime], country);
        let world = then(&world, [obtained(ADDRESS, COMPLETE)]);
        let decision = allowed(&world, Reason::SoftOptIn);
        let entry = world.entries.last().unwrap().seq;
        assert_eq!(decision.consent, Some(entry));
    }
}

#[test]
fn without_the_facts_the_persons_own_yes_carries_as_well() {
    let world = then(&british(Channel::Email), [Yes::on(Channel::Email).act()]);
    allowed(&world, Reason::Consent);
}
