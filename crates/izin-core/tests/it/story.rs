//! The usual case that tests vary: a shop under Indonesian law, a person with an address and a
//! number, a purpose `asked` on every channel, a personalisation `personal`, an afternoon.

use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::law::{Basis, Regime};
use izin_core::policy::{Bases, Class};
use izin_core::relation::PlaceSource;
use izin_core::{
    Act, Channel, Decision, Entry, IdentifierId, IdentifierKind, Level, Origin, Reason,
    RefusalKind, Request, Scope, Seq, Signal, Timestamp, Verdict,
};
use izin_testkit::policy::purpose_id;
use izin_testkit::world::declared::{policy, purpose, purpose_mut};
use izin_testkit::world::{NOON, PERSON, World};

pub(crate) const ADDRESS: IdentifierId = IdentifierId::from_bytes([1; 16]);
pub(crate) const NUMBER: IdentifierId = IdentifierId::from_bytes([2; 16]);
pub(crate) const OTHER_ADDRESS: IdentifierId = IdentifierId::from_bytes([3; 16]);

/// A moment, as it is written.
pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The usual case of a class on a channel: the person is there and said nothing.
pub(crate) fn silent(class: Class, channel: Channel) -> World {
    let mut policy = policy();
    let mut asked = purpose("asked", class, &Channel::ALL);
    asked.highest_level = Level::Browsing;
    let mut personal = purpose("personal", Class::Personalisation, &Channel::ALL);
    personal.highest_level = Level::Browsing;
    policy.purposes = vec![asked, personal];
    let world = World {
        policy,
        entries: Vec::new(),
        request: Request::of(purpose_id("asked"), channel),
        sends: Vec::new(),
        last_active: Some(NOON.plus_days(-1)),
        now: NOON,
    };
    let attached = [
        (ADDRESS, IdentifierKind::Email),
        (NUMBER, IdentifierKind::Phone),
    ];
    attached
        .into_iter()
        .fold(world, |world, (identifier, kind)| {
            recorded(&world, -100, Act::IdentifierAttached { identifier, kind })
        })
}

/// The usual case with a yes of two weeks ago.
pub(crate) fn agreed(class: Class, channel: Channel) -> World {
    recorded(&silent(class, channel), -14, Yes::on(channel).act())
}

/// Lets the assessments hold a century before and after.
pub(crate) fn assessed_throughout(world: &mut World) {
    for dpia in &mut world.policy.dpias {
        dpia.approved = NOON.plus_days(-40_000);
        dpia.expires = NOON.plus_days(40_000);
    }
}

/// A newsletter by e-mail that the person agreed to two weeks ago.
pub(crate) fn newsletter() -> World {
    agreed(Class::Marketing, Channel::Email)
}

/// The same world after an act recorded so many days from [`NOON`].
pub(crate) fn recorded(world: &World, days: i64, act: Act) -> World {
    let mut after = world.clone();
    let last = world.entries.last().map_or(0, |entry| entry.seq.0);
    after.entries.push(Entry {
        seq: Seq(last + 1),
        subject: Some(PERSON),
        recorded_at: NOON.plus_days(days),
        act,
    });
    after
}

/// The same world after acts recorded now.
pub(crate) fn then(world: &World, acts: impl IntoIterator<Item = Act>) -> World {
    acts.into_iter()
        .fold(world.clone(), |world, act| recorded(&world, 0, act))
}

/// The same world with another declaration.
pub(crate) fn declaring(
    mut world: World,
    change: impl FnOnce(&mut izin_core::policy::Purpose),
) -> World {
    change(purpose_mut(&mut world.policy, "asked"));
    world
}

/// The same world under other laws, the person living in a place.
pub(crate) fn under(mut world: World, regimes: &[Regime], country: &str) -> World {
    world.policy.controller.regimes = regimes.to_vec();
    recorded(&world, -90, placed(country))
}

