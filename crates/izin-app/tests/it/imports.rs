//! Files: nothing half applied, no yes out of thin air, no refusal lost.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use izin_app::Who;
use izin_app::import::{ImportError, Kind};
use izin_core::{Channel, Identifier, Level, Reason, Request, Verdict};
use izin_testkit::Shop;
use izin_testkit::policy::{email, purpose_id};

const CONTACTS: &str = "\
customer,email,consent_marketing_email,consent_evidence
C1,ani@example.com,yes,form
C2,budi@example.com,yes,
C3,citra@example.com,no,
";
const PURCHASES: &str = "\
customer_id,order_id,ts,product_id,description,quantity,unit_price
C1,O1,2026-11-01,P1,Kettle,1,125000
C9,O2,2026-11-02,P2,Cup,2,45000
";
const SUPPRESSIONS: &str = "email,reason\nani@example.com,spam\nnobody@example.com,legal\n";

pub(crate) async fn size(shop: &Shop) -> u64 {
    shop.store.head().await.unwrap().size
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let shop = Shop::open().await;
    let before = size(&shop).await;
    let files = [
        (Kind::Contacts, CONTACTS),
        (Kind::Purchases, PURCHASES),
        (Kind::Catalog, "product_id,title\nP7,Teapot\n"),
        (Kind::Suppressions, SUPPRESSIONS),
    ];
    for (kind, file) in files {
        let said = shop.try_import(kind, file.as_bytes(), true).await.unwrap();
        assert!(
            said.dry_run && said.id.is_none() && said.applied > 0,
            "{said:?}"
        );
        assert_eq!(size(&shop).await, before, "{kind:?}");
        assert_eq!(shop.gate.everybody().len(), 0, "{kind:?}");
        assert_eq!(shop.store.products().await.unwrap(), [], "{kind:?}");
        assert_eq!(shop.store.order_count().await.unwrap(), 0, "{kind:?}");
        assert_eq!(
            shop.ask("nobody@example.com").reason,
            Reason::UnknownSubject,
            "{kind:?}"
        );
    }
    for (kind, file) in files {
        let said = shop.try_import(kind, file.as_bytes(), true).await.unwrap();
        let done = shop.import(kind, file).await;
        assert_eq!(
            (done.rows, done.applied, done.rejected),
            (said.rows, said.applied, said.rejected)
        );
        assert_eq!(done.consents, said.consents, "{kind:?}");
    }
}

