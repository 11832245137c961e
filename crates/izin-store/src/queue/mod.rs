//! What waits for a person to settle it: opt-outs nobody could be found for, presumed refusals,
//! quarantined consents, products that may be sensitive, complaints, corrections.
//!
//! Notes may say anything about anybody and are sealed; only of goods they lie open. Nothing here
//! changes what may be sent. Start at [`Store::queue_add`].

mod note;
mod review;

pub use note::NOTE_BYTES_MAX;
pub use review::Review;

use std::fmt;

use izin_core::{Seq, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::campaign::{value, word};
use crate::db::{Bind, Db, Row, first, one, params, rows, run};
use crate::vault::Keyring;
use crate::writer::Tx;
use crate::{Store, StoreError};
use note::{Notes, note_place};

/// What kind of thing waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueKind {
    /// An opt-out that came in whole, and whose person was not found.
    UnresolvedOptOut,
    /// Something that may be a no.
    PresumedRefusal,
    /// A consent without evidence, or one that an imported opt-out contradicts.
    Quarantine,
    /// A product that may tell something sensitive.
    AmbiguousGoods,
    /// A complaint.
    Complaint,
    /// An entry that may have recorded what never happened; two people settle it.
    Correction,
    /// Evidence withheld of somebody who was erased, that somebody has to see; two people settle it.
    WithheldEvidence,
    /// Somebody wants what the law gives them: to know, to be forgotten.
    RightsRequest,
}

impl QueueKind {
    /// The name used in the store, at the command line and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnresolvedOptOut => "unresolved_opt_out",
            Self::PresumedRefusal => "presumed_refusal",
            Self::Quarantine => "quarantine",
            Self::AmbiguousGoods => "ambiguous_goods",
            Self::Complaint => "complaint",
            Self::Correction => "correction",
            Self::WithheldEvidence => "withheld_evidence",
            Self::RightsRequest => "rights_request",
        }
    }

    /// Whether it is about things and never about a person.
    const fn is_about_goods(self) -> bool {
        matches!(self, Self::AmbiguousGoods)
    }
}

/// Something to be settled.
#[derive(Clone, PartialEq, Eq)]
pub struct NewItem {
    /// What kind of thing.
    pub kind: QueueKind,
    /// Whom it is about, where that is known.
    pub subject: Option<SubjectId>,
    /// The entry it is about.
    pub entry: Option<Seq>,
    /// What is queued once for each kind, such as a product's code; never a personal value.
    pub key: Option<String>,
    /// By when it is to be settled.
    pub due_at: Timestamp,
    /// Who or what noticed it.
    pub opened_by: String,
    /// Who is to settle it, where somebody is named.
    pub owner: Option<String>,
    /// What else is to be known.
    pub note: Option<String>,
}

impl fmt::Debug for NewItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewItem({:?}, masked)", self.kind)
    }
}

/// What queueing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It waits under this number.
    Now(u64),
    /// The same thing was queued before, under this number; it may be settled by now.
    Before(u64),
}

/// How something was settled.
#[derive(Clone, PartialEq, Eq)]
pub struct QueueOutcome {
    /// Who settled it.
    pub by: String,
    /// What was decided, in a word of the queue's kind.
    pub outcome: String,
    /// Why; `None` when nothing was noted or the key of the note is gone.
    pub note: Option<String>,
}

impl fmt::Debug for QueueOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueueOutcome({:?}, {:?}, masked)", self.by, self.outcome)
    }
}

/// Something that waits or waited. Of `what.note`: as of [`QueueOutcome::note`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueItem {
    /// Counted from 1.
    pub id: u64,
    /// What waits.
    pub what: NewItem,
    /// Since when.
    pub opened_at: Timestamp,
    /// When and how it was settled.
    pub settled: Option<(Timestamp, QueueOutcome)>,
}

/// What settling came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueSettled {
    /// Settled now.
    Now,
    /// Settled before; that stays.
    Before {
        /// By whom.
        by: String,
        /// When.
        at: Timestamp,
        /// How.
        outcome: String,
    },
    /// There is no such thing.
    Unknown,
}

/// Which things are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// What is not settled, the most urgent first.
    Open,
    /// Everything, the most urgent first.
    All,
}

/// How much of one kind waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCount {
    /// The kind.
    pub kind: QueueKind,
    /// Not settled.
    pub open: u64,
    /// Of these, due by now.
    pub due: u64,
}

