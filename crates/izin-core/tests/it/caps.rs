//! Frequency, quiet hours and pauses (design §3.5), and broken addresses.

use izin_core::decision::{Matter, Sent};
use izin_core::policy::{Cap, CapId, Class, Hours, Over};
use izin_core::window::Limit;
use izin_core::{Act, Channel, Origin, Reason, Timestamp, Verdict, Zone};
use izin_testkit::policy::purpose_id;
use izin_testkit::world::declared::{HOURS, hours, limit, purpose};
use izin_testkit::world::{NOON, World};

use super::story::{
    ADDRESS, OTHER_ADDRESS, allowed, at, deferred, denied, newsletter, placed, recorded, then,
};

fn cap(limit: Limit) -> Cap {
    Cap {
        id: CapId::parse("weekly").unwrap(),
        channel: None,
        class: None,
        purpose: None,
        topic: None,
        limit,
        over: Over::Defer,
    }
}

fn hour(hours: i64) -> Timestamp {
    NOON.plus_seconds(3_600 * hours)
}

fn sent(hours_ago: i64, channel: Channel) -> Sent {
    Sent {
        at: hour(-hours_ago),
        channel,
        purpose: purpose_id("asked"),
        topic: None,
    }
}

/// The newsletter after mails of so many hours ago.
fn mailed(hours_ago: &[i64], caps: &[Cap]) -> World {
    let mut world = newsletter();
    world.policy.caps = caps.to_vec();
    world.sends = hours_ago
        .iter()
        .map(|ago| sent(*ago, Channel::Email))
        .collect();
    world
}

fn own_cap(channel: Option<Channel>, limit: Limit) -> Act {
    Act::CapSet {
        channel,
        limit,
        origin: Origin::Page,
    }
}

fn paused(channel: Option<Channel>, hours: i64) -> Act {
    Act::Paused {
        channel,
        until: hour(hours),
        origin: Origin::Page,
    }
}

fn open(world: &mut World, line: usize) {
    world.policy.hours = vec![Hours {
        channel: world.request.channel,
        allowed: hours(HOURS[line]),
    }];
}

#[test]
fn a_window_slides_and_has_no_hole_at_midnight() {
    let caps = [cap(limit(2, "24h"))];
    let mut world = mailed(&[14, 13], &caps);
    let decision = deferred(&world, Reason::Capped);
    assert_eq!(decision.until, Some(hour(10)));
    world.now = Timestamp::from_micros(hour(10).as_micros() - 1);
    deferred(&world, Reason::Capped);
    world.now = hour(10);
    allowed(&world, Reason::Consent);
}

#[test]
fn all_rules_must_have_room_and_a_narrower_one_never_loosens_a_wider() {
    let wide = cap(limit(1, "7d"));
    let narrow = Cap {
        channel: Some(Channel::Email),
        ..cap(limit(9, "1h"))
    };
    for caps in [[wide.clone(), narrow.clone()], [narrow, wide]] {
        let decision = deferred(&mailed(&[24], &caps), Reason::Capped);
        assert_eq!(decision.until, Some(hour(6 * 24)));
    }
}

#[test]
fn a_cap_counts_only_what_it_is_about() {
    let asked = cap(limit(1, "24h"));
    let elsewhere = [
        Cap {
            channel: Some(Channel::Sms),
            ..asked.clone()
        },
        Cap {
            class: Some(Class::OptionalService),
            ..asked.clone()
        },
        Cap {
            purpose: Some(purpose_id("personal")),
            ..asked.clone()
        },
        Cap {
            topic: Some(izin_testkit::policy::topic("x")),
            ..asked.clone()
        },
    ];
    allowed(&mailed(&[1], &elsewhere), Reason::Consent);
    deferred(&mailed(&[1], &[asked]), Reason::Capped);
}

#[test]
fn the_persons_own_cap_wins_when_it_is_lower_and_loosens_nothing() {
    let shop = [cap(limit(3, "7d"))];
    let strict = then(&mailed(&[24], &shop), [own_cap(None, limit(1, "7d"))]);
    deferred(&strict, Reason::Capped);
    let loose = then(
        &mailed(&[24, 24, 24], &shop),
        [own_cap(None, limit(9, "1h"))],
    );
    deferred(&loose, Reason::Capped);
    let elsewhere = own_cap(Some(Channel::Sms), limit(1, "7d"));
    allowed(&then(&mailed(&[24], &[]), [elsewhere]), Reason::Consent);
}

#[test]
fn over_a_cap_that_drops_the_answer_is_no() {
    let drop = Cap {
        over: Over::Drop,
        ..cap(limit(1, "24h"))
    };
    let decision = denied(&mailed(&[1], &[drop]), Reason::Capped);
    assert_eq!(decision.until, None);
}

