//! Room at an address that several people have is held for each of them.

use izin_core::{Origin, SubjectId};
use izin_store::{Command, Reach, SendChange, Settled};

use super::kept::{Kept, NOON, alone, customer, email};
use super::reservation::{replayed, reserve_at};

/// Two people with one address, and how each is reached there.
async fn sharing(kept: &Kept) -> [Reach; 2] {
    let shared = email("kami@example.com");
    let mut reaches = Vec::new();
    for number in ["C1", "C2"] {
        let subject = kept.person(&[customer(number), shared.clone()]).await;
        let held = kept.identifiers(subject).await.unwrap();
        let held = held.into_iter().filter(|own| own.value == shared);
        let addresses = held.map(|own| own.id).collect();
        reaches.push(Reach { subject, addresses });
    }
    <[Reach; 2]>::try_from(reaches).unwrap()
}

#[tokio::test]
async fn room_at_an_address_is_held_for_everybody_who_has_it_and_settled_for_all() {
    let kept = Kept::new();
    let [one, two] = sharing(&kept).await;
    let first = reserve_at(&kept, one.clone(), NOON).await.unwrap();
    assert!(reserve_at(&kept, two.clone(), NOON).await.is_some());
    for reach in [
        one.clone(),
        two.clone(),
        alone(one.subject),
        alone(two.subject),
    ] {
        assert_eq!(reserve_at(&kept, reach, NOON).await, None);
    }
    assert_eq!(kept.release(first, NOON).await.unwrap(), Settled::Done);
    let again = reserve_at(&kept, two.clone(), NOON).await.unwrap();
    assert_eq!(reserve_at(&kept, one.clone(), NOON).await, None);
    let later = NOON.plus_seconds(60);
    assert_eq!(kept.confirm(again, later).await.unwrap(), Settled::Done);
    let both: Vec<SubjectId> = replayed(&kept, NOON)
        .into_iter()
        .filter_map(|own| match own {
            SendChange::Accepted { subject, sent, .. } if sent.at == later => Some(subject),
            _ => None,
        })
        .collect();
    assert_eq!(both.len(), 2);
    assert!(both.contains(&one.subject) && both.contains(&two.subject));
}

/// Elsewhere they are two: room at an address of one's own is that one's.
#[tokio::test]
async fn room_at_another_address_is_held_for_its_holder_alone() {
    let kept = Kept::new();
    let [one, two] = sharing(&kept).await;
    let elsewhere = alone(one.subject);
    assert!(reserve_at(&kept, elsewhere.clone(), NOON).await.is_some());
    assert!(reserve_at(&kept, elsewhere.clone(), NOON).await.is_some());
    assert_eq!(reserve_at(&kept, elsewhere, NOON).await, None);
    assert!(reserve_at(&kept, alone(two.subject), NOON).await.is_some());
    assert_eq!(reserve_at(&kept, two, NOON).await, None, "it reaches both");
}

#[tokio::test]
async fn one_message_to_two_who_turn_out_to_be_one_counts_once() {
    let kept = Kept::new();
    let [one, two] = sharing(&kept).await;
    reserve_at(&kept, one.clone(), NOON).await.unwrap();
    let merge = Command::Merge {
        from: one.subject,
        into: two.subject,
        origin: Origin::Api,
    };
    kept.put(merge).await;
    assert!(reserve_at(&kept, two.clone(), NOON).await.is_some());
    assert_eq!(reserve_at(&kept, two, NOON).await, None);
}
