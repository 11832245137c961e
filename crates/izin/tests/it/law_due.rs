//! By when something must be done, and what the laws ask for: `izin law due`.

use crate::shop::Shop;

#[test]
fn requirement_6_of_several_laws_the_earliest_day_is_told_and_everything_they_ask_for() {
    let shop = Shop::empty("law-due");
    let call = [
        "law",
        "due",
        "opt_out_clock",
        "--regimes",
        "casl,uu-pdp",
        "--from",
        "2026-11-20T09:00+07:00",
    ];
    assert_eq!(
        shop.izin(&call).fine().out,
        "\
opt_out_clock from 2026-11-20T09:00:00+07:00, under uu-pdp, casl

By 2026-11-23T09:00:00+07:00: 72 hours from its receipt
  S  uu-pdp/opt_out_clock/withdraw             UU 27/2022 art. 40(2)
     Processing on that consent has ended within three times 24 hours.

  later 2026-12-04T11:59:59+07:00: 10 business days from its receipt
  S  casl/opt_out_clock/unsubscribe            CASL s. 11(3)
     They have ended without delay, ten business days at most.

Everything that these laws ask for:
  S  uu-pdp/opt_out_clock/withdraw             UU 27/2022 art. 40(2)
     Processing on that consent has ended within three times 24 hours.

  S  uu-pdp/opt_out_clock/sms                  Permenkominfo 1/2009 art. 18-19
     The next message is already forbidden.

  S  casl/opt_out_clock/unsubscribe            CASL s. 11(3)
     They have ended without delay, ten business days at most.

  S  casl/opt_out_clock/link                   CASL s. 11(2)
     Its way to unsubscribe works for sixty days at least.

"
    );
    let told = shop.izin(&[&call[..], &["--json"]].concat()).fine().json();
    assert_eq!(
        told["due"],
        serde_json::json!([{
            "from": "receipt",
            "by": "2026-11-23T09:00:00+07:00",
            "earliest": true,
            "term": "72 hours",
            "extension": null,
            "rule": "uu-pdp/opt_out_clock/withdraw",
            "regime": "uu-pdp",
            "article": "UU 27/2022 art. 40(2)",
        }, {
            "from": "receipt",
            "by": "2026-12-04T11:59:59+07:00",
            "earliest": false,
            "term": "10 business days",
            "extension": null,
            "rule": "casl/opt_out_clock/unsubscribe",
            "regime": "casl",
            "article": "CASL s. 11(3)",
        }])
    );
    assert_eq!(told["regimes"], serde_json::json!(["uu-pdp", "casl"]));
    assert_eq!(told["contents"].as_array().unwrap().len(), 4);
    assert_eq!(told["contents"][2]["id"], "casl/opt_out_clock/unsubscribe");

    // Alone, Canada counts business days on its own calendar; the shop's clock is Jakarta's.
    let canada = ["law", "due", "opt_out_clock", "--regimes", "casl"];
    let from = ["--from", "2026-11-20T15:00:00Z", "--lang", "id"];
    let said = shop.izin(&[&canada[..], &from].concat()).fine().out;
    assert!(
        said.contains("Paling lambat 2026-12-05T11:59:59+07:00: 10 hari kerja sejak diterima"),
        "{said}"
    );
}

