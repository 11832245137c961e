//! Promise 1: no means no, at once. Every opt-out of every kind is entered here.

use izin_core::{Identifier, Origin, Refusal, RefusalKind, Scope, Seq, SubjectId, Timestamp};
use izin_store::{Command, Recorded, Refusing, StoreError, SuppressionHash, Together, Whom};

use crate::link::Link;
use crate::{App, act};

/// What an opt-out by link came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptedOut {
    /// Whether it stood already.
    pub already: bool,
    /// Since when it stands.
    pub since: Timestamp,
    /// The entry that recorded it.
    pub seq: Seq,
}

/// The refusal of this scope by which the holder of a link has already opted out, if it stands for
/// the person *and* for the address: a refusal carried from another address is not enough.
#[must_use]
pub fn standing_refusal(app: &App, link: &Link, scope: &Scope) -> Option<Refusal> {
    let of_person = is_suppressed(app, link.address, scope).then(|| own(app, link.subject, scope));
    of_person.flatten()
}

/// Whether an opt-out of this scope stands for an address and for everybody who holds it.
#[must_use]
pub fn stands(app: &App, address: &Identifier, scope: &Scope) -> bool {
    let hash = app.store.hasher().suppression_to_keep(address);
    let mut holders = app.gate.holders(address).into_iter();
    is_suppressed(app, hash, scope) && holders.all(|holder| own(app, holder, scope).is_some())
}

/// Whether an opt-out of this scope stands for an address.
pub(crate) fn is_suppressed(app: &App, address: SuppressionHash, scope: &Scope) -> bool {
    let mut own = app.gate.suppressed(address).into_iter();
    own.any(|own| is_opt_out(&own, scope))
}

/// A person's own opt-out of this scope, unless they said yes since.
fn own(app: &App, person: SubjectId, scope: &Scope) -> Option<Refusal> {
    let standing = app.gate.standing(person)?;
    let latest_yes = standing.consents.iter().map(|own| own.seq).max();
    let mut refusals = standing.refusals.into_iter();
    refusals.find(|own| is_opt_out(own, scope) && latest_yes.is_none_or(|yes| yes < own.seq))
}

fn is_opt_out(refusal: &Refusal, scope: &Scope) -> bool {
    refusal.kind == RefusalKind::OptedOut && refusal.scope == *scope
}

/// The holder of a link opts out of `scope`. Repeating it changes nothing; a link outlives its
/// campaign and the person.
///
/// # Errors
/// [`StoreError::Owed`] while the store takes no writes: it stands, and is asked for again. Any other
/// when it could not be made durable: then it does not stand.
pub async fn by_link(
    app: &App,
    link: &Link,
    scope: Scope,
    origin: Origin,
) -> Result<OptedOut, StoreError> {
    let now = app.clock.now();
    // In this order: what the gate knows is unsettled before the gate hears of it.
    if let Some(refusal) = standing_refusal(app, link, &scope)
        && app.store.is_settled()
    {
        return Ok(OptedOut {
            already: true,
            since: refusal.occurred_at,
            seq: refusal.seq,
        });
    }
    let refusing = Refusing {
        whom: Whom::Link(link.subject, link.address),
        refusal: RefusalKind::OptedOut,
        scope,
        occurred_at: now,
        origin,
        detail: None,
    };
    let together = Together {
        review: act::review(app, (&refusing.whom, refusing.refusal), None, now),
        commands: vec![Command::Refuse(refusing)],
    };
    let entered = app.store.record_together(together, now).await?;
    Ok(OptedOut {
        already: false,
        since: now,
        seq: entered.recorded.seq,
    })
}

/// Whoever is on a list that the shop brought along, or was typed by staff, is not contacted: an
/// address, or a customer number with its addresses.
///
/// # Errors
/// [`StoreError`] when it could not be made durable.
pub async fn suppress(
    app: &App,
    refusals: Vec<(Identifier, RefusalKind, Scope, Timestamp)>,
    origin: Origin,
) -> Result<Vec<Recorded>, StoreError> {
    let commands = refusals
        .into_iter()
        .map(|(identifier, refusal, scope, occurred_at)| {
            Command::Refuse(Refusing {
                whom: act::whom(app, identifier),
                refusal,
                scope,
                occurred_at,
                origin,
                detail: None,
            })
        })
        .collect();
    app.store.record(commands, app.clock.now()).await
}
