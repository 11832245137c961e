//! Legal holds: what they keep through merges, splits and schedules, and what they do not.

use izin_app::act::ActError;
use izin_app::evidence::REASON_BYTES_MAX;
use izin_app::hold::{self, HoldError};
use izin_app::staff::Staff;
use izin_app::{Who, door::Role, person, retention};
use izin_core::policy::Retention;
use izin_core::{Origin, Reason, SubjectId};
use izin_store::{Refused, StoreError};
use izin_testkit::Shop;
use izin_testkit::on_server::is_on_a_server;
use izin_testkit::policy::email;

use super::erasing::{ANI, erase, shop_of_two, try_erase};
use super::retaining::{BUDI, hold, release};

/// Makes a person part of another.
async fn merge(shop: &Shop, from: SubjectId, into: SubjectId) {
    let (from, into) = (Who::Subject(from), Who::Subject(into));
    let merged = person::merge(shop, &from, &into, Origin::Agent);
    merged.await.unwrap();
}

async fn is_held(shop: &Shop, address: &str) -> bool {
    matches!(
        try_erase(shop, address).await,
        Err(ActError::Store(StoreError::Refused(Refused::OnHold)))
    )
}

#[tokio::test]
async fn a_hold_without_a_reason_or_with_an_endless_one_is_not_begun() {
    let shop = shop_of_two().await;
    let rini = Staff::new("Rini", Role::Dpo, None).unwrap();
    let ani = Who::Subject(shop.person(ANI));
    let endless = "x".repeat(REASON_BYTES_MAX + 1);
    for reason in ["", "  \n", &endless] {
        let begun = hold::begin(&shop, &ani, &rini, reason).await;
        assert!(matches!(begun, Err(HoldError::NoReason)));
    }
    assert_eq!(shop.store.holds().await.unwrap(), []);
    hold::begin(&shop, &ani, &rini, &endless[1..])
        .await
        .unwrap();
    assert_eq!(shop.store.holds().await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_was_held_as_a_part_of_another_is_held_alone_too() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person(BUDI));
    merge(&shop, ani, budi).await;
    let held = hold(&shop, ani).await;
    person::split(&shop, ani).await.unwrap();
    assert!(is_held(&shop, ANI).await && is_held(&shop, BUDI).await);
    release(&shop, held).await;
    assert!(!is_held(&shop, BUDI).await, "each is ended on its own");
    let left = shop.store.holds().await.unwrap();
    assert_eq!(
        left.iter().map(|own| own.subject).collect::<Vec<_>>(),
        [ani]
    );
    assert_eq!(left[0].reason, "lawsuit");
    release(&shop, left[0].id).await;
    assert!(!is_held(&shop, ANI).await, "the control");
}

#[tokio::test]
async fn what_the_other_bought_is_kept_where_a_hold_stood_before_the_merge() {
    let shop = shop_of_two().await;
    let (ani, budi) = (shop.person(ANI), shop.person(BUDI));
    let held = hold(&shop, ani).await;
    merge(&shop, ani, budi).await;
    let days = retention::days(&shop.policy(), Retention::Purchases).unwrap();
    shop.wait_days(i64::from(days) + 1);
    assert_eq!(retention::run(&shop).await.unwrap().orders, 0);
    assert_eq!(shop.store.order_count().await.unwrap(), 2);
    person::split(&shop, ani).await.unwrap();
    let both = shop.store.holds().await.unwrap();
    assert_eq!(both.len(), 2, "one for each, not one more for every merge");
    release(&shop, held).await;
    assert_eq!(retention::run(&shop).await.unwrap().orders, 1, "ani's");
    assert_eq!(shop.store.purchases(budi).await.unwrap().len(), 1, "held");
}

#[tokio::test]
async fn an_address_that_is_somebody_elses_leaves_a_person_on_hold() {
    let shop = shop_of_two().await;
    let ani = shop.person(ANI);
    hold(&shop, ani).await;
    person::detach(&shop, &Who::Subject(ani), email(ANI))
        .await
        .unwrap();
    assert_eq!(
        shop.ask(ANI).reason,
        Reason::UnknownSubject,
        "no message goes"
    );
    assert_eq!(shop.store.identifiers(ani).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_number_of_a_hold_is_not_given_to_another_when_an_erasure_took_the_first() {
    let shop = shop_of_two().await;
    let first = hold(&shop, shop.person(ANI)).await;
    release(&shop, first).await;
    erase(&shop).await;
    let second = hold(&shop, shop.person(BUDI)).await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn the_reason_of_a_hold_on_somebody_erased_goes_with_the_evidence_it_kept() {
    if is_on_a_server() {
        return;
    }
    let shop = shop_of_two().await;
    let ani = shop.person(ANI);
    erase(&shop).await;
    let held = hold(&shop, ani).await;
    let reasons = || {
        let db = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
        let count = "select count(*) from holds";
        db.query_row(count, [], |row| row.get::<_, u64>(0)).unwrap()
    };
    shop.wait_days(retention::EVIDENCE_DAYS + 1);
    retention::run(&shop).await.unwrap();
    release(&shop, held).await;
    assert_eq!(reasons(), 1, "the control");
    retention::run(&shop).await.unwrap();
    assert_eq!(reasons(), 0);
    let late = hold(&shop, ani).await;
    release(&shop, late).await;
    retention::run(&shop).await.unwrap();
    assert_eq!(reasons(), 0, "also where nothing was left to keep");
}