#[test]
fn a_send_that_another_clock_puts_in_the_future_counts() {
    let decision = deferred(&mailed(&[-1], &[cap(limit(1, "1h"))]), Reason::Capped);
    assert_eq!(decision.until, Some(hour(2)));
}

#[test]
fn a_deferred_message_waits_for_the_pause_then_the_cap_then_the_day() {
    let mut world = mailed(&[1], &[cap(limit(1, "7h"))]);
    open(&mut world, 0);
    world = then(&world, [paused(None, 3)]);
    let decision = deferred(&world, Reason::Paused);
    assert!(decision.also.contains(Reason::Capped));
    // 13:00 in Jakarta; the pause ends at 16:00, the cap has room at 19:00.
    assert_eq!(decision.until, Some(hour(6)));
    world = then(&world, [paused(Some(Channel::Email), 8)]);
    // At 21:00 it is night.
    let morning = at("2026-11-22T08:00:00+07:00");
    assert_eq!(world.decide().until, Some(morning));
}

#[test]
fn a_pause_of_one_channel_leaves_the_others() {
    allowed(
        &then(&newsletter(), [paused(Some(Channel::Sms), 3)]),
        Reason::Consent,
    );
    allowed(&then(&newsletter(), [paused(None, 0)]), Reason::Consent);
}

#[test]
fn quiet_hours_are_those_of_the_persons_own_zone() {
    let mut world = newsletter();
    open(&mut world, 0);
    world.now = at("2026-11-21T19:30:00+07:00");
    allowed(&world, Reason::Consent);
    let Act::Placed {
        country,
        region,
        source,
        ..
    } = placed("ID")
    else {
        return;
    };
    let east = Act::Placed {
        country,
        region,
        zone: Some(Zone::parse("WIT").unwrap()),
        source,
    };
    let decision = deferred(&recorded(&world, 0, east), Reason::QuietHours);
    assert_eq!(decision.until, Some(at("2026-11-22T08:00:00+09:00")));
}

#[test]
fn an_unknown_zone_is_quiet_when_it_is_night_anywhere_in_the_country() {
    let mut world = then(&newsletter(), [placed("ID")]);
    open(&mut world, 0);
    for (now, quiet) in [
        ("2026-11-21T07:59:00+07:00", true),
        ("2026-11-21T08:00:00+07:00", false),
        ("2026-11-21T19:59:00+09:00", false),
        ("2026-11-21T20:00:00+09:00", true),
    ] {
        world.now = at(now);
        let verdict = world.decide().verdict;
        assert_eq!(verdict == Verdict::Defer, quiet, "{now}");
    }
}

#[test]
fn where_no_hour_is_day_for_all_it_is_asked_again_a_day_after() {
    let mut world = then(&newsletter(), [placed("US")]);
    open(&mut world, 1);
    let decision = deferred(&world, Reason::QuietHours);
    assert_eq!(decision.until, Some(NOON.plus_days(1)));
}

#[test]
fn an_address_that_failed_gets_nothing_and_another_may() {
    let failed = |identifier| Act::Undeliverable {
        identifier,
        channel: Channel::Email,
    };
    let mut world = then(&newsletter(), [failed(ADDRESS)]);
    denied(&world, Reason::Undeliverable);
    world = then(&newsletter(), [failed(OTHER_ADDRESS)]);
    allowed(&world, Reason::Consent);
    world.request.address = Some(OTHER_ADDRESS);
    assert!(world.decide().also.contains(Reason::Undeliverable));
}

#[test]
fn what_an_order_needs_counts_towards_no_cap_not_even_the_persons_own() {
    let mut world = then(&newsletter(), [own_cap(None, limit(1, "7d"))]);
    let orders = purpose("orders", Class::Essential, &Channel::ALL);
    world.policy.purposes.push(orders);
    world.policy.caps = vec![cap(limit(1, "7d"))];
    let mail = |purpose| Sent {
        purpose: purpose_id(purpose),
        ..sent(1, Channel::Email)
    };
    world.sends = vec![mail("orders")];
    allowed(&world, Reason::Consent);
    world.sends = vec![mail("asked")];
    deferred(&world, Reason::Capped);
}

#[test]
fn a_send_in_any_window_counts_and_one_outside_all_of_them_may_be_left_unread() {
    let caps = [cap(limit(1, "24h")), cap(limit(1, "7d"))];
    let world = mailed(&[], &caps);
    let from = Matter::new(&world.request, &world.policy, world.now).counts_sends_from();
    assert_eq!(from, hour(-7 * 24));
    let mut inside = mailed(&[0], &caps);
    inside.sends[0].at = Timestamp::from_micros(from.as_micros() + 1);
    deferred(&inside, Reason::Capped);
    allowed(&mailed(&[7 * 24], &caps), Reason::Consent);
}
