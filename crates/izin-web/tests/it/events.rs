//! The collection gate: kept, counted or dropped.

use izin_core::policy::{FieldId, Policy, Retention};
use izin_testkit::policy as declared;
use serde_json::{Value, json};

use crate::shop::{Answer, BUDI, Shop, ask};

/// A shop that declares browsing and counts it.
async fn counting_shop() -> Shop {
    Shop::with(widen).await
}

fn widen(policy: &mut Policy) {
    let field = declared::field("browsing", "pd:BrowsingBehaviour", Retention::Browsing);
    policy.fields.push(field);
    let browsing = FieldId::parse("browsing").unwrap();
    policy.purposes[3].fields.push(browsing);
}

fn viewed(subject: Value) -> Value {
    json!({
        "type": "product_viewed", "subject": subject, "at": "2026-11-21T04:00:00Z",
        "items": [{"product": "P-1"}]
    })
}

fn ordered(subject: Value) -> Value {
    json!({
        "type": "order_completed", "subject": subject, "at": "2026-11-21T04:00:00Z",
        "order": "O-1", "items": [{"product": "P-1", "quantity": 2, "unit_price": "125000"}]
    })
}

async fn send(shop: &Shop, events: &[Value]) -> Answer {
    shop.post(&shop.sender, "/v1/events", &json!({"events": events}))
        .await
}

