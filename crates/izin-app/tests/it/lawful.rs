//! Requirements of law as the whole application keeps them, from the report to the decision.

use izin_app::act::{Asked, Kind, Report};
use izin_app::consent;
use izin_app::subject::standing_view;
use izin_core::act::Evidence;
use izin_core::law::{self, Basis, Regime};
use izin_core::policy::{Bases, Class, Form};
use izin_core::relation::Relation;
use izin_core::{
    Act, Channel, ConsentState, Language, Reason, RefusalKind, Scope, Timestamp, Verdict,
};
use izin_testkit::Shop;
use izin_testkit::policy::{checkout, checkout_form, purpose_id, words};

use crate::lifting::{ANI, by_api, report, who};

const BUDI: &str = "budi@example.com";
const SARI: &str = "sari@example.com";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[tokio::test]
async fn requirement_4_a_yes_names_its_entry_and_its_row_and_the_ledger_read_again_gives_the_same()
{
    let mut shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    let yes = shop.ask(ANI);
    assert_eq!(
        (yes.verdict, yes.basis),
        (Verdict::Allow, Some(Basis::Consent))
    );
    let row = law::rule_by_id(yes.rule.unwrap()).unwrap();
    assert_eq!(
        (row.kind, row.class),
        (law::Kind::Permission, Some(Class::Marketing))
    );
    assert!(row.bases.contains(Basis::Consent) && !row.article.is_empty());
    assert_eq!(yes.regimes.first(), Some(row.regime));
    assert_eq!((yes.policy, yes.law), (shop.policy().version, law::VERSION));

    let (person, seq) = (shop.person(ANI), yes.consent.unwrap());
    let history = shop.store.history(person).await.unwrap();
    let entry = history.iter().find(|own| own.seq == seq).unwrap();
    let Act::Consented {
        purpose,
        channel,
        policy,
        evidence,
        ..
    } = &entry.act
    else {
        panic!("{entry:?}");
    };
    assert_eq!(
        (*purpose, *channel),
        (purpose_id("marketing"), Channel::Email)
    );
    assert_eq!((Some(*policy), *evidence), (yes.notice, Evidence::Recorded));
    let record = consent::record(&shop, person, seq).await.unwrap();
    assert_eq!(record.event.state, ConsentState::Given);

    shop.opt_out(BUDI).await;
    let no = shop.ask(BUDI);
    shop.reopen().await;
    assert_eq!(shop.ask(ANI), yes, "the ledger read again");
    assert_eq!(shop.ask(BUDI), no);
    assert_eq!(no.verdict, Verdict::Deny);
}

fn form(version: u32, defective: bool) -> Form {
    Form {
        version,
        defective: defective.then(|| words("a ticked box")),
        ..checkout_form()
    }
}

async fn agreed_on(shop: &Shop, address: &str, version: u32) {
    let yes = Report {
        who: who(address),
        ..by_api(Kind::Consent(Asked {
            form: Some((checkout(), version)),
            language: Some(Language::En),
            ..Asked::default()
        }))
    };
    report(shop, yes).await.unwrap();
}

#[tokio::test]
async fn requirement_16_a_form_found_defective_voids_every_consent_given_on_it_and_no_other() {
    let mut shop = Shop::open().await;
    shop.declared.forms = vec![form(1, false)];
    shop.reopen().await;
    agreed_on(&shop, ANI, 1).await;
    agreed_on(&shop, BUDI, 1).await;
    shop.consented(&[SARI]).await;
    let asked = |shop: &Shop| [ANI, BUDI, SARI].map(|own| shop.ask(own).reason);
    assert_eq!(asked(&shop), [Reason::Consent; 3]);

    // A mark only protects, so it waits for nobody to be told.
    shop.declared.forms = vec![form(1, true)];
    shop.reopen().await;
    let void = [
        Reason::ConsentInvalid,
        Reason::ConsentInvalid,
        Reason::Consent,
    ];
    assert_eq!(asked(&shop), void);

    shop.declared.forms = vec![form(2, false)];
    shop.reopen().await;
    assert_eq!(asked(&shop), void, "a mark is never taken back");
    agreed_on(&shop, ANI, 2).await;
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
}

/// A Canadian shop whose newsletter rests on purchases and inquiries.
async fn canadian() -> Shop {
    let mut shop = Shop::open().await;
    shop.declared.controller.regimes = vec![Regime::Casl];
    let counts = |own: &izin_core::policy::Purpose| own.class == Class::AggregateStatistics;
    shop.declared.purposes.retain(|own| !counts(own));
    shop.declared.purposes[0].basis = Bases::Same(Basis::ImpliedConsent);
    shop.reopen().await;
    shop
}

