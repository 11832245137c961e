//! Legal holds: somebody orders one, and says why. What a hold keeps is in [`izin_store`].

use izin_core::SubjectId;
use izin_store::StoreError;

use crate::App;
use crate::act::{self, ActError};
use crate::evidence::REASON_BYTES_MAX;
use crate::gate::Who;
use crate::staff::Staff;

/// Why no hold was begun.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Nobody said what it is for.
    #[error("say in 1 to {REASON_BYTES_MAX} bytes what the data are kept for")]
    NoReason,
    /// The person.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Begins a hold; answers its number, and whose data it keeps.
///
/// # Errors
/// [`HoldError`]; no hold stands then.
pub async fn begin(
    app: &App,
    who: &Who,
    by: &Staff,
    reason: &str,
) -> Result<(u64, SubjectId), HoldError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > REASON_BYTES_MAX {
        return Err(HoldError::NoReason);
    }
    let subject = act::one(app, who)?;
    let said = (by.name().to_owned(), reason.to_owned());
    let id = app.store.begin_hold(subject, said, app.clock.now()).await?;
    Ok((id, subject))
}
