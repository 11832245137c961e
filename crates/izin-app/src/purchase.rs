//! What was bought, whichever way the shop tells it: kept as orders, a sign of the person, and on
//! record where a law infers something from it. It asks for no permission: whoever brings orders
//! has. Start at [`bought`].

use std::collections::BTreeMap;

use izin_core::relation::Relation;
use izin_core::{Act, Identifier, Timestamp};
use izin_store::command::COMMANDS_MAX;
use izin_store::{Command, Order, PlacedOrders, StoreError};

use crate::App;
use crate::act::infers;

/// Keeps orders, all or none, and what follows from them.
pub(crate) async fn bought(app: &App, orders: Vec<Order>) -> Result<PlacedOrders, StoreError> {
    let newest = newest(&orders);
    let placed = app.store.place_orders(orders, app.clock.now()).await?;
    for (buyer, at) in &newest {
        for subject in app.gate.holders(buyer) {
            app.gate.saw(subject, *at);
        }
    }
    record_dealings(app, newest).await?;
    Ok(placed)
}

/// The newest purchase of each customer.
fn newest(orders: &[Order]) -> BTreeMap<Identifier, Timestamp> {
    let mut newest = BTreeMap::new();
    for order in orders {
        let last = order.lines.iter().map(|own| own.at).max();
        if let (Some(customer), Some(at)) = (&order.customer, last) {
            let own = newest.entry(customer.clone()).or_insert(at);
            *own = at.max(*own);
        }
    }
    newest
}

/// Enters purchases that are newer than what is on record, where a law that binds the shop infers
/// consent from them; elsewhere they are not the ledger's business.
async fn record_dealings(
    app: &App,
    newest: BTreeMap<Identifier, Timestamp>,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let relation = Relation::Purchase;
    if !infers(app, relation, now) {
        return Ok(());
    }
    let mut commands = Vec::new();
    for (customer, occurred_at) in newest {
        let [subject] = app.gate.holders(&customer)[..] else {
            continue;
        };
        let standing = app.gate.standing(subject).unwrap_or_default();
        let mut dealings = standing.dealings.iter();
        if !dealings.any(|own| own.relation == relation && own.occurred_at >= occurred_at) {
            let act = Act::RelationRecorded {
                relation,
                occurred_at,
            };
            commands.push(Command::Act {
                subject: Some(subject),
                act,
                detail: None,
            });
        }
    }
    for some in commands.chunks(COMMANDS_MAX) {
        app.store.record(some.to_vec(), now).await?;
    }
    Ok(())
}
