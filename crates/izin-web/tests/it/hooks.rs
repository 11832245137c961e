//! What providers post: a no counts before it is answered, what is not signed is never read, and
//! nothing is ever a yes.

use izin_app::provider::Providers;
use izin_core::{Channel, Identifier};
use izin_store::Listed;
use izin_testkit::provider::{self, GATEWAY_PASSWORD, WHATSAPP_TOKEN};
use serde_json::{Value, json};

use crate::shop::{Answer, Ask, Shop, ask};

const BUDI: &str = "+6281200000001";
const TWILIO: &str = "/hooks/twilio/sms";
const VONAGE: &str = "/hooks/vonage/sms";
const GATEWAY: &str = "/hooks/sms/generic";
const WHATSAPP: &str = "/hooks/meta/whatsapp";
/// 2026-11-21T05:00:00Z, at which the shop's clock stands.
const NOON: &str = "1795237200";

/// A shop that also sends by SMS, and Budi, who agreed to both channels.
async fn open() -> Shop {
    let shop = Shop::with(|policy| {
        for own in &mut policy.purposes {
            if own.id.as_str() == "marketing" {
                own.channels.push(Channel::Sms);
            }
        }
    })
    .await;
    for channel in ["sms", "whatsapp"] {
        let yes = json!({"subject": {"phone": BUDI}, "act": "consent", "channel": channel, "purpose": "marketing",
            "source": "checkout", "detail": "yes", "notice": 1, "language": "en"});
        assert_eq!(shop.act(&yes).await.status, 200);
        assert_eq!(decided(&shop, channel).await, "allow consent");
    }
    shop
}

/// The decision about Budi on a channel, with its reason.
async fn decided(shop: &Shop, channel: &str) -> String {
    let body = json!({"subject": {"phone": BUDI}, "channel": channel, "purpose": "marketing"});
    let own = shop.post(&shop.reader, "/v1/decisions", &body).await.json();
    format!(
        "{} {}",
        own["decision"].as_str().unwrap(),
        own["reason"].as_str().unwrap()
    )
}

fn twilio(fields: &[(&str, &str)]) -> Ask {
    let signature = provider::twilio(&format!("https://izin.toko.example{TWILIO}"), fields);
    ask("POST", TWILIO)
        .with("x-twilio-signature", &signature)
        .form(&provider::form(fields))
}

async fn text(shop: &Shop, id: &str, text: &str) -> Answer {
    shop.send(twilio(&[
        ("From", BUDI),
        ("To", "+100"),
        ("Body", text),
        ("MessageSid", id),
    ]))
    .await
}

fn vonage(fields: &[(&str, &str)]) -> Ask {
    let signature = provider::vonage(fields);
    let signed = [fields, &[("sig", &signature)]].concat();
    ask("POST", VONAGE).form(&provider::form(&signed))
}

fn gateway(fields: &[(&str, &str)]) -> Ask {
    ask("POST", GATEWAY)
        .key(GATEWAY_PASSWORD)
        .form(&provider::form(fields))
}

fn whatsapp(value: &Value) -> Ask {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"value": value, "field": "x"}]}]});
    let body = body.to_string();
    let signature = provider::whatsapp(&body);
    ask("POST", WHATSAPP)
        .with("x-hub-signature-256", &signature)
        .body("application/json", body)
}

#[tokio::test]
async fn what_is_not_signed_is_never_read() {
    let shop = open().await;
    let before = shop.entries().await;
    let stop = provider::form(&[
        ("From", BUDI),
        ("Body", "STOP"),
        ("msisdn", BUDI),
        ("text", "STOP"),
        ("from", BUDI),
    ]);
    for path in [TWILIO, VONAGE, GATEWAY, WHATSAPP] {
        for asked in [
            ask("POST", path).form(&stop),
            ask("POST", path)
                .form(&stop)
                .key("x")
                .with("x-twilio-signature", "AAAA")
                .with("x-hub-signature-256", "sha256=00"),
            ask("POST", path)
                .body("application/json", "{}")
                .with("authorization", "Bearer a.b.c"),
            ask("POST", path),
        ] {
            let answer = shop.send(asked).await;
            assert_eq!(
                answer.problem(),
                (401, "bad_signature".to_owned()),
                "{path}"
            );
        }
    }
    let other_address = provider::twilio(
        "https://other.example/hooks/twilio/sms",
        &[("From", BUDI), ("Body", "STOP")],
    );
    let moved = ask("POST", TWILIO)
        .with("x-twilio-signature", &other_address)
        .form(&provider::form(&[("From", BUDI), ("Body", "STOP")]));
    assert_eq!(shop.send(moved).await.status, 401);
    let old = vonage(&[
        ("msisdn", "6281200000001"),
        ("text", "STOP"),
        ("timestamp", "1795236000"),
    ]);
    assert_eq!(shop.send(old).await.status, 401, "twenty minutes old");
    assert_eq!(shop.entries().await, before);
    assert_eq!(decided(&shop, "sms").await, "allow consent");
}

