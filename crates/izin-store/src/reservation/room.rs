//! The rows of room: held for each who would be reached, settled together, counted once.

use std::collections::BTreeSet;

use izin_core::decision::Sent;
use izin_core::{Channel, PurposeId, Seq, SubjectId, Timestamp, TopicId};

use super::{Addressee, ROOM_MINUTES, Reach, ReservationId, SENDS_KEPT_DAYS, SendChange, Settled};
use crate::StoreError;
use crate::command::COMMANDS_MAX;
use crate::db::{Bind, Row, params, rows, run};
use crate::hand_over::HandOver;
use crate::writer::Tx;

const ACCEPTED: &str = "accepted";
pub(super) const RELEASED: &str = "released";
/// Settled sends forgotten in one call, so that no call is slow: more than one call adds.
const SENDS_PRUNED_MAX: usize = 2 * COMMANDS_MAX;

/// How a reservation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Our own message was handed over, or may have been, after this decision.
    Sent(Decided),
    /// Its sender says that the message was handed over.
    Accepted,
    /// It certainly was not.
    Released,
}

/// When the last decision about a message was made, and at which place of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) at: Timestamp,
    pub(crate) seq: Seq,
}

impl Ending {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Sent(_) | Self::Accepted => ACCEPTED,
            Self::Released => RELEASED,
        }
    }
}

/// How a send is kept.
struct Kept {
    id: ReservationId,
    /// The reservation that it is another holder's part of.
    room: Option<ReservationId>,
    state: &'static str,
    ends_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Asks `judge` about everybody a message would reach, and holds room for each of them where it
    /// says so; until `ends_at`, if it ends by itself.
    pub(crate) fn hold(
        &mut self,
        (reach, ends_at): (&Reach, Option<Timestamp>),
        judge: impl FnOnce(&[Addressee]) -> Option<Sent>,
        now: Timestamp,
    ) -> Result<Option<ReservationId>, StoreError> {
        let reached = self.people_reached(reach, now)?;
        let Some(sent) = judge(&reached) else {
            return Ok(None);
        };
        let mut room = None;
        for Addressee { subject, .. } in reached {
            let id = ReservationId(self.entropy.bytes()?);
            let state = "open";
            let kept = Kept {
                id,
                room,
                state,
                ends_at,
            };
            self.keep_send((subject, sent), &kept)?;
            self.news.sends.push(SendChange::Held { id, subject, sent });
            room = room.or(Some(id));
        }
        Ok(room)
    }

    /// The person a message is for, and whoever else holds one of the addresses.
    fn people_reached(&self, reach: &Reach, now: Timestamp) -> Result<Vec<Addressee>, StoreError> {
        const HOLDERS: &str = "
            select theirs.subject
            from identifiers own
            join identifiers theirs on theirs.lookup_hash = own.lookup_hash
            where own.identifier = ?1";
        let own = self.merged(reach.subject)?;
        let mut others = BTreeSet::new();
        for address in &reach.addresses {
            let holders = rows(self.db, HOLDERS, params![address.as_bytes()], |row| {
                row.get(0).map(SubjectId::from_bytes)
            })?;
            for holder in holders {
                others.insert(self.merged(holder)?);
            }
        }
        others.remove(&own);
        let people = std::iter::once(own).chain(others);
        people
            .map(|subject| {
                let sends = self.sends(subject, now)?;
                Ok(Addressee { subject, sends })
            })
            .collect()
    }

    /// What a person, and whoever was merged into them, was sent and may be sent at any moment;
    /// what reached several of them, once.
    fn sends(&self, subject: SubjectId, now: Timestamp) -> Result<Vec<Sent>, StoreError> {
        const COUNTING: &str = "
            select distinct at, channel, purpose, topic, state, coalesce(room, reservation)
            from sends
            where (
                subject = ?1
                or subject in (select subject from merges where into_subject = ?1)
              )
              and (state = 'open' or (state = 'accepted' and at > ?2))";
        let since = now.plus_days(-SENDS_KEPT_DAYS);
        let row = params![subject.as_bytes(), since.as_micros()];
        let mut sends = Vec::new();
        for (mut sent, open) in rows(self.db, COUNTING, row, send)? {
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
        let own = self.sends(subject, now)?;
        let theirs = self.sends(other, now)?.into_iter();
        for sent in theirs.filter(|sent| !own.contains(sent)) {
            let id = ReservationId(self.entropy.bytes()?);
            let kept = Kept {
                id,
                room: None,
                state: ACCEPTED,
                ends_at: None,
            };
            self.keep_send((subject, sent), &kept)?;
            let change = SendChange::Accepted { id, subject, sent };
            self.news.sends.push(change);
        }
        Ok(())
    }

    fn keep_send(&self, (subject, sent): (SubjectId, Sent), kept: &Kept) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into sends
              (reservation, subject, channel, purpose, topic, at, state, room, ends_at)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let row = params![
            kept.id.as_bytes(),
            subject.as_bytes(),
            sent.channel.as_str(),
            sent.purpose.as_str(),
            sent.topic.as_ref().map(TopicId::as_str),
            sent.at.as_micros(),
            kept.state,
            kept.room.as_ref().map(ReservationId::as_bytes),
            kept.ends_at.map(Timestamp::as_micros),
        ];
        run(self.db, KEEP, row).map(drop)
    }

