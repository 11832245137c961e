//! A step-up code: five tries, one use, a short life.

use std::sync::Arc;

use izin_core::{IdentifierId, SubjectId};
use izin_store::{Code, Tried};
use tokio::task::JoinSet;

use super::kept::{Kept, NOON};

const ID: [u8; 16] = [1; 16];
const RIGHT: [u8; 32] = [2; 32];
const WRONG: [u8; 32] = [3; 32];
const ADDRESS: IdentifierId = IdentifierId::from_bytes([5; 16]);

fn code(id: [u8; 16]) -> Code {
    Code {
        id,
        subject: SubjectId::from_bytes([4; 16]),
        identifier: ADDRESS,
        code_hash: RIGHT,
        wish: "{\"dial\":2}".to_owned(),
        expires_at: NOON.plus_seconds(600),
    }
}

async fn sent() -> Kept {
    let kept = Kept::new();
    kept.keep_code(code(ID), NOON).await.unwrap();
    kept
}

#[tokio::test]
async fn an_attempt_nobody_made_is_unknown() {
    let kept = sent().await;
    let tried = kept.try_code([9; 16], RIGHT, NOON).await.unwrap();
    assert_eq!(tried, Tried::Unknown);
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_is_worth_nothing() {
    let mut kept = sent().await;
    for left in (0..5).rev() {
        let tried = kept.try_code(ID, WRONG, NOON).await.unwrap();
        assert_eq!(tried, Tried::Wrong { left });
        kept.reopen();
    }
    let tried = kept.try_code(ID, RIGHT, NOON).await.unwrap();
    assert_eq!(tried, Tried::Spent);
}

#[tokio::test(flavor = "multi_thread")]
async fn trying_in_parallel_gives_no_more_tries() {
    let kept = Arc::new(sent().await);
    let mut tries = JoinSet::new();
    for _ in 0..32 {
        let kept = Arc::clone(&kept);
        tries.spawn(async move { kept.try_code(ID, WRONG, NOON).await.unwrap() });
    }
    let tried = tries.join_all().await;
    let counted = tried
        .iter()
        .filter(|own| matches!(own, Tried::Wrong { .. }));
    assert_eq!(counted.count(), 5);
}

#[tokio::test]
async fn a_code_expires_and_is_used_once() {
    let kept = sent().await;
    let late = NOON.plus_seconds(600);
    assert_eq!(
        kept.try_code(ID, RIGHT, late).await.unwrap(),
        Tried::Expired
    );
    let in_time = late.plus_seconds(-1);
    let tried = kept.try_code(ID, RIGHT, in_time).await.unwrap();
    assert_eq!(tried, Tried::Right(code(ID)));
    let again = kept.try_code(ID, RIGHT, in_time).await.unwrap();
    assert_eq!(again, Tried::Spent);
}

#[tokio::test]
async fn codes_are_counted_for_an_address_and_forgotten_in_time() {
    let kept = sent().await;
    let later = NOON.plus_days(1);
    kept.keep_code(code([7; 16]), later).await.unwrap();
    let since = async |at| kept.codes_since(ADDRESS, at).await.unwrap();
    assert_eq!(since(NOON.plus_days(-1)).await, 2);
    assert_eq!(since(NOON).await, 1);
    let other = IdentifierId::from_bytes([6; 16]);
    let none = kept.codes_since(other, NOON.plus_days(-1)).await.unwrap();
    assert_eq!(none, 0);
    kept.keep_code(code([8; 16]), NOON.plus_days(60))
        .await
        .unwrap();
    assert_eq!(since(NOON.plus_days(-1)).await, 1);
    let gone = kept.try_code(ID, RIGHT, NOON).await.unwrap();
    assert_eq!(gone, Tried::Unknown);
}

#[test]
fn a_code_does_not_show_what_would_give_it_away() {
    let shown = format!("{:?}", code(ID));
    assert!(
        !shown.contains("2, 2") && !shown.contains("dial"),
        "{shown}"
    );
}
