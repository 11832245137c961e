//! PostgreSQL as we use it: one connection asked by one thread at a time, statements kept prepared, a commit
//! that is believed only where the server says that it stands wherever it was to stand.
//!
//! A connection that was lost comes back with the next transaction, never within one. Start at [`Postgres`].

pub(crate) mod schema;
mod server;
mod value;
mod wait;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_core::Stream;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Connection, RowStream, Statement};

pub use server::{Server, ServerError};

use super::{Bind, Row, Value};
use crate::StoreError;
use value::{Column, Parameter};
use wait::{driver, wait};

/// How long the server works on one statement, commits aside: it ends those itself.
const STATEMENT_SECONDS_MAX: u64 = 30;
/// How long an answer is waited for: longer than any statement may take.
const ANSWER_MAX: Duration = Duration::from_secs(STATEMENT_SECONDS_MAX + 5);
/// How long a commit is waited for, with whatever standby has to say so too. It is never cancelled: what was
/// cancelled is reported as done.
const COMMIT_MAX: Duration = Duration::from_secs(8);

/// A connection.
pub(crate) struct Postgres {
    server: Server,
    live: RefCell<Option<Live>>,
    transaction: Cell<Transaction>,
    /// Whether nothing may be written.
    refusing: Cell<bool>,
    changes: Cell<u64>,
}

/// Where a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    Open,
    /// A statement of it failed: the server answers nothing until it is taken back.
    Failed,
}

/// A connection while it stands.
struct Live {
    client: Client,
    statements: HashMap<String, Statement>,
    /// Whether the server said of a commit that it may stand on one machine alone.
    alone: Arc<AtomicBool>,
}

impl Postgres {
    /// Connects.
    pub(crate) fn connect(server: &Server) -> Result<Self, StoreError> {
        let own = Self {
            server: server.clone(),
            live: RefCell::new(None),
            transaction: Cell::new(Transaction::None),
            refusing: Cell::new(false),
            changes: Cell::new(0),
        };
        own.reconnect()?;
        Ok(own)
    }

    fn reconnect(&self) -> Result<(), StoreError> {
        let (client, connection) = server::connect(&self.server)?;
        let alone = Arc::new(AtomicBool::new(false));
        drop(driver()?.spawn(drive(connection, Arc::clone(&alone))));
        let live = Live {
            client,
            statements: HashMap::new(),
            alone,
        };
        let begun = format!(
            "set statement_timeout = '{STATEMENT_SECONDS_MAX}s';
             set idle_in_transaction_session_timeout = 0;
             set lock_timeout = '{STATEMENT_SECONDS_MAX}s';
             set synchronous_commit = on;
             set search_path to {}",
            self.server.schema()
        );
        live.batch(&begun, ANSWER_MAX)?;
        self.live.replace(Some(live));
        Ok(())
    }

    /// The connection, as new where it was lost and nothing was begun on it.
    fn live<T>(
        &self,
        ask: impl FnOnce(&mut Live) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.transaction.get() == Transaction::None && self.is_lost() {
            if self.refusing.get() {
                return Err(lost());
            }
            let connected = self.reconnect();
            connected.map_err(|why| StoreError::Unwritable(why.to_string()))?;
        }
        // Who asks while rows are read would wait for ever.
        let nested = || StoreError::Database("asked while rows were read".into());
        let mut live = self.live.try_borrow_mut().map_err(|_| nested())?;
        let asked = live.as_mut().ok_or_else(lost).and_then(ask);
        if asked.is_err() && self.transaction.get() == Transaction::Open {
            self.transaction.set(Transaction::Failed);
        }
        asked
    }

    /// Whether it stands no longer.
    pub(crate) fn is_lost(&self) -> bool {
        let live = self.live.try_borrow();
        live.is_ok_and(|live| live.as_ref().is_none_or(|own| own.client.is_closed()))
    }

    /// Leaves the connection as it is: whatever was asked on it may still be done.
    fn give_up(&self) {
        self.live.replace(None);
        self.transaction.set(Transaction::None);
    }

    pub(crate) fn begin(&self, how: &str) -> Result<(), StoreError> {
        self.live(|live| live.batch(how, ANSWER_MAX))?;
        self.transaction.set(Transaction::Open);
        Ok(())
    }

    pub(crate) fn can_go_on(&self) -> bool {
        self.transaction.get() == Transaction::Open || self.refusing.get()
    }

    pub(crate) const fn changes(&self) -> u64 {
        self.changes.get()
    }

    pub(crate) fn refuse_writes(&self, refusing: bool) {
        self.refusing.set(refusing);
    }

