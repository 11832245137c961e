//! What takes something away, besides a no.

use super::Act;
use crate::consent::Mark;
use crate::relation::DetachCause;

impl Act {
    /// What of the act takes something away from what may be done with the person's data, besides a no: so it
    /// is entered again where the ledger has lost it, and can give nothing then. A dial only falls.
    #[must_use]
    pub fn narrowed(&self) -> Option<Self> {
        let narrows = match self {
            Self::Paused { .. }
            | Self::SignalSeen { .. }
            | Self::MinorKnown { .. }
            | Self::CapSet { .. }
            | Self::DialMoved { .. } => true,
            Self::Restricted { holds, .. } => *holds,
            Self::ConsentMarked { mark, .. } => {
                matches!(mark, Mark::Refused | Mark::Revoked | Mark::Invalidated)
            }
            Self::SoftOptInRecorded { facts, .. } => !facts.is_complete(),
            Self::IdentifierDetached { cause, .. } => {
                matches!(cause, DetachCause::WrongPerson | DetachCause::Reverified)
            }
            _ => false,
        };
        let mut act = narrows.then(|| self.clone())?;
        if let Self::DialMoved { step_up, .. } = &mut act {
            *step_up = false;
        }
        Some(act)
    }
}
