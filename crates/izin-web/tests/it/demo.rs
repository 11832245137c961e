//! The demo: send, read, press, send again; and what it never does.

use izin_app::{campaign, deliver};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::shop::{Answer, BUDI, Shop, ask};

/// Presses *Send the next campaign* and hands over whatever that began.
async fn send_next(shop: &mut Shop) -> Answer {
    let pressed = ask("POST", "/demo/next").with("sec-fetch-site", "same-origin");
    let answer = shop.send(pressed).await;
    let mailbox = shop.app.demo.as_ref().unwrap().mailbox.clone();
    let post = shop.post.take().unwrap();
    let address = post.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let work = async {
        let newest = shop.app.store.campaigns().await.unwrap().remove(0);
        deliver::hand_over(&shop.app, newest.id, &|_, _| {})
            .await
            .unwrap();
        stop.send(()).unwrap();
    };
    let until = async {
        let _ = stopped.await;
    };
    tokio::join!(mailbox.serve(post, until), work);
    shop.post = Some(TcpListener::bind(address).await.unwrap());
    answer
}

async fn letters(shop: &Shop, query: &str) -> Vec<Value> {
    let answer = shop.get(&format!("/mailbox.json{query}")).await;
    answer.json().as_array().unwrap().clone()
}

fn one_click(letter: &Value) -> String {
    let headers = letter["headers"].as_array().unwrap();
    let own = headers
        .iter()
        .find(|own| own[0] == "List-Unsubscribe")
        .unwrap();
    let url = own[1].as_str().unwrap().trim_matches(['<', '>']);
    url.strip_prefix("https://izin.toko.example")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_shop_that_is_no_demo_has_none_of_its_pages() {
    let shop = Shop::open().await;
    for path in [
        "/",
        "/mailbox",
        "/mailbox.json",
        "/mailbox/1",
        "/mailbox/1/html",
    ] {
        assert_eq!(shop.get(path).await.problem().0, 404, "{path}");
    }
    assert_eq!(shop.send(ask("POST", "/demo/next")).await.problem().0, 404);
}

#[tokio::test]
async fn another_site_cannot_send_a_campaign_and_looking_does_not() {
    let shop = Shop::demo().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let asked = ask("POST", "/demo/next").with(name, value);
        assert_eq!(
            shop.send(asked).await.problem(),
            (403, "cross_site".to_owned())
        );
    }
    assert_eq!(shop.get("/demo/next").await.problem().0, 405);
    assert!(shop.app.store.campaigns().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_second_press_while_one_is_under_way_begins_nothing() {
    let shop = Shop::demo().await;
    shop.customer(BUDI).await;
    for _ in 0..3 {
        let answer = shop.send(ask("POST", "/demo/next")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, "/#next")
        );
    }
    assert_eq!(shop.app.store.campaigns().await.unwrap().len(), 1);
    let page = shop.get("/?lang=en").await.text();
    assert!(page.contains("0 of 1 customers decided"), "{page}");
}

#[tokio::test]
async fn pages_of_an_empty_demo_are_whole() {
    let shop = Shop::demo().await;
    assert!(
        shop.get("/?lang=en")
            .await
            .text()
            .contains("It goes out in a moment")
    );
    assert!(
        shop.get("/mailbox?lang=en")
            .await
            .text()
            .contains("No message has arrived yet")
    );
    assert!(letters(&shop, "").await.is_empty());
    for path in [
        "/mailbox/1",
        "/mailbox/x",
        "/mailbox/1/html",
        "/mailbox/99999999999999999999",
    ] {
        assert_eq!(shop.get(path).await.status, 404, "{path}");
    }
    assert_eq!(
        shop.get("/mailbox.json?limit=x").await.problem().1,
        "invalid_query"
    );
}

#[tokio::test]
async fn who_presses_stop_gets_the_first_campaign_and_not_the_second() {
    let mut shop = Shop::demo().await;
    for email in [BUDI, "siti@example.com", "adi@example.com"] {
        shop.customer(email).await;
    }
    let refusal = json!({"subject": {"email": "adi@example.com"}, "act": "optout"});
    assert_eq!(shop.act(&refusal).await.status, 200);

    assert_eq!(send_next(&mut shop).await.header("location"), "/#next");
    let all = letters(&shop, "").await;
    let recipients: Vec<_> = all
        .iter()
        .map(|own| own["recipient"].as_str().unwrap())
        .collect();
    assert!(
        recipients.len() == 2 && !recipients.contains(&"adi@example.com"),
        "{recipients:?}"
    );
    assert_eq!(letters(&shop, "?limit=1").await, all[..1]);
    assert!(letters(&shop, "?limit=0").await.is_empty());
    let own = letters(&shop, "?recipient=BUDI%40example.com").await;
    assert_eq!(
        (own.len(), &own[0]["subject"]),
        (1, &json!("Promo dari Toko Melati"))
    );
    assert_eq!(own[0]["received_at"], "2026-11-21T05:00:00Z");

    let first = shop.get("/?lang=en").await.text();
    assert!(first.contains("3 customers were considered"), "{first}");
    assert!(first.contains("Send the next campaign</button>"));
    assert!(first.contains("•••@example.com") && first.contains("log.vkey"));

    let press = ask("POST", &one_click(&own[0])).form("List-Unsubscribe=One-Click");
    assert_eq!(shop.send(press).await.status, 200);
    send_next(&mut shop).await;
    assert_eq!(letters(&shop, "?recipient=budi@example.com").await.len(), 1);
    assert_eq!(letters(&shop, "").await.len(), 3);
    let standings = campaign::list(&shop.app).await.unwrap();
    assert_eq!((standings[0].sent, standings[1].sent), (1, 2));

    let second = shop.get("/?lang=en").await.text();
    for text in ["+1", "−1", "opted_out_channel", "b•••@example.com"] {
        assert!(second.contains(text), "{text}: {second}");
    }
}

#[tokio::test]
async fn a_message_leads_to_the_pages_of_its_recipient() {
    let mut shop = Shop::demo().await;
    shop.customer(BUDI).await;
    send_next(&mut shop).await;
    let list = shop.get("/mailbox?q=budi@example.com&lang=en").await.text();
    assert!(
        list.contains("/mailbox/1?lang=en") && list.contains("One message"),
        "{list}"
    );
    assert!(
        shop.get("/mailbox?page=99&lang=en")
            .await
            .text()
            .contains("/mailbox/1?lang=en")
    );
    let page = shop.get("/mailbox/1?lang=en").await.text();
    let path = |kind: &str| {
        let rest = page.split(&format!("href=\"{kind}")).nth(1).unwrap();
        format!("{kind}{}", rest.split('?').next().unwrap())
    };
    for kind in ["/u/", "/p/"] {
        assert_eq!(shop.get(&path(kind)).await.status, 200, "{kind}");
    }
    let why = shop.get(&format!("{}?lang=en", path("/why/"))).await;
    assert_eq!(why.status, 200);
    for text in [
        "You agreed: News and offers, Email",
        "website or app",
        "“consent”",
        "Promo",
    ] {
        assert!(why.text().contains(text), "{text}: {}", why.text());
    }
    assert!(!why.text().contains(BUDI));
    assert!(why.text().contains("Stop these messages"));
    let press = ask("POST", &path("/u/")).form("List-Unsubscribe=One-Click");
    assert_eq!(shop.send(press).await.status, 200);
    let why = shop.get(&format!("{}?lang=en", path("/why/"))).await.text();
    assert!(why.contains("You have stopped these messages since "));
    assert!(!why.contains("Stop these messages"), "{why}");

    let letter = shop.get("/mailbox/1/html").await;
    assert!(letter.text().contains("<base target=\"_blank\">"));
    let policy = letter.header("content-security-policy");
    assert!(policy.contains("sandbox allow-popups") && policy.contains("frame-ancestors 'self'"));
    assert!(!policy.contains("http") && !policy.contains("script"));
}

#[tokio::test]
async fn the_server_answers_on_a_socket_and_ends_when_told() {
    let shop = Shop::open().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        let _ = stopped.await;
    };
    let client = async {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let ask = b"HEAD /privacy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        socket.write_all(ask).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        stop.send(()).unwrap();
        answer
    };
    let serving = izin_web::serve(shop.app.clone(), listener, until);
    let (served, answer) = tokio::join!(serving, client);
    served.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}
