//! Shopify's three privacy webhooks.

use izin_store::Listed;
use izin_testkit::provider;
use serde_json::{Value, json};

use crate::shop::{Answer, Ask, Shop, ask};

const ANI: &str = "ani@example.com";

fn webhook(topic: &str, body: &Value) -> Ask {
    let body = body.to_string();
    let signature = provider::shopify(&body);
    ask("POST", &format!("/hooks/shopify/{topic}"))
        .with("x-shopify-hmac-sha256", &signature)
        .with("x-shopify-webhook-id", "b54557e4")
        .body("application/json", body)
}

fn redact(email: &str) -> Value {
    json!({"shop_id": 1, "shop_domain": "toko-contoh.example", "customer": {"id": 7, "email": email}, "orders_to_redact": [1]})
}

async fn waiting(shop: &Shop) -> Vec<&'static str> {
    let items = shop.app.store.queue_list(Listed::Open, 10).await.unwrap();
    items.iter().map(|own| own.what.kind.as_str()).collect()
}

async fn known(shop: &Shop, email: &str) -> Answer {
    let body = json!({ "email": email });
    shop.post(&shop.reader, "/v1/subjects/find", &body).await
}

#[tokio::test]
async fn what_is_not_signed_or_of_another_topic_erases_nobody() {
    let shop = Shop::open().await;
    shop.customer(ANI).await;
    let before = shop.entries().await;
    let unsigned = ask("POST", "/hooks/shopify/customers/redact").json(&redact(ANI));
    assert_eq!(
        shop.send(unsigned).await.problem(),
        (401, "bad_signature".to_owned())
    );
    let asks = json!({"shop_id": 1, "shop_domain": "toko-contoh.example", "customer": {"id": 7, "email": ANI}, "data_request": {"id": 9}});
    for (topic, body) in [
        ("customers/redact", &asks),
        ("customers/data_request", &redact(ANI)),
        ("shop/redact", &redact(ANI)),
        ("orders/create", &asks),
    ] {
        let answer = shop.send(webhook(topic, body)).await;
        assert_eq!(
            answer.problem().0,
            422,
            "a signature is of the body alone: {topic}"
        );
    }
    assert_eq!(shop.entries().await, before);
    assert_eq!(known(&shop, ANI).await.status, 200);
}

#[tokio::test]
async fn whoever_is_to_be_forgotten_is() {
    let shop = Shop::open().await;
    shop.customer(ANI).await;
    for _ in 0..2 {
        assert_eq!(
            shop.send(webhook("customers/redact", &redact(ANI)))
                .await
                .status,
            200
        );
    }
    assert_eq!(known(&shop, ANI).await.problem().0, 404);
    assert_eq!(shop.decide(ANI).await["decision"], "deny");
    assert_eq!(waiting(&shop).await, Vec::<&str>::new());
    let nobody = webhook("customers/redact", &redact("nobody@example.com"));
    assert_eq!(shop.send(nobody).await.status, 200);
}

#[tokio::test]
async fn what_needs_somebody_waits_for_them_once_with_the_laws_clock() {
    let shop = Shop::open().await;
    shop.customer(ANI).await;
    let asks = json!({"shop_id": 1, "shop_domain": "toko-contoh.example", "customer": {"id": 7, "email": ANI}, "data_request": {"id": 9}});
    for _ in 0..2 {
        assert_eq!(
            shop.send(webhook("customers/data_request", &asks))
                .await
                .status,
            200
        );
    }
    let items = shop.app.store.queue_list(Listed::Open, 10).await.unwrap();
    let [item] = items.as_slice() else {
        panic!("one item");
    };
    assert_eq!(item.what.kind.as_str(), "rights_request");
    let now = shop.app.clock.now();
    assert_eq!(
        item.what.due_at,
        now.plus_days(3),
        "UU PDP: 3 times 24 hours"
    );
    assert!(
        item.what
            .note
            .as_deref()
            .is_some_and(|own| own.contains(ANI))
    );
    let left = json!({"shop_id": 1, "shop_domain": "toko-contoh.example"});
    let answer = shop
        .send(webhook("shop/redact", &left).with("x-shopify-webhook-id", "another"))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        known(&shop, ANI).await.status,
        200,
        "a whole shop is erased by nobody but its people"
    );
}

#[tokio::test]
async fn whoever_is_meant_with_others_is_erased_by_a_person() {
    let shop = Shop::open().await;
    shop.customer(ANI).await;
    shop.customer("budi@example.com").await;
    let mut body = redact(ANI);
    body["customer"]["phone"] = "+6281200000002".into();
    let other = json!({"subject": {"phone": "+6281200000002"}, "act": "consent", "channel": "whatsapp", "purpose": "marketing",
        "source": "checkout", "detail": "yes", "notice": 1, "language": "en"});
    assert_eq!(shop.act(&other).await.status, 200);
    assert_eq!(
        shop.send(webhook("customers/redact", &body)).await.status,
        200
    );
    assert_eq!(waiting(&shop).await, ["rights_request"]);
    assert_eq!(known(&shop, ANI).await.status, 200);
}
