//! A handle to the one thread that writes, and to the one that tells of it. What they do is in
//! [`group`] and [`teller`].

mod group;
mod job;
mod node;
mod passing;
mod tail;
mod teller;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::address::Moved;
use crate::db::{Db, Home, Question};
use crate::fresh::Fresh;
use crate::histories::Recent;
use crate::journal::{Journal, Noted};
use crate::ledger::{Committed, End, Tree};
use crate::reservation::SendChange;
use crate::safe_begun::{note_begun, refuse_without};
use crate::vault::Keyring;
use crate::{Entropy, StoreError, hex};
use group::Group;
use job::{Job, job};
use node::Node;
pub(crate) use node::at_work;
use tail::{CONFIRMED_FOR, Confirmed, Tail};
use teller::{Desk, Shared, Teller};

/// How often it is looked, at a start, whether what is known is all there is.
const FIRST_LOOK: Duration = Duration::from_millis(5);

/// Jobs that may wait; a caller beyond that waits for a place.
const QUEUE_JOBS_MAX: usize = 4_096;

/// Who is told of changes once they are durable, in order, before the writers are answered.
pub(crate) type Subscriber<T> = Box<dyn Fn(&[T]) + Send + Sync>;

/// Who hears of entries, of addresses under other hashes, of sends, and of noes that could not be entered
/// yet.
#[derive(Default)]
pub(super) struct Subscribers {
    pub(super) entries: OnceLock<Subscriber<Committed>>,
    pub(super) moved: OnceLock<Subscriber<Moved>>,
    pub(super) sends: OnceLock<Subscriber<SendChange>>,
    pub(super) owed: OnceLock<Subscriber<Noted>>,
    pub(super) doors: OnceLock<Subscriber<()>>,
}

/// What a group of jobs changed, told once it is durable.
#[derive(Default)]
pub(crate) struct News {
    pub(crate) entries: Vec<Committed>,
    /// Addresses under other hashes, each with how many entries came before.
    pub(crate) moved: Vec<(usize, Moved)>,
    pub(crate) sends: Vec<SendChange>,
    /// What goes into the journal of refusals.
    pub(crate) noted: Vec<Noted>,
    /// How often a no was said, whether or not that was new.
    pub(crate) noes: usize,
    /// Whether other keys open the doors.
    pub(crate) doors: bool,
}

impl News {
    /// How much there is, to cut back to.
    pub(super) const fn lengths(&self) -> Lengths {
        Lengths {
            entries: self.entries.len(),
            moved: self.moved.len(),
            sends: self.sends.len(),
            noted: self.noted.len(),
        }
    }

    /// Takes back what came since; answers what of it was noted.
    pub(super) fn cut(&mut self, to: Lengths) -> Vec<Noted> {
        self.entries.truncate(to.entries);
        self.moved.truncate(to.moved);
        self.sends.truncate(to.sends);
        self.noted.split_off(to.noted)
    }
}

/// How much news there is.
#[derive(Clone, Copy)]
pub(super) struct Lengths {
    entries: usize,
    moved: usize,
    sends: usize,
    noted: usize,
}

/// What a job may touch.
pub(crate) struct Tx<'a> {
    /// The open transaction.
    pub(crate) db: &'a Db,
    /// The growing edge of the Merkle tree.
    pub(crate) tree: &'a mut Tree,
    /// Every key.
    pub(crate) keys: &'a mut Keyring,
    /// Randomness.
    pub(crate) entropy: &'a Entropy,
    /// What was changed so far.
    pub(crate) news: &'a mut News,
    /// Which entries the tables that find them may not have yet.
    pub(crate) recent: &'a Recent,
    /// The number of this process, where several write.
    pub(crate) node: Option<u64>,
    /// What the job knows without asking.
    pub(crate) fresh: Fresh,
    /// Whether a job is done by itself, so that what is wrong with its rows is its own fault.
    pub(crate) apart: bool,
}

/// A handle to the writing thread.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    recent: Arc<Recent>,
    threads: Vec<JoinHandle<()>>,
    /// What this process is called among several.
    name: String,
    shared: Weak<Shared>,
    confirmed: Arc<Confirmed>,
    subscribers: Arc<Subscribers>,
    settled: Arc<AtomicBool>,
    keeping: Arc<AtomicBool>,
    /// Noes that could not be entered at the start.
    owed: Vec<Noted>,
}

