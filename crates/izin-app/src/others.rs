//! What other processes on the same store changed that this one keeps in mind: which keys open the doors, and
//! which policy is in force. What they entered is the gate's, as ever.

use std::sync::Arc;

use izin_core::Act;
use izin_store::Committed;
use tokio::sync::Notify;

use crate::App;

/// Rung when there is something to look at.
#[derive(Default)]
pub(crate) struct Others {
    pub(crate) doors: Notify,
    policy: Notify,
}

impl Others {
    /// Looks whether entries changed the policy.
    pub(crate) fn look_at(&self, committed: &[Committed]) {
        let is_policy = |own: &Committed| matches!(own.entry.act, Act::PolicyTookEffect { .. });
        if committed.iter().any(is_policy) {
            self.policy.notify_one();
        }
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
        }
    }
}
