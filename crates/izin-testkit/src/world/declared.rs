//! What a company may declare in a random world, and the plain declarations that tests vary.

mod practice;

use std::collections::BTreeMap;

use izin_core::law::{Basis, Regime};
use izin_core::policy::{
    Bases, Cap, CapId, Class, Coverage, Hours, Life, Over, Policy, Published, Purpose, Sender,
};
use izin_core::quiet::{AllowedHours, ClockTime};
use izin_core::window::{Limit, Window};
use izin_core::{Channel, Level, Request, Seq, Timestamp};

use super::asking::{below, codes};
use super::{CHANNELS, NAMES, TOPICS};
use crate::Dice;
use crate::policy::{purpose_id, topic};

pub use practice::{
    ASSESSED, EXPIRED, FORM, SELF_APPROVED, defective, dpia_id, field, form_id, policy, purpose,
    recipient,
};

/// Hours in which messages may come, as they are written. All begin and end on a quarter.
pub const HOURS: [(&str, &str); 4] = [
    ("08:00", "20:00"),
    ("09:00", "12:00"),
    ("20:00", "02:15"),
    ("00:00", "24:00"),
];

/// The hours of a line of [`HOURS`].
///
/// # Panics
/// When they are none.
#[must_use]
pub fn hours((from, to): (&str, &str)) -> AllowedHours {
    let time = |text| ClockTime::parse(text).expect("a time of day");
    AllowedHours::new(time(from), time(to)).expect("hours of the day")
}

/// At most so many messages in a window, as `7d`.
///
/// # Panics
/// When there is no such limit.
#[must_use]
pub fn limit(at_most: u16, within: &str) -> Limit {
    let window = Window::parse(within).expect("a window");
    Limit::new(at_most, window).expect("a limit")
}

/// What a diligent shop claims for marketing under each regime.
#[must_use]
pub fn diligent() -> Bases {
    Bases::Each(BTreeMap::from([
        (Regime::UuPdp, Basis::Consent),
        (Regime::Gdpr, Basis::SoftOptIn),
        (Regime::UkGdpr, Basis::SoftOptIn),
        (Regime::Ccpa, Basis::NoticeOptOut),
        (Regime::UsFederal, Basis::NoticeOptOut),
        (Regime::Casl, Basis::ImpliedConsent),
    ]))
}

/// A policy of a few purposes, third of its name; consents to the first two may be stale.
pub(super) fn random(dice: &mut Dice, (asked, now): (&Request, Timestamp)) -> Policy {
    let mut policy = policy();
    policy.controller.regimes = regimes(dice);
    if dice.once_in(3) {
        let home = dice.pick(&["DE", "GB", "US", "CA"]);
        policy.controller.country = home.parse().expect("a country");
    }
    policy.purposes = NAMES.iter().map(|name| declared(dice, name, now)).collect();
    let dates = [
        now.plus_days(1 - below(dice, 60)),
        now.plus_days(below(dice, 60)),
    ];
    for (dpia, shift) in policy.dpias.iter_mut().zip([0, 60, 0]) {
        dpia.approved = dates[0].plus_days(-shift);
        dpia.expires = dates[1].plus_days(-shift);
    }
    if dice.once_in(3) {
        policy.forms = vec![defective(2)];
    }
    policy.caps = (0..dice.below(3)).map(|_| cap(dice, asked)).collect();
    if dice.once_in(2) {
        policy.hours.push(Hours {
            channel: asked.channel,
            allowed: hours(dice.pick(&HOURS)),
        });
    }
    if dice.once_in(5) {
        policy.senders = vec![sender(asked.channel, dice.pick(&Level::ALL))];
    }
    with_history(dice, policy)
}

/// Who messages on a channel come from.
#[must_use]
pub fn sender(channel: Channel, highest_level: Level) -> Sender {
    Sender {
        channel,
        name: "halo@toko.example".to_owned(),
        receives_replies: true,
        highest_level,
    }
}

fn regimes(dice: &mut Dice) -> Vec<Regime> {
    match dice.below(40) {
        0 => Vec::new(),
        1..=17 => vec![Regime::UuPdp],
        18..=27 => Regime::ALL.to_vec(),
        28..=29 => vec![Regime::Gdpr, Regime::UkGdpr],
        30..=31 => vec![Regime::Ccpa],
        32..=33 => vec![dice.pick(&Regime::ALL)],
        _ => {
            let any = Regime::ALL.into_iter();
            any.filter(|_| dice.once_in(2)).collect()
        }
    }
}

