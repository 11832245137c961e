//! What `izin inspect` understands: the shared vectors, where they are here; and what it refuses.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::shop::Shop;

/// The answers to lines of a kind.
fn answers(shop: &Shop, kind: &str, lines: &[Value]) -> Vec<Value> {
    let input: String = lines.iter().map(|own| format!("{own}\n")).collect();
    let ran = shop.izin_reading(&["inspect", kind], &input).fine();
    let answers: Vec<Value> = ran
        .out
        .lines()
        .map(|own| serde_json::from_str(own).unwrap())
        .collect();
    assert_eq!(answers.len(), lines.len(), "one answer a line");
    answers
}

/// The vectors of a file; none where the shared data are not here.
fn vectors(file: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/public");
    let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
        let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
        assert!(
            !required.contains("shared"),
            "the shared vectors are missing"
        );
        println!("skipped: the shared vectors are not here");
        return Vec::new();
    };
    let file: Value = serde_json::from_str(&text).unwrap();
    let vectors = file["vectors"].as_array().unwrap().clone();
    assert!(!vectors.is_empty());
    vectors
}

/// Asks about each vector, as `line` makes a line of it, and holds it beside its answer.
fn each(
    file: &str,
    kind: &str,
    line: impl Fn(&Value) -> Value,
    holds: impl Fn(&Value, &Value) -> bool,
) {
    let vectors = vectors(file);
    let lines: Vec<Value> = vectors.iter().map(line).collect();
    let shop = Shop::empty(&format!("inspect-{kind}"));
    for (vector, answer) in vectors.iter().zip(answers(&shop, kind, &lines)) {
        assert!(holds(vector, &answer), "{}: {answer}", vector["id"]);
    }
}

fn set(list: &Value) -> BTreeSet<String> {
    let own = list.as_array().unwrap().iter();
    own.map(|own| own.as_str().unwrap().to_lowercase())
        .collect()
}

/// A vector without what it expects.
fn as_it_is(vector: &Value) -> Value {
    vector.clone()
}

#[test]
fn what_is_not_understood_says_so_in_its_line_and_ends_well() {
    let shop = Shop::empty("inspect-refuses");
    let input =
        "\n[]\n{\n{\"text\": 7}\n{\"text\": \"STOP\"} {}\nnull\n{\"text\": \"STOP\"}\n\u{0}";
    let ran = shop.izin_reading(&["inspect", "sms"], input).fine();
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|own| serde_json::from_str(own).unwrap())
        .collect();
    let valid: Vec<bool> = lines.iter().map(|own| own["valid"] == true).collect();
    assert_eq!(
        valid,
        [false, false, false, false, false, false, true, false]
    );
    assert!(lines[3]["error"].as_str().unwrap().contains("`text`"));
    let kinds = [
        "one-click",
        "dsn",
        "arf",
        "identifier",
        "twilio",
        "vonage",
        "standard-webhook",
        "whatsapp",
        "shopify",
    ];
    for kind in kinds {
        for line in [
            "{}",
            "{\"raw_base64\": \"%\"}",
            "{\"raw_base64\": \"\", \"fields\": 1}",
        ] {
            let out = shop.izin_reading(&["inspect", kind], line).fine().json();
            assert_eq!(out["valid"], false, "{kind} {line}");
        }
    }
    shop.izin(&["inspect", "semaphore"])
        .refused(2, &["<KIND>", "one-click"]);
    shop.izin(&["inspect", "sms", "--in", "absent"])
        .refused(1, &["cannot read `absent`"]);
}

#[test]
fn what_somebody_said_is_not_repeated_in_an_error() {
    let shop = Shop::empty("inspect-masks");
    let line = json!({"platform": "meta", "kind": "email", "input": "rahasia"});
    let lines = [
        line,
        json!({"platform": "rahasia", "kind": "email", "input": "x"}),
        json!({"platform": ["rahasia"]}),
    ];
    for answer in answers(&shop, "identifier", &lines) {
        assert!(
            answer["valid"] == false && !answer.to_string().contains("rahasia"),
            "{answer}"
        );
    }
}

