//! Everything that is neither a yes nor a no: the dial, pauses, restriction, signals, limits, and
//! facts that a law asks for.

use izin_core::consent::Mark;
use izin_core::decision::may_ask;
use izin_core::law::{Regime, implied_consent};
use izin_core::relation::{Relation, SoftOptIn};
use izin_core::window::Limit;
use izin_core::{Act, Channel, Level, Standing, SubjectId, Timestamp};
use izin_store::{Command, Contact};

use super::{
    ActError, Kind, Ready, Report, about_whoever, everybody, held_as, known, one, shortened,
};
use crate::gate::Who;
use crate::step_up::Proof;
use crate::{App, dial};

/// What can only take something away.
pub(super) fn narrow(app: &App, mut report: Report, now: Timestamp) -> Result<Ready, ActError> {
    report.detail = report.detail.map(shortened);
    let origin = report.origin;
    match report.kind {
        Kind::TooPersonal => too_personal(app, report),
        Kind::Pause(until) => pause(app, report, until),
        Kind::Restriction { .. } => {
            let subject = one(app, &report.who)?;
            let act = Act::Restricted {
                holds: true,
                origin,
            };
            Ok(Ready::of(known(subject, act, report.detail)))
        }
        Kind::Minor { adult_from } => {
            // An age is never told earlier than the truth, and no birthday is kept.
            let adult_from = adult_from.month_from().unwrap_or(adult_from);
            for_everybody(app, report, &Act::MinorKnown { adult_from, origin })
        }
        Kind::SignalSeen(signal) => {
            let channel = report.channel;
            let act = Act::SignalSeen {
                signal,
                channel,
                origin,
            };
            for_everybody(app, report, &act)
        }
        Kind::Marked(mark) => marked(app, report, mark, now),
        _ => Err(ActError::StepUpRequired),
    }
}

/// What may give something, by the person's proven act or as a fact that a law asks for.
pub(super) async fn widen(
    app: &App,
    report: Report,
    proof: Option<&Proof>,
    now: Timestamp,
) -> Result<Ready, ActError> {
    let origin = report.origin;
    let confirmed = proof.ok_or(ActError::StepUpRequired);
    match report.kind {
        Kind::Dial(level) => dial(app, report, level, proof),
        Kind::Cap(limit) => cap(app, report, limit, proof),
        Kind::Restriction { holds } => {
            let subject = one(app, &Who::Subject(confirmed?.subject()))?;
            let act = Act::Restricted { holds, origin };
            Ok(Ready::of(known(subject, act, report.detail)))
        }
        Kind::SignalOverruled(signal) => {
            let subject = one(app, &Who::Subject(confirmed?.subject()))?;
            let act = Act::SignalOverruled { signal, origin };
            Ok(Ready::of(known(subject, act, report.detail)))
        }
        Kind::SoftOptIn(facts) => soft_opt_in(app, report, facts, now).await,
        Kind::Dealing(relation) => dealing(app, &report, relation, now),
        Kind::Place(place) => {
            let act = Act::Placed {
                country: place.country,
                region: place.region,
                zone: place.zone,
                source: place.source,
            };
            about_whoever(app, report.who, act, report.detail).map(Ready::of)
        }
        Kind::Marked(mark) => marked(app, report, mark, now),
        _ => Err(ActError::StepUpRequired),
    }
}

/// The same act for every holder of the identifier; whoever is not known yet is made known, so
/// that the act is not lost.
fn for_everybody(app: &App, report: Report, act: &Act) -> Result<Ready, ActError> {
    if let Who::Identifier(own) = &report.who
        && app.gate.holders(own).is_empty()
    {
        let command = about_whoever(app, report.who, act.clone(), report.detail)?;
        return Ok(Ready::of(command));
    }
    let everybody = everybody(app, &report.who)?.into_iter();
    let command = |own| known(own, act.clone(), report.detail.clone());
    Ok(Ready::all(everybody.map(command).collect(), None))
}

/// Where the person's dial stands.
fn dial_of(app: &App, subject: SubjectId) -> Level {
    let standing = app.gate.standing(subject).unwrap_or_default();
    standing.dial_level()
}

/// Down at once; up only by the person's proven act.
fn dial(app: &App, report: Report, level: Level, proof: Option<&Proof>) -> Result<Ready, ActError> {
    let subject = one(app, &report.who)?;
    if level > dial_of(app, subject) && proof.is_none_or(|own| own.subject() != subject) {
        return Err(ActError::StepUpRequired);
    }
    let act = dial::moved(level, report.origin, proof.is_some());
    Ok(Ready::of(known(subject, act, report.detail)))
}

/// One level down, and not asked for more for half a year (design §3.4).
fn too_personal(app: &App, report: Report) -> Result<Ready, ActError> {
    let subject = one(app, &report.who)?;
    let act = dial::too_personal(dial_of(app, subject), report.origin);
    Ok(Ready::of(known(subject, act, report.detail)))
}