/// Outcome and reason of one event.
async fn outcome(shop: &Shop, event: Value) -> (String, String) {
    let answer = send(shop, &[event]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let own = answer.json()["events"][0].clone();
    let text = |name: &str| own[name].as_str().unwrap_or_default().to_owned();
    (text("outcome"), text("reason"))
}

async fn counts(shop: &Shop) -> Vec<(String, String, u64)> {
    let all = shop.app.store.event_counts(1).await.unwrap().into_iter();
    all.map(|(own, count)| (own.kind, own.product, count))
        .collect()
}

#[tokio::test]
async fn a_call_that_is_not_understood_takes_nothing() {
    let shop = counting_shop().await;
    let path = "/v1/events";
    for (body, status, code) in [
        (json!({}), 422, "missing_field"),
        (json!({"events": 1}), 422, "invalid_field"),
        (json!({"events": [], "more": 1}), 422, "unknown_field"),
        (
            json!({"events": vec![json!(0); 1_001]}),
            413,
            "batch_too_long",
        ),
    ] {
        let answer = shop.post(&shop.sender, path, &body).await;
        assert_eq!(answer.problem(), (status, code.to_owned()));
    }
    let form = ask("POST", path).key(&shop.sender).form("a=b");
    assert_eq!(shop.send(form).await.problem().0, 415);
    assert_eq!(
        shop.send(ask("GET", path).key(&shop.sender))
            .await
            .problem()
            .0,
        405
    );
    assert_eq!(counts(&shop).await, []);
}

/// Events that are not understood, with the reason and field they are dropped for.
fn not_understood() -> [(Value, &'static str, &'static str); 13] {
    let budi = || json!({"email": BUDI});
    let with = |mut event: Value, name: &str, value: Value| {
        event[name] = value;
        event
    };
    let (invalid, missing) = ("invalid_field", "missing_field");
    [
        (json!("budi"), invalid, "(body)"),
        (with(viewed(budi()), "type", json!("budi")), invalid, "type"),
        (
            with(viewed(budi()), "fingerprint", json!("budi")),
            "undeclared_field",
            "fingerprint",
        ),
        (
            with(
                viewed(budi()),
                "items",
                json!([{"product": "P-1", "colour": "budi"}]),
            ),
            "undeclared_field",
            "items[0].colour",
        ),
        (with(viewed(budi()), "at", json!("budi")), invalid, "at"),
        (
            with(viewed(budi()), "at", json!("2026-11-22")),
            invalid,
            "at",
        ),
        (
            with(viewed(budi()), "order", json!("budi")),
            invalid,
            "order",
        ),
        (
            with(viewed(budi()), "items", json!([{"product": ""}])),
            invalid,
            "items[0].product",
        ),
        (viewed(json!({"email": "budi"})), invalid, "subject.email"),
        (
            with(ordered(budi()), "order", Value::Null),
            missing,
            "order",
        ),
        (with(ordered(budi()), "items", json!([])), missing, "items"),
        (
            with(ordered(budi()), "items", json!([{"product": "P-1"}])),
            missing,
            "items[0].unit_price",
        ),
        (
            with(
                ordered(budi()),
                "items",
                json!([{"product": "P", "unit_price": "budi"}]),
            ),
            invalid,
            "items[0].unit_price",
        ),
    ]
}

#[tokio::test]
async fn an_event_that_is_not_understood_is_dropped_alone_and_repeats_nothing() {
    let shop = counting_shop().await;
    let cases = not_understood();
    let mut events: Vec<_> = cases.iter().map(|(event, ..)| event.clone()).collect();
    events.push(viewed(Value::Null));
    let answer = send(&shop, &events).await;
    assert!(!answer.text().contains("budi"), "{}", answer.text());
    let answers = answer.json()["events"].clone();
    for (place, (event, reason, field)) in cases.iter().enumerate() {
        let own = &answers[place];
        assert_eq!(own["outcome"], "dropped", "{event}");
        assert_eq!(
            (&own["reason"], &own["field"]),
            (&json!(reason), &json!(field)),
            "{event}"
        );
    }
    assert_eq!(
        answers[cases.len()],
        json!({"outcome": "counted"}),
        "the others go on"
    );
}

#[tokio::test]
async fn what_the_data_dictionary_does_not_hold_is_dropped() {
    let shop = Shop::open().await;
    let dropped = ("dropped".to_owned(), "undeclared_field".to_owned());
    assert_eq!(outcome(&shop, viewed(Value::Null)).await, dropped);
    assert_eq!(counts(&shop).await, []);
    let shop = counting_shop().await;
    let search = json!({"type": "search", "at": "2026-11-21T04:00:00Z"});
    assert_eq!(outcome(&shop, search).await, dropped);
}

#[tokio::test]
async fn browsing_is_counted_without_a_name_until_the_person_objects() {
    let shop = counting_shop().await;
    shop.customer(BUDI).await;
    let budi = || json!({"email": BUDI});
    let entries = shop.entries().await;
    assert_eq!(outcome(&shop, viewed(budi())).await.0, "counted");
    assert_eq!(outcome(&shop, viewed(Value::Null)).await.0, "counted");
    let stranger = json!({"email": "siti@example.com"});
    let dropped = |reason: &str| ("dropped".to_owned(), reason.to_owned());
    assert_eq!(
        outcome(&shop, viewed(stranger)).await,
        dropped("unknown_subject")
    );
    let twice = [("product_viewed".to_owned(), "P-1".to_owned(), 2)];
    assert_eq!(counts(&shop).await, twice);
    assert!(
        shop.app.store.event_counts(3).await.unwrap().is_empty(),
        "too few to be shown"
    );
    assert_eq!(shop.entries().await, entries, "nothing about the person");
    let objection = json!({"subject": budi(), "act": "objection", "purpose": "counts"});
    assert_eq!(shop.act(&objection).await.status, 200);
    assert_eq!(outcome(&shop, viewed(budi())).await, dropped("objected"));
    assert_eq!(counts(&shop).await, twice);
}

#[tokio::test]
async fn an_order_is_kept_once_whoever_brings_it_and_not_while_restricted() {
    let shop = Shop::open().await;
    let put = ask("PUT", "/v1/subjects/C-1").key(&shop.sender);
    assert_eq!(
        shop.send(put.json(&json!({"email_address": BUDI})))
            .await
            .status,
        200
    );
    let subject = shop.app.gate.everybody()[0];
    for subject in [json!({"email": BUDI}), json!({"customer": "C-1"})] {
        assert_eq!(outcome(&shop, ordered(subject)).await.0, "kept");
    }
    let bought = shop.app.store.purchases(subject).await.unwrap();
    assert_eq!(bought.len(), 1, "the same order is one");
    assert_eq!((&*bought[0].product, bought[0].quantity), ("P-1", 2));
    let optout = json!({"subject": {"customer": "C-1"}, "act": "optout"});
    assert_eq!(shop.act(&optout).await.status, 200);
    let mut second = ordered(json!({"customer": "C-1"}));
    second["order"] = json!("O-2");
    assert_eq!(
        outcome(&shop, second.clone()).await.0,
        "kept",
        "an order is no marketing"
    );
    let restriction = json!({"subject": {"customer": "C-1"}, "act": "restriction", "holds": true});
    assert_eq!(shop.act(&restriction).await.status, 200);
    second["order"] = json!("O-3");
    let dropped = ("dropped".to_owned(), "restricted".to_owned());
    assert_eq!(outcome(&shop, second).await, dropped);
    assert_eq!(shop.app.store.purchases(subject).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_order_of_an_address_that_several_hold_is_nobodys() {
    let shop = Shop::open().await;
    for number in ["C-1", "C-2"] {
        let put = ask("PUT", &format!("/v1/subjects/{number}")).key(&shop.sender);
        assert_eq!(
            shop.send(put.json(&json!({"email_address": BUDI})))
                .await
                .status,
            200
        );
    }
    let dropped = ("dropped".to_owned(), "several_subjects".to_owned());
    assert_eq!(
        outcome(&shop, ordered(json!({"email": BUDI}))).await,
        dropped
    );
}

#[tokio::test]
async fn privacy_control_is_entered_once_for_somebody_known_and_for_nobody_else() {
    let shop = counting_shop().await;
    let link = shop.customer(BUDI).await;
    let before = shop.entries().await;
    let mut event = viewed(json!({"email": BUDI}));
    event["context"] = json!({"gpc": true});
    let mut stranger = viewed(json!({"email": "siti@example.com"}));
    stranger["context"] = json!({"gpc": true});
    for _ in 0..2 {
        assert_eq!(
            send(&shop, &[event.clone(), event.clone(), stranger.clone()])
                .await
                .status,
            200
        );
    }
    assert_eq!(shop.entries().await, before + 1);
    let seen = shop.app.gate.standing(link.subject).unwrap().signals;
    assert_eq!(seen.len(), 1);
    let body = json!({"events": [viewed(json!({"email": BUDI}))]});
    let asked = ask("POST", "/v1/events").key(&shop.sender).json(&body);
    assert_eq!(shop.send(asked.with("sec-gpc", "1")).await.status, 200);
    assert_eq!(shop.entries().await, before + 1);
}

#[tokio::test]
async fn a_repeated_key_counts_nothing_again() {
    let shop = counting_shop().await;
    let body = json!({"events": [viewed(Value::Null)]});
    let asked = || {
        ask("POST", "/v1/events")
            .key(&shop.sender)
            .with("idempotency-key", "e-1")
    };
    let first = shop.send(asked().json(&body)).await;
    let again = shop.send(asked().json(&body)).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(
        counts(&shop).await,
        [("product_viewed".to_owned(), "P-1".to_owned(), 1)]
    );
    let other = shop.send(asked().json(&json!({"events": []}))).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
}
