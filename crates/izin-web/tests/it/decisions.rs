//! Decisions: one, many, and in bytes.

use izin_core::policy::Topic;
use izin_core::{PurposeId, SubjectId, TopicId};
use serde_json::{Value, json};

use crate::shop::{BUDI, Shop, ask, question};

async fn refused(shop: &Shop, body: Value) -> (String, String, String) {
    let asked = ask("POST", "/v1/decisions").key(&shop.reader).json(&body);
    let answer = shop.send(asked).await;
    assert_eq!(answer.problem().0, 422, "{}", answer.text());
    let problem = answer.json();
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("field"), text("detail"))
}

fn with(name: &str, value: Value) -> Value {
    let mut body = question(BUDI);
    body[name] = value;
    body
}

/// Requests that are not understood, with the code and field they are refused with.
fn not_understood() -> [(Value, &'static str, &'static str); 14] {
    let subject = |value| with("subject", value);
    let (invalid, unknown) = ("invalid_field", "unknown_field");
    let without_purpose = json!({"subject": {"email": BUDI}, "channel": "email"});
    [
        (with("chanel", json!("email")), unknown, "chanel"),
        (subject(json!({"mail": BUDI})), unknown, "subject.mail"),
        (without_purpose, "missing_field", "purpose"),
        (with("channel", json!("budi-fax")), invalid, "channel"),
        (with("intent", json!("budi-send")), invalid, "intent"),
        (
            with("purpose", json!("Budi@example.com")),
            invalid,
            "purpose",
        ),
        (with("topic", json!("Budi!")), invalid, "topic"),
        (subject(json!({})), invalid, "subject"),
        (
            subject(json!({"email": BUDI, "id": "budi"})),
            invalid,
            "subject",
        ),
        (
            subject(json!({"email": "budi at home"})),
            invalid,
            "subject.email",
        ),
        (subject(json!({"phone": "budi"})), invalid, "subject.phone"),
        (
            subject(json!({"customer": ""})),
            invalid,
            "subject.customer",
        ),
        (subject(json!({"id": "budi"})), invalid, "subject.id"),
        (subject(json!("budi")), invalid, "subject"),
    ]
}

#[tokio::test]
async fn a_request_that_is_not_understood_is_refused_by_field_and_never_by_value() {
    let shop = Shop::open().await;
    for (body, code, field) in not_understood() {
        let found = refused(&shop, body.clone()).await;
        assert_eq!((&*found.0, &*found.1), (code, field), "{body}");
        let detail = found.2.to_lowercase();
        assert!(!detail.contains("budi"), "{body}: {detail}");
    }
    let (.., detail) = refused(&shop, with("channel", json!("fax"))).await;
    assert!(
        detail.contains("`email`") && detail.contains("`whatsapp`"),
        "{detail}"
    );
}

/// A shop whose marketing has the topic `tea`.
async fn with_tea() -> Shop {
    let shop = Shop::with(|policy| {
        policy.topics.push(Topic {
            id: TopicId::parse("tea").unwrap(),
            purpose: PurposeId::parse("marketing").unwrap(),
            title: policy.purposes[0].title.clone(),
        });
    });
    shop.await
}

#[tokio::test]
async fn a_name_that_the_policy_does_not_declare_is_refused_with_those_it_does() {
    let shop = with_tea().await;
    shop.customer(BUDI).await;
    let gifts = refused(&shop, with("purpose", json!("gifts"))).await;
    let coffee = refused(&shop, with("topic", json!("coffee"))).await;
    assert_eq!((&*gifts.0, &*gifts.1), ("unknown_purpose", "purpose"));
    assert!(gifts.2.contains("marketing, picks, orders"), "{}", gifts.2);
    assert_eq!((&*coffee.0, &*coffee.1), ("unknown_topic", "topic"));
    assert!(coffee.2.ends_with("it has tea"), "{}", coffee.2);
    let orders = json!({"subject": {"email": BUDI}, "channel": "email", "purpose": "orders",
        "topic": "tea", "intent": "send"});
    let asked = ask("POST", "/v1/decisions").key(&shop.sender).json(&orders);
    assert_eq!(
        shop.send(asked).await.problem(),
        (422, "unknown_topic".to_owned())
    );

    let several = json!({"requests": [with("topic", json!("coffee")), with("topic", json!("tea")),
        with("purpose", json!("gifts"))]});
    let asked = ask("POST", "/v1/decisions/batch").key(&shop.reader);
    let decisions = shop.send(asked.json(&several)).await.json()["decisions"].clone();
    assert_eq!(decisions[0]["error"]["field"], "topic");
    assert_eq!(decisions[1]["decision"], "allow");
    assert_eq!(decisions[2]["error"]["code"], "unknown_purpose");

    let bytes = "/v1/decisions/batch?channel=email&purpose=gifts";
    let asked = ask("POST", bytes).key(&shop.reader);
    let answer = shop
        .send(asked.body("application/octet-stream", [0; 16]))
        .await;
    assert_eq!(answer.problem(), (422, "unknown_purpose".to_owned()));
}

#[tokio::test]
async fn a_channel_that_the_purpose_does_not_use_is_a_no_and_not_an_error() {
    let shop = Shop::open().await;
    let body =
        json!({"subject": {"id": "00".repeat(16)}, "channel": "sms", "purpose": "marketing"});
    let asked = ask("POST", "/v1/decisions").key(&shop.reader).json(&body);
    let decision = shop.send(asked).await.json();
    assert_eq!(
        (&decision["decision"], &decision["reason"]),
        (&json!("deny"), &json!("purpose_not_live"))
    );
}

