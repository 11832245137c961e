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
/// Days for which an entry does not speak for the clock that dated it: long enough to find a clock that
/// jumped under a server that goes on recording.
const VOUCHING_DAYS: i64 = 30;
/// Days without an entry after which a server does not believe its clock: no shop is silent for so long.
const SILENCE_DAYS_MAX: i64 = 90;

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

/// Destroys what is due now, whatever the clock says: somebody asked.
///
/// # Errors
/// [`StoreError`] when the store failed; the next run goes on.
pub async fn run(app: &App) -> Result<RetentionRun, StoreError> {
    let now = app.clock.now();
    app.store.finish_erasures().await?;
    let ran = app.store.run_retention(due(app, now), now).await;
    // One that broke off may have destroyed something before.
    let (orders, people) = match &ran {
        Ok(done) => (done.orders > 0, done.people > 0),
        Err(_) => (true, true),
    };
    if people {
        app.forget_snapshot();
        app.store.finish_erasures().await?;
    }
    if orders || people {
        app.shelf.restock(&app.store).await?;
    }
    ran
}

/// When the ledger was silent for so long before now that the clock is to be doubted: its last entry
/// before the silence. What a wrong clock dated itself speaks for it only after thirty days.
///
/// # Errors
/// [`StoreError`] when the store failed.
pub async fn silent_since(app: &App, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let vouching = now.plus_days(-VOUCHING_DAYS);
    let last = app.store.recorded_before(vouching).await?;
    Ok(last.filter(|last| *last < vouching.plus_days(-SILENCE_DAYS_MAX)))
}

/// Why nothing was destroyed on schedule.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A clock that is wrong by years would destroy everything.
    #[error(
        "nothing was recorded for more than {SILENCE_DAYS_MAX} days after {0}, so that the clock may be \
         wrong; if it is right, `izin retention run` destroys what is due"
    )]
    ClockInDoubt(Timestamp),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Destroys what is due now, as a server does by itself: not while the clock is in doubt.
///
/// # Errors
/// [`ScheduleError`]; the next run goes on.
pub async fn run_scheduled(app: &App) -> Result<RetentionRun, ScheduleError> {
    match silent_since(app, app.clock.now()).await? {
        Some(last) => Err(ScheduleError::ClockInDoubt(last)),
        None => Ok(run(app).await?),
    }
}

/// The same, unless another process does it.
async fn run_alone(app: &App) -> Result<RetentionRun, ScheduleError> {
    if app.store.leads("retention").await? {
        return run_scheduled(app).await;
    }
    Ok(RetentionRun::default())
}

/// Destroys what is due, from the start on and once a day.
pub async fn keep_destroying(app: Arc<App>) {
    loop {
        match run_alone(&app).await {
            Ok(done) => tell(&done),
            Err(why) => tracing::error!(%why, "what is due on schedule was not destroyed"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn tell(done: &RetentionRun) {
    let RetentionRun {
        orders,
        withheld,
        people,
        passed_over,
        ..
    } = *done;
    if passed_over > 0 {
        tracing::error!(
            passed_over,
            "orders do not open or people cannot be erased, and stay; `izin doctor` looks for damage"
        );
    }
    if !done.is_empty() {
        tracing::info!(
            orders,
            withheld,
            people,
            "what was due on schedule was destroyed"
        );
    }
}
