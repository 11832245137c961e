//! A legal hold outlives a backup that is put back, and every start; so does its end.

use std::collections::BTreeSet;

use izin_core::SubjectId;
use izin_store::{Cause, Command, Erasing, StoreError};

use super::journal::{copy, put_back};
use super::kept::{Kept, email};
use super::narrowing::{ORIGIN, later, merge, standing, two};

/// The holds that stand: of whom, by whom and why.
pub(crate) async fn holds(kept: &Kept) -> Vec<(SubjectId, String, String)> {
    let told = kept.holds().await.unwrap().into_iter();
    told.map(|own| (own.subject, own.begun_by, own.reason))
        .collect()
}

#[tokio::test]
async fn a_hold_that_stands_stands_after_every_start() {
    let mut kept = Kept::new();
    let [ani, guest] = two(&kept, false).await;
    let words = || ("lawyer".to_owned(), "case 7".to_owned());
    kept.begin_hold(guest, words(), later(0)).await.unwrap();
    merge(&kept, guest, ani).await;
    let shared = kept.holds().await.unwrap().pop().unwrap().id;
    assert!(kept.end_hold(shared, words().0, later(2)).await.unwrap());
    let split = Command::Split { from: guest };
    kept.record(vec![split], later(3)).await.unwrap();
    merge(&kept, guest, ani).await;
    let before = holds(&kept).await;
    assert_eq!(before.len(), 2, "one of each");
    for _ in 0..3 {
        kept.reopen();
        assert_eq!(holds(&kept).await, before);
    }
}

#[tokio::test]
async fn a_hold_that_the_journal_could_not_take_is_noted_at_the_next_start() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let older = copy(&mut kept);
    let [journal, aside] = ["refusals.journal", "aside"].map(|own| kept.file("safe").join(own));
    std::fs::rename(&journal, &aside).unwrap();
    std::fs::write(&journal, "").unwrap();
    let words = ("lawyer".to_owned(), "case 7".to_owned());
    drop(kept.begin_hold(ani, words, later(1)).await);
    kept.close();
    std::fs::rename(&aside, &journal).unwrap();
    kept.reopen();
    let before = holds(&kept).await;
    assert_eq!(before.len(), 1);
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(holds(&kept).await, before);
}

#[tokio::test]
async fn a_hold_is_not_begun_twice_while_the_store_takes_no_writes() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let words = || ("lawyer".to_owned(), "case 7".to_owned());
    let other = kept.refuse_writes();
    let refused = kept.begin_hold(ani, words(), later(1)).await;
    assert!(
        !matches!(refused, Ok(_) | Err(StoreError::Owed)),
        "{refused:?}"
    );
    drop(other);
    kept.begin_hold(ani, words(), later(2)).await.unwrap();
    kept.reopen();
    assert_eq!(holds(&kept).await.len(), 1);
}

#[tokio::test]
async fn a_hold_whose_words_do_not_open_stands_and_is_named() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let words = ("lawyer".to_owned(), "case 7".to_owned());
    kept.begin_hold(ani, words, later(1)).await.unwrap();
    kept.sql(&format!("update holds set reason = x'{}'", "00".repeat(64)));
    kept.reopen();
    let stands = (ani, "lawyer".to_owned(), String::new());
    assert_eq!(holds(&kept).await, [stands]);
}

#[tokio::test]
async fn a_hold_outlives_a_backup_put_back_and_so_does_its_end() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let budi = kept.person(&[email("budi@example.com")]).await;
    let words = || ("lawyer@example.com".to_owned(), "case 7".to_owned());
    let first = kept.begin_hold(budi, words(), later(0)).await.unwrap();
    let older = copy(&mut kept);
    kept.begin_hold(ani, words(), later(1)).await.unwrap();
    let journal = std::fs::read_to_string(kept.file("safe").join("refusals.journal")).unwrap();
    assert!(!journal.contains("lawyer") && !journal.contains("case 7"));
    assert!(kept.end_hold(first, words().0, later(2)).await.unwrap());
    let stand = |holds: Vec<izin_store::Hold>| -> BTreeSet<_> {
        let told = holds.into_iter();
        told.map(|own| (own.subject, own.begun_at, own.begun_by, own.reason))
            .collect()
    };
    let before = stand(kept.holds().await.unwrap());
    assert_eq!(before.len(), 1);
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(stand(kept.holds().await.unwrap()), before);
    kept.reopen();
    assert_eq!(stand(kept.holds().await.unwrap()), before, "and once");
    // What was destroyed after it ended is destroyed again.
    let held = kept.holds().await.unwrap().remove(0).id;
    assert!(kept.end_hold(held, words().0, later(3)).await.unwrap());
    let erasing = Erasing {
        cause: Cause::Asked,
        origin: ORIGIN,
        detail: None,
        withheld_until: later(4),
    };
    kept.erase(ani, erasing, later(4)).await.unwrap();
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(stand(kept.holds().await.unwrap()), BTreeSet::new());
    assert!(standing(&kept, ani).await.erased);
}

#[tokio::test]
async fn the_end_of_a_hold_for_one_of_two_ends_it_for_no_other() {
    let mut kept = Kept::new();
    let [ani, guest] = two(&kept, false).await;
    let older = copy(&mut kept);
    merge(&kept, guest, ani).await;
    let words = ("lawyer".to_owned(), "case 7".to_owned());
    kept.begin_hold(ani, words, later(2)).await.unwrap();
    put_back(&mut kept, &older);
    kept.reopen();
    let hers = kept.holds().await.unwrap();
    let hers = hers.iter().find(|own| own.subject == ani).unwrap().id;
    assert!(
        kept.end_hold(hers, "lawyer".to_owned(), later(3))
            .await
            .unwrap()
    );
    for _ in 0..2 {
        let whose: Vec<_> = holds(&kept).await.into_iter().map(|own| own.0).collect();
        assert_eq!(whose, [guest]);
        kept.reopen();
    }
}
