//! The rows of law, for people who want to know what a decision rests on.

use serde_json::Value;

use crate::shop::Shop;

fn rows(shop: &Shop, call: &[&str]) -> Vec<Value> {
    let out = shop.izin(&[call, &["--json"]].concat()).fine().out;
    out.lines()
        .map(|own| serde_json::from_str(own).unwrap())
        .collect()
}

#[test]
fn an_unknown_row_regime_or_kind_is_answered_with_what_was_probably_meant() {
    let shop = Shop::empty("law-unknown");
    shop.izin(&["law", "show", "uu-pdp/marketing/emial"])
        .refused(
            2,
            &["did you mean `uu-pdp/marketing/email`", "izin law list"],
        );
    shop.izin(&["law", "list", "--regime", "gdrp"])
        .refused(2, &["gdpr"]);
    shop.izin(&["law", "list", "--kind", "opt_out"])
        .refused(2, &["opt_out_clock"]);
    shop.izin(&["law", "list", "--at", "soon"])
        .refused(2, &["2026-11-21"]);
}

#[test]
fn what_is_not_law_now_is_listed_and_marked_and_no_date_makes_a_proposal_apply() {
    let shop = Shop::empty("law-list");
    let all = rows(&shop, &["law", "list"]);
    let proposed: Vec<&str> = all
        .iter()
        .filter(|own| own["status"] == "proposed")
        .map(|own| own["id"].as_str().unwrap())
        .collect();
    assert!(!proposed.is_empty());
    let later = rows(&shop, &["law", "list", "--at", "2040-01-01"]);
    assert!(later.iter().all(|own| own["applies"] == true));
    assert!(
        later
            .iter()
            .all(|own| !proposed.contains(&own["id"].as_str().unwrap()))
    );
    let early = rows(
        &shop,
        &["law", "list", "--at", "2015-01-01", "--regime", "gdpr"],
    );
    assert!(early.is_empty(), "the GDPR applies from 2018-05-25");
    let plain = shop.izin(&["law", "list", "--lang", "en"]).fine().out;
    assert!(plain.contains("[proposed, not law]"));
    assert!(plain.lines().count() == all.len() * 2);
}

#[test]
fn the_first_and_last_day_of_a_row_are_those_of_the_place_where_it_holds() {
    let shop = Shop::empty("law-days");
    let listed = shop.izin(&["law", "list"]).fine().out;
    for (row, days) in [
        ("uu-pdp/marketing/email", "2022-10-17 …"),
        ("gdpr/marketing/email", "2018-05-25 …"),
        (
            "us-federal/opt_out_clock/revoke-all-waived",
            "2025-04-11 … 2027-01-30",
        ),
        ("us-federal/opt_out_clock/revoke-all", "2027-01-31 …"),
        ("ccpa/signal/shown-2023", "2023-03-29 … 2025-12-31"),
        ("ccpa/signal/shown", "2026-01-01 …"),
    ] {
        let shown = shop.izin(&["law", "show", row]).fine().out;
        let dates = shown.lines().find(|own| own.contains('…')).unwrap();
        assert!(dates.trim_end().ends_with(days), "{row}: {dates}");
        let line = listed.lines().find(|own| own.contains(&format!(" {row} ")));
        assert!(line.unwrap().contains(days), "{row}: {line:?}");
    }
}

#[test]
fn one_row_is_shown_with_its_article_and_how_sure_we_are() {
    let shop = Shop::empty("law-show");
    let row = shop
        .izin(&["law", "show", "uu-pdp/marketing/email", "--json"])
        .fine()
        .json();
    assert_eq!(
        (&row["regime"], &row["applies"]),
        (&"uu-pdp".into(), &true.into())
    );
    assert_eq!(row["kind"], "permission");
    assert!(["V", "S", "G"].contains(&row["verified"].as_str().unwrap()));
    let article = row["article"].as_str().unwrap();
    let plain = shop
        .izin(&["law", "show", "uu-pdp/marketing/email"])
        .fine()
        .out;
    assert!(!article.is_empty() && plain.contains(article), "{plain}");
    let help = shop.izin(&["law", "list", "--help"]).fine().out;
    assert!(
        help.contains("not verified") && help.contains("not legal"),
        "{help}"
    );
}

