//! PostgreSQL as we use it: one connection asked by one thread at a time, statements kept prepared, a commit
//! that is believed only where the server says that it stands wherever it was to stand.
//!
//! A connection that was lost comes back with the next transaction, never within one. Start at [`Postgres`].

mod ahead;
mod copy;
mod fault;
mod live;
mod put;
pub(crate) mod schema;
mod server;
mod tls;
mod value;
mod wait;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

pub use fault::ServerError;
pub use server::Server;

use super::{Bind, Row, Value};
use crate::StoreError;
use ahead::Ahead;
use live::{Live, Reading, drive};
use put::Waiting;
use value::Column;
use wait::driver;

/// How long somebody waits for the server: it ends a statement itself before that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a statement, at the server.
    statement: Duration,
    /// Between two statements of a transaction, at the server: whoever is cut off, or stopped, in the middle of its
    /// turn holds nobody up for longer.
    idle: Duration,
    /// For an answer, or the next row of one.
    answer: Duration,
}

impl Patience {
    /// Of whoever writes: others wait behind them.
    pub(crate) const WRITER: Self = Self {
        statement: Duration::from_secs(5),
        idle: Duration::from_secs(4),
        answer: Duration::from_secs(7),
    };
    /// Of whoever reads, for as long as there are rows, or changes all there is.
    pub(crate) const READER: Self = Self {
        statement: Duration::ZERO,
        idle: Duration::ZERO,
        answer: Duration::from_secs(600),
    };
    /// Of whoever has to know within seconds that nobody answers.
    pub(crate) const TAIL: Self = Self {
        statement: Duration::from_millis(1_500),
        idle: Duration::from_secs(1),
        answer: Duration::from_secs(2),
    };
}

/// A connection.
pub(crate) struct Postgres {
    server: Server,
    live: RefCell<Option<Live>>,
    transaction: Cell<Transaction>,
    /// Whether nothing may be written.
    refusing: Cell<bool>,
    patience: Patience,
    /// Rung when others wrote, where that is listened for.
    rung: Option<Bell>,
    changes: Cell<u64>,
    /// Rows that wait for others.
    waiting: Waiting,
    /// Answers that nobody wanted yet.
    ahead: Ahead,
    /// Whether others are told with the commit that there is something.
    rings: Cell<bool>,
}

/// Where a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    Open,
    /// A statement of it failed: the server answers nothing until it is taken back.
    Failed,
}

/// What is rung, and who hears it.
type Bell = (Arc<SyncSender<()>>, Receiver<()>);

impl Postgres {
    /// Connects.
    pub(crate) fn connect(server: &Server, patience: Patience) -> Result<Self, StoreError> {
        Self::new(server, patience, None)
    }

    /// Connects to hear of what others write.
    pub(crate) fn listening(server: &Server, patience: Patience) -> Result<Self, StoreError> {
        let (ring, rung) = sync_channel(1);
        Self::new(server, patience, Some((Arc::new(ring), rung)))
    }

    fn new(server: &Server, patience: Patience, rung: Option<Bell>) -> Result<Self, StoreError> {
        let own = Self {
            server: server.clone(),
            live: RefCell::new(None),
            transaction: Cell::new(Transaction::None),
            refusing: Cell::new(false),
            patience,
            rung,
            changes: Cell::new(0),
            waiting: Waiting::default(),
            ahead: Ahead::default(),
            rings: Cell::new(false),
        };
        own.reconnect()?;
        Ok(own)
    }

