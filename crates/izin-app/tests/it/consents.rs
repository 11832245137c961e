//! Records of consent: complete or nothing, and readable by others.

use izin_app::act::{ActError, Asked, Kind, Lack, Report};
use izin_app::consent::{self, ConsentError, RecordFormat};
use izin_core::receipt::{KantaraError, Missing};
use izin_core::relation::{Relation, SoftOptIn};
use izin_core::{Act, Channel, ConsentState, Language, Reason, RefusalKind, Verdict};
use izin_testkit::Shop;
use izin_testkit::policy::{bind_to_canada, checkout, checkout_form, words};

use crate::lifting::{ANI, asked, by_api, report};

/// A shop with a form that asks for marketing by e-mail.
async fn with_form() -> Shop {
    let mut shop = Shop::open().await;
    shop.declared.forms = vec![checkout_form()];
    shop.reopen().await;
    shop
}

fn on_form(version: u32) -> Asked {
    Asked {
        form: Some((checkout(), version)),
        language: Some(Language::En),
        ..Asked::default()
    }
}

#[tokio::test]
async fn requirement_15_a_consent_without_a_mandatory_field_is_kept_and_permits_nothing() {
    type Change = fn(&mut Report);
    let cases: [(Asked, Change, Lack); 4] = [
        (
            Asked {
                notice: None,
                ..asked()
            },
            |_| (),
            Lack::FormOrNotice,
        ),
        (
            Asked {
                language: None,
                ..asked()
            },
            |_| (),
            Lack::Language,
        ),
        (asked(), |own| own.detail = None, Lack::Evidence),
        (
            asked(),
            |own| own.detail = Some("  ".to_owned()),
            Lack::Evidence,
        ),
    ];
    for (asked, change, lacks) in cases {
        let shop = Shop::open().await;
        let mut yes = by_api(Kind::Consent(asked));
        change(&mut yes);
        let entered = report(&shop, yes).await.unwrap();
        assert_eq!(entered.lacking, [lacks]);
        assert_eq!(shop.ask(ANI).reason, Reason::NoConsent, "{lacks}");
        let subject = entered.recorded.subject.unwrap();
        let record = consent::record(&shop, subject, entered.recorded.seq)
            .await
            .unwrap();
        assert_eq!(record.event.state, ConsentState::Unknown, "{lacks}");
    }
    let shop = Shop::open().await;
    let whole = report(&shop, by_api(Kind::Consent(asked()))).await.unwrap();
    assert_eq!(whole.lacking, []);
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_form_that_is_unknown_asks_for_something_else_or_is_defective_gives_no_consent() {
    let mut shop = with_form().await;
    let head = shop.store.head().await.unwrap();
    let unknown = report(&shop, by_api(Kind::Consent(on_form(2)))).await;
    assert!(
        matches!(unknown, Err(ActError::UnknownForm(..))),
        "{unknown:?}"
    );
    let mut sms = by_api(Kind::Consent(on_form(1)));
    sms.channel = Some(Channel::Sms);
    let other = report(&shop, sms).await;
    assert!(matches!(other, Err(ActError::NotOnForm(_))), "{other:?}");
    let future = Asked {
        notice: Some(9),
        ..asked()
    };
    let future = report(&shop, by_api(Kind::Consent(future))).await;
    assert!(
        matches!(future, Err(ActError::NoticeNotShown(9))),
        "{future:?}"
    );
    assert_eq!(
        shop.store.head().await.unwrap(),
        head,
        "nothing was recorded"
    );
    report(&shop, by_api(Kind::Consent(on_form(1))))
        .await
        .unwrap();
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);

    shop.declared.forms[0].defective = Some(words("it was ticked beforehand"));
    shop.reopen().await;
    assert_eq!(shop.ask(ANI).reason, Reason::ConsentInvalid, "en bloc");
    let marked = std::mem::take(&mut shop.declared.forms);
    shop.reopen().await;
    let later = shop.ask(ANI).reason;
    assert_eq!(later, Reason::ConsentInvalid, "a mark is never taken back");
    shop.declared.forms = marked;
    shop.reopen().await;
    let defective = report(&shop, by_api(Kind::Consent(on_form(1)))).await;
    assert!(
        matches!(defective, Err(ActError::DefectiveForm(..))),
        "{defective:?}"
    );
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_any_more_keeps_nobody_from_consenting_on_an_older_form() {
    let mut shop = with_form().await;
    let unreadable = shop
        .store
        .publish("{}".to_owned(), Vec::new(), shop.clock.now());
    unreadable.await.unwrap();
    shop.declared.forms.clear();
    shop.reopen().await;
    let yes = report(&shop, by_api(Kind::Consent(on_form(1)))).await;
    assert_eq!(yes.unwrap().lacking, []);
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_record_says_what_became_of_the_consent_and_a_kantara_receipt_wants_a_telephone() {
    let shop = with_form().await;
    let entered = report(&shop, by_api(Kind::Consent(on_form(1))))
        .await
        .unwrap();
    let (subject, seq) = (entered.recorded.subject.unwrap(), entered.recorded.seq);
    let json = consent::written(&shop, subject, seq, RecordFormat::Iso27560)
        .await
        .unwrap()
        .to_string();
    for part in [
        "dpv:ConsentGiven",
        "News by e-mail",
        "uu-pdp",
        "izin:commitment",
    ] {
        assert!(json.contains(part), "{part}: {json}");
    }
    assert!(!json.contains("ani@"), "{json}");
    let kantara = consent::written(&shop, subject, seq, RecordFormat::Kantara).await;
    let kantara = kantara.unwrap_err();
    let phone = KantaraError::Missing(Missing::ControllerPhone);
    assert!(
        matches!(kantara, ConsentError::Kantara(why) if why == phone),
        "{kantara}"
    );

    let no = report(&shop, by_api(Kind::No(RefusalKind::Withdrawn)))
        .await
        .unwrap();
    let record = consent::record(&shop, subject, seq).await.unwrap();
    assert_eq!(record.event.state, ConsentState::Withdrawn);
    let none = consent::record(&shop, subject, no.recorded.seq).await;
    assert!(
        matches!(none, Err(ConsentError::NotAConsent(_))),
        "{none:?}"
    );
}

#[tokio::test]
async fn a_claim_that_a_proven_consent_stands_before_is_told_to_lack_its_evidence() {
    let shop = with_form().await;
    let proven = report(&shop, by_api(Kind::Consent(on_form(1))));
    let subject = proven.await.unwrap().recorded.subject.unwrap();
    let mut claim = by_api(Kind::Consent(asked()));
    claim.detail = None;
    let claim = report(&shop, claim).await.unwrap().recorded.seq;
    let none = consent::written(&shop, subject, claim, RecordFormat::Kantara).await;
    let none = none.unwrap_err();
    assert!(matches!(none, ConsentError::NoEvidence(_)), "{none}");
}

#[tokio::test]
async fn a_soft_opt_in_without_what_shows_it_is_refused_and_purchases_no_law_needs_are_not_kept() {
    let shop = Shop::open().await;
    let facts = SoftOptIn::default();
    let mut soft = by_api(Kind::SoftOptIn(facts));
    soft.detail = None;
    let refused = report(&shop, soft).await;
    assert!(
        matches!(
            refused,
            Err(ActError::Missing {
                field: "detail",
                ..
            })
        ),
        "{refused:?}"
    );
    report(&shop, by_api(Kind::SoftOptIn(facts))).await.unwrap();
    let standing = shop.gate.standing(shop.person(ANI)).unwrap();
    assert_eq!(standing.obtained.len(), 1);
    let bought = report(&shop, by_api(Kind::Dealing(Relation::Purchase))).await;
    assert!(matches!(bought, Err(ActError::NotNeeded)), "{bought:?}");
}

#[tokio::test]
async fn requirement_27_the_newest_purchase_is_on_record_where_canadian_law_binds_the_shop() {
    let file = "customer_id,order_id,ts,product_id,description,quantity,unit_price\n\
                C1,O1,2026-10-01,P1,Kettle,1,125000\nC1,O2,2026-11-01,P1,Kettle,1,125000\n";
    for (casl, kept) in [(false, 0), (true, 1)] {
        let mut shop = Shop::open().await;
        if casl {
            bind_to_canada(&mut shop.declared);
            shop.reopen().await;
        }
        for _ in 0..2 {
            shop.import(izin_app::import::Kind::Purchases, file).await;
        }
        let buyer = shop.gate.everybody()[0];
        let history = shop.store.history(buyer).await.unwrap();
        let dealings: Vec<_> = history
            .iter()
            .filter_map(|own| match own.act {
                Act::RelationRecorded { occurred_at, .. } => Some(occurred_at.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(dealings.len(), kept, "{dealings:?}");
        assert!(dealings.iter().all(|own| own == "2026-11-01T00:00:00Z"));
    }
}
