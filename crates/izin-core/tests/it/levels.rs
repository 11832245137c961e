//! Levels (design §3.4): the dial is a ceiling among others; the lowest counts.

use izin_core::act::Evidence;
use izin_core::decision::may_ask_for_more;
use izin_core::policy::Class;
use izin_core::{Act, Channel, Level, Origin, Reason, RefusalKind, Scope, Signal, Timestamp};
use izin_testkit::policy::purpose_id;
use izin_testkit::world::declared::{dpia_id, purpose_mut, sender};
use izin_testkit::world::{NOON, World};

use super::story::{
    Yes, allowed, declaring, denied, dial, minor, newsletter, opted_out, recorded, refused, seen,
    then,
};

fn personal() -> Yes {
    Yes {
        purpose: "personal",
        ..Yes::on(Channel::Email)
    }
}

/// The newsletter at its most personal: the dial at 3, and a yes to being followed.
fn personal_news() -> World {
    let world = recorded(&newsletter(), -14, personal().act());
    recorded(&world, -14, dial(Level::Browsing))
}

fn level(world: &World) -> Level {
    world.decide().level
}

fn moved(level: Level) -> Act {
    Act::DialMoved {
        level,
        origin: Origin::Page,
        step_up: false,
        too_personal: false,
    }
}

#[test]
fn the_dial_starts_at_1() {
    let world = then(&newsletter(), [personal().act()]);
    assert_eq!(level(&world), Level::Trends);
}

#[test]
fn the_dial_goes_up_only_by_a_stepped_up_act_of_the_person_even_the_first_time() {
    let world = then(&newsletter(), [personal().act()]);
    assert_eq!(
        level(&then(&world, [moved(Level::Browsing)])),
        Level::Trends
    );
    let by_file = Act::DialMoved {
        level: Level::Browsing,
        origin: Origin::Import,
        step_up: true,
        too_personal: false,
    };
    assert_eq!(level(&then(&world, [by_file])), Level::Trends);
    let lowered = then(&personal_news(), [moved(Level::Contextual)]);
    assert_eq!(
        level(&then(&lowered, [moved(Level::Purchases)])),
        Level::Contextual
    );
    assert_eq!(
        level(&then(&lowered, [dial(Level::Purchases)])),
        Level::Purchases
    );
}

#[test]
fn the_dial_goes_down_at_once_and_unconfirmed() {
    for lower in [Level::Contextual, Level::Trends, Level::Purchases] {
        assert_eq!(level(&then(&personal_news(), [moved(lower)])), lower);
    }
}

#[test]
fn the_level_is_never_above_any_of_its_bounds() {
    assert_eq!(level(&personal_news()), Level::Browsing);
    for bound in Level::ALL {
        let by_purpose = declaring(personal_news(), |asked| asked.highest_level = bound);
        assert_eq!(level(&by_purpose), bound);
        let mut by_channel = personal_news();
        by_channel.policy.senders = vec![
            sender(Channel::Email, Level::Browsing),
            sender(Channel::Email, bound),
            sender(Channel::Sms, Level::Contextual),
        ];
        assert_eq!(level(&by_channel), bound);
        assert_eq!(level(&then(&personal_news(), [dial(bound)])), bound);
        let mut by_consent = personal_news();
        purpose_mut(&mut by_consent.policy, "personal").highest_level = bound;
        assert_eq!(level(&by_consent), bound.max(Level::Trends));
    }
}

#[test]
fn without_a_yes_to_personalisation_nothing_of_the_person_is_used() {
    let alone = recorded(&newsletter(), -14, dial(Level::Browsing));
    assert_eq!(level(&alone), Level::Trends);
    let mut claimed = personal();
    claimed.evidence = Evidence::Missing;
    assert_eq!(level(&then(&alone, [claimed.act()])), Level::Trends);
    let elsewhere = Yes {
        purpose: "personal",
        ..Yes::on(Channel::Sms)
    };
    assert_eq!(level(&then(&alone, [elsewhere.act()])), Level::Trends);
}

#[test]
fn a_yes_to_personalisation_that_ended_permits_at_most_1() {
    let mut expired = personal_news();
    purpose_mut(&mut expired.policy, "personal").consent_days = Some(14);
    assert_eq!(level(&expired), Level::Trends);
    let scope = Scope::purpose(purpose_id("personal"), Channel::Email);
    let withdrawn = then(&personal_news(), [refused(RefusalKind::Withdrawn, scope)]);
    assert_eq!(level(&withdrawn), Level::Trends);
    let mut dead = personal_news();
    purpose_mut(&mut dead.policy, "personal").ropa = None;
    assert_eq!(level(&dead), Level::Trends);
}

#[test]
fn requirement_35_without_an_assessment_that_holds_nothing_of_the_person_is_used() {
    for name in [
        None,
        Some("expired"),
        Some("self_approved"),
        Some("undeclared"),
    ] {
        let mut world = personal_news();
        purpose_mut(&mut world.policy, "personal").dpia = name.map(dpia_id);
        assert_eq!(level(&world), Level::Trends, "{name:?}");
    }
}

#[test]
fn a_refusal_of_the_purpose_a_complaint_a_restriction_or_minority_means_0() {
    let complaint = refused(RefusalKind::Complained, Scope::channel(Channel::Sms));
    let restricted = Act::Restricted {
        holds: true,
        origin: Origin::Agent,
    };
    for act in [opted_out(), complaint, restricted, minor(1), Act::Erased] {
        assert_eq!(level(&then(&personal_news(), [act])), Level::Contextual);
    }
}

