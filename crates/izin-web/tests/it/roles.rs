//! Who may do what: every operation of the API, asked for by every role.

use std::collections::BTreeSet;

use izin_app::door::{self, Role};
use serde_json::{Value, json};

use crate::shop::{BUDI, Shop, ask, question};

/// Every role.
const ALL: &[Role] = &Role::ALL;
/// Those who change something.
const REPORT: &[Role] = &[Role::Sender, Role::Dpo];
/// Those who look somebody up.
const LOOK_UP: &[Role] = &[Role::Sender, Role::Reader, Role::Dpo];
/// The data protection officer.
const OFFICER: &[Role] = &[Role::Dpo];

/// Operations of the API that no row below asks for. It only shrinks.
const NOT_ASKED: [&str; 0] = [];

/// An operation as the description names it, a path to ask, a body, and who may.
type Row = (&'static str, String, Option<Value>, &'static [Role]);

/// Nobody's id, and the name of no reservation and no attempt.
const NOBODY: &str = "00000000000000000000000000000000";

/// An operation as the description names it, asked for by filling its path.
fn row(operation: &'static str, body: Option<Value>, able: &'static [Role]) -> Row {
    let (_, path) = operation.split_once(' ').unwrap();
    let path = path.replace("{id}", NOBODY).replace("{seq}", "0");
    (operation, path.replace("{customer}", "C-1"), body, able)
}

fn rows() -> Vec<Row> {
    let budi = || json!({"email": BUDI});
    let mut send = question(BUDI);
    send["intent"] = json!("send");
    let optout = json!({"subject": budi(), "act": "optout"});
    let dial = json!({"subject": budi(), "act": "dial", "level": 2});
    let code = json!({"code": "00000000"});
    let none = json!({"requests": []});
    let fields = json!({"email_address": BUDI});
    let into = json!({"into": budi()});
    let note = json!({"note": "letter of 3 May"});
    let events = json!({"events": []});
    vec![
        row("post /v1/decisions", Some(question(BUDI)), ALL),
        row("post /v1/decisions", Some(send), REPORT),
        row("post /v1/decisions/batch", Some(none), ALL),
        row("get /v1/reservations", None, LOOK_UP),
        row("post /v1/reservations/{id}/confirm", None, REPORT),
        row("post /v1/reservations/{id}/release", None, REPORT),
        row("post /v1/acts", Some(optout), REPORT),
        row("post /v1/step-ups", Some(dial), REPORT),
        row("post /v1/step-ups/{id}", Some(code), REPORT),
        row("get /v1/consents/{seq}", None, LOOK_UP),
        row("put /v1/subjects/{customer}", Some(fields), REPORT),
        row("post /v1/subjects/find", Some(budi()), LOOK_UP),
        row("get /v1/subjects/{id}/standing", None, LOOK_UP),
        row("post /v1/subjects/{id}/merge", Some(into), OFFICER),
        row("post /v1/subjects/{id}/split", None, OFFICER),
        row("post /v1/subjects/{id}/erase", Some(note), OFFICER),
        row("post /v1/events", Some(events), REPORT),
        row("get /v1/receipts/{seq}", None, ALL),
    ]
}

#[tokio::test]
async fn every_operation_is_refused_to_every_role_that_may_not_do_it() {
    let shop = Shop::open().await;
    for role in Role::ALL {
        let key = door::add(&shop.app, role.as_str(), role).await.unwrap();
        for (operation, path, body, able) in rows() {
            let method = operation.split(' ').next().unwrap().to_uppercase();
            let asked = ask(&method, &path).key(&key);
            let asked = match &body {
                Some(body) => asked.json(body),
                None => asked,
            };
            let before = shop.entries().await;
            let answer = shop.send(asked).await;
            let refused = answer.status == 403 && answer.problem().1 == "not_allowed";
            assert_eq!(refused, !able.contains(&role), "{operation} by {role:?}");
            assert_ne!(answer.status, 401, "{operation} by {role:?}");
            if refused {
                assert_eq!(shop.entries().await, before, "{operation} by {role:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_operation_is_without_a_row_and_none_is_open_by_mistake() {
    let shop = Shop::open().await;
    let description = shop.get("/openapi.json").await.json();
    let mut open = BTreeSet::new();
    let mut guarded = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let name = format!("{method} {path}");
            match operation.get("security") {
                Some(_) => guarded.insert(name),
                None => open.insert(name),
            };
        }
    }
    let asked = rows()
        .into_iter()
        .map(|(operation, ..)| operation.to_owned());
    let not_asked = NOT_ASKED.map(str::to_owned);
    let known: BTreeSet<_> = asked.chain(not_asked).collect();
    assert_eq!(guarded, known);
    let for_everybody = [
        "get /healthz",
        "get /log/checkpoint",
        "get /log/key",
        "get /log/tile/{path}",
        "get /readyz",
    ];
    assert_eq!(open, for_everybody.map(str::to_owned).into());
    for (operation, path, body, _) in rows() {
        let method = operation.split(' ').next().unwrap().to_uppercase();
        let asked = ask(&method, &path).json(&body.unwrap_or_default());
        assert_eq!(shop.send(asked).await.problem().0, 401, "{operation}");
    }
}
