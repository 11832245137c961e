//! Promise 5: the privacy notice is made from what the gate enforces, and from nothing else.

use izin_core::Timestamp;
use izin_core::policy::{Controller, Policy, Purpose};
use izin_store::StoreError;
use serde::{Serialize, Serializer};

use crate::App;

/// The notice in force, as data: what the policy declares, its version and since when.
#[derive(Debug, Clone, Serialize)]
pub struct Notice<'a> {
    /// The policy's version.
    pub version: u32,
    /// When it took effect; RFC 3339 in its serialised form.
    #[serde(serialize_with = "as_text")]
    pub effective_from: Timestamp,
    /// Who is responsible.
    pub controller: &'a Controller,
    /// Every purpose.
    pub purposes: &'a [Purpose],
}

fn as_text<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// The notice of the policy in force.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn current(app: &App) -> Result<Notice<'_>, StoreError> {
    let published = app.store.policy().await?;
    let effective_from = published.map_or_else(|| app.clock.now(), |own| own.published_at);
    let Policy {
        version,
        controller,
        purposes,
    } = &app.policy;
    Ok(Notice {
        version: *version,
        effective_from,
        controller,
        purposes,
    })
}
