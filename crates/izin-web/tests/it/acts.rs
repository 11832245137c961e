//! Acts reported by machines.

use izin_app::door::{self, Role};
use serde_json::{Value, json};

use crate::shop::{BUDI, Shop, ask};

fn act(kind: &str, more: Value) -> Value {
    let mut body = json!({"subject": {"email": BUDI}, "act": kind});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// An act, and the status, code and field it is refused with.
type Wrong = (Value, u16, &'static str, &'static str);

fn wrong_fields() -> [Wrong; 8] {
    let optout = |more| act("optout", more);
    let (invalid, occurred_at) = ("invalid_field", "occurred_at");
    [
        (act("buy", json!({})), 422, invalid, "act"),
        (optout(json!({"scop": 1})), 422, "unknown_field", "scop"),
        (optout(json!({"level": 1})), 422, invalid, "level"),
        (
            act(
                "consent",
                json!({occurred_at: "budi", "channel": "email", "purpose": "marketing"}),
            ),
            422,
            invalid,
            occurred_at,
        ),
        (
            act(
                "consent",
                json!({occurred_at: "2027-01-01T00:00:00Z", "channel": "email", "purpose": "marketing"}),
            ),
            422,
            invalid,
            occurred_at,
        ),
        (
            act(
                "consent",
                json!({occurred_at: "1969-12-31T00:00:00Z", "channel": "email", "purpose": "marketing"}),
            ),
            422,
            invalid,
            occurred_at,
        ),
        (
            act("consent", json!({"channel": "email", "purpose": "gifts"})),
            422,
            "unknown_purpose",
            "purpose",
        ),
        (
            act(
                "consent",
                json!({"channel": "email", "purpose": "marketing", "source": "till", "detail": "budi".repeat(5000)}),
            ),
            422,
            invalid,
            "detail",
        ),
    ]
}

fn missing_fields() -> [Wrong; 9] {
    let (missing, marketing) = ("missing_field", json!({"purpose": "marketing"}));
    let siti = json!({"subject": {"email": "siti@example.com"}, "act": "dial", "level": 0});
    [
        (act("consent", marketing), 422, missing, "channel"),
        (act("dial", json!({})), 422, missing, "level"),
        (
            act("dial", json!({"level": 4})),
            422,
            "invalid_field",
            "level",
        ),
        (
            act("dial", json!({"level": 2})),
            403,
            "step_up_required",
            "level",
        ),
        (act("pause", json!({})), 422, missing, "until"),
        (
            act("pause", json!({"until": "budi"})),
            422,
            "invalid_field",
            "until",
        ),
        (act("restriction", json!({})), 422, missing, "holds"),
        (
            act("restriction", json!({"holds": false})),
            403,
            "step_up_required",
            "holds",
        ),
        (siti, 404, "unknown_subject", "subject"),
    ]
}

#[tokio::test]
async fn an_act_that_is_not_understood_records_nothing() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let before = shop.entries().await;
    for (body, status, code, field) in wrong_fields().into_iter().chain(missing_fields()) {
        let answer = shop.act(&body).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{body}");
        assert_eq!(answer.json()["field"], field, "{body}");
        assert!(!answer.text().contains("budi"), "{}", answer.text());
    }
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn every_kind_of_act_takes_effect_before_it_is_answered() {
    for (body, reason) in [
        (
            act("optout", json!({"channel": "email"})),
            "opted_out_channel",
        ),
        (act("optout", json!({})), "opted_out_all"),
        (
            act("optout", json!({"purpose": "marketing"})),
            "opted_out_purpose",
        ),
        (
            act(
                "withdrawal",
                json!({"purpose": "marketing", "channel": "email"}),
            ),
            "withdrawn",
        ),
        (
            act("objection", json!({"purpose": "marketing"})),
            "objected",
        ),
        (act("complaint", json!({"channel": "email"})), "complained"),
        (
            act("pause", json!({"until": "2026-12-01T00:00:00Z"})),
            "paused",
        ),
        (act("restriction", json!({"holds": true})), "restricted"),
        (act("dial", json!({"level": 0})), "consent"),
    ] {
        let shop = Shop::open().await;
        shop.customer(BUDI).await;
        assert_eq!(shop.decide(BUDI).await["decision"], "allow");
        let answer = shop.act(&body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(shop.decide(BUDI).await["reason"], reason, "{body}");
    }
}

#[tokio::test]
async fn a_consent_without_a_word_of_where_permits_nothing() {
    let shop = Shop::open().await;
    let consent = act(
        "consent",
        json!({"channel": "email", "purpose": "marketing"}),
    );
    assert_eq!(shop.act(&consent).await.status, 200);
    assert_eq!(shop.decide(BUDI).await["reason"], "no_consent");
}

#[tokio::test]
async fn an_answered_act_can_be_proved_from_what_was_answered() {
    let shop = Shop::open().await;
    let answer = shop
        .act(&act("optout", json!({"detail": "by telephone"})))
        .await
        .json();
    let entry: Value = serde_json::from_str(answer["entry"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&entry["act"], &entry["origin"]),
        (&json!("identifier_suppressed"), &json!("api"))
    );
    assert!(
        !entry.to_string().contains("telephone"),
        "details stay sealed"
    );
    let url = answer["receipt_url"].as_str().unwrap();
    let path = url.strip_prefix("https://izin.toko.example").unwrap();
    let receipt = shop.send(ask("GET", path).key(&shop.reader)).await.json();
    assert_eq!(receipt["entry"], answer["entry"]);
    assert_eq!(receipt["blinding"], answer["blinding"]);
    assert_eq!(receipt["seq"], answer["seq"]);
}

#[tokio::test]
async fn an_idempotency_key_that_is_none_is_refused() {
    let shop = Shop::open().await;
    let before = shop.entries().await;
    for key in ["", "two words", "é", &"k".repeat(256)] {
        let asked = ask("POST", "/v1/acts").key(&shop.sender);
        let asked = asked
            .json(&act("optout", json!({})))
            .with("idempotency-key", key);
        assert_eq!(
            shop.send(asked).await.problem(),
            (400, "invalid_idempotency_key".to_owned())
        );
    }
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn a_repeated_key_gets_the_first_answer_and_records_nothing() {
    let shop = Shop::open().await;
    let other = door::add(&shop.app, "other", Role::Sender).await.unwrap();
    let send = async |caller: &str, body: Value| {
        let asked = ask("POST", "/v1/acts").key(caller).json(&body);
        shop.send(asked.with("idempotency-key", "order-17")).await
    };
    let optout = || act("optout", json!({"channel": "email"}));
    let first = send(&shop.sender, optout()).await;
    let entries = shop.entries().await;
    let again = send(&shop.sender, optout()).await;
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("content-type"), first.header("content-type"));
    let changed = send(&shop.sender, act("optout", json!({}))).await;
    assert_eq!(
        changed.problem(),
        (422, "idempotency_key_reused".to_owned())
    );
    assert_eq!(shop.entries().await, entries);
    let theirs = send(&other, act("optout", json!({}))).await;
    assert_eq!(theirs.status, 200, "another caller's key is another key");
    assert!(shop.entries().await > entries);
}

#[tokio::test]
async fn an_answer_that_is_kept_names_the_item_that_waits() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let send = async || {
        let asked = ask("POST", "/v1/acts").key(&shop.sender);
        let asked = asked.json(&act("presumed_refusal", json!({"channel": "email"})));
        shop.send(asked.with("idempotency-key", "chat-4")).await
    };
    let first = send().await;
    assert_eq!(send().await.body, first.body);
    assert_eq!(first.json()["queued"], 1);
}

#[tokio::test]
async fn a_no_is_never_lost_over_its_date_and_what_was_written_stays_with_it() {
    for said in [
        "9999-12-31T23:59:59Z",
        "9999-12-30T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-11-21",
        "last week",
        "",
    ] {
        let shop = Shop::open().await;
        let budi = shop.customer(BUDI).await.subject;
        let no = json!({"channel": "email", "occurred_at": said, "detail": "by letter"});
        let answer = shop.act(&act("optout", no)).await;
        assert_eq!(answer.status, 200, "{said}: {}", answer.text());
        assert_eq!(
            shop.decide(BUDI).await["reason"],
            "opted_out_channel",
            "{said}"
        );
        let refusals = shop.app.gate.standing(budi).unwrap().refusals;
        let now = shop.app.clock.now();
        assert!(
            refusals.iter().all(|own| own.occurred_at == now),
            "{said}: {refusals:?}"
        );
        let details = shop.app.store.details(budi).await.unwrap();
        let kept = format!("occurred_at: {said}\nby letter");
        assert!(
            details.iter().any(|(_, own)| *own == kept),
            "{said}: {details:?}"
        );
    }
}

#[tokio::test]
async fn a_no_with_a_date_that_can_be_keeps_it() {
    let shop = Shop::open().await;
    let budi = shop.customer(BUDI).await.subject;
    let no = json!({"channel": "email", "occurred_at": "2026-11-01T09:00:00+07:00"});
    assert_eq!(shop.act(&act("optout", no)).await.status, 200);
    let refusals = shop.app.gate.standing(budi).unwrap().refusals;
    let said: Vec<_> = refusals
        .iter()
        .map(|own| own.occurred_at.to_string())
        .collect();
    assert_eq!(said, ["2026-11-01T02:00:00Z"]);
}
