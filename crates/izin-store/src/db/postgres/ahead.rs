//! Questions that are asked before somebody wants to know: the server answers them while other work is done.
//!
//! An answer is of the open transaction, and only as long as nothing was written into a table that its question
//! names. Start at [`Postgres::ask_ahead`](super::Postgres).

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::value::Parameter;
use super::wait::wait;
use super::{Postgres, Transaction, unanswered};
use crate::StoreError;
use crate::db::{Bind, Own, Question};

type Found = Result<Vec<Row>, tokio_postgres::Error>;

/// Answers that are coming, or are here.
#[derive(Default)]
pub(super) struct Ahead(RefCell<Answers>);

/// Answers by the values that were asked with.
type Answers = HashMap<Vec<Own>, Vec<(&'static str, Answer)>>;

enum Answer {
    Coming(Pin<Box<dyn Future<Output = Found> + Send>>),
    Here(Arc<Vec<Row>>),
}

impl Ahead {
    /// Drops all of them.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }

    /// Drops those whose question names a table that is written into.
    pub(super) fn forget_about(&self, table: &str) {
        let mut answers = self.0.borrow_mut();
        if !answers.is_empty() {
            answers.retain(|_, own| {
                own.retain(|(sql, _)| !sql.contains(table));
                !own.is_empty()
            });
        }
    }
}

impl Postgres {
    /// Asks, and does not wait.
    pub(in crate::db) fn ask_ahead(&self, questions: &[Question]) -> Result<(), StoreError> {
        for question in questions {
            if self.transaction.get() != Transaction::Open || self.waiting.concern(question.0) {
                continue;
            }
            let (sql, row) = question.clone();
            let is_asked = |own: &Vec<(&str, Answer)>| own.iter().any(|(asked, _)| *asked == sql);
            if self.ahead.0.borrow().get(&row).is_some_and(is_asked) {
                continue;
            }
            let (client, statement) =
                self.live(|live| Ok((Arc::clone(&live.client), live.prepared(sql)?)))?;
            let mut answer = Box::pin(answer(client, statement, row));
            // The first look sends it; a server nearby may have answered by then.
            let answer = match look(answer.as_mut()) {
                Poll::Ready(found) => Answer::Here(Arc::new(self.live(|_| Ok(found?))?)),
                Poll::Pending => Answer::Coming(answer),
            };
            let mut answers = self.ahead.0.borrow_mut();
            answers
                .entry(question.1.clone())
                .or_default()
                .push((sql, answer));
        }
        Ok(())
    }

    /// The answer to a question that was asked ahead, if it still holds.
    pub(super) fn answered_ahead(
        &self,
        sql: &str,
        row: &[&dyn Bind],
    ) -> Result<Option<Arc<Vec<Row>>>, StoreError> {
        let mut answers = self.ahead.0.borrow_mut();
        if answers.is_empty() {
            return Ok(None);
        }
        let row: Vec<Own> = row.iter().map(|own| Own::of(own.value())).collect();
        let own = answers.get_mut(&row).map(|own| own.iter_mut());
        let Some((_, answer)) = own.and_then(|mut own| own.find(|(asked, _)| *asked == sql)) else {
            return Ok(None);
        };
        let found = match answer {
            Answer::Here(found) => Arc::clone(found),
            Answer::Coming(coming) => Arc::new(self.live(|live| {
                let found = wait(coming.as_mut(), live.patience);
                Ok(found.ok_or_else(unanswered)??)
            })?),
        };
        *answer = Answer::Here(Arc::clone(&found));
        Ok(Some(found))
    }
}

/// Looks whether an answer is here; the first look sends what is asked.
pub(super) fn look<T>(answer: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    answer.poll(&mut Context::from_waker(Waker::noop()))
}

/// Asks with everything it needs of its own.
pub(super) async fn answer(client: Arc<Client>, statement: Statement, row: Vec<Own>) -> Found {
    let row: Vec<Parameter<'_>> = row.iter().map(|own| Parameter(own.value())).collect();
    let row = row.iter().map(|own| own as &(dyn ToSql + Sync));
    let found = client
        .query_raw(&statement, row.collect::<Vec<_>>())
        .await?;
    let mut found = pin!(found);
    let mut rows = Vec::new();
    while let Some(row) = poll_fn(|own| found.as_mut().poll_next(own)).await {
        rows.push(row?);
    }
    Ok(rows)
}
