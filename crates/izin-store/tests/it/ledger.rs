//! Acknowledged means durable; all or nothing; one sequence without a gap under one tree.

use std::sync::Arc;

use izin_core::{Act, Seq};
use izin_store::StoreError;
use tokio::task::JoinSet;

use super::kept::{Kept, NOON, contact, customer, email, is_on_a_server, named_contact, numbered};

/// Entries that fill more than one tile of 256.
const MORE_THAN_A_TILE: i64 = 300;

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let acts = (0..MORE_THAN_A_TILE)
        .map(|number| numbered(ani, number))
        .collect();
    let acknowledged = kept.record(acts, NOON).await.unwrap();
    let head = kept.head().await.unwrap();
    kept.assert_in_order().await;

    kept.reopen();

    assert_eq!(kept.head().await.unwrap(), head);
    kept.assert_in_order().await;
    for recorded in acknowledged {
        let disclosed = kept.disclosed(recorded.seq).await.unwrap().unwrap();
        assert_eq!(disclosed.recorded, recorded);
        let commitment = izin_log::leaf::commit(&recorded.blinding, recorded.record.as_bytes());
        assert_eq!(disclosed.leaf.commitment, commitment);
    }
    kept.put(numbered(ani, -1)).await;
    kept.assert_in_order().await;
}

#[tokio::test]
async fn a_call_with_a_command_that_fails_records_nothing() {
    let kept = Kept::new();
    kept.person(&[customer("C1")]).await;
    kept.destroy_keys();
    let before = kept.head().await.unwrap();
    let bad = named_contact(&[customer("C1"), email("ani@example.com")], "Ani");
    let call = vec![contact(&[customer("C2")]), bad, contact(&[customer("C3")])];

    let refused = kept.record(call, NOON).await;

    assert!(
        matches!(refused, Err(StoreError::Damaged { .. })),
        "{refused:?}"
    );
    assert_eq!(kept.head().await.unwrap(), before);
    kept.assert_in_order().await;
    // Nobody is left behind half made: both are new when they come again.
    for number in ["C2", "C3"] {
        let subject = kept.person(&[customer(number)]).await;
        assert_eq!(kept.history(subject).await.unwrap().len(), 1);
    }
}

/// The writers all start before any is answered, so that many stand in one group.
#[tokio::test(flavor = "multi_thread")]
async fn of_parallel_writers_those_that_fail_take_nothing_with_them() {
    let kept = Kept::new();
    kept.person(&[customer("gone")]).await;
    kept.destroy_keys();
    let kept = Arc::new(kept);
    let mut writers = JoinSet::new();
    for number in 0..64 {
        let kept = Arc::clone(&kept);
        let fails = number % 4 == 0;
        let own = customer(&format!("C{number}"));
        let bad = named_contact(&[customer("gone"), email("ani@example.com")], "Ani");
        let mut call = vec![contact(std::slice::from_ref(&own)), contact(&[own])];
        if fails {
            call.insert(1, bad);
        }
        writers.spawn(async move { (fails, kept.record(call, NOON).await) });
    }
    let mut places = Vec::new();
    while let Some(done) = writers.join_next().await {
        let (fails, result) = done.unwrap();
        assert_eq!(result.is_err(), fails, "{result:?}");
        places.extend(
            result
                .into_iter()
                .filter_map(|mut all| (!all.is_empty()).then(|| all.remove(0).seq)),
        );
    }
    places.sort_unstable();
    assert_eq!(places, (1..=48).map(Seq).collect::<Vec<_>>());
    kept.assert_in_order().await;
}

#[tokio::test]
async fn a_ledger_with_a_gap_is_not_opened() {
    for missing in ["seq = 0", "seq = 1", "seq in (0, 1)"] {
        let mut kept = Kept::new();
        let ani = kept.person(&[email("ani@example.com")]).await;
        kept.put(numbered(ani, 1)).await;
        kept.put(numbered(ani, 2)).await;
        kept.close();
        kept.sql(&format!("delete from entries where {missing}"));
        let refused = kept.try_reopen().unwrap_err();
        assert!(refused.to_string().contains("gap"), "{missing}: {refused}");
    }
}

#[tokio::test]
async fn an_act_that_is_not_one_stops_the_replay() {
    let mut kept = Kept::new();
    kept.person(&[email("ani@example.com")]).await;
    kept.close();
    kept.sql("update entries set act = '{\"act\":\"forgiven\",\"identifier\":\"00\"}'");
    kept.reopen();
    assert!(matches!(
        kept.replay(None, |_| {}),
        Err(StoreError::Damaged { .. })
    ));
}

#[tokio::test]
async fn a_changed_act_no_longer_has_its_leaf() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let recorded = kept.put(numbered(ani, 1)).await;
    let root = kept.root_of_leaves().await;
    kept.close();
    let act = match is_on_a_server() {
        true => "cast(replace(cast(act as text), '\"until\":1', '\"until\":2') as json)",
        false => "replace(act, '\"until\":1', '\"until\":2')",
    };
    kept.sql(&format!("update entries set act = {act}"));
    kept.reopen();
    let disclosed = kept.disclosed(recorded.seq).await.unwrap().unwrap();
    assert!(matches!(disclosed.entry.act, Act::Paused { until, .. } if until.as_micros() == 2));
    assert_ne!(kept.root_of_leaves().await, root);
    assert_ne!(kept.root_of_leaves().await, kept.head().await.unwrap().root);
}
