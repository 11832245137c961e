//! A second opinion on what may be sent: slow, obvious, a table.
//!
//! Written from the rules (design §3.2 to §3.4) and from the acts themselves; it knows neither
//! `Standing` nor `decide`. It must never be made fast or share code with them. Start at `TABLE`.

mod case;

use izin_core::{Level, Reason, RefusalKind, Seq, Timestamp, Verdict};

use crate::world::World;
use case::{Case, Consent};

/// What the table says, in the words of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Yes, no, or not now.
    pub verdict: Verdict,
    /// The first reason.
    pub reason: Reason,
    /// The others that would have decided alone.
    pub also: Vec<Reason>,
    /// How personal it may be.
    pub level: Level,
    /// The end of a pause, when that is what stands in the way.
    pub until: Option<Timestamp>,
    /// The consent it rests on.
    pub consent: Option<Seq>,
}

type Applies = fn(&Case<'_>) -> bool;

/// Every reason against a message and when it applies, in order of precedence (design §3.2).
const TABLE: [(Reason, Applies); 17] = [
    (Reason::Restricted, |case| case.restricted()),
    (Reason::Complained, |case| {
        case.stopped_by(RefusalKind::Complained)
    }),
    (Reason::Suppressed, |case| {
        case.refused(RefusalKind::LegalSuppression)
            || case.stopped_by(RefusalKind::ImportedSuppression)
            || case.stopped_by(RefusalKind::ManualSuppression)
    }),
    (Reason::OptedOutAll, |case| {
        case.opted_out(|scope| {
            scope.channel.is_none() && scope.purpose.is_none() && scope.topic.is_none()
        })
    }),
    (Reason::OptedOutChannel, |case| {
        case.opted_out(|scope| {
            scope.channel.is_some() && scope.purpose.is_none() && scope.topic.is_none()
        })
    }),
    (Reason::OptedOutPurpose, |case| {
        case.opted_out(|scope| scope.purpose.is_some() && scope.topic.is_none())
    }),
    (Reason::OptedOutTopic, |case| {
        case.opted_out(|scope| scope.topic.is_some())
    }),
    (Reason::Objected, |case| {
        case.stopped_by(RefusalKind::Objected)
    }),
    (Reason::Withdrawn, |case| {
        case.stopped_by(RefusalKind::Withdrawn)
    }),
    (Reason::PurposeNotLive, |case| case.purpose.is_none()),
    (Reason::UnknownSubject, |case| {
        case.is_live() && !case.is_known() && !case.is_essential()
    }),
    (Reason::AwaitingConfirmation, |case| {
        case.consent() == Consent::Waiting
    }),
    (Reason::ConsentExpired, |case| {
        case.consent() == Consent::Expired
    }),
    (Reason::NoConsent, |case| case.consent() == Consent::None),
    (Reason::NoBasis, |case| {
        case.purpose.is_some_and(|purpose| !case.lawful(purpose))
    }),
    (Reason::Undeliverable, |case| {
        case.is_live() && case.undeliverable()
    }),
    (Reason::Paused, |case| case.paused_until().is_some()),
];

/// The second opinion on the question of a world.
///
/// # Panics
/// Never: what allows always has a basis.
#[must_use]
pub fn second_decide(world: &World) -> Opinion {
    let case = Case::of(world);
    let mut against = TABLE
        .iter()
        .filter(|(_, applies)| applies(&case))
        .map(|(reason, _)| *reason);
    let first = against.next();
    let also = against.collect();
    let verdict = match first {
        None => Verdict::Allow,
        Some(Reason::Paused) => Verdict::Defer,
        Some(_) => Verdict::Deny,
    };
    Opinion {
        verdict,
        reason: first.unwrap_or_else(|| case.allowed_by()),
        also,
        level: case.level(),
        until: (verdict == Verdict::Defer)
            .then(|| case.paused_until())
            .flatten(),
        consent: match case.consent() {
            Consent::Given(seq) if verdict == Verdict::Allow => Some(seq),
            _ => None,
        },
    }
}
