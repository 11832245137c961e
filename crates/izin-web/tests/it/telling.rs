//! Where a provider takes no answer for the person, they are told by a text of its own: once, and of nothing
//! but what they asked.

use izin_app::provider::Carriers;
use izin_testkit::provider;
use izin_testkit::{CarrierServer, CarrierTurn};
use izin_wire::carrier::{Carrier, Vonage, Whatsapp};
use serde_json::{Value, json};

use crate::shop::{Answer, Ask, Shop, ask};

const BUDI: &str = "6281200000001";

async fn open() -> (CarrierServer, Shop) {
    let server = CarrierServer::start().await;
    let carriers = Carriers {
        sms: Some(Carrier::Vonage(Vonage {
            api: server.url(),
            key: "k".to_owned(),
            secret: "s".to_owned(),
        })),
        whatsapp: Some(Carrier::Whatsapp(Whatsapp {
            api: server.url(),
            phone_number_id: "77".to_owned(),
            token: "t".to_owned(),
        })),
    };
    let shop = Shop::with_carriers(carriers).await;
    (server, shop)
}

fn by_vonage(id: &str, text: &str) -> Ask {
    // 2026-11-21T05:00:00Z, at which the shop's clock stands.
    let fields = [
        ("msisdn", BUDI),
        ("text", text),
        ("messageId", id),
        ("timestamp", "1795237200"),
    ];
    let signature = provider::vonage(&fields);
    let signed = [&fields[..], &[("sig", &signature)]].concat();
    ask("POST", "/hooks/vonage/sms").form(&provider::form(&signed))
}

fn by_whatsapp(id: &str, text: &str) -> Ask {
    let value = json!({"messages": [{"from": BUDI, "id": id, "text": {"body": text}}]});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"value": value, "field": "x"}]}]});
    let body = body.to_string();
    let signature = provider::whatsapp(&body);
    ask("POST", "/hooks/meta/whatsapp")
        .with("x-hub-signature-256", &signature)
        .body("application/json", body)
}

/// Waits until so many texts went out, and looks once more whether there are others.
async fn told(server: &CarrierServer, many: usize) -> Vec<String> {
    for _ in 0..200 {
        if server.texts().len() >= many {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    server.texts().into_iter().map(|own| own.body).collect()
}

async fn fine(shop: &Shop, asked: Ask) {
    let answer: Answer = shop.send(asked).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn whoever_stops_is_told_once_whatever_comes_again() {
    let (server, shop) = open().await;
    for (id, text) in [("1", "STOP"), ("1", "STOP"), ("2", "berhenti")] {
        fine(&shop, by_vonage(id, text)).await;
    }
    let [text] = told(&server, 1).await.try_into().unwrap();
    assert!(
        text.contains("to=6281200000001") && text.contains("Anda+sudah+berhenti"),
        "{text}"
    );
    for id in ["w1", "w1", "w2"] {
        fine(&shop, by_whatsapp(id, "Stop")).await;
    }
    let [_, text] = told(&server, 2).await.try_into().unwrap();
    let text: Value = serde_json::from_str(&text).unwrap();
    assert!(text["text"]["body"].as_str().unwrap().contains("WhatsApp"));
    assert_eq!(text["to"], BUDI);
}

#[tokio::test]
async fn nobody_is_told_for_nothing_and_a_carrier_that_fails_loses_no_no() {
    let (server, shop) = open().await;
    for (id, text) in [
        ("1", "halo"),
        ("2", "tolong jangan sms saya lagi"),
        ("3", "START"),
    ] {
        fine(&shop, by_vonage(id, text)).await;
    }
    assert_eq!(told(&server, 0).await.len(), 0);
    server.plan(BUDI, &[CarrierTurn::Drop]);
    fine(&shop, by_whatsapp("w1", "STOP")).await;
    fine(&shop, by_whatsapp("w2", "HELP")).await;
    let texts = told(&server, 2).await;
    assert_eq!(texts.len(), 2, "the one that was lost is not repeated");
    let body = json!({"subject": {"phone": format!("+{BUDI}")}, "channel": "whatsapp", "purpose": "marketing"});
    let own = shop.post(&shop.reader, "/v1/decisions", &body).await.json();
    assert_eq!(own["reason"], "opted_out_channel");
}
