//! Room for a message under the caps: held before it is handed over, then used or given back.
//!
//! Whether there is room is asked and answered inside one writing transaction, so that two senders
//! at once cannot both take the last place. It is held for everybody who has the address. What was
//! held when a process died stays held; what a sender never settles counts as sent after
//! [`ROOM_MINUTES`]. Nothing here knows a cap. Start at [`Store::reserve`]; the rows are in `room`.

mod room;

use std::fmt;

use izin_core::decision::Sent;
use izin_core::id::IdError;
use izin_core::{IdentifierId, SubjectId, Timestamp, hex};

use crate::db::{Row, each, params, rows};
use crate::{Store, StoreError};
pub(crate) use room::{Decided, Ending};

/// Days a settled send is remembered: the longest window in which messages are counted.
pub const SENDS_KEPT_DAYS: i64 = 366;
/// Minutes that a sender has to hand a message over and settle its room. Nobody knows whether one
/// that was not settled went: it counts as sent from then on, so that no cap is exceeded.
pub const ROOM_MINUTES: i64 = 15;

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
        f.write_str(&hex(&self.0))
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

/// Whom a message would reach: a person, and everybody else who has one of the addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The person.
    pub subject: SubjectId,
    /// The addresses of theirs that it may go to.
    pub addresses: Vec<IdentifierId>,
}

/// Somebody whom a message would reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Who.
    pub subject: SubjectId,
    /// What they were sent and may be sent at any moment, as far as it still may count, oldest
    /// first.
    pub sends: Vec<Sent>,
}

/// Room that a sender holds and has not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Its name.
    pub id: ReservationId,
    /// For a message to whom.
    pub subject: SubjectId,
    /// What for, and since when it is held.
    pub sent: Sent,
    /// When it counts as sent, unless it is settled before.
    pub ends_at: Timestamp,
}

impl Store {
    /// Holds room for a message. Inside one writing transaction, `judge` is given everybody whom it
    /// would reach, and answers what to hold room for: then each of them holds it. A message for
    /// which room is held may go at any moment, so it counts as sent at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; then no room is held.
    pub async fn reserve(
        &self,
        reach: Reach,
        judge: impl Fn(&[Addressee]) -> Option<Sent> + Send + 'static,
        now: Timestamp,
    ) -> Result<Option<ReservationId>, StoreError> {
        let ends_at = now.plus_seconds(ROOM_MINUTES * 60);
        self.writer
            .write(move |tx| {
                tx.end_rooms(now)?;
                tx.prune_sends(now)?;
                tx.hold((&reach, Some(ends_at)), &judge, now)
            })
            .await
    }

    /// The message was handed over, at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; the room stays held then.
    pub async fn confirm(&self, id: ReservationId, now: Timestamp) -> Result<Settled, StoreError> {
        self.settle_room(id, Ending::Accepted, now).await
    }

    /// The message was certainly not handed over.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable; the room stays held then.
    pub async fn release(&self, id: ReservationId, now: Timestamp) -> Result<Settled, StoreError> {
        self.settle_room(id, Ending::Released, now).await
    }

    async fn settle_room(
        &self,
        id: ReservationId,
        ending: Ending,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        self.writer
            .write(move |tx| {
                tx.end_rooms(now)?;
                tx.settle_send(id, ending, now)
            })
            .await
    }

    /// Up to `most` reservations that wait to be settled at `now`, the first to end first; of those
    /// behind `after` where it is named. `None`: no sender ever held room under that name.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is damaged.
    pub async fn open_rooms(
        &self,
        (after, most): (Option<ReservationId>, u32),
        now: Timestamp,
    ) -> Result<Option<Vec<Open>>, StoreError> {
        const PLACE: &str = "
            select ends_at
            from sends
            where reservation = ?1
              and ends_at is not null
              and room is null";
        const OPEN: &str = "
            select at, channel, purpose, topic, state, reservation, subject, ends_at
            from sends
            where state = 'open'
              and ends_at >= ?1
              and (ends_at, reservation) > (?1, ?2)
              and room is null
            order by ends_at, reservation
            limit ?3";
        let ended = (now.as_micros(), [u8::MAX; 16]);
        self.read(move |db| {
            let place = match after {
                None => Some(ended),
                Some(ReservationId(id)) => rows(db, PLACE, params![id], |row| row.get(0))?
                    .first()
                    .map(|ends_at| ended.max((*ends_at, id))),
            };
            let Some((ends_at, id)) = place else {
                return Ok(None);
            };
            let found = rows(db, OPEN, params![ends_at, id, most], |row| {
                let (id, subject) = room::whose(row)?;
                let ends_at = Timestamp::from_micros(row.get(7)?);
                Ok((room::send(row), id, subject, ends_at))
            })?;
            let open = |(sent, id, subject, ends_at): (Result<(Sent, bool), _>, _, _, _)| {
                Ok(Open {
                    id,
                    subject,
                    sent: sent?.0,
                    ends_at,
                })
            };
            found
                .into_iter()
                .map(open)
                .collect::<Result<_, _>>()
                .map(Some)
        })
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
        each(&db, ALL, params![since.as_micros()], |row| {
            fold(change(row)?);
            Ok(())
        })?;
        self.readers.put_back(db);
        Ok(())
    }

    /// Tells `tell` of every change of a send once it is durable and before its writer is
    /// answered. Named once, before the first write.
    pub fn subscribe_sends(&self, tell: impl Fn(&[SendChange]) + Send + Sync + 'static) {
        self.writer.subscribe_sends(Box::new(tell));
    }
}

/// Reads `at, channel, purpose, topic, state, reservation, subject`: what became of room by now.
pub(crate) fn change(row: &Row<'_>) -> Result<SendChange, StoreError> {
    let (sent, open) = room::send(row)?;
    let (id, subject) = room::whose(row)?;
    Ok(match row.text(4)? {
        _ if open => SendChange::Held { id, subject, sent },
        Some(room::RELEASED) => SendChange::Released { id, subject, sent },
        _ => SendChange::Accepted { id, subject, sent },
    })
}

impl SendChange {
    /// The name of the room.
    pub(crate) const fn id(&self) -> ReservationId {
        match self {
            Self::Held { id, .. } | Self::Accepted { id, .. } | Self::Released { id, .. } => *id,
        }
    }
}
