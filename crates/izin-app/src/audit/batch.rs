//! Committing to the messages that were handed over, in batches.

use izin_store::{BATCH_WIDTH, StoreError};

use crate::App;

/// How long a message waits for others before its batch is closed, in seconds.
const WAIT_SECONDS: i64 = 60;

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
    let (waiting, first) = app.store.hand_overs_waiting().await?;
    let patience = app.clock.now().plus_seconds(-WAIT_SECONDS);
    let is_due = waiting >= BATCH_WIDTH || first.is_some_and(|first| first <= patience);
    if is_due { batch(app).await } else { Ok(()) }
}
