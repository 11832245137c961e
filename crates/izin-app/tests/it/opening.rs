//! Which policies a shop opens with, and what a restart keeps.

use izin_app::policy::PolicyError;
use izin_app::{App, StartError};
use izin_core::law::Basis;
use izin_core::policy::{Bases, Class, Policy};
use izin_core::{Channel, Verdict};
use izin_store::Entropy;
use izin_testkit::policy::purpose;
use izin_testkit::{Shop, policy_folder};

type Change = fn(&mut Policy);

/// What opening says to a changed policy.
async fn refusal(change: Change) -> String {
    let mut shop = Shop::open().await;
    change(&mut shop.declared);
    match shop.try_reopen().await {
        Err(StartError::Policy(PolicyError::Faults(findings))) => findings.to_string(),
        Err(other) => panic!("{other}"),
        Ok(()) => panic!("the shop opens with it"),
    }
}

#[tokio::test]
async fn a_policy_that_the_law_or_sense_forbids_is_refused_with_its_mend() {
    let cases: [(Change, &str); 7] = [
        (
            |own| own.purposes[0].basis = Bases::Same(Basis::LegitimateInterest),
            "cannot rest on",
        ),
        (
            |own| own.purposes[1].basis = Bases::Same(Basis::Consent),
            "cannot rest on",
        ),
        (|own| own.purposes[0].channels.clear(), "has no channels"),
        (
            |own| own.purposes.push(own.purposes[0].clone()),
            "already declared",
        ),
        (
            |own| own.purposes[0].title.id.clear(),
            "`title.id` is empty",
        ),
        (|own| own.controller.regimes.clear(), "`regimes` is empty"),
        (
            |own| drop(own.purposes.remove(0)),
            "no purpose of class \"marketing\"",
        ),
    ];
    for (change, says) in cases {
        let why = refusal(change).await;
        assert!(why.contains(says), "{says}: {why}");
    }
}

#[tokio::test]
async fn a_changed_policy_is_published_once_and_an_unchanged_one_not_again() {
    let mut shop = Shop::open().await;
    assert_eq!(shop.store.policy().await.unwrap().unwrap().version, 1);
    shop.reopen().await;
    assert_eq!((shop.policy().version, size(&shop).await), (1, 3));
    let survey = purpose("survey", Class::OptionalService, &[Channel::Email]);
    shop.declared.purposes.push(survey);
    shop.reopen().await;
    assert_eq!((shop.policy().version, size(&shop).await), (2, 5));
}

async fn size(shop: &Shop) -> u64 {
    shop.store.head().await.unwrap().size
}

#[tokio::test]
async fn a_purpose_taken_out_of_the_policy_is_stopped() {
    let mut shop = Shop::open().await;
    shop.consented(&["ani@example.com"]).await;
    assert_eq!(shop.ask("ani@example.com").verdict, Verdict::Allow);
    shop.declared.purposes[0].channels = vec![Channel::Sms];
    shop.reopen().await;
    assert_eq!(shop.ask("ani@example.com").verdict, Verdict::Deny);
}

#[tokio::test]
async fn opened_as_it_stands_a_changed_folder_changes_nothing() {
    let mut shop = Shop::open().await;
    let (settings, clock) = (shop.settings.clone(), shop.clock.clone());
    let size_before = size(&shop).await;
    shop.close();
    shop.declared.purposes[0].title.en.push_str(" news");
    policy_folder::write(&shop.declared, &settings.policy);
    let opened = App::open_as_it_stands(settings, clock, Entropy::seeded(99)).await;
    let app = opened.unwrap();
    assert_eq!(app.policy().version, 1);
    assert_eq!(app.store.head().await.unwrap().size, size_before);
    drop(app);
    shop.reopen().await;
    assert_eq!(shop.policy().version, 2, "a server's start takes words up");
}