impl Store {
    /// Queues something, unless the same key was queued for this kind before.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn queue_add(&self, item: NewItem, now: Timestamp) -> Result<Queued, StoreError> {
        self.writer
            .write(move |tx| tx.queue_add(item.clone(), now))
            .await
    }

    /// Up to `most` things.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a value is damaged.
    pub async fn queue_list(
        &self,
        listed: Listed,
        most: u32,
    ) -> Result<Vec<QueueItem>, StoreError> {
        const SOME: &str = "
            select item, kind, subject, entry, key, opened_at, due_at, opened_by, owner, note,
              settled_at, settled_by, outcome, outcome_note
            from queue
            where settled_at is null or ?1
            order by due_at, item
            limit ?2";
        self.read_sealed(move |db, keys| {
            items(db, keys, SOME, params![listed == Listed::All, most])
        })
        .await
    }

    /// One thing.
    ///
    /// # Errors
    /// As [`Store::queue_list`].
    pub async fn queue_show(&self, id: u64) -> Result<Option<QueueItem>, StoreError> {
        const ONE: &str = "
            select item, kind, subject, entry, key, opened_at, due_at, opened_by, owner, note,
              settled_at, settled_by, outcome, outcome_note
            from queue
            where item = ?1";
        self.read_sealed(move |db, keys| Ok(items(db, keys, ONE, params![id])?.pop()))
            .await
    }

    /// Settles something, once.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn queue_settle(
        &self,
        id: u64,
        outcome: QueueOutcome,
        now: Timestamp,
    ) -> Result<QueueSettled, StoreError> {
        self.writer
            .write(move |tx| tx.queue_settle(id, &outcome, now))
            .await
    }

    /// How much waits, for each kind of which anything does.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is damaged.
    pub async fn queue_counts(&self, now: Timestamp) -> Result<Vec<QueueCount>, StoreError> {
        const COUNT: &str = "
            select kind, count(*), count(*) filter (where due_at <= ?1)
            from queue
            where settled_at is null
            group by kind
            order by kind";
        self.read(move |db| {
            let found = rows(db, COUNT, params![now.as_micros()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            let count = |(kind, open, due)| {
                let kind = value(kind)?;
                Ok(QueueCount { kind, open, due })
            };
            found.into_iter().map(count).collect()
        })
        .await
    }
}

impl Tx<'_> {
    fn queue_add(&mut self, item: NewItem, now: Timestamp) -> Result<Queued, StoreError> {
        const SAME: &str = "select item from queue where kind = ?1 and key = ?2";
        const KEEP: &str = "
            insert into queue
              (kind, subject, entry, key, opened_at, due_at, opened_by, owner)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            returning item";
        const NOTE: &str = "update queue set note = ?2 where item = ?1";
        let kind = word(&item.kind)?;
        let before = first(self.db, SAME, params![kind, item.key], |row| row.get(0))?;
        if let Some(before) = before {
            return Ok(Queued::Before(before));
        }
        let row = params![
            kind,
            item.subject.as_ref().map(SubjectId::as_bytes),
            item.entry.map(|seq| seq.0),
            item.key,
            now.as_micros(),
            item.due_at.as_micros(),
            item.opened_by,
            item.owner,
        ];
        let id: u64 = one(self.db, KEEP, row, |row| row.get(0))?;
        if let Some(note) = &item.note {
            let notes = Notes::of(self.keys, (item.kind, item.subject))?;
            let kept = notes.kept(&note_place(id, "queue.note"), note, self.entropy)?;
            run(self.db, NOTE, params![id, kept])?;
        }
        Ok(Queued::Now(id))
    }

    fn queue_settle(
        &mut self,
        id: u64,
        outcome: &QueueOutcome,
        now: Timestamp,
    ) -> Result<QueueSettled, StoreError> {
        const FIND: &str = "
            select kind, subject, settled_by, settled_at, outcome
            from queue
            where item = ?1";
        const SETTLE: &str = "
            update queue
            set settled_at = ?2, settled_by = ?3, outcome = ?4, outcome_note = ?5
            where item = ?1";
        type Found = (
            String,
            Option<[u8; 16]>,
            (Option<String>, Option<i64>, Option<String>),
        );
        let found = first(self.db, FIND, params![id], |row| {
            let before = (row.get(2)?, row.get(3)?, row.get(4)?);
            Ok((row.get(0)?, row.get(1)?, before))
        })?;
        let Some((kind, subject, (by, at, before))): Option<Found> = found else {
            return Ok(QueueSettled::Unknown);
        };
        if let (Some(by), Some(at), Some(outcome)) = (by, at, before) {
            let at = Timestamp::from_micros(at);
            return Ok(QueueSettled::Before { by, at, outcome });
        }
        let about = (value(kind)?, subject.map(SubjectId::from_bytes));
        let notes = Notes::of(self.keys, about)?;
        let here = note_place(id, "queue.outcome_note");
        let note = outcome.note.as_deref();
        let note = note
            .map(|note| notes.kept(&here, note, self.entropy))
            .transpose()?;
        let row = params![
            id,
            now.as_micros(),
            outcome.by,
            outcome.outcome,
            note.flatten()
        ];
        run(self.db, SETTLE, row)?;
        Ok(QueueSettled::Now)
    }
}

fn items(
    db: &Db,
    keys: &Keyring,
    sql: &str,
    parameters: &[&dyn Bind],
) -> Result<Vec<QueueItem>, StoreError> {
    rows(db, sql, parameters, |row| item(row, keys))
}

fn item(row: &Row<'_>, keys: &Keyring) -> Result<QueueItem, StoreError> {
    let id = row.get(0)?;
    let kind = value(row.get(1)?)?;
    let subject: Option<[u8; 16]> = row.get(2)?;
    let subject = subject.map(SubjectId::from_bytes);
    let entry: Option<u64> = row.get(3)?;
    let settled_at: Option<i64> = row.get(10)?;
    let notes = Notes::of(keys, (kind, subject))?;
    let settled = match settled_at {
        None => None,
        Some(at) => {
            let outcome = QueueOutcome {
                by: row.get(11)?,
                outcome: row.get(12)?,
                note: notes.read(&note_place(id, "queue.outcome_note"), row.get(13)?)?,
            };
            Some((Timestamp::from_micros(at), outcome))
        }
    };
    Ok(QueueItem {
        id,
        what: NewItem {
            kind,
            subject,
            entry: entry.map(Seq),
            key: row.get(4)?,
            due_at: Timestamp::from_micros(row.get(6)?),
            opened_by: row.get(7)?,
            owner: row.get(8)?,
            note: notes.read(&note_place(id, "queue.note"), row.get(9)?)?,
        },
        opened_at: Timestamp::from_micros(row.get(5)?),
        settled,
    })
}
