//! Minors (design §3.2 and §3.4; law §10): level 0, no ads, no audiences, only what a guardian
//! agreed to.

use izin_core::act::Corrected;
use izin_core::consent::Giver;
use izin_core::law::Basis;
use izin_core::policy::Class;
use izin_core::{Act, Channel, ConsentState, Level, Reason, decision};
use izin_testkit::world::{NOON, World};

use super::story::{
    Yes, agreed, allowed, basis, declaring, denied, dial, minor, newsletter, recorded, silent, then,
};

fn guardian(channel: Channel) -> Act {
    let mut yes = Yes::on(channel);
    yes.manner.by = Giver::Guardian;
    yes.act()
}

fn child(class: Class, channel: Channel) -> World {
    then(&agreed(class, channel), [minor(400)])
}

#[test]
fn requirement_25_a_minor_is_sent_nothing_without_a_guardians_consent() {
    for class in Class::ALL {
        if class != Class::Essential {
            denied(&child(class, Channel::Email), Reason::Minor);
            let at_all = then(&child(class, Channel::Email), [guardian(Channel::Email)]);
            assert!(at_all.decide().reason > Reason::Minor, "{class:?}");
        }
    }
}

#[test]
fn requirement_25_a_minors_own_consent_is_none_even_proven() {
    let proven = Yes::proven(Channel::Email).act();
    let decision = denied(
        &then(&child(Class::Marketing, Channel::Email), [proven]),
        Reason::Minor,
    );
    assert!(decision.also.contains(Reason::NoConsent));
}

#[test]
fn requirement_25_a_minor_is_in_no_audience_and_sees_no_behavioural_ads_whoever_agreed() {
    for channel in [Channel::Social, Channel::Ads] {
        let agreed = then(&child(Class::Marketing, channel), [guardian(channel)]);
        denied(&agreed, Reason::Minor);
    }
}

#[test]
fn requirement_25_everything_for_a_minor_is_at_level_0() {
    let guarded = then(
        &child(Class::Marketing, Channel::Email),
        [guardian(Channel::Email), dial(Level::Browsing)],
    );
    let decision = allowed(&guarded, Reason::Consent);
    assert_eq!(decision.level, Level::Contextual);
}

#[test]
fn a_page_that_uses_nothing_of_a_minor_is_shown_but_a_message_is_not_sent() {
    let contextual = |channel| {
        let world = basis(child(Class::Marketing, channel), Basis::Contextual);
        let mut world = declaring(world, |asked| asked.highest_level = Level::Contextual);
        world.policy.controller.regimes = vec![izin_core::law::Regime::Ccpa];
        world
    };
    allowed(&contextual(Channel::Site), Reason::Contextual);
    denied(&contextual(Channel::Email), Reason::Minor);
}

#[test]
fn a_guardian_who_takes_consent_back_ends_it() {
    let revoked = Act::ConsentMarked {
        purpose: izin_testkit::policy::purpose_id("asked"),
        channel: Channel::Email,
        topic: None,
        identifier: None,
        mark: izin_core::consent::Mark::Revoked,
        origin: izin_core::Origin::Page,
    };
    let world = then(
        &child(Class::Marketing, Channel::Email),
        [guardian(Channel::Email), revoked],
    );
    denied(&world, Reason::Minor);
}

#[test]
fn a_minor_is_one_until_the_moment_of_coming_of_age() {
    let mut world = then(&newsletter(), [minor(0)]);
    allowed(&world, Reason::Consent);
    world.now = NOON.plus_seconds(-1);
    denied(&world, Reason::Minor);
}

#[test]
fn of_two_entries_about_age_the_later_date_counts_and_a_correction_takes_back_one() {
    let first = then(&newsletter(), [minor(400)]);
    let mistaken = first.entries.last().unwrap().seq;
    let corrected = || Act::EntryCorrected {
        entry: mistaken,
        what: Corrected::Minor,
    };
    denied(&then(&first, [minor(-1)]), Reason::Minor);
    denied(&then(&first, [minor(10), corrected()]), Reason::Minor);
    allowed(&then(&first, [corrected()]), Reason::Consent);
}

#[test]
fn a_minors_own_yes_is_in_no_state_that_permits() {
    let world = child(Class::Marketing, Channel::Email);
    let state = decision::consent_state(
        &world.request,
        &world.standing(),
        (&world.policy, world.now),
    );
    assert_eq!(state, ConsentState::Unknown);
}

#[test]
fn a_minor_gets_what_an_order_needs() {
    let world = recorded(&silent(Class::Essential, Channel::Email), 0, minor(400));
    allowed(&world, Reason::Contract);
}
