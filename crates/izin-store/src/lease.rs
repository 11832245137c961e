//! What one process does for all that work on a store: signing, batches, retention, a campaign's hand-over.
//!
//! A lease ends by itself when whoever holds it does not renew it. What is done under one is done in a turn to
//! write, and says there whose it is: a process that was away and believes that it still holds it changes nothing.

use crate::db::{exists, params};
use crate::writer::Tx;
use crate::{Store, StoreError};

/// How long a lease holds without being renewed, by the server's time.
const HELD_MICROS: i64 = 30_000_000;

impl Store {
    /// Whether this process does something for all, for the next half minute: it renews its lease, or takes one
    /// that nobody holds. A process that is alone always does.
    ///
    /// # Errors
    /// [`StoreError`] when the server cannot be asked.
    pub async fn leads(&self, what: &'static str) -> Result<bool, StoreError> {
        if self.is_alone() {
            return Ok(true);
        }
        self.writer.write(move |tx| tx.lead(what)).await
    }
}

impl Tx<'_> {
    fn lead(&self, what: &str) -> Result<bool, StoreError> {
        const TAKE: &str = "
            insert into leases (name, node, ends_at)
            values (?1, ?2, micros_now() + ?3)
            on conflict (name) do update
            set node = excluded.node, ends_at = excluded.ends_at
            where leases.node = excluded.node
              or leases.ends_at < micros_now()
              or leases.node not in (select node from nodes where ended_at is null)
            returning node";
        exists(self.db, TAKE, params![what, self.node, HELD_MICROS])
    }

    /// Whether this process may still do something for all; asked where it is done.
    pub(crate) fn leads(&self, what: &str) -> Result<bool, StoreError> {
        const HELD: &str = "select 1 from leases where name = ?1 and node = ?2";
        match self.node {
            None => Ok(true),
            Some(node) => exists(self.db, HELD, params![what, node]),
        }
    }
}
