//! What comes between a look and a deletion, whose trouble it is, and how much goes at once.

use izin_core::{Identifier, Money};
use izin_testkit::TempDir;

use rusqlite::ffi;

use super::*;
use crate::db::{params, run};
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

fn store(dir: &TempDir) -> Store {
    let place = Place {
        dir: dir.path(),
        safe: &dir.path().join("safe"),
        master: &MasterSource::File,
        servers: None,
    };
    Store::open(place, Owner::take(dir.path()).unwrap(), Entropy::seeded(1)).unwrap()
}

async fn expired(store: &Store) -> Vec<Expired> {
    let page = store.read_sealed(|db, keys| expired_page(db, keys, (&[], TERM_OVER)));
    page.await.unwrap().expired
}

#[tokio::test]
async fn an_order_that_grew_after_it_was_judged_is_not_destroyed() {
    let dir = TempDir::new();
    let store = store(&dir);
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

#[test]
fn only_a_persons_own_rows_are_passed_over_and_not_a_database_that_fails() {
    let failed = |code| {
        let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        concerns_one(&failure.into())
    };
    for code in [
        ffi::SQLITE_BUSY,
        ffi::SQLITE_CORRUPT,
        ffi::SQLITE_NOMEM,
        ffi::SQLITE_FULL,
    ] {
        assert!(!failed(code), "{code}");
    }
    assert!(failed(ffi::SQLITE_CONSTRAINT_TRIGGER));
    assert!(concerns_one(&StoreError::Damaged { what: "profile" }));
}

#[tokio::test]
async fn evidence_of_more_people_than_go_at_once_is_all_destroyed_in_one_run() {
    let dir = TempDir::new();
    let store = store(&dir);
    let people = PEOPLE_A_STEP + 1;
    let erased = "
        with recursive number(own) as (
          select 1
          union all
          select own + 1 from number where own < ?1
        )
        insert into erasures (subject, seq, erased_at, step, withheld_until)
        select randomblob(16), own, 0, 2, 0 from number";
    let begun = store
        .writer
        .write(move |tx: &mut Tx<'_>| run(tx.db, erased, params![people]));
    begun.await.unwrap();
    let step = store
        .writer
        .write(|tx: &mut Tx<'_>| tx.destroy_withheld(TERM_OVER));
    assert_eq!(
        step.await.unwrap(),
        u64::from(PEOPLE_A_STEP),
        "others write in between"
    );
    let done = store.run_retention(Due::default(), TERM_OVER).await;
    assert_eq!(done.unwrap().withheld, 1);
    let begun = store
        .writer
        .write(move |tx: &mut Tx<'_>| run(tx.db, erased, params![people]));
    begun.await.unwrap();
    let done = store.run_retention(Due::default(), TERM_OVER).await;
    assert_eq!(done.unwrap().withheld, u64::from(people));
}
