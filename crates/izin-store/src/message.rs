//! The queue of a campaign: one message for each campaign and person, ever.
//!
//! A message is marked *handing* durably before it is offered to a mail server and settled after.
//! What is still *handing* when the store opens may or may not have arrived; it becomes *in doubt*
//! and is never sent again by itself. Room under the caps that was held for a message is settled
//! with it; one in doubt counts as sent.

mod row;

use izin_core::decision::Sent;
use izin_core::{IdentifierId, Level, Reason, Seq, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::campaign::{value, word};
use crate::db::{first, params, rows, run};
use crate::reservation::{Addressee, Decided, Ending, Reach, ReservationId};
use crate::{Store, StoreError};
use row::{message, messages};

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// The first decision said no; nothing was queued.
    LeftOut,
    /// A decision said not now; the person is decided again when its time comes.
    Deferred,
    /// Put off until the campaign was too old to be sent.
    Expired,
    /// Waiting for hand-over.
    Queued,
    /// Offered to the mail server; not settled.
    Handing,
    /// Accepted by the mail server.
    Sent,
    /// The second decision, at hand-over, said no.
    Dropped,
    /// Refused by the mail server for now; offered again later.
    Delayed,
    /// Refused by the mail server for good, or never made: a value of the person is damaged or
    /// cannot stand in a mail.
    Refused,
    /// Whether it arrived is not known; never sent again by itself.
    InDoubt,
}

/// A message of a campaign to one person, by the last decision about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// To whom.
    pub subject: SubjectId,
    /// To which address.
    pub identifier: Option<IdentifierId>,
    /// Where it stands.
    pub state: MessageState,
    /// The reason of the last decision.
    pub reason: Reason,
    /// How personal it was allowed to be.
    pub level: Level,
    /// The ledger position the last decision was made at.
    pub seq: Seq,
    /// When the last decision about it was made; of one that was handed over, just before that.
    pub updated_at: Timestamp,
    /// When a deferred one may be decided again; absent: at any time.
    pub until: Option<Timestamp>,
}

impl Message {
    /// What becomes of the room held for it; nothing while it is offered.
    const fn ending(&self) -> Option<Ending> {
        match self.state {
            MessageState::Handing => None,
            MessageState::Sent | MessageState::InDoubt => Some(Ending::Sent(Decided {
                at: self.updated_at,
                seq: self.seq,
            })),
            MessageState::LeftOut
            | MessageState::Deferred
            | MessageState::Expired
            | MessageState::Queued
            | MessageState::Dropped
            | MessageState::Delayed
            | MessageState::Refused => Some(Ending::Released),
        }
    }
}

/// How many messages of a campaign stand where, and why.
pub type Tally = Vec<(MessageState, Reason, u64)>;

