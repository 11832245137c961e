//! Hand-over to a mail server that fails: sent once, in doubt, or again, never twice.

use izin_app::campaign::{self, CampaignError};
use izin_app::deliver::smtp::SendError;
use izin_app::deliver::{self, DeliverError};
use izin_core::{Channel, Reason, Verdict};
use izin_store::{Campaign, CampaignState};
use izin_testkit::on_server::is_on_a_server;
use izin_testkit::policy::purpose_id;
use izin_testkit::shop::{TEMPLATE, TEXT};
use izin_testkit::{MailServer, Shop, Turn};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

async fn shop_of_two(turns: &[Turn]) -> (MailServer, Shop, u64) {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI, BUDI]).await;
    server.plan(ANI, turns);
    let id = shop.begin().await;
    shop.queue(id).await;
    (server, shop, id)
}

/// Hands over until nothing stops it; a broken connection stops it once each time.
async fn hand_over_all(shop: &Shop, id: u64) {
    for _ in 0..10 {
        if shop.hand_over(id).await.is_ok() {
            return;
        }
    }
    panic!("the hand-over never ends");
}

#[tokio::test]
async fn what_was_being_handed_over_in_a_crash_is_in_doubt_and_never_sent_again() {
    let (server, mut shop, id) = shop_of_two(&[]).await;
    assert_eq!(shop.take(id, 1).await, 1);

    shop.reopen().await;
    hand_over_all(&shop, id).await;
    hand_over_all(&shop, id).await;

    let standing = shop.standing(id).await;
    assert_eq!(
        (standing.in_doubt, standing.sent, standing.waiting),
        (1, 1, 0)
    );
    assert_eq!(standing.state, CampaignState::Done);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_up_after_the_dot_leaves_the_message_in_doubt() {
    for turn in [Turn::DropAfterDot, Turn::Hang] {
        let (server, mut shop, id) = shop_of_two(&[turn]).await;
        let stopped = shop.hand_over(id).await.unwrap_err();
        assert!(
            matches!(stopped, DeliverError::Send(SendError::InDoubt { .. })),
            "{stopped}"
        );

        shop.reopen().await;
        hand_over_all(&shop, id).await;

        let standing = shop.standing(id).await;
        assert_eq!((standing.in_doubt, standing.sent), (1, 1), "{turn:?}");
        assert_eq!(
            server.mails_to(ANI).len(),
            1,
            "{turn:?}: it did arrive, and only once"
        );
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_before_the_dot_is_offered_the_message_again() {
    // More often than there are connections, each of which stops at its first.
    let turns = [Turn::DropBeforeDot; 5];
    let (server, shop, id) = shop_of_two(&turns).await;
    let stopped = shop.hand_over(id).await.unwrap_err();
    assert!(
        matches!(stopped, DeliverError::Send(SendError::NotHandedOver { .. })),
        "{stopped}"
    );
    assert!(shop.standing(id).await.waiting >= 1);

    hand_over_all(&shop, id).await;

    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.in_doubt), (2, 0));
    assert_eq!(
        (server.mails_to(ANI).len(), server.mails_to(BUDI).len()),
        (1, 1)
    );
}

#[tokio::test]
async fn a_server_that_refuses_the_sender_burns_no_message() {
    for (verb, reply, says) in [
        ("MAIL", "550 5.7.1 no", "refused MAIL FROM with 550 5.7.1"),
        ("MAIL", "451 4.3.0 no", "refused MAIL FROM with 451 4.3.0"),
        ("DATA", "554 5.5.0 no", "refused DATA with 554 5.5.0"),
        ("EHLO", "421 4.3.2 no", "with 421 4.3.2"),
    ] {
        let (server, shop, id) = shop_of_two(&[]).await;
        server.refuse(verb, reply);
        let stopped = shop.hand_over(id).await.unwrap_err().to_string();
        assert!(stopped.contains(says), "{stopped}");
        let standing = shop.standing(id).await;
        assert_eq!(
            (standing.waiting, standing.refused),
            (2, 0),
            "{verb} {reply}"
        );

        server.relent();
        shop.hand_over(id).await.unwrap();
        assert_eq!(shop.standing(id).await.sent, 2, "{verb} {reply}");
        assert_eq!(server.mails().len(), 2, "{verb} {reply}");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_between_two_mails_is_opened_again() {
    let (server, shop, id) = shop_of_two(&[Turn::AcceptThenClose]).await;
    server.plan(BUDI, &[Turn::AcceptThenClose]);
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.in_doubt), (2, 0));
    assert_eq!(server.mails().len(), 2);
}

/// Changes the store behind the shop's back.
fn tamper(shop: &Shop, change: &str) {
    let db = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    db.execute_batch(change).unwrap();
}

fn damage_profile(shop: &Shop, address: &str) {
    let person = izin_store::hex(shop.person(address).as_bytes());
    let damage = format!("update profiles set sealed = zeroblob(60) where subject = x'{person}'");
    tamper(shop, &damage);
}

async fn named_shop() -> (MailServer, Shop) {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    let file = format!(
        "email,name,consent_marketing_email,consent_evidence\n\
         {ANI},Ani,yes,form\n{BUDI},Budi,yes,form\n"
    );
    shop.import(izin_app::import::Kind::Contacts, &file).await;
    (server, shop)
}

#[tokio::test]
async fn one_damaged_person_does_not_keep_the_others_from_their_mail() {
    if is_on_a_server() {
        return;
    }
    let (server, shop) = named_shop().await;
    let queued = shop.begin().await;
    shop.queue(queued).await;
    damage_profile(&shop, ANI);
    shop.hand_over(queued).await.unwrap();
    let standing = shop.standing(queued).await;
    assert_eq!((standing.sent, standing.refused), (1, 1));
    assert_eq!(standing.state, CampaignState::Done);

    let later = shop.send().await;
    let accounted = (later.considered, later.sent, later.refused);
    assert_eq!(accounted, (2, 1, 1), "nobody is passed over unseen");
    assert_eq!(
        (server.mails_to(ANI).len(), server.mails_to(BUDI).len()),
        (0, 2)
    );
}

#[tokio::test]
async fn messages_taken_by_a_hand_over_that_could_not_read_people_are_queued_again() {
    if is_on_a_server() {
        return;
    }
    let (server, mut shop) = named_shop().await;
    let id = shop.begin().await;
    shop.queue(id).await;
    tamper(&shop, "alter table profiles rename to away");
    let stopped = shop.hand_over(id).await.unwrap_err();
    assert!(matches!(stopped, DeliverError::Store(_)), "{stopped}");
    tamper(&shop, "alter table away rename to profiles");

    shop.reopen().await;
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.in_doubt), (2, 0));
    assert_eq!(server.mails().len(), 2);
}

