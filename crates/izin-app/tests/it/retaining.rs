//! What is destroyed on schedule, and what a legal hold keeps.

use izin_app::{Who, person, retention};
use izin_core::{Origin, Reason};
use izin_testkit::Shop;

use super::erasing::{ANI, erase, shop_of_two};

#[tokio::test]
async fn evidence_of_the_erased_goes_when_its_time_is_over_unless_a_hold_keeps_it() {
    let mut shop = shop_of_two().await;
    let ani = shop.person(ANI);
    erase(&shop).await;
    let withheld = |shop: &Shop| {
        let keys = shop.data_folder().join("keys/keys.sqlite");
        let db = rusqlite::Connection::open(keys).unwrap();
        let own = "select count(*) from subject_keys where subject = ?1";
        db.query_row(own, [ani.as_bytes()], |row| row.get::<_, u64>(0))
            .unwrap()
    };
    assert_eq!(withheld(&shop), 1);
    let said = ("Rini".to_owned(), "lawsuit".to_owned());
    let hold = shop
        .store
        .begin_hold(ani, said, shop.clock.now())
        .await
        .unwrap();
    shop.wait_days(retention::EVIDENCE_DAYS + 1);
    assert_eq!(retention::run(&shop).await.unwrap().withheld, 0);
    assert_eq!(withheld(&shop), 1, "held");
    let now = shop.clock.now();
    assert!(
        shop.store
            .end_hold(hold, "Rini".to_owned(), now)
            .await
            .unwrap()
    );
    assert_eq!(retention::run(&shop).await.unwrap().withheld, 1);
    assert_eq!(withheld(&shop), 0);
    shop.reopen().await;
    assert_eq!(
        shop.ask(ANI).reason,
        Reason::OptedOutAll,
        "the suppression stays"
    );
    let last = shop.store.retention_runs(1).await.unwrap()[0];
    assert_eq!((last.orders, last.withheld), (0, 1));
}

#[tokio::test]
async fn purchases_go_when_the_longest_term_of_any_purpose_that_uses_them_is_over() {
    let shop = shop_of_two().await;
    let days = retention::purchase_days(&shop.policy()).unwrap();
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0);
    assert_eq!(shop.store.order_count().await.unwrap(), 2);
    let budi = shop.person("budi@example.com");
    let said = ("Rini".to_owned(), "lawsuit".to_owned());
    shop.store
        .begin_hold(budi, said, shop.clock.now())
        .await
        .unwrap();
    shop.wait_days(i64::from(days));
    assert_eq!(retention::run(&shop).await.unwrap().orders, 1);
    assert_eq!(shop.store.purchases(budi).await.unwrap().len(), 1, "held");
    assert!(
        shop.store
            .purchases(shop.person(ANI))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn orders_that_wait_for_their_keys_after_a_restore_are_not_taken_for_expired_ones() {
    let mut shop = shop_of_two().await;
    shop.close();
    let keys = rusqlite::Connection::open(shop.data_folder().join("keys/keys.sqlite")).unwrap();
    assert!(keys.execute("delete from subject_keys", []).unwrap() > 0);
    drop(keys);
    shop.reopen().await;
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0);
    assert_eq!(shop.store.order_count().await.unwrap(), 2);
}

#[tokio::test]
async fn a_hold_keeps_what_was_bought_before_a_merge_too() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person("budi@example.com"));
    let (from, into) = (Who::Subject(budi), Who::Subject(ani));
    person::merge(&shop, &from, &into, Origin::Agent)
        .await
        .unwrap();
    let said = ("Rini".to_owned(), "lawsuit".to_owned());
    let now = shop.clock.now();
    let hold = shop.store.begin_hold(ani, said, now).await.unwrap();
    shop.wait_days(i64::from(retention::purchase_days(&shop.policy()).unwrap()));
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0, "held");
    let now = shop.clock.now();
    assert!(
        shop.store
            .end_hold(hold, "Rini".to_owned(), now)
            .await
            .unwrap()
    );
    assert_eq!(
        retention::run(&shop).await.unwrap().orders,
        2,
        "the control"
    );
}
