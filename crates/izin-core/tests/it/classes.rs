//! Classes of purpose (design §3.2): what passes what.

use izin_core::law::Basis;
use izin_core::policy::{Class, Life};
use izin_core::{Act, Channel, Origin, Reason, RefusalKind, Scope, Signal};
use izin_testkit::world::declared::{HOURS, hours};
use izin_testkit::world::{NOON, REFUSALS, World};

use super::story::{
    agreed, allowed, basis, declaring, deferred, denied, minor, newsletter, opted_out, refused,
    seen, silent, then,
};

fn order_mail() -> World {
    silent(Class::Essential, Channel::Email)
}

fn duty() -> World {
    basis(order_mail(), Basis::LegalObligation)
}

fn restricted() -> Act {
    Act::Restricted {
        holds: true,
        origin: Origin::Agent,
    }
}

fn legal() -> Act {
    refused(RefusalKind::LegalSuppression, Scope::EVERYTHING)
}

#[test]
fn an_essential_message_never_passes_erasure_or_restriction() {
    denied(&then(&order_mail(), [Act::Erased]), Reason::Erased);
    denied(&then(&order_mail(), [restricted()]), Reason::Restricted);
}

#[test]
fn an_essential_message_never_passes_a_legal_suppression_nor_a_duty_does() {
    denied(&then(&order_mail(), [legal()]), Reason::Suppressed);
    denied(&then(&duty(), [legal()]), Reason::Suppressed);
}

#[test]
fn an_essential_message_never_passes_a_broken_address() {
    let broken = Act::Undeliverable {
        identifier: super::story::ADDRESS,
        channel: Channel::Email,
    };
    denied(&then(&order_mail(), [broken]), Reason::Undeliverable);
}

#[test]
fn requirement_37_a_service_message_that_promotes_is_denied() {
    for class in [Class::Essential, Class::OptionalService] {
        let mut world = silent(class, Channel::Email);
        world.request.content.promotes = true;
        denied(&world, Reason::PromotionInService);
    }
    let mut world = newsletter();
    world.request.content.promotes = true;
    allowed(&world, Reason::Consent);
}

#[test]
fn requirement_37_essential_messages_pass_every_refusal_but_a_legal_suppression() {
    for kind in REFUSALS {
        let world = then(&order_mail(), [refused(kind, Scope::EVERYTHING)]);
        if kind == RefusalKind::LegalSuppression {
            denied(&world, Reason::Suppressed);
        } else {
            allowed(&world, Reason::Contract);
        }
    }
}

#[test]
fn an_essential_message_passes_staleness_signals_minority_waits_and_sensitive_goods() {
    let mut world = then(&order_mail(), [minor(400)]);
    world = then(
        &world,
        Signal::ALL.map(|own| seen(own, Some(Channel::Email))),
    );
    world = then(&world, [paused(5)]);
    world.request.stale = true;
    world.request.content.unclassified = true;
    world.policy.hours = vec![izin_core::policy::Hours {
        channel: Channel::Email,
        allowed: hours(HOURS[2]),
    }];
    allowed(&world, Reason::Contract);
    let marketing = declaring(world, |asked| asked.class = Class::Marketing);
    let decision = denied(&marketing, Reason::StaleGate);
    for reason in [
        Reason::SignalProvider,
        Reason::SignalTcf,
        Reason::Minor,
        Reason::SensitiveContent,
        Reason::Paused,
        Reason::QuietHours,
    ] {
        assert!(decision.also.contains(reason), "{reason:?}");
    }
}

fn paused(days: i64) -> Act {
    Act::Paused {
        channel: None,
        until: NOON.plus_days(days),
        origin: Origin::Page,
    }
}

#[test]
fn breach_and_rights_messages_also_pass_erasure_and_restriction() {
    allowed(&then(&duty(), [restricted()]), Reason::LegalObligation);
    allowed(&then(&duty(), [Act::Erased]), Reason::LegalObligation);
}

#[test]
fn only_an_essential_purpose_is_a_duty() {
    let survey = silent(Class::OptionalService, Channel::Email);
    let claimed = basis(survey, Basis::LegalObligation);
    denied(&then(&claimed, [restricted()]), Reason::Restricted);
}

#[test]
fn optional_service_obeys_refusals_pauses_and_quiet_hours() {
    let survey = silent(Class::OptionalService, Channel::Email);
    allowed(&survey, Reason::Contract);
    denied(&then(&survey, [opted_out()]), Reason::OptedOutAll);
    deferred(&then(&survey, [paused(2)]), Reason::Paused);
    let mut night = survey;
    night.policy.hours = vec![izin_core::policy::Hours {
        channel: Channel::Email,
        allowed: hours(HOURS[2]),
    }];
    deferred(&night, Reason::QuietHours);
}

#[test]
fn a_marketing_message_without_a_way_to_refuse_is_denied_on_every_message_channel() {
    for channel in Channel::ALL {
        let mut world = agreed(Class::Marketing, channel);
        world.request.content.no_way_to_refuse = true;
        if matches!(
            channel,
            Channel::Email | Channel::Sms | Channel::Whatsapp | Channel::SocialDm
        ) {
            denied(&world, Reason::NoWayToRefuse);
        } else {
            allowed(&world, Reason::Consent);
        }
    }
}

#[test]
fn requirement_34_a_purpose_without_a_record_of_processing_is_refused() {
    for class in Class::ALL {
        let world = declaring(agreed(class, Channel::Email), |asked| asked.ropa = None);
        denied(&world, Reason::PurposeNotLive);
    }
}

#[test]
fn an_essential_purpose_that_is_not_live_says_so_and_nothing_of_opt_outs() {
    let world = then(&order_mail(), [opted_out()]);
    let decision = denied(
        &declaring(world, |asked| asked.ropa = None),
        Reason::PurposeNotLive,
    );
    assert!(decision.also.is_empty());
}

#[test]
fn a_purpose_is_live_from_its_first_moment_until_just_before_its_end() {
    let second = |seconds| Some(NOON.plus_seconds(seconds));
    for (from, until, live) in [
        (second(1), None, false),
        (None, second(0), false),
        (second(0), second(1), true),
    ] {
        let world = declaring(newsletter(), |asked| {
            asked.live = Some(Life { from, until })
        });
        assert_eq!(world.decide().reason == Reason::Consent, live);
    }
}