fn campaign_of(source: &str, channel: Channel) -> Campaign {
    Campaign {
        id: 0,
        name: "Promo".to_owned(),
        purpose: purpose_id("marketing"),
        channel,
        template: source.to_owned(),
        state: CampaignState::Queuing,
        created_at: izin_testkit::world::NOON,
        finished_at: None,
        announces: None,
    }
}

#[tokio::test]
async fn a_campaign_that_cannot_go_out_keeps_no_other_back() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI, BUDI]).await;
    let broken = campaign_of("no head", Channel::Email);
    let broken = shop.store.begin_campaign(broken).await.unwrap();
    let sound = shop.begin().await;
    assert!(broken < sound);
    deliver::hand_over_unfinished(&shop).await.unwrap();
    assert_eq!(shop.standing(sound).await.state, CampaignState::Done);
    assert_eq!(server.mails().len(), 2);
    let unsent = shop.standing(broken).await;
    assert_eq!((unsent.state, unsent.waiting), (CampaignState::Sending, 2));
}

#[tokio::test]
async fn the_same_campaign_is_begun_once_while_it_is_unfinished() {
    let (_server, shop, id) = shop_of_two(&[]).await;
    assert_eq!(shop.begin().await, id);
    let by_sms = campaign_of(TEMPLATE, Channel::Sms);
    assert_ne!(shop.store.begin_campaign(by_sms).await.unwrap(), id);
    shop.hand_over(id).await.unwrap();
    let (next, at_once) = tokio::join!(shop.begin(), shop.begin());
    assert_ne!(next, id, "a finished campaign may come again");
    assert_eq!(next, at_once);
}

#[tokio::test]
async fn a_message_refused_for_now_is_sent_later() {
    let (server, shop, id) = shop_of_two(&[Turn::RefuseForNow]).await;
    shop.hand_over(id).await.unwrap();
    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.waiting), (1, 1));
    assert_eq!(standing.state, CampaignState::Sending);

    shop.hand_over(id).await.unwrap();

    let standing = shop.standing(id).await;
    assert_eq!((standing.sent, standing.waiting), (2, 0));
    assert_eq!(standing.state, CampaignState::Done);
    assert_eq!(server.mails_to(ANI).len(), 1);
}

