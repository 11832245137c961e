//! While the store takes no writes: a no counts, and nobody is told that it is done.

use izin_app::link::Link;
use izin_app::optout;
use izin_core::{Channel, Origin, Reason, Scope};
use izin_store::StoreError;
use izin_testkit::Shop;

const ANI: &str = "ani@example.com";

#[tokio::test]
async fn a_no_pressed_again_while_the_store_takes_no_writes_is_not_called_done() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    let subject = shop.person(ANI);
    let address = shop.store.identifiers(subject).await.unwrap()[0].suppression;
    let link = Link {
        subject,
        address,
        channel: Channel::Email,
        campaign: 0,
    };
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
