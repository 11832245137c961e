//! What follows a commit: who has to know is told, noes are journalled, and the writers are answered.
//! In that order, one group after the other; beside the next group where one waits. Start at [`Desk`].
//!
//! Nobody is answered before what they wrote is durable, known and, where it is a no, in the journal.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::job::{Job, Outcome};
use super::tail::{Confirmed, Tail};
use super::{News, Subscriber, Subscribers};
use crate::StoreError;
use crate::journal::{Journal, Noted};
use crate::ledger::End;

/// How often a journal that took no writes is tried again while nobody asks.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Noes that are remembered while the journal takes none, and written once it does; with more, it is left
/// for the next start to mend.
const UNWRITTEN_MAX: usize = 100_000;

/// Groups that may be committed and not told yet: one, while the next is worked on.
const GROUPS_LATE_MAX: usize = 1;

/// What a group came to.
pub(super) struct Told {
    /// Whether it was committed.
    pub(super) committed: Result<(), StoreError>,
    /// What was done, and for whoever said a no, what became of it.
    pub(super) jobs: Vec<(Box<dyn Job>, Option<Outcome>)>,
    /// What it changed; nothing where it was not committed.
    pub(super) news: News,
    /// Where the ledger ended before and after, where others write to it too.
    pub(super) end: Option<(End, End)>,
    /// Noes that the database would not take, heard of for the first time.
    pub(super) owed: Vec<Noted>,
    /// What goes into the journal.
    pub(super) lines: Vec<Noted>,
    /// Whether the ledger has every no by now.
    pub(super) entered: bool,
}

/// Where the writer hands in what a group came to.
pub(super) struct Desk {
    shared: Arc<Shared>,
    groups: SyncSender<Told>,
}

/// What the writer and the thread beside it share.
pub(super) struct Shared {
    teller: Mutex<Teller>,
    /// Groups handed to the thread that it has not told of yet.
    late: AtomicUsize,
}

impl Shared {
    fn teller(&self) -> MutexGuard<'_, Teller> {
        self.teller.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what others entered, up to some end or to the one there is.
    pub(super) fn catch_up(&self) -> Result<(), StoreError> {
        self.teller().catch_up(None)
    }

    /// From here on what others enter is told, after what this tail knows to be told.
    pub(super) fn follow(&self, tail: Tail) {
        self.teller().tail = Some(tail);
    }
}

impl Desk {
    /// Opens it; answers also what the thread beside the writer does.
    pub(super) fn open(teller: Teller) -> (Self, impl FnOnce() + Send) {
        let (groups, handed) = sync_channel(GROUPS_LATE_MAX);
        let shared = Arc::new(Shared {
            teller: Mutex::new(teller),
            late: AtomicUsize::new(0),
        });
        let own = Arc::clone(&shared);
        (Self { shared, groups }, move || work(&own, &handed))
    }

    /// What the thread that follows others tells by.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Tells of a group: on the thread beside, where more waits to be done here, else at once, since
    /// that thread would have to wake up first. Fails once that thread is gone.
    pub(super) fn tell(&self, told: Told, more_waits: bool) -> Result<(), StoreError> {
        if !more_waits && self.shared.late.load(Ordering::Acquire) == 0 {
            self.shared.teller().tell(told);
            return Ok(());
        }
        self.shared.late.fetch_add(1, Ordering::AcqRel);
        self.groups.send(told).map_err(|_| StoreError::Stopped)
    }
}

