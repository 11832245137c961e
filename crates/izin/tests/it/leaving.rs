//! Leaving: a shop that takes in what another wrote decides the same.

use crate::keeping::shop;
use crate::shop::Shop;

const PEOPLE: [&str; 5] = [
    "customer:1",
    "customer:2",
    "customer:3",
    "customer:5",
    "customer:6",
];
const MATTERS: [(&str, &str); 7] = [
    ("marketing", "email"),
    ("marketing", "sms"),
    ("marketing", "whatsapp"),
    ("orders", "email"),
    ("reviews", "email"),
    ("personalisation", "email"),
    ("measurement", "email"),
];

#[test]
fn a_shop_that_takes_in_what_another_left_allows_and_denies_the_same() {
    let shop = shop("leaving-old");
    shop.write(
        "more.csv",
        "customer,email,phone,name,consent_marketing_email,consent_marketing_sms,consent_at,consent_evidence\n\
         5,tri@example.com,+628110000005,Tri,yes,,2026-01-03,\"a form, \"\"box\"\"\"\n\
         5,tri@example.com,,,,yes,2026-02-03,another form\n\
         6,enam@example.com,,Enam,yes,,2026-01-03,a form\n",
    );
    shop.izin(&["import", "contacts", "more.csv"]).fine();
    let note = ["--agent", "Sari", "--note", "called"];
    let one = ["withdraw", "customer:6", "--purpose", "marketing"];
    shop.izin(&[&one[..], &note].concat()).fine();
    shop.izin(&["export", "all", "left"]).fine();
    shop.izin(&["export", "all", "left"])
        .refused(1, &["not empty"]);
    let verify = ["log", "verify", "left/log", "--key", "left/izin.vkey"];
    let said = shop.izin(&verify).fine().out;
    assert!(said.contains("every disclosed act"), "{said}");
    let words = shop.read("left/details.ndjson");
    assert!(words.contains("another form") && words.contains("called"));
    let other = Shop::new("leaving-new");
    for (kind, file) in [("catalog", "catalog"), ("contacts", "contacts")] {
        let file = shop.path(&format!("left/{file}.csv"));
        other.izin(&["import", kind, file.to_str().unwrap()]).fine();
    }
    let noes = shop.read("left/suppressions.csv");
    assert!(noes.contains("tono@example.com"), "{noes}");
    let file = shop.path("left/suppressions.csv");
    let ran = other.izin(&["import", "suppressions", file.to_str().unwrap()]);
    ran.fine();
    let mut denied = 0;
    for person in PEOPLE {
        for (purpose, channel) in MATTERS {
            let about = ["--purpose", purpose, "--channel", channel, "--json"];
            let asked = [&["decide", person], &about[..]].concat();
            let denies = |shop: &Shop| shop.izin(&asked).fine().json()["decision"] == "deny";
            assert_eq!(
                denies(&other),
                denies(&shop),
                "{person} {purpose} {channel}"
            );
            denied += usize::from(denies(&shop));
        }
    }
    let all = PEOPLE.len() * MATTERS.len();
    assert!(0 < denied && denied < all, "{denied} of {all}: the control");
    let hashed = shop.read("left/suppressions-hashed.csv");
    assert!(hashed.lines().count() > 1 && !hashed.contains('@'));
}