#[tokio::test]
async fn a_file_that_ends_too_early_applies_nothing() {
    let shop = Shop::open().await;
    let before = size(&shop).await;
    let mut file = "email,consent_marketing_email,consent_evidence\n".to_owned();
    for number in 0..2_000 {
        writeln!(file, "p{number}@example.com,yes,form").unwrap();
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(file.as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    for end in [whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        let refused = shop.try_import(Kind::Contacts, &whole[..end], false).await;
        assert!(
            matches!(refused, Err(ImportError::Table(_))),
            "cut at {end}: {refused:?}"
        );
        assert_eq!(size(&shop).await, before, "cut at {end}");
    }
    assert_eq!(
        shop.try_import(Kind::Contacts, &whole, false)
            .await
            .unwrap()
            .applied,
        2_000
    );
}

#[tokio::test]
async fn a_file_about_an_undeclared_purpose_applies_nothing() {
    let shop = Shop::open().await;
    let before = size(&shop).await;
    let mut file =
        "email,consent_marketing_email,consent_newsletter_email,consent_evidence\n".to_owned();
    for number in 0..600 {
        writeln!(file, "p{number}@example.com,yes,,form").unwrap();
    }
    file.push_str("last@example.com,yes,yes,form\n");
    let refused = shop
        .try_import(Kind::Contacts, file.as_bytes(), false)
        .await;
    assert!(
        matches!(refused, Err(ImportError::UnknownPurpose { .. })),
        "{refused:?}"
    );
    assert_eq!(size(&shop).await, before);
}

#[tokio::test]
async fn good_rows_are_applied_and_bad_ones_come_back_with_their_reason() {
    let shop = Shop::open().await;
    let file = "email,consent_marketing_email,consent_evidence\n\
                ani@example.com,yes,form\nnot an address,yes,form\nbudi@example.com,maybe,form\n";
    let report = shop.import(Kind::Contacts, file).await;
    assert_eq!((report.rows, report.applied, report.rejected), (3, 1, 2));
    assert_eq!(shop.ask("ani@example.com").verdict, Verdict::Allow);
    assert_eq!(shop.ask("budi@example.com").reason, Reason::UnknownSubject);
    let rejects = std::fs::read_to_string(shop.path("rejects.csv")).unwrap();
    assert!(rejects.contains("budi@example.com") && !rejects.contains("ani@example.com"));
    assert!(
        !report.problems.join(" ").contains("budi"),
        "a person in the report"
    );
}

#[tokio::test]
async fn a_no_reaches_the_person_in_whatever_script_their_number_is_written() {
    let shop = Shop::open().await;
    let file = "phone,consent_marketing_sms,consent_evidence\n+62 812 0000 0001,yes,form\n";
    shop.import(Kind::Contacts, file).await;
    let number = Identifier::phone("081200000001", "ID").unwrap();
    let ask = || {
        let request = Request::of(purpose_id("marketing"), Channel::Sms);
        shop.decide(&Who::Identifier(number.clone()), &request)
    };
    let before = ask().reason;
    assert!(before.allows() || before.only_hinders(), "{before:?}");
    let file = "phone,reason\nWhatsApp:\u{200b}\u{ff0b}\u{ff16}\u{ff12}\u{a0}812\u{2011}0000\u{2011}0001,stop\n";
    let report = shop.import(Kind::Suppressions, file).await;
    assert_eq!((report.applied, report.rejected), (1, 0));
    assert_eq!(ask().reason, Reason::OptedOutAll);
}

#[tokio::test]
async fn a_yes_of_somebody_who_refused_is_counted_as_refused() {
    let shop = Shop::open().await;
    let columns = "email,phone,consent_marketing_email,consent_evidence\n";
    shop.consented(&["ani@example.com"]).await;
    shop.opt_out("ani@example.com").await;
    shop.import(Kind::Suppressions, "phone\n0812 0000 0001\n")
        .await;
    let file = format!(
        "{columns}ani@example.com,,yes,form\n\
         dewi@example.com,0812 0000 0001,yes,form\n\
         eka@example.com,,no,\neka@example.com,,yes,form\n\
         fajar@example.com,12,no,\nfajar@example.com,,yes,\n\
         gita@example.com,,yes,form\nhana@example.com,,yes,\n"
    );
    let said = shop.try_import(Kind::Contacts, file.as_bytes(), true);
    let said = said.await.unwrap().consents.unwrap();
    assert_eq!((said.reachable, said.quarantined, said.refused), (1, 1, 6));
    let report = shop.import(Kind::Contacts, &file).await;
    assert_eq!(report.consents, Some(said));
    for refused in ["ani", "dewi", "eka", "fajar"] {
        let answer = shop.ask(&format!("{refused}@example.com"));
        assert_eq!(answer.verdict, Verdict::Deny, "{refused}");
    }
    assert_eq!(shop.ask("gita@example.com").verdict, Verdict::Allow);
}

#[tokio::test]
async fn only_a_proven_yes_permits() {
    let shop = Shop::open().await;
    let report = shop.import(Kind::Contacts, CONTACTS).await;
    let consents = report.consents.unwrap();
    // One evidence for Ani, none for Budi.
    assert_eq!(
        (consents.reachable, consents.quarantined, consents.refused),
        (1, 1, 1)
    );
    assert_eq!(shop.ask("ani@example.com").verdict, Verdict::Allow);
    assert_eq!(shop.ask("budi@example.com").reason, Reason::NoConsent);
    assert_eq!(
        shop.ask("citra@example.com").reason,
        Reason::OptedOutPurpose
    );
}

#[tokio::test]
async fn the_same_file_again_says_nothing_new() {
    let shop = Shop::open().await;
    for (kind, file) in [
        (Kind::Contacts, CONTACTS),
        (Kind::Purchases, PURCHASES),
        (Kind::Suppressions, SUPPRESSIONS),
    ] {
        shop.import(kind, file).await;
        let before = size(&shop).await;
        let again = shop.import(kind, file).await;
        assert_eq!((again.applied, again.rejected), (0, 0), "{kind:?}");
        assert_eq!(size(&shop).await, before, "{kind:?}");
    }
}

#[tokio::test]
async fn a_suppression_holds_for_known_and_unknown_addresses_at_once() {
    let mut shop = Shop::open().await;
    shop.consented(&["ani@example.com"]).await;
    let report = shop.import(Kind::Suppressions, SUPPRESSIONS).await;
    assert_eq!(report.applied, 2);
    for restarted in [false, true] {
        assert_eq!(
            shop.ask("Ani@example.com").reason,
            Reason::Complained,
            "{restarted}"
        );
        assert_eq!(
            shop.ask("nobody@example.com").reason,
            Reason::Suppressed,
            "{restarted}"
        );
        shop.reopen().await;
    }
    shop.consented(&["NOBODY@example.com"]).await;
    assert_eq!(shop.ask("nobody@example.com").reason, Reason::Suppressed);
    let order = shop.ask_about("nobody@example.com", "orders", Channel::Email);
    assert_eq!(
        order.reason,
        Reason::Suppressed,
        "a legal one stops orders too"
    );
}

#[tokio::test]
async fn a_list_that_names_an_address_twice_is_taken() {
    let shop = Shop::open().await;
    let file = "email\nnobody@example.com\nNobody@Example.com\nother@example.com\n";
    let report = shop.import(Kind::Suppressions, file).await;
    assert_eq!((report.rows, report.rejected), (3, 0));
    assert_eq!(shop.ask("nobody@example.com").reason, Reason::Suppressed);
    assert_eq!(shop.ask("other@example.com").reason, Reason::Suppressed);
}

/// What the second of two says about a number of their own is not what the first said.
#[tokio::test]
async fn the_no_of_a_person_is_kept_when_another_with_the_same_address_said_it_before() {
    let shop = Shop::open().await;
    let columns = "customer,email,phone,consent_marketing_sms,level,consent_evidence\n";
    let first = format!("{columns}C1,kami@example.com,0812 0000 0001,no,0,\n");
    shop.import(Kind::Contacts, &first).await;
    let second = format!("{columns}C2,kami@example.com,0812 0000 0002,no,0,\n");
    shop.import(Kind::Contacts, &second).await;
    let people = shop.gate.everybody();
    assert_eq!(people.len(), 2);
    for person in people {
        let standing = shop.gate.standing(person).unwrap();
        assert_eq!(
            standing.dial.map(|dial| dial.level),
            Some(Level::Contextual),
            "{person}"
        );
        let own = standing
            .refusals
            .iter()
            .filter(|own| own.scope.channel == Some(Channel::Sms));
        assert_eq!(own.count(), 1, "{person}");
    }
}

#[tokio::test]
async fn a_level_in_a_file_only_lowers_whatever_evidence_stands_beside_it() {
    let shop = Shop::open().await;
    let columns = "email,level,consent_evidence\n";
    let level = |address: &str| {
        let standing = shop.gate.standing(shop.person(address)).unwrap();
        standing.dial.map(|dial| dial.level)
    };
    let bare = format!("{columns}ani@example.com,2,\n");
    shop.import(Kind::Contacts, &bare).await;
    assert_eq!(level("ani@example.com"), None);
    let proven = format!("{columns}ani@example.com,2,form\n");
    shop.import(Kind::Contacts, &proven).await;
    assert_eq!(level("ani@example.com"), None);
    let down = format!("{columns}ani@example.com,0,\n");
    shop.import(Kind::Contacts, &down).await;
    assert_eq!(level("ani@example.com"), Some(Level::Contextual));
    shop.import(Kind::Contacts, &proven).await;
    assert_eq!(level("ani@example.com"), Some(Level::Contextual));
}

#[tokio::test]
async fn a_level_lowered_in_a_file_is_not_raised_by_a_later_row() {
    let shop = Shop::open().await;
    let file = "email,level,consent_evidence\nani@example.com,0,\nani@example.com,2,form\n";
    shop.import(Kind::Contacts, file).await;
    let standing = shop.gate.standing(shop.person("ani@example.com")).unwrap();
    assert_eq!(
        standing.dial.map(|dial| dial.level),
        Some(Level::Contextual)
    );
}

#[tokio::test]
async fn a_purchase_alone_permits_nothing() {
    let shop = Shop::open().await;
    shop.import(Kind::Purchases, PURCHASES).await;
    assert_eq!(shop.gate.everybody().len(), 2);
    assert_eq!(shop.gate.holders(&email("ani@example.com")), []);
    let file = "customer,email\nC1,ani@example.com\n";
    shop.import(Kind::Contacts, file).await;
    assert_eq!(shop.ask("ani@example.com").reason, Reason::NoConsent);
    let bought = shop
        .store
        .purchases(shop.person("ani@example.com"))
        .await
        .unwrap();
    assert_eq!(bought.len(), 1, "the purchase is this customer's");
}

#[tokio::test]
async fn an_import_that_breaks_off_says_how_many_rows_stand_and_goes_on_when_it_is_repeated() {
    let shop = Shop::open().await;
    let mut file = "email,consent_marketing_email\n".to_owned();
    for number in 0..600 {
        writeln!(file, "p{number}@example.com,no").unwrap();
    }
    file.push_str("not an address,no\n");
    std::fs::create_dir(shop.path("rejects.csv")).unwrap();
    let dry = shop.try_import(Kind::Contacts, file.as_bytes(), true).await;
    assert!(matches!(dry, Err(ImportError::File { .. })), "{dry:?}");
    let broken = shop
        .try_import(Kind::Contacts, file.as_bytes(), false)
        .await;
    let Err(ImportError::BrokenOff { stood, total, .. }) = broken else {
        panic!("{broken:?}");
    };
    assert_eq!((stood, total), (500, 601), "two steps of 250");
    let of = |number: u64| format!("p{number}@example.com");
    assert_ne!(shop.ask(&of(stood - 1)).reason, Reason::UnknownSubject);
    std::fs::remove_dir(shop.path("rejects.csv")).unwrap();
    let done = shop.import(Kind::Contacts, &file).await;
    assert_eq!((done.duplicates, done.applied), (500, 100), "{done:?}");
    assert_ne!(shop.ask(&of(599)).reason, Reason::UnknownSubject);
}
