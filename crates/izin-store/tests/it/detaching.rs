//! An identifier leaves a person; what was refused through it does not.

use izin_core::relation::DetachCause;
use izin_core::{Act, Channel, Identifier, Origin, Scope, Standing, SubjectId};
use izin_store::{Command, Contact, IndexKey, Refused, StoreError, Whom};

use super::kept::{Kept, NOON, consented, customer, email, opt_out, phone};

fn detach(subject: SubjectId, identifier: &Identifier) -> Command {
    Command::Detach {
        subject,
        identifier: identifier.clone(),
        cause: DetachCause::WrongPerson,
    }
}

async fn standing(kept: &Kept, subject: SubjectId) -> Standing {
    let mut standing = Standing::default();
    for entry in kept.history(subject).await.unwrap() {
        standing.apply(&entry);
    }
    standing
}

#[tokio::test]
async fn what_somebody_does_not_hold_cannot_be_taken_from_them() {
    let kept = Kept::new();
    let (own, other) = (email("ani@example.com"), email("budi@example.com"));
    let ani = kept.person(std::slice::from_ref(&own)).await;
    kept.person(std::slice::from_ref(&other)).await;
    let refused = kept.record(vec![detach(ani, &other)], NOON).await;
    assert!(matches!(
        refused,
        Err(StoreError::Refused(Refused::NotHeld))
    ));
    kept.put(detach(ani, &own)).await;
    let again = kept.record(vec![detach(ani, &own)], NOON).await;
    assert!(matches!(again, Err(StoreError::Refused(Refused::NotHeld))));
}

#[tokio::test]
async fn a_yes_ends_and_a_no_stays_when_an_address_leaves() {
    let kept = Kept::new();
    let number = phone("0812 0000 0001");
    let yes = Contact {
        identifiers: vec![customer("C1"), number.clone()],
        acts: vec![(consented("marketing", Channel::Sms), None)],
        ..Contact::default()
    };
    let recorded = kept.put(Command::Contact(Box::new(yes))).await;
    let ani = recorded.subject.unwrap();
    assert_eq!(standing(&kept, ani).await.consents.len(), 1);
    let no = Scope::channel(Channel::Sms);
    kept.put(opt_out(Whom::Subject(ani), no)).await;
    kept.put(detach(ani, &number)).await;
    let left = standing(&kept, ani).await;
    assert_eq!((left.consents.len(), left.refusals.len()), (0, 1));
    let next = kept.person(&[customer("C2"), number]).await;
    let carried = (izin_core::RefusalKind::OptedOut, no, Origin::Izin);
    assert_eq!(kept.refusals(next).await, [carried]);
}

#[tokio::test]
async fn a_replay_knows_who_held_what() {
    let mut kept = Kept::new();
    let address = email("ani@example.com");
    let ani = kept.person(std::slice::from_ref(&address)).await;
    kept.put(detach(ani, &address)).await;
    let budi = kept.person(std::slice::from_ref(&address)).await;
    assert_ne!(ani, budi, "found by nobody any more");
    kept.reopen();
    let hash = kept.hasher().lookup(&address);
    let mut keys = Vec::new();
    kept.replay(None, |some| keys.extend(some.iter().map(|own| own.key)))
        .unwrap();
    let expected = [
        IndexKey::Attached(hash),
        IndexKey::Detached(hash),
        IndexKey::Attached(hash),
    ];
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn what_leaves_a_merged_person_leaves_both() {
    let kept = Kept::new();
    let address = email("ani@example.com");
    let guest = kept.person(std::slice::from_ref(&address)).await;
    let ani = kept.person(&[customer("C1")]).await;
    let (from, into, origin) = (guest, ani, Origin::Agent);
    kept.put(Command::Merge { from, into, origin }).await;
    kept.put(detach(guest, &address)).await;
    for subject in [guest, ani] {
        let held = kept.identifiers(subject).await.unwrap();
        assert!(held.iter().all(|own| own.value != address));
    }
    let left = kept.history(guest).await.unwrap();
    assert!(matches!(
        left.last().unwrap().act,
        Act::IdentifierDetached { .. }
    ));
}
