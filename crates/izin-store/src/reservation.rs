//! Room for a message under the caps: held before it is handed over, then used or given back.
//!
//! Whether there is room is asked and answered inside one writing transaction, so that two senders
//! at once cannot both take the last place. What was held when a process died stays held until
//! somebody settles it. Nothing here knows a cap. Start at [`Store::reserve`].

use std::fmt;

use izin_core::decision::Sent;
use izin_core::id::IdError;
use izin_core::{Channel, PurposeId, SubjectId, Timestamp, TopicId};
use rusqlite::{OptionalExtension, Row, params};

use crate::command::COMMANDS_MAX;
use crate::sqlite::{Tx, rows, run};
use crate::{Store, StoreError};

/// Days a settled send is remembered: the longest window in which messages are counted.
const SENDS_KEPT_DAYS: i64 = 366;
/// Settled sends forgotten in one call, so that no call is slow: more than one call adds.
const SENDS_PRUNED_MAX: usize = 2 * COMMANDS_MAX;

/// The random name of room that is held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReservationId([u8; 16]);

impl ReservationId {
    /// Takes 16 bytes that came from the random source or from the store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads the text form: 32 hexadecimal digits, either case.
    ///
    /// # Errors
    /// [`IdError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        SubjectId::parse(text).map(|id| Self(*id.as_bytes()))
    }
}

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReservationId({self})")
    }
}

/// What became of room for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendChange {
    /// Room is held; until it is settled the message may go at any moment.
    Held {
        /// Its name.
        id: ReservationId,
        /// Whose.
        subject: SubjectId,
        /// What for, and since when it is held.
        sent: Sent,
    },
    /// The message was handed over.
    Accepted {
        /// Its name.
        id: ReservationId,
        /// Whose.
        subject: SubjectId,
        /// What, and when it was accepted.
        sent: Sent,
    },
    /// The message was not handed over; it counts no longer.
    Released {
        /// Its name.
        id: ReservationId,
        /// Whose.
        subject: SubjectId,
        /// What would have been sent.
        sent: Sent,
    },
}

/// What settling a reservation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Settled now.
    Done,
    /// Settled before, in the same way.
    Already,
    /// There is no such reservation, or it is older than the longest window.
    Unknown,
    /// Settled before, the other way; that stays.
    Otherwise,
}

/// How a reservation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Accepted,
    Released,
}

impl Ending {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Released => "released",
        }
    }
}

impl Store {
    /// Holds room for messages. For each question, in order and inside one writing transaction,
    /// `judge` is given its number and the person's sends that still may count, oldest first, and
    /// answers what to hold room for. A message for which room is held may go at any moment, so
    /// it counts as sent at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; then no room is held.
    pub async fn reserve(
        &self,
        subjects: Vec<SubjectId>,
        mut judge: impl FnMut(usize, &[Sent]) -> Option<Sent> + Send + 'static,
        now: Timestamp,
    ) -> Result<Vec<Option<ReservationId>>, StoreError> {
        debug_assert!(subjects.len() <= COMMANDS_MAX);
        self.writer
            .write(move |tx| {
                tx.prune_sends(now)?;
                let each = subjects.into_iter().enumerate();
                each.map(|(at, subject)| tx.hold(subject, |sends| judge(at, sends), now))
                    .collect()
            })
            .await
    }

    /// The message was handed over, at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; the room stays held then.
    pub async fn confirm(&self, id: ReservationId, now: Timestamp) -> Result<Settled, StoreError> {
        self.writer
            .write(move |tx| tx.settle_send(id, Ending::Accepted, now))
            .await
    }

    /// The message was certainly not handed over.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; the room stays held then.
    pub async fn release(&self, id: ReservationId, now: Timestamp) -> Result<Settled, StoreError> {
        self.writer
            .write(move |tx| tx.settle_send(id, Ending::Released, now))
            .await
    }

    /// Hands every send accepted after `since`, and all room that is held, to `fold`.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is damaged.
    pub fn replay_sends(
        &self,
        since: Timestamp,
        mut fold: impl FnMut(SendChange),
    ) -> Result<(), StoreError> {
        const ALL: &str = "
            select at, channel, purpose, topic, state, reservation, subject
            from sends
            where state = 'open' or (state = 'accepted' and at > ?1)
            order by at";
        let db = self.readers.take()?;
        {
            let mut statement = db.prepare_cached(ALL)?;
            let mut found = statement.query(params![since.as_micros()])?;
            while let Some(row) = found.next()? {
                let (sent, open) = send(row)?;
                let id = ReservationId(row.get(5)?);
                let subject = SubjectId::from_bytes(row.get(6)?);
                fold(if open {
                    SendChange::Held { id, subject, sent }
                } else {
                    SendChange::Accepted { id, subject, sent }
                });
            }
        }
        self.readers.put_back(db);
        Ok(())
    }

    /// Tells `tell` of every change of a send once it is durable and before its writer is
    /// answered. Named once, before the first write.
    pub fn subscribe_sends(&self, tell: impl Fn(&[SendChange]) + Send + Sync + 'static) {
        self.writer.subscribe_sends(Box::new(tell));
    }
}

