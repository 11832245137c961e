//! Texts through a real gateway: what people answer counts before it is answered, whoever opts out is
//! told so once, and nobody else is told anything.

use izin_testkit::TempDir;
use izin_testkit::kannel::{self, Kannel};
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
    shop.write("gateway-password", "made-up\n");
    let config = shop.read("izin.toml");
    let gateway = "[gateway]\npassword_file = \"gateway-password\"\n";
    shop.write("izin.toml", &format!("{config}\n{gateway}"));
    shop.izin(&["import", "contacts", "contacts.csv"]).fine();
    let server = shop.serve();
    let address = server.url.strip_prefix("http://").unwrap();
    let url = format!("http://kannel:made-up@{address}/hooks/sms/generic?id=%I");
    let dir = TempDir::new();
    let kannel = Kannel::start(dir.path(), &url);
    assert_eq!(reason(&shop, ANI), "may");

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
    let mut told = Vec::new();
    for (number, words) in [(DEDI, "apakah masih ada?"), (ANI, "stop"), (DEDI, "HELP")] {
        let phone = kannel.sends(number, words);
        if words == "HELP" {
            told.push(phone.gets());
        }
        told.extend(phone.texts());
    }
    let [(to, text)] = told.as_slice() else {
        panic!("nobody is told twice, or for nothing: {told:?}");
    };
    assert!(to == DEDI && text.contains("STOP"), "{to}: {text}");
    let no = ("may".to_owned(), "opted_out_channel".to_owned());
    assert_eq!((reason(&shop, DEDI), reason(&shop, ANI)), no);
    assert_eq!(server.stop().0, Some(0));
}
