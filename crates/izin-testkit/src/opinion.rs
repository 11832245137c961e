//! A second opinion on what may be sent: slow, obvious, a table.
//!
//! Written from the rules (design §3.2 to §3.5) and from the acts themselves; it knows neither
//! `Standing` nor `decide`. It must never be made fast or share code with them. Start at `TABLE`;
//! the facts are read off the acts in `facts`, noes in `noes`, yeses in `yeses`, laws in `laws`,
//! waiting in `waits`, the level in `level`.

mod case;
mod facts;
mod laws;
mod level;
mod noes;
mod waits;
mod yeses;

use izin_core::law::{Basis, Regime};
use izin_core::{Level, Reason, Seq, Signal, Timestamp, Verdict};

use crate::world::World;
use case::Case;

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
    /// When to ask again, when it is only not now.
    pub until: Option<Timestamp>,
    /// What an allowed message rests on.
    pub basis: Option<Basis>,
    /// By which row of law, unless denied.
    pub rule: Option<&'static str>,
    /// The laws that protect the person.
    pub regimes: Vec<Regime>,
    /// The entry an allowed message rests on.
    pub consent: Option<Seq>,
    /// The policy version whose notice that yes was given to.
    pub notice: Option<u32>,
}

type Applies = fn(&Case<'_>) -> bool;

/// Every reason against a message and when it applies, in order of precedence (design §3.2).
const TABLE: [(Reason, Applies); 33] = [
    (Reason::StaleGate, |case| {
        case.world.request.stale && !case.essential
    }),
    (Reason::Erased, |case| case.facts.erased && !case.duty),
    (Reason::Restricted, |case| {
        case.facts.restricted && !case.duty
    }),
    (Reason::Complained, |case| {
        case.stopped_by(Reason::Complained)
    }),
    (Reason::Suppressed, |case| {
        case.stopped_by(Reason::Suppressed)
    }),
    (Reason::OptedOutAll, |case| {
        case.stopped_by(Reason::OptedOutAll)
    }),
    (Reason::OptedOutChannel, |case| {
        case.stopped_by(Reason::OptedOutChannel)
    }),
    (Reason::OptedOutPurpose, |case| {
        case.stopped_by(Reason::OptedOutPurpose)
    }),
    (Reason::OptedOutTopic, |case| {
        case.stopped_by(Reason::OptedOutTopic)
    }),
    (Reason::Objected, |case| case.stopped_by(Reason::Objected)),
    (Reason::Withdrawn, |case| case.stopped_by(Reason::Withdrawn)),
    (Reason::RefusalPresumed, |case| {
        case.stopped_by(Reason::RefusalPresumed)
    }),
    (Reason::SignalProvider, |case| {
        !case.essential && case.signalled(Signal::Provider)
    }),
    (Reason::SignalGpc, |case| {
        !case.essential && case.signalled(Signal::Gpc)
    }),
    (Reason::SignalGpp, |case| {
        !case.essential && case.signalled(Signal::Gpp)
    }),
    (Reason::SignalTcf, |case| {
        !case.essential && case.signalled(Signal::Tcf)
    }),
    (Reason::Minor, |case| !case.essential && case.minor_alone()),
    (Reason::PurposeNotLive, |case| case.live.is_none()),
    (Reason::DpiaMissing, |case| {
        case.live.is_some_and(|own| case.lacks_assessment(own))
    }),
    (Reason::UnknownSubject, |case| {
        case.live.is_some() && case.nobody()
    }),
    (Reason::AwaitingConfirmation, |case| {
        case.lacks(Reason::AwaitingConfirmation)
    }),
    (Reason::ConsentInvalid, |case| {
        case.lacks(Reason::ConsentInvalid)
    }),
    (Reason::ConsentExpired, |case| {
        case.lacks(Reason::ConsentExpired)
    }),
    (Reason::ConsentStale, |case| {
        case.lacks(Reason::ConsentStale)
    }),
    (Reason::NoConsent, |case| {
        !case.nobody() && case.lacks(Reason::NoConsent)
    }),
    (Reason::NoBasis, |case| case.lacks(Reason::NoBasis)),
    (Reason::SensitiveContent, |case| case.reveals()),
    (Reason::PromotionInService, |case| case.promotes()),
    (Reason::NoWayToRefuse, |case| case.no_way_out()),
    (Reason::Undeliverable, |case| {
        case.live.is_some() && case.undeliverable()
    }),
    (Reason::Paused, |case| {
        case.may_wait() && case.paused_until().is_some()
    }),
    (Reason::Capped, |case| {
        case.may_wait() && case.capped_until().is_some()
    }),
    (Reason::QuietHours, |case| {
        case.may_wait() && case.is_quiet(case.world.now)
    }),
];

/// The second opinion on the question of a world.
///
/// # Panics
/// When nothing speaks against a message and nothing carries it, which the rules rule out.
#[must_use]
pub fn second_decide(world: &World) -> Opinion {
    let case = Case::of(world);
    let mut against = TABLE
        .iter()
        .filter(|(_, applies)| applies(&case))
        .map(|(reason, _)| *reason);
    let first = against.next();
    let also = against.collect();
    let put_off = matches!(
        first,
        Some(Reason::Paused | Reason::Capped | Reason::QuietHours)
    );
    let verdict = match first {
        None => Verdict::Allow,
        Some(_) if put_off && !case.dropped() => Verdict::Defer,
        Some(_) => Verdict::Deny,
    };
    let carries = case.carries();
    let allowed = carries.filter(|_| verdict == Verdict::Allow);
    Opinion {
        verdict,
        reason: first.unwrap_or_else(|| allowing(allowed.expect("a yes has its basis").basis)),
        also,
        level: case.level(),
        until: (verdict == Verdict::Defer).then(|| case.free_from()),
        basis: allowed.map(|own| own.basis),
        rule: carries
            .filter(|_| verdict != Verdict::Deny)
            .map(|own| own.rule),
        regimes: case.regimes().0,
        consent: allowed.and_then(|own| own.entry),
        notice: allowed.and_then(|own| own.notice),
    }
}

fn allowing(basis: Basis) -> Reason {
    match basis {
        Basis::Consent | Basis::ImpliedConsent => Reason::Consent,
        Basis::SoftOptIn => Reason::SoftOptIn,
        Basis::Contract => Reason::Contract,
        Basis::LegalObligation => Reason::LegalObligation,
        Basis::LegitimateInterest => Reason::LegitimateInterest,
        Basis::NoticeOptOut => Reason::NoticeOptOut,
        Basis::Contextual => Reason::Contextual,
    }
}
