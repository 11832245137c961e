//! Rows that are refused for a mistake: the no in them is not lost with it.

use izin_app::import::Kind;
use izin_core::{Channel, Identifier, Reason, Scope, Verdict};
use izin_testkit::Shop;

use crate::imports::size;

#[tokio::test]
async fn a_no_in_a_refused_row_counts_for_everybody_it_names_and_the_row_stays_refused() {
    let mut shop = Shop::open().await;
    let people = ["ani@example.com", "budi@example.com", "citra@example.com"];
    shop.consented(&people).await;
    let columns = "customer,email,phone,language,consent_marketing_email,consent_at\n";
    let known = format!("{columns}C3,citra@example.com,,id,,\n");
    shop.import(Kind::Contacts, &known).await;
    let file = format!(
        "{columns},ani@example.com,,french,no,\n\
         ,budi@example.com,12,id,unsubscribed,2030-01-01\n\
         C3,not an address,,id,no,\n\
         ,nobody@example.com; not an address,,id,no,\n\
         ,,12,id,no,\n\
         ,dewi@example.com,12,id,yes,\n"
    );
    let before = size(&shop).await;
    let said = shop.try_import(Kind::Contacts, file.as_bytes(), true);
    let said = said.await.unwrap();
    assert_eq!(size(&shop).await, before, "a dry run enters nothing");
    let report = shop.import(Kind::Contacts, &file).await;
    assert_eq!((report.rows, report.applied, report.rejected), (6, 0, 6));
    assert_eq!(
        report.consents.unwrap().refused,
        4,
        "nobody is named in one"
    );
    assert_eq!(report.consents, said.consents);
    let rejects = std::fs::read_to_string(shop.path("rejects.csv")).unwrap();
    assert_eq!(rejects.lines().count(), 7, "{rejects}");
    shop.import(
        Kind::Contacts,
        "email\nnobody@example.com\ndewi@example.com\n",
    )
    .await;
    for restarted in [false, true] {
        for refused in people.into_iter().chain(["nobody@example.com"]) {
            let answer = shop.ask(refused);
            assert_eq!(
                answer.reason,
                Reason::OptedOutPurpose,
                "{refused} {restarted}"
            );
        }
        let dewi = shop.ask("dewi@example.com");
        assert_eq!(
            dewi.reason,
            Reason::NoConsent,
            "no yes is read of such a row"
        );
        shop.reopen().await;
    }
    let before = size(&shop).await;
    shop.import(Kind::Contacts, &file).await;
    assert_eq!(size(&shop).await, before, "said again, it says nothing new");
}

#[tokio::test]
async fn a_do_not_contact_row_counts_for_what_can_be_read_of_it() {
    let shop = Shop::open().await;
    shop.consented(&["ani@example.com", "budi@example.com"])
        .await;
    let file = "email,phone,channel,reason,occurred_at\n\
                ani@example.com,12,,spam,\n\
                budi@example.com,,fax,,2030-01-01\n\
                not an address,0812 0000 0001,sms,stop,\n\
                not an address,,,,\n";
    let report = shop.import(Kind::Suppressions, file).await;
    assert_eq!((report.rows, report.applied, report.rejected), (4, 0, 4));
    assert_eq!(shop.ask("ani@example.com").reason, Reason::Complained);
    assert_eq!(shop.ask("budi@example.com").reason, Reason::Suppressed);
    let number = Identifier::phone("+62 812 0000 0001", "ID").unwrap();
    let scopes: Vec<_> = shop.gate.suppressions(&number);
    let scopes: Vec<_> = scopes.into_iter().map(|own| own.scope).collect();
    assert_eq!(scopes, [Scope::channel(Channel::Sms)]);
    let before = size(&shop).await;
    shop.import(Kind::Suppressions, file).await;
    assert_eq!(size(&shop).await, before, "said again, it says nothing new");
}

#[tokio::test]
async fn a_no_in_a_json_row_with_a_list_an_object_or_a_name_twice_counts_and_no_yes_does() {
    let shop = Shop::open().await;
    let people = ["a", "b", "c", "d", "e"].map(|own| format!("{own}@example.com"));
    let people = people.each_ref().map(String::as_str);
    shop.consented(&people).await;
    let file = r#"{"email":"first@example.com","consent_marketing_email":"","consent_evidence":"form"}
{"email":["a@example.com","not an address"],"consent_marketing_email":"no"}
{"email":{"home":"b@example.com"},"consent_marketing_email":false}
{"email":"c@example.com","name":{"first":"C"},"consent_marketing_email":{"answer":"no"}}
{"email":"d@example.com","email":"e@example.com","consent_marketing_email":"yes","consent_marketing_email":"no"}
{"email":["f@example.com"],"consent_marketing_email":"yes","consent_evidence":"form"}
{"email":[],"consent_marketing_email":"no"}
"#;
    let report = shop.import(Kind::Contacts, file).await;
    assert_eq!((report.rows, report.applied, report.rejected), (7, 1, 6));
    assert_eq!(report.rejected_naming_nobody, Some(1));
    assert_eq!(report.consents.unwrap().refused, 4);
    for (line, column) in (2..).zip(["email", "email", "name", "email", "email", "email"]) {
        let said = &report.problems[line - 2];
        let begins = format!("line {line}: column `{column}` ");
        assert!(said.starts_with(&begins), "{said}");
        assert!(!said.contains('@'), "a person in the report: {said}");
    }
    for refused in people {
        assert_eq!(
            shop.ask(refused).reason,
            Reason::OptedOutPurpose,
            "{refused}"
        );
    }
    let unread = shop.ask("f@example.com").reason;
    assert_eq!(
        unread,
        Reason::UnknownSubject,
        "no yes is read of such a row"
    );
    let list = "{\"email\":[\"f@example.com\"],\"channel\":[\"email\",\"sms\"]}\n";
    let report = shop.import(Kind::Suppressions, list).await;
    assert_eq!(
        (report.rejected, report.rejected_naming_nobody),
        (1, Some(0))
    );
    let address = Identifier::email("f@example.com").unwrap();
    let scopes = shop.gate.suppressions(&address).into_iter();
    let scopes: Vec<_> = scopes.map(|own| own.scope).collect();
    assert_eq!(scopes, [Scope::EVERYTHING], "the channel cannot be told");
}

