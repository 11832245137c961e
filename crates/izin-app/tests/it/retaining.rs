//! What is destroyed on schedule, and what a legal hold keeps.

use izin_app::{Who, person, retention};
use izin_core::policy::Retention;
use izin_core::{Origin, Reason, SubjectId, Verdict};
use izin_store::Due;
use izin_testkit::Shop;
use izin_testkit::policy::email;
use izin_testkit::scan::holding;

use super::erasing::{ANI, erase, shop_of_two};

const BUDI: &str = "budi@example.com";

/// Begins a legal hold.
async fn hold(shop: &Shop, whom: SubjectId) -> u64 {
    let said = ("Rini".to_owned(), "lawsuit".to_owned());
    let held = shop.store.begin_hold(whom, said, shop.clock.now());
    held.await.unwrap()
}

async fn release(shop: &Shop, hold: u64) {
    let by = "Rini".to_owned();
    let ended = shop.store.end_hold(hold, by, shop.clock.now());
    assert!(ended.await.unwrap());
}

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
    let held = hold(&shop, ani).await;
    shop.wait_days(retention::EVIDENCE_DAYS + 1);
    assert_eq!(retention::run(&shop).await.unwrap().withheld, 0);
    assert_eq!(withheld(&shop), 1, "held");
    release(&shop, held).await;
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
    let days = retention::days(&shop.policy(), Retention::Purchases).unwrap();
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0);
    assert_eq!(shop.store.order_count().await.unwrap(), 2);
    let budi = shop.person(BUDI);
    hold(&shop, budi).await;
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
    let (ani, budi) = (shop.person(ANI), shop.person(BUDI));
    let (from, into) = (Who::Subject(budi), Who::Subject(ani));
    person::merge(&shop, &from, &into, Origin::Agent)
        .await
        .unwrap();
    let held = hold(&shop, ani).await;
    shop.wait_days(i64::from(
        retention::days(&shop.policy(), Retention::Purchases).unwrap(),
    ));
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0, "held");
    release(&shop, held).await;
    assert_eq!(
        retention::run(&shop).await.unwrap().orders,
        2,
        "the control"
    );
}

/// Two people whose purchases have gone, and whose profiles are due.
async fn inactive() -> Shop {
    let shop = shop_of_two().await;
    let policy = shop.policy();
    let terms = [Retention::Purchases, Retention::Profile].map(|own| retention::days(&policy, own));
    shop.wait_days(i64::from(terms.into_iter().flatten().max().unwrap()) + 1);
    shop
}

#[tokio::test]
async fn nobody_goes_whose_purchases_are_kept_who_is_on_hold_or_was_heard_of_since() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person(BUDI));
    shop.wait_days(i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap()) + 1);
    let due = |orders_before| Due {
        orders_before,
        ..retention::due(&shop, shop.clock.now())
    };
    let run = async |orders_before| {
        let done = shop
            .store
            .run_retention(due(orders_before), shop.clock.now());
        done.await.unwrap().people
    };
    assert_eq!(run(None).await, 0, "their purchases are kept");
    let held = hold(&shop, ani).await;
    shop.opt_out(BUDI).await;
    let orders = Some(shop.clock.now());
    assert_eq!(run(orders).await, 0, "one is on hold, one said something");
    release(&shop, held).await;
    assert_eq!(run(orders).await, 1, "the control");
    let identifiers = async |own| shop.store.identifiers(own).await.unwrap().len();
    assert_eq!((identifiers(ani).await, identifiers(budi).await), (0, 2));
}

#[tokio::test]
async fn who_was_inactive_for_too_long_is_erased_and_may_begin_anew_but_a_no_stays() {
    let mut shop = inactive().await;
    let done = retention::run(&shop).await.unwrap();
    assert_eq!((done.orders, done.people), (2, 2));
    assert_eq!(shop.ask(BUDI).reason, Reason::UnknownSubject);
    shop.consented(&[BUDI]).await;
    assert_eq!(shop.ask(BUDI).verdict, Verdict::Allow, "he may come back");
    shop.opt_out(BUDI).await;
    shop.wait_days(i64::from(retention::days(&shop.policy(), Retention::Profile).unwrap()) + 1);
    assert_eq!(retention::run(&shop).await.unwrap().people, 1);
    shop.consented(&[BUDI]).await;
    assert_eq!(shop.ask(BUDI).reason, Reason::OptedOutChannel);
    shop.reopen().await;
    assert_eq!(shop.ask(BUDI).reason, Reason::OptedOutChannel);
    assert_eq!(retention::run(&shop).await.unwrap().people, 0);
    let last = shop.store.retention_runs(1).await.unwrap()[0];
    assert_eq!(last.people, 1);
}

#[tokio::test]
async fn nobody_who_was_inactive_is_found_in_any_file_after_the_run() {
    let shop = inactive().await;
    let hash = *shop.store.hasher().lookup(&email(ANI)).as_bytes();
    assert_ne!(holding(&shop.data_folder(), hash), [""; 0], "the control");
    assert_eq!(retention::run(&shop).await.unwrap().people, 2);
    assert_eq!(holding(&shop.data_folder(), hash), [""; 0]);
}
