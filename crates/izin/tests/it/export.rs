//! What leaves the shop as files, and what must not be in them.

use crate::shop::Shop;

#[test]
fn the_do_not_contact_list_holds_no_address() {
    let shop = Shop::with_contacts("export-suppressions");
    let columns = "suppression,seq,kind,channel,purpose,topic,date,source";
    let call = ["import", "suppressions", "-"];
    shop.izin_reading(&call, "email,reason\nrahasia@example.com,manual\n")
        .fine();
    let list = shop.izin(&["export", "suppressions"]).fine().out;
    let mut lines = list.lines();
    assert_eq!(lines.next(), Some(columns));
    assert!(
        lines.any(|own| own.contains("manual_suppression") && own.ends_with("import")),
        "{list}"
    );
    assert!(!list.contains('@'), "{list}");
    let empty = Shop::new("export-none");
    assert_eq!(
        empty.izin(&["export", "suppressions"]).fine().out.trim(),
        columns
    );
}

#[test]
fn everything_about_one_person_is_in_their_answer_and_nothing_of_others() {
    let shop = Shop::with_contacts("export-subject");
    let said = ["--agent", "Sari", "--note", "by letter"];
    shop.izin(&[&["optout", "customer:1"], &said[..]].concat())
        .fine();
    shop.izin(&["export", "subject", "customer:99"])
        .refused(1, &["nobody is known"]);
    let server = shop.serve();
    let answer = shop.izin(&["export", "subject", "customer:1"]).fine();
    assert!(answer.out.contains("budi@example.com") && !answer.out.contains("sari@example.com"));
    let answer = answer.json();
    let acts = answer["acts"].as_array().unwrap();
    let acts_said: Vec<&str> = acts
        .iter()
        .map(|own| own["act"].as_str().unwrap())
        .collect();
    assert!(
        acts_said.contains(&"consented") && acts_said.contains(&"refused"),
        "{acts_said:?}"
    );
    let details: Vec<&str> = acts
        .iter()
        .filter_map(|own| own["detail"].as_str())
        .collect();
    assert!(
        details.iter().any(|own| own.contains("by letter")),
        "{details:?}"
    );
    drop(server);
}

#[test]
fn consents_leave_as_records_and_what_is_not_proven_is_counted() {
    let shop = Shop::with_contacts("export-consents");
    let ran = shop.izin(&["export", "consents"]);
    assert!(
        !ran.out.contains("@example.com"),
        "people appear under random names: {}",
        ran.out
    );
    let counted = ran.err.lines().last().unwrap();
    let counted: serde_json::Value = serde_json::from_str(counted).unwrap();
    let (written, left_out) = (counted["written"].as_u64(), counted["left_out"].as_u64());
    assert_eq!(
        written.map(|own| own as usize),
        Some(ran.out.lines().count())
    );
    assert_eq!(ran.code, Some(i32::from(left_out > Some(0))), "{}", ran.err);
    assert_eq!(
        written.zip(left_out).map(|(a, b)| a + b),
        Some(2),
        "{}",
        ran.err
    );
}