impl Store {
    /// Keeps messages with the decisions that put them where they stand. Who already has a
    /// message of the campaign keeps that one.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; then none was kept.
    pub async fn keep_messages(
        &self,
        campaign: u64,
        messages: Vec<Message>,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |tx| {
                let keep = |message| tx.keep_message(campaign, message);
                messages.iter().try_for_each(keep)
            })
            .await
    }

    /// Settles messages that were taken, and the room held for them: it is used when the message
    /// was sent or may have been, and given back otherwise.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; then they are in doubt after a restart.
    pub async fn settle_messages(
        &self,
        campaign: u64,
        messages: Vec<Message>,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |tx| {
                let settle = |message| tx.settle_message(campaign, message);
                messages.iter().try_for_each(settle)
            })
            .await
    }

    /// Takes up to `most` queued messages, marks them *handing* and, in the same transaction, holds
    /// room where `judge` finds some: it is given each message and everybody whom it would reach,
    /// as in [`Store::reserve`]. A message without room is taken too; it is the caller's to settle.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; then none was taken and no room is held.
    pub async fn hand_messages(
        &self,
        (campaign, most): (u64, u32),
        mut judge: impl FnMut(&Message, &[Addressee]) -> Option<Sent> + Send + 'static,
        now: Timestamp,
    ) -> Result<Vec<(Message, Option<ReservationId>)>, StoreError> {
        self.writer
            .write(move |tx| {
                tx.end_rooms(now)?;
                let mut taken = Vec::new();
                for mut message in tx.queued(campaign, most)? {
                    let subject = message.subject;
                    let reach = Reach {
                        subject,
                        addresses: message.identifier.into_iter().collect(),
                    };
                    let ask = |reached: &[Addressee]| judge(&message, reached);
                    let room = tx.hold((&reach, None), ask, now)?;
                    (message.state, message.updated_at) = (MessageState::Handing, now);
                    tx.take(campaign, &message, room)?;
                    taken.push((message, room));
                }
                Ok(taken)
            })
            .await
    }

    /// Marks what a process was handing over when it ended as in doubt; answers how many. The room held for
    /// them is used.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn doubt_unsettled(&self, now: Timestamp) -> Result<usize, StoreError> {
        const HELD: &str = "
            select reservation, updated_at, seq
            from messages
            where state = 'handing'
              and reservation is not null
              and (node is null or node not in (select node from nodes where ended_at is null))";
        const DOUBT: &str = "
            update messages
            set state = 'in_doubt'
            where state = 'handing'
              and (node is null or node not in (select node from nodes where ended_at is null))";
        self.writer
            .write(move |tx| {
                let held = rows(tx.db, HELD, &[], |row| {
                    let (at, seq) = (Timestamp::from_micros(row.get(1)?), Seq(row.get(2)?));
                    Ok((ReservationId::from_bytes(row.get(0)?), Decided { at, seq }))
                })?;
                for (id, last) in held {
                    tx.settle_send(id, Ending::Sent(last), now)?;
                }
                run(tx.db, DOUBT, params![])
            })
            .await
    }

    /// Queues again what was delayed; in a campaign begun before `oldest` it is given up as
    /// refused.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn requeue_delayed(
        &self,
        campaign: u64,
        oldest: Timestamp,
    ) -> Result<(), StoreError> {
        const REQUEUE: &str = "
            update messages
            set
              state = case
                when (select created_at from campaigns where campaign = ?1) < ?2 then 'refused'
                else 'queued'
              end
            where campaign = ?1 and state = 'delayed'";
        let oldest = oldest.as_micros();
        self.writer
            .write(move |tx| run(tx.db, REQUEUE, params![campaign, oldest]).map(drop))
            .await
    }

    /// Queues again what was deferred and whose time has come; in a campaign begun before
    /// `oldest` everything deferred expires.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn requeue_deferred(
        &self,
        campaign: u64,
        oldest: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const REQUEUE: &str = "
            update messages
            set
              updated_at = ?3,
              until = null,
              state = case
                when (select created_at from campaigns where campaign = ?1) < ?2 then 'expired'
                else 'queued'
              end
            where campaign = ?1
              and state = 'deferred'
              and (
                until is null
                or until <= ?3
                or (select created_at from campaigns where campaign = ?1) < ?2
              )";
        let row = [oldest, now].map(Timestamp::as_micros);
        self.writer
            .write(move |tx| run(tx.db, REQUEUE, params![campaign, row[0], row[1]]).map(drop))
            .await
    }

    /// How many messages of a campaign stand where, and why.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is damaged.
    pub async fn tally(&self, campaign: u64) -> Result<Tally, StoreError> {
        const TALLY: &str = "
            select state, reason, count(*)
            from messages
            where campaign = ?1
            group by state, reason
            order by state, reason";
        self.read(move |db| {
            let found: Vec<(String, String, u64)> = rows(db, TALLY, params![campaign], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            found
                .into_iter()
                .map(|(state, reason, count)| Ok((value(state)?, value(reason)?, count)))
                .collect()
        })
        .await
    }

    /// One person's message of a campaign.
    ///
    /// # Errors
    /// As [`Store::tally`].
    pub async fn message(
        &self,
        campaign: u64,
        subject: SubjectId,
    ) -> Result<Option<Message>, StoreError> {
        const ONE: &str = "
            select subject, identifier, state, reason, level, seq, updated_at, until
            from messages
            where campaign = ?1 and subject = ?2";
        self.read(move |db| {
            let row = params![campaign, subject.as_bytes()];
            first(db, ONE, row, message)
        })
        .await
    }

    /// The first `most` people of a campaign who stand at `state`.
    ///
    /// # Errors
    /// As [`Store::tally`].
    pub async fn messages(
        &self,
        campaign: u64,
        state: MessageState,
        most: u32,
    ) -> Result<Vec<Message>, StoreError> {
        const SOME: &str = "
            select subject, identifier, state, reason, level, seq, updated_at, until
            from messages
            where campaign = ?1 and state = ?2
            order by subject
            limit ?3";
        self.read(move |db| messages(db, SOME, params![campaign, word(&state)?, most]))
            .await
    }
}