#[tokio::test]
async fn refused_rows_that_name_nobody_are_counted_where_a_no_may_be_lost_in_them() {
    let shop = Shop::open().await;
    let file = "email,consent_marketing_email\nnot an address,no\na@example.com,maybe\nb,no,c\n";
    let report = shop.import(Kind::Contacts, file).await;
    assert_eq!(
        (report.rejected, report.rejected_naming_nobody),
        (3, Some(2))
    );
    let file = "order_id,ts,product_id,quantity,unit_price,customer_id\nO1,never,P1,1,5,C1\n";
    let report = shop.import(Kind::Purchases, file).await;
    assert_eq!((report.rejected, report.rejected_naming_nobody), (1, None));
}

#[tokio::test]
async fn refused_rows_of_an_earlier_run_do_not_stay_behind_and_no_other_file_is_taken_away() {
    let shop = Shop::open().await;
    let rejects = shop.path("rejects.csv");
    let (bad, clean) = ("email\nnot an address\n", "email\na@example.com\n");
    for (bad, clean) in [
        (bad, clean),
        ("{\"email\":\"x\"}\n", "{\"email\":\"a@example.com\"}\n"),
        ("email;name\nx;y\n", clean),
    ] {
        let report = shop.import(Kind::Contacts, bad).await;
        assert_eq!((report.rejected, report.rejects_removed), (1, None));
        assert!(rejects.exists());
        let report = shop.import(Kind::Contacts, clean).await;
        assert_eq!(report.rejects_removed.as_ref(), Some(&rejects));
        assert!(!rejects.exists(), "{bad}");
    }
    for own in ["", "notes of mine\n", "line of credit\n"] {
        std::fs::write(&rejects, own).unwrap();
        let report = shop.import(Kind::Contacts, clean).await;
        assert_eq!(report.rejects_removed, None);
        assert_eq!(std::fs::read_to_string(&rejects).unwrap(), own);
    }
}

#[tokio::test]
async fn a_no_in_a_file_counts_however_long_ago_it_is_dated() {
    let shop = Shop::open().await;
    shop.consented(&["ani@example.com", "budi@example.com"])
        .await;
    let contacts = "email,consent_marketing_email,consent_at\nani@example.com,no,0001-01-01\n";
    let report = shop.import(Kind::Contacts, contacts).await;
    assert_eq!((report.applied, report.rejected), (1, 0), "{report:?}");
    let list = "email,occurred_at\nbudi@example.com,0001-01-01\n";
    let report = shop.import(Kind::Suppressions, list).await;
    assert_eq!((report.applied, report.rejected), (1, 0), "{report:?}");
    for refused in ["ani@example.com", "budi@example.com"] {
        let identifier = Identifier::email(refused).unwrap();
        let said = shop.gate.suppressions(&identifier);
        let now = shop.clock.now();
        assert!(
            !said.is_empty() && said.iter().all(|own| own.occurred_at == now),
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn a_stray_quote_turns_no_no_into_a_yes_and_swallows_nobody() {
    let shop = Shop::open().await;
    shop.consented(&["q1@example.com"]).await;
    let file = "customer,email,phone,name,consent_marketing_email,consent_at,consent_evidence\n\
                Q1,q1@example.com,,\"Ani,no,2026-01-01,kasir\n\
                Q2,q2@example.com,,\"Budi\",yes,2026-01-01,kasir\n";
    let report = shop.import(Kind::Contacts, file).await;
    assert_eq!((report.rows, report.applied, report.rejected), (2, 1, 1));
    assert_eq!(report.rejected_naming_nobody, Some(0));
    assert!(report.problems[0].starts_with("line 2: a quote"));
    assert_eq!(shop.ask("q1@example.com").reason, Reason::OptedOutPurpose);
    assert_eq!(shop.ask("q2@example.com").verdict, Verdict::Allow);
    let file = "email,reason\n\"q3@example.com,stop\nq2@example.com,\"spam\"\n";
    let report = shop.import(Kind::Suppressions, file).await;
    assert_eq!((report.rows, report.applied, report.rejected), (2, 1, 1));
    assert_eq!(shop.ask("q2@example.com").reason, Reason::Complained);
    let third = Identifier::email("q3@example.com").unwrap();
    assert_eq!(shop.gate.suppressions(&third).len(), 1);
}

#[tokio::test]
async fn a_separator_too_many_loses_no_suppression() {
    let shop = Shop::open().await;
    shop.consented(&["ani@example.com"]).await;
    let report = shop.import(Kind::Suppressions, "email,reason\nani@example.com,,\n");
    assert_eq!(report.await.rejected, 0);
    assert_eq!(shop.ask("ani@example.com").reason, Reason::Suppressed);
}
