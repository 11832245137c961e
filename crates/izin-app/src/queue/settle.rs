//! How what waits is settled: once, by name, with a reason. What it does to the person's standing is
//! an entry like any other.

use izin_core::act::Act;
use izin_core::policy::CodeSet;
use izin_core::{Origin, RefusalKind, Seq, SubjectId, Timestamp};
use izin_store::{
    Command, NOTE_BYTES_MAX, QueueItem, QueueKind, QueueOutcome, QueueSettled, Recorded, Refused,
    Refusing, StoreError, Whom,
};

use super::{Item, Stands, show};
use crate::App;
use crate::staff::Staff;

/// How an item is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// A guessed no was none.
    Clear,
    /// It was one: a real opt-out is entered.
    Uphold,
    /// An unresolved opt-out is this person's.
    Person(SubjectId),
    /// What these goods reveal; nothing, when empty.
    Goods(CodeSet),
    /// Done, or nothing to be done.
    Close,
}

impl Settling {
    const fn word(self) -> &'static str {
        match self {
            Self::Clear => "cleared",
            Self::Uphold => "upheld",
            Self::Person(_) => "person_named",
            Self::Goods(_) => "classified",
            Self::Close => "closed",
        }
    }

    const fn fits(self, kind: QueueKind) -> bool {
        match self {
            Self::Clear | Self::Uphold => matches!(kind, QueueKind::PresumedRefusal),
            Self::Person(_) => matches!(kind, QueueKind::UnresolvedOptOut),
            Self::Goods(_) => matches!(kind, QueueKind::AmbiguousGoods),
            Self::Close => !matches!(kind, QueueKind::PresumedRefusal | QueueKind::AmbiguousGoods),
        }
    }
}

/// What settling did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The entry it made, if it made one.
    pub recorded: Option<Recorded>,
    /// Lines to put into the policy, for goods.
    pub policy_lines: Option<String>,
}

/// Why an item was not settled.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// There is none.
    #[error("nothing waits under number {0}")]
    Unknown(u64),
    /// It was settled before.
    #[error("{by} settled this at {at}: {outcome}")]
    SettledBefore {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
        /// How.
        outcome: String,
    },
    /// Not for this kind.
    #[error("an item of this kind cannot be settled like that")]
    DoesNotFit,
    /// Nothing says why.
    #[error("say why, in a note of 1 to {NOTE_BYTES_MAX} bytes")]
    NoReason,
    /// The thirty days are over.
    #[error(
        "the time to clear it is over: it became an opt-out on {0}, which the person lifts alone"
    )]
    TooLate(Timestamp),
    /// The person named is not known.
    #[error("nobody is known by that id")]
    UnknownSubject,
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Settles an item, once, with a reason. Corrections that are to be approved go to
/// [`crate::correction::approve`].
///
/// # Errors
/// [`QueueError`]; the item waits still, unless it was settled before.
pub async fn settle(
    app: &App,
    id: u64,
    how: Settling,
    (by, why): (&Staff, &str),
) -> Result<Done, QueueError> {
    let Item { item, stands } = show(app, id).await?;
    unsettled(&item)?;
    let why = why.trim();
    if why.is_empty() || why.len() > NOTE_BYTES_MAX {
        return Err(QueueError::NoReason);
    }
    if !how.fits(item.what.kind) {
        return Err(QueueError::DoesNotFit);
    }
    if let (Settling::Clear, Stands::BecameOptOut(at)) = (how, stands) {
        return Err(QueueError::TooLate(at));
    }
    let done = carry_out(app, &item, how, why).await?;
    finish(app, id, how.word(), (by, why)).await?;
    Ok(done)
}

/// An item that waits still.
pub(crate) fn unsettled(item: &QueueItem) -> Result<(), QueueError> {
    match &item.settled {
        None => Ok(()),
        Some((at, outcome)) => Err(QueueError::SettledBefore {
            by: outcome.by.clone(),
            at: *at,
            outcome: outcome.outcome.clone(),
        }),
    }
}

