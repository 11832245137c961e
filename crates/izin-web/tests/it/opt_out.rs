//! Promise 1 over HTTP: no means no, at once, and only by a press.

use std::future::pending;

use izin_app::link::LinkKind;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::shop::{BUDI, Shop, ask};

const PAIR: &str = "List-Unsubscribe=One-Click";
const MULTIPART: &str = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
    One-Click\r\n--b--\r\n";

#[tokio::test]
async fn looking_changes_nothing_whoever_looks() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::OptOut, &link);
    let before = shop.entries().await;
    for asked in [
        ask("GET", &path),
        ask("HEAD", &path),
        ask("GET", &path)
            .with("purpose", "prefetch")
            .with("sec-purpose", "prefetch;prerender"),
        ask("GET", &path).with("sec-gpc", "1"),
        ask("GET", &format!("{path}?{PAIR}")),
        ask("GET", &path).form(PAIR),
    ] {
        assert_eq!(shop.send(asked).await.status, 200);
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = shop.send(ask(method, &path).form(PAIR)).await;
        assert_eq!(answer.problem().0, 405, "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD, POST");
    }
    assert_eq!(shop.entries().await, before);
    assert_eq!(shop.decide(BUDI).await["decision"], "allow");
}

/// Looks at the gate until the press shows; each look goes through the store's one writer.
async fn comes_to_count(shop: &Shop) -> bool {
    const LOOKS: usize = 1_000;
    for _ in 0..LOOKS {
        if shop.decide(BUDI).await["decision"] == "deny" {
            return true;
        }
        shop.entries().await;
    }
    false
}

/// A press over a socket of its own; the caller closes their side right behind it, or all of it.
async fn press_and_leave(shop: &Shop, wholly: bool) -> String {
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::OptOut, &link);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = izin_web::serve(shop.app.clone(), listener, pending());
    izin_app::supervisor::start("server", async { serving.await.unwrap() });
    let mut caller = TcpStream::connect(address).await.unwrap();
    let press = format!(
        "POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{PAIR}",
        PAIR.len()
    );
    caller.write_all(press.as_bytes()).await.unwrap();
    let mut answer = String::new();
    if !wholly {
        caller.shutdown().await.unwrap();
        caller.read_to_string(&mut answer).await.unwrap();
    }
    answer
}

#[tokio::test]
async fn who_posts_a_no_and_closes_their_side_is_heard_and_answered() {
    for _ in 0..4 {
        let shop = Shop::open().await;
        let answer = press_and_leave(&shop, false).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(shop.decide(BUDI).await["decision"], "deny");
    }
}

#[tokio::test]
async fn who_posts_a_no_and_hangs_up_is_heard() {
    for _ in 0..4 {
        let shop = Shop::open().await;
        press_and_leave(&shop, true).await;
        assert!(comes_to_count(&shop).await, "the press was lost");
    }
}

#[tokio::test]
async fn a_no_that_arrived_whole_counts_though_nobody_waits_for_the_answer() {
    for _ in 0..20 {
        let shop = Shop::open().await;
        let link = shop.customer(BUDI).await;
        let press = ask("POST", &shop.path(LinkKind::OptOut, &link)).form(PAIR);
        let answer = tokio::time::timeout(std::time::Duration::ZERO, shop.send(press)).await;
        assert!(comes_to_count(&shop).await, "the press was lost");
        if answer.is_err() {
            return;
        }
    }
    unreachable!("no caller left before the answer");
}

#[tokio::test]
async fn a_post_that_is_not_the_press_changes_nothing_and_says_so() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::OptOut, &link);
    let before = shop.entries().await;
    for body in ["", "List-Unsubscribe=", "x=1"] {
        let answer = shop.send(ask("POST", &path).form(body)).await;
        assert_eq!(answer.status, 400);
        assert!(
            answer.text().contains("name=\"List-Unsubscribe\""),
            "the button is still there"
        );
    }
    let query = format!("{path}?{PAIR}");
    assert_eq!(
        shop.send(ask("POST", &query)).await.status,
        400,
        "a query is not a body"
    );
    assert_eq!(shop.entries().await, before);
    assert_eq!(shop.decide(BUDI).await["decision"], "allow");
}

