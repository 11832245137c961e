//! What may be asked in a random world, when, and after how many messages.

use izin_core::decision::{Content, Sent};
use izin_core::policy::{CodeSet, SensitiveCode};
use izin_core::relation::{Place, PlaceSource};
use izin_core::signal::{Signal, SignalSet};
use izin_core::{Channel, Request, Timestamp, Zone};

use super::{CHANNELS, IDENTIFIERS, NAMES, NOON, TOPICS};
use crate::Dice;
use crate::policy::{purpose_id, topic};

const HOUR: i64 = 3_600;
/// Countries of these worlds: with and without a table of law, with one zone and with many.
const COUNTRIES: [&str; 8] = ["ID", "ID", "DE", "GB", "US", "US", "CA", "JP"];

/// A number below, as seconds or days are counted.
pub(super) fn below(dice: &mut Dice, sides: u64) -> i64 {
    i64::try_from(dice.below(sides)).expect("a small number")
}

/// When somebody asks: any quarter of an hour in the year around [`NOON`]; rarely before any law.
pub(super) fn moment(dice: &mut Dice) -> Timestamp {
    if dice.once_in(60) {
        return Timestamp::from_micros(0);
    }
    NOON.plus_seconds(900 * (below(dice, 35_040) - 17_520))
}

/// A moment before: minutes, weeks, months or years, each as often.
pub(super) fn ago(dice: &mut Dice, now: Timestamp) -> Timestamp {
    let span = dice.pick(&[24, 24 * 20, 24 * 90, 24 * 250, 24 * 1_000]);
    now.plus_seconds(-HOUR * below(dice, span))
}

/// The question. The declared purposes are asked about more often than one that is not.
pub(super) fn request(dice: &mut Dice) -> Request {
    let name = if dice.once_in(40) {
        "undeclared"
    } else {
        dice.pick(&NAMES)
    };
    let channel = if dice.once_in(2) {
        dice.pick(&[Channel::Email, Channel::Email, Channel::Sms])
    } else {
        dice.pick(&CHANNELS)
    };
    let mut request = Request::of(purpose_id(name), channel);
    request.topic = random_topic(dice);
    request.address = dice.once_in(3).then(|| dice.pick(&IDENTIFIERS));
    request.stale = dice.once_in(40);
    request.place = dice.once_in(8).then(|| place(dice));
    request.content = content(dice);
    if dice.once_in(16) {
        request.signals = SignalSet::NONE.with(dice.pick(&Signal::ALL));
    }
    request
}

fn content(dice: &mut Dice) -> Content {
    let codes = if dice.once_in(8) {
        dice.pick(&[codes(&["S1"]), codes(&["S1"]), codes(&["S1", "S3"])])
    } else {
        CodeSet::EMPTY
    };
    Content {
        codes,
        unclassified: dice.once_in(30),
        promotes: dice.once_in(20),
        no_way_to_refuse: dice.once_in(12),
    }
}

/// Sensitive codes by their letters.
pub(super) fn codes(names: &[&str]) -> CodeSet {
    let code = |name: &&str| name.parse::<SensitiveCode>().expect("a sensitive code");
    names.iter().map(code).collect()
}

/// Where a person may live, and how that may be known.
pub(super) fn place(dice: &mut Dice) -> Place {
    let country = dice.pick(&COUNTRIES);
    let region = match country {
        "US" => dice.perhaps(&["US-CA", "US-NY", "ID-JK"]),
        _ => None,
    };
    let zone = dice.perhaps(&["WIB", "WIT", "Europe/Berlin", "America/Los_Angeles"]);
    Place {
        country: country.parse().expect("a country"),
        region: region.map(|region| region.parse().expect("a region")),
        zone: zone.map(|zone| Zone::parse(zone).expect("a zone")),
        source: dice.pick(&[
            PlaceSource::Declared,
            PlaceSource::Delivery,
            PlaceSource::Phone,
            PlaceSource::Shop,
        ]),
    }
}

pub(super) fn random_topic(dice: &mut Dice) -> Option<izin_core::TopicId> {
    let name = if dice.once_in(2) {
        dice.perhaps(&TOPICS)
    } else {
        None
    };
    name.map(topic)
}

/// Messages of the last days, rarely one that another clock puts in the future.
pub(super) fn sends(dice: &mut Dice, asked: &Request, now: Timestamp) -> Vec<Sent> {
    let count = if dice.once_in(2) { 0 } else { dice.below(7) };
    let sent = |_| Sent {
        at: now.plus_seconds(900 * (4 - below(dice, 700))),
        channel: if dice.once_in(2) {
            asked.channel
        } else {
            dice.pick(&CHANNELS)
        },
        purpose: purpose_id(dice.pick(&NAMES)),
        topic: random_topic(dice),
    };
    (0..count).map(sent).collect()
}
