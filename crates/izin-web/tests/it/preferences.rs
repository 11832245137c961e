//! Promise 2 over HTTP: by a link one sees and switches off, and nothing else.

use izin_app::link::{Link, LinkKind};
use serde_json::json;

use crate::shop::{BUDI, Shop, ask};

async fn post(shop: &Shop, link: &Link, form: &str) -> (u16, String) {
    let path = shop.path(LinkKind::Preferences, link);
    let asked = ask("POST", &path).form(form).with("accept-language", "en");
    let answer = shop.send(asked).await;
    (answer.status.as_u16(), answer.text())
}

#[tokio::test]
async fn looking_changes_nothing() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::Preferences, &link);
    let before = shop.entries().await;
    for method in ["GET", "HEAD"] {
        assert_eq!(shop.send(ask(method, &path)).await.status, 200);
    }
    assert_eq!(shop.send(ask("PUT", &path)).await.problem().0, 405);
    let page = shop.get(&path).await.text();
    assert!(page.contains("b•••@example.com") && !page.contains(BUDI));
    assert_eq!(shop.entries().await, before);
}

/// Forms that are none of the page's, or that would give more.
fn widening_forms() -> Vec<String> {
    let mut forms = vec![String::new(), "do".to_owned(), "%00=&&=".to_owned()];
    for doing in [
        "",
        "switch-on",
        "switch-off",
        "dial-down",
        "dial-up",
        "consent",
        "stop",
    ] {
        for purpose in ["", "orders", "marketing%00", "MARKETING"] {
            let fields = ["", "email", "fax", "sms"].map(|own| format!("{purpose}&channel={own}"));
            forms.extend(fields.map(|own| format!("do={doing}&purpose={own}")));
        }
        let levels = ["", "-1", "2", "3", "4", "255", "1e0", "two"];
        forms.extend(levels.map(|level| format!("do={doing}&level={level}")));
    }
    forms
}

#[tokio::test]
async fn no_form_whatever_it_says_gives_more_than_there_was() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let before = shop.entries().await;
    for form in widening_forms() {
        let (status, page) = post(&shop, &link, &form).await;
        assert_eq!(status, 400, "{form}");
        assert!(page.contains("Nothing has changed"), "{form}");
    }
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn one_purpose_is_switched_off_and_the_others_stay() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let form = "do=switch-off&purpose=marketing&channel=email";
    for _ in 0..2 {
        let (status, page) = post(&shop, &link, form).await;
        assert_eq!(status, 200);
        assert!(
            page.contains("News and offers (Email) is now off"),
            "{page}"
        );
    }
    assert_eq!(shop.decide(BUDI).await["reason"], "opted_out_purpose");
    let orders = json!({"subject": {"email": BUDI}, "channel": "email", "purpose": "orders"});
    let asked = ask("POST", "/v1/decisions").key(&shop.reader).json(&orders);
    assert_eq!(shop.send(asked).await.json()["decision"], "allow");
}

#[tokio::test]
async fn a_page_that_is_older_than_the_policy_switches_off_all_the_same() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let form = "do=switch-off&purpose=gone_since&channel=email";
    for _ in 0..2 {
        let (status, page) = post(&shop, &link, form).await;
        assert_eq!(status, 200);
        assert!(
            page.contains("Everything optional (Email) is now off"),
            "{page}"
        );
    }
    assert_eq!(shop.decide(BUDI).await["reason"], "opted_out_channel");
}

#[tokio::test]
async fn everything_stops_with_one_press() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let (status, page) = post(&shop, &link, "do=stop-everything").await;
    assert_eq!(status, 200);
    assert!(page.contains("Everything optional is now off"));
    assert!(!page.contains("<form"), "nothing is left to switch off");
    assert_eq!(shop.decide(BUDI).await["reason"], "opted_out_all");
    let entries = shop.entries().await;
    assert_eq!(post(&shop, &link, "do=stop-everything").await.0, 200);
    assert_eq!(shop.entries().await, entries, "again is harmless");
    let opt_out = shop.get(&shop.path(LinkKind::OptOut, &link)).await.text();
    assert!(!opt_out.contains("<form"), "the opt-out page knows it too");
}

#[tokio::test]
async fn the_dial_goes_down_and_never_up() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    assert_eq!(post(&shop, &link, "do=dial-down&level=2").await.0, 400);
    assert_eq!(post(&shop, &link, "do=dial-down&level=0").await.0, 200);
    let entries = shop.entries().await;
    assert_eq!(post(&shop, &link, "do=dial-down&level=1").await.0, 400);
    assert_eq!(
        post(&shop, &link, "do=dial-down&level=0").await.0,
        200,
        "it stands there already"
    );
    assert_eq!(shop.entries().await, entries);
    assert_eq!(shop.decide(BUDI).await["level"], 0);
}

#[tokio::test]
async fn the_page_says_what_stands_and_since_when() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::Preferences, &link);
    let page = async || {
        let asked = ask("GET", &path).with("accept-language", "en");
        shop.send(asked).await.text()
    };
    let shown = page().await;
    assert!(shown.contains("On since 21 November 2026"));
    assert!(shown.contains("Off. You never agreed to this"));
    assert!(shown.contains("On. Our interest, weighed against yours"));
    assert!(shown.contains("Always sent. Needed for your order or account"));
    let restriction = json!({"subject": {"email": BUDI}, "act": "restriction", "holds": true});
    assert_eq!(shop.act(&restriction).await.status, 200);
    let shown = page().await;
    assert!(!shown.contains("On since") && shown.contains("Off since 21 November 2026"));
}
