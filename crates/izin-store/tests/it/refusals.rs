//! A refusal reaches every holder of an address, stays with the address, and meets its next
//! holder.

use izin_core::{Channel, Identifier, Origin, RefusalKind, Scope, SubjectId};
use izin_store::{Command, Refusing, SuppressionHash, Whom};

use super::kept::{Kept, NOON, contact, customer, email, opt_out, phone};

/// What stands for an address, whoever holds it: found by attaching it to somebody new.
async fn brought_along(kept: &Kept, address: &Identifier) -> Vec<(RefusalKind, Scope, Origin)> {
    let number = format!("N{}", kept.entries().len());
    let stranger = kept.person(&[customer(&number), address.clone()]).await;
    kept.refusals(stranger).await
}

fn carried(scope: Scope) -> (RefusalKind, Scope, Origin) {
    (RefusalKind::OptedOut, scope, Origin::Izin)
}

fn own(scope: Scope) -> (RefusalKind, Scope, Origin) {
    (RefusalKind::OptedOut, scope, Origin::OneClick)
}

const fn on_email() -> Scope {
    Scope::channel(Channel::Email)
}

async fn two_who_share(kept: &Kept, address: &str) -> (SubjectId, SubjectId) {
    let ani = kept.person(&[customer("C1"), email(address)]).await;
    let budi = kept.person(&[customer("C2"), email(address)]).await;
    assert_ne!(ani, budi, "two customer numbers are two people");
    (ani, budi)
}

#[tokio::test]
async fn an_opt_out_of_one_reaches_the_other_who_shares_the_address() {
    let kept = Kept::new();
    let (ani, budi) = two_who_share(&kept, "kami@example.com").await;
    kept.put(opt_out(Whom::Subject(ani), on_email())).await;
    assert_eq!(kept.refusals(ani).await, [own(on_email())]);
    assert_eq!(kept.refusals(budi).await, [carried(on_email())]);
}

#[tokio::test]
async fn an_opt_out_through_an_address_reaches_all_its_holders() {
    let kept = Kept::new();
    let (ani, budi) = two_who_share(&kept, "kami@example.com").await;
    kept.put(opt_out(
        Whom::Identifier(email("kami@example.com")),
        on_email(),
    ))
    .await;
    assert_eq!(kept.refusals(ani).await, [own(on_email())]);
    assert_eq!(kept.refusals(budi).await, [own(on_email())]);
}

#[tokio::test]
async fn a_refused_address_meets_its_next_holder_however_it_is_typed() {
    let mut kept = Kept::new();
    let ani = kept
        .person(&[
            customer("C1"),
            email("ani@example.com"),
            phone("0812 0000 0001"),
        ])
        .await;
    kept.put(opt_out(Whom::Subject(ani), Scope::EVERYTHING))
        .await;
    for address in [email(" ANI@Example.COM."), phone("+62 812-0000-0001")] {
        assert_eq!(
            brought_along(&kept, &address).await,
            [carried(Scope::EVERYTHING)]
        );
    }
    kept.reopen();
    assert_eq!(
        brought_along(&kept, &email("Ani@example.com")).await,
        [carried(Scope::EVERYTHING)]
    );
    assert_eq!(brought_along(&kept, &email("ani@example.org")).await, []);
}

#[tokio::test]
async fn an_opt_out_from_mail_stays_with_every_mail_address_and_with_no_number() {
    let kept = Kept::new();
    let (first, second) = (email("ani@example.com"), email("ani@example.org"));
    let number = phone("0812 0000 0001");
    let ani = kept
        .person(&[
            customer("C1"),
            first.clone(),
            second.clone(),
            number.clone(),
        ])
        .await;
    kept.put(opt_out(Whom::Subject(ani), on_email())).await;
    assert_eq!(brought_along(&kept, &first).await, [carried(on_email())]);
    assert_eq!(brought_along(&kept, &second).await, [carried(on_email())]);
    assert_eq!(brought_along(&kept, &number).await, []);
}

#[tokio::test]
async fn an_address_can_be_refused_before_anybody_has_it() {
    let kept = Kept::new();
    let recorded = kept
        .put(opt_out(
            Whom::Identifier(email("ani@example.com")),
            on_email(),
        ))
        .await;
    assert_eq!(recorded.subject, None);
    let ani = kept.person(&[email("Ani@Example.com")]).await;
    assert_eq!(kept.refusals(ani).await, [carried(on_email())]);
}

#[tokio::test]
async fn a_refusal_said_again_is_taken_again() {
    let kept = Kept::new();
    let again = || opt_out(Whom::Identifier(email("ani@example.com")), on_email());
    let first = kept.put(again()).await;
    let second = kept.record(vec![again(), again()], NOON).await;
    assert!(second.unwrap().iter().all(|own| own.seq <= first.seq));
    assert_eq!(
        brought_along(&kept, &email("ani@example.com")).await,
        [carried(on_email())]
    );
}

#[tokio::test]
async fn a_link_refuses_for_an_address_whose_person_is_gone() {
    let kept = Kept::new();
    let hash: SuppressionHash = kept.hasher().suppression(&email("ani@example.com"));
    let nobody = SubjectId::from_bytes([5; 16]);
    kept.put(opt_out(Whom::Link(nobody, hash), on_email()))
        .await;
    assert_eq!(kept.history(nobody).await.unwrap(), [], "nobody is made up");
    assert_eq!(
        brought_along(&kept, &email("ani@example.com")).await,
        [carried(on_email())]
    );
}

#[tokio::test]
async fn a_link_refuses_for_the_person_and_for_whoever_has_the_address_now() {
    let kept = Kept::new();
    let (ani, budi) = two_who_share(&kept, "kami@example.com").await;
    let hash = kept.hasher().suppression(&email("kami@example.com"));
    kept.put(opt_out(Whom::Link(ani, hash), on_email())).await;
    assert_eq!(kept.refusals(ani).await, [own(on_email())]);
    assert_eq!(kept.refusals(budi).await, [carried(on_email())]);
}

#[tokio::test]
async fn an_address_brings_every_refusal_that_stands_for_it() {
    let kept = Kept::new();
    let address = email("ani@example.com");
    for refusal in [
        RefusalKind::LegalSuppression,
        RefusalKind::Complained,
        RefusalKind::OptedOut,
    ] {
        let refusing = Refusing {
            whom: Whom::Identifier(address.clone()),
            refusal,
            scope: Scope::EVERYTHING,
            occurred_at: NOON.plus_days(-1),
            origin: Origin::Import,
            detail: None,
        };
        kept.put(Command::Refuse(refusing)).await;
    }
    let kinds: Vec<_> = brought_along(&kept, &address)
        .await
        .into_iter()
        .map(|own| own.0)
        .collect();
    let expected = [
        RefusalKind::LegalSuppression,
        RefusalKind::Complained,
        RefusalKind::OptedOut,
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_guest_who_becomes_a_customer_stays_opted_out() {
    let kept = Kept::new();
    let guest = kept.person(&[email("ani@example.com")]).await;
    kept.put(opt_out(Whom::Subject(guest), on_email())).await;
    let recorded = kept
        .put(contact(&[customer("C1"), email("ani@example.com")]))
        .await;
    assert_eq!(recorded.subject, Some(guest));
    assert_eq!(kept.refusals(guest).await, [own(on_email())]);
}
