//! What other processes on the same store changed that this one keeps in mind: which keys open the doors, and
//! which policy is in force. What they entered is the gate's, as ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use izin_core::Act;
use izin_store::Committed;
use tokio::sync::Notify;

use crate::App;

/// How soon what could not be read is read again.
const AGAIN: Duration = Duration::from_secs(1);

/// Rung when there is something to look at.
#[derive(Default)]
pub(crate) struct Others {
    pub(crate) doors: Notify,
    policy: Notify,
    /// How often a policy took effect, and how many of those are gone by here.
    heard: AtomicU64,
    adopted: AtomicU64,
}

impl Others {
    /// Looks whether entries changed the policy.
    pub(crate) fn look_at(&self, committed: &[Committed]) {
        let is_policy = |own: &Committed| matches!(own.entry.act, Act::PolicyTookEffect { .. });
        if committed.iter().any(is_policy) {
            self.heard.fetch_add(1, Ordering::AcqRel);
            self.policy.notify_one();
        }
    }

    /// How often a policy took effect so far.
    pub(crate) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Acquire)
    }

    /// Takes note that the policy is gone by that was in force when that often one had taken effect.
    pub(crate) fn adopted(&self, heard: u64) {
        self.adopted.fetch_max(heard, Ordering::AcqRel);
    }

    /// Whether no policy took effect that is not gone by yet.
    pub(crate) fn is_adopted(&self) -> bool {
        self.adopted.load(Ordering::Acquire) >= self.heard()
    }
}

/// Keeps up with other processes, from now on.
pub async fn keep_up(app: Arc<App>) {
    loop {
        let done = tokio::select! {
            () = app.others.doors.notified() => app.door.learn(&app.store).await,
            () = app.others.policy.notified() => app.adopt().await,
        };
        if let Err(error) = done {
            tracing::error!(%error, "what another process changed cannot be read");
            tokio::time::sleep(AGAIN).await;
            app.others.doors.notify_one();
            app.others.policy.notify_one();
        }
    }
}
