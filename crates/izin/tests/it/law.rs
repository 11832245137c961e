//! The rows of law, for people who want to know what a decision rests on.

use serde_json::Value;

use crate::shop::{ABOUT, Shop};

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
fn an_article_is_a_pasal_to_people_and_as_the_table_has_it_to_machines() {
    let shop = Shop::with_contacts("law-pasal");
    let table = "UU 27/2022 art. 40(2)";
    let row = "uu-pdp/opt_out_clock/withdraw";
    let due = ["law", "due", "opt_out_clock", "--regimes", "uu-pdp"];
    let listed = ["law", "list", "--kind", "opt_out_clock"];
    for call in [&["law", "show", row][..], &listed, &due] {
        let said = |lang| shop.izin(&[call, &["--lang", lang]].concat()).fine().out;
        let (id, en) = (said("id"), said("en"));
        assert!(id.contains("UU 27/2022 Pasal 40(2)"), "{id}");
        assert!(!id.contains(" art. ") && en.contains(table), "{id}\n{en}");
        let machines = shop.izin(&[call, &["--json", "--lang", "id"]].concat());
        assert!(machines.fine().out.contains(table));
    }
    let decide = [
        "decide",
        "email:budi@example.com",
        "--explain",
        "--lang",
        "id",
    ];
    let why = shop.izin(&[&decide[..], &ABOUT].concat()).fine().out;
    assert!(why.contains(" Pasal ") && !why.contains(" art. "), "{why}");
}
