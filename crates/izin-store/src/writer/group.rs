//! What the writing thread does: group commit, and what becomes of noes when it fails.
//!
//! Whatever queued while the last commit ran is committed together: no timer, no waiting. A job that
//! fails takes nothing else with it: where it had changed something, all is taken back and the group is done
//! again, each job in a savepoint of its own (which costs an eighth of the time, so not at first). What follows
//! a commit is the [`super::teller`]'s: nobody is answered, and nobody hears of an entry, before. When the
//! database takes no writes, the noes among the jobs are journalled and told all the same; their
//! writers hear so, and they are entered before anything else once it takes writes again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::job::{Job, Outcome};
use super::node::Node;
use super::teller::{Desk, Told};
use super::{Lengths, News, Tx};
use crate::db::Db;
use crate::fresh::Fresh;
use crate::histories::{Move, Recent};
use crate::journal::Noted;
use crate::ledger::{Committed, End, Tree};
use crate::vault::Keyring;
use crate::{Entropy, StoreError};

/// Jobs committed together at most, to bound the time a commit takes.
const GROUP_JOBS_MAX: usize = 128;
/// How often a group is begun that was not committed.
const TRIES_MAX: usize = 3;
/// How often a store that took no writes is tried again while nobody asks.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The thread's own: database, keys and tree.
pub(super) struct Group {
    pub(super) db: Db,
    pub(super) keys: Keyring,
    pub(super) entropy: Entropy,
    pub(super) tree: Tree,
    pub(super) recent: Arc<Recent>,
    /// Noes that the database would not take yet, oldest first.
    pub(super) owed: Vec<Noted>,
    /// Those of them that could not be entered the last time, though it took writes.
    pub(super) left: Vec<Noted>,
    /// Whether there were more than are remembered.
    pub(super) unremembered: bool,
    /// Whether the database took no writes the last time.
    pub(super) reading_only: bool,
    /// This process among several; none where it is alone.
    pub(super) node: Option<Node>,
    /// Where the ledger ended when the transaction began.
    pub(super) began: End,
}

/// How the jobs of a group are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// All in one: none is expected to fail.
    Together,
    /// Each in a savepoint of its own.
    Apart,
}

/// What a group came to.
#[derive(Default)]
struct Work {
    /// What was done, and for whoever said a no, what became of it.
    jobs: Vec<(Box<dyn Job>, Option<Outcome>)>,
    news: News,
    /// Noes of jobs that the database would not take.
    owed: Vec<Noted>,
    /// Where the ledger ended before and after, where others write to it too.
    end: Option<(End, End)>,
}

