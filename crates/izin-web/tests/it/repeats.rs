//! Decisions asked again with their key: no second room, and no yes that outlives a no.

use serde_json::{Value, json};

use crate::shop::{Answer, BUDI, Shop, ask, question};

const SITI: &str = "siti@example.com";

/// Two customers of a shop that sends each one message in a week.
async fn capped_shop() -> Shop {
    let shop = Shop::capped().await;
    shop.customer(BUDI).await;
    shop.customer(SITI).await;
    shop
}

fn to_send(email: &str) -> Value {
    let mut body = question(email);
    body["intent"] = json!("send");
    body
}

async fn send(shop: &Shop, path: &str, body: &Value) -> Answer {
    let asked = ask("POST", path).key(&shop.sender).json(body);
    shop.send(asked.with("idempotency-key", "m-1")).await
}

async fn refuse(shop: &Shop, email: &str) {
    let act = json!({"subject": {"email": email}, "act": "optout", "channel": "email"});
    assert_eq!(shop.act(&act).await.status, 200);
}

async fn rooms(shop: &Shop) -> usize {
    let asked = ask("GET", "/v1/reservations").key(&shop.reader);
    let listed = shop.send(asked).await.json();
    listed["reservations"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_yes_that_was_kept_is_not_repeated_after_a_no() {
    let shop = capped_shop().await;
    let mut body = to_send(BUDI);
    body["explain"] = json!(true);
    let first = send(&shop, "/v1/decisions", &body).await.json();
    assert_eq!(first["decision"], "allow");
    refuse(&shop, BUDI).await;
    for _ in 0..2 {
        let again = send(&shop, "/v1/decisions", &body).await;
        assert_eq!(again.header("content-type"), "application/json");
        let again = again.json();
        assert_eq!(again["decision"], "deny");
        assert_eq!(again["reason"], "opted_out_channel");
        assert_eq!(again["reservation"], Value::Null);
        assert_eq!(again["refusal"], Value::Null);
        assert!(again["explain"].is_array());
        assert_eq!(rooms(&shop).await, 1, "the first one, and no other");
    }
}

#[tokio::test]
async fn calls_made_at_once_with_one_key_get_one_answer_and_one_room() {
    let shop = capped_shop().await;
    let batch = json!({ "requests": [to_send(SITI)] });
    for (path, body) in [
        ("/v1/decisions", to_send(BUDI)),
        ("/v1/decisions/batch", batch),
    ] {
        let before = rooms(&shop).await;
        let call = || send(&shop, path, &body);
        let (a, b, c) = tokio::join!(call(), call(), call());
        let [a, b, c] = [a, b, c].map(|own| own.json());
        assert!(a.to_string().contains(r#""decision":"allow""#), "{path}");
        assert_eq!((&a, &a), (&b, &c), "{path}");
        assert_eq!(rooms(&shop).await, before + 1, "{path}");
    }
}

#[tokio::test]
async fn in_a_batch_that_is_repeated_each_yes_is_asked_again() {
    let shop = capped_shop().await;
    let nobody = to_send("nobody@example.com");
    let wrong = json!({"subject": {"email": "budi"}, "channel": "email", "purpose": "marketing"});
    let requests = [to_send(BUDI), nobody, wrong, to_send(SITI), question(BUDI)];
    let body = json!({ "requests": requests });
    let path = "/v1/decisions/batch";
    let first = send(&shop, path, &body).await.json()["decisions"].clone();
    assert_eq!(first[0]["decision"], "allow");
    assert_eq!(first[3]["decision"], "allow");
    refuse(&shop, BUDI).await;
    let again = send(&shop, path, &body).await.json()["decisions"].clone();
    assert_eq!(again.as_array().unwrap().len(), 5);
    assert_eq!(again[0]["reason"], "opted_out_channel");
    assert_eq!(again[0]["reservation"], Value::Null);
    for same in 1..4 {
        assert_eq!(again[same], first[same], "{same}");
    }
    assert_ne!(
        again[4]["decision"], "allow",
        "one to know holds no longer either"
    );
    assert_eq!(rooms(&shop).await, 2, "the first ones, and no other");
}

#[tokio::test]
async fn what_only_puts_a_message_off_leaves_the_first_yes_and_holds_no_second_room() {
    let shop = capped_shop().await;
    let single = send(&shop, "/v1/decisions", &to_send(BUDI)).await;
    assert!(single.json()["reservation"].is_string());
    let body = json!({"requests": [to_send(SITI)]});
    let batch = send(&shop, "/v1/decisions/batch", &body).await;
    for person in [BUDI, SITI] {
        assert_eq!(shop.decide(person).await["reason"], "capped");
        let until = "2026-12-01T00:00:00Z";
        let pause = json!({"subject": {"email": person}, "act": "pause", "until": until});
        assert_eq!(shop.act(&pause).await.status, 200);
    }
    let again = send(&shop, "/v1/decisions", &to_send(BUDI)).await;
    assert_eq!(again.body, single.body);
    let again = send(&shop, "/v1/decisions/batch", &body).await;
    assert_eq!(again.body, batch.body);
    assert_eq!(rooms(&shop).await, 2);
}
