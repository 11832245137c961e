//! What each carrier is asked, and what its answers mean.

use super::*;

const TO: &str = "+6281200000001";
const TEXT: Outgoing<'static> = Outgoing {
    from: "TOKO",
    to: TO,
    words: Words::Text("Halo & {to} €5"),
};

fn twilio() -> Carrier {
    Carrier::Twilio(Twilio {
        api: "https://api.example".to_owned(),
        account: "AC1".to_owned(),
        token: "t".to_owned(),
    })
}

fn vonage() -> Carrier {
    Carrier::Vonage(Vonage {
        api: "https://rest.example".to_owned(),
        key: "k".to_owned(),
        secret: "s".to_owned(),
    })
}

fn whatsapp() -> Carrier {
    Carrier::Whatsapp(Whatsapp {
        api: "https://graph.example/v1".to_owned(),
        phone_number_id: "77".to_owned(),
        token: "t".to_owned(),
    })
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, value)| header(name, value)).collect()
}

fn shape(
    body: Body,
    headers: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Result<Carrier, ShapeError> {
    let at = ("http://127.0.0.1:13013/send".to_owned(), body);
    let made = Shape::new(at, pairs(headers), pairs(fields), "geheim".to_owned());
    made.map(Carrier::Gateway)
}

#[test]
fn an_answer_that_is_not_understood_is_never_a_reason_to_send_again() {
    for carrier in [twilio(), vonage(), whatsapp()] {
        for body in [
            "",
            "{}",
            "null",
            "[]",
            "<html>",
            r#"{"messages":[]}"#,
            r#"{"messages":[{}]}"#,
        ] {
            let told = carrier.fate(200, body.as_bytes());
            assert_eq!(told, Fate::Unknown, "{carrier:?}: {body}");
        }
        for status in [500, 502, 504, 100, 0] {
            assert_eq!(
                carrier.fate(status, b""),
                Fate::Unknown,
                "{carrier:?}: {status}"
            );
        }
        assert_eq!(carrier.fate(503, b""), Fate::NotNow);
        assert_eq!(carrier.fate(429, b""), Fate::NotNow);
        assert_eq!(carrier.fate(302, b""), Fate::SenderRefused);
    }
}

#[test]
fn only_what_says_that_the_person_stopped_is_a_no() {
    let of =
        |code: u64| twilio().fate(400, format!(r#"{{"code":{code},"status":400}}"#).as_bytes());
    assert_eq!(of(21_610), Fate::Stopped);
    assert_eq!([of(21_211), of(21_614)], [Fate::NoSuchNumber; 2]);
    assert_eq!([of(21_606), of(21_659)], [Fate::SenderRefused; 2]);
    assert_eq!(of(21_617), Fate::Refused);
    let late = twilio().fate(201, br#"{"sid":"SM1","error_code":21610}"#);
    assert_eq!(late, Fate::Stopped);

    let of =
        |code: u64| whatsapp().fate(400, format!(r#"{{"error":{{"code":{code}}}}}"#).as_bytes());
    assert_eq!(of(131_050), Fate::Stopped);
    assert_eq!(
        of(131_049),
        Fate::Refused,
        "the platform's cap is no opt-out"
    );
    assert_eq!(of(131_026), Fate::Refused);
    assert_eq!([of(130_429), of(131_056)], [Fate::NotNow; 2]);
    assert_eq!(
        [of(190), of(132_001), of(132_015)],
        [Fate::SenderRefused; 3]
    );
    assert_eq!(of(131_000), Fate::Unknown);

    let of = |status: &str| {
        vonage().fate(
            200,
            format!(r#"{{"messages":[{{"status":"{status}"}}]}}"#).as_bytes(),
        )
    };
    assert_eq!(of("7"), Fate::Barred);
    assert_eq!(
        [of("1"), of("4"), of("6"), of("33"), of("5")],
        [
            Fate::NotNow,
            Fate::SenderRefused,
            Fate::Refused,
            Fate::NoSuchNumber,
            Fate::Unknown
        ]
    );
}

#[test]
fn what_went_out_in_part_is_not_sent_again() {
    let body = br#"{"messages":[{"status":"1"},{"status":"0"}]}"#;
    assert_eq!(vonage().fate(200, body), Fate::Carried);
    assert_eq!(
        twilio().fate(201, br#"{"sid":"SM1","error_code":null}"#),
        Fate::Carried
    );
    assert_eq!(
        whatsapp().fate(200, br#"{"messages":[{"id":"w"}]}"#),
        Fate::Carried
    );
    assert_eq!(
        shape(Body::Text, &[("X-To", "{to}")], &[])
            .unwrap()
            .fate(202, b"0"),
        Fate::Carried
    );
}

#[test]
fn a_gateway_that_could_not_be_asked_is_refused() {
    let missing = |made: Result<Carrier, ShapeError>| made.err().map(|own| own.to_string());
    let told = missing(shape(Body::Form, &[], &[("t", "{text}")])).unwrap();
    assert!(told.contains("{to}"), "{told}");
    let told = missing(shape(Body::Json, &[], &[("to", "{to}")])).unwrap();
    assert!(told.starts_with("{text} stands nowhere"), "{told}");
    for (name, value) in [
        ("X-Text", "{text}"),
        ("X\r\nY", "{to}"),
        ("X", "a\nb"),
        ("", "{to}"),
    ] {
        let made = shape(Body::Text, &[(name, value)], &[("to", "{to}")]);
        assert!(matches!(made, Err(ShapeError::Header(_))), "{name:?}");
    }
    let made = shape(Body::Form, &[], &[("to", "{too}")]);
    assert!(matches!(made, Err(ShapeError::UnknownBlank(own)) if own == "to"));
    let at = ("x".to_owned(), Body::Text);
    let made = Shape::new(
        at,
        pairs(&[("X", "{to}{secret}")]),
        Vec::new(),
        String::new(),
    );
    assert!(matches!(made, Err(ShapeError::Missing(_))));
}

#[test]
fn what_stands_in_a_text_fills_nothing() {
    let own = shape(
        Body::Form,
        &[],
        &[("to", "{to}"), ("m", "{text}{"), ("p", "a{secret}")],
    );
    let post = own.unwrap().post(&TEXT);
    assert_eq!(
        post.body,
        "to=%2B6281200000001&m=Halo+%26+%7Bto%7D+%E2%82%AC5%7B&p=ageheim"
    );
}

#[test]
fn each_carrier_is_asked_in_its_own_way() {
    let post = twilio().post(&TEXT);
    assert_eq!(
        post.url,
        "https://api.example/2010-04-01/Accounts/AC1/Messages.json"
    );
    assert!(
        post.headers
            .contains(&header("authorization", "Basic QUMxOnQ="))
    );
    assert_eq!(
        post.body,
        "To=%2B6281200000001&From=TOKO&Body=Halo+%26+%7Bto%7D+%E2%82%AC5"
    );
    let service = Outgoing {
        from: "MG0123456789abcdef0123456789abcdef",
        ..TEXT
    };
    assert!(
        twilio()
            .post(&service)
            .body
            .contains("MessagingServiceSid=MG01")
    );

    let post = vonage().post(&TEXT);
    assert!(
        post.body.contains("to=6281200000001&type=text&text=Halo"),
        "{}",
        post.body
    );
    let words = Words::Text("Halo 🙏");
    assert!(
        vonage()
            .post(&Outgoing { words, ..TEXT })
            .body
            .contains("type=unicode")
    );
}

#[test]
fn whatsapp_is_asked_by_an_approved_name_and_a_gateway_as_its_shape_says() {
    let words = Words::Approved {
        name: "promo",
        language: "id",
        blanks: &["Ani".to_owned()],
        text: "Halo Ani",
    };
    let post = whatsapp().post(&Outgoing { words, ..TEXT });
    let body: Value = serde_json::from_str(&post.body).unwrap();
    assert_eq!(post.url, "https://graph.example/v1/77/messages");
    assert_eq!(body["to"], "6281200000001");
    assert_eq!(
        body["template"]["components"][0]["parameters"][0]["text"],
        "Ani"
    );
    assert_eq!(body["template"]["language"]["code"], "id");
    let body: Value = serde_json::from_str(&whatsapp().post(&TEXT).body).unwrap();
    assert_eq!(body["text"]["body"], "Halo & {to} €5");

    let own = shape(
        Body::Text,
        &[
            ("X-Kannel-To", "{digits}"),
            ("X-Kannel-Password", "{secret}"),
        ],
        &[],
    );
    let post = own.unwrap().post(&TEXT);
    assert_eq!(post.body, "Halo & {to} €5");
    assert!(
        post.headers
            .contains(&header("x-kannel-to", "6281200000001"))
    );
    let own = shape(Body::Json, &[], &[("to", "{to}"), ("text", "{text}")]).unwrap();
    assert_eq!(
        own.post(&TEXT).body,
        r#"{"text":"Halo & {to} €5","to":"+6281200000001"}"#
    );
}