fn declared(dice: &mut Dice, name: &str, now: Timestamp) -> Purpose {
    let class = match name {
        "c" => Class::Personalisation,
        "s" => Class::Marketing,
        _ if dice.once_in(2) => Class::Marketing,
        _ => dice.pick(&Class::ALL),
    };
    let mut purpose = purpose(name, class, &[]);
    purpose.channels = CHANNELS.to_vec();
    purpose.channels.retain(|_| !dice.once_in(40));
    purpose.basis = bases(dice, purpose.basis, class);
    purpose.highest_level = dice.pick(&[0, 1, 2, 3, 3, 3]).try_into().expect("a level");
    if matches!(&purpose.basis, Bases::Same(Basis::Contextual)) && !dice.once_in(8) {
        purpose.highest_level = Level::Contextual;
    }
    if name == "s" {
        purpose.sensitive = codes(&["S1"]);
    }
    purpose.consent_days = dice.perhaps(&[1, 30, 365]);
    purpose.dpia = match dice.below(8) {
        0 if dice.once_in(3) => None,
        1 => Some(dpia_id(EXPIRED)),
        2 if dice.once_in(3) => Some(dpia_id(SELF_APPROVED)),
        _ => Some(dpia_id(ASSESSED)),
    };
    if dice.once_in(30) {
        purpose.ropa = None;
    }
    if dice.once_in(16) {
        let end = |dice: &mut Dice| now.plus_seconds(900 * (below(dice, 5) - 2));
        purpose.live = Some(Life {
            from: dice.once_in(2).then(|| end(dice)),
            until: dice.once_in(2).then(|| end(dice)),
        });
    }
    purpose
}

fn bases(dice: &mut Dice, usual: Bases, class: Class) -> Bases {
    match (dice.below(8), class) {
        (0, _) if dice.once_in(3) => Bases::Same(dice.pick(&Basis::ALL)),
        (1, _) if dice.once_in(3) => {
            let each = Regime::ALL.into_iter().filter(|_| !dice.once_in(8));
            let each: Vec<Regime> = each.collect();
            let claimed = each.into_iter().map(|own| (own, dice.pick(&Basis::ALL)));
            Bases::Each(claimed.collect())
        }
        (2..=5, Class::Marketing) => diligent(),
        (6, Class::Marketing) => Bases::Same(Basis::Contextual),
        (4, Class::Essential) => Bases::Same(Basis::LegalObligation),
        (5..=7, Class::Essential) => Bases::Same(Basis::Consent),
        (4, Class::Personalisation | Class::Measurement) => Bases::Same(Basis::NoticeOptOut),
        _ => usual,
    }
}

fn cap(dice: &mut Dice, asked: &Request) -> Cap {
    let id = dice.pick(&["daily", "weekly"]);
    Cap {
        id: CapId::parse(id).expect("a cap's name"),
        channel: dice.perhaps(&[asked.channel, Channel::Email]),
        class: dice.perhaps(&[
            Class::Marketing,
            Class::OptionalService,
            Class::Personalisation,
        ]),
        purpose: dice.once_in(3).then_some(asked.purpose),
        topic: dice.once_in(4).then(|| topic(dice.pick(&TOPICS))),
        limit: random_limit(dice),
        over: dice.pick(&[Over::Defer, Over::Defer, Over::Drop]),
    }
}

/// One to three messages in an hour to a week.
pub(super) fn random_limit(dice: &mut Dice) -> Limit {
    let at_most = dice.pick(&[1, 1, 2, 3]);
    limit(at_most, dice.pick(&["1h", "24h", "3d", "7d"]))
}

/// Two earlier versions, under which the first purposes may have used less, in the middle of what
/// happened: acts have odd numbers, versions even ones.
fn with_history(dice: &mut Dice, policy: Policy) -> Policy {
    let covered: Vec<Coverage> = policy
        .purposes
        .iter()
        .map(|own| policy.coverage(own))
        .collect();
    let mut past = Vec::new();
    for (version, seq) in [(1, 0), (2, 4)] {
        let mut earlier = covered.clone();
        for coverage in &mut earlier {
            if dice.once_in(8) {
                coverage.categories.pop_first();
            }
            if dice.once_in(8) {
                coverage.recipients.clear();
            }
        }
        if dice.once_in(16) {
            earlier.remove(0);
        }
        past.push((
            Published {
                version,
                seq: Seq(seq),
            },
            earlier,
        ));
    }
    let own = Published {
        version: 3,
        seq: Seq(8),
    };
    Policy {
        version: 3,
        ..policy
    }
    .after(&past, own)
}

/// The purpose of a name, to be varied.
///
/// # Panics
/// When the policy does not declare it.
pub fn purpose_mut<'a>(policy: &'a mut Policy, name: &str) -> &'a mut Purpose {
    let id = purpose_id(name);
    let mut purposes = policy.purposes.iter_mut();
    purposes
        .find(|own| own.id == id)
        .expect("a declared purpose")
}
