//! What became of messages while the store took no writes. It is kept here and settled before anything else
//! of its campaign is taken: a mail that arrived is not left in doubt because the disk was full for a minute.
//!
//! Each connection stops at its first failure, so that this holds what a few connections took at most.

use std::collections::BTreeSet;
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

    /// Settles what is left of a campaign from before. What the store still does not take stays left, and
    /// nothing more of that campaign is taken until it does.
    pub(super) async fn settle_left(&self, store: &Store, campaign: u64) -> Result<(), StoreError> {
        let mut settled = Ok(());
        let own: Vec<Outcome> = self
            .left()
            .extract_if(.., |own| own.0 == campaign)
            .collect();
        for outcome in own {
            settled = settled.and(self.settle(store, outcome).await);
        }
        settled
    }

    /// Settles what is left of every campaign; one whose messages cannot be settled keeps no other back.
    pub(super) async fn settle_all(&self, store: &Store) {
        let campaigns: BTreeSet<u64> = self.left().iter().map(|own| own.0).collect();
        for campaign in campaigns {
            if let Err(error) = self.settle_left(store, campaign).await {
                tracing::warn!(campaign, %error, "messages that were handed over cannot be settled; a stop would leave them in doubt");
            }
        }
    }

    fn left(&self) -> std::sync::MutexGuard<'_, Vec<Outcome>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
