//! What the writing thread does: group commit, and what becomes of noes when it fails.
//!
//! Whatever queued while the last commit ran is committed together: no timer, no waiting. Each job
//! runs in a savepoint of its own, so that one that fails takes nothing else with it. What follows a
//! commit is the [`super::teller`]'s: nobody is answered, and nobody hears of an entry, before. When the
//! database takes no writes, the noes among the jobs are journalled and told all the same; their
//! writers hear so, and they are entered before anything else once it takes writes again.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rusqlite::Connection;

use super::teller::{Desk, Told};
use super::writer::{Answer, Job, News, Outcome, Tx};
use crate::address::{Cursor, known};
use crate::journal::{Journal, Noted, kept};
use crate::ledger::Tree;
use crate::safe::note_begun;
use crate::vault::Keyring;
use crate::{Entropy, StoreError};

/// Jobs committed together at most, to bound the time a commit takes.
const GROUP_JOBS_MAX: usize = 512;
/// Noes that are remembered while the store takes no writes; further ones are told to come again.
const OWED_MAX: usize = 100_000;
/// How often a store that took no writes is tried again while nobody asks.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The thread's own: database, keys and tree.
pub(super) struct Group {
    pub(super) db: Connection,
    pub(super) keys: Keyring,
    pub(super) entropy: Entropy,
    pub(super) tree: Tree,
    /// Noes that the database would not take yet, oldest first.
    pub(super) owed: Vec<Noted>,
    /// Those of them that could not be entered the last time, though it took writes.
    pub(super) left: Vec<Noted>,
    /// Whether the database took no writes the last time.
    pub(super) reading_only: bool,
}

/// What a group came to.
#[derive(Default)]
struct Work {
    /// Who waits, and for whoever said a no, what became of it.
    answers: Vec<(Answer, Option<Outcome>)>,
    news: News,
    /// Noes of jobs that the database would not take.
    owed: Vec<Noted>,
}

impl Group {
    /// Works until every handle is gone, or the teller.
    pub(super) fn run(mut self, queue: &Receiver<Job>, desk: &Desk) {
        let mut waiting = VecDeque::new();
        loop {
            if waiting.is_empty() {
                match self.next(queue) {
                    Ok(job) => waiting.push_back(job),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return self.tidy_up(),
                }
            }
            take(queue, &mut waiting);
            let told = self.group(&mut waiting);
            take(queue, &mut waiting);
            if desk.tell(told, !waiting.is_empty()).is_err() {
                return;
            }
        }
    }

    /// Moves the write-ahead log into the database: a store that was closed in good order is one file,
    /// for whoever looks at it or copies it.
    fn tidy_up(&self) {
        if let Err(error) = crate::sqlite::empty_log(&self.db) {
            tracing::warn!(%error, "the write-ahead log stays beside the database");
        }
    }