impl Writer {
    /// Starts both threads over an open, migrated database, once what the journal remembers is in
    /// the ledger.
    pub(crate) fn start(
        db: Db,
        keys: Keyring,
        entropy: Entropy,
        (dir, safe): (&Path, &Path),
    ) -> Result<Self, StoreError> {
        let tree = Tree::load(&db)?;
        let subscribers = Arc::new(Subscribers::default());
        let (jobs, queue) = sync_channel(QUEUE_JOBS_MAX);
        let begun = refuse_without(safe, (dir, &db))?;
        let (mut journal, new) = Journal::open(safe, &keys.hasher().mark(), begun)?;
        let name = hex(&entropy.bytes::<16>()?);
        let node = match db.is_shared() {
            true => Some(Node::register(&db, &name)?),
            false => None,
        };
        let mut group = Group {
            node,
            began: End::default(),
            recent: Arc::new(Recent::load(&db)?),
            db,
            keys,
            entropy,
            tree,
            owed: Vec::new(),
            left: Vec::new(),
            unremembered: false,
            reading_only: false,
        };
        group.recall(&mut journal, new)?;
        note_begun(dir, &group.db, true)?;
        let (recent, owed) = (Arc::clone(&group.recent), group.owed.clone());
        let entered = group.owed.is_empty();
        let [settled, keeping] = [entered; 2].map(|own| Arc::new(AtomicBool::new(own)));
        let confirmed = Arc::new(Confirmed::new());
        let teller = Teller {
            tail: None,
            confirmed: Arc::clone(&confirmed),
            subscribers: Arc::clone(&subscribers),
            journal,
            unwritten: Vec::new(),
            entered,
            settled: Arc::clone(&settled),
            keeping: Arc::clone(&keeping),
        };
        let (desk, beside) = Desk::open(teller);
        let shared = desk.shared();
        let start = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new().name(name.into()).spawn(work);
            started.map_err(|why| StoreError::file("start the writer of", dir, &why))
        };
        let threads = vec![
            start("izin-writer", Box::new(move || group.run(&queue, &desk)))?,
            start("izin-teller", Box::new(beside))?,
        ];
        Ok(Self {
            jobs: Some(jobs),
            recent,
            threads,
            name,
            shared: Arc::downgrade(&shared),
            confirmed,
            subscribers,
            settled,
            keeping,
            owed,
        })
    }

    /// Follows what others enter from here on, after so many entries that somebody has replayed.
    pub(crate) fn follow(
        &mut self,
        home: &Home,
        keys: Keyring,
        told: (u64, u64),
    ) -> Result<(), StoreError> {
        let shared = self.shared.upgrade().ok_or(StoreError::Stopped)?;
        shared.follow(Tail::open(home, keys, told)?);
        let (home, name) = (home.clone(), self.name.clone());
        let (shared, confirmed) = (self.shared.clone(), Arc::clone(&self.confirmed));
        let work = move || tail::follow((&home, &name), &shared, &confirmed);
        let started = std::thread::Builder::new()
            .name("izin-tail".into())
            .spawn(work);
        let started = started.map_err(|why| StoreError::Database(why.to_string()))?;
        self.threads.push(started);
        let begun = Instant::now();
        while !self.confirmed.holds() && begun.elapsed() < CONFIRMED_FOR {
            std::thread::sleep(FIRST_LOOK);
        }
        Ok(())
    }

    /// Whether what was told is all there is, or was some seconds ago.
    pub(crate) fn confirmed(&self) -> Arc<Confirmed> {
        Arc::clone(&self.confirmed)
    }

    /// Names the one who is told that other keys open the doors; once, before the first write.
    pub(crate) fn subscribe_doors(&self, subscriber: Subscriber<()>) {
        let named = self.subscribers.doors.set(subscriber);
        debug_assert!(named.is_ok(), "one subscriber, named once");
    }

    /// Which entries the tables that find them may not have yet.
    pub(crate) const fn recent(&self) -> &Arc<Recent> {
        &self.recent
    }

    /// Whether everything that was told is in the ledger and in the journal.
    pub(crate) fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Acquire)
    }

    /// Whether it was the last time that was to be made so.
    pub(crate) fn keeps_noes(&self) -> bool {
        self.keeping.load(Ordering::Acquire)
    }

    /// Names the one who is told of entries; once, before the first write.
    pub(crate) fn subscribe(&self, subscriber: Subscriber<Committed>) {
        let named = self.subscribers.entries.set(subscriber);
        debug_assert!(named.is_ok(), "one subscriber, named once");
    }

    /// Names the one who is told of addresses under other hashes; once, before the first write.
    pub(crate) fn subscribe_moved(&self, subscriber: Subscriber<Moved>) {
        let named = self.subscribers.moved.set(subscriber);
        debug_assert!(named.is_ok(), "one subscriber, named once");
    }

    /// Names the one who is told of sends; once, before the first write.
    pub(crate) fn subscribe_sends(&self, subscriber: Subscriber<SendChange>) {
        let named = self.subscribers.sends.set(subscriber);
        debug_assert!(named.is_ok(), "one subscriber, named once");
    }

    /// Names the one who is told of noes that could not be entered yet, those of the start at once; once,
    /// before the first write.
    pub(crate) fn subscribe_owed(&self, subscriber: Subscriber<Noted>) {
        if !self.owed.is_empty() {
            subscriber(&self.owed);
        }
        let named = self.subscribers.owed.set(subscriber);
        debug_assert!(named.is_ok(), "one subscriber, named once");
    }

    /// Does some work in the next group and answers after its commit. It is done again where other work
    /// of the group fails: what it did is taken back before that.
    pub(crate) async fn write<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        self.write_asking(Vec::new(), work).await
    }

    /// The same, by work that will most likely ask this first.
    pub(crate) async fn write_asking<R: Send + 'static>(
        &self,
        ahead: Vec<Question>,
        work: impl FnMut(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let (job, answer) = job(ahead, work);
        let jobs = self.jobs.clone().ok_or(StoreError::Stopped)?;
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => {
                let sent = tokio::task::spawn_blocking(move || jobs.send(job));
                sent.await
                    .map_err(|_| StoreError::Stopped)?
                    .map_err(|_| StoreError::Stopped)?;
            }
            Err(TrySendError::Disconnected(_)) => return Err(StoreError::Stopped),
        }
        answer.await.map_err(|_| StoreError::Unanswered)?
    }
}

impl Drop for Writer {
    /// Lets the threads finish what is queued.
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("the store's writer ended with a fault");
            }
        }
    }
}
