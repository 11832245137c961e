//! Decisions to send: content, context, ways to refuse, and room under the caps.

use izin_core::{Channel, Timestamp};
use serde_json::{Value, json};

use crate::shop::{Answer, BUDI, Shop, ask, question};

/// A shop with one customer, to whom it sends one message in a week.
async fn capped_shop() -> Shop {
    let shop = Shop::capped().await;
    shop.customer(BUDI).await;
    shop
}

fn with(name: &str, value: Value) -> Value {
    let mut body = question(BUDI);
    body[name] = value;
    body
}

fn to_send() -> Value {
    with("intent", json!("send"))
}

async fn decide(shop: &Shop, body: &Value) -> Answer {
    shop.post(&shop.sender, "/v1/decisions", body).await
}

async fn settle(shop: &Shop, id: &Value, how: &str) -> Answer {
    let path = format!("/v1/reservations/{}/{how}", id.as_str().unwrap());
    shop.send(ask("POST", &path).key(&shop.sender)).await
}

/// Questions that are refused, with the code and field they are refused for.
fn refused() -> Vec<(Value, &'static str, &'static str)> {
    let (unread, invalid, unknown) = ("not_offered", "invalid_field", "unknown_field");
    let context = |own| with("context", own);
    let content = |own| with("content", own);
    let subject = |own| with("subject", own);
    let mut at_send = to_send();
    at_send["context"] = json!({"at": "2026-11-22T00:00:00Z"});
    let (many, long) = (vec!["P"; 101], "b".repeat(600_000));
    vec![
        (context(json!({"gpp": "budi"})), unread, "context.gpp"),
        (context(json!({"tcf": "budi"})), unread, "context.tcf"),
        (subject(json!({"push": "budi"})), unread, "subject.push"),
        (subject(json!({"device": "budi"})), unread, "subject.device"),
        (
            context(json!({"region": "budi"})),
            invalid,
            "context.region",
        ),
        (context(json!({"at": "budi"})), invalid, "context.at"),
        (context(json!({"at": "2020-01-01"})), invalid, "context.at"),
        (at_send, invalid, "context.at"),
        (context(json!({"gpc": "budi"})), invalid, "context.gpc"),
        (context(json!({"moon": 1})), unknown, "context.moon"),
        (content(json!({"html": "budi"})), unknown, "content.html"),
        (
            content(json!({"sensitive": ["budi"]})),
            invalid,
            "content.sensitive[0]",
        ),
        (
            content(json!({"products": many})),
            invalid,
            "content.products",
        ),
        (
            content(json!({"products": ["a\nb"]})),
            invalid,
            "content.products",
        ),
        (
            content(json!({"products": [""]})),
            invalid,
            "content.products",
        ),
        (content(json!({"body": long})), invalid, "content.body"),
        (with("min_seq", json!(-1)), invalid, "min_seq"),
        (with("explain", json!("budi")), invalid, "explain"),
    ]
}

