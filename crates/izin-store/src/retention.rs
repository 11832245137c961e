//! Destroying on schedule: what nobody asked to be erased, and whose time is over all the same.

use izin_core::{SubjectId, Timestamp};
use rusqlite::params;

use crate::order::{Expired, expired_page};
use crate::sqlite::{Tx, rows, run};
use crate::{Store, StoreError};

/// What a run of the schedule destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetentionRun {
    /// When it ran.
    pub at: Timestamp,
    /// Orders.
    pub orders: u64,
    /// People whose withheld evidence it was.
    pub withheld: u64,
}

impl Store {
    /// Destroys orders whose last line is older than `orders_before`, when there is such a day, and what
    /// was withheld of erased people for as long as it may be. What a legal hold keeps stays. A run that
    /// destroyed something is remembered; broken off, the next goes on.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn run_retention(
        &self,
        orders_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<RetentionRun, StoreError> {
        let mut done = RetentionRun {
            at: now,
            ..RetentionRun::default()
        };
        if let Some(before) = orders_before {
            done.orders = self.forget_orders(before).await?;
        }
        let withheld = self.writer.write(move |tx| tx.destroy_withheld(now));
        done.withheld = withheld.await?;
        if done.orders + done.withheld > 0 {
            self.writer.write(move |tx| tx.remember(done)).await?;
            self.scrub().await?;
        }
        Ok(done)
    }

    async fn forget_orders(&self, before: Timestamp) -> Result<u64, StoreError> {
        let (mut after, mut gone) = (Vec::new(), 0);
        loop {
            let page = self.read_sealed(move |db, keys| expired_page(db, keys, (&after, before)));
            let (expired, last) = page.await?;
            let Some(last) = last else { return Ok(gone) };
            after = last;
            gone += self.writer.write(move |tx| tx.forget(&expired)).await?;
        }
    }

    /// The runs that destroyed something, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn retention_runs(&self, most: u32) -> Result<Vec<RetentionRun>, StoreError> {
        const LAST: &str = "
            select at, orders, withheld
            from retention_runs
            order by run desc
            limit ?1";
        self.read(move |db| {
            rows(db, LAST, params![most], |row| {
                Ok(RetentionRun {
                    at: Timestamp::from_micros(row.get(0)?),
                    orders: row.get(1)?,
                    withheld: row.get(2)?,
                })
            })
        })
        .await
    }
}

impl Tx<'_> {
    fn forget(&self, expired: &[Expired]) -> Result<u64, StoreError> {
        const GONE: &str = "
            delete from orders
            where order_key = ?1
              and not exists (
                select 1
                from holds
                where ended_at is null
                  and holds.subject in (
                    select orders.subject
                    union
                    select into_subject from merges where subject = orders.subject
                  )
              )";
        let mut gone = 0;
        for Expired(order_key) in expired {
            gone += run(self.db, GONE, params![order_key])? as u64;
        }
        Ok(gone)
    }

    fn destroy_withheld(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        const DUE: &str = "
            select subject
            from erasures
            where withheld_until <= ?1
              and withheld_destroyed_at is null
              and step > 0
              and subject not in (select subject from holds where ended_at is null)
              and subject not in (
                select m.subject
                from merges m
                join holds h on h.subject = m.into_subject
                where h.ended_at is null
              )";
        const GONE: &str = "
            delete from details
            where seq in (select seq from entries where subject = ?1)";
        const DONE: &str = "update erasures set withheld_destroyed_at = ?2 where subject = ?1";
        let at = now.as_micros();
        let due = rows(self.db, DUE, params![at], |row| {
            row.get(0).map(SubjectId::from_bytes)
        })?;
        for subject in &due {
            self.keys.destroy_withheld(*subject)?;
            run(self.db, GONE, params![subject.as_bytes()])?;
            run(self.db, DONE, params![subject.as_bytes(), at])?;
        }
        Ok(due.len() as u64)
    }

    fn remember(&self, done: RetentionRun) -> Result<(), StoreError> {
        const KEEP: &str = "insert into retention_runs (at, orders, withheld) values (?1, ?2, ?3)";
        let row = params![done.at.as_micros(), done.orders, done.withheld];
        run(self.db, KEEP, row).map(drop)
    }
}
