//! Acts that machines and staff report: checked here, then recorded.
//!
//! What narrows is taken from anyone who may report it. What widens is taken only with evidence,
//! and never lifts a refusal.

use izin_core::act::Evidence;
use izin_core::{
    Act, Channel, Identifier, IdentifierKind, Level, Origin, PurposeId, RefusalKind, Scope,
    SubjectId, Timestamp, TopicId,
};
use izin_store::{Answered, Command, Contact, Recorded, Refusing, StoreError, Whom};

use crate::App;
use crate::gate::Who;

/// The longest detail in words, in bytes.
pub const DETAIL_BYTES_MAX: usize = izin_store::ledger::DETAIL_BYTES_MAX;

/// What kind of act is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A yes to one purpose on one channel.
    Consent,
    /// No: an opt-out, a withdrawal, an objection, a complaint.
    No(RefusalKind),
    /// The dial is moved.
    Dial(Level),
    /// Quiet until a time.
    Pause(Timestamp),
    /// Processing is restricted, or the restriction ends.
    Restriction {
        /// Whether it holds.
        holds: bool,
    },
}

/// An act as reported.
#[derive(Clone)]
pub struct Report {
    /// Whom it is about.
    pub who: Who,
    /// What happened.
    pub kind: Kind,
    /// The channel, where one was named.
    pub channel: Option<Channel>,
    /// The purpose, where one was named.
    pub purpose: Option<PurposeId>,
    /// The topic, where one was named.
    pub topic: Option<TopicId>,
    /// When it happened, where that was said.
    pub occurred_at: Option<Timestamp>,
    /// What was shown and said: label, form, note. Kept sealed.
    pub detail: Option<String>,
    /// Where the report came in.
    pub origin: Origin,
}

/// Shows the kind alone: the words in a report may name anybody.
impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Report({:?}, masked)", self.kind)
    }
}

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The person is not known, and the act needs somebody.
    #[error("nobody is known by this identifier")]
    UnknownSubject,
    /// The identifier has several holders, and the act is no refusal.
    #[error("several people hold this identifier; name the person by `id` or `customer`")]
    SeveralSubjects,
    /// A part is missing.
    #[error("`{field}` is missing; {why}")]
    Missing {
        /// Which.
        field: &'static str,
        /// Why it is needed.
        why: &'static str,
    },
    /// The policy has no such purpose on this channel.
    #[error("the policy has no purpose `{0}` on this channel")]
    UnknownPurpose(PurposeId),
    /// A time is in the future.
    #[error("`occurred_at` is in the future")]
    InTheFuture,
    /// The detail is too long.
    #[error("`detail` is longer than {DETAIL_BYTES_MAX} bytes")]
    DetailTooLong,
    /// What widens needs the person, confirmed at a known address.
    #[error(
        "raising the dial, ending a pause early and ending a restriction need the person's own \
         confirmed act, which is not offered yet"
    )]
    StepUpRequired,
    /// It could not be recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Seconds by which a reporter's clock may run ahead of ours.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// Records a reported act; with `once`, only the first time that key is used.
///
/// # Errors
/// [`ActError`]; nothing was recorded then.
pub async fn report(
    app: &App,
    report: Report,
    once: Option<[u8; 32]>,
    answer: impl FnOnce(&Recorded) -> String + Send + 'static,
) -> Result<Answered<Recorded>, ActError> {
    if let Some(key) = once
        && let Some(before) = app.store.answered(key).await?
    {
        return Ok(Answered::Before(before));
    }
    let now = app.clock.now();
    let command = command(app, report, now)?;
    match once {
        Some(key) => Ok(app.store.record_once(key, command, now, answer).await?),
        None => {
            let recorded = app.store.record(vec![command], now).await?.pop();
            recorded
                .map(Answered::Now)
                .ok_or(ActError::Store(StoreError::Stopped))
        }
    }
}

fn command(app: &App, report: Report, now: Timestamp) -> Result<Command, ActError> {
    match report.kind {
        // A no is never turned away for its paperwork.
        Kind::No(refusal) => refuse(app, report, refusal, now),
        Kind::Consent => consent(app, checked(app, report, now)?, now),
        Kind::Dial(level) => dial(app, checked(app, report, now)?, level),
        Kind::Pause(until) => pause(app, checked(app, report, now)?, until),
        Kind::Restriction { holds: false } => Err(ActError::StepUpRequired),
        Kind::Restriction { holds } => {
            let origin = report.origin;
            about(
                app,
                checked(app, report, now)?,
                Act::Restricted { holds, origin },
            )
        }
    }
}

/// What is asked of every report but a refusal.
fn checked(app: &App, report: Report, now: Timestamp) -> Result<Report, ActError> {
    let latest = now.plus_seconds(CLOCK_SKEW_SECONDS);
    if report.occurred_at.is_some_and(|at| at > latest) {
        return Err(ActError::InTheFuture);
    }
    if report
        .detail
        .as_ref()
        .is_some_and(|detail| detail.len() > DETAIL_BYTES_MAX)
    {
        return Err(ActError::DetailTooLong);
    }
    match &report.purpose {
        Some(purpose) if app.policy.purpose(purpose).is_none() => {
            Err(ActError::UnknownPurpose(purpose.clone()))
        }
        _ => Ok(report),
    }
}

