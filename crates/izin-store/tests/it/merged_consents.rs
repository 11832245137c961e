//! What a merge and a split do to a yes: it stays with its address, and gets no newer.

use izin_core::{Channel, Scope};
use izin_store::{Command, Whom};

use super::kept::{Kept, NOON, consented, contact, customer, email, opt_out};
use super::merging::{guest_and_customer, id_of, merge, on_email, split, standing, yes};

#[tokio::test]
async fn a_consent_stays_with_its_identifier() {
    let kept = Kept::new();
    let address = email("ani@example.com");
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(yes(&address, NOON.plus_days(-3), true)).await;
    kept.put(contact(&[
        super::kept::customer("C1"),
        email("other@example.com"),
    ]))
    .await;
    kept.put(merge(guest, customer)).await;

    let merged = standing(&kept, customer).await;
    let [consent] = merged.consents.as_slice() else {
        panic!("{:?}", merged.consents);
    };
    let own = id_of(&kept, customer, &address).await;
    assert!(own.is_some() && consent.identifier == own);
    assert_eq!(consent.occurred_at, NOON.plus_days(-3));
    assert!(consent.manner.step_up);

    kept.put(split(guest)).await;
    assert_eq!(standing(&kept, customer).await.consents, []);
    assert_eq!(id_of(&kept, customer, &address).await, None);
    assert_eq!(standing(&kept, guest).await.consents.len(), 1);
    let found = kept.put(yes(&address, NOON, false)).await;
    assert_eq!(found.subject, Some(guest));
}

#[tokio::test]
async fn a_consent_for_every_address_does_not_reach_those_of_the_other() {
    let kept = Kept::new();
    let guest = kept
        .person(&[email("ani@example.com"), email("ani@example.org")])
        .await;
    let other = kept
        .person(&[customer("C1"), email("other@example.com")])
        .await;
    kept.put(super::kept::consent(guest, "both of my addresses"))
        .await;
    kept.put(merge(guest, other)).await;
    let merged = standing(&kept, other).await;
    let theirs = id_of(&kept, other, &email("other@example.com")).await;
    assert_eq!(merged.consents.len(), 2);
    for consent in &merged.consents {
        assert!(consent.identifier.is_some() && consent.identifier != theirs);
    }
}

#[tokio::test]
async fn a_consent_that_named_no_address_and_came_with_a_merge_goes_with_it() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    let on_site = |subject| Command::Act {
        subject: Some(subject),
        act: consented("personalisation", Channel::Site),
        detail: None,
    };
    kept.put(on_site(guest)).await;
    kept.put(merge(guest, customer)).await;
    assert_eq!(standing(&kept, customer).await.consents.len(), 1);
    kept.put(split(guest)).await;
    assert_eq!(standing(&kept, customer).await.consents, []);
    kept.put(on_site(customer)).await;
    kept.put(merge(guest, customer)).await;
    kept.put(split(guest)).await;
    assert_eq!(
        standing(&kept, customer).await.consents.len(),
        1,
        "their own"
    );
}

/// A proved yes lifts only what was refused before it; to be entered again does not make it later.
#[tokio::test]
async fn a_merge_does_not_make_a_yes_newer_than_a_no() {
    for no_of_the_guest in [true, false] {
        let kept = Kept::new();
        let (guest, customer) = guest_and_customer(&kept).await;
        kept.put(yes(&email("ani@example.com"), NOON.plus_days(2), true))
            .await;
        let refuser = if no_of_the_guest { guest } else { customer };
        kept.put(opt_out(Whom::Subject(refuser), Scope::EVERYTHING))
            .await;
        kept.put(merge(guest, customer)).await;
        let merged = standing(&kept, customer).await;
        let newest = merged.refusals.iter().map(|own| own.seq).max();
        let proof = merged.consents[0].own_words[0].map(|own| own.seq);
        assert!(proof.is_some() && proof < newest, "{merged:?}");
    }
}

#[tokio::test]
async fn a_yes_that_lifted_a_no_still_does_after_a_merge() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(opt_out(Whom::Subject(guest), on_email())).await;
    kept.put(yes(&email("ani@example.com"), NOON.plus_days(2), true))
        .await;
    kept.put(merge(guest, customer)).await;
    let merged = standing(&kept, customer).await;
    let newest = merged.refusals.iter().map(|own| own.seq).max();
    let proof = merged.consents[0].own_words[0].map(|own| own.seq);
    assert!(newest.is_some() && proof > newest, "{merged:?}");
}
