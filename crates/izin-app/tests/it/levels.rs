//! As personal as the customer chose: a mail at level 0 or 1 knows nothing of its reader.

use std::fmt::Write;

use izin_app::Who;
use izin_app::act::{self, Kind as Act, Report};
use izin_app::import::Kind;
use izin_core::{Channel, Level, Origin};
use izin_recommend::Because;
use izin_testkit::policy::{email, purpose_id};
use izin_testkit::{MailServer, Shop};

const ANI: &str = "ani@example.com";
/// Bought by Ani alone; last in the catalogue, so that nothing but her purchase brings it up.
const CANARY: &str = "Canary kettle";
const POPULAR: &str = "Popular cup";

/// A catalogue, a product that five customers bought, and one that only Ani did.
async fn shop(server: &MailServer, contact: &str) -> Shop {
    let shop = Shop::with_mail(server).await;
    let mut catalogue = "product_id,title,price\n".to_owned();
    for number in 0..20 {
        writeln!(catalogue, "P{number:02},Plain product {number},1000").unwrap();
    }
    writeln!(catalogue, "Y1,{POPULAR},1000\nZ1,{CANARY},1000").unwrap();
    shop.import(Kind::Catalog, &catalogue).await;
    let mut sales = "customer_id,order_id,ts,product_id,quantity,unit_price\n".to_owned();
    for number in 1..=5 {
        writeln!(
            sales,
            "C{number},O{number},2026-11-{:02},Y1,1,1000",
            10 + number
        )
        .unwrap();
    }
    sales.push_str("C9,O9,2026-11-16,Z1,1,1000\n");
    shop.import(Kind::Purchases, &sales).await;
    let columns = "customer,email,level,consent_marketing_email,consent_personalisation_email,\
                   consent_evidence";
    shop.import(Kind::Contacts, &format!("{columns}\n{contact}\n"))
        .await;
    if contact.split(',').nth(2) == Some("2") {
        shop.raise_dial(ANI, Level::Purchases).await;
    }
    shop
}

/// What Ani reads.
async fn mail_to(contact: &str) -> String {
    let server = MailServer::start().await;
    let shop = shop(&server, contact).await;
    assert_eq!(shop.send().await.sent, 1);
    server.mails_to(ANI)[0].words()
}

#[tokio::test]
async fn at_level_2_a_mail_may_tell_of_own_purchases() {
    let words = mail_to("C9,ani@example.com,2,yes,yes,form").await;
    assert!(words.contains(CANARY), "{words}");
    assert!(words.contains("Because you bought it before"), "{words}");
}

#[tokio::test]
async fn below_level_2_no_mail_tells_of_own_purchases() {
    for (contact, why) in [
        ("C9,ani@example.com,1,yes,yes,form", "dial at 1"),
        ("C9,ani@example.com,0,yes,yes,form", "dial at 0"),
        ("C9,ani@example.com,,yes,yes,form", "dial never moved"),
        (
            "C9,ani@example.com,2,yes,,form",
            "no consent to personalisation",
        ),
        (
            "C9,ani@example.com,2,yes,no,form",
            "personalisation refused",
        ),
    ] {
        let words = mail_to(contact).await;
        assert!(!words.contains(CANARY), "{why}: {words}");
        assert!(!words.contains("you bought"), "{why}: {words}");
    }
}

#[tokio::test]
async fn at_level_0_a_mail_tells_of_no_purchase_of_anyone() {
    let trends = mail_to("C9,ani@example.com,1,yes,,form").await;
    assert!(
        trends.contains(POPULAR) && trends.contains("Bought by many"),
        "{trends}"
    );
    let contextual = mail_to("C9,ani@example.com,0,yes,,form").await;
    assert!(!contextual.contains(POPULAR), "{contextual}");
    assert!(!contextual.contains("Bought by many"), "{contextual}");
}

#[tokio::test]
async fn who_turns_the_dial_down_before_the_hand_over_gets_the_less_personal_mail() {
    let server = MailServer::start().await;
    let shop = shop(&server, "C9,ani@example.com,2,yes,yes,form").await;
    let id = shop.begin().await;
    shop.queue(id).await;
    report(&shop, ANI, Act::Dial(Level::Trends), None).await;
    shop.hand_over(id).await.unwrap();
    let words = server.mails_to(ANI)[0].words();
    assert!(!words.contains(CANARY), "{words}");
}

async fn report(shop: &Shop, address: &str, kind: Act, purpose: Option<&str>) {
    let report = Report {
        who: Who::Subject(shop.person(address)),
        kind,
        channel: None,
        purpose: purpose.map(purpose_id),
        topic: None,
        occurred_at: None,
        detail: None,
        origin: Origin::Api,
    };
    act::report(shop, report, None, |_| String::new())
        .await
        .unwrap();
}

/// Whether the shop shows that many bought the popular product.
async fn is_popular(shop: &Shop) -> bool {
    let trained = shop.shelf.trained(shop).await.unwrap();
    let items = trained.for_mail(Level::Trends, &[], 4);
    items
        .iter()
        .any(|item| item.product.title == POPULAR && matches!(item.pick.because, Because::Popular))
}

#[tokio::test]
async fn who_objects_to_statistics_is_not_counted() {
    let server = MailServer::start().await;
    for trained_before in [false, true] {
        let shop = shop(&server, "C1,satu@example.com,,yes,,form").await;
        if trained_before {
            assert!(is_popular(&shop).await, "five customers bought it");
        }
        report(
            &shop,
            "satu@example.com",
            Act::No(izin_core::RefusalKind::Objected),
            Some("statistics"),
        )
        .await;
        assert!(
            !is_popular(&shop).await,
            "counted, trained before: {trained_before}"
        );
    }
}

#[tokio::test]
async fn the_level_asked_for_on_the_site_needs_its_own_consent_there() {
    let server = MailServer::start().await;
    let shop = shop(&server, "C9,ani@example.com,2,yes,yes,form").await;
    let at = |purpose, channel| shop.ask_about(ANI, purpose, channel).level;
    assert_eq!(at("marketing", Channel::Email), Level::Purchases);
    assert_eq!(at("personalisation", Channel::Site), Level::Trends);
    assert_eq!(shop.gate.holders(&email(ANI)).len(), 1);
}

#[tokio::test]
async fn who_was_not_heard_of_for_180_days_is_not_followed_until_they_buy_again() {
    let server = MailServer::start().await;
    let mut shop = shop(&server, "C9,ani@example.com,2,yes,yes,form").await;
    assert_eq!(shop.ask(ANI).level, Level::Purchases);
    shop.wait_days(181);
    assert_eq!(shop.ask(ANI).level, Level::Trends);
    let bought = format!(
        "customer_id,order_id,ts,product_id,quantity,unit_price\nC9,O10,{},Z1,1,1000\n",
        shop.clock.now()
    );
    shop.import(Kind::Purchases, &bought).await;
    assert_eq!(shop.ask(ANI).level, Level::Purchases);
    shop.reopen().await;
    assert_eq!(shop.ask(ANI).level, Level::Purchases);
}
