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
fn an_unknown_row_regime_or_topic_is_answered_with_what_was_probably_meant() {
    let shop = Shop::empty("law-unknown");
    shop.izin(&["law", "show", "uu-pdp/marketing/emial"])
        .refused(
            2,
            &["did you mean `uu-pdp/marketing/email`", "izin law list"],
        );
    shop.izin(&["law", "list", "--regime", "gdrp"])
        .refused(2, &["gdpr"]);
    shop.izin(&["law", "list", "--topic", "opt_out"])
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
