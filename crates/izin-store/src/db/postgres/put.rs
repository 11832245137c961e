//! Rows that wait for others like them, to go to the server together: what an act costs there is one way to it and
//! back for each question, hardly more for a hundred rows than for one.
//!
//! They are of the open transaction alone. Start at [`Postgres::put`](super::Postgres).

use std::cell::RefCell;
use std::sync::Arc;
use std::task::Poll;

use super::ahead::{answer, look};
use super::wait::wait;
use super::{Postgres, Transaction, unanswered};
use crate::StoreError;
use crate::db::{Bind, Own};

/// How many rows go together: few numbers, as each makes a statement of its own.
const TOGETHER: [usize; 4] = [64, 16, 4, 1];

/// Rows that wait, by the statement that keeps one of them, in the order in which the first came.
#[derive(Default)]
pub(super) struct Waiting(RefCell<Vec<Rows>>);

struct Rows {
    sql: &'static str,
    rows: Vec<Vec<Own>>,
}

impl Waiting {
    /// Drops them: what they belonged to was taken back.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }

    /// Whether a statement names a table that some of them go into.
    pub(super) fn concern(&self, sql: &str) -> bool {
        let waiting = self.0.borrow();
        waiting.iter().any(|own| sql.contains(table(own.sql)))
    }

    /// Takes those whose statement is such.
    fn take(&self, is: impl Fn(&str) -> bool) -> Vec<Rows> {
        let mut waiting = self.0.borrow_mut();
        let (taken, left) = waiting.drain(..).partition(|own| is(own.sql));
        *waiting = left;
        taken
    }

    fn push(&self, sql: &'static str, row: &[&dyn Bind]) {
        let row = row.iter().map(|own| Own::of(own.value())).collect();
        let mut waiting = self.0.borrow_mut();
        match waiting.iter_mut().find(|own| own.sql == sql) {
            Some(own) => own.rows.push(row),
            None => waiting.push(Rows {
                sql,
                rows: vec![row],
            }),
        }
    }
}

impl Postgres {
    pub(in crate::db) fn put(
        &self,
        sql: &'static str,
        row: &[&dyn Bind],
    ) -> Result<(), StoreError> {
        self.may_write()?;
        if self.transaction.get() != Transaction::Open {
            return self.change(sql, row).map(drop);
        }
        self.waiting.push(sql, row);
        self.ahead.forget_about(table(sql));
        // Whoever looks whether anything was changed must see it.
        self.changes.set(self.changes.get().saturating_add(1));
        Ok(())
    }

    /// Sends all that waits.
    pub(in crate::db) fn settle(&self) -> Result<(), StoreError> {
        self.send(self.waiting.take(|_| true))
    }

    /// Sends what waits to go into a table that a statement names.
    pub(super) fn settle_about(&self, sql: &str) -> Result<(), StoreError> {
        self.send(self.waiting.take(|own| sql.contains(table(own))))
    }

    /// Sends rows, all of them before the first answer is waited for.
    fn send(&self, waiting: Vec<Rows>) -> Result<(), StoreError> {
        let mut coming = Vec::new();
        for Rows { sql, rows } in waiting {
            let mut rows = rows.into_iter();
            while let Some(size) = TOGETHER.into_iter().find(|size| *size <= rows.len()) {
                let values = rows.by_ref().take(size).flatten().collect();
                let (client, statement) = self.live(|live| {
                    Ok((
                        Arc::clone(&live.client),
                        live.prepared(&several(sql, size))?,
                    ))
                })?;
                let mut sent = Box::pin(answer(client, statement, values));
                match look(sent.as_mut()) {
                    Poll::Ready(done) => drop(self.live(|_| Ok(done?))?),
                    Poll::Pending => coming.push(sent),
                }
            }
        }
        for sent in coming {
            self.live(|live| Ok(wait(sent, live.patience).ok_or_else(unanswered)??))?;
        }
        Ok(())
    }
}

/// The table that a statement inserts into.
pub(super) fn table(sql: &str) -> &str {
    sql.split_whitespace().nth(2).unwrap_or_default()
}

/// An `insert` of one row, `values (?1, ?2)`, as one of several.
fn several(sql: &str, rows: usize) -> String {
    let cut = || {
        let (before, rest) = sql.split_once("values")?;
        let (row, after) = rest.split_once('(')?.1.split_once(')')?;
        Some((before, row.split(',').count(), after))
    };
    let Some((before, columns, after)) = cut().filter(|_| rows > 1) else {
        return sql.to_owned();
    };
    let row = |first: usize| {
        let own = (first + 1..=first + columns).map(|at| format!("?{at}"));
        format!("({})", own.collect::<Vec<_>>().join(", "))
    };
    let all: Vec<_> = (0..rows).map(|at| row(at * columns)).collect();
    format!("{before}values {}{after}", all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: &str = "
        insert into sayings (first, seq)
        values (?1, ?2)
        on conflict (first, seq) do nothing";

    #[test]
    fn an_insert_of_one_row_takes_several() {
        let two = several(KEEP, 2);
        assert_eq!(
            two.split_whitespace().collect::<Vec<_>>().join(" "),
            "insert into sayings (first, seq) values (?1, ?2), (?3, ?4) on conflict (first, seq) do nothing"
        );
        assert_eq!(several(KEEP, 1), KEEP);
    }

    #[test]
    fn whoever_asks_of_a_table_that_rows_wait_for_is_told_so() {
        let waiting = Waiting::default();
        waiting.push(KEEP, &[&1_u64, &2_u64]);
        assert!(waiting.concern("select 1 from sayings where seq = ?1"));
        assert!(!waiting.concern("select 1 from entries"));
        waiting.forget();
        assert!(!waiting.concern("select 1 from sayings where seq = ?1"));
    }
}
