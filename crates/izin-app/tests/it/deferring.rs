//! Who may not be reached now is asked again by the same campaign when the time comes.

use izin_app::act::{self, Kind, Report};
use izin_app::{Who, deliver};
use izin_core::{Channel, Origin, Reason};
use izin_store::CampaignState;
use izin_testkit::policy::email;
use izin_testkit::{MailServer, Shop};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

/// A campaign that was queued for two people.
async fn queued() -> (MailServer, Shop, u64) {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI, BUDI]).await;
    let id = shop.begin().await;
    shop.queue(id).await;
    (server, shop, id)
}

/// Wants quiet for some days.
async fn pause(shop: &Shop, address: &str, days: i64) {
    let pause = Report {
        who: Who::Identifier(email(address)),
        kind: Kind::Pause(shop.clock.now().plus_days(days)),
        channel: Some(Channel::Email),
        purpose: None,
        topic: None,
        occurred_at: None,
        detail: None,
        origin: Origin::Api,
    };
    let paused = act::report(shop, pause, None, |_| String::new());
    paused.await.unwrap();
}

#[tokio::test]
async fn who_pauses_before_the_hand_over_is_reached_by_the_same_campaign_after_the_pause() {
    let (server, mut shop, id) = queued().await;
    pause(&shop, ANI, 3).await;
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.deferred), (1, 1));
    assert_eq!(standing.denied.len(), 0);
    assert_eq!(standing.state, CampaignState::Waiting);
    assert_eq!(server.mails_to(ANI).len(), 0);

    shop.wait_days(2);
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(server.mails_to(ANI).len(), 0);

    shop.wait_days(1);
    shop.reopen().await;
    deliver::hand_over_unfinished(&shop).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.deferred), (2, 0));
    assert_eq!(standing.state, CampaignState::Done);
    assert_eq!(server.mails_to(ANI).len(), 1);
}

#[tokio::test]
async fn who_opts_out_while_a_campaign_waits_for_them_never_gets_it() {
    let (server, shop, id) = queued().await;
    pause(&shop, ANI, 3).await;
    shop.hand_over(id).await.unwrap();
    shop.opt_out(ANI).await;
    shop.wait_days(3);
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!(standing.denied[&Reason::OptedOutChannel], 1);
    assert_eq!(standing.state, CampaignState::Done);
    assert_eq!(server.mails_to(ANI).len(), 0);
}

#[tokio::test]
async fn a_pause_longer_than_a_campaign_lives_outlasts_it() {
    let (server, shop, id) = queued().await;
    pause(&shop, ANI, 60).await;
    shop.hand_over(id).await.unwrap();
    shop.wait_days(15);
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.deferred, standing.expired), (0, 1));
    assert_eq!(standing.state, CampaignState::Done);
    shop.wait_days(60);
    shop.hand_over(id).await.unwrap();
    assert_eq!(server.mails_to(ANI).len(), 0);
}
