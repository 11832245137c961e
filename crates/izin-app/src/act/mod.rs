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
pub use refuse::dated;
pub(crate) use refuse::{review, whom};
pub(crate) use wish::infers;

use izin_core::consent::EARLIEST;
use izin_core::{Act, Identifier, IdentifierId, IdentifierKind, SubjectId, Timestamp};
use izin_store::{Answered, Command, Contact, Entered, Review, Together};

use crate::App;
use crate::gate::Who;
use crate::step_up::Proof;

/// The longest detail in words, in bytes.
pub const DETAIL_BYTES_MAX: usize = izin_store::ledger::DETAIL_BYTES_MAX;

/// A report as it will be entered: the act itself last, and what the answer says besides.
pub(crate) struct Ready {
    pub(crate) together: Together,
    pub(crate) lacking: Vec<Lack>,
}

impl Ready {
    fn of(command: Command) -> Self {
        Self::all(vec![command], None)
    }

    fn all(commands: Vec<Command>, review: Option<Review>) -> Self {
        Self {
            together: Together { commands, review },
            lacking: Vec::new(),
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
    answer: impl Fn(&Reported) -> String + Send + 'static,
) -> Result<Answered<Reported>, ActError> {
    if let Some(key) = once
        && let Some(before) = app.store.answered(key).await?
    {
        return Ok(Answered::Before(before));
    }
    let now = app.clock.now();
    let ready = ready(app, report, None, now).await?;
    let Some(key) = once else {
        return record(app, ready, now).await.map(Answered::Now);
    };
    let lacking = ready.lacking.clone();
    let keep = move |entered: &Entered| answer(&Reported::of(entered.clone(), lacking.clone()));
    let answered = app.store.record_once(key, ready.together, now, keep);
    Ok(match answered.await? {
        Answered::Before(before) => Answered::Before(before),
        Answered::Now(entered) => Answered::Now(Reported::of(entered, ready.lacking)),
    })
}

/// Enters what was made ready, all or none, and queues it where a person has to look at it.
pub(crate) async fn record(app: &App, ready: Ready, now: Timestamp) -> Result<Reported, ActError> {
    let entered = app.store.record_together(ready.together, now).await?;
    Ok(Reported::of(entered, ready.lacking))
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
            consent::consent(app, checked(app, report)?, (asked, proof), now).await
        }
        kind if kind.narrows() => wish::narrow(app, report, now),
        _ => wish::widen(app, checked(app, report)?, proof, now).await,
    }
}

/// What is asked of every report that widens.
fn checked(app: &App, report: Report) -> Result<Report, ActError> {
    if report.occurred_at.is_some_and(|at| app.clock.is_ahead(at)) {
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
    let people = app.gate.people_of(who);
    if people.is_empty() {
        return Err(ActError::UnknownSubject);
    }
    Ok(people)
}

/// The one person that is meant; somebody who was merged is the person they turned out to be.
///
/// # Errors
/// [`ActError::UnknownSubject`], [`ActError::SeveralSubjects`].
pub fn one(app: &App, who: &Who) -> Result<SubjectId, ActError> {
    match app.gate.people_of(who).as_slice() {
        [] => Err(ActError::UnknownSubject),
        [only] => Ok(*only),
        _ => Err(ActError::SeveralSubjects),
    }
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