/// A pause that stands grows longer and never shorter; a shorter one would end nothing.
fn pause(app: &App, report: Report, until: Timestamp) -> Result<Ready, ActError> {
    let (channel, origin) = (report.channel, report.origin);
    let subject = one(app, &report.who)?;
    let standing = app.gate.standing(subject).unwrap_or_default();
    let mut pauses = standing.pauses.iter();
    if let Some(longer) = pauses.find(|own| own.channel == channel && own.until > until) {
        return Err(ActError::PauseStands(longer.until));
    }
    let act = Act::Paused {
        channel,
        until,
        origin,
    };
    Ok(Ready::of(known(subject, act, report.detail)))
}

/// A stricter limit at once; a looser one than stands only by the person's proven act.
fn cap(app: &App, report: Report, limit: Limit, proof: Option<&Proof>) -> Result<Ready, ActError> {
    let (channel, origin) = (report.channel, report.origin);
    let subject = one(app, &report.who)?;
    let standing = app.gate.standing(subject).unwrap_or_default();
    let mut stands = standing.caps.iter().filter(|own| own.channel == channel);
    let proven = proof.is_some_and(|own| own.subject() == subject);
    if stands.any(|own| limit.is_looser_than(own.limit)) && !proven {
        return Err(ActError::StepUpRequired);
    }
    let act = Act::CapSet {
        channel,
        limit,
        origin,
    };
    Ok(Ready::of(known(subject, act, report.detail)))
}

/// Recorded facts about one address, with what shows them.
async fn soft_opt_in(
    app: &App,
    report: Report,
    facts: SoftOptIn,
    now: Timestamp,
) -> Result<Ready, ActError> {
    let Who::Identifier(own) = &report.who else {
        return Err(ActError::Missing {
            field: "email",
            why: "a soft opt-in is about one address",
        });
    };
    if report
        .detail
        .as_deref()
        .is_none_or(|own| own.trim().is_empty())
    {
        return Err(ActError::Missing {
            field: "detail",
            why: "a soft opt-in rests on facts on record: say in which sale, and how refusing was offered",
        });
    }
    if app.gate.holders(own).is_empty() {
        let made = Contact {
            identifiers: vec![own.clone()],
            ..Contact::default()
        };
        app.store
            .record(vec![Command::Contact(Box::new(made))], now)
            .await?;
    }
    let subject = one(app, &report.who)?;
    let (identifier, _) = held_as(app, subject, own).ok_or(ActError::UnknownSubject)?;
    let act = Act::SoftOptInRecorded {
        identifier,
        facts,
        occurred_at: report.occurred_at.unwrap_or(now),
        origin: report.origin,
    };
    Ok(Ready::of(known(subject, act, report.detail)))
}

/// Kept only where a law that binds the shop infers something from it.
fn dealing(
    app: &App,
    report: &Report,
    relation: Relation,
    now: Timestamp,
) -> Result<Ready, ActError> {
    let subject = one(app, &report.who)?;
    if !infers(app, relation, now) {
        return Err(ActError::NotNeeded);
    }
    let act = Act::RelationRecorded {
        relation,
        occurred_at: report.occurred_at.unwrap_or(now),
    };
    Ok(Ready::of(known(subject, act, report.detail.clone())))
}

/// Whether a law that binds the shop infers consent from a purchase or an inquiry (CASL §10(9)).
pub(crate) fn infers(app: &App, relation: Relation, now: Timestamp) -> bool {
    let binding = app.policy().regimes();
    let mut regimes = Regime::ALL.into_iter();
    regimes.any(|own| binding.contains(own) && implied_consent(own, relation, now).is_some())
}

/// What became of a question or of a yes. Nobody is asked for too soon.
fn marked(app: &App, report: Report, mark: Mark, now: Timestamp) -> Result<Ready, ActError> {
    let why = "a question is about one purpose on one channel";
    let missing = |field| ActError::Missing { field, why };
    let purpose = report.purpose.ok_or(missing("purpose"))?;
    let channel: Channel = report.channel.ok_or(missing("channel"))?;
    if mark == Mark::Requested {
        if !app.is_live(purpose, channel) {
            return Err(ActError::UnknownPurpose(purpose));
        }
        let subject = one(app, &report.who)?;
        let standing: Standing = app.gate.standing(subject).unwrap_or_default();
        if let Some(until) = may_ask(&standing, (purpose, channel), now) {
            return Err(ActError::AskedTooSoon(until));
        }
    }
    let act = Act::ConsentMarked {
        purpose,
        channel,
        topic: report.topic,
        identifier: None,
        mark,
        origin: report.origin,
    };
    about_whoever(app, report.who, act, report.detail).map(Ready::of)
}