#[tokio::test]
async fn what_is_not_read_yet_is_refused_and_never_ignored() {
    let shop = Shop::open().await;
    for (body, code, field) in refused() {
        let answer = decide(&shop, &body).await;
        assert_eq!(answer.problem(), (422, code.to_owned()), "{field}");
        assert_eq!(answer.json()["field"], field);
        assert!(!answer.text().contains("budi"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_gate_that_cannot_know_says_no() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let known = shop.entries().await - 1;
    let ask = async |seq: u64| decide(&shop, &with("min_seq", json!(seq))).await.json();
    assert_eq!(ask(known).await["decision"], "allow");
    let stale = ask(known + 1).await;
    assert_eq!(
        (&stale["decision"], &stale["reason"]),
        (&json!("deny"), &json!("stale_gate"))
    );
}

#[tokio::test]
async fn a_signal_a_place_and_a_moment_of_the_request_count() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let ask = async |context: Value| decide(&shop, &with("context", context)).await.json();
    assert_eq!(ask(json!({"region": "US-CA"})).await["reason"], "consent");
    assert_eq!(ask(json!({"gpc": true})).await["level"], 1, "no ads here");
    let pause =
        json!({"subject": {"email": BUDI}, "act": "pause", "until": "2026-12-01T00:00:00Z"});
    assert_eq!(shop.act(&pause).await.status, 200);
    assert_eq!(ask(json!({})).await["reason"], "paused");
    assert_eq!(
        ask(json!({"at": "2026-12-02T00:00:00Z"})).await["decision"],
        "allow"
    );
    assert_eq!(
        ask(json!({"at": "2026-11-30T23:59:59Z"})).await["decision"],
        "defer"
    );
}

#[tokio::test]
async fn marketing_without_a_way_to_refuse_is_refused() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let ask = async |content: Value| {
        let mut body = to_send();
        body["content"] = content;
        decide(&shop, &body).await.json()
    };
    for content in [
        json!({"body": "<p>Sale!</p>"}),
        json!({"has_refusal": false}),
        json!({"body": "<a href=\"https://evil.example/u/x\">Stop</a>"}),
    ] {
        let answer = ask(content).await;
        assert_eq!(answer["reason"], "no_way_to_refuse");
        assert_eq!(
            (&answer["refusal"], &answer["reservation"]),
            (&Value::Null, &Value::Null)
        );
    }
    let allowed = ask(json!({"body": "<p>Sale!</p>", "has_refusal": true})).await;
    assert_eq!(allowed["decision"], "allow");
    let page = allowed["refusal"]["page_url"].as_str().unwrap();
    let body = format!("<p>Sale!</p><a href=\"{page}\">Stop</a>");
    assert_eq!(ask(json!({"body": body})).await["decision"], "allow");
    assert_eq!(
        ask(json!({"sensitive": ["S1"]})).await["reason"],
        "sensitive_content"
    );
}

#[tokio::test]
async fn a_yes_to_marketing_brings_a_way_out_that_works() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    let plain = decide(&shop, &question(BUDI)).await.json();
    assert_eq!(plain["refusal"], Value::Null);
    let mut order = with("refusal", json!(true));
    order["purpose"] = json!("orders");
    assert_eq!(decide(&shop, &order).await.json()["refusal"], Value::Null);
    let answer = decide(&shop, &with("refusal", json!(true))).await.json();
    let refusal = &answer["refusal"];
    let url = refusal["one_click_url"].as_str().unwrap();
    assert_eq!(refusal["headers"][0][0], "List-Unsubscribe");
    let ways = refusal["headers"][0][1].as_str().unwrap();
    assert!(
        ways.starts_with(&format!("<{url}>, <mailto:izin+s")),
        "{ways}"
    );
    assert!(
        refusal["sms_text"]["id"]
            .as_str()
            .is_some_and(|own| !own.is_empty())
    );
    let path = url.strip_prefix("https://izin.toko.example").unwrap();
    let pressed = shop
        .send(ask("POST", path).form("List-Unsubscribe=One-Click"))
        .await;
    assert_eq!(pressed.status, 200);
    assert_eq!(shop.decide(BUDI).await["reason"], "opted_out_channel");
    let denied = decide(&shop, &with("refusal", json!(true))).await.json();
    assert_eq!(denied["refusal"], Value::Null);
}

#[tokio::test]
async fn room_is_held_counted_and_given_back() {
    let shop = capped_shop().await;
    let first = decide(&shop, &to_send()).await.json();
    assert_eq!(first["decision"], "allow", "{first}");
    let second = decide(&shop, &to_send()).await.json();
    assert_eq!(
        (&second["reason"], &second["reservation"]),
        (&json!("capped"), &Value::Null)
    );
    assert_eq!(
        shop.decide(BUDI).await["reason"],
        "capped",
        "open room counts"
    );
    let id = &first["reservation"];
    for _ in 0..2 {
        assert_eq!(
            settle(&shop, id, "release").await.json()["state"],
            "released"
        );
    }
    let other = settle(&shop, id, "confirm").await;
    assert_eq!(other.problem(), (409, "settled_otherwise".to_owned()));
    let third = decide(&shop, &to_send()).await.json()["reservation"].clone();
    for _ in 0..2 {
        assert_eq!(
            settle(&shop, &third, "confirm").await.json()["state"],
            "confirmed"
        );
    }
    let other = settle(&shop, &third, "release").await;
    assert_eq!(other.problem(), (409, "settled_otherwise".to_owned()));
    assert_eq!(shop.decide(BUDI).await["reason"], "capped");
    for id in ["00000000000000000000000000000000", "x"] {
        let unknown = settle(&shop, &json!(id), "confirm").await;
        assert_eq!(unknown.problem(), (404, "unknown_reservation".to_owned()));
    }
}