#[test]
fn a_signature_is_valid_exactly_where_the_vector_says_so() {
    let valid = |vector: &Value, answer: &Value| answer["valid"] == vector["expected_valid"];
    each("twilio_signature.json", "twilio", as_it_is, valid);
    each("vonage_sms_signature.json", "vonage", as_it_is, valid);
    each(
        "standard_webhooks.json",
        "standard-webhook",
        as_it_is,
        valid,
    );
    each(
        "shopify_webhooks.json",
        "shopify",
        as_it_is,
        |vector, answer| valid(vector, answer) && answer["topic"] == vector["id"],
    );
    each(
        "whatsapp_user_preferences.json",
        "whatsapp",
        as_it_is,
        |vector, answer| {
            let expected = vector["expected"].as_object().unwrap();
            answer["valid"] == vector["valid"]
                && expected.iter().all(|(name, value)| &answer[name] == value)
        },
    );
}

#[test]
fn bounces_complaints_presses_and_texts_are_what_the_vectors_say() {
    let mail = |vector: &Value| json!({"raw_base64": vector["raw_base64"]});
    each("dsn_bounces.json", "dsn", mail, |vector, answer| {
        let expected = &vector["expected"];
        set(&answer["failed"]) == set(&expected["permanent"])
            && set(&answer["temporary"]) == set(&expected["temporary"])
    });
    each("arf_complaints.json", "arf", mail, |vector, answer| {
        let expected = &vector["expected"];
        let kind = expected["feedback_type"].as_str().unwrap().to_lowercase();
        answer["feedback_type"] == kind.as_str()
            && answer["is_complaint"] == expected["is_complaint"]
            && expected["original_rcpt_to"].as_array().is_none_or(|_| {
                set(&answer["recipients"]).is_superset(&set(&expected["original_rcpt_to"]))
            })
    });
    each(
        "rfc8058_one_click.json",
        "one-click",
        |vector| vector["request"].clone(),
        |vector, answer| answer["action"] == vector["expected"],
    );
    let text = |vector: &Value| json!({"text": vector["text"]});
    each("sms_keywords.json", "sms", text, |vector, answer| {
        answer["meaning"] == vector["expected"]
    });
    each("sms_segments.json", "sms", text, |vector, answer| {
        let expected = &vector["expected"];
        answer["encoding"] == expected["encoding"] && answer["segments"] == expected["segments"]
    });
}

#[test]
fn a_press_is_one_by_what_is_posted_and_by_nothing_else() {
    let shop = Shop::empty("inspect-press");
    let pair = "List-Unsubscribe=One-Click";
    let line = |method: &str, body: &str| json!({"method": method, "path": "/u/x?List-Unsubscribe=One-Click", "headers": [], "body": body});
    let lines = [
        line("GET", pair),
        line("HEAD", pair),
        line("POST", pair),
        line("post", pair),
        line("POST", ""),
        line("PUT", pair),
        line("OPTIONS", ""),
    ];
    let found: Vec<Value> = answers(&shop, "one-click", &lines)
        .iter()
        .map(|own| own["action"].clone())
        .collect();
    assert_eq!(
        found,
        [
            "show",
            "show",
            "unsubscribe",
            "unsubscribe",
            "reject",
            "reject",
            "reject"
        ]
    );
}

#[test]
fn an_address_is_spelled_and_hashed_as_each_platform_has_it() {
    let shop = Shop::empty("inspect-identifier");
    let of = |platform: &str, kind: &str, input: &str| json!({"platform": platform, "kind": kind, "input": input, "region": "ID"});
    let lines = [
        of("meta", "phone", "0812 0000 0001"),
        of("google", "phone", "0812 0000 0001"),
        of("google", "email", "Si.ti+x@gmail.com"),
    ];
    let found: Vec<Value> = answers(&shop, "identifier", &lines)
        .iter()
        .map(|own| own["normalised"].clone())
        .collect();
    assert_eq!(found, ["6281200000001", "+6281200000001", "siti@gmail.com"]);
    // As `printf 6281200000001 | sha256sum` prints it.
    let hash = "4e003d1177f83dbcdaf43b5c76919905a3eb4ea891bba2f4815b09ab66a9e184";
    assert_eq!(answers(&shop, "identifier", &lines[..1])[0]["sha256"], hash);
}
