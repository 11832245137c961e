//! What is lost when one machine is: as the server's own settings say now, never as somebody planned it.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::db::{Db, one};
use crate::{Store, StoreError};

/// Where a write is when it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Durability {
    /// Nobody can say: the server did not answer yet.
    Unknown,
    /// Not even on one disk: the server does not wait for its own, or writes pages that a power cut tears.
    Unsafe,
    /// On one machine's disk, and nowhere else.
    OneMachine,
    /// On one machine's disk; others get it some moments later.
    AsynchronousStandby,
    /// On the disks of two machines: an acknowledgement waits for a standby.
    SynchronousStandby,
    /// Nowhere: commits wait for a standby that does not answer.
    StandbyMissing,
}

impl Durability {
    /// Every answer there is.
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Unsafe,
        Self::OneMachine,
        Self::AsynchronousStandby,
        Self::SynchronousStandby,
        Self::StandbyMissing,
    ];

    /// A stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Unsafe => "unsafe",
            Self::OneMachine => "one_machine",
            Self::AsynchronousStandby => "asynchronous_standby",
            Self::SynchronousStandby => "synchronous_standby",
            Self::StandbyMissing => "standby_missing",
        }
    }

    /// Which loss can happen, in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unknown => "the server does not say where acknowledged writes are",
            Self::Unsafe => {
                "the server is set not to wait for its disk: a power cut loses acknowledged writes"
            }
            Self::OneMachine => {
                "acknowledged writes are on one machine: whoever loses its disk loses what came after the last \
                 backup, except the noes in the safe"
            }
            Self::AsynchronousStandby => {
                "commits do not wait for the standby: a failover loses the last acknowledged writes"
            }
            Self::SynchronousStandby => {
                "acknowledged writes are on two machines: losing one loses nothing"
            }
            Self::StandbyMissing => {
                "the server waits for a standby that does not answer: nothing is acknowledged until it is back, or \
                 `synchronous_standby_names` names another"
            }
        }
    }
}

/// Reads it from the server; a file is on one machine.
///
/// Connections here set `synchronous_commit` themselves. Who follows is counted whatever the role may see of them;
/// whether commits wait for any of those, a role without `pg_read_all_stats` sees by its own that do in vain.
pub(crate) fn read(db: &Db) -> Result<Durability, StoreError> {
    const SETTINGS: &str = "
        select
          current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on',
          trim(current_setting('synchronous_standby_names')) <> '',
          (select count(*) > 0 from pg_stat_replication),
          not exists (
            select 1
            from pg_stat_replication
            where sync_state is null or sync_state in ('sync', 'quorum'))
          or exists (
            select 1
            from pg_stat_activity
            where wait_event = 'SyncRep' and usename = current_user
              and query_start < clock_timestamp() - interval '3 seconds')";
    if !db.is_shared() {
        return Ok(Durability::OneMachine);
    }
    one(db, SETTINGS, &[], |row| {
        let [safe, named, followed] = [row.get(0)?, row.get(1)?, row.get(2)?];
        Ok(match (safe, named) {
            (_, true) if row.get(3)? => Durability::StandbyMissing,
            (false, _) => Durability::Unsafe,
            (true, true) => Durability::SynchronousStandby,
            (true, false) if followed => Durability::AsynchronousStandby,
            (true, false) => Durability::OneMachine,
        })
    })
}

/// What was read last, by whoever follows the server.
#[derive(Debug)]
pub(crate) struct Seen(AtomicU8);

impl Seen {
    pub(crate) const fn new() -> Self {
        Self(AtomicU8::new(Durability::Unknown as u8))
    }

    /// Takes note; what became another is logged.
    pub(crate) fn note(&self, now: Durability) {
        if self.0.swap(now as u8, Ordering::AcqRel) == now as u8 {
            return;
        }
        let (durability, means) = (now.code(), now.sentence());
        match now {
            Durability::Unsafe | Durability::AsynchronousStandby | Durability::StandbyMissing => {
                tracing::warn!(durability, "{means}");
            }
            _ => tracing::info!(durability, "{means}"),
        }
    }

    fn last(&self) -> Durability {
        let last = self.0.load(Ordering::Acquire);
        let known = Durability::ALL.into_iter().find(|own| *own as u8 == last);
        known.unwrap_or(Durability::Unknown)
    }
}

impl Store {
    /// Where a write is when it is acknowledged: as the server said with the last sign that it is there, a
    /// second ago or so.
    #[must_use]
    pub fn durability(&self) -> Durability {
        if self.is_alone() {
            return Durability::OneMachine;
        }
        self.writer.confirmed().durability.last()
    }
}
