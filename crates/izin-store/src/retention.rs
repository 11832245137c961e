//! Destroying on schedule: what nobody asked to be erased, and whose time is over all the same.

use izin_core::{Origin, SubjectId, Timestamp};

use crate::db::{Db, exists, params, rows, run};
use crate::erasure::{Cause, Erasing};
use crate::histories::Histories;
use crate::order::{Expired, Judged, expired_page};
use crate::writer::Tx;
use crate::{Store, StoreError, ledger};

/// How long the answer to a call is kept for its repetitions: longer than anybody tries again.
pub const ANSWERS_KEPT_HOURS: i64 = 48;
/// Answers deleted in one commit: others write in between.
const ANSWERS_A_STEP: u32 = 5_000;

/// What a run of the schedule destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetentionRun {
    /// When it ran.
    pub at: Timestamp,
    /// Orders.
    pub orders: u64,
    /// People whose withheld evidence it was.
    pub withheld: u64,
    /// People who had been inactive for too long.
    pub people: u64,
    /// Orders that do not open and people who cannot be erased: left as they are. Told by the run itself,
    /// not remembered.
    pub passed_over: u64,
}

impl RetentionRun {
    /// Whether there was nothing to destroy.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.orders == 0 && self.withheld == 0 && self.people == 0
    }
}

/// What is due: none where nobody has said how long it is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// Orders whose last line is older.
    pub orders_before: Option<Timestamp>,
    /// People of whom no order is kept and nothing was recorded since.
    pub people_before: Option<Timestamp>,
    /// Until when the evidence of these people is withheld.
    pub withheld_until: Timestamp,
}

/// People looked at in one go, so that others write in between.
const PEOPLE_A_STEP: u32 = 1_000;

impl Store {
    /// Destroys what is due: orders, people who have been inactive, answers kept for repetitions that come
    /// no more, and what was withheld of erased people for as long as it may be. What a legal hold keeps
    /// stays; what cannot be judged or erased is passed over and counted. A run that destroyed something is
    /// remembered; broken off, the next goes on.
    ///
    /// # Errors
    /// [`StoreError`] when a part failed; the others ran all the same.
    pub async fn run_retention(
        &self,
        due: Due,
        now: Timestamp,
    ) -> Result<RetentionRun, StoreError> {
        let mut done = RetentionRun {
            at: now,
            ..RetentionRun::default()
        };
        let parts = [
            self.forget_orders(due, &mut done).await,
            self.forget_people((due, now), &mut done).await,
            self.forget_answers(now).await,
            self.destroy_withheld(now, &mut done).await,
        ];
        if !done.is_empty() {
            self.writer.write(move |tx| tx.remember(done)).await?;
            self.scrub().await?;
        }
        parts.into_iter().collect::<Result<(), StoreError>>()?;
        Ok(done)
    }

    async fn forget_orders(&self, due: Due, done: &mut RetentionRun) -> Result<(), StoreError> {
        let Some(before) = due.orders_before else {
            return Ok(());
        };
        let mut after = Vec::new();
        loop {
            let page = self.read_sealed(move |db, keys| expired_page(db, keys, (&after, before)));
            let Judged {
                expired,
                unopened,
                last,
            } = page.await?;
            done.passed_over += unopened;
            let Some(last) = last else { return Ok(()) };
            after = last;
            done.orders += self.writer.write(move |tx| tx.forget(&expired)).await?;
        }
    }

    /// Erases who has been inactive, a few at a time.
    async fn forget_people(
        &self,
        (due, now): (Due, Timestamp),
        done: &mut RetentionRun,
    ) -> Result<(), StoreError> {
        if due.people_before.is_none() {
            return Ok(());
        }
        self.writer.write(|tx| tx.settle_histories()).await?;
        let mut after = Vec::new();
        loop {
            let recent = self.recent();
            let page = move |db: &Db| inactive_page(Histories::new(db, &recent), &after, due);
            let looked = self.read(page).await?;
            let (inactive, last) = looked;
            let Some(last) = last else { return Ok(()) };
            after = last;
            if inactive.is_empty() {
                continue;
            }
            self.erase_inactive(inactive, (due, now), done).await?;
            self.writer.write(|tx| tx.destroy_keys().map(drop)).await?;
        }
    }

    /// Erases a few people together; where one cannot be erased, each alone.
    async fn erase_inactive(
        &self,
        people: Vec<SubjectId>,
        (due, now): (Due, Timestamp),
        done: &mut RetentionRun,
    ) -> Result<(), StoreError> {
        let all = people.clone();
        let together = self
            .writer
            .write(move |tx| tx.erase_inactive(&all, due, now));
        match together.await {
            Err(why) if concerns_one(&why) => {}
            erased => {
                done.people += erased?;
                return Ok(());
            }
        }
        for person in people {
            let alone = self
                .writer
                .write(move |tx| tx.erase_inactive(&[person], due, now));
            match alone.await {
                Err(why) if concerns_one(&why) => done.passed_over += 1,
                erased => done.people += erased?,
            }
        }
        Ok(())
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = now.plus_seconds(-ANSWERS_KEPT_HOURS * 3_600);
        while self
            .writer
            .write(move |tx| tx.forget_answers(before))
            .await?
        {}
        Ok(())
    }

    async fn destroy_withheld(
        &self,
        now: Timestamp,
        done: &mut RetentionRun,
    ) -> Result<(), StoreError> {
        loop {
            let step = self.writer.write(move |tx| tx.destroy_withheld(now));
            let gone = step.await?;
            done.withheld += gone;
            if gone < u64::from(PEOPLE_A_STEP) {
                return Ok(());
            }
        }
    }

