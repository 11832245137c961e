//! Texts through a real gateway: a campaign goes out by it, what people answer counts before it is answered,
//! whoever opts out is told so once, and nobody else is told anything.

use std::net::TcpListener;

use izin_testkit::TempDir;
use izin_testkit::kannel::{self, Kannel, NAME, SHOP};
use serde_json::Value;

use crate::shop::Shop;

const ANI: &str = "+6281200000001";
const BUDI: &str = "+6281200000002";
const CICI: &str = "+6281200000003";
const DEDI: &str = "+6281200000004";
const CONTACTS: &str = "\
customer,phone,consent_marketing_sms,consent_at,consent_evidence
1,+6281200000001,yes,2026-01-02,signup form
2,+6281200000002,yes,2026-01-02,signup form
3,+6281200000003,yes,2026-01-02,signup form
4,+6281200000004,yes,2026-01-02,signup form
";

const PROMO: &str = "\
+++
name = \"Promo\"
+++ id
{{ shop.name }}: diskon 20%. {{ way_out }}
+++ en
{{ shop.name }}: 20% off. {{ way_out }}
";

/// A shop that sends by a gateway, at any hour and however often, from a number that hears answers.
fn sends_by(shop: &Shop, send_url: &str) {
    shop.write("gateway-password", "made-up\n");
    let config = shop.read("izin.toml");
    let gateway = format!(
        "[gateway]\npassword_file = \"gateway-password\"\nsend_url = \"{send_url}\"\nsend_as = \"text\"\n\
         send_secret_file = \"gateway-password\"\n[gateway.send_headers]\n\
         X-Kannel-Username = \"{NAME}\"\nX-Kannel-Password = \"{{secret}}\"\n\
         X-Kannel-From = \"{{from}}\"\nX-Kannel-To = \"{{to}}\"\n"
    );
    shop.write("izin.toml", &format!("{config}\n{gateway}"));
    let hours = shop.read("policy/frequency.toml");
    let (_, hours) = hours.split_once("[[hours]]").unwrap();
    let always = format!("[[hours]]{hours}")
        .replace("\"08:00\", to = \"20:00\"", "\"00:00\", to = \"24:00\"");
    shop.write("policy/frequency.toml", &always);
    let senders = shop.read("policy/senders.toml");
    let senders = senders.replace(
        "\"TOKOCONTOH\"\nreceives_replies = false",
        &format!("\"{SHOP}\"\nreceives_replies = true"),
    );
    shop.write("policy/senders.toml", &senders);
}

/// A port that nobody has.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Sends the campaign to everybody who may get it; how many that were.
fn send(shop: &Shop) -> u64 {
    shop.write("promo.txt", PROMO);
    let send = [
        "campaign",
        "send",
        "--template",
        "promo.txt",
        "--purpose",
        "marketing",
        "--channel",
        "sms",
        "--wait",
        "--json",
    ];
    shop.izin(&send).fine().json()["sent"].as_u64().unwrap()
}

/// Why somebody may not be sent a text; `may` where they may, now or at another hour.
fn reason(shop: &Shop, phone: &str) -> String {
    let who = format!("phone:{phone}");
    let asked = [
        "decide",
        &who,
        "--channel",
        "sms",
        "--purpose",
        "marketing",
        "--json",
    ];
    let decision: Value = shop.izin(&asked).fine().json();
    match decision["decision"].as_str() {
        Some("deny") => decision["reason"].as_str().unwrap().to_owned(),
        _ => "may".to_owned(),
    }
}

#[test]
fn requirement_9_what_is_answered_through_a_real_gateway_counts_before_its_one_confirmation() {
    if kannel::is_missing() {
        return;
    }
    let shop = Shop::new("texting");
    shop.write("contacts.csv", CONTACTS);
    let (dir, ours) = (TempDir::new(), free_port());
    let url = format!("http://kannel:made-up@127.0.0.1:{ours}/hooks/sms/generic?id=%I");
    let kannel = Kannel::start(dir.path(), &url);
    sends_by(&shop, &kannel.send_url());
    let config = shop.read("izin.toml");
    let listen = config.replace("\"127.0.0.1:0\"", &format!("\"127.0.0.1:{ours}\""));
    shop.write("izin.toml", &listen);
    shop.izin(&["import", "contacts", "contacts.csv"]).fine();
    let server = shop.serve();
    assert_eq!(reason(&shop, ANI), "may");

    let anybody = kannel.sends(DEDI, "apakah masih ada?");
    assert_eq!(send(&shop), 4);
    let mut got: Vec<_> = (0..4).map(|_| anybody.gets()).collect();
    got.sort();
    let told = |number: &str| {
        let text = "Toko Contoh: 20% off. Reply STOP to opt out";
        (number.to_owned(), text.to_owned())
    };
    assert_eq!(got, [ANI, BUDI, CICI, DEDI].map(told));
    drop(anybody);

    for (number, words) in [(ANI, "BERHENTI"), (BUDI, "Stop.")] {
        let phone = kannel.sends(number, words);
        let (to, text) = phone.gets();
        assert!(to == number && text.contains("opted out"), "{to}: {text}");
        assert_eq!(reason(&shop, number), "opted_out_channel");
    }
    drop(
        kannel
            .sends(CICI, "tolong jangan sms saya lagi")
            .stays_until(|| reason(&shop, CICI) == "refusal_presumed"),
    );

    // Whatever was still to be told to anybody would come to this one too.
    let mut heard = Vec::new();
    for (number, words) in [(DEDI, "apakah masih ada?"), (ANI, "stop"), (DEDI, "HELP")] {
        let phone = kannel.sends(number, words);
        if words == "HELP" {
            heard.push(phone.gets());
        }
        heard.extend(phone.texts());
    }
    let [(to, text)] = heard.as_slice() else {
        panic!("nobody is told twice, or for nothing: {heard:?}");
    };
    assert!(to == DEDI && text.contains("STOP"), "{to}: {text}");
    let no = ("may".to_owned(), "opted_out_channel".to_owned());
    assert_eq!((reason(&shop, DEDI), reason(&shop, ANI)), no);

    let anybody = kannel.sends(DEDI, "halo");
    assert_eq!(send(&shop), 1, "whoever said no gets nothing more");
    assert_eq!(anybody.gets(), told(DEDI));
    assert_eq!(anybody.texts(), []);
    assert_eq!(server.stop().0, Some(0));
}
