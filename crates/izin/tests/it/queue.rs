//! What waits for a person, seen and settled at the command line, with and without a server.

use crate::shop::Shop;

fn complain(shop: &Shop) -> u64 {
    let call = [
        "complaint",
        "customer:1",
        "--channel",
        "email",
        "--purpose",
        "marketing",
    ];
    let said = ["--agent", "Sari", "--note", "called it rahasia", "--json"];
    let recorded = shop.izin(&[&call[..], &said].concat()).fine().json();
    recorded["queued"]
        .as_u64()
        .expect("a complaint waits for an answer")
}

#[test]
fn a_complaint_waits_until_somebody_settles_it_by_name_and_with_a_reason() {
    let shop = Shop::with_contacts("queue-complaint");
    let server = shop.serve();
    let id = complain(&shop).to_string();
    let listed = shop.izin(&["queue", "list", "--json"]).fine().json();
    assert_eq!(
        (&listed["kind"], &listed["late"]),
        (&"complaint".into(), &false.into())
    );
    let plain = shop.izin(&["queue", "list", "--lang", "en"]).fine().out;
    assert!(
        plain.contains("complaint") && plain.contains("nobody yet"),
        "{plain}"
    );
    assert!(!plain.contains("rahasia"), "a list shows no words: {plain}");
    for (language, words) in [
        ("en", "agent: Sari, note: called it rahasia"),
        ("en", "Answer them, then --outcome close"),
        ("id", "Jawablah, lalu --outcome close"),
    ] {
        let shown = ["queue", "show", &id, "--lang", language];
        let shown = shop.izin(&shown).fine().out;
        assert!(shown.contains(words), "{shown}");
    }
    let by = ["--as", "Rini", "--note", "apologised"];
    let settle = ["queue", "settle", &id, "--outcome"];
    shop.izin(&[&settle[..], &["clear"], &by].concat())
        .refused(1, &["cannot be settled like that"]);
    shop.izin(&[&settle[..], &["close"], &["--as", "Rini", "--note", " "]].concat())
        .refused(1, &["say why"]);
    shop.izin(&[&settle[..], &["close"], &by].concat()).fine();
    shop.izin(&[&settle[..], &["close"], &by].concat())
        .refused(1, &["Rini settled this"]);
    let shown = shop.izin(&["queue", "show", &id, "--json"]).fine().json();
    assert_eq!(shown["settled"]["by"], "Rini");
    assert_eq!(server.stop().0, Some(0));
    assert!(
        shop.izin(&["queue", "list", "--json"])
            .fine()
            .out
            .is_empty()
    );
    let all = shop.izin(&["queue", "list", "--all", "--json"]).fine();
    assert_eq!(all.json()["stands"], "settled");
    assert_eq!(
        shop.decision("customer:1").1,
        "complained",
        "settling lifts nothing"
    );
}

#[test]
fn what_does_not_wait_is_told() {
    let shop = Shop::new("queue-none");
    shop.izin(&["queue", "show", "7"]).refused(1, &["number 7"]);
    let by = ["--as", "Rini", "--note", "x"];
    let settle = ["queue", "settle", "7", "--outcome"];
    shop.izin(&[&settle[..], &["close"], &by].concat())
        .refused(1, &["number 7"]);
    shop.izin(&[&settle[..], &["person"], &by].concat())
        .refused(2, &["--person"]);
    shop.izin(&[&settle[..], &["goods", "--codes", "S99"], &by].concat())
        .refused(2, &["S1 to S18"]);
}
