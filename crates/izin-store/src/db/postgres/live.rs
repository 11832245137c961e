//! A connection while it stands: what is asked on it, and what the server says by itself.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::task::Poll;
use std::time::Duration;

use futures_core::Stream;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Connection, RowStream, Statement};

use super::super::{Bind, Row};
use super::unanswered;
use super::value::Parameter;
use super::wait::wait;
use crate::StoreError;

/// How long a commit is waited for, with whatever standby has to say so too. It is never cancelled: what was
/// cancelled is reported as done.
const COMMIT_MAX: Duration = Duration::from_secs(8);

/// Rows that are taken at once of those that have come.
const ROWS_AT_ONCE: usize = 1_024;

/// What is done with each row.
pub(super) type Reading<'a> = &'a mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>;

/// A connection while it stands.
pub(super) struct Live {
    pub(super) client: Arc<Client>,
    pub(super) statements: HashMap<String, Statement>,
    /// Whether the server said of a commit that it may stand on one machine alone.
    pub(super) alone: Arc<AtomicBool>,
    pub(super) patience: Duration,
}

impl Live {
    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let done = wait(self.client.batch_execute(sql), self.patience);
        done.ok_or_else(unanswered)?.map_err(StoreError::from)
    }

    /// Commits, after a last statement.
    pub(super) fn commit(&mut self, last: &str) -> Result<(), StoreError> {
        self.alone.store(false, Ordering::Release);
        // The server must not end a commit that waits for a standby: it would say that it is done.
        let commit = format!("{last}set local statement_timeout = 0; commit");
        let patience = COMMIT_MAX.min(self.patience);
        let committed = wait(self.client.batch_execute(&commit), patience);
        match committed {
            Some(Ok(())) if !self.alone.load(Ordering::Acquire) => Ok(()),
            Some(Ok(())) => {
                tracing::error!("a commit stands on one machine only: its standby did not answer");
                Err(StoreError::InDoubt)
            }
            Some(Err(why)) if why.code().is_some_and(|own| !is_broken(own)) => Err(why.into()),
            Some(Err(_)) | None => Err(StoreError::InDoubt),
        }
    }

    pub(super) fn ask(&mut self, sql: &str, row: &[&dyn Bind]) -> Result<RowStream, StoreError> {
        let statement = self.prepared(sql)?;
        let row: Vec<Parameter<'_>> = row.iter().map(|own| Parameter(own.value())).collect();
        let row = row.iter().map(|own| own as &(dyn ToSql + Sync));
        let asked = wait(
            self.client.query_raw(&statement, row.collect::<Vec<_>>()),
            self.patience,
        );
        Ok(asked.ok_or_else(unanswered)??)
    }

    pub(super) fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(own) = self.statements.get(sql) {
            return Ok(own.clone());
        }
        let made = wait(self.client.prepare(&numbered(sql)), self.patience);
        let made = made.ok_or_else(unanswered)??;
        self.statements.insert(sql.to_owned(), made.clone());
        Ok(made)
    }

    /// Reads every row; answers how many were changed or found.
    pub(super) fn all(&self, found: RowStream, read: Reading<'_>) -> Result<u64, StoreError> {
        let mut found = pin!(found);
        let mut rows = Vec::new();
        loop {
            let here = wait(here(found.as_mut(), &mut rows), self.patience);
            let ended = here.ok_or_else(unanswered)??;
            rows.drain(..)
                .try_for_each(|row| read(&Row::Postgres(&row)))?;
            if ended {
                return Ok(found.rows_affected().unwrap_or_default());
            }
        }
    }
}

/// Takes the rows that have come, at least one; says whether they were the last.
async fn here(
    mut found: Pin<&mut RowStream>,
    rows: &mut Vec<tokio_postgres::Row>,
) -> Result<bool, tokio_postgres::Error> {
    poll_fn(|own| {
        while rows.len() < ROWS_AT_ONCE {
            match found.as_mut().poll_next(own) {
                Poll::Ready(Some(row)) => rows.push(row?),
                Poll::Ready(None) => return Poll::Ready(Ok(true)),
                Poll::Pending if rows.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        Poll::Ready(Ok(false))
    })
    .await
}

/// A statement with its parameters as PostgreSQL counts them: `$1` for `?1`.
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

/// Passes on what the server says by itself until the connection ends.
pub(super) async fn drive<S, T>(
    mut connection: Connection<S, T>,
    alone: Arc<AtomicBool>,
    ring: Option<Arc<SyncSender<()>>>,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(said) = poll_fn(|own| connection.poll_message(own)).await {
        match said {
            Ok(AsyncMessage::Notice(notice)) => {
                let warning = notice.parsed_severity() == Some(Severity::Warning);
                // PostgreSQL says so of a commit whose wait for its standby was cancelled, and then that it is done.
                if warning && *notice.code() == SqlState::WARNING {
                    alone.store(true, Ordering::Release);
                }
            }
            Ok(_) => {
                // One ring is enough where somebody has not heard the last one yet.
                if let Some(ring) = &ring {
                    let _ = ring.try_send(());
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to PostgreSQL ended");
                return;
            }
        }
    }
}

/// Whether the server, and not the statement, is what failed.
fn is_broken(code: &SqlState) -> bool {
    const CLASSES: [&str; 3] = ["08", "57", "58"];
    CLASSES.iter().any(|class| code.code().starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_numbers() {
        let given = "update t set a = ?2, b = ?10 where c = ?1";
        assert_eq!(numbered(given), "update t set a = $2, b = $10 where c = $1");
    }
}
