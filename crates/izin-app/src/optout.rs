//! Promise 1: no means no, at once. Every opt-out of every kind is entered here.

use izin_core::{Identifier, Origin, Refusal, RefusalKind, Scope, Seq, Timestamp};
use izin_store::{Command, Recorded, Refusing, StoreError, Together, Whom};

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
    let same = |own: &Refusal| own.kind == RefusalKind::OptedOut && own.scope == *scope;
    if !app.gate.suppressed(link.address).iter().any(same) {
        return None;
    }
    let standing = app.gate.standing(link.subject)?;
    let latest_yes = standing.consents.iter().map(|own| own.seq).max();
    let mut refusals = standing.refusals.into_iter().filter(same);
    refusals.find(|own| latest_yes.is_none_or(|yes| yes < own.seq))
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
