//! Entries that a person has to look at. They are in effect before anybody does.

use std::fmt;

use izin_core::refusal::PRESUMPTION_DAYS;
use izin_core::{Seq, Timestamp};

use super::{NewItem, QueueKind, Queued};
use crate::StoreError;
use crate::ledger::Recorded;
use crate::writer::Tx;

/// Who opens what Izin itself notices.
const IZIN: &str = "izin";

/// What a person has to look at because of an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Review {
    /// What kind of thing.
    pub kind: QueueKind,
    /// By when it is to be settled.
    pub due_at: Timestamp,
    /// What else is to be known.
    pub note: Option<String>,
}

impl fmt::Debug for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Review({:?}, masked)", self.kind)
    }
}

impl Review {
    /// Of a guessed no that was entered again from the entry `first`: whoever clears that one does
    /// not clear this.
    pub(crate) fn again(first: Seq, now: Timestamp) -> Self {
        Self {
            kind: QueueKind::PresumedRefusal,
            due_at: now.plus_days(PRESUMPTION_DAYS),
            note: Some(format!("entered again from entry {first}")),
        }
    }
}

impl Tx<'_> {
    /// Queues the review of an entry; answers its number. The same entry waits once.
    pub(crate) fn await_review(
        &mut self,
        entry: &Recorded,
        review: Review,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let item = NewItem {
            kind: review.kind,
            subject: entry.subject,
            entry: Some(entry.seq),
            key: Some(format!("entry {}", entry.seq)),
            due_at: review.due_at,
            opened_by: IZIN.to_owned(),
            owner: None,
            note: review.note,
        };
        match self.queue_add(item, now)? {
            Queued::Now(id) | Queued::Before(id) => Ok(id),
        }
    }
}
