//! Guessed refusals (design §3.2): a no at once, cleared by a reviewer in time, else an opt-out.

use izin_core::refusal::PRESUMPTION_DAYS;
use izin_core::{Act, Channel, Reason, RefusalKind, Scope};
use izin_testkit::world::World;

use super::story::{allowed, denied, newsletter, recorded, said, then};

fn presumed() -> Act {
    said(RefusalKind::Presumed, Scope::channel(Channel::Email), 0)
}

/// The newsletter, with a guess of so many days ago.
fn guessed(days: i64) -> World {
    recorded(&newsletter(), -days, presumed())
}

fn cleared(world: &World, days: i64) -> World {
    let guess = world.entries.last().unwrap().seq;
    let act = Act::PresumptionCleared {
        entry: guess,
        scope: Scope::channel(Channel::Email),
    };
    recorded(world, days, act)
}

#[test]
fn a_guessed_refusal_denies_at_once() {
    denied(&guessed(0), Reason::RefusalPresumed);
    denied(&guessed(PRESUMPTION_DAYS - 1), Reason::RefusalPresumed);
}

#[test]
fn unreviewed_after_thirty_days_it_is_an_opt_out() {
    denied(&guessed(PRESUMPTION_DAYS), Reason::OptedOutChannel);
}

#[test]
fn after_thirty_days_a_reviewer_clears_nothing() {
    let late = cleared(&guessed(PRESUMPTION_DAYS), 0);
    denied(&late, Reason::OptedOutChannel);
}

#[test]
fn repeating_a_guess_does_not_put_off_the_day_on_which_it_becomes_an_opt_out() {
    let again = then(&guessed(PRESUMPTION_DAYS), [presumed()]);
    denied(&again, Reason::OptedOutChannel);
}

#[test]
fn clearing_one_guess_leaves_another_standing() {
    let twice = then(&guessed(3), [presumed()]);
    let once = cleared(&twice, 0);
    denied(&once, Reason::RefusalPresumed);
    allowed(&cleared(&once, 0), Reason::Consent);
}

#[test]
fn clearing_a_guess_takes_back_no_other_refusal() {
    let opted_out = said(RefusalKind::OptedOut, Scope::channel(Channel::Email), 0);
    let world = then(&guessed(3), [opted_out]);
    denied(&cleared(&world, 0), Reason::OptedOutChannel);
}

#[test]
fn a_guess_that_a_reviewer_cleared_in_time_denies_no_more() {
    allowed(&cleared(&guessed(3), 0), Reason::Consent);
}
