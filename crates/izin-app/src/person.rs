//! Who is who: two people who are one, one who is two, an address that was never theirs.
//!
//! Refusals add up and stay with everybody they touched; consents stay with the address they were
//! given for (design §3.2).

use izin_core::relation::DetachCause;
use izin_core::{Identifier, Origin, SubjectId};
use izin_store::{Command, Recorded, StoreError};

use crate::App;
use crate::act::{self, ActError};
use crate::gate::Who;

/// `from` turned out to be `into`, for instance a guest who signed in.
///
/// # Errors
/// [`ActError`]; nothing changed then.
pub async fn merge(
    app: &App,
    from: &Who,
    into: &Who,
    origin: Origin,
) -> Result<Recorded, ActError> {
    let (from, into) = (act::one(app, from)?, act::one(app, into)?);
    record(app, Command::Merge { from, into, origin }).await
}

/// A merge was a mistake: `from`, by their own id, stands alone again.
///
/// # Errors
/// [`ActError`]; nothing changed then.
pub async fn split(app: &App, from: SubjectId) -> Result<Recorded, ActError> {
    app.gate.standing(from).ok_or(ActError::UnknownSubject)?;
    record(app, Command::Split { from }).await
}

/// Whoever answers at an identifier says that it was never this person's. Consents given for it
/// end; refusals made through it stay.
///
/// # Errors
/// [`ActError`]; nothing changed then.
pub async fn detach(app: &App, who: &Who, identifier: Identifier) -> Result<Recorded, ActError> {
    let subject = act::one(app, who)?;
    let command = Command::Detach {
        subject,
        identifier,
        cause: DetachCause::WrongPerson,
    };
    record(app, command).await
}

async fn record(app: &App, command: Command) -> Result<Recorded, ActError> {
    let recorded = app.store.record(vec![command], app.clock.now()).await?;
    let last = recorded.into_iter().next_back();
    last.ok_or(ActError::Store(StoreError::Stopped))
}
