//! Destroying on schedule: what the policy keeps for so many days goes when they are over, without
//! anybody asking. A legal hold keeps it. Erasing somebody who asks is [`crate::erasure`].

use std::sync::Arc;
use std::time::Duration;

use izin_core::policy::{FieldId, Retention};
use izin_core::{Policy, Timestamp};
use izin_store::{Due, RetentionRun, StoreError};

use crate::App;

/// Days for which the evidence of what an erased person agreed to and asked for is withheld: five
/// years (design §3.8).
pub const EVIDENCE_DAYS: i64 = 1_826;
/// How often a running server looks: terms are told in days.
const LOOK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// For how many days what is of a class is kept: as long as the purpose that keeps it longest; none when
/// no purpose uses it, for then nobody has said.
#[must_use]
pub fn days(policy: &Policy, class: Retention) -> Option<u32> {
    let is_of_class = |field: &FieldId| {
        let found = policy.field(field);
        found.is_some_and(|own| own.retention == class)
    };
    let purposes = policy.purposes.iter();
    let keeping = purposes.filter(|own| own.fields.iter().any(is_of_class));
    keeping.map(|own| own.retention_days).max()
}

/// What is due at a moment.
#[must_use]
pub fn due(app: &App, now: Timestamp) -> Due {
    let policy = app.policy();
    let before = |class| days(&policy, class).map(|days| now.plus_days(-i64::from(days)));
    Due {
        orders_before: before(Retention::Purchases),
        people_before: before(Retention::Profile),
        withheld_until: now.plus_days(EVIDENCE_DAYS),
    }
}

/// Destroys what is due now.
///
/// # Errors
/// [`StoreError`] when the store failed; the next run goes on.
pub async fn run(app: &App) -> Result<RetentionRun, StoreError> {
    let now = app.clock.now();
    app.store.finish_erasures().await?;
    let done = app.store.run_retention(due(app, now), now).await?;
    if done.people > 0 {
        app.forget_snapshot();
        app.store.finish_erasures().await?;
    }
    if done.orders + done.people > 0 {
        app.shelf.restock(&app.store).await?;
    }
    Ok(done)
}

/// Destroys what is due, from the start on and once a day.
pub async fn keep_destroying(app: Arc<App>) {
    loop {
        match run(&app).await {
            Ok(done) if done.is_empty() => {}
            Ok(RetentionRun {
                orders,
                withheld,
                people,
                ..
            }) => {
                tracing::info!(
                    orders,
                    withheld,
                    people,
                    "what was due on schedule was destroyed"
                );
            }
            Err(why) => tracing::error!(%why, "what is due on schedule was not destroyed"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