/// Tells of one group after the other until the writing thread is gone.
fn work(shared: &Shared, handed: &Receiver<Told>) {
    loop {
        match handed.recv_timeout(TRY_AGAIN) {
            Ok(told) => {
                shared.teller().tell(told);
                shared.late.fetch_sub(1, Ordering::AcqRel);
            }
            Err(RecvTimeoutError::Timeout) => shared.teller().try_again(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The journal, and who is told.
pub(super) struct Teller {
    /// Where others write to the store too, what they entered.
    pub(super) tail: Option<Tail>,
    pub(super) confirmed: Arc<Confirmed>,
    pub(super) subscribers: Arc<Subscribers>,
    pub(super) journal: Journal,
    /// Noes that the journal would not take yet, oldest first.
    pub(super) unwritten: Vec<Noted>,
    /// Whether the ledger has every no.
    pub(super) entered: bool,
    /// Whether everything that was told is in the ledger and in the journal.
    pub(super) settled: Arc<AtomicBool>,
    /// Whether it was the last time that was to be made so.
    pub(super) keeping: Arc<AtomicBool>,
}

impl Teller {
    fn tell(&mut self, told: Told) {
        // Before anybody hears: a no that the gate knows is called done only once it is journalled.
        if !(told.entered && told.lines.is_empty()) {
            self.settled.store(false, Ordering::Release);
        }
        self.tell_group(&told);
        tell(&self.subscribers.owed, &told.owed);
        self.entered = told.entered;
        self.unwritten.extend(told.lines);
        let noted = self.write();
        for (job, no) in told.jobs {
            job.answer(heard(no, &told.committed, &noted));
        }
    }

    /// Tells of a group: of what others entered before it, then of it. Where that cannot be read, the group waits
    /// to be read itself, and until then nothing that is known here counts.
    fn tell_group(&mut self, told: &Told) {
        let Some((before, end)) = told.end else {
            return self.tell_news(&told.news);
        };
        if self.tail.is_none() {
            return self.tell_news(&told.news);
        }
        if let Err(error) = self.catch_up(Some(before)) {
            tracing::error!(%error, "what others entered cannot be read");
            return;
        }
        if let Some(tail) = &mut self.tail
            && tail.told() == before
        {
            tail.pass(end);
            self.tell_news(&told.news);
        }
    }

    /// Tells what others entered, up to some end or to the one there is. Only who read up to that one knows again
    /// what there is: a group of our own may be told late, and ends before a no that could not be read.
    fn catch_up(&mut self, to: Option<End>) -> Result<(), StoreError> {
        let caught_up = self.read_up_to(to);
        if caught_up.is_err() || to.is_none() {
            self.confirmed.is_behind(caught_up.is_err());
        }
        caught_up
    }

    fn read_up_to(&mut self, to: Option<End>) -> Result<(), StoreError> {
        let Some(tail) = &self.tail else {
            return Ok(());
        };
        let to = to.map_or_else(|| tail.end(), Ok)?;
        while let Some(tail) = self.tail.as_mut().filter(|own| !own.has_told(to)) {
            let news = tail.read(to)?;
            self.tell_news(&news);
        }
        Ok(())
    }

    fn tell_news(&self, news: &News) {
        self.tell_entries(news);
        tell(&self.subscribers.sends, &news.sends);
        if news.doors
            && let Some(tell) = self.subscribers.doors.get()
        {
            tell(&[()]);
        }
    }

    /// Tells of entries and of addresses under other hashes, in the order in which they came.
    fn tell_entries(&self, news: &News) {
        let mut rest = news.entries.as_slice();
        for (before, moved) in &news.moved {
            let told = news.entries.len() - rest.len();
            let (earlier, later) = rest.split_at(before.saturating_sub(told).min(rest.len()));
            tell(&self.subscribers.entries, earlier);
            tell(&self.subscribers.moved, std::slice::from_ref(moved));
            rest = later;
        }
        tell(&self.subscribers.entries, rest);
    }

    /// Where the journal took no writes, it is asked again; it says itself what it does.
    fn try_again(&mut self) {
        if !self.unwritten.is_empty() {
            drop(self.write());
        }
    }

    /// Journals what is not yet.
    fn write(&mut self) -> Result<(), StoreError> {
        let written = self.journal.append(&self.unwritten);
        match &written {
            Ok(()) => self.unwritten.clear(),
            Err(error) => tracing::error!(%error, "the journal of refusals takes no writes"),
        }
        if self.unwritten.len() > UNWRITTEN_MAX {
            self.journal.give_up();
            self.unwritten.clear();
        }
        let settled = self.entered && written.is_ok();
        self.settled.store(settled, Ordering::Release);
        self.keeping.store(settled, Ordering::Release);
        written
    }
}

/// What a caller hears of the commit, instead of what their job came to where that is an error: `no` is what
/// became of the no they said, if they said one.
fn heard(
    no: Option<Outcome>,
    committed: &Result<(), StoreError>,
    noted: &Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(no) = no else {
        return committed.clone();
    };
    // A no is done once it stands in the ledger and in the journal.
    noted.clone()?;
    match (no, committed) {
        (Outcome::Kept | Outcome::Refused, Ok(())) => Ok(()),
        (Outcome::Owed, _) | (_, Err(_)) => Err(StoreError::Owed),
    }
}

fn tell<T>(subscriber: &OnceLock<Subscriber<T>>, news: &[T]) {
    if let Some(tell) = subscriber.get().filter(|_| !news.is_empty()) {
        tell(news);
    }
}

#[cfg(test)]
mod tests;
