//! What every page has in common, and the pages nobody changes anything on.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use izin_app::link::LinkKind;
use sha2::{Digest, Sha256};

use crate::shop::{Answer, BUDI, Shop, ask};

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |own| own.to_str().unwrap())
}

/// The hash of what stands between the page's `<style>` tags, as a browser takes it.
fn style_hash(html: &str) -> String {
    let (_, rest) = html.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    STANDARD.encode(Sha256::digest(style))
}

#[tokio::test]
async fn every_page_keeps_itself_private_and_runs_nothing() {
    let shop = Shop::demo().await;
    let link = shop.customer(BUDI).await;
    let opt_out = shop.path(LinkKind::OptOut, &link);
    let mut pages: Vec<Answer> = Vec::new();
    for path in [
        &*opt_out,
        &*shop.path(LinkKind::Preferences, &link),
        "/privacy",
        "/u/unknown",
        "/",
        "/mailbox",
        "/mailbox/1",
    ] {
        pages.push(shop.get(path).await);
    }
    pages.push(
        shop.send(ask("POST", &opt_out).form("List-Unsubscribe=One-Click"))
            .await,
    );
    for page in pages {
        assert!(page.header("content-type").starts_with("text/html"));
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-robots-tag", "noindex, nofollow"),
            ("vary", "Accept-Language"),
        ] {
            assert_eq!(header(&page.headers, name), value);
        }
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        let style = format!("style-src 'sha256-{}'", style_hash(&page.text()));
        assert!(
            policy.contains(&style) && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(page.header("set-cookie").is_empty());
        assert!(
            !page.text().contains("style=\""),
            "an inline style would not be shown"
        );
    }
}

#[tokio::test]
async fn the_language_is_the_switch_then_the_browser_then_the_shop() {
    let shop = Shop::open().await;
    let language = async |path: &str, accepts: &str| {
        let answer = shop
            .send(ask("GET", path).with("accept-language", accepts))
            .await;
        answer.header("content-language").to_owned()
    };
    assert_eq!(language("/privacy", "fr").await, "id");
    assert_eq!(language("/privacy", "en").await, "en");
    assert_eq!(language("/privacy?lang=id", "en").await, "id");
    assert_eq!(language("/u/unknown?lang=en", "id").await, "en");
}

#[tokio::test]
async fn the_notice_says_what_the_policy_declares_as_page_and_as_data() {
    let shop = Shop::open().await;
    let page = shop.get("/privacy?lang=en").await.text();
    for text in [
        "News and offers",
        "dpo@toko.example",
        "730 days",
        "Version 1",
        "UU PDP",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let data = shop.get("/privacy.json").await;
    assert_eq!(data.header("content-type"), "application/json");
    let data = data.json();
    assert_eq!(data["version"], 1);
    assert_eq!(data["effective_from"], "2026-11-21T05:00:00Z");
    assert_eq!(data["purposes"][0]["id"], "marketing");
    assert_eq!(data["purposes"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_message_that_never_was_has_no_why() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let path = shop.path(LinkKind::Why, &link);
    assert_eq!(shop.get(&path).await.status, 404);
    assert_eq!(shop.send(ask("POST", &path)).await.problem().0, 405);
}

#[tokio::test]
async fn a_person_who_is_lost_gets_a_page_and_a_program_a_problem() {
    let shop = Shop::open().await;
    let person = shop
        .send(ask("GET", "/nowhere").with("accept", "text/html,*/*"))
        .await;
    assert_eq!(person.status, 404);
    assert!(person.text().contains("halo@toko.example"));
    assert_eq!(shop.get("/nowhere").await.problem().1, "not_found");
}
