//! What only puts a message off: a broken address, pauses, caps, quiet hours. Steps 10 and 11 of
//! the order of precedence.

use super::Case;
use crate::policy::{Cap, Class, Over, Policy, Purpose, PurposeId, TopicId};
use crate::quiet::quiet_until;
use crate::reason::ReasonSet;
use crate::window::free_at;
use crate::zone::{Zone, zones_of};
use crate::{Channel, Reason, Timestamp};

/// A message that was handed over, or for which room is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// On which channel.
    pub channel: Channel,
    /// What for.
    pub purpose: PurposeId,
    /// On which topic.
    pub topic: Option<TopicId>,
}

/// What is known of a person besides their acts: what was sent, and when they were last heard of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage<'a> {
    /// Accepted sends and open reservations.
    pub sends: &'a [Sent],
    /// The newest sign of the person: a purchase, a visit.
    pub last_active: Option<Timestamp>,
}

/// Why not now, and when.
#[derive(Default)]
pub(super) struct Wait {
    pub(super) against: ReasonSet,
    pub(super) until: Option<Timestamp>,
    /// A cap that does not let wait.
    pub(super) drops: bool,
}

impl Case<'_> {
    pub(super) fn wait(&self, purpose: &Purpose) -> Wait {
        let mut wait = Wait::default();
        let (standing, request) = (self.standing, self.request);
        let fails = match request.address {
            Some(address) => standing.undeliverable.contains(&(address, request.channel)),
            None => standing.unreachable_on(request.channel),
        };
        if fails {
            wait.against.insert(Reason::Undeliverable);
        }
        if purpose.class == Class::Essential {
            return wait;
        }
        let hindrances = [
            (Reason::Paused, self.paused_until(self.now)),
            (Reason::Capped, self.capped_until(purpose, self.now)),
            (Reason::QuietHours, self.quiet_until(self.now)),
        ];
        for (reason, until) in hindrances {
            if until.is_some() {
                wait.against.insert(reason);
            }
        }
        if hindrances.iter().all(|(_, until)| until.is_none()) {
            return wait;
        }
        wait.drops = self.is_dropped(purpose);
        wait.until = Some(self.free_from(purpose)).filter(|until| *until > self.now);
        wait
    }

    /// The first moment at which nothing puts the message off. Pauses that ended and caps that have
    /// room stay so until somebody acts; only the night comes back.
    fn free_from(&self, purpose: &Purpose) -> Timestamp {
        let free = self
            .paused_until(self.now)
            .max(self.capped_until(purpose, self.now))
            .unwrap_or(self.now);
        self.quiet_until(free).unwrap_or(free)
    }

    fn paused_until(&self, at: Timestamp) -> Option<Timestamp> {
        let channel = self.request.channel;
        let pauses = self.standing.pauses.iter();
        pauses
            .filter(|own| own.until > at && own.channel.is_none_or(|own| own == channel))
            .map(|own| own.until)
            .max()
    }

    /// When every cap has room: the policy's, and the person's own.
    fn capped_until(&self, purpose: &Purpose, at: Timestamp) -> Option<Timestamp> {
        if self.usage.sends.is_empty() {
            return None;
        }
        let by_policy = self
            .applying(purpose)
            .filter_map(|cap| self.room_in(cap, at))
            .max();
        let channel = self.request.channel;
        let own = self.standing.caps.iter();
        let by_person = own
            .filter(|own| own.channel.is_none_or(|own| own == channel))
            .filter_map(|own| {
                let on = |sent: &&Sent| {
                    own.channel.is_none_or(|own| own == sent.channel)
                        && is_counted(sent, self.policy)
                };
                let counted = self.usage.sends.iter().filter(on).map(|sent| sent.at);
                free_at(own.limit, counted, at)
            })
            .max();
        by_policy.max(by_person)
    }

    /// Whether a full cap does not let the message wait.
    fn is_dropped(&self, purpose: &Purpose) -> bool {
        self.applying(purpose)
            .any(|cap| cap.over == Over::Drop && self.room_in(cap, self.now).is_some())
    }

    /// The caps of the policy that the request falls under.
    fn applying(&self, purpose: &Purpose) -> impl Iterator<Item = &Cap> {
        let asked = Sent {
            at: self.now,
            channel: self.request.channel,
            purpose: purpose.id,
            topic: self.request.topic,
        };
        let caps = self.policy.caps.iter();
        caps.filter(move |cap| counts(cap, &asked, self.policy))
    }

    fn room_in(&self, cap: &Cap, at: Timestamp) -> Option<Timestamp> {
        let sends = self.usage.sends.iter();
        let counted = sends.filter(|sent| counts(cap, sent, self.policy));
        free_at(cap.limit, counted.map(|sent| sent.at), at)
    }

    /// When it is day on the person's clock; of an unknown zone, on every clock of the country; of
    /// an unknown country, on the shop's.
    fn quiet_until(&self, at: Timestamp) -> Option<Timestamp> {
        let channel = self.request.channel;
        let hours = self
            .policy
            .hours
            .iter()
            .find(|own| own.channel == channel)?;
        let shop = [self.policy.controller.zone];
        let place = self.standing.place.or(self.request.place);
        let own = place.and_then(|place| place.zone).map(|zone| [zone]);
        let country = place.map_or(&[][..], |place| zones_of(place.country.as_str()));
        let zones: &[Zone] = match (&own, country) {
            (Some(own), _) => own,
            (None, []) => &shop,
            (None, country) => country,
        };
        quiet_until(hours.allowed, zones, at)
    }
}

/// Whether a message counts towards a cap. Without a class, marketing and optional service count
/// together; essential messages never do.
#[must_use]
pub fn counts(cap: &Cap, sent: &Sent, policy: &Policy) -> bool {
    let class = policy.purpose(&sent.purpose).map(|own| own.class);
    let in_class = match cap.class {
        Some(own) => class == Some(own),
        None => is_counted(sent, policy),
    };
    in_class
        && cap.channel.is_none_or(|own| own == sent.channel)
        && cap.purpose.is_none_or(|own| own == sent.purpose)
        && cap.topic.is_none_or(|own| Some(own) == sent.topic)
}

/// Essential messages count towards no limit, the policy's or the person's own.
fn is_counted(sent: &Sent, policy: &Policy) -> bool {
    let purpose = policy.purpose(&sent.purpose);
    purpose.is_none_or(|own| own.class != Class::Essential)
}