    fn next(&self, queue: &Receiver<Job>) -> Result<Job, RecvTimeoutError> {
        if self.owed.is_empty() {
            return queue.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        queue.recv_timeout(TRY_AGAIN)
    }

    /// Does the jobs that wait, up to the first that takes the transaction down with it. Jobs that
    /// could not even begin are dropped: their callers hear [`StoreError::NotCommitted`].
    fn group(&mut self, waiting: &mut VecDeque<Job>) -> Told {
        let before = self.tree.clone();
        let mut work = Work::default();
        let committed = self.commit(waiting, &mut work);
        if let Err(error) = &committed {
            tracing::error!(%error, "a group of writes was not committed");
            self.tree = before;
            self.roll_back();
            work.owed.append(&mut work.news.noted);
            work.news = News::default();
        }
        let owed = self.owe(work.owed);
        let mut lines = std::mem::take(&mut work.news.noted);
        // Behind what the ledger holds: a start looks no further back than that.
        let behind = if lines.is_empty() { &owed } else { &self.owed };
        lines.extend(behind.iter().cloned());
        Told {
            committed,
            answers: work.answers,
            news: work.news,
            owed,
            lines,
            entered: self.owed.is_empty(),
        }
    }

    fn commit(&mut self, waiting: &mut VecDeque<Job>, work: &mut Work) -> Result<(), StoreError> {
        if let Err(why) = self.begin(work) {
            waiting.clear();
            return Err(why);
        }
        while let Some(job) = waiting.pop_front() {
            self.run_one(job, work)?;
        }
        self.keys.commit()?;
        self.say("commit")?;
        if !self.reading_only {
            self.owed = std::mem::take(&mut self.left);
        }
        Ok(())
    }

    /// Begins a transaction that enters first what is owed. Where that cannot be, it begins one that
    /// writes nothing: whoever only reads is served, and noes are noted.
    fn begin(&mut self, work: &mut Work) -> Result<(), StoreError> {
        if std::mem::take(&mut self.reading_only) {
            self.db.execute_batch("pragma query_only = off")?;
        }
        let tree = self.tree.clone();
        let begun = self.say("begin immediate");
        let entered = begun.and_then(|()| self.enter_owed(&mut work.news));
        if let Err(error) = entered {
            tracing::error!(%error, "the store takes no writes");
            self.roll_back();
            self.tree = tree;
            work.news = News::default();
            self.reading_only = true;
            self.db.execute_batch("pragma query_only = on; begin")?;
        }
        Ok(())
    }

    /// Enters what is owed; what the ledger will not have stays owed, loudly, and keeps nothing else out.
    fn enter_owed(&mut self, news: &mut News) -> Result<(), StoreError> {
        let (owed, mut left) = (std::mem::take(&mut self.owed), Vec::new());
        let entered = owed.iter().try_for_each(|noted| {
            let before = (self.tree.clone(), news.lengths());
            self.say("savepoint job")?;
            match self.tx(news).enter_noted(noted) {
                Ok(()) => return self.say("release job"),
                Err(StoreError::Unwritable(why)) => return Err(StoreError::Unwritable(why)),
                Err(error) => tracing::error!(%error, "a journalled refusal cannot be entered"),
            }
            self.tree = before.0;
            news.cut(before.1);
            left.push(noted.clone());
            self.undo_job()
        });
        self.owed = owed;
        self.left = left;
        entered
    }

    fn undo_job(&self) -> Result<(), StoreError> {
        self.say("rollback to job")?;
        self.say("release job")
    }

    const fn tx<'a>(&'a mut self, news: &'a mut News) -> Tx<'a> {
        Tx {
            db: &self.db,
            tree: &mut self.tree,
            keys: &mut self.keys,
            entropy: &self.entropy,
            news,
        }
    }

    /// One job in its savepoint; when it fails, what it did is undone, in memory too.
    fn run_one(&mut self, job: Job, work: &mut Work) -> Result<(), StoreError> {
        let before = self.tree.end();
        let (lengths, noes) = (work.news.lengths(), work.news.noes);
        self.say("savepoint job")?;
        let mut tx = self.tx(&mut work.news);
        // A fault in one job must not end the thread that every opt-out goes through: its
        // savepoint is rolled back and its caller hears that nothing was committed.
        let done = std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut tx)));
        let (outcome, answer) = done.unwrap_or_else(|_| {
            tracing::error!("a write ended with a fault and was rolled back");
            (Outcome::Refused, Box::new(|_| {}) as Answer)
        });
        let said_no = work.news.noes > noes && outcome != Outcome::Refused;
        work.answers.push((answer, said_no.then_some(outcome)));
        if outcome == Outcome::Kept {
            return self.say("release job");
        }
        let noted = work.news.cut(lengths);
        if outcome == Outcome::Owed {
            work.owed.extend(noted);
        }
        self.undo_job()?;
        self.tree.cut(&self.db, before)
    }

    /// Remembers noes that the database would not take; answers those it did not know of.
    fn owe(&mut self, noes: Vec<Noted>) -> Vec<Noted> {
        let mut new: Vec<Noted> = Vec::new();
        for mut noted in noes {
            noted.place = None;
            let known = self.owed.iter().chain(&new).any(|own| own.repeats(&noted));
            if !known && self.owed.len() + new.len() < OWED_MAX {
                new.push(noted);
            }
        }
        self.owed.extend(new.iter().cloned());
        new
    }

    /// Enters what the journal remembers and the ledger does not: the store was put back from an
    /// older backup, or took no writes. Erasures that were broken off are finished. A new journal begins
    /// with what the ledger holds.
    pub(super) fn recall(&mut self, journal: &mut Journal, new: bool) -> Result<(), StoreError> {
        self.settle_addresses()?;
        let db = &self.db;
        let (missing, last) = journal.missing(|place| place.is_in(db))?;
        if new && self.tree.size() > 0 {
            tracing::warn!(
                "a journal of refusals was begun in the safe with what the ledger holds"
            );
        }
        if !new && !missing.is_empty() {
            let noes = missing.len();
            tracing::warn!(
                noes,
                "the journal remembers refusals that the store has lost"
            );
        }
        for hash in missing.iter().flat_map(Noted::addresses) {
            known(hash.version(), self.keys.hasher())?;
        }
        let mut from = last.map_or(0, |place| place.seq.0.saturating_add(1));
        loop {
            let mut kept = kept(&self.db, from)?;
            let Some(place) = kept.last().and_then(|own| own.place.as_ref()) else {
                break;
            };
            from = place.seq.0.saturating_add(1);
            // Whatever is missing stays behind the last line that the ledger holds.
            kept.extend(missing.iter().cloned());
            journal.append(&kept)?;
        }
        self.owed = missing;
        let mut news = News::default();
        self.db.execute_batch("begin immediate")?;
        self.enter_owed(&mut news)?;
        let unfinished = self.tx(&mut news).destroy_keys()?;
        note_begun(&self.db, true)?;
        self.keys.commit()?;
        self.db.execute_batch("commit")?;
        self.owed = std::mem::take(&mut self.left);
        if unfinished && let Err(error) = self.finish_erasures() {
            tracing::warn!(%error, "what erasures have left to do is tried again within a day");
        }
        news.noted.extend(self.owed.iter().cloned());
        journal.append(&news.noted)
    }

    /// Brings forward what a rotation that was broken off, or a backup from before it, left under older
    /// keys: what comes in from here on may stand under the newest.
    fn settle_addresses(&mut self) -> Result<(), StoreError> {
        let newest = self.keys.hasher().newest();
        let mut next = (!self.keys.hasher().is_settled()).then_some(Cursor::START);
        if next.is_some() {
            tracing::warn!("addresses are hashed under the newest keys before anything else");
        }
        while let Some(cursor) = next {
            // Nobody is there yet to be told.
            let mut news = News::default();
            self.db.execute_batch("begin immediate")?;
            next = self.tx(&mut news).bring_forward(cursor)?.1;
            if next.is_none() {
                self.tx(&mut news).settle_addresses(newest)?;
            }
            self.db.execute_batch("commit")?;
        }
        self.keys.hasher().settle(newest);
        Ok(())
    }

    /// Runs a statement about the transaction itself, kept prepared as every other.
    fn say(&self, sql: &str) -> Result<(), StoreError> {
        self.db.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Leaves nothing of the erased in logs and copies; nobody else is here yet.
    fn finish_erasures(&self) -> Result<(), StoreError> {
        self.keys.empty_log()?;
        super::empty_log(&self.db)?;
        if let Some(path) = self.db.path() {
            super::remove_copies(path.as_ref())?;
        }
        Ok(self
            .db
            .execute_batch("update erasures set step = 2 where step = 1")?)
    }

    fn roll_back(&mut self) {
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("rollback")
        {
            tracing::error!(%error, "a failed group of writes could not be rolled back");
        }
    }
}

/// Takes what has queued, up to a group.
fn take(queue: &Receiver<Job>, waiting: &mut VecDeque<Job>) {
    let room = GROUP_JOBS_MAX.saturating_sub(waiting.len());
    waiting.extend(queue.try_iter().take(room));
}

#[cfg(test)]
mod tests;
