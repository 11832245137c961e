//! The one thread that writes, and its group commit.
//!
//! Whatever queued while the last commit ran is committed together: no timer, no waiting. Each
//! job runs in a savepoint of its own, so that one that fails takes nothing else with it. Nobody
//! is answered, and nobody hears of an entry, before the commit is durable.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::ledger::{Committed, Tree};
use crate::reservation::SendChange;
use crate::vault::Keyring;
use crate::{Entropy, StoreError};

/// Jobs that may wait; a caller beyond that waits for a place.
const QUEUE_JOBS_MAX: usize = 4_096;
/// Jobs committed together at most, to bound the time a commit takes.
const GROUP_JOBS_MAX: usize = 512;

/// Who is told of changes once they are durable, in order, before the writers are answered.
pub(crate) type Subscriber<T> = Box<dyn Fn(&[T]) + Send + Sync>;

/// The one who hears of entries, and the one who hears of sends.
#[derive(Default)]
struct Subscribers {
    entries: OnceLock<Subscriber<Committed>>,
    sends: OnceLock<Subscriber<SendChange>>,
}

/// What a group of jobs changed, told once it is durable.
#[derive(Default)]
pub(crate) struct News {
    pub(crate) entries: Vec<Committed>,
    pub(crate) sends: Vec<SendChange>,
}

/// Called with the outcome of the commit.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Does its work in the transaction; says whether to keep it.
type Job = Box<dyn FnOnce(&mut Tx<'_>) -> (bool, Answer) + Send>;

/// What a job may touch.
pub(crate) struct Tx<'a> {
    /// The open transaction.
    pub(crate) db: &'a Connection,
    /// The growing edge of the Merkle tree.
    pub(crate) tree: &'a mut Tree,
    /// Every key.
    pub(crate) keys: &'a mut Keyring,
    /// Randomness.
    pub(crate) entropy: &'a Entropy,
    /// What was changed so far.
    pub(crate) news: &'a mut News,
}

/// A handle to the writing thread.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    subscribers: Arc<Subscribers>,
}

impl Writer {
    /// Starts the thread over an open, migrated database.
    pub(crate) fn start(
        db: Connection,
        keys: Keyring,
        entropy: Entropy,
        dir: &Path,
    ) -> Result<Self, StoreError> {
        let tree = Tree::load(&db)?;
        let subscribers = Arc::new(Subscribers::default());
        let (jobs, queue) = sync_channel(QUEUE_JOBS_MAX);
        let group = Group {
            db,
            keys,
            entropy,
            tree,
            subscribers: Arc::clone(&subscribers),
        };
        let thread = std::thread::Builder::new()
            .name("izin-writer".into())
            .spawn(move || group.run(&queue))
            .map_err(|why| StoreError::file("start the writer of", dir, &why))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            subscribers,
        })
    }

    /// Names the one who is told of entries; once, before the first write.
    pub(crate) fn subscribe(&self, subscriber: Subscriber<Committed>) {
        let named = self.subscribers.entries.set(subscriber);
        debug_assert!(named.is_ok(), "one subscriber, named once");
    }

    /// Names the one who is told of sends; once, before the first write.
    pub(crate) fn subscribe_sends(&self, subscriber: Subscriber<SendChange>) {
        let named = self.subscribers.sends.set(subscriber);
        debug_assert!(named.is_ok(), "one subscriber, named once");
    }

    /// Runs a job in the next group and answers after its commit.
    pub(crate) async fn write<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let (send, receive) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            let result = job(tx);
            let keep = result.is_ok();
            let answer: Answer = Box::new(move |commit| {
                // A caller that has gone away loses only the answer; the work is durable.
                drop(send.send(commit.and(result)));
            });
            (keep, answer)
        });
        let jobs = self.jobs.clone().ok_or(StoreError::Stopped)?;
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(std::sync::mpsc::TrySendError::Full(job)) => {
                let sent = tokio::task::spawn_blocking(move || jobs.send(job));
                sent.await
                    .map_err(|_| StoreError::Stopped)?
                    .map_err(|_| StoreError::Stopped)?;
            }
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => return Err(StoreError::Stopped),
        }
        receive.await.map_err(|_| StoreError::NotCommitted)?
    }
}

impl Drop for Writer {
    /// Lets the thread finish what is queued.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer ended with a fault");
        }
    }
}

struct Group {
    db: Connection,
    keys: Keyring,
    entropy: Entropy,
    tree: Tree,
    subscribers: Arc<Subscribers>,
}

impl Group {
    /// Works until every handle is gone. Jobs of a group that could not even begin are dropped;
    /// their callers hear [`StoreError::NotCommitted`].
    fn run(mut self, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let jobs = std::iter::once(first).chain(queue.try_iter().take(GROUP_JOBS_MAX - 1));
            let before = self.tree.clone();
            let mut answers = Vec::new();
            let mut news = News::default();
            let outcome = self.commit(jobs, &mut answers, &mut news);
            match &outcome {
                Ok(()) => {
                    tell(&self.subscribers.entries, &news.entries);
                    tell(&self.subscribers.sends, &news.sends);
                }
                Err(error) => {
                    tracing::error!(%error, "a group of writes was not committed");
                    self.tree = before;
                    self.roll_back();
                }
            }
            for answer in answers {
                answer(outcome.clone());
            }
        }
    }

    fn commit(
        &mut self,
        jobs: impl Iterator<Item = Job>,
        answers: &mut Vec<Answer>,
        news: &mut News,
    ) -> Result<(), StoreError> {
        self.say("begin immediate")?;
        for job in jobs {
            answers.push(self.run_one(job, news)?);
        }
        self.keys.commit()?;
        self.say("commit")
    }

    /// One job in its savepoint; when it fails, what it did is undone, in memory too.
    fn run_one(&mut self, job: Job, news: &mut News) -> Result<Answer, StoreError> {
        let before = self.tree.clone();
        let (entries, sends) = (news.entries.len(), news.sends.len());
        self.say("savepoint job")?;
        let mut tx = Tx {
            db: &self.db,
            tree: &mut self.tree,
            keys: &mut self.keys,
            entropy: &self.entropy,
            news,
        };
        // A fault in one job must not end the thread that every opt-out goes through: its
        // savepoint is rolled back and its caller hears that nothing was committed.
        let done = std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut tx)));
        let (keep, answer) = done.unwrap_or_else(|_| {
            tracing::error!("a write ended with a fault and was rolled back");
            (false, Box::new(|_| {}) as Answer)
        });
        if keep {
            self.say("release job")?;
        } else {
            self.say("rollback to job")?;
            self.say("release job")?;
            self.tree = before;
            news.entries.truncate(entries);
            news.sends.truncate(sends);
        }
        Ok(answer)
    }

    /// Runs a statement about the transaction itself, kept prepared as every other.
    fn say(&self, sql: &str) -> Result<(), StoreError> {
        self.db.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    fn roll_back(&mut self) {
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("rollback")
        {
            tracing::error!(%error, "a failed group of writes could not be rolled back");
        }
    }
}

fn tell<T>(subscriber: &OnceLock<Subscriber<T>>, news: &[T]) {
    if let Some(tell) = subscriber.get().filter(|_| !news.is_empty()) {
        tell(news);
    }
}
