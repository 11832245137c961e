//! Evidence of what an erased person agreed to and asked for: two people open it together, for a
//! regulator or a court, until its time is over (design §3.8). Start at [`request`], then [`disclose`].

use izin_core::{Act, Seq, SubjectId, Timestamp};
use izin_store::{Disclosed, NewItem, QueueKind, StoreError};
use serde_json::Value;

use crate::App;
use crate::queue::{self, QueueError};
use crate::staff::{Alone, Proposal, Staff};

/// Days to find a second person.
const REQUEST_DAYS: i64 = 30;
/// The longest reason, in bytes.
pub const REASON_BYTES_MAX: usize = 2 * 1024;

/// Why no evidence was shown.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// Nobody said what it is for.
    #[error("say in 1 to {REASON_BYTES_MAX} bytes who has to see it, and why")]
    NoReason,
    /// There is nothing of the kind.
    #[error("nothing is withheld of that person: they were not erased, or the time for it is over")]
    NothingWithheld,
    /// The item is something else.
    #[error("item {0} is no request for withheld evidence")]
    NotARequest(u64),
    /// Two people are needed.
    #[error(transparent)]
    Alone(#[from] Alone),
    /// The item.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What was said beside one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The entry.
    pub seq: Seq,
    /// When it was recorded.
    pub at: Timestamp,
    /// The entry's kind, as records name it.
    pub act: String,
    /// The words.
    pub words: String,
}

/// Asks to see what is withheld of somebody who was erased; somebody else has to agree. Answers the
/// item.
///
/// # Errors
/// [`EvidenceError`].
pub async fn request(
    app: &App,
    subject: SubjectId,
    by: &Staff,
    reason: &str,
) -> Result<u64, EvidenceError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > REASON_BYTES_MAX {
        return Err(EvidenceError::NoReason);
    }
    let history = app.store.history(subject).await?;
    let erased = history.iter().rev().find(|own| own.act == Act::Erased);
    let erased = erased.ok_or(EvidenceError::NothingWithheld)?;
    withheld(app, subject).await?;
    let now = app.clock.now();
    let item = NewItem {
        kind: QueueKind::WithheldEvidence,
        // The person's own key for notes is destroyed: the entry says whom it is about.
        subject: None,
        entry: Some(erased.seq),
        key: None,
        due_at: now.plus_days(REQUEST_DAYS),
        opened_by: by.name().to_owned(),
        owner: None,
        note: Proposal::by(by, reason).written(),
    };
    Ok(queue::add(app, item, now).await?)
}

/// Shows what somebody else asked to see, once: each entry and the words beside it.
///
/// # Errors
/// [`EvidenceError`]; nothing was shown.
pub async fn disclose(app: &App, item: u64, by: &Staff) -> Result<Vec<Shown>, EvidenceError> {
    let id = item;
    let item = queue::show(app, id).await?.item;
    let asked = item.what.kind == QueueKind::WithheldEvidence;
    let entry = item.what.entry.filter(|_| asked);
    let entry = entry.ok_or(EvidenceError::NotARequest(id))?;
    queue::unsettled(&item)?;
    let proposal = Proposal::read(&item).ok_or(EvidenceError::NotARequest(id))?;
    proposal.seconded(&item.what.opened_by, by)?;
    let erased = app.store.disclosed(entry).await?;
    let subject = erased.and_then(|own| own.entry.subject);
    let subject = subject.ok_or(EvidenceError::NothingWithheld)?;
    let mut shown = Vec::new();
    for (seq, words) in withheld(app, subject).await? {
        let entry = app.store.disclosed(seq).await?;
        let Disclosed {
            entry, recorded, ..
        } = entry.ok_or(UNREADABLE)?;
        let act = act_of(&recorded.record).ok_or(UNREADABLE)?;
        let at = entry.recorded_at;
        shown.push(Shown {
            seq,
            at,
            act,
            words,
        });
    }
    queue::finish(app, id, "shown", (by, "two people agreed to see it")).await?;
    Ok(shown)
}

/// Words whose entry is gone or says nothing.
const UNREADABLE: StoreError = StoreError::Damaged {
    what: "entry of what is withheld",
};

/// The kind of an entry, as its record names it.
fn act_of(record: &str) -> Option<String> {
    let record: Value = serde_json::from_str(record).ok()?;
    Some(record.get("act")?.as_str()?.to_owned())
}

/// What is withheld of a person and of everybody who was erased with them, in the ledger's order.
async fn withheld(app: &App, subject: SubjectId) -> Result<Vec<(Seq, String)>, EvidenceError> {
    let mut withheld = Vec::new();
    for person in app.store.one_and_all(subject).await? {
        withheld.extend(app.store.withheld(person).await?);
    }
    withheld.sort_by_key(|(seq, _)| *seq);
    if withheld.is_empty() {
        return Err(EvidenceError::NothingWithheld);
    }
    Ok(withheld)
}
