//! Impact assessments and sensitive goods (law §12, requirements 24 and 35).

use izin_core::act::Evidence;
use izin_core::decision::is_explicitly_agreed;
use izin_core::law::Basis;
use izin_core::policy::{Class, CodeSet};
use izin_core::{Act, Channel, Level, Reason, RefusalKind, Scope};
use izin_testkit::policy::purpose_id;
use izin_testkit::world::declared::{ASSESSED, dpia_id, purpose, purpose_mut};
use izin_testkit::world::{NOON, World};

use super::story::{Yes, agreed, allowed, basis, declaring, denied, newsletter, refused, then};

fn codes(names: &[&str]) -> CodeSet {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn unassessed(world: World) -> World {
    declaring(world, |asked| asked.dpia = None)
}

#[test]
fn requirement_35_audiences_and_behavioural_ads_need_an_assessment() {
    for channel in [Channel::Social, Channel::Ads] {
        let world = agreed(Class::Marketing, channel);
        allowed(&world, Reason::Consent);
        denied(&unassessed(world), Reason::DpiaMissing);
    }
}

#[test]
fn requirement_35_whatever_uses_own_purchases_or_browsing_needs_an_assessment() {
    for (class, channel) in [
        (Class::Personalisation, Channel::Site),
        (Class::Marketing, Channel::Email),
        (Class::OptionalService, Channel::Email),
    ] {
        for level in Level::ALL {
            let world = basis(agreed(class, channel), Basis::Consent);
            let world = declaring(world, |asked| asked.highest_level = level);
            allowed(&world, Reason::Consent);
            if level >= Level::Purchases {
                denied(&unassessed(world), Reason::DpiaMissing);
            } else {
                allowed(&unassessed(world), Reason::Consent);
            }
        }
    }
}

#[test]
fn requirement_35_an_assessment_holds_from_its_approval_until_just_before_its_end() {
    let world = agreed(Class::Marketing, Channel::Social);
    for (approved, expires, holds) in [(0, 1, true), (1, 2, false), (-1, 0, false)] {
        let mut world = world.clone();
        for dpia in &mut world.policy.dpias {
            dpia.approved = NOON.plus_seconds(approved);
            dpia.expires = NOON.plus_seconds(expires);
        }
        assert_eq!(world.decide().reason == Reason::Consent, holds);
    }
}

#[test]
fn requirement_35_nobody_approves_their_own_assessment() {
    let mut world = agreed(Class::Marketing, Channel::Social);
    for dpia in &mut world.policy.dpias {
        dpia.approver = dpia.author.clone();
    }
    denied(&world, Reason::DpiaMissing);
    for dpia in &mut world.policy.dpias {
        dpia.approver = format!(" {} ", dpia.author.to_uppercase());
    }
    denied(&world, Reason::DpiaMissing);
}

#[test]
fn contextual_ads_need_none() {
    let world = basis(agreed(Class::Marketing, Channel::Ads), Basis::Contextual);
    let world = declaring(world, |asked| asked.highest_level = Level::Contextual);
    allowed(&unassessed(world), Reason::Contextual);
}

/// The newsletter with goods that reveal something of the person's health.
fn revealing() -> World {
    let mut world = newsletter();
    world.request.content.codes = codes(&["S1"]);
    let mut health = purpose("health", Class::Marketing, &Channel::ALL);
    health.sensitive = codes(&["S1"]);
    world.policy.purposes.push(health);
    world
}

fn explicit(channel: Channel) -> Act {
    let mut yes = Yes {
        purpose: "health",
        ..Yes::on(channel)
    };
    yes.manner.explicit = true;
    yes.act()
}

#[test]
fn goods_that_nobody_classified_are_taken_for_sensitive() {
    let mut world = newsletter();
    world.request.content.unclassified = true;
    denied(&world, Reason::SensitiveContent);
    let agreed = then(&revealing(), [explicit(Channel::Email)]);
    let mut unclassified = agreed;
    unclassified.request.content.unclassified = true;
    denied(&unclassified, Reason::SensitiveContent);
}

#[test]
fn sensitive_goods_need_an_explicit_consent_of_their_own() {
    denied(&revealing(), Reason::SensitiveContent);
    let plain = Yes {
        purpose: "health",
        ..Yes::on(Channel::Email)
    };
    denied(&then(&revealing(), [plain.act()]), Reason::SensitiveContent);
    let elsewhere = then(&revealing(), [explicit(Channel::Sms)]);
    denied(&elsewhere, Reason::SensitiveContent);
    let mut more = then(&revealing(), [explicit(Channel::Email)]);
    allowed(&more, Reason::Consent);
    more.request.content.codes = codes(&["S1", "S3"]);
    denied(&more, Reason::SensitiveContent);
}

#[test]
fn an_explicit_claim_beside_a_plain_yes_is_no_explicit_yes() {
    let world = revealing();
    let agreed = |acts: Vec<Act>| {
        let world = then(&world, acts);
        let health = world.policy.purpose(&purpose_id("health")).unwrap();
        is_explicitly_agreed(health, &world.standing(), (&world.policy, world.now))
    };
    let mut claimed = Yes {
        purpose: "health",
        evidence: Evidence::Missing,
        ..Yes::on(Channel::Sms)
    };
    claimed.manner.explicit = true;
    let plain = Yes {
        purpose: "health",
        ..Yes::on(Channel::Email)
    };
    assert!(!agreed(vec![claimed.act(), plain.act()]));
    assert!(agreed(vec![explicit(Channel::Email)]));
}

#[test]
fn an_explicit_consent_that_was_withdrawn_covers_nothing_any_more() {
    let scope = Scope::purpose(purpose_id("health"), Channel::Email);
    let acts = [
        explicit(Channel::Email),
        refused(RefusalKind::Withdrawn, scope),
    ];
    denied(&then(&revealing(), acts), Reason::SensitiveContent);
}

#[test]
fn an_explicit_consent_to_a_purpose_that_is_not_live_or_not_assessed_covers_nothing() {
    let agreed = then(&revealing(), [explicit(Channel::Email)]);
    let mut dead = agreed.clone();
    purpose_mut(&mut dead.policy, "health").ropa = None;
    denied(&dead, Reason::SensitiveContent);
    let mut unassessed = agreed.clone();
    purpose_mut(&mut unassessed.policy, "health").dpia = None;
    denied(&unassessed, Reason::SensitiveContent);
    let mut assessed = agreed;
    purpose_mut(&mut assessed.policy, "health").dpia = Some(dpia_id(ASSESSED));
    allowed(&assessed, Reason::Consent);
}

#[test]
fn a_purpose_that_may_reveal_something_is_assessed_or_refused() {
    let world = declaring(newsletter(), |asked| asked.sensitive = codes(&["S1"]));
    allowed(&world, Reason::Consent);
    denied(&unassessed(world), Reason::DpiaMissing);
}
