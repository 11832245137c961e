//! Consents: unknown is no (law §12, requirement 3), and what is stale, expired, void or claimed
//! permits nothing (requirements 16 and 17).

use izin_core::act::Evidence;
use izin_core::consent::{ConsentState, Mark};
use izin_core::decision::consent_state;
use izin_core::law::Basis;
use izin_core::policy::{Class, Published};
use izin_core::{Act, Channel, Origin, Policy, Reason, RefusalKind, Scope, Seq, Verdict};
use izin_testkit::policy::{purpose_id, topic};
use izin_testkit::world::declared::{defective, form_id, purpose_mut};
use izin_testkit::world::{NOON, World};

use super::story::{
    ADDRESS, OTHER_ADDRESS, Yes, allowed, declaring, denied, minor, newsletter, opted_out,
    recorded, refused, said, silent, then,
};

fn marked(mark: Mark) -> Act {
    Act::ConsentMarked {
        purpose: purpose_id("asked"),
        channel: Channel::Email,
        topic: None,
        identifier: None,
        mark,
        origin: Origin::Page,
    }
}

fn nobody_asked() -> World {
    silent(Class::Marketing, Channel::Email)
}

fn state(world: &World) -> ConsentState {
    let judged_by = (&world.policy, world.now);
    consent_state(&world.request, &world.standing(), judged_by)
}

fn expiring(days: u32) -> World {
    declaring(newsletter(), |asked| asked.consent_days = Some(days))
}

fn on_a_form(version: u32) -> World {
    let mut yes = Yes::on(Channel::Email);
    yes.manner.form = Some((form_id("checkout"), version));
    let mut world = then(&nobody_asked(), [yes.act()]);
    world.policy.forms = vec![defective(2)];
    world
}

#[test]
fn requirement_3_every_state_that_is_not_given_is_no() {
    let withdrawn = refused(RefusalKind::Withdrawn, Scope::EVERYTHING);
    let cases = [
        (nobody_asked(), ConsentState::Unknown),
        (
            then(&nobody_asked(), [marked(Mark::Requested)]),
            ConsentState::Requested,
        ),
        (
            then(&nobody_asked(), [marked(Mark::RequestDeferred)]),
            ConsentState::RequestDeferred,
        ),
        (
            then(&nobody_asked(), [marked(Mark::Refused)]),
            ConsentState::Refused,
        ),
        (then(&nobody_asked(), [opted_out()]), ConsentState::Refused),
        (
            then(&newsletter(), [marked(Mark::Refused)]),
            ConsentState::Refused,
        ),
        (expiring(14), ConsentState::Expired),
        (then(&newsletter(), [withdrawn]), ConsentState::Withdrawn),
        (
            then(&newsletter(), [marked(Mark::Revoked)]),
            ConsentState::Revoked,
        ),
        (
            then(&newsletter(), [marked(Mark::Invalidated)]),
            ConsentState::Invalidated,
        ),
        (on_a_form(2), ConsentState::Invalidated),
        (then(&newsletter(), [minor(9)]), ConsentState::Unknown),
        (stale(), ConsentState::Unknown),
    ];
    for (world, expected) in cases {
        assert_eq!(state(&world), expected);
        assert!(!expected.permits());
        assert_eq!(world.decide().verdict, Verdict::Deny, "{expected:?}");
    }
}

#[test]
fn only_given_and_renewed_permit() {
    assert_eq!(state(&newsletter()), ConsentState::Given);
    allowed(&newsletter(), Reason::Consent);
    let renewed = then(&newsletter(), [Yes::on(Channel::Email).act()]);
    assert_eq!(state(&renewed), ConsentState::RenewedGiven);
    allowed(&renewed, Reason::Consent);
}

#[test]
fn requirement_3_a_claim_without_evidence_changes_no_answer() {
    let claim = Yes {
        evidence: Evidence::Missing,
        ..Yes::on(Channel::Email)
    };
    denied(&then(&nobody_asked(), [claim.act()]), Reason::NoConsent);
    let kept = then(&newsletter(), [claim.act()]);
    let decision = allowed(&kept, Reason::Consent);
    assert_eq!(decision.consent, newsletter().decide().consent);
}

#[test]
fn a_question_closed_without_an_answer_is_no_yes_and_takes_none_away() {
    denied(
        &then(&nobody_asked(), [marked(Mark::RequestDeferred)]),
        Reason::NoConsent,
    );
    allowed(
        &then(&newsletter(), [marked(Mark::RequestDeferred)]),
        Reason::Consent,
    );
}

#[test]
fn a_consent_expires_with_its_last_moment() {
    denied(&expiring(14), Reason::ConsentExpired);
    let mut world = expiring(14);
    world.now = NOON.plus_seconds(-1);
    allowed(&world, Reason::Consent);
}

#[test]
fn requirement_16_consents_on_a_form_later_found_defective_become_void_together() {
    for version in [1, 2] {
        denied(&on_a_form(version), Reason::ConsentInvalid);
    }
    allowed(&on_a_form(3), Reason::Consent);
    let again = then(&on_a_form(2), [Yes::on(Channel::Email).act()]);
    allowed(&again, Reason::Consent);
}

/// The newsletter under a third version, after two versions changed by a function.
fn since(world: &World, change: impl Fn(&mut Policy)) -> World {
    since_first_at(world, 0, change)
}

