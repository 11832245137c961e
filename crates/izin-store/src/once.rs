//! Commands that stand or fall together: with the answer that a repetition of the call gets, and
//! beside what a person has to look at because of them.
//!
//! Nothing is entered twice for one key, and no key is kept for what was not entered. Start at
//! [`Store::record_once`].

use izin_core::Timestamp;

use crate::command::{COMMANDS_MAX, Command};
use crate::db::{first, params, run};
use crate::ledger::Recorded;
use crate::queue::Review;
use crate::writer::Tx;
use crate::{Store, StoreError};

/// Commands recorded all or none. The last entry they make is the one that is answered for.
#[derive(Debug, Clone, Default)]
pub struct Together {
    /// What is to be recorded, in order.
    pub commands: Vec<Command>,
    /// What a person has to look at because of the last entry.
    pub review: Option<Review>,
}

/// What commands recorded together came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The last entry.
    pub recorded: Recorded,
    /// The item under which a person will look at it, where one has to.
    pub queued: Option<u64>,
}

/// The outcome of a call that may be repeated with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered<T> {
    /// Done now.
    Now(T),
    /// Done before; this was answered then.
    Before(String),
}

impl Store {
    /// Records commands, all or none, and queues the review of the last entry beside it.
    ///
    /// # Errors
    /// As [`Store::record`]; also when the commands enter nothing.
    pub async fn record_together(
        &self,
        together: Together,
        now: Timestamp,
    ) -> Result<Entered, StoreError> {
        let ahead = self.asked_by(&together.commands);
        self.writer
            .write_asking(ahead, move |tx| tx.enter_all(together.clone(), now))
            .await
    }

    /// The same, once for each `key`; `answer` is what a repetition gets.
    ///
    /// # Errors
    /// As [`Store::record_together`]; the key may be used again then.
    pub async fn record_once(
        &self,
        key: [u8; 32],
        together: Together,
        now: Timestamp,
        answer: impl Fn(&Entered) -> String + Send + 'static,
    ) -> Result<Answered<Entered>, StoreError> {
        const FIND: &str = "select answer from idempotency where hash = ?1";
        let ahead = self.asked_by(&together.commands);
        self.writer
            .write_asking(ahead, move |tx| {
                let before: Option<String> = first(tx.db, FIND, params![key], |row| row.get(0))?;
                if let Some(before) = before {
                    return Ok(Answered::Before(before));
                }
                let entered = tx.enter_all(together.clone(), now)?;
                tx.keep_answer(key, &answer(&entered), now)?;
                Ok(Answered::Now(entered))
            })
            .await
    }
}

impl Tx<'_> {
    /// Keeps what a repetition with the same key is answered.
    pub(crate) fn keep_answer(
        &self,
        key: [u8; 32],
        answer: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into idempotency (hash, answer, recorded_at)
            values (?1, ?2, ?3)
            on conflict (hash) do nothing";
        run(self.db, KEEP, params![key, answer, now.as_micros()]).map(drop)
    }

    fn enter_all(&mut self, together: Together, now: Timestamp) -> Result<Entered, StoreError> {
        debug_assert!(together.commands.len() <= COMMANDS_MAX);
        let mut last = None;
        for command in together.commands {
            last = self.record(command, now)?.or(last);
        }
        let recorded = last.ok_or(StoreError::Damaged {
            what: "command (it enters nothing)",
        })?;
        let queued = match together.review {
            Some(review) => self.review_beside(&recorded, review, now)?,
            None => None,
        };
        Ok(Entered { recorded, queued })
    }

    /// Queues the review of an entry. The entry stands whatever becomes of that: a no that nobody
    /// is asked to look at is a no still.
    fn review_beside(
        &mut self,
        recorded: &Recorded,
        review: Review,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        self.db.batch("savepoint review")?;
        match self.await_review(recorded, review, now) {
            Ok(item) => {
                self.db.batch("release review")?;
                Ok(Some(item))
            }
            Err(error) => {
                tracing::error!(%error, seq = %recorded.seq, "an entry was not queued for review");
                // A disk that is full may have taken the whole transaction back: then that is the fault.
                let undone = self.db.batch("rollback to review; release review");
                undone.map_or(Err(error), |()| Ok(None))
            }
        }
    }
}