#[tokio::test]
async fn room_that_is_not_settled_is_listed_without_a_personal_value() {
    let shop = capped_shop().await;
    let list = async || {
        let asked = ask("GET", "/v1/reservations").key(&shop.reader);
        shop.send(asked).await
    };
    assert_eq!(list().await.json(), json!({"reservations": []}));
    let id = decide(&shop, &to_send()).await.json()["reservation"].clone();
    let listed = list().await;
    let open = &listed.json()["reservations"];
    assert_eq!(open.as_array().unwrap().len(), 1);
    let own = &open[0];
    assert_eq!(
        (&own["reservation"], &own["purpose"]),
        (&id, &json!("marketing"))
    );
    let times = [&own["held_since"], &own["ends_at"]];
    let times = times.map(|at| Timestamp::parse(at.as_str().unwrap()).unwrap());
    assert_eq!(times[1], times[0].plus_seconds(15 * 60));
    assert!(!listed.text().contains("budi"));
    settle(&shop, &id, "release").await;
    assert_eq!(list().await.json(), json!({"reservations": []}));
}

#[tokio::test]
async fn a_list_that_is_cut_says_where_it_goes_on() {
    let shop = Shop::open().await;
    let mut held = Vec::new();
    for name in ["budi", "siti", "agus"] {
        let email = format!("{name}@example.com");
        shop.customer(&email).await;
        let mut body = question(&email);
        body["intent"] = json!("send");
        held.push(decide(&shop, &body).await.json()["reservation"].clone());
    }
    let list = async |query: &str| {
        let path = format!("/v1/reservations?{query}");
        shop.send(ask("GET", &path).key(&shop.reader)).await
    };
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("after=budi", "after"),
        ("after=00000000000000000000000000000000", "after"),
        ("limit=1&limit=2", "limit"),
    ] {
        let answer = list(query).await;
        assert_eq!(
            answer.problem(),
            (400, "invalid_query".to_owned()),
            "{query}"
        );
        assert_eq!(answer.json()["field"], field, "{query}");
    }
    let first = list("limit=2").await.json();
    let next = first["next"].as_str().unwrap();
    // What was settled meanwhile is still a place in the list.
    settle(&shop, &first["next"], "confirm").await;
    let second = list(&format!("limit=2&after={next}")).await.json();
    assert_eq!(second.get("next"), None, "that was all: {second}");
    let rooms = [&first, &second].map(|own| own["reservations"].as_array().unwrap().clone());
    let mut listed: Vec<_> = rooms
        .iter()
        .flatten()
        .map(|own| own["reservation"].to_string())
        .collect();
    let mut held: Vec<_> = held.iter().map(ToString::to_string).collect();
    listed.sort();
    held.sort();
    assert_eq!(listed, held);
}

#[tokio::test]
async fn a_batch_never_takes_the_last_place_twice_and_a_reader_takes_none() {
    let shop = capped_shop().await;
    let body = json!({"requests": [to_send(), to_send(), to_send()]});
    let denied = shop
        .post(&shop.reader, "/v1/decisions/batch", &body)
        .await
        .json();
    assert_eq!(denied["decisions"][0]["error"]["code"], "not_allowed");
    let answer = shop
        .post(&shop.sender, "/v1/decisions/batch", &body)
        .await
        .json();
    let decisions = answer["decisions"].as_array().unwrap();
    let held = decisions
        .iter()
        .filter(|own| own["reservation"].is_string());
    assert_eq!((decisions.len(), held.count()), (3, 1));
}

#[tokio::test]
async fn an_explanation_names_the_entry_and_nobody() {
    let shop = Shop::open().await;
    shop.customer(BUDI).await;
    assert!(shop.decide(BUDI).await.get("explain").is_none());
    let answer = decide(&shop, &with("explain", json!(true))).await;
    let steps = answer.json()["explain"].as_array().unwrap().clone();
    assert!(!steps.is_empty());
    let consent = &answer.json()["consent"];
    assert!(steps.iter().any(|own| own["seq"] == *consent), "{steps:?}");
    for step in &steps {
        for language in ["id", "en"] {
            assert!(
                step[language].as_str().is_some_and(|own| !own.is_empty()),
                "{step}"
            );
        }
    }
    assert!(!answer.text().contains("budi"));
    let channel = Channel::Email.as_str();
    assert_eq!(answer.json()["rule"], format!("uu-pdp/marketing/{channel}"));
}