/// The same, the first version having taken effect at an entry.
fn since_first_at(world: &World, first: u64, change: impl Fn(&mut Policy)) -> World {
    let mut world = world.clone();
    let mut earlier = world.policy.clone();
    change(&mut earlier);
    let coverage = |policy: &Policy| {
        let purposes = policy.purposes.iter();
        purposes.map(|own| policy.coverage(own)).collect::<Vec<_>>()
    };
    let published = |version, seq| Published {
        version,
        seq: Seq(seq),
    };
    let past = [
        (published(1, first), coverage(&earlier)),
        (published(2, 90), coverage(&world.policy)),
    ];
    world.policy.version = 3;
    world.policy = world.policy.after(&past, published(3, 95));
    world
}

pub(crate) fn stale() -> World {
    since(&newsletter(), |earlier| {
        purpose_mut(earlier, "asked").fields.pop();
    })
}

#[test]
fn requirement_17_a_consent_to_less_than_is_done_now_does_not_cover_it() {
    denied(&stale(), Reason::ConsentStale);
    let less: [fn(&mut Policy); 3] = [
        |earlier| purpose_mut(earlier, "asked").recipients.clear(),
        |earlier| earlier.fields[1].category = "pd:Name".to_owned(),
        |earlier| earlier.purposes.remove(0).retention_days = 1,
    ];
    for change in less {
        denied(&since(&newsletter(), change), Reason::ConsentStale);
    }
}

#[test]
fn requirement_17_a_consent_without_a_version_is_to_the_one_in_force_when_it_was_recorded() {
    let yes = |world: &World| {
        let yes = Yes {
            policy: 0,
            ..Yes::on(Channel::Email)
        };
        recorded(world, 0, yes.act())
    };
    let narrow = |earlier: &mut Policy| {
        purpose_mut(earlier, "asked").fields.pop();
    };
    let recorded_at = |seq| {
        let mut world = yes(&nobody_asked());
        world.entries.last_mut().unwrap().seq = Seq(seq);
        world
    };
    // Version 1 took effect at entry 50, the second at 90, the one in force at 95.
    for (seq, of_version) in [(49, 1), (51, 1), (89, 1), (91, 2), (96, 3)] {
        let world = since_first_at(&recorded_at(seq), 50, narrow);
        if of_version == 1 {
            denied(&world, Reason::ConsentStale);
        } else {
            allowed(&world, Reason::Consent);
        }
        let same = since_first_at(&recorded_at(seq), 50, |_| ());
        allowed(&same, Reason::Consent);
    }
}

#[test]
fn what_was_agreed_before_any_version_goes_stale_with_the_first_and_only_then() {
    let stale = |change: fn(&mut Policy)| {
        let world = since_first_at(&newsletter(), 50, change);
        purpose_mut(&mut world.policy.clone(), "asked")
            .stale_versions
            .clone()
    };
    assert_eq!(stale(|_| ()), [0; 0]);
    let narrow = |earlier: &mut Policy| {
        purpose_mut(earlier, "asked").fields.pop();
    };
    assert_eq!(stale(narrow), [0, 1]);
}

#[test]
fn requirement_17_processing_inside_what_a_consent_covered_stays_allowed() {
    let more: [fn(&mut Policy); 3] = [
        |_| {},
        |earlier| {
            let name = izin_testkit::world::declared::field("name", "pd:Name");
            purpose_mut(earlier, "asked").fields.push(name.id);
            earlier.fields.push(name);
        },
        |earlier| purpose_mut(earlier, "asked").retention_days = 1,
    ];
    for change in more {
        let decision = allowed(&since(&newsletter(), change), Reason::Consent);
        assert_eq!((decision.notice, decision.policy), (Some(1), 3));
    }
}

#[test]
fn a_consent_belongs_to_one_address_and_never_moves_to_another() {
    let mut world = newsletter();
    world.request.address = Some(OTHER_ADDRESS);
    denied(&world, Reason::NoConsent);
    world.request.address = Some(ADDRESS);
    allowed(&world, Reason::Consent);
}

#[test]
fn a_consent_without_an_address_reaches_none() {
    for channel in Channel::ALL {
        let yes = Yes {
            identifier: None,
            ..Yes::on(channel)
        };
        let world = then(&silent(Class::Marketing, channel), [yes.act()]);
        if channel.is_addressed() {
            denied(&world, Reason::NoConsent);
        } else {
            allowed(&world, Reason::Consent);
        }
    }
}

#[test]
fn a_consent_to_a_topic_is_to_no_other() {
    let yes = Yes {
        topic: Some("x"),
        ..Yes::on(Channel::Email)
    };
    let mut world = then(&nobody_asked(), [yes.act()]);
    denied(&world, Reason::NoConsent);
    world.request.topic = Some(topic("y"));
    denied(&world, Reason::NoConsent);
    world.request.topic = Some(topic("x"));
    allowed(&world, Reason::Consent);
}

#[test]
fn a_consent_on_one_channel_or_to_one_purpose_is_to_no_other() {
    for channel in Channel::ALL {
        let mut world = newsletter();
        world.request.channel = channel;
        if channel != Channel::Email {
            denied(&world, Reason::NoConsent);
        }
    }
    let mut world = newsletter();
    world.request.purpose = purpose_id("personal");
    denied(&world, Reason::NoConsent);
}

#[test]
fn no_basis_replaces_the_one_that_was_declared() {
    let world = super::story::basis(newsletter(), Basis::Contract);
    denied(&world, Reason::NoBasis);
    let late = said(RefusalKind::Objected, Scope::EVERYTHING, 0);
    denied(&then(&newsletter(), [late]), Reason::Objected);
}