/// Marks an item as settled.
pub(crate) async fn finish(
    app: &App,
    id: u64,
    word: &str,
    (by, why): (&Staff, &str),
) -> Result<(), QueueError> {
    let outcome = QueueOutcome {
        by: by.name().to_owned(),
        outcome: word.to_owned(),
        note: Some(why.to_owned()),
    };
    match app.store.queue_settle(id, outcome, app.clock.now()).await? {
        QueueSettled::Now => Ok(()),
        QueueSettled::Before { by, at, outcome } => {
            Err(QueueError::SettledBefore { by, at, outcome })
        }
        QueueSettled::Unknown => Err(QueueError::Unknown(id)),
    }
}

async fn carry_out(
    app: &App,
    item: &QueueItem,
    how: Settling,
    why: &str,
) -> Result<Done, QueueError> {
    let mut done = Done {
        recorded: None,
        policy_lines: None,
    };
    match (how, item.what.entry) {
        (Settling::Clear, Some(entry)) => done.recorded = clear(app, entry).await?,
        (Settling::Uphold, Some(entry)) => {
            // Of an address nobody holds the guess itself stays, and is an opt-out in time.
            if let Some(subject) = item.what.subject {
                done.recorded = enter(app, subject, entry, why).await?;
            }
        }
        (Settling::Person(subject), Some(entry)) => {
            let known = app.gate.standing(subject);
            known.ok_or(QueueError::UnknownSubject)?;
            done.recorded = enter(app, subject, entry, why).await?;
        }
        (Settling::Goods(codes), _) => done.policy_lines = Some(category_lines(item, codes)),
        (Settling::Close, _) => {}
        (Settling::Clear | Settling::Uphold | Settling::Person(_), None) => {
            return Err(QueueError::DoesNotFit);
        }
    }
    Ok(done)
}

async fn clear(app: &App, entry: Seq) -> Result<Option<Recorded>, StoreError> {
    let command = Command::ClearPresumption { entry };
    match app.store.record(vec![command], app.clock.now()).await {
        // Cleared by a call that was interrupted before it marked the item.
        Err(StoreError::Refused(Refused::EndedBefore)) => Ok(None),
        recorded => Ok(recorded?.pop()),
    }
}

/// Enters an opt-out of what an entry covers, for a person.
async fn enter(
    app: &App,
    subject: SubjectId,
    entry: Seq,
    why: &str,
) -> Result<Option<Recorded>, StoreError> {
    let said = app.store.disclosed(entry).await?;
    let (refusal, scope, occurred_at) = match said.map(|own| own.entry.act) {
        Some(
            Act::Refused {
                refusal,
                scope,
                occurred_at,
                ..
            }
            | Act::IdentifierSuppressed {
                refusal,
                scope,
                occurred_at,
                ..
            },
        ) => (refusal, scope, occurred_at),
        _ => return Err(StoreError::Damaged { what: "queue" }),
    };
    let refusing = Refusing {
        whom: Whom::Subject(subject),
        refusal: match refusal {
            RefusalKind::Presumed => RefusalKind::OptedOut,
            said => said,
        },
        scope,
        occurred_at,
        origin: Origin::Agent,
        detail: Some(why.to_owned()),
    };
    let command = vec![Command::Refuse(refusing)];
    Ok(app.store.record(command, app.clock.now()).await?.pop())
}

/// What to write into `sensitive.toml`; it counts once that policy is published.
fn category_lines(item: &QueueItem, codes: CodeSet) -> String {
    let path = item.what.key.as_deref().unwrap_or_default();
    let quoted = toml::Value::from(path);
    let codes: Vec<_> = codes.iter().map(|own| format!("\"{own}\"")).collect();
    format!(
        "[[category]]\npath = {quoted}\ncodes = [{}]\n",
        codes.join(", ")
    )
}