#[tokio::test]
async fn a_provider_that_is_not_set_has_no_address_and_looking_changes_nothing() {
    let shop = Shop::with_providers(Providers::default()).await;
    for path in [TWILIO, VONAGE, GATEWAY, WHATSAPP] {
        assert_eq!(
            shop.send(ask("POST", path)).await.problem().0,
            404,
            "{path}"
        );
    }
    let shop = open().await;
    let before = shop.entries().await;
    for path in [TWILIO, VONAGE, GATEWAY] {
        assert_eq!(shop.send(ask("GET", path)).await.problem().0, 405, "{path}");
    }
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn requirement_9_a_stop_counts_before_it_is_answered_and_is_confirmed_once() {
    let shop = open().await;
    let answer = text(&shop, "SM1", "Berhenti!").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "text/xml")
    );
    assert_eq!(decided(&shop, "sms").await, "deny opted_out_channel");
    assert_eq!(
        decided(&shop, "whatsapp").await,
        "allow consent",
        "of this channel alone"
    );
    assert!(answer.text().contains("<Message>Toko"), "{}", answer.text());
    let before = shop.entries().await;
    assert_eq!(
        text(&shop, "SM1", "Berhenti!").await.text(),
        answer.text(),
        "sent again, answered again"
    );
    let more = text(&shop, "SM2", "berhenti").await;
    assert!(
        more.status == 200 && !more.text().contains("<Message>"),
        "told before: {}",
        more.text()
    );
    assert_eq!(shop.entries().await, before);
}

#[tokio::test]
async fn requirement_9_what_the_provider_confirms_itself_is_not_confirmed_twice() {
    let shop = open().await;
    let answer = text(&shop, "SM1", "STOP").await;
    assert!(answer.status == 200 && !answer.text().contains("<Message>"));
    assert_eq!(decided(&shop, "sms").await, "deny opted_out_channel");
    let shop = open().await;
    let fields = [
        ("From", BUDI),
        ("Body", "no thanks"),
        ("MessageSid", "SM1"),
        ("OptOutType", "STOP"),
    ];
    let answer = shop.send(twilio(&fields)).await;
    assert!(answer.status == 200 && !answer.text().contains("<Message>"));
    assert_eq!(
        decided(&shop, "sms").await,
        "deny opted_out_channel",
        "the provider's word counts"
    );
}

#[tokio::test]
async fn requirement_8_words_that_may_be_a_no_count_as_one_and_wait_for_a_person() {
    let shop = open().await;
    let answer = text(&shop, "SM1", "tolong jangan sms saya lagi").await;
    assert!(answer.status == 200 && !answer.text().contains("<Message>"));
    assert_eq!(decided(&shop, "sms").await, "deny refusal_presumed");
    let waiting = shop.app.store.queue_list(Listed::Open, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].what.kind.as_str(), "presumed_refusal");
    assert_eq!(
        waiting[0].what.note.as_deref(),
        Some("tolong jangan sms saya lagi")
    );
}

#[tokio::test]
async fn nothing_that_somebody_writes_is_a_yes() {
    let shop = open().await;
    text(&shop, "SM1", "STOP").await;
    let before = shop.entries().await;
    for (id, words) in [
        ("2", "START"),
        ("3", "UNSTOP"),
        ("4", "YES"),
        ("5", "ya mau"),
        ("6", ""),
        ("7", "HELP"),
    ] {
        assert_eq!(text(&shop, id, words).await.status, 200);
    }
    let fields = [
        ("From", BUDI),
        ("Body", "START"),
        ("MessageSid", "8"),
        ("OptOutType", "START"),
    ];
    assert_eq!(shop.send(twilio(&fields)).await.status, 200);
    let resume = json!({"user_preferences": [{"wa_id": "6281200000001", "category": "marketing_messages", "value": "resume", "timestamp": 1_795_237_200}]});
    assert_eq!(shop.send(whatsapp(&resume)).await.status, 200);
    assert_eq!(shop.entries().await, before);
    assert_eq!(decided(&shop, "sms").await, "deny opted_out_channel");
}

#[tokio::test]
async fn an_error_counts_as_a_no_only_where_the_person_had_said_one() {
    let shop = open().await;
    let status = |code| {
        twilio(&[
            ("MessageSid", "SM9"),
            ("MessageStatus", "failed"),
            ("To", BUDI),
            ("From", "+100"),
            ("ErrorCode", code),
        ])
    };
    assert_eq!(shop.send(status("30003")).await.status, 200);
    let capped = json!({"statuses": [{"id": "m", "recipient_id": "6281200000001", "errors": [{"code": 131_049}]}]});
    assert_eq!(shop.send(whatsapp(&capped)).await.status, 200);
    assert_eq!(
        (
            decided(&shop, "sms").await,
            decided(&shop, "whatsapp").await
        ),
        ("allow consent".to_owned(), "allow consent".to_owned())
    );
    assert_eq!(shop.send(status("21610")).await.status, 200);
    let stopped = json!({"statuses": [{"id": "m", "recipient_id": "6281200000001", "errors": [{"code": 131_050}]}]});
    assert_eq!(shop.send(whatsapp(&stopped)).await.status, 200);
    let no = "deny opted_out_channel".to_owned();
    assert_eq!(
        (
            decided(&shop, "sms").await,
            decided(&shop, "whatsapp").await
        ),
        (no.clone(), no)
    );
}

