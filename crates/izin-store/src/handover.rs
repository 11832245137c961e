//! Which messages were handed over, as far as the store knows: for whoever checks that none went
//! after a no.

use izin_core::{Channel, PurposeId, Seq, SubjectId, Timestamp, TopicId};
use rusqlite::{Row, params};

use crate::reservation::ROOM_MINUTES;
use crate::sqlite::rows;
use crate::{Store, StoreError};

/// A message that was handed over, or may have been, to one of those it reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Whom it reached.
    pub subject: SubjectId,
    /// By which way.
    pub channel: Channel,
    /// What for.
    pub purpose: PurposeId,
    /// The theme inside the purpose.
    pub topic: Option<TopicId>,
    /// When it was decided for the last time: of a campaign's message just before it was offered, of
    /// a sender's own when its room was held.
    pub begun: Timestamp,
    /// The entry about the person that this decision knew of; not known of a sender's own.
    pub decided: Option<Seq>,
}

impl Store {
    /// Every message that was handed over or may have been, oldest first. What a merge carried over
    /// from somebody else is not among them: it was not handed over again.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is damaged.
    pub async fn hand_overs(&self) -> Result<Vec<HandOver>, StoreError> {
        const ALL: &str = "
            select m.subject, c.channel, c.purpose, null, m.updated_at as begun, m.seq
            from messages m
            join campaigns c on c.campaign = m.campaign
            where m.state in ('sent', 'in_doubt')
            union all
            select s.subject, s.channel, s.purpose, s.topic, m.updated_at as begun, null
            from sends s
            join messages m on m.reservation = s.room
            where s.state = 'accepted'
            union all
            select subject, channel, purpose, topic, ends_at - ?1 as begun, null
            from sends
            where state = 'accepted' and ends_at is not null
            order by begun";
        let room_micros = ROOM_MINUTES * 60 * 1_000_000;
        self.read(move |db| {
            let found = rows(db, ALL, params![room_micros], |row| Ok(hand_over(row)))?;
            found.into_iter().collect()
        })
        .await
    }
}

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
        decided: row.get::<_, Option<u64>>(5)?.map(Seq),
    })
}
