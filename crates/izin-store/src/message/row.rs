//! The rows of messages: taken, put, read.

use izin_core::{IdentifierId, Level, Seq, SubjectId, Timestamp};

use super::Message;
use crate::StoreError;
use crate::campaign::{value, word};
use crate::db::{Bind, Db, Row, first, params, rows, run};
use crate::reservation::ReservationId;
use crate::writer::Tx;

impl Tx<'_> {
    /// The first of those who are queued; nobody of a campaign that was stopped.
    pub(super) fn queued(&self, campaign: u64, most: u32) -> Result<Vec<Message>, StoreError> {
        const QUEUED: &str = "
            select subject, identifier, state, reason, level, seq, updated_at, until
            from messages
            where campaign = ?1
              and state = 'queued'
              and (select state from campaigns where campaign = ?1) <> 'stopped'
            order by subject
            limit ?2";
        messages(self.db, QUEUED, params![campaign, most])
    }

    /// Marks a message as it stands, in our hands, with the room that is held for it.
    pub(super) fn take(
        &self,
        campaign: u64,
        message: &Message,
        room: Option<ReservationId>,
    ) -> Result<(), StoreError> {
        const TAKE: &str = "
            update messages
            set state = ?3, updated_at = ?4, reservation = ?5, node = ?6
            where campaign = ?1 and subject = ?2";
        let row = params![
            campaign,
            message.subject.as_bytes(),
            word(&message.state)?,
            message.updated_at.as_micros(),
            room.as_ref().map(ReservationId::as_bytes),
            self.node,
        ];
        run(self.db, TAKE, row).map(drop)
    }

    /// Keeps a message, unless its person has one of the campaign.
    pub(super) fn keep_message(&self, campaign: u64, own: &Message) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into messages
              (campaign, subject, identifier, state, reason, level, seq, updated_at, until)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            on conflict (campaign, subject) do nothing";
        let row = params![
            campaign,
            own.subject.as_bytes(),
            own.identifier.as_ref().map(IdentifierId::as_bytes),
            word(&own.state)?,
            own.reason.code(),
            u8::from(own.level),
            own.seq.0,
            own.updated_at.as_micros(),
            own.until.map(Timestamp::as_micros),
        ];
        run(self.db, KEEP, row).map(drop)
    }

    /// Settles a message that was taken, and the room held for it.
    pub(super) fn settle_message(
        &mut self,
        campaign: u64,
        own: &Message,
    ) -> Result<(), StoreError> {
        const SETTLE: &str = "
            update messages
            set state = ?3, reason = ?4, level = ?5, seq = ?6, updated_at = ?7, until = ?8
            where campaign = ?1 and subject = ?2
            returning reservation";
        let row = params![
            campaign,
            own.subject.as_bytes(),
            word(&own.state)?,
            own.reason.code(),
            u8::from(own.level),
            own.seq.0,
            own.updated_at.as_micros(),
            own.until.map(Timestamp::as_micros),
        ];
        let held: Option<[u8; 16]> = first(self.db, SETTLE, row, |row| row.get(0))?.flatten();
        if let Some((id, ending)) = held.map(ReservationId::from_bytes).zip(own.ending()) {
            self.settle_send(id, ending, own.updated_at)?;
        }
        Ok(())
    }
}

pub(super) fn messages(
    db: &Db,
    sql: &str,
    parameters: &[&dyn Bind],
) -> Result<Vec<Message>, StoreError> {
    rows(db, sql, parameters, message)
}

pub(super) fn message(row: &Row<'_>) -> Result<Message, StoreError> {
    let identifier: Option<[u8; 16]> = row.get(1)?;
    let level: u8 = row.get(4)?;
    let until: Option<i64> = row.get(7)?;
    Ok(Message {
        subject: SubjectId::from_bytes(row.get(0)?),
        identifier: identifier.map(IdentifierId::from_bytes),
        state: value(row.get(2)?)?,
        reason: value(row.get(3)?)?,
        level: Level::try_from(level).map_err(|_| StoreError::Damaged { what: "level" })?,
        seq: Seq(row.get(5)?),
        updated_at: Timestamp::from_micros(row.get(6)?),
        until: until.map(Timestamp::from_micros),
    })
}