/// Longer at once; ending a pause early is the person's own confirmed act.
fn pause(app: &App, report: Report, until: Timestamp) -> Result<Command, ActError> {
    let (channel, origin) = (report.channel, report.origin);
    let standing = app
        .gate
        .standing(one(app, &report.who)?)
        .unwrap_or_default();
    if standing
        .pauses
        .iter()
        .any(|own| own.channel == channel && own.until > until)
    {
        return Err(ActError::StepUpRequired);
    }
    about(
        app,
        report,
        Act::Paused {
            channel,
            until,
            origin,
        },
    )
}

/// A refusal needs nobody known: an address alone can be refused. One that names a customer
/// number is about that customer's addresses; of a number nobody has yet, about whoever gets it.
fn refuse(
    app: &App,
    report: Report,
    refusal: RefusalKind,
    now: Timestamp,
) -> Result<Command, ActError> {
    let whom = match report.who {
        Who::Subject(_) => Whom::Subject(one(app, &report.who)?),
        Who::Identifier(own) => match app.gate.holders(&own).as_slice() {
            [only] if own.kind() == IdentifierKind::Customer => Whom::Subject(*only),
            _ => Whom::Identifier(own),
        },
    };
    Ok(Command::Refuse(Refusing {
        whom,
        refusal,
        scope: Scope {
            channel: report.channel,
            purpose: report.purpose,
            topic: report.topic,
        },
        occurred_at: report.occurred_at.map_or(now, |at| at.min(now)),
        origin: report.origin,
        detail: report.detail.map(shortened),
    }))
}

/// A detail cut to what is kept; a refusal counts whatever was written beside it.
fn shortened(mut detail: String) -> String {
    detail.truncate(detail.floor_char_boundary(DETAIL_BYTES_MAX));
    detail
}

/// A consent is taken as proven only with what was shown and said.
fn consent(app: &App, report: Report, now: Timestamp) -> Result<Command, ActError> {
    let occurred_at = report.occurred_at.unwrap_or(now);
    let why = "a consent is to one purpose on one channel";
    let purpose = report.purpose.ok_or(ActError::Missing {
        field: "purpose",
        why,
    })?;
    let channel = report.channel.ok_or(ActError::Missing {
        field: "channel",
        why,
    })?;
    if app.policy.live(&purpose, channel).is_none() {
        return Err(ActError::UnknownPurpose(purpose));
    }
    let evidence = match report.detail {
        Some(_) => Evidence::Recorded,
        None => Evidence::Missing,
    };
    let consented = |identifier| Act::Consented {
        purpose,
        channel,
        topic: report.topic,
        identifier,
        occurred_at,
        evidence,
        policy: app.notice_at(occurred_at),
        origin: report.origin,
    };
    if let Who::Identifier(own) = &report.who
        && app.gate.holders(own).len() > 1
    {
        return Err(ActError::SeveralSubjects);
    }
    match report.who {
        Who::Identifier(own)
            if own.kind().reaches(channel) || app.gate.holders(&own).is_empty() =>
        {
            Ok(Command::Contact(Box::new(Contact {
                identifiers: vec![own],
                acts: vec![(consented(None), report.detail)],
                ..Contact::default()
            })))
        }
        who => {
            let subject = one(app, &who)?;
            let address = app
                .gate
                .standing(subject)
                .and_then(|own| own.address(channel));
            known(app, subject, consented(address), report.detail)
        }
    }
}

/// Down at once; up only by a confirmed act of the person, which is not offered here.
fn dial(app: &App, report: Report, level: Level) -> Result<Command, ActError> {
    let subject = one(app, &report.who)?;
    let stands = app
        .gate
        .standing(subject)
        .and_then(|standing| standing.dial);
    if level > stands.map_or(Level::START, |dial| dial.level) {
        return Err(ActError::StepUpRequired);
    }
    let act = Act::DialMoved {
        level,
        origin: report.origin,
    };
    known(app, subject, act, report.detail)
}

fn about(app: &App, report: Report, act: Act) -> Result<Command, ActError> {
    let subject = one(app, &report.who)?;
    known(app, subject, act, report.detail)
}

fn known(
    app: &App,
    subject: SubjectId,
    act: Act,
    detail: Option<String>,
) -> Result<Command, ActError> {
    app.gate.standing(subject).ok_or(ActError::UnknownSubject)?;
    Ok(Command::Act {
        subject: Some(subject),
        act,
        detail,
    })
}

/// The one person that is meant.
///
/// # Errors
/// [`ActError::UnknownSubject`], [`ActError::SeveralSubjects`].
pub fn one(app: &App, who: &Who) -> Result<SubjectId, ActError> {
    match who {
        Who::Subject(subject) => app
            .gate
            .standing(*subject)
            .map(|_| *subject)
            .ok_or(ActError::UnknownSubject),
        Who::Identifier(identifier) => only(app, identifier),
    }
}

fn only(app: &App, identifier: &Identifier) -> Result<SubjectId, ActError> {
    match app.gate.holders(identifier).as_slice() {
        [] => Err(ActError::UnknownSubject),
        [only] => Ok(*only),
        _ => Err(ActError::SeveralSubjects),
    }
}
