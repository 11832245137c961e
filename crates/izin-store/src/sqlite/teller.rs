//! What follows a commit, on a thread of its own beside the next group: who has to know is told, noes
//! are journalled, and the writers are answered. In that order, one group after the other.
//!
//! Nobody is answered before what they wrote is durable, known and, where it is a no, in the journal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::writer::{Answer, News, Outcome, Subscriber, Subscribers};
use crate::StoreError;
use crate::journal::{Journal, Noted};

/// How often a journal that took no writes is tried again while nobody asks.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What a group came to.
pub(super) struct Told {
    /// Whether it was committed.
    pub(super) committed: Result<(), StoreError>,
    /// Who waits, and for whoever said a no, what became of it.
    pub(super) answers: Vec<(Answer, Option<Outcome>)>,
    /// What it changed; nothing where it was not committed.
    pub(super) news: News,
    /// Noes that the database would not take, heard of for the first time.
    pub(super) owed: Vec<Noted>,
    /// What goes into the journal.
    pub(super) lines: Vec<Noted>,
    /// Whether the ledger has every no by now.
    pub(super) entered: bool,
}

/// The thread's own: the journal, and who is told.
pub(super) struct Teller {
    pub(super) subscribers: Arc<Subscribers>,
    pub(super) journal: Journal,
    /// Noes that the journal would not take yet, oldest first.
    pub(super) unwritten: Vec<Noted>,
    /// Whether the ledger has every no.
    pub(super) entered: bool,
    /// Whether everything that was told is in the ledger and in the journal.
    pub(super) settled: Arc<AtomicBool>,
}

impl Teller {
    /// Works until the writing thread is gone.
    pub(super) fn run(mut self, groups: &Receiver<Told>) {
        loop {
            match self.next(groups) {
                Ok(told) => self.tell(told),
                Err(RecvTimeoutError::Timeout) => drop(self.write()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn next(&self, groups: &Receiver<Told>) -> Result<Told, RecvTimeoutError> {
        if self.unwritten.is_empty() {
            return groups.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        groups.recv_timeout(TRY_AGAIN)
    }

    fn tell(&mut self, told: Told) {
        tell(&self.subscribers.entries, &told.news.entries);
        tell(&self.subscribers.sends, &told.news.sends);
        tell(&self.subscribers.owed, &told.owed);
        self.entered = told.entered;
        self.unwritten.extend(told.lines);
        let noted = self.write();
        for (answer, no) in told.answers {
            let heard = match (no, &told.committed, &noted) {
                (Some(_), _, Err(why)) => Err(why.clone()),
                (Some(Outcome::Owed), ..) | (Some(_), Err(_), _) => Err(StoreError::Owed),
                (_, committed, _) => committed.clone(),
            };
            answer(heard);
        }
    }

    /// Journals what is not yet.
    fn write(&mut self) -> Result<(), StoreError> {
        let written = self.journal.append(&self.unwritten);
        match &written {
            Ok(()) => self.unwritten.clear(),
            Err(error) => tracing::error!(%error, "the journal of refusals takes no writes"),
        }
        let settled = self.entered && self.unwritten.is_empty();
        self.settled.store(settled, Ordering::Release);
        written
    }
}

fn tell<T>(subscriber: &OnceLock<Subscriber<T>>, news: &[T]) {
    if let Some(tell) = subscriber.get().filter(|_| !news.is_empty()) {
        tell(news);
    }
}
