//! Counts of what happened on the shop's pages: by day, kind and product, and nothing of anybody.

use izin_core::Timestamp;

use crate::db::{params, rows, run};
use crate::{Store, StoreError};

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    /// What happened, as `product_viewed`.
    pub kind: String,
    /// With which product; empty where it was none.
    pub product: String,
}

impl Store {
    /// Counts each of these once more, all or none. With `once`, a call by that key is answered
    /// with that text from here on.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn count_events(
        &self,
        counted: Vec<Counted>,
        once: Option<([u8; 32], String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const COUNT: &str = "
            insert into event_counts (day, kind, product, count)
            values (?1, ?2, ?3, 1)
            on conflict (day, kind, product) do update set count = event_counts.count + 1";
        self.writer
            .write(move |tx| {
                for own in &counted {
                    run(tx.db, COUNT, params![own.day, own.kind, own.product])?;
                }
                once.as_ref()
                    .map_or(Ok(()), |(key, answer)| tx.keep_answer(*key, answer, now))
            })
            .await
    }

    /// Counts that reach `at_least`; smaller ones could point to somebody.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn event_counts(&self, at_least: u64) -> Result<Vec<(Counted, u64)>, StoreError> {
        const ENOUGH: &str = "
            select day, kind, product, count
            from event_counts
            where count >= ?1
            order by day, kind, product";
        self.read(move |db| {
            rows(db, ENOUGH, params![at_least], |row| {
                let counted = Counted {
                    day: row.get(0)?,
                    kind: row.get(1)?,
                    product: row.get(2)?,
                };
                Ok((counted, row.get(3)?))
            })
        })
        .await
    }
}
