//! What others entered, read and told here in its order: a server's store has several writers.
//!
//! A process knows that it is up to date by a commit of its own, which a server that was replaced cannot make,
//! and by having read since. Start at [`Tail`].

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use izin_log::Hash;

use super::News;
use super::node::GONE_AFTER_MICROS;
use super::passing;
use super::teller::Shared;
use crate::StoreError;
use crate::db::{Db, Home, count, params, run};
use crate::durability::{self, Durability, Seen};
use crate::ledger::{End, GONE};
use crate::replay::Index;
use crate::vault::Keyring;

/// How often it is looked for entries though nobody said that there are any.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often a process says that it is there, and makes sure that the server is.
const SEEN_EVERY: Duration = Duration::from_secs(1);
/// How often the log says that what others entered still cannot be read.
const LOGGED_EVERY: Duration = Duration::from_secs(60);
/// Entries that are read at once.
const ENTRIES_AT_ONCE: u64 = 5_000;
/// How old what is known may be, before it counts for nothing.
pub(crate) const CONFIRMED_FOR: Duration = Duration::from_secs(5);

/// Reads what others entered.
pub(super) struct Tail {
    db: Db,
    index: Index,
    keys: Keyring,
    /// What was told.
    told: End,
}

impl Tail {
    /// Goes on after so many entries, which somebody has replayed, and after a line of news.
    pub(super) fn open(
        home: &Home,
        keys: Keyring,
        (size, line): (u64, u64),
    ) -> Result<Self, StoreError> {
        let db = home.open_tail()?;
        let tip = tip_of(&db, size)?;
        Ok(Self {
            index: Index::of_a_tail(home.open_tail()?),
            db,
            keys,
            told: End { size, tip, line },
        })
    }

    /// Where the ledger ends: not before what was told.
    pub(super) fn end(&self) -> Result<End, StoreError> {
        let end = End::read(&self.db)?;
        match end.size < self.told.size {
            true => Err(GONE),
            false => Ok(end),
        }
    }

    /// Whether everything was told up to some end.
    pub(super) fn has_told(&self, to: End) -> bool {
        let told = self.told;
        to.size < told.size || (to.size, to.tip) == (told.size, told.tip) && to.line <= told.line
    }

    /// What others entered since up to some end, or as much of it as is read at once; refuses a ledger that is not
    /// the one that was told.
    pub(super) fn read(&mut self, to: End) -> Result<News, StoreError> {
        const NEWEST: &str = "select addresses_newest from store";
        let same = match to.size == self.told.size {
            true => to.tip == self.told.tip,
            false => tip_of(&self.db, self.told.size)? == self.told.tip,
        };
        if !same {
            return Err(GONE);
        }
        let to = self.page(to)?;
        let mut news = News::default();
        let newest = count(&self.db, NEWEST)?;
        if newest > self.keys.hasher().newest().number().into() {
            while self.keys.take_up_address_keys()? {}
        }
        let (told, size) = (self.told.size, to.size);
        news.entries = crate::replay::between(&self.db, (told, size), &self.index)?;
        if news.entries.len() as u64 != size - told {
            return Err(StoreError::Damaged {
                what: "ledger (a gap in its sequence)",
            });
        }
        passing::read(&self.db, (self.told.line, to.line), told, &mut news)?;
        self.told = to;
        Ok(news)
    }

    /// The end of what is read at once on the way to an end.
    fn page(&self, to: End) -> Result<End, StoreError> {
        let size = self.told.size.saturating_add(ENTRIES_AT_ONCE);
        if size >= to.size {
            return Ok(to);
        }
        let line = passing::last(&self.db, (self.told.line, size))?;
        Ok(End {
            size,
            tip: tip_of(&self.db, size)?,
            line: line.unwrap_or(self.told.line),
        })
    }

    /// Takes note of what is told without being read: this process entered it, right after all that was told.
    pub(super) fn pass(&mut self, end: End) {
        self.told = end;
    }

    /// What was told.
    pub(super) const fn told(&self) -> End {
        self.told
    }
}

/// The leaf of the last of so many entries.
fn tip_of(db: &Db, size: u64) -> Result<Option<Hash>, StoreError> {
    let Some(last) = size.checked_sub(1) else {
        return Ok(None);
    };
    Ok(crate::log::leaf_hashes(db, (last, size))?.pop())
}

