//! The golden matrix as text, and the usual case that its tables vary.

use std::fmt::Write;

use izin_core::act::Evidence;
use izin_core::policy::{Class, Policy};
use izin_core::{
    Act, Channel, Decision, Entry, IdentifierId, IdentifierKind, Level, Origin, Reason,
    RefusalKind, Request, Scope, Seq,
};
use izin_testkit::policy::{controller, purpose, purpose_id, topic};
use izin_testkit::world::{NOON, PERSON, World};

pub(crate) const CHANNELS: [Channel; 2] = [Channel::Email, Channel::Sms];
pub(crate) const ADDRESS: IdentifierId = IdentifierId::from_bytes([1; 16]);
pub(crate) const NUMBER: IdentifierId = IdentifierId::from_bytes([2; 16]);
/// Days that the consents of these tables stay valid.
const CONSENT_DAYS: u32 = 30;

/// The tables as they are written, and every reason in them.
#[derive(Default)]
pub(crate) struct Matrix {
    pub(crate) text: String,
    pub(crate) met: Vec<Reason>,
}

impl Matrix {
    pub(crate) fn table(&mut self, title: &str) {
        writeln!(self.text, "\n# {title}").unwrap();
    }

    pub(crate) fn row(&mut self, conditions: &[&str], world: &World) {
        let decision = world.decide();
        for condition in conditions {
            write!(self.text, "{condition:<21} ").unwrap();
        }
        writeln!(self.text, "-> {}", outcome(&decision)).unwrap();
        self.met.push(decision.reason);
        self.met.extend(decision.also);
    }
}

fn outcome(decision: &Decision) -> String {
    let also: Vec<_> = decision.also.iter().map(|reason| reason.code()).collect();
    let also = if also.is_empty() {
        String::new()
    } else {
        format!(" (also {})", also.join(", "))
    };
    let until = decision
        .until
        .map(|until| format!(" for {} days", until.days_since(NOON)));
    format!(
        "{} {}{}{also}, level {}",
        decision.verdict.as_str(),
        decision.reason.code(),
        until.unwrap_or_default(),
        decision.level,
    )
}

pub(crate) fn world(class: Class, channel: Channel, acts: Vec<Act>) -> World {
    let mut asked = purpose("asked", class, &CHANNELS);
    asked.highest_level = Level::Browsing;
    asked.consent_days = Some(CONSENT_DAYS);
    let mut personal = purpose("personal", Class::Personalisation, &CHANNELS);
    personal.highest_level = Level::Purchases;
    personal.consent_days = Some(CONSENT_DAYS);
    let entry = |(seq, act)| Entry {
        seq: Seq(seq),
        subject: Some(PERSON),
        recorded_at: NOON,
        act,
    };
    World {
        policy: Policy {
            version: 1,
            controller: controller(),
            purposes: vec![asked, personal],
        },
        entries: (0..).zip(acts).map(entry).collect(),
        request: Request {
            channel,
            purpose: purpose_id("asked"),
            topic: Some(topic("new_arrivals")),
            address: None,
        },
        now: NOON,
    }
}

/// The person of the usual case, without any consent.
pub(crate) fn person() -> Vec<Act> {
    vec![
        Act::IdentifierAttached {
            identifier: ADDRESS,
            kind: IdentifierKind::Email,
        },
        Act::IdentifierAttached {
            identifier: NUMBER,
            kind: IdentifierKind::Phone,
        },
    ]
}

/// The acts of the usual case.
pub(crate) fn usual() -> Vec<Act> {
    let consents = CHANNELS.map(|channel| agreed("asked", channel, Evidence::Recorded, 14));
    person().into_iter().chain(consents).collect()
}

/// The person's address on a channel, where it has one.
pub(crate) const fn address(channel: Channel) -> Option<IdentifierId> {
    match channel {
        Channel::Email => Some(ADDRESS),
        Channel::Sms => Some(NUMBER),
        _ => None,
    }
}

pub(crate) fn agreed(to: &str, channel: Channel, evidence: Evidence, days_ago: i64) -> Act {
    Act::Consented {
        purpose: purpose_id(to),
        channel,
        topic: None,
        identifier: address(channel),
        occurred_at: NOON.plus_days(-days_ago),
        evidence,
        policy: 1,
        origin: Origin::Page,
    }
}

pub(crate) fn refused(refusal: RefusalKind, scope: Scope) -> Act {
    Act::Refused {
        refusal,
        scope,
        occurred_at: NOON.plus_days(-7),
        origin: Origin::Page,
    }
}

pub(crate) fn usual_then(acts: impl IntoIterator<Item = Act>) -> Vec<Act> {
    usual().into_iter().chain(acts).collect()
}