    /// Makes what was done durable, wherever the server has to keep it before it may say so.
    ///
    /// # Errors
    /// [`StoreError::InDoubt`] where nobody can say yet whether it is.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        match self.transaction.get() {
            Transaction::None => return Ok(()),
            Transaction::Open => {}
            // The server would take it back, and say so by a word alone.
            Transaction::Failed => return Err(StoreError::NotCommitted),
        }
        let done = self.live(Live::commit);
        self.transaction.set(Transaction::None);
        if done.is_err() {
            self.give_up();
        }
        done
    }

    /// Takes back what was done since it began; a connection that was lost has done so.
    pub(crate) fn roll_back(&self) -> Result<(), StoreError> {
        if self.transaction.get() == Transaction::None {
            return Ok(());
        }
        let done = match self.is_lost() {
            true => Err(lost()),
            false => self.live(|live| live.batch("rollback", ANSWER_MAX)),
        };
        self.transaction.set(Transaction::None);
        if done.is_err() {
            self.give_up();
        }
        Ok(())
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let done = self.live(|live| live.batch(sql, ANSWER_MAX));
        if done.is_ok() && sql.starts_with("rollback to") {
            self.transaction.set(Transaction::Open);
        }
        done
    }

    pub(super) fn change(&self, sql: &str, row: &[&dyn Bind]) -> Result<usize, StoreError> {
        let changed = self.ask(sql, row, &mut |_| Ok(()))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(super) fn each(
        &self,
        sql: &str,
        row: &[&dyn Bind],
        mut read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.ask(sql, row, &mut read).map(drop)
    }

    /// Asks; answers how many rows were changed or found.
    fn ask(&self, sql: &str, row: &[&dyn Bind], read: Reading<'_>) -> Result<u64, StoreError> {
        let writes = ["insert", "update", "delete"];
        let writes = writes.iter().any(|word| sql.trim_start().starts_with(word));
        if writes && self.refusing.get() {
            return Err(StoreError::Unwritable("PostgreSQL took no writes".into()));
        }
        let rows = self.live(|live| {
            let found = live.ask(sql, row)?;
            Live::all(found, read)
        })?;
        if writes {
            self.changes.set(self.changes.get().saturating_add(rows));
        }
        Ok(rows)
    }
}

/// What is done with each row.
type Reading<'a> = &'a mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>;

impl Live {
    fn batch(&self, sql: &str, at_most: Duration) -> Result<(), StoreError> {
        let done = wait(self.client.batch_execute(sql), at_most);
        done.ok_or_else(unanswered)?.map_err(StoreError::from)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.alone.store(false, Ordering::Release);
        // The server must not end a commit that waits for a standby: it would say that it is done.
        self.batch("set local statement_timeout = 0", ANSWER_MAX)?;
        let committed = wait(self.client.batch_execute("commit"), COMMIT_MAX);
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

    fn ask(&mut self, sql: &str, row: &[&dyn Bind]) -> Result<RowStream, StoreError> {
        let statement = self.prepared(sql)?;
        let row: Vec<Parameter<'_>> = row.iter().map(|own| Parameter(own.value())).collect();
        let row = row.iter().map(|own| own as &(dyn ToSql + Sync));
        let asked = wait(
            self.client.query_raw(&statement, row.collect::<Vec<_>>()),
            ANSWER_MAX,
        );
        Ok(asked.ok_or_else(unanswered)??)
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(own) = self.statements.get(sql) {
            return Ok(own.clone());
        }
        let made = wait(self.client.prepare(&numbered(sql)), ANSWER_MAX);
        let made = made.ok_or_else(unanswered)??;
        self.statements.insert(sql.to_owned(), made.clone());
        Ok(made)
    }

    /// Reads every row; answers how many were changed or found.
    fn all(found: RowStream, read: Reading<'_>) -> Result<u64, StoreError> {
        let mut found = pin!(found);
        loop {
            let next = wait(poll_fn(|own| found.as_mut().poll_next(own)), ANSWER_MAX);
            match next.ok_or_else(unanswered)? {
                Some(row) => read(&Row::Postgres(&row?))?,
                None => return Ok(found.rows_affected().unwrap_or_default()),
            }
        }
    }
}

/// The value of a column.
pub(super) fn value(row: &tokio_postgres::Row, column: usize) -> Result<Value<'_>, StoreError> {
    let read: Result<Column<'_>, _> = row.try_get(column);
    Ok(read?.0)
}

/// A statement with its parameters as PostgreSQL counts them: `$1` for `?1`.
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

/// Passes on what the server says by itself until the connection ends.
async fn drive<S, T>(mut connection: Connection<S, T>, alone: Arc<AtomicBool>)
where
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
            Ok(_) => {}
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

fn lost() -> StoreError {
    StoreError::Unwritable("the connection to PostgreSQL was lost".into())
}

fn unanswered() -> StoreError {
    StoreError::Unwritable("PostgreSQL does not answer".into())
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            return if error.is_closed() || is_io(&error) {
                lost()
            } else {
                Self::Database(error.to_string())
            };
        };
        let code = said.code().code();
        // What the server says about rows could name a value: the code and the table say enough.
        let words = format!("SQLSTATE {code}, {}", said.table().unwrap_or("no table"));
        match code.get(..2) {
            Some("23") => Self::Constraint(words),
            // Connection, insufficient resources, operator intervention, system error; read-only; serialisation.
            Some("08" | "53" | "57" | "58" | "40") => Self::Unwritable(words),
            Some("25") if *said.code() == SqlState::READ_ONLY_SQL_TRANSACTION => {
                Self::Unwritable(words)
            }
            Some("55") if *said.code() == SqlState::LOCK_NOT_AVAILABLE => Self::Unwritable(words),
            _ => Self::Database(format!("{words}: {}", said.message())),
        }
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(|own| own.is::<std::io::Error>())
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
