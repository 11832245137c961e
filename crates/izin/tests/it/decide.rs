//! `izin decide`: the same answer as a machine gets.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::shop::{ABOUT, Server, Shop};

/// What `POST /v1/decisions` answers.
fn by_api(server: &Server, key: &str, question: &Value) -> Value {
    let address = server.url.strip_prefix("http://").unwrap();
    let body = question.to_string();
    let mut socket = TcpStream::connect(address).unwrap();
    write!(
        socket,
        "POST /v1/decisions HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[test]
fn the_command_and_the_api_answer_with_the_same_document() {
    let shop = Shop::with_contacts("decide-same");
    let server = shop.serve();
    let added = shop.izin(&["api-key", "add", "till", "--role", "reader", "--json"]);
    let key = added.fine().json()["key"].as_str().unwrap().to_owned();
    let mut decisions = Vec::new();
    for number in ["1", "2", "3", "404"] {
        for (explain, flag) in [(false, None), (true, Some("--explain"))] {
            let subject = format!("customer:{number}");
            let mut asked = vec!["decide", &subject, "--json"];
            asked.extend(ABOUT);
            asked.extend(flag);
            let told = shop.izin(&asked).fine().json();
            let question = json!({
                "subject": {"customer": number}, "channel": "email", "purpose": "marketing",
                "explain": explain,
            });
            assert_eq!(told, by_api(&server, &key, &question), "{subject}");
            assert_eq!(told.get("explain").is_some(), explain);
            decisions.push(told["decision"].as_str().unwrap().to_owned());
        }
    }
    decisions.dedup();
    assert_eq!(decisions, ["allow", "deny"]);
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_date_without_an_offset_is_on_the_clock_of_the_shops_policy_and_the_answer_says_so() {
    let shop = Shop::with_contacts("decide-clock");
    let asked = |at: &str, more: &[&str]| {
        let call = [&["decide", "customer:1", "--at", at], &ABOUT[..], more].concat();
        shop.izin(&call).fine()
    };
    let at = |text: &str| asked(text, &["--json"]).json()["at"].clone();
    assert_eq!(at("2039-01-01"), "2039-01-01T00:00:00+07:00");
    assert_eq!(at("2039-01-01T00:00Z"), "2039-01-01T07:00:00+07:00");
    let said = asked("2039-01-01", &["--lang", "en"]).out;
    assert!(
        said.contains("asked as of 2039-01-01T00:00:00+07:00"),
        "{said}"
    );
    let now = [&["decide", "customer:1", "--json"], &ABOUT[..]].concat();
    assert!(shop.izin(&now).fine().json().get("at").is_none());
}
