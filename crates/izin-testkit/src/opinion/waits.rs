//! What puts a message off, found by trying moments (design §3.5).

use izin_core::decision::Sent;
use izin_core::policy::{Cap, Class, Over};
use izin_core::window::Limit;
use izin_core::zone::zones_of;
use izin_core::{Timestamp, Zone};

use super::case::Case;
use crate::world::declared::{HOURS, hours};

/// Hours begin, end and change on the quarter, so no other moment need be tried.
const QUARTER_SECONDS: i64 = 900;
/// Quarters of two days, after which nobody waits for the day.
const QUARTERS: i64 = 192;

impl Case<'_> {
    /// Essential messages wait for nothing.
    pub(super) fn may_wait(&self) -> bool {
        self.live.is_some() && !self.essential
    }

    /// The address asked about is known not to work; where none is named, all of the person's.
    pub(super) fn undeliverable(&self) -> bool {
        let channel = self.world.request.channel;
        let fails = |identifier| self.facts.failed.contains(&(identifier, channel));
        if let Some(address) = self.world.request.address {
            return fails(address);
        }
        let own = self.facts.identifiers.iter();
        let own: Vec<_> = own.filter(|(_, kind)| kind.reaches(channel)).collect();
        !own.is_empty() && own.iter().all(|(identifier, _)| fails(*identifier))
    }

    /// The latest end of the pauses that hold.
    pub(super) fn paused_until(&self) -> Option<Timestamp> {
        let request = &self.world.request;
        let pauses = self.facts.pauses.iter();
        pauses
            .filter(|(channel, _)| channel.is_none_or(|own| own == request.channel))
            .map(|(_, until)| *until)
            .filter(|until| *until > self.world.now)
            .max()
    }

    /// When every cap, the shop's and the person's, has room.
    pub(super) fn capped_until(&self) -> Option<Timestamp> {
        let request = &self.world.request;
        let caps = self.world.policy.caps.iter();
        let by_shop = caps
            .filter(|cap| self.applies(cap))
            .filter_map(|cap| self.room(cap.limit, |sent| self.counts(cap, sent)));
        let own = self.facts.caps.iter();
        let by_person = own
            .filter(|(channel, _)| channel.is_none_or(|own| own == request.channel))
            .filter_map(|(channel, limit)| {
                self.room(*limit, |sent| {
                    let essential = self.class_of(sent) == Some(Class::Essential);
                    !essential && channel.is_none_or(|own| own == sent.channel)
                })
            });
        by_shop.chain(by_person).max()
    }

    /// Whether a cap without room lets nothing wait.
    pub(super) fn dropped(&self) -> bool {
        self.may_wait()
            && self.world.policy.caps.iter().any(|cap| {
                let room = || self.room(cap.limit, |sent| self.counts(cap, sent));
                cap.over == Over::Drop && self.applies(cap) && room().is_some()
            })
    }

    fn applies(&self, cap: &Cap) -> bool {
        let request = &self.world.request;
        let asked = Sent {
            at: self.world.now,
            channel: request.channel,
            purpose: request.purpose,
            topic: request.topic,
        };
        self.counts(cap, &asked)
    }

    fn class_of(&self, sent: &Sent) -> Option<Class> {
        let mut class = None;
        for purpose in &self.world.policy.purposes {
            if purpose.id == sent.purpose {
                class = Some(purpose.class);
            }
        }
        class
    }

    /// Whether a message is of the kind that a cap is about; without a class, all but essential.
    fn counts(&self, cap: &Cap, sent: &Sent) -> bool {
        let class = self.class_of(sent);
        let of_class = match cap.class {
            Some(own) => class == Some(own),
            None => class != Some(Class::Essential),
        };
        of_class
            && (cap.channel.is_none() || cap.channel == Some(sent.channel))
            && (cap.purpose.is_none() || cap.purpose == Some(sent.purpose))
            && (cap.topic.is_none() || cap.topic == sent.topic)
    }

    /// The first of now and the ends of all sends at which fewer count than a limit allows.
    fn room(&self, limit: Limit, counts: impl Fn(&Sent) -> bool) -> Option<Timestamp> {
        let window = i64::from(limit.within().seconds());
        let sends = self.world.sends.iter().filter(|sent| counts(sent));
        let ends: Vec<Timestamp> = sends.map(|sent| sent.at.plus_seconds(window)).collect();
        let mut moments: Vec<Timestamp> = ends.clone();
        moments.push(self.world.now);
        moments.sort_unstable();
        let fits = |at: Timestamp| {
            let counted = ends.iter().filter(|end| **end > at).count();
            counted < usize::from(limit.at_most())
        };
        let mut moments = moments.into_iter().filter(|at| *at >= self.world.now);
        let first = moments.find(|at| fits(*at));
        first.filter(|at| *at > self.world.now)
    }

    /// Whether it is night at a moment on any clock that may be the person's.
    pub(super) fn is_quiet(&self, at: Timestamp) -> bool {
        let channel = self.world.request.channel;
        let declared = self.world.policy.hours.iter();
        let Some(own) = declared.into_iter().find(|own| own.channel == channel) else {
            return false;
        };
        let line = HOURS.into_iter().find(|line| hours(*line) == own.allowed);
        let (from, to) = line.expect("hours of these worlds");
        let (from, to) = (minutes(from), minutes(to));
        self.zones().into_iter().any(|zone| {
            let wall = at.plus_seconds(i64::from(zone.offset_seconds(at)));
            let minute = wall.as_micros().div_euclid(60_000_000).rem_euclid(24 * 60);
            let day = if from < to {
                from <= minute && minute < to
            } else {
                from <= minute || minute < to
            };
            !day
        })
    }

    /// The person's own zone; else all of the country; else the shop's.
    fn zones(&self) -> Vec<Zone> {
        let place = self.facts.place.or(self.world.request.place);
        if let Some(own) = place.and_then(|place| place.zone) {
            return vec![own];
        }
        let country = place.map_or(&[][..], |place| zones_of(place.country.as_str()));
        if country.is_empty() {
            return vec![self.world.policy.controller.zone];
        }
        country.to_vec()
    }

    /// The first moment at which neither a pause nor a cap nor the night stands in the way. Where
    /// no day comes in two days, a day after the others is when to ask again.
    pub(super) fn free_from(&self) -> Timestamp {
        let start = self.paused_until().max(self.capped_until());
        let start = start.unwrap_or(self.world.now);
        if !self.is_quiet(start) {
            return start;
        }
        let quarter = QUARTER_SECONDS * 1_000_000;
        let before = start.as_micros().div_euclid(quarter) * quarter;
        let quarters = 1..=QUARTERS;
        let mut moments = quarters
            .map(|count| Timestamp::from_micros(before).plus_seconds(count * QUARTER_SECONDS));
        let day = moments.find(|at| !self.is_quiet(*at));
        day.unwrap_or(start.plus_days(1))
    }
}

/// Minutes of the day, as `08:00`.
fn minutes(text: &str) -> i64 {
    let (hours, minutes) = text.split_once(':').expect("a time of day");
    let number = |text: &str| text.parse::<i64>().expect("two digits");
    number(hours) * 60 + number(minutes)
}
