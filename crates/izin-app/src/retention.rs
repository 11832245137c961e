//! Destroying on schedule: what the policy keeps for so many days goes when they are over, without
//! anybody asking. A legal hold keeps it. Erasing somebody who asks is [`crate::erasure`].

use std::sync::Arc;
use std::time::Duration;

use izin_core::policy::{FieldId, Retention};
use izin_core::{Policy, Timestamp};
use izin_store::{RetentionRun, StoreError};

use crate::App;

/// Days for which the evidence of what an erased person agreed to and asked for is withheld: five
/// years (design §3.8).
pub const EVIDENCE_DAYS: i64 = 1_826;
/// How often a running server looks: terms are told in days.
const LOOK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// For how many days purchases are kept: as long as the purpose that keeps them longest; none when no
/// purpose uses them, for then nobody has said.
#[must_use]
pub fn purchase_days(policy: &Policy) -> Option<u32> {
    let uses_purchases = |field: &FieldId| {
        let found = policy.field(field);
        found.is_some_and(|own| own.retention == Retention::Purchases)
    };
    let purposes = policy.purposes.iter();
    let keeping = purposes.filter(|own| own.fields.iter().any(uses_purchases));
    keeping.map(|own| own.retention_days).max()
}

/// Destroys what is due now.
///
/// # Errors
/// [`StoreError`] when the store failed; the next run goes on.
pub async fn run(app: &App) -> Result<RetentionRun, StoreError> {
    let now = app.clock.now();
    app.store.finish_erasures().await?;
    let done = app
        .store
        .run_retention(orders_before(app, now), now)
        .await?;
    if done.orders > 0 {
        app.shelf.restock(&app.store).await?;
    }
    Ok(done)
}

/// Orders whose last line is older are due.
#[must_use]
pub fn orders_before(app: &App, now: Timestamp) -> Option<Timestamp> {
    purchase_days(&app.policy()).map(|days| now.plus_days(-i64::from(days)))
}

/// Destroys what is due, from the start on and once a day.
pub async fn keep_destroying(app: Arc<App>) {
    loop {
        match run(&app).await {
            Ok(RetentionRun {
                orders: 0,
                withheld: 0,
                ..
            }) => {}
            Ok(done) => {
                let (orders, withheld) = (done.orders, done.withheld);
                tracing::info!(orders, withheld, "what was due on schedule was destroyed");
            }
            Err(why) => tracing::error!(%why, "what is due on schedule was not destroyed"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
