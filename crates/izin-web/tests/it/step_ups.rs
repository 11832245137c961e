//! What only the person may do, confirmed by a code; and the record of a consent.

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::shop::{Answer, BUDI, Shop, ask};

async fn begin(shop: &Shop, body: &Value) -> Answer {
    shop.post(&shop.sender, "/v1/step-ups", body).await
}

async fn prove(shop: &Shop, id: &str, code: &str) -> Answer {
    let path = format!("/v1/step-ups/{id}");
    shop.post(&shop.sender, &path, &json!({"code": code})).await
}

fn dial(email: &str) -> Value {
    json!({"subject": {"email": email}, "act": "dial", "level": 2})
}

/// Asks for a code and waits until its letter is in the demo's mailbox; the attempt and the code.
async fn code_for(shop: &mut Shop, body: &Value) -> (String, String) {
    let mailbox = shop.app.demo.as_ref().unwrap().mailbox.clone();
    let post = shop.post.take().unwrap();
    let address = post.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let work = async {
        let answer = begin(shop, body).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        let letter = loop {
            let letters = shop.get("/mailbox.json").await.json();
            if let Some(own) = letters.as_array().and_then(|own| own.first()) {
                break own["text"].as_str().unwrap().to_owned();
            }
            tokio::task::yield_now().await;
        };
        stop.send(()).unwrap();
        (answer.json()["id"].as_str().unwrap().to_owned(), letter)
    };
    let until = async {
        let _ = stopped.await;
    };
    let (_, (id, letter)) = tokio::join!(mailbox.serve(post, until), work);
    shop.post = Some(TcpListener::bind(address).await.unwrap());
    let digits = |own: &&str| own.bytes().filter(u8::is_ascii_digit).count() == 8;
    let code = letter
        .lines()
        .find(digits)
        .unwrap_or_else(|| panic!("{letter}"));
    let code = code.chars().filter(char::is_ascii_digit).collect();
    (id, code)
}

#[tokio::test]
async fn a_wish_that_is_not_understood_sends_no_code() {
    let shop = Shop::demo().await;
    let (invalid, missing) = ("invalid_field", "missing_field");
    for (body, status, code, field) in [
        (
            json!({"subject": {"email": BUDI}, "act": "optout"}),
            422,
            invalid,
            "act",
        ),
        (
            json!({"subject": {"email": BUDI}, "act": "dial"}),
            422,
            missing,
            "level",
        ),
        (
            json!({"subject": {"email": BUDI}, "act": "consent"}),
            422,
            missing,
            "purpose",
        ),
        (
            json!({"subject": {"customer": "C-1"}, "act": "dial", "level": 2}),
            422,
            invalid,
            "code_to",
        ),
        (
            json!({"subject": {"email": BUDI}, "act": "dial", "level": 2, "purpose": "marketing"}),
            422,
            invalid,
            "purpose",
        ),
        (
            json!({"subject": {"email": BUDI}, "act": "consent", "purpose": "gifts", "channel": "email"}),
            422,
            "unknown_purpose",
            "purpose",
        ),
        (
            json!({"subject": {"email": BUDI}, "act": "dial", "level": 9}),
            422,
            invalid,
            "level",
        ),
    ] {
        let answer = begin(&shop, &body).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{body}");
        assert_eq!(answer.json()["field"], field, "{body}");
    }
    let unready = Shop::open().await;
    assert_eq!(
        begin(&unready, &dial(BUDI)).await.problem(),
        (503, "not_set_up".to_owned()),
        "no mail server"
    );
}

#[tokio::test]
async fn nobody_learns_who_is_known_and_no_guess_is_told_from_another() {
    let shop = Shop::demo().await;
    shop.customer(BUDI).await;
    let shape = |answer: &Answer| {
        let body = answer.json();
        let lengths = ["id", "expires_at"].map(|name| body[name].as_str().unwrap().len());
        (answer.status, body.as_object().unwrap().len(), lengths)
    };
    let known = begin(&shop, &dial(BUDI)).await;
    let unknown = begin(&shop, &dial("siti@example.com")).await;
    assert_eq!(known.status, 202);
    assert_eq!(shape(&known), shape(&unknown));
    let before = shop.entries().await;
    let id = known.json()["id"].as_str().unwrap().to_owned();
    let never = "00000000000000000000000000000000";
    let first = prove(&shop, &id, "00000000").await;
    assert_eq!(first.problem(), (422, "wrong_code".to_owned()));
    for (id, code) in [(&*id, "x"), (never, "00000000"), ("x", "00000000")] {
        assert_eq!(prove(&shop, id, code).await.body, first.body);
    }
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn codes_for_one_address_are_few() {
    let shop = Shop::demo().await;
    let mut last = 202;
    for _ in 0..4 {
        last = begin(&shop, &dial("siti@example.com"))
            .await
            .status
            .as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn the_right_code_does_what_was_wished_for_once() {
    let mut shop = Shop::demo().await;
    let link = shop.customer(BUDI).await;
    assert_eq!(shop.act(&dial(BUDI)).await.problem().1, "step_up_required");
    let (id, code) = code_for(&mut shop, &dial(BUDI)).await;
    let answer = prove(&shop, &id, &code).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.json()["receipt_url"].as_str().is_some());
    let standing = shop.app.gate.standing(link.subject).unwrap();
    assert_eq!(u8::from(standing.dial.unwrap().level), 2);
    assert_eq!(prove(&shop, &id, &code).await.problem().1, "wrong_code");
}

#[tokio::test]
async fn a_consent_is_a_record_and_what_it_lacks_is_named() {
    let shop = Shop::open().await;
    let link = shop.customer(BUDI).await;
    let standing = shop.app.gate.standing(link.subject).unwrap();
    let seq = standing.consents[0].seq;
    let get = async |path: String| shop.send(ask("GET", &path).key(&shop.reader)).await;
    let record = get(format!("/v1/consents/{seq}")).await;
    assert_eq!(record.status, 200, "{}", record.text());
    assert_eq!(record.header("content-type"), "application/ld+json");
    assert!(!record.text().contains(BUDI));
    let same = get(format!("/v1/consents/{seq}?format=27560")).await;
    assert_eq!(same.body, record.body);
    for (path, status, code) in [
        (
            format!("/v1/consents/{seq}?format=pdf"),
            400,
            "invalid_query",
        ),
        ("/v1/consents/0".to_owned(), 404, "no_such_entry"),
        ("/v1/consents/9999".to_owned(), 404, "no_such_entry"),
        ("/v1/consents/x".to_owned(), 404, "no_such_entry"),
        (
            format!("/v1/consents/{seq}?format=kantara"),
            409,
            "record_incomplete",
        ),
    ] {
        assert_eq!(
            get(path.clone()).await.problem(),
            (status, code.to_owned()),
            "{path}"
        );
    }
    let bare = json!({
        "subject": {"email": "siti@example.com"}, "act": "consent", "channel": "email",
        "purpose": "marketing"
    });
    let answer = shop.act(&bare).await.json();
    let fields: Vec<_> = answer["lacking"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| &own["field"])
        .collect();
    assert_eq!(
        fields,
        [&json!("form"), &json!("language"), &json!("detail")]
    );
    assert_eq!(
        shop.decide("siti@example.com").await["reason"],
        "no_consent"
    );
}