#[test]
fn a_row_is_said_in_the_language_that_is_asked_for_and_in_json_in_both() {
    let shop = Shop::empty("law-languages");
    let row = "uu-pdp/opt_out_clock/withdraw";
    let id = "Pemrosesan atas dasar persetujuan itu sudah dihentikan paling lambat 3 x 24 jam.";
    let en = "Processing on that consent has ended within three times 24 hours.";
    for call in [
        &["law", "show", row][..],
        &["law", "list", "--kind", "opt_out_clock"],
        &["law", "due", "opt_out_clock", "--regimes", "uu-pdp"],
    ] {
        let said = |lang: &str| shop.izin(&[call, &["--lang", lang]].concat()).fine().out;
        let (indonesian, english) = (said("id"), said("en"));
        assert!(indonesian.contains(id) && !indonesian.contains(en));
        assert!(english.contains(en) && !english.contains(id));
    }
    let shown = shop.izin(&["law", "show", row, "--lang", "id"]).fine().out;
    for words in [
        "bila     Persetujuan ditarik kembali.",
        "sumber   teks UU 27/2022 sebagaimana dimuat",
        "teks     UU 27/2022, disahkan 17 Oktober 2022",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let both = serde_json::json!({ "id": id, "en": en });
    let shown = rows(&shop, &["law", "show", row]).remove(0);
    assert_eq!(shown["effect"], both);
    let listed = rows(&shop, &["law", "list", "--kind", "opt_out_clock"]);
    assert_eq!(listed[0]["effect"], both);
    let due = ["law", "due", "opt_out_clock", "--regimes", "uu-pdp"];
    assert_eq!(rows(&shop, &due)[0]["contents"][0]["effect"], both);
}

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
    let said = due(&hours).fine().out;
    assert!(said.contains("By 2036-11-24T00:00:00+07:00"), "{said}");
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

#[test]
fn a_list_of_a_day_beyond_the_tables_says_so_beside_the_answer() {
    let shop = Shop::empty("law-list-beyond");
    let beyond = ["law", "list", "--at", "9999-01-01"];
    let ran = shop.izin(&beyond).fine();
    assert!(ran.out.contains("uu-pdp/marketing/email"));
    for words in ["2026-11", "end of 2028", "9999-01-01 nobody knows"] {
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    let ran = shop.izin(&[&beyond[..], &["--lang", "id"]].concat()).fine();
    assert!(ran.err.contains("akhir 2028"), "{}", ran.err);
    let before = shop.izin(&["law", "list", "--at", "1990-01-01"]).fine();
    assert_eq!(before.out, "");
    assert!(
        before
            .err
            .contains("none of these rows was in force on 1990-01-01")
    );
    assert_eq!(shop.izin(&["law", "list"]).fine().err, "");
}

#[test]
fn a_bare_date_is_on_the_clock_of_the_shops_policy_and_the_answer_says_so() {
    let shop = Shop::new("law-list-clock");
    let at = |at: &str| {
        shop.izin(&["law", "list", "--at", at, "--lang", "en"])
            .fine()
            .err
    };
    assert_eq!(
        at("2027-01-01"),
        "note: asked as of 2027-01-01T00:00:00+07:00\n"
    );
    assert_eq!(
        at("2027-01-01T00:00Z"),
        "note: asked as of 2027-01-01T07:00:00+07:00\n"
    );
    let controller = shop.read("policy/controller.toml");
    assert!(controller.contains("Asia/Jakarta"), "{controller}");
    let elsewhere = controller.replace("Asia/Jakarta", "Asia/Jayapura");
    shop.write("policy/controller.toml", &elsewhere);
    assert_eq!(
        at("2027-01-01"),
        "note: asked as of 2027-01-01T00:00:00+09:00\n"
    );
}
