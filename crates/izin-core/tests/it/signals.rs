//! Signals (design §3.2, law §12 requirement 7): seen is obeyed, two confirmations lift it, seeing
//! it again re-applies it.

use izin_core::law::{Basis, Regime};
use izin_core::policy::Class;
use izin_core::signal::SignalSet;
use izin_core::{Channel, Level, Reason, Signal};
use izin_testkit::world::World;

use super::story::{
    agreed, allowed, basis, declaring, denied, newsletter, overruled, seen, silent, then,
};

const BROWSERS: [Signal; 3] = [Signal::Gpc, Signal::Gpp, Signal::Tcf];

fn ads() -> World {
    agreed(Class::Marketing, Channel::Ads)
}

fn contextual() -> World {
    let world = basis(silent(Class::Marketing, Channel::Ads), Basis::Contextual);
    declaring(world, |asked| asked.highest_level = Level::Contextual)
}

#[test]
fn a_signal_denies_audiences_and_behavioural_ads_whatever_was_agreed() {
    for channel in [Channel::Social, Channel::Ads] {
        for signal in BROWSERS {
            let world = then(&agreed(Class::Marketing, channel), [seen(signal, None)]);
            denied(&world, signal.reason());
        }
    }
}

#[test]
fn a_signal_in_the_request_itself_is_enough_and_no_confirmation_outweighs_it() {
    let mut world = then(
        &ads(),
        [
            seen(Signal::Gpc, None),
            overruled(Signal::Gpc),
            overruled(Signal::Gpc),
        ],
    );
    allowed(&world, Reason::Consent);
    world.request.signals = SignalSet::NONE.with(Signal::Gpc);
    denied(&world, Reason::SignalGpc);
}

#[test]
fn one_confirmation_is_not_enough() {
    for signal in Signal::ALL {
        let once = then(
            &ads(),
            [seen(signal, Some(Channel::Ads)), overruled(signal)],
        );
        denied(&once, signal.reason());
        allowed(&then(&once, [overruled(signal)]), Reason::Consent);
    }
}

#[test]
fn confirmations_before_a_signal_was_seen_do_not_count_and_seeing_it_again_re_applies_it() {
    let lifted = then(
        &ads(),
        [
            overruled(Signal::Gpc),
            seen(Signal::Gpc, None),
            overruled(Signal::Gpc),
        ],
    );
    denied(&lifted, Reason::SignalGpc);
    let lifted = then(&lifted, [overruled(Signal::Gpc)]);
    allowed(&lifted, Reason::Consent);
    denied(&then(&lifted, [seen(Signal::Gpc, None)]), Reason::SignalGpc);
}

#[test]
fn no_consent_lifts_a_signal() {
    let proven = super::story::Yes::proven(Channel::Ads).act();
    let world = then(&ads(), [seen(Signal::Gpc, None), proven.clone(), proven]);
    denied(&world, Reason::SignalGpc);
}

#[test]
fn a_platforms_signal_denies_its_channel_and_no_other() {
    let stopped = seen(Signal::Provider, Some(Channel::Email));
    denied(
        &then(&newsletter(), [stopped.clone()]),
        Reason::SignalProvider,
    );
    allowed(&then(&ads(), [stopped]), Reason::Consent);
}

#[test]
fn a_platforms_signal_stops_even_what_uses_nothing_of_the_person() {
    let stopped = seen(Signal::Provider, Some(Channel::Ads));
    denied(&then(&contextual(), [stopped]), Reason::SignalProvider);
}

#[test]
fn contextual_ads_stay_at_level_0_under_every_browser_signal() {
    for signal in BROWSERS {
        let mut world = then(&contextual(), [seen(signal, None)]);
        world.request.signals = SignalSet::NONE.with(signal);
        let decision = allowed(&world, Reason::Contextual);
        assert_eq!(decision.level, Level::Contextual);
    }
}

#[test]
fn a_message_is_not_contextual_whatever_its_purpose_claims() {
    let mut world = contextual();
    world.policy.controller.regimes = vec![Regime::Ccpa];
    world.request.channel = Channel::Email;
    world = then(&world, [seen(Signal::Gpc, Some(Channel::Email))]);
    denied(&world, Reason::SignalGpc);
}

#[test]
fn a_browsers_signal_leaves_messages_alone() {
    for signal in BROWSERS {
        allowed(&then(&newsletter(), [seen(signal, None)]), Reason::Consent);
    }
}