    fn reconnect(&self) -> Result<(), StoreError> {
        let (client, connection) = server::connect(&self.server)?;
        let alone = Arc::new(AtomicBool::new(false));
        let ring = self.rung.as_ref().map(|(ring, _)| Arc::clone(ring));
        drop(driver()?.spawn(drive(connection, Arc::clone(&alone), ring)));
        let live = Live {
            client: Arc::new(client),
            statements: HashMap::new(),
            alone,
            patience: self.patience.answer,
        };
        let schema = self.server.schema();
        let listen = self.rung.as_ref().map(|_| format!("; listen {schema}"));
        let limit = self.patience.statement.as_millis();
        let idle = self.patience.idle.as_millis();
        // A statement is planned once, perhaps while its table is empty: then the server would read all of it
        // for each row that is looked up, however many there are later.
        let begun = format!(
            "set statement_timeout = {limit};
             set idle_in_transaction_session_timeout = {idle};
             set lock_timeout = {limit};
             set synchronous_commit = on;
             set enable_seqscan = off;
             set jit = off;
             set search_path to {schema}{}",
            listen.unwrap_or_default()
        );
        live.batch(&begun)?;
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
            connected.map_err(StoreError::unwritable)?;
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

    /// Drops what belonged to a transaction.
    fn forget(&self) {
        self.waiting.forget();
        self.ahead.forget();
        self.rings.set(false);
    }

    /// Leaves the connection as it is: whatever was asked on it may still be done.
    fn give_up(&self) {
        self.live.replace(None);
        self.forget();
        self.transaction.set(Transaction::None);
    }

    pub(crate) fn begin(&self, how: &str) -> Result<(), StoreError> {
        self.forget();
        if self.transaction.get() != Transaction::None {
            return Err(StoreError::Database(
                "a transaction was begun in another".into(),
            ));
        }
        let begun = self.live(|live| live.batch(how));
        match begun {
            Ok(()) => self.transaction.set(Transaction::Open),
            // It may have begun, and failed at what it begins with.
            Err(_) => self.give_up(),
        }
        begun
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
        self.settle()?;
        self.ahead.forget();
        let rings = self.rings.take();
        let ring = rings.then(|| format!("notify {}; ", self.server.schema()));
        let done = self.live(|live| live.commit(&ring.unwrap_or_default()));
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
        self.forget();
        let done = match self.is_lost() {
            true => Err(lost()),
            false => self.live(|live| live.batch("rollback")),
        };
        self.transaction.set(Transaction::None);
        if done.is_err() {
            self.give_up();
        }
        Ok(())
    }

    /// Rings for whoever listens, once this is committed.
    pub(super) fn notify(&self) {
        self.rings.set(true);
    }

    /// Waits until others wrote, or for so long.
    pub(super) fn wait_for_news(&self, at_most: Duration) {
        match &self.rung {
            Some((_, rung)) => drop(rung.recv_timeout(at_most)),
            None => std::thread::sleep(at_most),
        }
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let takes_back = sql.starts_with("rollback to");
        match takes_back {
            true => self.waiting.forget(),
            false => self.settle()?,
        }
        let done = self.live(|live| live.batch(sql));
        if done.is_ok() && takes_back {
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
        if writes {
            self.may_write()?;
            self.ahead.forget_about(written(sql));
        } else if let Some(found) = self.answered_ahead(sql, row)? {
            found.iter().try_for_each(|row| read(&Row::Postgres(row)))?;
            return Ok(found.len() as u64);
        }
        self.settle_about(sql)?;
        let rows = self.live(|live| {
            let found = live.ask(sql, row)?;
            live.all(found, read)
        })?;
        if writes {
            self.changes.set(self.changes.get().saturating_add(rows));
        }
        Ok(rows)
    }

    fn may_write(&self) -> Result<(), StoreError> {
        match self.refusing.get() {
            true => Err(StoreError::Unwritable("PostgreSQL took no writes".into())),
            false => Ok(()),
        }
    }
}

/// The table that a statement changes: `insert into t`, `delete from t`, `update t`.
fn written(sql: &str) -> &str {
    let mut words = sql.split_whitespace();
    match words.next() {
        Some("update") => words.next(),
        _ => words.nth(1),
    }
    .unwrap_or_default()
}

/// The value of a column.
pub(super) fn value(row: &tokio_postgres::Row, column: usize) -> Result<Value<'_>, StoreError> {
    let read: Result<Column<'_>, _> = row.try_get(column);
    Ok(read?.0)
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
        let words = match said.table() {
            Some(table) => format!("SQLSTATE {code}, {table}"),
            None => format!("SQLSTATE {code}"),
        };
        match code.get(..2) {
            Some("23") => Self::Constraint(words),
            _ if fault::hinders(said.code()) => Self::Unwritable(match fault::mend(said.code()) {
                Some(mend) => format!("{mend}: {words}"),
                None => words,
            }),
            _ => Self::Database(format!("{words}: {}", said.message())),
        }
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(|own| own.is::<std::io::Error>())
}
