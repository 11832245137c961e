//! The one thread that writes the box's file.
//!
//! It commits together whatever queued while the last commit ran, without a timer, and says
//! "kept" only after the commit.

use std::path::Path;

use izin_core::Timestamp;
use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

use super::MailboxError;

/// Letters waiting for the writer: a full queue makes the sessions, and so their clients, wait.
const QUEUE_LETTERS: usize = 256;
/// The most tasks in one commit: bounds how long the first of them waits for its answer.
const COMMIT_TASKS_MAX: usize = 256;

/// Small pages: a message overflows them, so that looking for a recipient reads past its body
/// without an index that every commit would have to write.
const SCHEMA: &str = "
    pragma page_size = 2048;
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma wal_autocheckpoint = 4096;
    create table if not exists kept (
        id integer primary key,
        recipient text not null collate nocase,
        received_at integer not null,
        raw blob not null
    ) strict;
";

/// Something for the writer to do.
#[derive(Debug)]
pub(super) enum Task {
    Keep(Letter),
    Clear(oneshot::Sender<Done>),
}

/// A message as it arrived, for each of its recipients. `Debug` shows neither.
pub(super) struct Letter {
    pub(super) recipients: Vec<String>,
    pub(super) raw: Vec<u8>,
    pub(super) done: oneshot::Sender<Done>,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (recipients, bytes) = (self.recipients.len(), self.raw.len());
        write!(f, "Letter({recipients} recipients, {bytes} bytes)")
    }
}

/// The task is committed. Where it failed, the sender is dropped instead.
#[derive(Debug)]
pub(super) struct Done;

/// Opens the file and starts the thread, which ends when nobody can send it a task any more.
pub(super) fn start(
    path: &Path,
    clock: fn() -> Timestamp,
) -> Result<mpsc::Sender<Task>, MailboxError> {
    let opened = open(path).map_err(|source| MailboxError::Open {
        path: path.to_owned(),
        source,
    })?;
    let (connection, last_id) = opened;
    let (sender, tasks) = mpsc::channel(QUEUE_LETTERS);
    let keeper = Keeper {
        connection,
        last_id,
        clock,
    };
    std::thread::Builder::new()
        .name("mailbox".to_owned())
        .spawn(move || keeper.run(tasks))
        .map_err(MailboxError::Thread)?;
    Ok(sender)
}

/// Empties the box.
pub(super) async fn clear(keeper: &mpsc::Sender<Task>) -> Result<(), MailboxError> {
    let (done, cleared) = oneshot::channel();
    keeper
        .send(Task::Clear(done))
        .await
        .map_err(|_| MailboxError::Write)?;
    let Done = cleared.await.map_err(|_| MailboxError::Write)?;
    Ok(())
}

const LAST_ID: &str = "select coalesce(max(id), 0) from kept";

fn open(path: &Path) -> rusqlite::Result<(Connection, i64)> {
    let connection = Connection::open(path)?;
    connection.execute_batch(SCHEMA)?;
    let last_id = connection.query_row(LAST_ID, [], |row| row.get(0))?;
    Ok((connection, last_id))
}

struct Keeper {
    connection: Connection,
    last_id: i64,
    clock: fn() -> Timestamp,
}

impl Keeper {
    fn run(mut self, mut tasks: mpsc::Receiver<Task>) {
        let mut batch = Vec::new();
        while let Some(task) = tasks.blocking_recv() {
            batch.push(task);
            while batch.len() < COMMIT_TASKS_MAX
                && let Ok(task) = tasks.try_recv()
            {
                batch.push(task);
            }
            match self.commit(&batch) {
                Ok(()) => batch.drain(..).for_each(confirm),
                Err(error) => {
                    tracing::error!(%error, "the mailbox could not keep its mail");
                    batch.clear();
                }
            }
        }
    }

    fn commit(&mut self, batch: &[Task]) -> rusqlite::Result<()> {
        let received_at = (self.clock)();
        let transaction = self.connection.transaction()?;
        let mut last_id = self.last_id;
        for task in batch {
            match task {
                Task::Keep(letter) => insert(&transaction, letter, received_at, &mut last_id)?,
                Task::Clear(_) => {
                    transaction.execute(DELETE_ALL, [])?;
                }
            }
        }
        transaction.commit()?;
        self.last_id = last_id;
        Ok(())
    }
}

const INSERT: &str = "
    insert into kept (id, recipient, received_at, raw)
    values (?1, ?2, ?3, ?4)
";
const DELETE_ALL: &str = "delete from kept";

fn insert(
    connection: &Connection,
    letter: &Letter,
    received_at: Timestamp,
    last_id: &mut i64,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(INSERT)?;
    for recipient in &letter.recipients {
        *last_id += 1;
        statement.execute(params![
            *last_id,
            recipient,
            received_at.as_micros(),
            letter.raw
        ])?;
    }
    Ok(())
}

fn confirm(task: Task) {
    let (Task::Keep(Letter { done, .. }) | Task::Clear(done)) = task;
    // A client that hung up meanwhile does not hear of it; the message stays kept.
    let _ = done.send(Done);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_in_debug_shows_neither_its_recipients_nor_its_words() {
        let (done, _kept) = oneshot::channel();
        let letter = Letter {
            recipients: vec!["rahasia@example.com".to_owned()],
            raw: b"rahasia".to_vec(),
            done,
        };
        let shown = format!("{:?}", Task::Keep(letter));
        assert_eq!(shown, "Keep(Letter(1 recipients, 7 bytes))");
    }
}
