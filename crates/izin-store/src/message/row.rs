//! The rows of messages: taken, put, read.

use izin_core::{IdentifierId, Level, Seq, SubjectId, Timestamp};

use super::Message;
use crate::StoreError;
use crate::campaign::{value, word};
use crate::db::{Bind, Db, Row, first, params, rows, run};
use crate::reservation::ReservationId;
use crate::writer::Tx;

impl Tx<'_> {
    pub(super) fn take(
        &self,
        campaign: u64,
        most: u32,
        now: Timestamp,
    ) -> Result<Vec<Message>, StoreError> {
        const TAKE: &str = "
            update messages
            set state = 'handing', updated_at = ?3, reservation = null, node = ?4
            where campaign = ?1
              and subject in (
                select subject
                from messages
                where campaign = ?1 and state = 'queued'
                order by subject
                limit ?2
              )
            returning subject, identifier, state, reason, level, seq, updated_at, until";
        let row = params![campaign, most, now.as_micros(), self.node];
        messages(self.db, TAKE, row)
    }

    pub(super) fn put_message(
        &self,
        sql: &str,
        campaign: u64,
        message: &Message,
    ) -> Result<(), StoreError> {
        let row = params![
            campaign,
            message.subject.as_bytes(),
            message.identifier.as_ref().map(IdentifierId::as_bytes),
            word(&message.state)?,
            message.reason.code(),
            u8::from(message.level),
            message.seq.0,
            message.updated_at.as_micros(),
            message.until.map(Timestamp::as_micros),
        ];
        run(self.db, sql, row).map(drop)
    }

    pub(super) fn settle_room(
        &mut self,
        campaign: u64,
        message: &Message,
    ) -> Result<(), StoreError> {
        const HELD: &str = "
            select reservation
            from messages
            where campaign = ?1 and subject = ?2 and reservation is not null";
        let Some(ending) = message.ending() else {
            return Ok(());
        };
        let row = params![campaign, message.subject.as_bytes()];
        let held = first(self.db, HELD, row, |row| row.get(0))?;
        if let Some(id) = held.map(ReservationId::from_bytes) {
            self.settle_send(id, ending, message.updated_at)?;
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
