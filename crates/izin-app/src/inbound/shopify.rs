//! What Shopify passes on about a shop's customers: who wants to know what there is, who is to be
//! forgotten, and that the shop has left. Start at [`take`].
//!
//! Whoever is to be forgotten is erased when exactly one person is meant and nothing forbids it; all else
//! waits for somebody, with the law's clock.

use std::collections::BTreeSet;

use izin_core::law::{self, Kind, RegimeSet, Start};
use izin_core::{Identifier, Origin, SubjectId, Timestamp};
use izin_store::{QueueKind, Refused, StoreError};
use izin_wire::shopify::{Customer, Privacy};

use super::{InboundError, Waiting, once, wait};
use crate::App;
use crate::act::ActError;
use crate::erasure::{self, Asked};
use crate::gate::Who;

const PROVIDER: &str = "shopify";
/// Days in which Shopify wants it done; most laws want it sooner.
const DAYS: i64 = 30;

/// Takes what was asked for. It is done, or waits for a person, when this returns; said again, it changes
/// nothing.
///
/// # Errors
/// [`InboundError`] when it could not be made durable; Shopify sends it again.
pub async fn take(
    app: &App,
    asked: &Privacy,
    (shop, id): (&str, &str),
) -> Result<(), InboundError> {
    match asked {
        Privacy::DataRequest(customer) => {
            let what = format!(
                "a customer of {shop} wants to know what is kept of them: {}",
                named(customer)
            );
            wait_for_somebody(app, what, id).await
        }
        Privacy::CustomerRedact(customer) => redact(app, customer, (shop, id)).await,
        Privacy::ShopRedact => {
            let what =
                format!("{shop} left Shopify's app, and wants what came from there to be erased");
            wait_for_somebody(app, what, id).await
        }
    }
}

async fn redact(
    app: &App,
    customer: &Customer,
    (shop, id): (&str, &str),
) -> Result<(), InboundError> {
    let people = people(app, customer);
    let only = match people.iter().collect::<Vec<_>>().as_slice() {
        [] => return Ok(()),
        [only] => Some(**only),
        _ => None,
    };
    let erased = match only {
        Some(subject) => erase(app, subject, shop).await?,
        None => false,
    };
    if erased {
        return Ok(());
    }
    let what = format!(
        "a customer of {shop} is to be erased, and was not: several people, or a legal hold: {}",
        named(customer)
    );
    wait_for_somebody(app, what, id).await
}

/// Erases a person; false where a legal hold stands.
async fn erase(app: &App, subject: SubjectId, shop: &str) -> Result<bool, InboundError> {
    let asked = Asked {
        who: Who::Subject(subject),
        origin: Origin::Provider,
        detail: Some(format!("{PROVIDER}: customers/redact of {shop}")),
    };
    match erasure::erase(app, asked).await {
        Ok(_) => Ok(true),
        Err(ActError::Store(StoreError::Refused(Refused::OnHold))) => Ok(false),
        Err(why) => Err(why.into()),
    }
}

/// Everybody known by anything that was told of a customer.
fn people(app: &App, customer: &Customer) -> BTreeSet<SubjectId> {
    let home = app.policy().controller.country;
    let number = customer
        .id
        .and_then(|own| Identifier::customer(&own.to_string()).ok());
    let email = customer
        .email
        .as_deref()
        .and_then(|own| Identifier::email(own).ok());
    let phone = customer
        .phone
        .as_deref()
        .and_then(|own| Identifier::phone(own, home.as_str()).ok());
    let known = [number, email, phone].into_iter().flatten();
    known.flat_map(|own| app.gate.holders(&own)).collect()
}

/// A customer in a note, which is kept sealed.
fn named(customer: &Customer) -> String {
    let number = customer.id.map(|own| own.to_string());
    let parts = [number, customer.email.clone(), customer.phone.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

async fn wait_for_somebody(app: &App, note: String, id: &str) -> Result<(), InboundError> {
    let now = app.clock.now();
    let waiting = Waiting {
        kind: QueueKind::RightsRequest,
        due_at: due(app, now),
        provider: PROVIDER,
        once: once(app, PROVIDER, id),
        note,
    };
    Ok(wait(app, waiting).await?)
}

/// By when: the earliest of what Shopify and the laws that bind the shop ask for.
fn due(app: &App, now: Timestamp) -> Timestamp {
    let regimes: RegimeSet = app.policy().controller.regimes.iter().copied().collect();
    let by_law = law::due(regimes, Kind::RequestClock, (Start::Receipt, now));
    let by_law = by_law.ok().flatten().map(|(day, _)| day);
    let last = now.plus_days(DAYS);
    by_law.map_or(last, |day| day.min(last))
}