#[tokio::test]
async fn a_time_without_an_offset_is_refused_with_how_to_write_one() {
    let shop = Shop::open().await;
    for at in ["2026-11-22T09:30:00", "2026-11-22", "9999-12-31T00:00:00Z"] {
        let found = refused(&shop, with("context", json!({"at": at}))).await;
        assert_eq!(
            (&*found.0, &*found.1),
            ("invalid_field", "context.at"),
            "{at}"
        );
        for word in ["+07:00", "9999-12-30"] {
            assert!(found.2.contains(word), "{at}: {}", found.2);
        }
    }
}

#[tokio::test]
async fn a_decision_reads_nothing_from_the_store() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let expected = shop.decide(BUDI).await;
    shop.take_away(&[
        "details",
        "checkpoints",
        "identifiers",
        "profiles",
        "suppressions",
        "api_keys",
    ]);
    assert_eq!(shop.decide(BUDI).await, expected);
    let receipt = ask("GET", "/v1/receipts/0").key(&shop.reader);
    assert_eq!(
        shop.send(receipt).await.status,
        503,
        "the tables are really gone"
    );
}

#[tokio::test]
async fn a_decision_says_what_it_rests_on() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let decision = shop.decide(BUDI).await;
    insta::with_settings!({prepend_module_to_snapshot => false}, {
    insta::assert_json_snapshot!(decision);
    });
    assert_eq!(
        shop.decide("siti@example.com").await["reason"],
        "unknown_subject"
    );
}

#[tokio::test]
async fn a_batch_answers_in_order_and_one_bad_request_spoils_none() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let requests = json!([
        question("siti@example.com"),
        {"subject": {"email": BUDI}, "channel": "email", "purpose": "marketing", "now": 1},
        question(BUDI),
        "budi@example.com",
        {"subject": {"phone": "budi"}, "channel": "sms", "purpose": "marketing"},
    ]);
    let asked = ask("POST", "/v1/decisions/batch").key(&shop.reader);
    let answer = shop.send(asked.json(&json!({"requests": requests}))).await;
    assert!(!answer.text().contains("budi"));
    let decisions = answer.json()["decisions"].clone();
    assert_eq!(decisions[0]["reason"], "unknown_subject");
    assert_eq!(decisions[1]["error"]["code"], "unknown_field");
    assert_eq!(decisions[1]["error"]["field"], "now");
    assert_eq!(decisions[2]["decision"], "allow");
    assert_eq!(decisions[3]["error"]["code"], "invalid_field");
    assert_eq!(decisions[4]["error"]["field"], "subject.phone");
    assert_eq!(decisions.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_batch_holds_ten_thousand_and_no_more() {
    let shop = Shop::open().await;
    for (count, status) in [(10_000, 200), (10_001, 413)] {
        let body = json!({"requests": vec![json!(0); count]});
        let asked = ask("POST", "/v1/decisions/batch")
            .key(&shop.reader)
            .json(&body);
        let answer = shop.send(asked).await;
        assert_eq!(answer.status, status);
        if status == 413 {
            assert_eq!(answer.problem().1, "batch_too_long");
        } else {
            assert_eq!(answer.json()["decisions"].as_array().unwrap().len(), count);
        }
    }
}

#[tokio::test]
async fn ids_in_bytes_get_one_byte_each() {
    let shop = Shop::open().await;
    let budi = shop.customer(BUDI).await.subject;
    let siti = shop.customer("siti@example.com").await.subject;
    let pause = json!({
        "subject": {"id": siti.to_string()}, "act": "pause", "until": "2026-12-01T00:00:00Z"
    });
    assert_eq!(shop.act(&pause).await.status, 200);
    let nobody = SubjectId::from_bytes([7; 16]);
    let ids = [budi, nobody, siti, budi].map(|id| *id.as_bytes()).concat();
    let send = async |query: &str, body: &[u8]| {
        let path = format!("/v1/decisions/batch{query}");
        let asked = ask("POST", &path).key(&shop.reader);
        shop.send(asked.body("application/octet-stream", body))
            .await
    };
    let whole = "?channel=email&purpose=marketing";
    for (query, field) in [
        ("", "channel"),
        ("?channel=email", "purpose"),
        ("?channel=fax&purpose=marketing", "channel"),
    ] {
        let answer = send(query, &ids).await;
        assert_eq!(
            answer.problem(),
            (400, "invalid_query".to_owned()),
            "{query}"
        );
        assert_eq!(answer.json()["field"], field);
    }
    assert_eq!(send(whole, &ids[1..]).await.problem().1, "body_unreadable");
    let answer = send(whole, &ids).await;
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(&answer.body[..], [0, 1, 2, 0]);
    assert!(send(whole, &[]).await.body.is_empty());
}

#[tokio::test]
async fn one_id_more_than_a_body_holds_is_refused_with_the_number_that_it_holds() {
    let shop = Shop::open().await;
    let budi = *shop.customer(BUDI).await.subject.as_bytes();
    let path = "/v1/decisions/batch?channel=email&purpose=marketing";
    let send = async |count: usize| {
        let asked = ask("POST", path).key(&shop.reader);
        let ids = budi.repeat(count);
        shop.send(asked.body("application/octet-stream", ids)).await
    };
    let too_many = send(262_145).await;
    assert_eq!(too_many.problem(), (413, "body_too_large".to_owned()));
    let detail = too_many.json()["detail"].to_string();
    assert!(detail.contains("262144 ids"), "{detail}");
    let most = send(262_144).await;
    assert_eq!(most.status, 200);
    assert_eq!(most.body.len(), 262_144);
    assert!(most.body.iter().all(|own| *own == 0), "each is allowed");
}