    /// The runs that destroyed something, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn retention_runs(&self, most: u32) -> Result<Vec<RetentionRun>, StoreError> {
        const LAST: &str = "
            select at, orders, withheld, people
            from retention_runs
            order by run desc
            limit ?1";
        self.read(move |db| {
            rows(db, LAST, params![most], |row| {
                Ok(RetentionRun {
                    at: Timestamp::from_micros(row.get(0)?),
                    orders: row.get(1)?,
                    withheld: row.get(2)?,
                    people: row.get(3)?,
                    passed_over: 0,
                })
            })
        })
        .await
    }
}

impl Tx<'_> {
    /// Says whether there may be more.
    fn forget_answers(&self, before: Timestamp) -> Result<bool, StoreError> {
        const GONE: &str = "
            delete from idempotency
            where hash in (
              select hash
              from idempotency
              where recorded_at < ?1
              limit ?2
            )";
        let gone = run(self.db, GONE, params![before.as_micros(), ANSWERS_A_STEP])?;
        Ok(gone == ANSWERS_A_STEP as usize)
    }

    /// Deletes orders as they were judged: one that has grown since stays, as does one on hold.
    fn forget(&self, expired: &[Expired]) -> Result<u64, StoreError> {
        const GONE: &str = "
            delete from orders
            where order_key = ?1
              and sealed = ?2
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
        for Expired { order_key, sealed } in expired {
            gone += run(self.db, GONE, params![order_key, sealed])? as u64;
        }
        Ok(gone)
    }

    /// Erases those of some people who are inactive still; a hold or an order may have come since.
    fn erase_inactive(
        &mut self,
        people: &[SubjectId],
        due: Due,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let erasing = Erasing {
            cause: Cause::TimeOver,
            origin: Origin::Izin,
            detail: None,
            withheld_until: due.withheld_until,
        };
        let mut gone = 0;
        for person in people {
            if is_inactive(self.histories(), *person, due)? {
                gone += self.erase(*person, &erasing, now)?.people as u64;
            }
        }
        Ok(gone)
    }

    /// Destroys some of the evidence whose time is over; then nothing says any more why the person was held.
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
              )
            limit ?2";
        const GONE: &str = "delete from details where seq = ?1";
        const DONE: &str = "update erasures set withheld_destroyed_at = ?2 where subject = ?1";
        const HELD: &str = "
            delete from holds
            where ended_at is not null
              and subject in (
                select subject
                from erasures
                where withheld_destroyed_at is not null
              )";
        let at = now.as_micros();
        let due = rows(self.db, DUE, params![at, PEOPLE_A_STEP], |row| {
            row.get(0).map(SubjectId::from_bytes)
        })?;
        for subject in &due {
            self.keys.destroy_withheld(*subject)?;
            for seq in self.histories().of_person(*subject)? {
                run(self.db, GONE, params![seq.0])?;
            }
            run(self.db, DONE, params![subject.as_bytes(), at])?;
        }
        run(self.db, HELD, &[])?;
        Ok(due.len() as u64)
    }

    fn remember(&self, done: RetentionRun) -> Result<(), StoreError> {
        const KEEP: &str = "
            insert into retention_runs (at, orders, withheld, people)
            values (?1, ?2, ?3, ?4)";
        let row = params![done.at.as_micros(), done.orders, done.withheld, done.people];
        run(self.db, KEEP, row).map(drop)
    }
}

/// Whether the trouble is with a person's own rows, and not with the store as a whole.
const fn concerns_one(why: &StoreError) -> bool {
    use StoreError::{Constraint, Damaged, Refused};
    matches!(why, Damaged { .. } | Constraint(_) | Refused(_))
}

/// Of a page of people after one, those who are inactive; and the last of the page.
fn inactive_page(
    histories: Histories<'_>,
    after: &[u8],
    due: Due,
) -> Result<(Vec<SubjectId>, Option<Vec<u8>>), StoreError> {
    const PAGE: &str = "
        select distinct subject
        from histories
        where subject > ?1
        order by subject
        limit ?2";
    let page = rows(histories.db(), PAGE, params![after, PEOPLE_A_STEP], |row| {
        row.get(0).map(SubjectId::from_bytes)
    })?;
    let last = page.last().map(|own| own.as_bytes().to_vec());
    let mut inactive = Vec::new();
    for person in page {
        if is_inactive(histories, person, due)? {
            inactive.push(person);
        }
    }
    Ok((inactive, last))
}

/// Whether nothing was recorded of a person since, and no order is kept and no hold stands of them or of
/// anybody who turned out to be them. What was said of those after the merge is recorded of the person.
fn is_inactive(histories: Histories<'_>, person: SubjectId, due: Due) -> Result<bool, StoreError> {
    const KEPT: &str = "
        with own(subject) as (
          select ?1
          union all
          select subject from merges where into_subject = ?1
        )
        select 1
        where exists (select 1 from orders where subject in (select subject from own))
          or exists (
            select 1 from holds where ended_at is null and subject in (select subject from own)
          )
          or exists (select 1 from merges where subject = ?1)
          or exists (select 1 from erasures where subject = ?1)";
    let Some(before) = due.people_before else {
        return Ok(false);
    };
    let whom = params![person.as_bytes()];
    let last = ledger::heard_of_last(histories, person)?;
    if last.is_none_or(|last| last >= before) {
        return Ok(false);
    }
    Ok(!exists(histories.db(), KEPT, whom)?)
}

#[cfg(test)]
mod tests;
