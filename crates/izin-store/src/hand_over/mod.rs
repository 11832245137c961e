//! Messages that were handed over, and the batches by which the ledger commits to them: for whoever
//! checks that none went after a no.
//!
//! Each is noted in the transaction that settles its room, and waits there for a [`Batch`].

mod batch;

pub(crate) use batch::batches;
pub use batch::{Batch, Batched, WIDTH, hand_over_leaf};

use izin_core::{Channel, PurposeId, Seq, SubjectId, Timestamp, TopicId};
use serde::{Deserialize, Serialize};

use crate::db::{Row, one, params, run};
use crate::writer::Tx;
use crate::{Store, StoreError};

/// A message that was handed over, or may have been, to one of those it reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Whom it reached.
    pub subject: SubjectId,
    /// By which way.
    pub channel: Channel,
    /// What for.
    pub purpose: PurposeId,
    /// The theme inside the purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// When it was decided for the last time: of a campaign's message just before it was offered, of
    /// a sender's own when its room was held.
    pub begun: Timestamp,
    /// When a sender said that theirs had gone; absent where nobody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Timestamp>,
    /// The entry about the person that this decision knew of; not known of a sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Seq>,
}

impl HandOver {
    /// What a batch commits to, in RFC 8785 form.
    fn record(&self) -> Result<String, StoreError> {
        serde_json_canonicalizer::to_string(self).map_err(|_| StoreError::Damaged { what: "send" })
    }

    /// Reads a canonical record; `None` for any other text.
    #[must_use]
    pub fn of(record: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(record).ok()?;
        (read.record().ok()? == record).then_some(read)
    }
}

impl Store {
    /// Messages that wait for a batch, counted as far as one takes, and since when the first of them
    /// does. Room that nobody settled in time waits too, since its end.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn hand_overs_waiting(
        &self,
        now: Timestamp,
    ) -> Result<(usize, Option<Timestamp>), StoreError> {
        const WAITING: &str = "
            select count(*), min(since)
            from (
              select since
              from (select coalesce(told_at, begun_at) as since from hand_overs limit ?1) as told
              union all
              select ends_at as since from sends where state = 'open' and ends_at <= ?2
            ) as waiting";
        self.read(move |db| {
            let row = params![WIDTH, now.as_micros()];
            let (count, first): (_, Option<i64>) =
                one(db, WAITING, row, |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok((count, first.map(Timestamp::from_micros)))
        })
        .await
    }
}

impl Tx<'_> {
    /// Notes that a message was handed over; a batch takes it along.
    pub(crate) fn note_hand_over(&self, own: &HandOver) -> Result<(), StoreError> {
        const NOTE: &str = "
            insert into hand_overs (subject, channel, purpose, topic, begun_at, decided, told_at)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let row = params![
            own.subject.as_bytes(),
            own.channel.as_str(),
            own.purpose.as_str(),
            own.topic.as_ref().map(TopicId::as_str),
            own.begun.as_micros(),
            own.decided.map(|seq| seq.0),
            own.told.map(Timestamp::as_micros),
        ];
        run(self.db, NOTE, row).map(drop)
    }
}

/// Reads `subject, channel, purpose, topic, begun_at, decided, told_at`, the first seven columns of a
/// row.
fn hand_over(row: &Row<'_>) -> Result<HandOver, StoreError> {
    let damaged = || StoreError::Damaged { what: "send" };
    let (channel, purpose): (String, String) = (row.get(1)?, row.get(2)?);
    let topic: Option<String> = row.get(3)?;
    let topic = topic.map(|own| TopicId::parse(&own)).transpose();
    Ok(HandOver {
        subject: SubjectId::from_bytes(row.get(0)?),
        channel: channel.parse().map_err(|_| damaged())?,
        purpose: PurposeId::parse(&purpose).map_err(|_| damaged())?,
        topic: topic.map_err(|_| damaged())?,
        begun: Timestamp::from_micros(row.get(4)?),
        decided: row.get::<Option<u64>>(5)?.map(Seq),
        told: row.get::<Option<i64>>(6)?.map(Timestamp::from_micros),
    })
}
