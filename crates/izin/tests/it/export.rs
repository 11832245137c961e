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
fn an_answer_to_a_request_for_access_reads_without_a_code_book() {
    let shop = Shop::with_contacts("export-access");
    let bought = "customer_id,order_id,ts,product_id,description,quantity,unit_price\n\
                  1,O1,2026-01-05T09:00:00+07:00,P1,Kopi Gayo,2,4.25\n";
    shop.izin_reading(&["import", "purchases", "-"], bought)
        .fine();
    let answer = shop
        .izin(&["export", "subject", "customer:1"])
        .fine()
        .json();

    let line = &answer["purchases"][0];
    assert_eq!(line["at"], "2026-01-05T02:00:00Z");
    assert_eq!(
        (&line["title"], &line["unit_price"]),
        (&"Kopi Gayo".into(), &"4.25".into())
    );
    for act in answer["acts"].as_array().unwrap() {
        for moment in ["recorded_at", "occurred_at"] {
            assert!(act.get(moment).is_none_or(|own| own.is_string()), "{act}");
        }
    }
    let told = &answer["processing"];
    let marketing = told["purposes"].as_array().unwrap();
    let marketing = marketing
        .iter()
        .find(|own| own["id"] == "marketing")
        .unwrap();
    assert_eq!(marketing["basis"]["uu-pdp"], "consent");
    assert!(marketing["retention_days"].is_u64() && !marketing["today"][0]["text"]["en"].is_null());
    for list in ["data", "recipients", "rights"] {
        assert!(
            told[list].as_array().is_some_and(|own| !own.is_empty()),
            "{list}: {told}"
        );
    }
    assert!(told["data"][0]["source"].is_string() && told["rights"][0]["article"].is_string());
    assert_eq!(told["profiling"]["by_own_data"], false);
    assert!(told["profiling"]["logic"]["id"].is_string());
    for right in told["rights"].as_array().unwrap() {
        let effect = &right["effect"];
        assert!(
            effect["id"].is_string() && effect["en"].is_string(),
            "{right}"
        );
    }
}

#[test]
fn one_persons_consents_leave_alone() {
    let shop = Shop::with_contacts("export-consents-one");
    let help = shop.izin(&["export", "consents", "--help"]).fine().out;
    assert!(help.contains("--subject"), "{help}");
    let named = ["export", "consents", "--subject"];
    shop.izin(&[&named[..], &["customer:99"]].concat())
        .refused(1, &["nobody is known"]);
    shop.izin(&[&named[..], &["budi"]].concat())
        .refused(2, &["customer:"]);
    let ran = shop.izin(&[&named[..], &["customer:1"]].concat());
    let counted: serde_json::Value = serde_json::from_str(ran.err.lines().last().unwrap()).unwrap();
    let both = counted["written"]
        .as_u64()
        .zip(counted["left_out"].as_u64());
    assert_eq!(
        both.map(|(written, left_out)| written + left_out),
        Some(1),
        "{}",
        ran.err
    );
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