impl Group {
    /// Works until every handle is gone, or the teller.
    pub(super) fn run(mut self, queue: &Receiver<Box<dyn Job>>, desk: &Desk) {
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

    /// Brings the tables that find entries up to date, and moves the write-ahead log into the database: a
    /// store that was closed in good order is one file, for whoever looks at it or copies it.
    fn tidy_up(mut self) {
        let indexed = self.settle_histories();
        if let Err(error) = indexed.and_then(|()| self.db.empty_log()) {
            tracing::warn!(%error, "the write-ahead log stays beside the database");
        }
    }

    fn settle_histories(&mut self) -> Result<(), StoreError> {
        if let Some(node) = &self.node {
            return node.end(&self.db);
        }
        self.db.begin()?;
        self.tx(&mut News::default()).settle_histories()?;
        crate::histories::note_indexed(&self.db, self.tree.size())?;
        self.db.commit()
    }

    fn next(&self, queue: &Receiver<Box<dyn Job>>) -> Result<Box<dyn Job>, RecvTimeoutError> {
        if self.owed.is_empty() {
            return queue.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        queue.recv_timeout(TRY_AGAIN)
    }

    /// Does the jobs that wait, up to the first that takes the transaction down with it.
    fn group(&mut self, waiting: &mut VecDeque<Box<dyn Job>>) -> Told {
        let before = self.tree.clone();
        let mut work = Work::default();
        let committed = self.commit_at_last(waiting, &mut work, &before);
        if let Err(error) = &committed {
            tracing::error!(%error, "a group of writes was not committed");
            self.take_back(&before);
            work.owed.append(&mut work.news.noted);
            work.news = News::default();
            // It may stand all the same: then it is read as what others enter is.
            work.end = None;
        }
        let owed = self.owe(work.owed);
        let mut lines = std::mem::take(&mut work.news.noted);
        // A start looks no further back than the last line that the ledger holds: what is owed is written
        // again behind that.
        let behind = if lines.is_empty() { &owed } else { &self.owed };
        lines.extend(behind.iter().cloned());
        Told {
            committed,
            jobs: work.jobs,
            news: work.news,
            end: work.end,
            owed,
            lines,
            entered: self.owed.is_empty() && !self.unremembered,
        }
    }

    /// Does the jobs and commits them; once more, each apart, where one failed or the server took none of it.
    fn commit_at_last(
        &mut self,
        waiting: &mut VecDeque<Box<dyn Job>>,
        work: &mut Work,
        before: &Tree,
    ) -> Result<(), StoreError> {
        let mut manner = Manner::Together;
        let mut tries = 0;
        loop {
            let why = match self.commit(waiting, work, manner) {
                Ok(true) => return Ok(()),
                Ok(false) => StoreError::NotCommitted,
                Err(StoreError::InDoubt) => match self.resolve() {
                    Some(true) => {
                        self.entered();
                        return Ok(());
                    }
                    Some(false) => StoreError::NotCommitted,
                    None => return Err(StoreError::InDoubt),
                },
                Err(why @ StoreError::Unwritable(_)) if self.node.is_some() => why,
                Err(why) => return Err(why),
            };
            tries += 1;
            if tries == TRIES_MAX {
                return Err(why);
            }
            self.start_over(before, work, waiting);
            manner = Manner::Apart;
        }
    }

    /// Takes note that what was owed is in the ledger.
    fn entered(&mut self) {
        if !self.reading_only {
            self.owed = std::mem::take(&mut self.left);
        }
    }

    /// Takes everything back, to be done again.
    fn start_over(&mut self, before: &Tree, work: &mut Work, waiting: &mut VecDeque<Box<dyn Job>>) {
        self.take_back(before);
        for (job, _) in std::mem::take(work).jobs.into_iter().rev() {
            waiting.push_front(job);
        }
    }

    /// Does the jobs and commits them; says whether it did, or whether one failed that had changed
    /// something.
    fn commit(
        &mut self,
        waiting: &mut VecDeque<Box<dyn Job>>,
        work: &mut Work,
        manner: Manner,
    ) -> Result<bool, StoreError> {
        if let Err(why) = self.begin(work) {
            let unbegun = waiting.drain(..).map(|job| (job, None));
            work.jobs.extend(unbegun);
            return Err(why);
        }
        if manner == Manner::Together && !self.reading_only {
            // What fails here fails again where it is asked in earnest.
            let asked = waiting.iter();
            drop(
                asked
                    .map(|job| job.ahead())
                    .try_for_each(|own| self.db.ask_ahead(own)),
            );
        }
        while let Some(job) = waiting.pop_front() {
            let kept = match manner {
                Manner::Apart if !self.reading_only => self.run_apart(job, work).map(|()| true)?,
                // Where nothing is written, nothing is to be undone but keys, which are nobody's.
                _ => self.run_beside(job, work) || self.reading_only,
            };
            if !kept {
                return Ok(false);
            }
        }
        let moved = self.due(&work.news.entries, manner);
        if let Err(error) = moved.keep(&self.db).and_then(|()| self.db.settle()) {
            tracing::error!(%error, "what was put together was not written");
            return if manner == Manner::Together {
                Ok(false)
            } else {
                Err(error)
            };
        }
        // Whoever is in doubt about the keys knows that of the rest nothing stands.
        self.keys.commit().map_err(|why| match why {
            StoreError::InDoubt => StoreError::Unwritable("the keys were not confirmed".into()),
            other => other,
        })?;
        work.end = self.pass_on(&work.news)?;
        self.db.commit()?;
        if self.node.is_none() {
            let size = self.tree.size();
            self.recent.committed(&work.news.entries, &moved, size);
        }
        self.entered();
        Ok(true)
    }

    /// What is to be written with this commit where entries are found by. Where others write too, all of it
    /// is at once: they have nothing but the tables to find it in.
    fn due(&self, entries: &[Committed], manner: Manner) -> Move {
        match manner {
            _ if self.reading_only => Move::default(),
            _ if self.node.is_some() => Move::at_once(entries, self.tree.size()),
            Manner::Together => self.recent.due(),
            Manner::Apart => Move::default(),
        }
    }

    /// Begins a transaction that enters first what is owed. Where that cannot be, it begins one that
    /// writes nothing: whoever only reads is served, and noes are noted.
    fn begin(&mut self, work: &mut Work) -> Result<(), StoreError> {
        if std::mem::take(&mut self.reading_only) {
            self.db.end_refusing()?;
        }
        let tree = (!self.owed.is_empty()).then(|| self.tree.clone());
        let begun = self.begin_writing();
        let entered = begun.and_then(|()| self.enter_owed(&mut work.news));
        if let Err(error) = entered {
            tracing::error!(%error, "the store takes no writes");
            self.roll_back();
            self.keys.roll_back();
            self.tree = tree.unwrap_or_else(|| self.tree.clone());
            work.news = News::default();
            self.reading_only = true;
            self.db.begin_refusing()?;
        }
        Ok(())
    }

    fn undo_job(&self) -> Result<(), StoreError> {
        self.say("rollback to job")?;
        self.say("release job")
    }

    fn tx<'a>(&'a mut self, news: &'a mut News) -> Tx<'a> {
        Tx {
            db: &self.db,
            tree: &mut self.tree,
            keys: &mut self.keys,
            entropy: &self.entropy,
            news,
            recent: &self.recent,
            node: self.node.as_ref().map(Node::number),
            fresh: Fresh::default(),
            apart: false,
        }
    }

    /// One job among others; says whether what there is may be kept: not where it failed and had changed
    /// something.
    fn run_beside(&mut self, job: Box<dyn Job>, work: &mut Work) -> bool {
        let before = (self.changes(), self.tree.size());
        let lengths = work.news.lengths();
        let outcome = self.run_one(job, work, Manner::Together);
        // A full disk may have taken the whole transaction back.
        if !self.db.can_go_on() {
            return false;
        }
        if outcome == Outcome::Kept {
            return true;
        }
        work.take_back(lengths, outcome);
        before == (self.changes(), self.tree.size())
    }

    /// How much was changed in both databases, ever.
    fn changes(&self) -> (u64, u64) {
        (self.db.changes(), self.keys.changes())
    }

    /// One job in its savepoint; when it fails, what it did is undone, in memory too. Keys that it made stay:
    /// they are nobody's.
    fn run_apart(&mut self, job: Box<dyn Job>, work: &mut Work) -> Result<(), StoreError> {
        let before = self.tree.end();
        let lengths = work.news.lengths();
        if let Err(why) = self.say("savepoint job") {
            work.jobs.push((job, None));
            return Err(why);
        }
        let outcome = self.run_one(job, work, Manner::Apart);
        if outcome == Outcome::Kept {
            return self.say("release job");
        }
        work.take_back(lengths, outcome);
        self.undo_job()?;
        self.tree.cut(&self.db, before)
    }

    fn run_one(&mut self, mut job: Box<dyn Job>, work: &mut Work, manner: Manner) -> Outcome {
        let noes = work.news.noes;
        let mut tx = self.tx(&mut work.news);
        tx.apart = manner == Manner::Apart;
        let outcome = job.run(&mut tx);
        let said_no = work.news.noes > noes && outcome != Outcome::Refused;
        work.jobs.push((job, said_no.then_some(outcome)));
        outcome
    }

    /// Runs a statement about the transaction itself, kept prepared as every other.
    fn say(&self, sql: &str) -> Result<(), StoreError> {
        self.db.batch(sql)
    }

    /// Takes back what the open transaction changed, in memory and in the keys too.
    fn take_back(&mut self, before: &Tree) {
        self.tree = before.clone();
        self.keys.roll_back();
        self.roll_back();
    }

    fn roll_back(&mut self) {
        if let Err(error) = self.db.roll_back() {
            tracing::error!(%error, "a failed group of writes could not be rolled back");
        }
    }
}

impl Work {
    /// Takes back what a job told; noes that the database would not take are owed.
    fn take_back(&mut self, to: Lengths, outcome: Outcome) {
        let noted = self.news.cut(to);
        if outcome == Outcome::Owed {
            self.owed.extend(noted);
        }
    }
}

/// Takes what has queued, up to a group.
fn take(queue: &Receiver<Box<dyn Job>>, waiting: &mut VecDeque<Box<dyn Job>>) {
    let room = GROUP_JOBS_MAX.saturating_sub(waiting.len());
    waiting.extend(queue.try_iter().take(room));
}

mod owed;
mod start;
#[cfg(test)]
mod tests;
mod turn;
