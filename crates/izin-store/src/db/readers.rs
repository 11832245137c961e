//! Connections that only read. Opening one reads the whole schema, which takes longer than most of what is
//! asked of it: so they stay open, and whoever finds all busy waits for one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Db, Home};
use crate::StoreError;

/// Readers at work at the same time: more than there are cores, since some wait for the disk, and some for
/// minutes (a backup, an export).
const READERS_MAX: usize = 16;

/// The connections of a store.
pub(crate) struct Readers {
    home: Home,
    idle: Mutex<Vec<Db>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    /// Over a database; none is open yet.
    pub(crate) fn of(home: Home) -> Self {
        Self {
            home,
            idle: Mutex::default(),
            turns: Arc::new(Semaphore::new(READERS_MAX)),
        }
    }

    /// Waits for a turn to read, which lasts as long as what is answered.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        turn.map_err(|_| StoreError::Stopped)
    }

    /// An idle connection, or a new one.
    pub(crate) fn take(&self) -> Result<Db, StoreError> {
        let idle = self.idle().pop();
        idle.map_or_else(|| self.home.open_reader(), Ok)
    }

    /// Keeps a connection for the next.
    pub(crate) fn put_back(&self, db: Db) {
        let mut idle = self.idle();
        if idle.len() < READERS_MAX && !db.is_lost() {
            idle.push(db);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Db>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[tokio::test]
    async fn whoever_finds_all_readers_busy_waits_for_one() {
        let readers = Readers::of(Home::File(std::path::PathBuf::new()));
        let mut turns = Vec::new();
        for _ in 0..READERS_MAX {
            turns.push(readers.turn().await.unwrap());
        }
        let mut next = pin!(readers.turn());
        let mut look = || next.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(look().is_pending());
        turns.pop();
        assert!(matches!(look(), Poll::Ready(Ok(_))));
    }
}