/// Since when what is known here was known to be all there is.
#[derive(Debug)]
pub(crate) struct Confirmed {
    begun: Instant,
    /// Milliseconds after `begun`, plus one; 0: never.
    at: AtomicU64,
    /// Whether something is known to be unknown.
    behind: AtomicBool,
    /// Where the server keeps what it acknowledges.
    pub(crate) durability: Seen,
}

impl Confirmed {
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            at: AtomicU64::new(0),
            behind: AtomicBool::new(false),
            durability: Seen::new(),
        }
    }

    /// Whether what is known here is all there is, or was a moment ago.
    pub(crate) fn holds(&self) -> bool {
        let at = self.at.load(Ordering::Acquire);
        let since = Duration::from_millis(at.saturating_sub(1));
        at > 0
            && !self.behind.load(Ordering::Acquire)
            && self.begun.elapsed().saturating_sub(since) < CONFIRMED_FOR
    }

    /// All is known that there was at a moment.
    pub(super) fn confirm(&self, at: Instant) {
        let since = at.saturating_duration_since(self.begun).as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.at.store(since.saturating_add(1), Ordering::Release);
    }

    /// Whether something could not be read that is there.
    pub(super) fn is_behind(&self, behind: bool) {
        self.behind.store(behind, Ordering::Release);
    }
}

/// Since when what others entered cannot be read, and when that was logged last: a server that is away for long is
/// not to fill the log.
#[derive(Default)]
struct Unread(Option<(Instant, Instant)>);

impl Unread {
    fn note(&mut self, why: Option<&StoreError>) {
        let now = Instant::now();
        match (why, self.0) {
            (None, None) => {}
            (None, Some((since, _))) => {
                let seconds = since.elapsed().as_secs();
                tracing::info!(seconds, "what others entered can be read again");
                self.0 = None;
            }
            (Some(_), Some((_, logged))) if logged.elapsed() < LOGGED_EVERY => {}
            (Some(error), before) => {
                tracing::warn!(%error, "what others entered cannot be read");
                self.0 = Some((before.map_or(now, |(since, _)| since), now));
            }
        }
    }
}

/// Looks for what others entered until the store is gone.
pub(super) fn follow(
    (home, name): (&Home, &str),
    shared: &Weak<Shared>,
    confirmed: &Arc<Confirmed>,
) {
    let mut line = None;
    let mut seen = None;
    let mut unread = Unread::default();
    loop {
        let begun = Instant::now();
        if line.is_none() {
            line = home.open_tail().ok();
        }
        if seen.is_none_or(|at: Instant| at.elapsed() >= SEEN_EVERY) {
            // First where a commit is kept: it may be why the next one does not come about.
            let kept = line.as_ref().map(durability::read).transpose();
            let kept = kept.ok().flatten().unwrap_or(Durability::Unknown);
            confirmed.durability.note(kept);
            if line.as_ref().is_some_and(|db| say_seen(db, name).is_ok()) {
                seen = Some(begun);
            }
        }
        let Some(shared) = shared.upgrade() else {
            return;
        };
        let caught_up = shared.catch_up();
        unread.note(caught_up.as_ref().err());
        if let (Ok(()), Some(at)) = (caught_up, seen) {
            confirmed.confirm(at);
        }
        drop(shared);
        match &line {
            Some(db) if !db.is_lost() => db.wait_for_news(LOOK_EVERY),
            _ => std::thread::sleep(LOOK_EVERY),
        }
    }
}

/// Says that this process is there, by a commit that counts, and which are gone. It counts where something was written:
/// who was taken for gone writes too, and goes on under another number with the next turn.
fn say_seen(db: &Db, name: &str) -> Result<(), StoreError> {
    const SEEN: &str = "
        update nodes
        set seen_at = micros_now()
        where node = (select max(node) from nodes where name = ?1)";
    const GONE: &str = "
        update nodes
        set ended_at = micros_now()
        where ended_at is null and seen_at < micros_now() - ?1";
    db.begin()?;
    let seen = run(db, SEEN, params![name])
        .and_then(|rows| (rows > 0).then_some(()).ok_or(StoreError::NotCommitted))
        .and_then(|()| run(db, GONE, params![GONE_AFTER_MICROS]))
        .and_then(|_| db.commit());
    if seen.is_err() {
        db.roll_back()?;
    }
    seen
}
