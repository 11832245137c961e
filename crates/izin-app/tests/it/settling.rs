//! A store that fails while mails are under way: what arrived is settled later, not left in doubt.

use izin_app::deliver::{self, DeliverError};
use izin_core::Channel;
use izin_store::CampaignState;
use izin_testkit::on_server::is_on_a_server;
use izin_testkit::policy::purpose_id;
use izin_testkit::shop::TEMPLATE;
use izin_testkit::{MailServer, Shop};
use rusqlite::Connection;

const PEOPLE: [&str; 3] = ["ani@example.com", "budi@example.com", "citi@example.com"];

/// A campaign whose mails all arrived, and a store that would not take what became of them.
async fn handed_over() -> (MailServer, Shop, Connection, u64) {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&PEOPLE).await;
    let id = shop.begin().await;
    shop.queue(id).await;
    let db = Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    let fails = "
        create trigger full before update on messages
        when new.state = 'sent'
        begin
          select raise(abort, 'the disk is full');
        end";
    db.execute_batch(fails).unwrap();
    let stopped = shop.hand_over(id).await.unwrap_err();
    assert!(matches!(stopped, DeliverError::Store(_)), "{stopped}");
    assert_eq!(server.mails().len(), PEOPLE.len());
    assert_eq!(shop.standing(id).await.sent, 0);
    (server, shop, db, id)
}

fn mend(db: &Connection) {
    db.execute_batch("drop trigger full").unwrap();
}

#[tokio::test]
async fn what_arrived_while_the_store_failed_is_sent_once_it_works_again() {
    if is_on_a_server() {
        return;
    }
    let (server, shop, db, id) = handed_over().await;
    assert!(shop.hand_over(id).await.is_err(), "it still fails");
    mend(&db);
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.in_doubt), (3, 0));
    assert_eq!(standing.state, CampaignState::Done);
    assert_eq!(server.mails().len(), PEOPLE.len(), "nobody gets it twice");
    let noted = "select count(*) from hand_overs";
    let noted: u64 = db.query_row(noted, [], |row| row.get(0)).unwrap();
    assert_eq!(noted, 3, "each is told once");
}

#[tokio::test]
async fn what_arrived_is_settled_too_where_the_campaign_was_stopped_meanwhile() {
    if is_on_a_server() {
        return;
    }
    let (_server, shop, db, id) = handed_over().await;
    mend(&db);
    let now = shop.clock.now();
    let stopped = shop.store.move_campaign(id, CampaignState::Stopped, now);
    stopped.await.unwrap();
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(shop.standing(id).await.sent, 3);
}

#[tokio::test]
async fn a_message_that_cannot_be_settled_keeps_no_other_campaign_back() {
    if is_on_a_server() {
        return;
    }
    let (server, shop, db, stuck) = handed_over().await;
    mend(&db);
    let fails = format!(
        "create trigger full before update on messages
         when new.state = 'sent' and new.campaign = {stuck}
         begin
           select raise(abort, 'the row is damaged');
         end"
    );
    db.execute_batch(&fails).unwrap();
    let another = "dewi@example.com";
    shop.consented(&[another]).await;
    // The same template would be the same campaign.
    let template = TEMPLATE.replace("Promo", "Baru");
    let other = shop.try_begin(&template, purpose_id("marketing"), Channel::Email);
    shop.queue(other.await.unwrap()).await;
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(server.mails_to(another).len(), 1);
    assert_eq!(shop.standing(stuck).await.sent, 0, "the control");
    mend(&db);
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(shop.standing(stuck).await.sent, 3, "nothing was dropped");
}

/// The control: nobody remembers after a crash.
#[tokio::test]
async fn what_arrived_while_the_store_failed_is_in_doubt_after_a_crash() {
    if is_on_a_server() {
        return;
    }
    let (_server, mut shop, db, id) = handed_over().await;
    mend(&db);
    shop.reopen().await;
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.in_doubt), (0, 3));
}
