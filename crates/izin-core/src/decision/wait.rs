//! What only puts a message off: a broken address, pauses, caps, quiet hours. Steps 10 and 11 of
//! the order of precedence.

use super::{Case, Request};
use crate::policy::{Cap, Class, Hours, Over, Policy, Purpose, PurposeId, TopicId};
use crate::quiet::quiet_until;
use crate::reason::ReasonSet;
use crate::relation::Place;
use crate::standing::OwnCap;
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

impl Case<'_, '_> {
    pub(super) fn wait(&self, purpose: &Purpose) -> Wait {
        let mut wait = Wait::default();
        let (standing, channel) = (self.standing, self.matter.channel());
        let fails = match self.address {
            Some(address) => standing.undeliverable.contains(&(address, channel)),
            None => standing.unreachable_on(channel),
        };
        if fails {
            wait.against.insert(Reason::Undeliverable);
        }
        if purpose.class == Class::Essential {
            return wait;
        }
        let night = self.quiet_now();
        if night.is_none() && standing.pauses.is_empty() && self.usage.sends.is_empty() {
            return wait;
        }
        let (paused, capped) = (self.paused_until(), self.capped_until());
        let free = paused.max(capped);
        if free.is_none() && night.is_none() {
            return wait;
        }
        let hindrances = [
            (Reason::Paused, paused),
            (Reason::Capped, capped),
            (Reason::QuietHours, night),
        ];
        for (reason, _) in hindrances.iter().filter(|(_, until)| until.is_some()) {
            wait.against.insert(*reason);
        }
        wait.drops = self.is_dropped();
        // Pauses that ended and caps that have room stay so until somebody acts; only the night comes
        // back.
        let free = free.unwrap_or(self.matter.now);
        let until = self.quiet_until(free).unwrap_or(free);
        wait.until = Some(until).filter(|until| *until > self.matter.now);
        wait
    }

    fn paused_until(&self) -> Option<Timestamp> {
        let (channel, now) = (self.matter.channel(), self.matter.now);
        let pauses = self.standing.pauses.iter();
        pauses
            .filter(|own| own.until > now && own.channel.is_none_or(|own| own == channel))
            .map(|own| own.until)
            .max()
    }

    /// When every cap has room: the policy's, and the person's own.
    fn capped_until(&self) -> Option<Timestamp> {
        if self.usage.sends.is_empty() {
            return None;
        }
        let (policy, now) = (self.matter.policy, self.matter.now);
        let caps = self.matter.caps().iter();
        let by_policy = caps.filter_map(|cap| self.room_in(cap)).max();
        let asked = asked(self.matter.request, now);
        let own = self.standing.caps.iter();
        let by_person = own
            .filter(|own| counts_for_person(own, &asked, policy))
            .filter_map(|own| {
                let sends = self.usage.sends.iter();
                let counted = sends.filter(|sent| counts_for_person(own, sent, policy));
                free_at(own.limit, counted.map(|sent| sent.at), now)
            })
            .max();
        by_policy.max(by_person)
    }

    /// Whether a full cap does not let the message wait.
    fn is_dropped(&self) -> bool {
        let mut caps = self.matter.caps().iter();
        caps.any(|cap| cap.over == Over::Drop && self.room_in(cap).is_some())
    }

    fn room_in(&self, cap: &Cap) -> Option<Timestamp> {
        let policy = self.matter.policy;
        let sends = self.usage.sends.iter();
        let counted = sends.filter(|sent| counts(cap, sent, policy));
        free_at(cap.limit, counted.map(|sent| sent.at), self.matter.now)
    }

    fn quiet_now(&self) -> Option<Timestamp> {
        match self.standing.place {
            None => self.matter.night,
            Some(_) => self.quiet_until(self.matter.now),
        }
    }

    fn quiet_until(&self, at: Timestamp) -> Option<Timestamp> {
        let place = self.standing.place.or(self.matter.request.place);
        night(self.matter.hours?, place, (self.matter.policy, at))
    }
}

/// The caps of the policy that a request falls under.
pub(super) fn applying<'a>(
    request: &Request,
    policy: &'a Policy,
    now: Timestamp,
) -> impl Iterator<Item = &'a Cap> {
    let asked = asked(request, now);
    let caps = policy.caps.iter();
    caps.filter(move |cap| counts(cap, &asked, policy))
}

/// What would be sent.
const fn asked(request: &Request, now: Timestamp) -> Sent {
    Sent {
        at: now,
        channel: request.channel,
        purpose: request.purpose,
        topic: request.topic,
    }
}

/// When it is day on the clock of a place; of an unknown zone, on every clock of the country; of an
/// unknown country, on the shop's.
pub(super) fn night(
    hours: &Hours,
    place: Option<Place>,
    (policy, at): (&Policy, Timestamp),
) -> Option<Timestamp> {
    let shop = [policy.controller.zone];
    let own = place.and_then(|place| place.zone).map(|zone| [zone]);
    let country = place.map_or(&[][..], |place| zones_of(place.country.as_str()));
    let zones: &[Zone] = match (&own, country) {
        (Some(own), _) => own,
        (None, []) => &shop,
        (None, country) => country,
    };
    quiet_until(hours.allowed, zones, at)
}

/// Whether a message counts towards a cap. Without a class, marketing and optional service count
/// together; essential messages never do.
#[must_use]
pub fn counts(cap: &Cap, sent: &Sent, policy: &Policy) -> bool {
    let in_class = || match cap.class {
        None => is_counted(sent, policy),
        class => policy.purpose(&sent.purpose).map(|own| own.class) == class,
    };
    cap.channel.is_none_or(|own| own == sent.channel)
        && cap.purpose.is_none_or(|own| own == sent.purpose)
        && cap.topic.is_none_or(|own| Some(own) == sent.topic)
        && in_class()
}

/// Whether a message counts towards a limit that the person set; essential ones never do.
#[must_use]
pub fn counts_for_person(cap: &OwnCap, sent: &Sent, policy: &Policy) -> bool {
    cap.channel.is_none_or(|own| own == sent.channel) && is_counted(sent, policy)
}

/// Essential messages count towards no limit, the policy's or the person's own.
fn is_counted(sent: &Sent, policy: &Policy) -> bool {
    let purpose = policy.purpose(&sent.purpose);
    purpose.is_none_or(|own| own.class != Class::Essential)
}
