//! While the store takes no writes: a no counts, and nobody is told that it is done.

use izin_app::link::Link;
use izin_app::optout;
use izin_core::{Act, Channel, Origin, Reason, Scope};
use izin_store::{Command, StoreError};
use izin_testkit::Shop;
use izin_testkit::on_server::is_on_a_server;

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

/// A link as it stands in a message to somebody.
async fn link_of(shop: &Shop, address: &str) -> Link {
    let subject = shop.person(address);
    let address = shop.store.identifiers(subject).await.unwrap()[0].suppression;
    Link {
        subject,
        address,
        channel: Channel::Email,
        campaign: 0,
    }
}

#[tokio::test]
async fn a_no_counts_and_is_entered_later_when_the_store_cannot_even_be_read() {
    if is_on_a_server() {
        return;
    }
    let mut shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    let links = [link_of(&shop, ANI).await, link_of(&shop, BUDI).await];
    let everything = Scope::EVERYTHING;
    let press = async |link| optout::by_link(&shop, link, everything, Origin::OneClick).await;
    let other = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    let renamed = |from, to| format!("alter table {from} rename to {to}");
    other
        .execute_batch(&renamed("identifiers", "lost"))
        .unwrap();
    let answered = press(&links[0]).await;
    assert!(matches!(answered, Err(StoreError::Owed)), "{answered:?}");
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutAll, "it counts");
    other
        .execute_batch(&renamed("lost", "identifiers"))
        .unwrap();
    press(&links[1]).await.unwrap();
    drop(other);
    shop.reopen().await;
    for address in [ANI, BUDI] {
        assert_eq!(shop.ask(address).reason, Reason::OptedOutAll, "{address}");
        let noes = shop.store.history(shop.person(address)).await.unwrap();
        let noes = noes
            .iter()
            .filter(|own| matches!(own.act, Act::Refused { .. }));
        assert_eq!(noes.count(), 1, "{address}, entered once");
    }
}

#[tokio::test]
async fn a_no_pressed_again_while_the_store_takes_no_writes_is_not_called_done() {
    if is_on_a_server() {
        return;
    }
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    let link = link_of(&shop, ANI).await;
    let press = || {
        optout::by_link(
            &shop,
            &link,
            Scope::channel(Channel::Email),
            Origin::OneClick,
        )
    };
    let other = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    for time in ["first", "second"] {
        let answered = press().await;
        assert!(
            matches!(answered, Err(StoreError::Owed)),
            "the {time}: {answered:?}"
        );
        assert_eq!(shop.ask(ANI).reason, Reason::OptedOutChannel, "it counts");
    }
    other.execute_batch("rollback").unwrap();
    press().await.unwrap();
    assert!(press().await.unwrap().already, "the control");
}

#[tokio::test]
async fn a_restriction_counts_before_the_store_takes_writes_again() {
    if is_on_a_server() {
        return;
    }
    let mut shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    let (ani, now) = (shop.person(ANI), shop.clock.now());
    let other = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let restricted = Command::Act {
        subject: Some(ani),
        act: Act::Restricted {
            holds: true,
            origin: Origin::Agent,
        },
        detail: None,
    };
    let answered = shop.store.record(vec![restricted], now).await;
    assert!(matches!(answered, Err(StoreError::Owed)), "{answered:?}");
    assert_eq!(shop.ask(ANI).reason, Reason::Restricted, "it counts");
    assert!(shop.ask(BUDI).reason.allows(), "the control");
    drop(other);
    shop.reopen().await;
    assert_eq!(shop.ask(ANI).reason, Reason::Restricted, "and is entered");
}