/// A yes, as it is usual: to the purpose `asked`, proven by its record but not by step-up.
#[derive(Clone)]
pub(crate) struct Yes {
    pub(crate) purpose: &'static str,
    pub(crate) channel: Channel,
    pub(crate) topic: Option<&'static str>,
    pub(crate) identifier: Option<IdentifierId>,
    pub(crate) days: i64,
    pub(crate) evidence: Evidence,
    pub(crate) policy: u32,
    pub(crate) origin: Origin,
    pub(crate) manner: Manner,
}

impl Yes {
    pub(crate) fn on(channel: Channel) -> Self {
        Self {
            purpose: "asked",
            channel,
            topic: None,
            identifier: Some(match channel {
                Channel::Sms | Channel::Whatsapp | Channel::Phone => NUMBER,
                _ => ADDRESS,
            }),
            days: -14,
            evidence: Evidence::Recorded,
            policy: 1,
            origin: Origin::Page,
            manner: Manner::default(),
        }
    }

    /// Said today and proved by step-up.
    pub(crate) fn proven(channel: Channel) -> Self {
        let mut yes = Self::on(channel);
        yes.days = 0;
        yes.manner.step_up = true;
        yes
    }

    pub(crate) fn act(&self) -> Act {
        Act::Consented {
            purpose: purpose_id(self.purpose),
            channel: self.channel,
            topic: self.topic.map(izin_testkit::policy::topic),
            identifier: self.identifier,
            occurred_at: NOON.plus_days(self.days),
            evidence: self.evidence,
            policy: self.policy,
            origin: self.origin,
            manner: self.manner,
        }
    }
}

/// A no of a week ago.
pub(crate) fn refused(refusal: RefusalKind, scope: Scope) -> Act {
    said(refusal, scope, -7)
}

/// A no of so many days from [`NOON`].
pub(crate) fn said(refusal: RefusalKind, scope: Scope, days: i64) -> Act {
    Act::Refused {
        refusal,
        scope,
        occurred_at: NOON.plus_days(days),
        origin: Origin::Page,
    }
}

/// The person opted out of everything a week ago.
pub(crate) fn opted_out() -> Act {
    refused(RefusalKind::OptedOut, Scope::EVERYTHING)
}

pub(crate) fn placed(country: &str) -> Act {
    Act::Placed {
        country: country.parse().unwrap(),
        region: None,
        zone: None,
        source: PlaceSource::Declared,
    }
}

pub(crate) fn seen(signal: Signal, channel: Option<Channel>) -> Act {
    Act::SignalSeen {
        signal,
        channel,
        origin: Origin::Page,
    }
}

pub(crate) fn overruled(signal: Signal) -> Act {
    Act::SignalOverruled {
        signal,
        origin: Origin::Page,
    }
}

pub(crate) fn minor(days: i64) -> Act {
    Act::MinorKnown {
        adult_from: NOON.plus_days(days),
        origin: Origin::Agent,
    }
}

/// The dial moved by the person, proved by step-up.
pub(crate) fn dial(level: Level) -> Act {
    Act::DialMoved {
        level,
        origin: Origin::Page,
        step_up: true,
        too_personal: false,
    }
}

pub(crate) fn basis(world: World, basis: Basis) -> World {
    declaring(world, |asked| asked.basis = Bases::Same(basis))
}

#[track_caller]
pub(crate) fn denied(world: &World, reason: Reason) -> Decision {
    let decision = world.decide();
    assert_eq!((decision.verdict, decision.reason), (Verdict::Deny, reason));
    decision
}

#[track_caller]
pub(crate) fn deferred(world: &World, reason: Reason) -> Decision {
    let decision = world.decide();
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Defer, reason)
    );
    decision
}

#[track_caller]
pub(crate) fn allowed(world: &World, reason: Reason) -> Decision {
    let decision = world.decide();
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Allow, reason)
    );
    decision
}