#[test]
fn a_complaint_about_one_purpose_leaves_the_others_as_personal_as_they_were() {
    let other = Scope::purpose(purpose_id("reminders"), Channel::Sms);
    let world = then(&personal_news(), [refused(RefusalKind::Complained, other)]);
    assert_eq!(level(&world), level(&personal_news()));
}

#[test]
fn after_a_complaint_only_the_persons_own_proven_yes_makes_it_personal_again() {
    let about = Scope::purpose(purpose_id("asked"), Channel::Sms);
    let complained = then(&personal_news(), [refused(RefusalKind::Complained, about)]);
    let plain = then(&complained, [Yes::on(Channel::Email).act()]);
    assert_eq!(level(&plain), Level::Contextual);
    let proven = then(&complained, [Yes::proven(Channel::Email).act()]);
    assert_eq!(level(&proven), level(&personal_news()));
}

#[test]
fn a_signal_against_the_channel_means_0() {
    for signal in Signal::ALL {
        let world = then(&personal_news(), [seen(signal, Some(Channel::Email))]);
        assert_eq!(level(&world), Level::Contextual);
    }
}

#[test]
fn an_unknown_identifier_is_at_0() {
    let mut world = personal_news();
    world.entries.clear();
    let decision = denied(&world, Reason::UnknownSubject);
    assert_eq!(decision.level, Level::Contextual);
}

#[test]
fn after_180_days_without_a_sign_of_the_person_the_level_is_at_most_1() {
    let mut world = personal_news();
    world.last_active = None;
    world.now = NOON.plus_days(180 - 14).plus_seconds(-1);
    assert_eq!(level(&world), Level::Browsing);
    world.now = NOON.plus_days(180 - 14);
    assert_eq!(level(&world), Level::Trends);
    world.last_active = Some(world.now.plus_days(-179));
    assert_eq!(level(&world), Level::Browsing);
}

#[test]
fn a_claim_in_a_file_is_no_sign_of_the_person() {
    let mut world = personal_news();
    world.last_active = None;
    world.now = NOON.plus_days(200);
    let claim = Yes {
        evidence: Evidence::Missing,
        origin: Origin::Import,
        days: 199,
        ..Yes::on(Channel::Sms)
    };
    assert_eq!(level(&then(&world, [claim.act()])), Level::Trends);
}

#[test]
fn purchases_and_visits_never_raise_the_level() {
    let mut world = newsletter();
    let bought = Act::RelationRecorded {
        relation: izin_core::relation::Relation::Purchase,
        occurred_at: NOON,
    };
    world = then(&world, [bought]);
    world.last_active = Some(NOON);
    assert_eq!(level(&world), Level::Trends);
}

#[test]
fn moving_the_dial_enables_no_channel_ad_or_recipient() {
    for channel in Channel::ALL {
        let silent = super::story::silent(Class::Marketing, channel);
        let before = silent.decide();
        let after = then(&silent, [dial(Level::Browsing)]).decide();
        assert_eq!(
            (after.verdict, after.reason),
            (before.verdict, before.reason)
        );
        denied(&silent, Reason::NoConsent);
    }
}

#[test]
fn a_no_to_one_purpose_leaves_the_level_of_another() {
    let scope = Scope::purpose(purpose_id("other"), Channel::Email);
    let mut world = then(&personal_news(), [refused(RefusalKind::OptedOut, scope)]);
    let mut other = world.policy.purposes[0].clone();
    other.id = purpose_id("other");
    world.policy.purposes.push(other);
    assert_eq!(allowed(&world, Reason::Consent).level, Level::Browsing);
}

/// When the person of a world, known for a hundred days, may next be asked to turn the dial up.
fn next_question(world: &World) -> Option<Timestamp> {
    let known_since = NOON.plus_days(-100);
    may_ask_for_more(&world.standing(), known_since, (&world.policy, NOON))
}

fn asked_about_personalisation() -> Act {
    Act::ConsentMarked {
        purpose: purpose_id("personal"),
        channel: Channel::Site,
        topic: None,
        identifier: None,
        mark: izin_core::consent::Mark::RequestDeferred,
        origin: Origin::Page,
    }
}

#[test]
fn we_ask_at_most_once_in_ninety_days() {
    assert_eq!(next_question(&newsletter()), None);
    let asked = |days| recorded(&newsletter(), days, asked_about_personalisation());
    assert_eq!(next_question(&asked(-89)), Some(NOON.plus_days(1)));
    assert_eq!(next_question(&asked(-90)), None);
}

#[test]
fn we_ask_after_twenty_one_days_at_the_present_level() {
    let moved = |days| recorded(&newsletter(), days, dial(Level::Trends));
    assert_eq!(next_question(&moved(-20)), Some(NOON.plus_days(1)));
    assert_eq!(next_question(&moved(-21)), None);
}

#[test]
fn after_something_was_too_personal_we_do_not_ask_for_180_days_and_the_subject_may_move_it() {
    let too_personal = Act::DialMoved {
        level: Level::Contextual,
        origin: Origin::Page,
        step_up: false,
        too_personal: true,
    };
    let world = |days| recorded(&newsletter(), days, too_personal.clone());
    assert_eq!(next_question(&world(-179)), Some(NOON.plus_days(1)));
    assert_eq!(next_question(&world(-180)), None);
    let moved = recorded(&world(-50), -30, dial(Level::Purchases));
    assert_eq!(next_question(&moved), Some(NOON.plus_days(130)));
    let personal = then(&moved, [personal().act()]);
    assert_eq!(level(&personal), Level::Purchases);
}