#[tokio::test]
async fn requirement_27_a_purchase_or_inquiry_carries_the_newsletter_to_its_last_day_and_no_further()
 {
    // The shop opens on 21 November 2026, one o'clock at night in Toronto.
    for (relation, when, today) in [
        (Relation::Purchase, "2024-11-21T00:00:00-05:00", true),
        (Relation::Purchase, "2024-11-20T23:59:59-05:00", false),
        (Relation::Inquiry, "2026-05-21T00:00:00-04:00", true),
        (Relation::Inquiry, "2026-05-20T23:59:59-04:00", false),
    ] {
        let shop = canadian().await;
        let known = format!("email\n{ANI}\n");
        shop.import(izin_app::import::Kind::Contacts, &known).await;
        assert_eq!(
            shop.ask(ANI).reason,
            Reason::NoConsent,
            "nothing was bought"
        );
        let dealing = Report {
            channel: None,
            purpose: None,
            occurred_at: Some(at(when)),
            ..by_api(Kind::Dealing(relation))
        };
        report(&shop, dealing).await.unwrap();
        let decision = shop.ask(ANI);
        assert_eq!(
            decision.verdict == Verdict::Allow,
            today,
            "{when}: {decision:?}"
        );
        if today {
            assert_eq!(decision.basis, Some(Basis::ImpliedConsent));
        }
        shop.wait_days(1);
        assert_eq!(
            shop.ask(ANI).reason,
            Reason::NoConsent,
            "{when}, a day later"
        );
    }
}

#[tokio::test]
async fn requirement_28_the_day_from_which_somebody_may_be_asked_is_told_to_whoever_would_ask() {
    let mut shop = Shop::open().await;
    let audiences = izin_core::policy::Purpose {
        dpia: shop.declared.purposes[0].dpia,
        ..izin_testkit::policy::purpose("audiences", Class::Marketing, &[Channel::Social])
    };
    shop.declared.purposes.push(audiences);
    shop.reopen().await;
    shop.consented(&[ANI]).await;
    let told = async |shop: &Shop| {
        let view = standing_view(shop, shop.person(ANI))
            .await
            .unwrap()
            .unwrap();
        let own = view
            .consents
            .into_iter()
            .find(|own| own.channel == Channel::Social);
        own.unwrap().may_ask
    };
    assert_eq!(told(&shop).await, None);
    let no = Report {
        channel: Some(Channel::Social),
        purpose: Some(purpose_id("audiences")),
        ..by_api(Kind::No(RefusalKind::OptedOut))
    };
    report(&shop, no).await.unwrap();
    let standing = shop.gate.standing(shop.person(ANI)).unwrap();
    assert_eq!(
        standing.refusals.last().unwrap().scope,
        Scope::purpose(purpose_id("audiences"), Channel::Social)
    );
    let again = at("2027-11-21T00:00:00-08:00");
    assert_eq!(told(&shop).await, Some(again));
    shop.wait_days(365);
    assert_eq!(
        told(&shop).await,
        Some(again),
        "two hours are left in California"
    );
    shop.wait_days(1);
    assert_eq!(told(&shop).await, None);
}

#[tokio::test]
async fn a_no_to_a_topic_that_the_policy_does_not_have_is_a_no_to_its_whole_purpose() {
    let shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    let no = |address: &str, topic: &str| Report {
        who: who(address),
        channel: Some(Channel::Email),
        purpose: Some(purpose_id("marketing")),
        topic: Some(izin_testkit::policy::topic(topic)),
        ..by_api(Kind::No(RefusalKind::OptedOut))
    };
    report(&shop, no(BUDI, "new_arrivals")).await.unwrap();
    assert_eq!(shop.ask(BUDI).verdict, Verdict::Allow, "one topic only");
    report(&shop, no(ANI, "new_arivals")).await.unwrap();
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
}

#[tokio::test]
async fn a_no_to_a_purpose_that_the_policy_does_not_have_is_a_no_to_everything_there() {
    for kind in [
        RefusalKind::OptedOut,
        RefusalKind::Withdrawn,
        RefusalKind::Objected,
        RefusalKind::Complained,
    ] {
        let shop = Shop::open().await;
        shop.consented(&[ANI]).await;
        let no = Report {
            who: who(ANI),
            channel: None,
            purpose: Some(purpose_id("marketting")),
            topic: None,
            ..by_api(Kind::No(kind))
        };
        report(&shop, no).await.unwrap();
        assert_eq!(shop.ask(ANI).verdict, Verdict::Deny, "{kind:?}");
    }
}
