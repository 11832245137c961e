//! Rows that are refused for a mistake: the no in them is not lost with it.

use izin_app::import::Kind;
use izin_core::{Channel, Identifier, Reason, Scope};
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