impl Tx<'_> {
    /// Asks `judge` with what the person was sent, and holds room where it says so.
    pub(crate) fn hold(
        &mut self,
        subject: SubjectId,
        judge: impl FnOnce(&[Sent]) -> Option<Sent>,
        now: Timestamp,
    ) -> Result<Option<ReservationId>, StoreError> {
        const KEEP: &str = "
            insert into sends (reservation, subject, channel, purpose, topic, at, state)
            values (?1, ?2, ?3, ?4, ?5, ?6, 'open')";
        let subject = self.merged(subject)?;
        let Some(sent) = judge(&self.sends(subject, now)?) else {
            return Ok(None);
        };
        let id = ReservationId(self.entropy.bytes()?);
        let row = params![
            id.as_bytes(),
            subject.as_bytes(),
            sent.channel.as_str(),
            sent.purpose.as_str(),
            sent.topic.as_ref().map(TopicId::as_str),
            sent.at.as_micros(),
        ];
        run(self.db, KEEP, row)?;
        self.news.sends.push(SendChange::Held { id, subject, sent });
        Ok(Some(id))
    }

    /// What a person, and whoever was merged into them, was sent and may be sent at any moment.
    fn sends(&self, subject: SubjectId, now: Timestamp) -> Result<Vec<Sent>, StoreError> {
        const COUNTING: &str = "
            select at, channel, purpose, topic, state
            from sends
            where (
                subject = ?1
                or subject in (select subject from merges where into_subject = ?1)
              )
              and (state = 'open' or (state = 'accepted' and at > ?2))";
        let since = now.plus_days(-SENDS_KEPT_DAYS);
        let row = params![subject.as_bytes(), since.as_micros()];
        let mut sends = Vec::new();
        for found in rows(self.db, COUNTING, row, |row| Ok(send(row)))? {
            let (mut sent, open) = found?;
            if open {
                sent.at = sent.at.max(now);
            }
            sends.push(sent);
        }
        sends.sort_unstable_by_key(|sent| sent.at);
        Ok(sends)
    }

    /// What one person was sent counts for the other too: whoever parts from a merge does not begin
    /// anew under a cap.
    pub(crate) fn share_sends(
        &mut self,
        (subject, other): (SubjectId, SubjectId),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into sends (reservation, subject, channel, purpose, topic, at, state)
            values (?1, ?2, ?3, ?4, ?5, ?6, 'accepted')";
        let own = self.sends(subject, now)?;
        let theirs = self.sends(other, now)?.into_iter();
        for sent in theirs.filter(|sent| !own.contains(sent)) {
            let id = ReservationId(self.entropy.bytes()?);
            let row = params![
                id.as_bytes(),
                subject.as_bytes(),
                sent.channel.as_str(),
                sent.purpose.as_str(),
                sent.topic.as_ref().map(TopicId::as_str),
                sent.at.as_micros(),
            ];
            run(self.db, KEEP, row)?;
            let change = SendChange::Accepted { id, subject, sent };
            self.news.sends.push(change);
        }
        Ok(())
    }

    /// Ends a reservation; a second ending changes nothing.
    pub(crate) fn settle_send(
        &mut self,
        id: ReservationId,
        ending: Ending,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        const FIND: &str = "
            select at, channel, purpose, topic, state, subject
            from sends
            where reservation = ?1";
        const END: &str = "update sends set state = ?2, at = ?3 where reservation = ?1";
        let read = |row: &Row<'_>| {
            let state: String = row.get(4)?;
            Ok((send(row), state, SubjectId::from_bytes(row.get(5)?)))
        };
        let mut find = self.db.prepare_cached(FIND)?;
        let found = find.query_row(params![id.as_bytes()], read).optional()?;
        let Some((kept, state, subject)) = found else {
            return Ok(Settled::Unknown);
        };
        let (mut sent, open) = kept?;
        if !open {
            let same = state == ending.as_str();
            return Ok(if same {
                Settled::Already
            } else {
                Settled::Otherwise
            });
        }
        if ending == Ending::Accepted {
            sent.at = sent.at.max(now);
        }
        let row = params![id.as_bytes(), ending.as_str(), sent.at.as_micros()];
        run(self.db, END, row)?;
        self.news.sends.push(match ending {
            Ending::Accepted => SendChange::Accepted { id, subject, sent },
            Ending::Released => SendChange::Released { id, subject, sent },
        });
        Ok(Settled::Done)
    }

    /// Forgets settled sends that no window reaches any more.
    fn prune_sends(&self, now: Timestamp) -> Result<(), StoreError> {
        const PRUNE: &str = "
            delete from sends
            where reservation in (
              select reservation
              from sends
              where at < ?1 and state <> 'open'
              limit ?2
            )";
        let before = now.plus_days(-SENDS_KEPT_DAYS).as_micros();
        run(self.db, PRUNE, params![before, SENDS_PRUNED_MAX]).map(drop)
    }
}

/// Reads `at, channel, purpose, topic, state`, the first five columns of a row: the send, and
/// whether its room is held.
fn send(row: &Row<'_>) -> Result<(Sent, bool), StoreError> {
    let damaged = || StoreError::Damaged { what: "send" };
    let channel: Channel = text(row, 1)?.parse().map_err(|_| damaged())?;
    let topic = row.get_ref(3)?.as_str_or_null().map_err(|_| damaged())?;
    let sent = Sent {
        at: Timestamp::from_micros(row.get(0)?),
        channel,
        purpose: PurposeId::parse(text(row, 2)?).map_err(|_| damaged())?,
        topic: topic
            .map(TopicId::parse)
            .transpose()
            .map_err(|_| damaged())?,
    };
    Ok((sent, text(row, 4)? == "open"))
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreError> {
    let found = row.get_ref(column)?.as_str();
    found.map_err(|_| StoreError::Damaged { what: "send" })
}
