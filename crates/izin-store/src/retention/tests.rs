//! What comes between the look at an order and its deletion.

use izin_core::{Identifier, Money};
use izin_testkit::TempDir;

use super::*;
use crate::vault::MasterSource;
use crate::{Entropy, Line, Order, Owner, Place};

const TERM_OVER: Timestamp = Timestamp::from_micros(2_000_000);

fn order(at: i64) -> Order {
    Order {
        number: "ORDER-1".to_owned(),
        customer: Some(Identifier::customer("C-1").unwrap()),
        lines: vec![Line {
            product: format!("TEA-{at}"),
            quantity: 1,
            unit_price: Money::from_micros(25_000_000_000),
            at: Timestamp::from_micros(at),
        }],
    }
}

async fn expired(store: &Store) -> Vec<Expired> {
    let page = store.read_sealed(|db, keys| expired_page(db, keys, (&[], TERM_OVER)));
    page.await.unwrap().expired
}

#[tokio::test]
async fn an_order_that_grew_after_it_was_judged_is_not_destroyed() {
    let dir = TempDir::new();
    let place = Place {
        dir: dir.path(),
        safe: &dir.path().join("safe"),
        master: &MasterSource::File,
    };
    let store = Store::open(place, Owner::take(dir.path()).unwrap(), Entropy::seeded(1)).unwrap();
    let now = TERM_OVER;
    store.place_orders(vec![order(1)], now).await.unwrap();
    let judged = expired(&store).await;
    assert_eq!(judged.len(), 1);
    store
        .place_orders(vec![order(3_000_000)], now)
        .await
        .unwrap();
    let forget = |judged: Vec<Expired>| {
        store
            .writer
            .write(move |tx: &mut Tx<'_>| tx.forget(&judged))
    };
    assert_eq!(forget(judged).await.unwrap(), 0);
    assert!(expired(&store).await.is_empty(), "its newest line counts");
    let other = Order {
        number: "ORDER-2".to_owned(),
        ..order(1)
    };
    store.place_orders(vec![other], now).await.unwrap();
    let judged = expired(&store).await;
    assert_eq!(forget(judged).await.unwrap(), 1, "the control");
    assert_eq!(store.order_count().await.unwrap(), 1);
}
