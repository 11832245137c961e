//! Committing to the messages that were handed over, in batches; and reading these.

use izin_core::Seq;
use izin_store::{BATCH_WIDTH, Batch, ROOM_MINUTES, StoreError};

use crate::App;

/// How long a message waits for others before its batch is closed, in seconds.
const WAIT_SECONDS: i64 = 60;
/// How long after its beginning a message is committed to at the latest, in seconds, when nothing
/// stands still: as long as a sender may hold room, and the wait; and as much again for a slow minute.
pub(super) const BELATED_SECONDS: i64 = ROOM_MINUTES * 60 + 2 * WAIT_SECONDS;
/// Batches read at once.
const BATCHES_AT_ONCE: u32 = 64;

/// Commits to every message that waits; to none while the ledger is not the one that was signed.
///
/// # Errors
/// [`StoreError`] when it could not be made durable; what is left waits.
pub async fn batch(app: &App) -> Result<(), StoreError> {
    if app.lost().is_some() {
        return Ok(());
    }
    while app.store.batch_hand_overs(app.clock.now()).await? == BATCH_WIDTH {}
    Ok(())
}

/// Commits to the messages that wait, when there are enough for a batch or the first waits long.
pub(super) async fn batch_due(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    let (waiting, first) = app.store.hand_overs_waiting(now).await?;
    let patience = now.plus_seconds(-WAIT_SECONDS);
    let is_due = waiting >= BATCH_WIDTH || first.is_some_and(|first| first <= patience);
    if is_due { batch(app).await } else { Ok(()) }
}

/// Every batch, some at a time, oldest first.
#[derive(Default)]
pub(super) struct Batches {
    after: Option<Seq>,
}

impl Batches {
    /// The next; none when there are no more.
    pub(super) async fn next(&mut self, app: &App) -> Result<Option<Vec<Batch>>, StoreError> {
        let some = app.store.hand_over_batches(self.after, BATCHES_AT_ONCE);
        let some = some.await?;
        self.after = some.last().map(|own| own.seq).or(self.after);
        Ok(Some(some).filter(|some| !some.is_empty()))
    }
}