    /// Ends a reservation for all who hold its room; a second ending changes nothing.
    pub(crate) fn settle_send(
        &mut self,
        id: ReservationId,
        ending: Ending,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        const STATE: &str = "
            select state
            from sends
            where reservation = ?1";
        const END: &str = "
            update sends
            set
              state = ?2,
              at = case when ?2 = 'accepted' and at < ?3 then ?3 else at end
            where (reservation = ?1 or room = ?1) and state = 'open'
            returning at, channel, purpose, topic, state, reservation, subject, ends_at, room";
        let row = params![id.as_bytes(), ending.as_str(), now.as_micros()];
        if self.end_sends((END, row), Some((ending, now)))? > 0 {
            return Ok(Settled::Done);
        }
        let found: Option<String> =
            rows(self.db, STATE, params![id.as_bytes()], |row| row.get(0))?.pop();
        Ok(match found {
            None => Settled::Unknown,
            Some(state) if state == ending.as_str() => Settled::Already,
            Some(_) => Settled::Otherwise,
        })
    }

    /// Room that its sender did not settle in time counts as sent when its time was over.
    pub(crate) fn end_rooms(&mut self, now: Timestamp) -> Result<(), StoreError> {
        const END: &str = "
            update sends
            set state = 'accepted', at = ends_at
            where state = 'open' and ends_at <= ?1
            returning at, channel, purpose, topic, state, reservation, subject, ends_at, room";
        self.end_sends((END, params![now.as_micros()]), None)
            .map(drop)
    }

    /// Runs a statement that ends rooms, tells of each and answers how many. What was handed over waits for a batch; who
    /// settled it is told, unless nobody did.
    fn end_sends(
        &mut self,
        (sql, row): (&str, &[&dyn Bind]),
        settled: Option<(Ending, Timestamp)>,
    ) -> Result<usize, StoreError> {
        let ended = rows(self.db, sql, row, |row| {
            let released = row.text(4)? == Some(RELEASED);
            let ends_at: Option<i64> = row.get(7)?;
            let is_part = row.get::<Option<Vec<u8>>>(8)?.is_some();
            Ok((send(row), whose(row)?, (released, ends_at, is_part)))
        })?;
        let count = ended.len();
        for (sent, (id, subject), (released, ends_at, is_part)) in ended {
            let (sent, _) = sent?;
            if released {
                self.news
                    .sends
                    .push(SendChange::Released { id, subject, sent });
                continue;
            }
            let held = |ends_at| Timestamp::from_micros(ends_at).plus_seconds(-ROOM_MINUTES * 60);
            let held = ends_at.map_or(sent.at, held);
            let (begun, decided, told) = match settled {
                // The decision was about whom the message was for.
                Some((Ending::Sent(last), _)) => {
                    (last.at, Some(last.seq).filter(|_| !is_part), None)
                }
                Some((_, now)) => (held, None, Some(now)),
                None => (held, None, None),
            };
            self.note_hand_over(&HandOver {
                subject,
                channel: sent.channel,
                purpose: sent.purpose,
                topic: sent.topic,
                begun,
                decided,
                told,
            })?;
            self.news
                .sends
                .push(SendChange::Accepted { id, subject, sent });
        }
        Ok(count)
    }

    /// Forgets settled sends that no window reaches any more.
    pub(crate) fn prune_sends(&self, now: Timestamp) -> Result<(), StoreError> {
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

/// Reads `reservation, subject`, the columns after those of [`send`].
pub(super) fn whose(row: &Row<'_>) -> Result<(ReservationId, SubjectId), StoreError> {
    Ok((
        ReservationId(row.get(5)?),
        SubjectId::from_bytes(row.get(6)?),
    ))
}

/// Reads `at, channel, purpose, topic, state`, the first five columns of a row: the send, and
/// whether its room is held.
pub(super) fn send(row: &Row<'_>) -> Result<(Sent, bool), StoreError> {
    let damaged = || StoreError::Damaged { what: "send" };
    let channel: Channel = text(row, 1)?.parse().map_err(|_| damaged())?;
    let topic = row.text(3)?;
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
    let found = row.text(column)?;
    found.ok_or(StoreError::Damaged { what: "send" })
}
