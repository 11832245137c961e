//! What lifts a no (design §3.2), refusals before permissions.

use izin_core::act::{Corrected, Evidence};
use izin_core::consent::Giver;
use izin_core::law::Basis;
use izin_core::policy::Class;
use izin_core::{Act, Channel, Origin, Reason, RefusalKind, Scope, Seq};
use izin_testkit::world::{REFUSALS, World};

use super::story::{
    ADDRESS, OTHER_ADDRESS, Yes, agreed, allowed, basis, denied, newsletter, opted_out, recorded,
    refused, said, silent, then,
};

fn proven() -> Act {
    Yes::proven(Channel::Email).act()
}

fn changed(change: impl FnOnce(&mut Yes)) -> Act {
    let mut yes = Yes::proven(Channel::Email);
    change(&mut yes);
    yes.act()
}

#[test]
fn an_opt_out_takes_effect_when_recorded_whatever_its_time() {
    let backdated = said(RefusalKind::OptedOut, Scope::EVERYTHING, -1_000);
    denied(&then(&newsletter(), [backdated]), Reason::OptedOutAll);
    let early = recorded(&newsletter(), -30, opted_out());
    denied(&early, Reason::OptedOutAll);
}

#[test]
fn a_yes_without_step_up_lifts_nothing() {
    let no = then(&newsletter(), [opted_out()]);
    let plain = changed(|yes| yes.manner.step_up = false);
    let decision = denied(&then(&no, [plain]), Reason::OptedOutAll);
    assert!(decision.also.contains(Reason::AwaitingConfirmation));
}

#[test]
fn a_yes_by_api_without_proof_waits_where_a_refusal_stands() {
    let no = then(&newsletter(), [opted_out()]);
    let by_api = changed(|yes| {
        yes.origin = Origin::Api;
        yes.manner.step_up = false;
    });
    let decision = denied(&then(&no, [by_api]), Reason::OptedOutAll);
    assert!(decision.also.contains(Reason::AwaitingConfirmation));
}

#[test]
fn imports_never_lift_even_what_they_call_proven() {
    let no = then(&newsletter(), [opted_out()]);
    let imported = changed(|yes| yes.origin = Origin::Import);
    denied(&then(&no, [imported]), Reason::OptedOutAll);
}

#[test]
fn a_yes_said_before_the_no_lifts_nothing_however_late_it_is_recorded() {
    let no = then(&newsletter(), [opted_out()]);
    denied(
        &then(&no, [changed(|yes| yes.days = -7)]),
        Reason::OptedOutAll,
    );
    allowed(&then(&no, [changed(|yes| yes.days = -6)]), Reason::Consent);
}

#[test]
fn a_yes_recorded_before_the_no_lifts_nothing_however_late_it_was_said() {
    let world = then(&newsletter(), [proven(), opted_out()]);
    denied(&world, Reason::OptedOutAll);
}

#[test]
fn the_guardians_word_is_not_the_persons_own() {
    let no = then(&newsletter(), [opted_out()]);
    let guardian = changed(|yes| yes.manner.by = Giver::Guardian);
    denied(&then(&no, [guardian]), Reason::OptedOutAll);
}

#[test]
fn a_claim_without_evidence_lifts_nothing() {
    let no = then(&newsletter(), [opted_out()]);
    let claimed = changed(|yes| yes.evidence = Evidence::Missing);
    denied(&then(&no, [claimed]), Reason::OptedOutAll);
}

#[test]
fn a_yes_proved_on_one_address_lifts_nothing_for_another() {
    let mut no = then(&newsletter(), [opted_out()]);
    no.request.address = Some(ADDRESS);
    let elsewhere = changed(|yes| yes.identifier = Some(OTHER_ADDRESS));
    denied(&then(&no, [elsewhere]), Reason::OptedOutAll);
}

#[test]
fn a_yes_lifts_a_no_for_its_own_purpose_and_channel_alone() {
    let no = then(&newsletter(), [opted_out()]);
    let mut elsewhere = then(&no, [proven()]);
    elsewhere.request.channel = Channel::Sms;
    denied(&elsewhere, Reason::OptedOutAll);
    let other = changed(|yes| yes.purpose = "personal");
    denied(&then(&no, [other]), Reason::OptedOutAll);
}

#[test]
fn a_yes_to_a_topic_lifts_nothing_for_the_rest() {
    let no = then(&newsletter(), [opted_out()]);
    let topical = changed(|yes| yes.topic = Some("x"));
    let mut world = then(&no, [topical]);
    denied(&world, Reason::OptedOutAll);
    world.request.topic = Some(izin_testkit::policy::topic("x"));
    allowed(&world, Reason::Consent);
}

#[test]
fn a_yes_on_a_defective_form_lifts_nothing() {
    let form = izin_testkit::world::declared::form_id("checkout");
    let no = then(&newsletter(), [opted_out()]);
    let on_a_form = changed(|yes| yes.manner.form = Some((form, 2)));
    let mut world = then(&no, [on_a_form]);
    allowed(&world, Reason::Consent);
    world.policy.forms = vec![izin_testkit::world::declared::defective(2)];
    let decision = denied(&world, Reason::OptedOutAll);
    assert!(decision.also.contains(Reason::AwaitingConfirmation));
}

