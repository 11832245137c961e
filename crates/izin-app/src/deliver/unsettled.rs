//! What became of messages while the store took no writes. It is kept here and settled before anything else
//! is taken: a mail that arrived is not left in doubt because the disk was full for a minute.
//!
//! Each connection stops at its first failure, so that this holds what a few connections took at most.

use std::sync::{Mutex, PoisonError};

use izin_store::{Message, Store, StoreError};

/// Messages of a campaign, where they stand.
type Outcome = (u64, Vec<Message>);

/// Outcomes that the store would not take yet.
#[derive(Default)]
pub(crate) struct Unsettled(Mutex<Vec<Outcome>>);

impl Unsettled {
    /// Settles messages, or keeps them for [`Unsettled::settle_left`].
    pub(super) async fn settle(
        &self,
        store: &Store,
        (campaign, messages): Outcome,
    ) -> Result<(), StoreError> {
        let settled = store.settle_messages(campaign, messages.clone()).await;
        if settled.is_err() {
            self.left().push((campaign, messages));
        }
        settled
    }

    /// Settles what is left from before.
    pub(super) async fn settle_left(&self, store: &Store) -> Result<(), StoreError> {
        loop {
            let Some(outcome) = self.left().pop() else {
                return Ok(());
            };
            self.settle(store, outcome).await?;
        }
    }

    fn left(&self) -> std::sync::MutexGuard<'_, Vec<Outcome>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
