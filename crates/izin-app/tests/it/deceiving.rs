//! What a shop may try that does not want an auditor to see a message sent after a no.

use izin_app::{Who, audit, erasure};
use izin_core::decision::Sent;
use izin_core::{Act, Channel, Origin, Timestamp};
use izin_store::{Command, ROOM_MINUTES, Reach, ReservationId};
use izin_testkit::Shop;
use izin_testkit::policy::{email, purpose_id};

use super::disclosing::{BUDI, Export, last_entry, sent_regardless, wait};

async fn shop() -> Shop {
    let shop = Shop::open().await;
    shop.consented(&[BUDI]).await;
    shop
}

/// Enters something under another time than the clock's.
async fn record_at(shop: &Shop, command: Command, at: Timestamp) {
    shop.store.record(vec![command], at).await.unwrap();
}

/// That the no, an entry, never happened.
async fn correct(shop: &Shop, no: izin_core::Seq, at: Timestamp) {
    let evidence = "two people say so".to_owned();
    record_at(
        shop,
        Command::Correct {
            entry: no,
            evidence,
        },
        at,
    )
    .await;
}

#[tokio::test]
async fn a_no_taken_back_after_the_message_stands_whatever_date_that_bears() {
    for honest in [true, false] {
        let shop = shop().await;
        shop.opt_out(BUDI).await;
        let no = last_entry(&shop, BUDI).await;
        wait(&shop, 5);
        let between = shop.clock.now();
        wait(&shop, 60);
        if honest {
            correct(&shop, no, between).await;
        }
        sent_regardless(&shop, BUDI, "marketing").await;
        audit::batch(&shop).await.unwrap();
        if !honest {
            correct(&shop, no, between).await;
        }
        let found = Export::of(&shop, "export").await.check();
        assert_eq!(found.late.is_empty(), honest);
        assert_eq!(found.backdated.count > 0, !honest, "dated before the batch");
    }
}

#[tokio::test]
async fn a_second_policy_of_the_same_version_is_refused() {
    let shop = shop().await;
    let export = Export::of(&shop, "before").await;
    assert!(export.try_check().is_ok(), "the control");
    let (version, hash) = (shop.policy().version, "00".repeat(32));
    let act = Act::PolicyPublished { version, hash };
    let command = Command::Act {
        subject: None,
        act,
        detail: None,
    };
    record_at(&shop, command, shop.clock.now()).await;
    let refused = Export::of(&shop, "after").await.try_check().unwrap_err();
    assert!(
        refused.to_string().contains("published before"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_message_to_somebody_erased_or_restricted_is_named_though_it_is_about_an_order() {
    let shop = shop().await;
    sent_regardless(&shop, BUDI, "orders").await;
    let subject = shop.person(BUDI);
    for holds in [true, false] {
        wait(&shop, 10);
        let origin = Origin::Agent;
        let command = Command::Act {
            subject: Some(subject),
            act: Act::Restricted { holds, origin },
            detail: None,
        };
        record_at(&shop, command, shop.clock.now()).await;
        wait(&shop, 10);
        sent_regardless(&shop, BUDI, "orders").await;
    }
    let reach = Reach {
        subject,
        addresses: Vec::new(),
    };
    let asked = erasure::Asked {
        who: Who::Identifier(email(BUDI)),
        origin: Origin::Agent,
        detail: None,
    };
    erasure::erase(&shop, asked).await.unwrap();
    wait(&shop, 10);
    hold(&shop, reach, "orders").await;
    wait(&shop, ROOM_MINUTES * 60);
    let found = Export::of(&shop, "export").await.check();
    let lines: Vec<u64> = found.late.iter().map(|own| own.line).collect();
    assert_eq!((found.hand_overs, lines), (4, vec![2, 4]));
}

/// Holds room whatever anybody said.
async fn hold(shop: &Shop, reach: Reach, purpose: &str) -> ReservationId {
    let (at, purpose) = (shop.clock.now(), purpose_id(purpose));
    let sent = Sent {
        at,
        channel: Channel::Email,
        purpose,
        topic: None,
    };
    let held = shop.store.reserve(reach, move |_| Some(sent), at).await;
    held.unwrap().unwrap()
}

#[tokio::test]
async fn room_that_nobody_settles_is_committed_to_when_its_time_is_over() {
    let shop = shop().await;
    let mut round = audit::Round::default();
    let reach = Reach {
        subject: shop.person(BUDI),
        addresses: Vec::new(),
    };
    hold(&shop, reach, "marketing").await;
    wait(&shop, ROOM_MINUTES * 60 + 59);
    round.sign(&shop).await;
    let batches = async || shop.store.hand_over_batches(None, 9).await.unwrap().len();
    assert_eq!(batches().await, 0);
    wait(&shop, 1);
    round.sign(&shop).await;
    assert_eq!(batches().await, 1);
    let found = Export::of(&shop, "export").await.check();
    assert_eq!((found.hand_overs, found.belated.count), (1, 0));
}

#[tokio::test]
async fn a_message_kept_back_from_the_log_for_long_is_counted() {
    let shop = shop().await;
    sent_regardless(&shop, BUDI, "marketing").await;
    wait(&shop, 24 * 60 * 60);
    let found = Export::of(&shop, "export").await.check();
    assert_eq!((found.late.len(), found.belated.count), (0, 1));
}

#[tokio::test]
async fn a_message_decided_before_a_no_and_told_after_it_is_named_as_that() {
    let shop = shop().await;
    let reach = Reach {
        subject: shop.person(BUDI),
        addresses: Vec::new(),
    };
    let room = hold(&shop, reach, "marketing").await;
    wait(&shop, 60);
    shop.opt_out(BUDI).await;
    wait(&shop, 60);
    izin_app::reserve::confirm(&shop, room).await.unwrap();
    let found = Export::of(&shop, "export").await.check();
    assert_eq!((found.late.len(), found.crossed.len()), (0, 1));
    assert_eq!(found.crossed[0].refusal, last_entry(&shop, BUDI).await);
}