#[tokio::test]
async fn unknown_tampered_and_foreign_links_get_one_and_the_same_answer() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::OptOut, &link);
    let before = shop.entries().await;
    let last = if path.ends_with('A') { "B" } else { "A" };
    let tampered = format!("{}{last}", &path[..path.len() - 2]);
    let other_kind = path.replace("/u/", "/p/");
    let why = path.replace("/u/", "/why/");
    let foreign = shop
        .path(LinkKind::Preferences, &link)
        .replace("/p/", "/u/");
    let long = format!("/u/{}", "A".repeat(2_000));
    let paths = [
        "/u/x",
        "/u/x/y",
        "/u/%ff",
        "/u/%00",
        "/p/x",
        "/why/x",
        &*tampered,
        &*other_kind,
        &*why,
        &*foreign,
        &*long,
    ];
    let expected = shop.send(ask("GET", "/u/unknown")).await;
    for path in paths {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
            let answer = shop.send(ask(method, path).form(PAIR)).await;
            assert_eq!(answer.status, 404, "{method} {path}");
            assert_eq!(answer.headers, expected.headers, "{method} {path}");
            let body = if method == "HEAD" {
                &b""[..]
            } else {
                &expected.body
            };
            assert_eq!(answer.body, body, "{method} {path}");
        }
    }
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn a_store_that_fails_acknowledges_nothing() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::OptOut, &link);
    shop.break_store();
    let answer = shop.send(ask("POST", &path).form(PAIR)).await;
    assert_eq!(answer.status, 503);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(
        answer.text().contains("halo@toko.example"),
        "another way to say no"
    );
}

#[tokio::test]
async fn one_press_stops_the_channel_before_it_is_answered() {
    for (kind, body) in [
        ("application/x-www-form-urlencoded", PAIR),
        ("multipart/form-data; boundary=b", MULTIPART),
        ("multipart/form-data; boundary=wrong", MULTIPART),
        ("text/plain", PAIR),
    ] {
        let shop = Shop::open().await;
        let link = shop.customer(BUDI).await;
        let path = shop.path(LinkKind::OptOut, &link);
        let answer = shop.send(ask("POST", &path).body(kind, body)).await;
        assert_eq!(answer.status, 200, "{kind}");
        for absent in ["set-cookie", "location", "refresh"] {
            assert!(answer.header(absent).is_empty(), "{absent}");
        }
        let decision = shop.decide(BUDI).await;
        assert_eq!(decision["decision"], "deny");
        assert_eq!(decision["reason"], "opted_out_channel");
    }
}

#[tokio::test]
async fn pressing_again_is_harmless_and_says_since_when() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::OptOut, &link);
    assert_eq!(shop.send(ask("POST", &path).form(PAIR)).await.status, 200);
    let entries = shop.entries().await;
    for asked in [ask("POST", &path).form(PAIR), ask("GET", &path)] {
        let answer = shop.send(asked.with("accept-language", "en")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("21 November 2026"));
        assert!(answer.text().contains("These messages are off"));
        assert!(!answer.text().contains("<form"), "nothing is left to press");
    }
    assert_eq!(shop.entries().await, entries);
}

#[tokio::test]
async fn a_press_in_a_browser_is_told_from_one_in_a_mail_program() {
    let shop = Shop::open().await;
    for (email, mode, origin) in [
        (BUDI, None, "one_click"),
        ("siti@example.com", Some("navigate"), "page"),
        ("adi@example.com", Some("cors"), "one_click"),
    ] {
        let link = shop.customer(email).await;
        let mut asked = ask("POST", &shop.path(LinkKind::OptOut, &link)).form(PAIR);
        if let Some(mode) = mode {
            asked = asked.with("sec-fetch-mode", mode);
        }
        assert_eq!(shop.send(asked).await.status, 200);
        let history = shop.app.store.history(link.subject).await.unwrap();
        let act = serde_json::to_value(&history.last().unwrap().act).unwrap();
        assert_eq!(
            (&act["act"], &act["origin"]),
            (&json!("refused"), &json!(origin)),
            "{email}"
        );
    }
}

#[tokio::test]
async fn the_page_shows_the_address_masked_and_what_will_stop() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let page = shop.get(&shop.path(LinkKind::OptOut, &link)).await.text();
    assert!(page.contains("b•••@example.com") && !page.contains(BUDI));
    assert!(page.contains("Kabar dan penawaran") && !page.contains("Pesanan Anda"));
}