#[tokio::test]
async fn who_opts_out_while_a_message_is_delayed_does_not_get_it() {
    let (server, shop, id) = shop_of_two(&[Turn::RefuseForNow]).await;
    shop.hand_over(id).await.unwrap();
    shop.opt_out(ANI).await;
    shop.hand_over(id).await.unwrap();
    assert_eq!(shop.standing(id).await.denied[&Reason::OptedOutChannel], 1);
    assert_eq!(server.mails_to(ANI).len(), 0);
}

#[tokio::test]
async fn a_message_refused_for_days_is_given_up() {
    let (_server, shop, id) = shop_of_two(&[Turn::RefuseForNow; 8]).await;
    for day in 0..5 {
        shop.hand_over(id).await.unwrap();
        let waiting = shop.standing(id).await.waiting;
        assert_eq!(waiting, u64::from(day < 4), "day {day}");
        shop.wait_days(1);
    }
    let standing = shop.standing(id).await;
    assert_eq!((standing.refused, standing.state), (1, CampaignState::Done));
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_not_written_to_again() {
    let (server, mut shop, id) = shop_of_two(&[Turn::NoSuchAddress]).await;
    shop.hand_over(id).await.unwrap();
    assert_eq!(shop.standing(id).await.refused, 1);
    let decision = shop.ask(ANI);
    assert_eq!(
        (decision.verdict, decision.reason),
        (Verdict::Deny, Reason::Undeliverable)
    );
    shop.reopen().await;
    let second = shop.send().await;
    assert_eq!((second.sent, second.denied[&Reason::Undeliverable]), (1, 1));
    assert_eq!(server.mails_to(ANI).len(), 0);
}

#[tokio::test]
async fn a_refused_message_says_nothing_about_the_address() {
    let (_server, shop, id) = shop_of_two(&[Turn::RefuseForGood]).await;
    shop.hand_over(id).await.unwrap();
    assert_eq!(shop.standing(id).await.refused, 1);
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    assert_eq!(shop.send().await.sent, 2);
}

#[tokio::test]
async fn a_stopped_campaign_sends_nothing_more() {
    let (server, shop, id) = shop_of_two(&[]).await;
    campaign::stop(&shop, id).await.unwrap();
    shop.hand_over(id).await.unwrap();
    assert_eq!(server.mails().len(), 0);
    assert_eq!(shop.standing(id).await.state, CampaignState::Stopped);
}

#[tokio::test]
async fn two_at_once_hand_over_each_message_once() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    let people: Vec<String> = (0..80).map(|n| format!("p{n}@example.com")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    shop.consented(&people).await;
    let id = shop.begin().await;
    let (a, b) = tokio::join!(shop.hand_over(id), shop.hand_over(id));
    a.and(b).unwrap();
    hand_over_all(&shop, id).await;
    let mut recipients: Vec<String> = server.mails().into_iter().map(|mail| mail.to).collect();
    recipients.sort_unstable();
    let mut expected: Vec<&str> = people.clone();
    expected.sort_unstable();
    assert_eq!(recipients, expected);
}

#[tokio::test]
async fn a_campaign_with_a_fault_is_not_begun() {
    let (_server, shop, _) = shop_of_two(&[]).await;
    let before = campaign::list(&shop).await.unwrap();
    let marketing = || purpose_id("marketing");
    let broken = TEMPLATE.replace("links.opt_out", "links.opt_in");
    let hidden = TEMPLATE.replace("{{ links.opt_out }}", "https://toko.example");
    for source in [broken.as_str(), &hidden, "", "no head"] {
        let refused = shop.try_begin(source, marketing(), Channel::Email).await;
        assert!(
            matches!(refused, Err(CampaignError::Template(_))),
            "{source}"
        );
    }
    for (purpose, channel) in [
        ("newsletter", Channel::Email),
        ("statistics", Channel::Email),
    ] {
        let refused = shop.try_begin(TEMPLATE, purpose_id(purpose), channel).await;
        assert!(
            matches!(refused, Err(CampaignError::NoPurpose { .. })),
            "{purpose}"
        );
    }
    let refused = shop.try_begin(TEXT, marketing(), Channel::Sms).await;
    assert!(matches!(
        refused,
        Err(CampaignError::NoCarrier(Channel::Sms))
    ));
    assert_eq!(campaign::list(&shop).await.unwrap(), before);
    let cannot_send = Shop::open().await;
    let refused = cannot_send
        .try_begin(TEMPLATE, marketing(), Channel::Email)
        .await;
    assert!(matches!(refused, Err(CampaignError::NoMailServer)));
}
