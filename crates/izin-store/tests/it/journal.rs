//! The journal of refusals: what it remembers when the store does not.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use izin_core::{RefusalKind, Scope, SubjectId};
use izin_store::{Noted, Owner, StoreError, Whom};

use super::kept::{Copied, Kept, STARTING, contact, customer, email, opt_out};

fn journal(kept: &Kept) -> PathBuf {
    kept.file("safe").join("refusals.journal")
}

/// The data as they are now, to be put back later: the closed database and its keys.
pub(crate) fn copy(kept: &mut Kept) -> Copied {
    kept.close();
    let copied = kept.copy();
    kept.reopen();
    copied
}

pub(crate) fn put_back(kept: &mut Kept, copied: &Copied) {
    kept.close();
    kept.put_back(copied);
}

/// Says that the journal is gone for good.
pub(crate) fn give_up_safe(kept: &Kept) {
    let _nobody_starts = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    let owner = Owner::take(kept.folder()).unwrap();
    izin_store::give_up_safe(kept.folder(), kept.servers().as_ref(), owner).unwrap();
}

/// A store and somebody of whom it has lost a no: a backup from before was put back.
async fn put_back_without_a_no() -> (Kept, SubjectId) {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let older = copy(&mut kept);
    kept.put(opt_out(Whom::Subject(ani), Scope::EVERYTHING))
        .await;
    put_back(&mut kept, &older);
    (kept, ani)
}

#[tokio::test]
async fn a_journal_of_another_shop_is_refused() {
    let mut kept = Kept::new();
    let mut other = Kept::with_seed(500);
    kept.close();
    other.close();
    fs::copy(journal(&other), journal(&kept)).unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::File { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_safe_that_takes_no_writes_keeps_the_store_from_opening() {
    let mut kept = Kept::new();
    kept.close();
    fs::remove_file(journal(&kept)).unwrap();
    std::os::unix::fs::symlink("/dev/full", journal(&kept)).unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::File { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_refusal_newer_than_the_backup_put_back_is_entered_before_anything_else() {
    let mut kept = Kept::new();
    let ani = kept
        .person(&[customer("C1"), email("ani@example.com")])
        .await;
    kept.put(opt_out(
        Whom::Identifier(email("old@example.com")),
        Scope::EVERYTHING,
    ))
    .await;
    let older = copy(&mut kept);
    kept.put(opt_out(Whom::Subject(ani), Scope::EVERYTHING))
        .await;
    let late = kept.person(&[email("budi@example.com")]).await;
    kept.put(opt_out(Whom::Subject(late), Scope::EVERYTHING))
        .await;
    put_back(&mut kept, &older);
    kept.reopen();
    let [(kind, scope, _)] = kept.refusals(ani).await[..] else {
        panic!("exactly one refusal");
    };
    assert_eq!((kind, scope), (RefusalKind::OptedOut, Scope::EVERYTHING));
    // Somebody whom the older store does not know is still not written to.
    let again = kept.person(&[email("Budi@Example.com")]).await;
    assert_ne!(again, late);
    assert_eq!(kept.refusals(again).await.len(), 1);
    kept.assert_in_order().await;
    // Once is enough, also after the next start.
    let entries = kept.entries().len();
    kept.reopen();
    kept.reopen();
    assert_eq!(kept.entries().len(), entries);
}

#[tokio::test]
async fn without_its_journal_a_backup_put_back_forgets_what_came_after_it() {
    let (mut kept, ani) = put_back_without_a_no().await;
    fs::remove_file(journal(&kept)).unwrap();
    give_up_safe(&kept);
    kept.reopen();
    assert_eq!(kept.refusals(ani).await, [], "the control");
}

#[tokio::test]
async fn a_journal_that_was_begun_and_is_not_there_is_not_passed_over() {
    let (mut kept, ani) = put_back_without_a_no().await;
    // The disk of the safe is not mounted.
    let (safe, elsewhere) = (kept.file("safe"), kept.file("elsewhere"));
    fs::rename(&safe, &elsewhere).unwrap();
    for _ in 0..2 {
        let refused = kept.try_reopen();
        assert!(
            matches!(&refused, Err(StoreError::SafeMissing { safe: own }) if *own == safe),
            "{refused:?}"
        );
        assert!(!journal(&kept).exists(), "and none is begun in its place");
    }
    drop(fs::remove_dir_all(&safe));
    fs::rename(&elsewhere, &safe).unwrap();
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
}

#[tokio::test]
async fn a_journal_without_what_says_its_end_is_not_taken_for_a_whole_one() {
    let (mut kept, ani) = put_back_without_a_no().await;
    kept.close();
    let end = kept.file("safe").join("refusals.end");
    let aside = fs::read(&end).unwrap();
    fs::remove_file(&end).unwrap();
    for _ in 0..2 {
        let refused = kept.try_reopen();
        assert!(
            matches!(refused, Err(StoreError::SafeDamaged { .. })),
            "{refused:?}"
        );
    }
    fs::write(end, aside).unwrap();
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
}

#[tokio::test]
async fn a_journal_that_was_emptied_or_cut_off_is_not_taken_for_a_whole_one() {
    let (mut kept, ani) = put_back_without_a_no().await;
    let whole = fs::read(journal(&kept)).unwrap();
    let head = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    fs::write(journal(&kept), "").unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::SafeMissing { .. })),
        "{refused:?}"
    );
    for cut in [head, whole.len() / 2, whole.len() - 2] {
        fs::write(journal(&kept), &whole[..cut]).unwrap();
        let refused = kept.try_reopen();
        assert!(
            matches!(refused, Err(StoreError::SafeDamaged { .. })),
            "{cut}: {refused:?}"
        );
    }
    fs::write(journal(&kept), &whole).unwrap();
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
}

#[tokio::test]
async fn a_lost_journal_begins_anew_with_what_the_ledger_holds() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let older = copy(&mut kept);
    kept.put(opt_out(Whom::Subject(ani), Scope::EVERYTHING))
        .await;
    kept.close();
    fs::remove_file(journal(&kept)).unwrap();
    give_up_safe(&kept);
    kept.reopen();
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
}

