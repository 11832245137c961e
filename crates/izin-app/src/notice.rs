//! Promise 5: the privacy notice is made from what the gate enforces, and from nothing else.

use std::sync::Arc;

use izin_core::{Policy, Timestamp};
use izin_store::StoreError;
use serde::{Serialize, Serializer};

use crate::App;

/// The notice in force, as data: what the policy declares, its version and since when.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    /// The policy, with its version.
    #[serde(flatten, serialize_with = "as_itself")]
    pub policy: Arc<Policy>,
    /// When it took effect; RFC 3339 in its serialised form.
    #[serde(serialize_with = "as_text")]
    pub effective_from: Timestamp,
}

fn as_itself<S: Serializer>(policy: &Arc<Policy>, serializer: S) -> Result<S::Ok, S::Error> {
    policy.as_ref().serialize(serializer)
}

fn as_text<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// The notice of the policy in force.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn current(app: &App) -> Result<Notice, StoreError> {
    let in_force = app.store.effective_policy().await?;
    let effective = in_force.and_then(|own| own.effective);
    let effective_from = effective.map_or_else(|| app.clock.now(), |(_, since)| since);
    Ok(Notice {
        policy: app.policy(),
        effective_from,
    })
}