#[tokio::test]
async fn a_stop_on_whatsapp_counts_however_it_is_said() {
    let preference = json!({"user_preferences": [{"wa_id": "6281200000001", "category": "marketing_messages", "value": "stop", "timestamp": 1_795_237_200}]});
    let written = json!({"messages": [{"from": "6281200000001", "id": "w", "type": "text", "text": {"body": "BERHENTI"}}]});
    let pressed = json!({"messages": [{"from": "6281200000001", "id": "w", "type": "button", "button": {"text": "Stop promotions"}}]});
    for (value, reason) in [
        (preference, "opted_out_channel"),
        (written, "opted_out_channel"),
        (pressed, "opted_out_channel"),
    ] {
        let shop = open().await;
        assert_eq!(shop.send(whatsapp(&value)).await.status, 200);
        assert_eq!(decided(&shop, "whatsapp").await, format!("deny {reason}"));
        let after = shop.entries().await;
        assert_eq!(shop.send(whatsapp(&value)).await.status, 200);
        assert_eq!(shop.entries().await, after, "said again");
    }
    let shop = open().await;
    let query = |token: &str| {
        format!("{WHATSAPP}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}")
    };
    assert_eq!(shop.get(&query(WHATSAPP_TOKEN)).await.text(), "1158201444");
    assert_eq!(shop.get(&query("guess")).await.problem().0, 401);
}

#[tokio::test]
async fn a_gateway_may_post_in_its_own_way_and_passes_the_answer_on() {
    for asked in [
        gateway(&[("from", "0812 0000 0001"), ("text", "BERHENTI")]),
        ask("POST", GATEWAY)
            .key(GATEWAY_PASSWORD)
            .json(&json!({"from": "6281200000001", "text": "STOP", "id": "1"})),
        ask("POST", GATEWAY)
            .with(
                "authorization",
                "Basic a2FubmVsOmdhdGV3YXktcGFzc3dvcmQtb2YtdGhlLW1hZGUtdXAtc2hvcA==",
            )
            .with("x-kannel-from", BUDI)
            .body("text/plain", "stop"),
    ] {
        let shop = open().await;
        let answer = shop.send(asked).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.text().starts_with("Toko"), "{}", answer.text());
        assert_eq!(decided(&shop, "sms").await, "deny opted_out_channel");
    }
    let shop = open().await;
    let answer = shop.send(gateway(&[("from", BUDI)])).await;
    assert_eq!(answer.problem(), (422, "missing_field".to_owned()));
    let wide: Vec<u8> = "BERHENTI 🛑"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let posted = ask("POST", GATEWAY)
        .key(GATEWAY_PASSWORD)
        .with("x-kannel-from", "+6281200000078")
        .body("text/plain; charset=\"UTF-16BE\"", wide);
    assert!(
        shop.send(posted).await.text().starts_with("Toko"),
        "another alphabet"
    );
    let nothing = gateway(&[("from", BUDI), ("text", "hello")]);
    let answer = shop.send(nothing).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, ""));
    let signed = vonage(&[
        ("msisdn", "6281200000001"),
        ("text", "STOP"),
        ("timestamp", NOON),
        ("messageId", "1"),
    ]);
    assert_eq!(shop.send(signed).await.status, 200);
    assert_eq!(decided(&shop, "sms").await, "deny opted_out_channel");
}

#[tokio::test]
async fn a_no_of_somebody_unknown_is_kept_and_put_before_a_person() {
    let shop = open().await;
    for (from, id) in [
        ("+6281200000077", "SM1"),
        ("TOKOLAIN", "SM2"),
        ("TOKOLAIN", "SM2"),
    ] {
        let fields = [("From", from), ("Body", "STOP"), ("MessageSid", id)];
        assert_eq!(shop.send(twilio(&fields)).await.status, 200);
    }
    let number = Identifier::phone("+6281200000077", "ID").unwrap();
    let hash = shop.app.store.hasher().suppression_to_keep(&number);
    assert_eq!(shop.app.gate.suppressed(hash).len(), 1);
    let waiting = shop.app.store.queue_list(Listed::Open, 10).await.unwrap();
    let kinds: Vec<_> = waiting.iter().map(|own| own.what.kind.as_str()).collect();
    assert_eq!(kinds, ["unresolved_opt_out", "unresolved_opt_out"]);
}

#[tokio::test]
async fn a_no_that_cannot_be_made_durable_is_asked_for_again() {
    let shop = open().await;
    shop.break_store();
    let answer = text(&shop, "SM1", "berhenti").await;
    assert_eq!(answer.problem().0, 503);
}