#[test]
fn each_event_that_starts_a_term_has_its_own_day() {
    let shop = Shop::empty("law-due-events");
    let breach = ["law", "due", "breach_clock", "--from", "2026-11-21"];
    let said = shop.izin(&breach).fine().out;
    for line in [
        "By 2026-11-24T00:00:00+07:00: 72 hours from when it was known",
        "15 calendar days from when the people were told",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    // What lasts is no deadline, and what is proposed is no law.
    for (kind, row) in [
        ("re_ask", "ccpa/re_ask/sale"),
        ("consent_age", "casl/implied/purchase"),
        ("answer", "gdpr/answer/access"),
    ] {
        let said = shop.izin(&["law", "due", kind]).fine().out;
        assert!(said.contains("No row in force sets a term"), "{said}");
        assert!(said.contains(row), "{said}");
        assert!(!said.contains("/proposed"), "{said}");
    }
    let early = [
        "law",
        "due",
        "request_clock",
        "--from",
        "2001-01-01",
        "--lang",
        "id",
    ];
    let said = shop.izin(&early).fine().out;
    assert!(
        said.contains("Tidak ada baris yang berlaku tentang ini"),
        "{said}"
    );
}

#[test]
fn without_regimes_those_of_the_policy_count_on_the_shops_clock() {
    let shop = Shop::new("law-due-policy");
    let due = [
        "law",
        "due",
        "request_clock",
        "--from",
        "2026-11-21T02:00Z",
        "--json",
    ];
    let own = shop.izin(&due).fine().json();
    assert_eq!(own["regimes"], serde_json::json!(["uu-pdp"]));
    let controller = shop.read("policy/controller.toml");
    let zoned = controller
        .replace("\"WIB\"", "\"WIT\"")
        .replace("Asia/Jakarta", "Asia/Jayapura");
    assert_ne!(controller, zoned);
    shop.write("policy/controller.toml", &zoned);
    let east = shop.izin(&due).fine().json();
    assert_eq!(east["due"][0]["by"], "2026-11-24T11:00:00+09:00");
    let of_a_day = [
        "law",
        "due",
        "opt_out_clock",
        "--from",
        "2026-11-21",
        "--json",
    ];
    let day = shop.izin(&of_a_day).fine().json();
    assert_eq!(
        day["due"][0]["by"], "2026-11-24T00:00:00+09:00",
        "the shop's day"
    );
    shop.write("policy/controller.toml", "[controller]\nname = 1\n");
    let ran = shop.izin(&due).fine();
    assert_eq!(ran.json()["regimes"].as_array().unwrap().len(), 6);
    assert!(
        ran.err.contains("every regime is asked; `izin check`"),
        "{}",
        ran.err
    );
    let ran = shop.izin(&[&due[..], &["--lang", "id"]].concat()).fine();
    assert!(ran.err.contains("semua hukum ditanya"), "{}", ran.err);
}

#[test]
fn terms_that_end_at_one_moment_are_all_the_earliest() {
    let shop = Shop::empty("law-due-together");
    let call = [
        "law",
        "due",
        "request_clock",
        "--regimes",
        "uu-pdp",
        "--from",
        "2026-11-21",
    ];
    let ran = shop.izin(&call).fine();
    let days = ran.out.matches("2026-11-24T00:00:00+07:00").count();
    assert!(days > 1 && !ran.out.contains("later"), "{}", ran.out);
    assert_eq!(ran.err, "", "a day that the tables know");
    let told = shop.izin(&[&call[..], &["--json"]].concat()).fine().json();
    let due = told["due"].as_array().unwrap();
    assert_eq!(due.len(), days);
    assert!(due.iter().all(|own| own["earliest"] == true));
}

#[test]
fn a_question_that_the_tables_cannot_answer_is_refused_with_what_to_ask() {
    let shop = Shop::empty("law-due-refused");
    let due = |more: &[&str]| shop.izin(&[&["law", "due"], more].concat());
    due(&[]).refused(2, &["Usage", "KIND"]);
    due(&["breach"]).refused(2, &["did you mean `breach_clock`?"]);
    due(&["opt_outs"]).refused(2, &["did you mean `opt_out_clock`?", "`breach_clock`"]);
    due(&["access"]).refused(2, &["`request_clock`", "`answer`", "`breach_clock`"]);
    due(&["answer", "--regimes", "uu-pdp,gdrp"]).refused(2, &["unknown regime", "gdpr"]);
    due(&["answer", "--from", "soon"]).refused(2, &["2026-11-21"]);
    let ten_years = ["opt_out_clock", "--from", "2036-11-21"];
    due(&ten_years).refused(
        2,
        &[
            "holiday table of",
            "2036",
            "--from",
            "2024-01-01",
            "2028",
            "uu-pdp counts hours",
        ],
    );
    let hours = [&ten_years[..], &["--regimes", "uu-pdp"]].concat();
    let ran = due(&hours).fine();
    assert!(
        ran.out.contains("By 2036-11-24T00:00:00+07:00"),
        "{}",
        ran.out
    );
    assert!(
        ran.err.contains("look no further than the end of 2028"),
        "{}",
        ran.err
    );
    let help = due(&["--help"]).fine().out;
    for words in [
        "Examples:",
        "--regimes uu-pdp,gdpr",
        "earliest",
        "not legal",
    ] {
        assert!(help.contains(words), "{words}: {help}");
    }
}