#[test]
fn a_legal_suppression_is_lifted_by_no_yes() {
    let legal = refused(RefusalKind::LegalSuppression, Scope::EVERYTHING);
    let world = then(&newsletter(), [legal, proven(), proven()]);
    denied(&world, Reason::Suppressed);
}

#[test]
fn every_other_no_is_lifted_by_the_persons_own_later_proven_yes() {
    for kind in REFUSALS {
        let world = then(&newsletter(), [refused(kind, Scope::EVERYTHING), proven()]);
        if kind == RefusalKind::LegalSuppression {
            denied(&world, Reason::Suppressed);
        } else {
            allowed(&world, Reason::Consent);
        }
    }
}

#[test]
fn a_no_after_the_lifting_yes_stands() {
    let world = then(&newsletter(), [opted_out(), proven()]);
    allowed(&world, Reason::Consent);
    denied(&then(&world, [opted_out()]), Reason::OptedOutAll);
}

#[test]
fn a_later_plain_yes_does_not_bring_back_what_a_proven_one_lifted() {
    let plain = changed(|yes| yes.manner.step_up = false);
    let world = then(&newsletter(), [opted_out(), proven(), plain]);
    allowed(&world, Reason::Consent);
}

fn audience() -> World {
    agreed(Class::Marketing, Channel::Social)
}

fn confirmed() -> Act {
    Yes::proven(Channel::Social).act()
}

#[test]
fn requirement_28_after_an_opt_out_of_sharing_two_separate_confirmations_are_needed() {
    for channel in [Channel::Social, Channel::Ads] {
        let yes = || Yes::proven(channel).act();
        let no = then(&agreed(Class::Marketing, channel), [opted_out()]);
        denied(&then(&no, [yes()]), Reason::OptedOutAll);
        allowed(&then(&no, [yes(), yes()]), Reason::Consent);
    }
}

#[test]
fn a_confirmation_before_the_no_is_not_one_of_the_two() {
    let world = then(&audience(), [confirmed(), opted_out(), confirmed()]);
    denied(&world, Reason::OptedOutAll);
    let mut backdated = Yes::proven(Channel::Social);
    backdated.days = -8;
    let world = then(&audience(), [opted_out(), backdated.act(), confirmed()]);
    denied(&world, Reason::OptedOutAll);
}

#[test]
fn a_no_to_a_topic_between_two_confirmations_asks_for_two_again() {
    let mut topical = Scope::purpose(izin_testkit::policy::purpose_id("asked"), Channel::Social);
    topical.topic = Some(izin_testkit::policy::topic("x"));
    let no = refused(RefusalKind::OptedOut, topical);
    let mut world = then(&audience(), [confirmed(), no, confirmed()]);
    world.request.topic = Some(izin_testkit::policy::topic("x"));
    denied(&world, Reason::OptedOutTopic);
    allowed(&then(&world, [confirmed()]), Reason::Consent);
}

#[test]
fn a_confirmation_that_never_was_is_not_one_of_the_two() {
    let world = then(&audience(), [opted_out(), confirmed(), confirmed()]);
    allowed(&world, Reason::Consent);
    let first = world.entries[world.entries.len() - 2].seq;
    let corrected = Act::EntryCorrected {
        entry: first,
        what: Corrected::Consent,
    };
    denied(&then(&world, [corrected]), Reason::OptedOutAll);
}

#[test]
fn a_correction_takes_back_one_saying_and_what_was_said_again_stays() {
    let corrected = || Act::EntryCorrected {
        entry: Seq(4),
        what: Corrected::Refusal {
            refusal: RefusalKind::OptedOut,
            scope: Scope::EVERYTHING,
        },
    };
    let once = then(&newsletter(), [opted_out()]);
    allowed(&then(&once, [corrected()]), Reason::Consent);
    let twice = then(&once, [opted_out()]);
    denied(&then(&twice, [corrected()]), Reason::OptedOutAll);
}

#[test]
fn withdrawal_denies_the_purpose_on_every_basis() {
    let withdrawn = || {
        let scope = Scope::purpose(izin_testkit::policy::purpose_id("asked"), Channel::Email);
        refused(RefusalKind::Withdrawn, scope)
    };
    for class in Class::ALL {
        let usual = then(&agreed(class, Channel::Email), [withdrawn()]);
        if class != Class::Essential {
            denied(&usual, Reason::Withdrawn);
        }
    }
    for other in Basis::ALL {
        let world = then(&newsletter(), [withdrawn()]);
        denied(&basis(world, other), Reason::Withdrawn);
    }
}

#[test]
fn after_an_erasure_no_yes_of_the_same_person_counts() {
    let world = then(&newsletter(), [Act::Erased, proven(), proven()]);
    let decision = denied(&world, Reason::Erased);
    assert_eq!(decision.consent, None);
    denied(
        &then(&silent(Class::Marketing, Channel::Email), [Act::Erased]),
        Reason::Erased,
    );
}
