//! Acts that machines, staff and people report: checked here, then recorded.
//!
//! What narrows is taken from anyone who may report it and never turned away for its paperwork.
//! What widens needs the person, confirmed by step-up ([`Proof`]), or at least a complete record;
//! nothing here lifts a refusal by itself (design §3.2). Start at [`report`]; `kind` says what may
//! be reported, `consent` a yes, `refuse` a no, `wish` the rest.

mod consent;
mod error;
mod kind;
mod refuse;
mod wish;

pub use consent::Lack;
pub use error::ActError;
pub use kind::{Asked, Kind, Report, Reported};
pub(crate) use refuse::waiting;
pub(crate) use wish::infers;

use izin_core::consent::EARLIEST;
use izin_core::{Act, Identifier, IdentifierId, IdentifierKind, SubjectId, Timestamp};
use izin_store::{Answered, Command, Contact, Recorded, StoreError};

use crate::App;
use crate::gate::Who;
use crate::queue;
use crate::step_up::Proof;

/// The longest detail in words, in bytes.
pub const DETAIL_BYTES_MAX: usize = izin_store::ledger::DETAIL_BYTES_MAX;

/// Seconds by which a reporter's clock may run ahead of ours.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// A report as it will be entered: the act itself last, and what the answer says besides.
pub(crate) struct Ready {
    pub(crate) commands: Vec<Command>,
    pub(crate) lacking: Vec<Lack>,
    /// Whether a person has to look at it.
    pub(crate) waits: Option<queue::Waiting>,
}

impl Ready {
    fn of(command: Command) -> Self {
        Self::all(vec![command])
    }

    fn all(commands: Vec<Command>) -> Self {
        Self {
            commands,
            lacking: Vec::new(),
            waits: None,
        }
    }
}

/// Records a reported act; with `once`, only the first time that key is used.
///
/// # Errors
/// [`ActError`]; the act was not recorded then.
pub async fn report(
    app: &App,
    report: Report,
    once: Option<[u8; 32]>,
    answer: impl FnOnce(&Reported) -> String + Send + 'static,
) -> Result<Answered<Reported>, ActError> {
    if let Some(key) = once
        && let Some(before) = app.store.answered(key).await?
    {
        return Ok(Answered::Before(before));
    }
    let now = app.clock.now();
    let mut ready = ready(app, report, None, now).await?;
    let Some(key) = once else {
        return record(app, ready, now).await.map(Answered::Now);
    };
    let last = ready.commands.pop().ok_or(StoreError::Stopped)?;
    if !ready.commands.is_empty() {
        app.store.record(ready.commands, now).await?;
    }
    let (lacking, waits) = (ready.lacking, ready.waits);
    let told = lacking.clone();
    let answer = move |recorded: &Recorded| {
        answer(&Reported {
            recorded: recorded.clone(),
            lacking: told,
            queued: None,
        })
    };
    match app.store.record_once(key, last, now, answer).await? {
        Answered::Before(before) => Ok(Answered::Before(before)),
        Answered::Now(recorded) => {
            let queued = queue::open(app, waits, &recorded, now).await?;
            Ok(Answered::Now(Reported {
                recorded,
                lacking,
                queued,
            }))
        }
    }
}

/// Enters what was made ready, all or none, and queues it where a person has to look at it.
pub(crate) async fn record(app: &App, ready: Ready, now: Timestamp) -> Result<Reported, ActError> {
    let recorded = app.store.record(ready.commands, now).await?.pop();
    let recorded = recorded.ok_or(StoreError::Stopped)?;
    Ok(Reported {
        queued: queue::open(app, ready.waits, &recorded, now).await?,
        lacking: ready.lacking,
        recorded,
    })
}

/// What a report becomes, with or without the person's own confirmation of an address.
pub(crate) async fn ready(
    app: &App,
    report: Report,
    proof: Option<&Proof>,
    now: Timestamp,
) -> Result<Ready, ActError> {
    match &report.kind {
        Kind::No(refusal) => {
            let refusal = *refusal;
            refuse::refuse(app, report, refusal, now)
        }
        Kind::Consent(asked) => {
            let asked = *asked;
            consent::consent(app, checked(app, report, now)?, (asked, proof), now).await
        }
        kind if kind.narrows() => wish::narrow(app, report, now),
        _ => wish::widen(app, checked(app, report, now)?, proof, now).await,
    }
}

/// What is asked of every report that widens.
fn checked(app: &App, report: Report, now: Timestamp) -> Result<Report, ActError> {
    let latest = now.plus_seconds(CLOCK_SKEW_SECONDS);
    if report.occurred_at.is_some_and(|at| at > latest) {
        return Err(ActError::InTheFuture);
    }
    if report.occurred_at.is_some_and(|at| at < EARLIEST) {
        return Err(ActError::TooEarly);
    }
    let detail = report.detail.as_ref();
    if detail.is_some_and(|detail| detail.len() > DETAIL_BYTES_MAX) {
        return Err(ActError::DetailTooLong);
    }
    match report.purpose {
        Some(purpose) if app.policy().purpose(&purpose).is_none() => {
            Err(ActError::UnknownPurpose(purpose))
        }
        _ => Ok(report),
    }
}

/// A detail cut to what is kept: what narrows counts whatever was written beside it.
fn shortened(mut detail: String) -> String {
    detail.truncate(detail.floor_char_boundary(DETAIL_BYTES_MAX));
    detail
}

/// An act about somebody known, or about the person that an identifier makes known.
fn about_whoever(
    app: &App,
    who: Who,
    act: Act,
    detail: Option<String>,
) -> Result<Command, ActError> {
    match who {
        Who::Identifier(own) if app.gate.holders(&own).is_empty() => {
            Ok(Command::Contact(Box::new(Contact {
                identifiers: vec![own],
                acts: vec![(act, detail)],
                ..Contact::default()
            })))
        }
        who => Ok(known(one(app, &who)?, act, detail)),
    }
}

fn known(subject: SubjectId, act: Act, detail: Option<String>) -> Command {
    Command::Act {
        subject: Some(subject),
        act,
        detail,
    }
}

/// Everybody who is meant: an identifier may have several holders.
///
/// # Errors
/// [`ActError::UnknownSubject`] when it is nobody.
fn everybody(app: &App, who: &Who) -> Result<Vec<SubjectId>, ActError> {
    match who {
        Who::Identifier(own) if app.gate.holders(own).len() > 1 => Ok(app.gate.holders(own)),
        who => one(app, who).map(|own| vec![own]),
    }
}

/// The one person that is meant; somebody who was merged is the person they turned out to be.
///
/// # Errors
/// [`ActError::UnknownSubject`], [`ActError::SeveralSubjects`].
pub fn one(app: &App, who: &Who) -> Result<SubjectId, ActError> {
    let subject = match who {
        Who::Subject(subject) => *subject,
        Who::Identifier(identifier) => match app.gate.holders(identifier).as_slice() {
            [] => return Err(ActError::UnknownSubject),
            [only] => *only,
            _ => return Err(ActError::SeveralSubjects),
        },
    };
    let standing = app.gate.standing(subject);
    let standing = standing.ok_or(ActError::UnknownSubject)?;
    Ok(standing.merged_into.unwrap_or(subject))
}

/// The random name under which a person holds an identifier.
pub(crate) fn held_as(
    app: &App,
    subject: SubjectId,
    identifier: &Identifier,
) -> Option<(IdentifierId, IdentifierKind)> {
    let standing = app.gate.standing(subject)?;
    let mut own = standing.identifiers.into_iter();
    own.find(|(id, _)| app.gate.is_held_as(identifier, *id))
}