#[tokio::test]
async fn of_a_no_that_was_journalled_by_half_the_other_half_is_written_again() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let older = copy(&mut kept);
    let end = kept.file("safe").join("refusals.end");
    let before = fs::read(&end).unwrap();
    kept.put(opt_out(Whom::Subject(ani), Scope::EVERYTHING))
        .await;
    kept.close();
    let text = fs::read_to_string(journal(&kept)).unwrap();
    let (half, last) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(half.contains(&ani.to_string()) && !last.contains(&ani.to_string()));
    fs::write(journal(&kept), format!("{half}\n")).unwrap();
    // What says where the journal ends is written after its lines, and was not yet.
    fs::write(end, before).unwrap();
    kept.reopen();
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
    let hash = kept.hasher().suppression(&email("ani@example.com"));
    let hash = izin_store::hex(hash.as_bytes());
    let found = format!("select count(*) from suppressions where hash = x'{hash}'");
    assert_eq!(kept.query::<i64>(&found), [1], "by the address alone");
}

#[tokio::test]
async fn a_no_by_one_address_reaches_no_other_when_it_is_entered_again() {
    let mut kept = Kept::new();
    let (mail, number) = (email("ani@example.com"), customer("C1"));
    let ani = kept.person(&[mail.clone(), number.clone()]).await;
    let older = copy(&mut kept);
    kept.put(opt_out(Whom::Identifier(mail), Scope::EVERYTHING))
        .await;
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
    let hash = izin_store::hex(kept.hasher().suppression(&number).as_bytes());
    let found = format!("select count(*) from suppressions where hash = x'{hash}'");
    assert_eq!(kept.query::<i64>(&found), [0]);
}

#[tokio::test]
async fn a_line_cut_off_by_a_power_cut_hides_no_other() {
    let (mut kept, ani) = put_back_without_a_no().await;
    let mut text = fs::read(journal(&kept)).unwrap();
    let line = text
        .split(|byte| *byte == b'\n')
        .rev()
        .nth(1)
        .unwrap()
        .to_vec();
    text.extend(&line[..line.len() / 2]);
    fs::write(journal(&kept), &text).unwrap();
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
    // What is written next stands on a line of its own.
    let budi = kept.person(&[email("budi@example.com")]).await;
    let older = copy(&mut kept);
    kept.put(opt_out(Whom::Subject(budi), Scope::EVERYTHING))
        .await;
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(kept.refusals(budi).await.len(), 1);
}

#[tokio::test]
async fn while_the_store_takes_no_writes_a_no_counts_and_is_not_called_done() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let owed = Arc::new(Mutex::new(Vec::<Noted>::new()));
    let told = Arc::clone(&owed);
    kept.subscribe_owed(move |noted| told.lock().unwrap().extend_from_slice(noted));
    let other = kept.refuse_writes();
    let no = || vec![opt_out(Whom::Subject(ani), Scope::EVERYTHING)];
    let answered = kept.record(no(), super::kept::NOON).await;
    assert!(matches!(answered, Err(StoreError::Owed)), "{answered:?}");
    assert_eq!(owed.lock().unwrap().len(), 1, "the gate was told");
    assert_eq!(owed.lock().unwrap()[0].subjects(), [ani]);
    let yes = kept
        .record(
            vec![contact(&[email("new@example.com")])],
            super::kept::NOON,
        )
        .await;
    assert!(
        yes.is_err() && !matches!(yes, Err(StoreError::Owed)),
        "{yes:?}"
    );
    drop(other);
    kept.person(&[email("budi@example.com")]).await;
    assert_eq!(
        kept.refusals(ani).await.len(),
        1,
        "entered before anything else"
    );
    kept.assert_in_order().await;
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1, "and once");
}

#[tokio::test]
async fn a_no_that_only_the_journal_took_is_entered_at_the_next_start() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let other = kept.refuse_writes();
    let no = vec![opt_out(Whom::Subject(ani), Scope::EVERYTHING)];
    assert!(matches!(
        kept.record(no, super::kept::NOON).await,
        Err(StoreError::Owed)
    ));
    kept.close();
    drop(other);
    kept.reopen();
    assert_eq!(kept.refusals(ani).await.len(), 1);
}
