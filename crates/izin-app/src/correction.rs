//! A record of what never happened is taken back by two people, with evidence, and by nobody else
//! (design §3.2). One of them is the data protection officer; a legal suppression is lifted in no
//! other way. Start at [`propose`], then [`approve`].

use izin_core::{Act, Seq};
use izin_store::{Command, NewItem, QueueItem, QueueKind, Recorded, Refused, StoreError};

use crate::App;
use crate::queue::{self, QueueError};
use crate::staff::{Alone, Proposal, Staff};

/// Days to find a second person; until then the entry counts.
const CORRECTION_DAYS: i64 = 30;
/// The longest evidence, in bytes; it is kept in a note and in a detail, with the two names.
pub const EVIDENCE_BYTES_MAX: usize = 7 * 1024;

/// Why nothing was corrected.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    /// Nothing shows that it never happened.
    #[error("say in 1 to {EVIDENCE_BYTES_MAX} bytes what shows that it never happened")]
    NoEvidence,
    /// There is nothing to take back.
    #[error("entry {0} is no refusal, consent or age that could be taken back")]
    NotCorrectable(Seq),
    /// The item is something else.
    #[error("item {0} is no correction")]
    NotACorrection(u64),
    /// Two people are needed.
    #[error(transparent)]
    Alone(#[from] Alone),
    /// What was proposed cannot be read: the person was erased.
    #[error("the person was erased meanwhile; there is nothing left to correct")]
    Gone,
    /// The item.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Proposes to take an entry back; it counts until somebody else approves. Answers the item.
///
/// # Errors
/// [`CorrectionError`].
pub async fn propose(
    app: &App,
    entry: Seq,
    by: &Staff,
    evidence: &str,
) -> Result<u64, CorrectionError> {
    let evidence = evidence.trim();
    if evidence.is_empty() || evidence.len() > EVIDENCE_BYTES_MAX {
        return Err(CorrectionError::NoEvidence);
    }
    let said = app.store.disclosed(entry).await?;
    let said = said.filter(|own| is_correctable(&own.entry.act));
    let said = said.ok_or(CorrectionError::NotCorrectable(entry))?;
    let now = app.clock.now();
    let item = NewItem {
        kind: QueueKind::Correction,
        subject: said.entry.subject,
        entry: Some(entry),
        key: None,
        due_at: now.plus_days(CORRECTION_DAYS),
        opened_by: by.name().to_owned(),
        owner: None,
        note: Proposal::by(by, evidence).written(),
    };
    Ok(queue::add(app, item, now).await?)
}

/// What shows that the entry of a correction never happened, as it was proposed.
#[must_use]
pub fn evidence(item: &QueueItem) -> Option<String> {
    Proposal::read(item).map(|own| own.said)
}

/// Approves a correction that somebody else proposed: from here on the entry counts no more.
///
/// # Errors
/// [`CorrectionError`]; the entry counts still.
pub async fn approve(app: &App, item: u64, by: &Staff) -> Result<Recorded, CorrectionError> {
    let id = item;
    let item = queue::show(app, id).await?.item;
    let entry = item
        .what
        .entry
        .filter(|_| item.what.kind == QueueKind::Correction);
    let entry = entry.ok_or(CorrectionError::NotACorrection(id))?;
    queue::unsettled(&item)?;
    let proposal = Proposal::read(&item).ok_or(CorrectionError::Gone)?;
    let proposer = &item.what.opened_by;
    proposal.seconded(proposer, by)?;
    let said = &proposal.said;
    let evidence = format!("{said}\nproposed by {proposer}, approved by {}", by.name());
    let command = vec![Command::Correct { entry, evidence }];
    let recorded = app.store.record(command, app.clock.now()).await?.pop();
    queue::finish(app, id, "approved", (by, "two people found it so")).await?;
    Ok(recorded.ok_or(StoreError::Refused(Refused::UnknownEntry))?)
}

const fn is_correctable(act: &Act) -> bool {
    matches!(
        act,
        Act::Refused { .. }
            | Act::IdentifierSuppressed { .. }
            | Act::Consented { .. }
            | Act::MinorKnown { .. }
    )
}
