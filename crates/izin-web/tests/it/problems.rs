//! What machines are told when something is wrong.

use izin_app::door::{self, Role};
use serde_json::json;

use crate::shop::{BUDI, Shop, ask, question};

#[tokio::test]
async fn nothing_under_v1_opens_without_a_key() {
    let shop = Shop::open().await;
    for (method, path) in [
        ("POST", "/v1/decisions"),
        ("POST", "/v1/decisions/batch"),
        ("POST", "/v1/acts"),
        ("GET", "/v1/receipts/0"),
    ] {
        for (keys, code) in [
            (vec![], "key_missing"),
            (vec!["Basic abc"], "key_missing"),
            (vec!["Bearer izin_00"], "key_unknown"),
            (vec!["Bearer "], "key_missing"),
        ] {
            let mut asked = ask(method, path).json(&question(BUDI));
            for key in keys {
                asked = asked.with("authorization", key);
            }
            let answer = shop.send(asked).await;
            assert_eq!(answer.problem(), (401, code.to_owned()), "{method} {path}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_more() {
    let shop = Shop::open().await;
    let key = door::add(&shop.app, "till", Role::Dpo).await.unwrap();
    let asked = || ask("POST", "/v1/decisions").key(&key).json(&question(BUDI));
    assert_eq!(shop.send(asked()).await.status, 200);
    assert_eq!(door::revoke(&shop.app, "till").await.unwrap(), 1);
    assert_eq!(shop.send(asked()).await.problem().1, "key_unknown");
    assert_eq!(
        shop.decide(BUDI).await["reason"],
        "unknown_subject",
        "other keys go on"
    );
}

#[tokio::test]
async fn only_senders_and_the_officer_report_acts() {
    let shop = Shop::open().await;
    for role in Role::ALL {
        let key = door::add(&shop.app, role.as_str(), role).await.unwrap();
        let act = json!({"subject": {"email": BUDI}, "act": "optout"});
        let before = shop.entries().await;
        let answer = shop
            .send(ask("POST", "/v1/acts").key(&key).json(&act))
            .await;
        if matches!(role, Role::Sender | Role::Dpo) {
            assert_eq!(answer.status, 200, "{role:?}");
        } else {
            assert_eq!(
                answer.problem(),
                (403, "not_allowed".to_owned()),
                "{role:?}"
            );
            assert_eq!(shop.entries().await, before);
        }
        let asked = ask("POST", "/v1/decisions").key(&key).json(&question(BUDI));
        assert_eq!(shop.send(asked).await.status, 200, "{role:?} may ask");
        let receipt = ask("GET", "/v1/receipts/0").key(&key);
        assert_eq!(shop.send(receipt).await.status, 200, "{role:?} may prove");
    }
}

#[tokio::test]
async fn a_wrong_path_method_type_or_length_is_a_problem_too() {
    let shop = Shop::open().await;
    let key = &shop.reader;
    let long = vec![b' '; 4 * 1024 * 1024 + 1];
    let asks = [
        (ask("GET", "/v2/decisions"), (404, "not_found")),
        (ask("GET", "/"), (404, "not_found")),
        (ask("GET", "/mailbox"), (404, "not_found")),
        (
            ask("GET", "/v1/decisions").key(key),
            (405, "method_not_allowed"),
        ),
        (ask("DELETE", "/privacy"), (405, "method_not_allowed")),
        (
            ask("POST", "/v1/decisions").key(key),
            (415, "wrong_content_type"),
        ),
        (
            ask("POST", "/v1/decisions").key(key).form("a=b"),
            (415, "wrong_content_type"),
        ),
        (
            ask("POST", "/v1/decisions/batch").key(key).form("a=b"),
            (415, "wrong_content_type"),
        ),
        (
            ask("POST", "/v1/decisions")
                .key(key)
                .body("application/json", long.clone()),
            (413, "body_too_large"),
        ),
        (
            ask("POST", "/v1/decisions/batch")
                .key(key)
                .body("application/octet-stream", long),
            (413, "body_too_large"),
        ),
        (
            ask("POST", "/v1/decisions")
                .key(key)
                .body("application/json; charset=utf-8", "{\n \"a"),
            (400, "invalid_json"),
        ),
    ];
    for (asked, (status, code)) in asks {
        let answer = shop.send(asked).await;
        assert_eq!(answer.problem(), (status, code.to_owned()));
        if status == 405 {
            assert!(!answer.header("allow").is_empty());
        }
    }
}

#[tokio::test]
async fn a_query_parameter_that_a_path_does_not_read_is_refused_by_name() {
    let shop = Shop::open().await;
    let someone = shop.customer(BUDI).await.subject;
    let standing = format!("/v1/subjects/{someone}/standing");
    for (method, path, field) in [
        ("GET", "/v1/reservations?offset=5", "offset"),
        ("GET", "/v1/reservations?budi%40example.com=1", "(query)"),
        ("GET", "/v1/consents/1?fromat=kantara", "fromat"),
        ("GET", "/v1/receipts/1?format=kantara", "format"),
        ("GET", &*format!("{standing}?at=2026-11-21"), "at"),
        ("POST", "/v1/decisions?explain=true", "explain"),
        (
            "POST",
            "/v1/decisions/batch?channel=email&topic=tea",
            "topic",
        ),
    ] {
        let asked = ask(method, path).key(&shop.reader).json(&question(BUDI));
        let answer = shop.send(asked).await;
        assert_eq!(
            answer.problem(),
            (422, "unknown_field".to_owned()),
            "{path}"
        );
        assert_eq!(answer.json()["field"], field, "{path}");
        assert!(!answer.text().contains("budi"), "{path}");
    }
    for path in [
        "/v1/receipts/1",
        "/v1/consents/1?format=27560",
        &standing,
        "/log/key?x=1",
    ] {
        let answer = shop.send(ask("GET", path).key(&shop.reader)).await;
        assert_ne!(answer.status, 422, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn titles_are_in_the_language_asked_for() {
    let shop = Shop::open().await;
    let title = async |language| {
        let asked = ask("GET", "/nowhere").with("accept-language", language);
        shop.send(asked).await.json()["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(title("id-ID,en;q=0.5").await, "Alamat ini tidak ada");
    assert_eq!(title("en").await, "There is nothing at this address");
    assert_eq!(title("fr").await, "There is nothing at this address");
}

#[tokio::test]
async fn a_broken_store_is_told_and_nothing_is_acknowledged() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/readyz").await.status, 200);
    shop.break_store();
    let act = json!({"subject": {"email": BUDI}, "act": "optout"});
    let unavailable = (503, "store_unavailable".to_owned());
    assert_eq!(shop.act(&act).await.problem(), unavailable);
    assert_eq!(
        shop.get("/healthz").await.text(),
        "ok\n",
        "the process still lives"
    );
}

#[tokio::test]
async fn a_server_whose_safe_takes_no_writes_is_not_ready() {
    let shop = Shop::open().await;
    let [journal, aside] = ["refusals.journal", "aside"].map(|own| shop.in_safe(own));
    let act = json!({"subject": {"email": BUDI}, "act": "optout"});
    std::fs::rename(&journal, &aside).unwrap();
    std::fs::write(&journal, "").unwrap();
    let unavailable = (503, "store_unavailable".to_owned());
    assert_eq!(shop.act(&act).await.problem(), unavailable);
    let not_ready = (503, "not_ready".to_owned());
    assert_eq!(shop.get("/readyz").await.problem(), not_ready);
    std::fs::rename(&aside, &journal).unwrap();
    assert_eq!(shop.act(&act).await.status, 200);
    assert_eq!(shop.get("/readyz").await.status, 200);
}
