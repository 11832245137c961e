//! What callers hear, case by case.

use std::time::Instant;

use izin_core::{SubjectId, Timestamp};
use izin_testkit::temp::TempDir;

use super::*;
use crate::Entropy;
use crate::db::Home;
use crate::db::sqlite::{migrate, open_writer};
use crate::journal::Said;
use crate::place::JOURNAL;
use crate::vault::{Keyring, MasterSource};

const FULL: StoreError = StoreError::NotCommitted;

#[test]
fn a_no_is_done_only_once_it_stands_in_the_ledger_and_in_the_journal() {
    let unjournalled = || Err(StoreError::Stopped);
    for committed in [Ok(()), Err(FULL)] {
        for no in [Outcome::Kept, Outcome::Owed] {
            let answered = heard(Some(no), &committed, &unjournalled());
            assert!(matches!(answered, Err(StoreError::Stopped)), "{no:?}");
        }
    }
    for (no, committed) in [
        (Outcome::Kept, Err(FULL)),
        (Outcome::Owed, Ok(())),
        (Outcome::Owed, Err(FULL)),
    ] {
        let answered = heard(Some(no), &committed, &Ok(()));
        assert!(matches!(answered, Err(StoreError::Owed)), "{no:?}");
    }
    assert!(heard(Some(Outcome::Kept), &Ok(()), &Ok(())).is_ok());
}

#[test]
fn whoever_said_no_no_hears_of_the_commit_alone() {
    let unjournalled = Err(StoreError::Stopped);
    assert!(heard(None, &Ok(()), &unjournalled).is_ok());
    let answered = heard(None, &Err(FULL), &unjournalled);
    assert!(matches!(answered, Err(StoreError::NotCommitted)));
}

#[test]
fn a_journal_too_far_behind_takes_nothing_more_until_a_start_has_mended_it() {
    let dir = TempDir::new();
    let (journal, _) = Journal::open(dir.path(), "mark", false).unwrap();
    let mut teller = teller(journal, None);
    let settled = Arc::clone(&teller.settled);
    settled.store(true, Ordering::Release);
    let (place, aside) = (dir.path().join(JOURNAL), dir.path().join("aside"));
    std::fs::rename(&place, &aside).unwrap();
    std::fs::write(&place, "").unwrap();
    teller.unwritten = vec![noted(); UNWRITTEN_MAX];
    assert!(teller.write().is_err());
    assert_eq!(teller.unwritten.len(), UNWRITTEN_MAX, "as many are kept");
    teller.unwritten.push(noted());
    assert!(teller.write().is_err());
    assert!(teller.unwritten.is_empty(), "more are not");
    std::fs::rename(&aside, &place).unwrap();
    let before = std::fs::metadata(&place).unwrap().len();
    teller.unwritten.push(noted());
    assert!(teller.write().is_err() && !settled.load(Ordering::Acquire));
    let after = std::fs::metadata(&place).unwrap().len();
    assert_eq!(before, after, "no line stands behind the gap");
}

#[test]
fn a_group_of_our_own_says_nothing_of_what_others_entered_and_could_not_be_read() {
    let dir = TempDir::new();
    let (journal, _) = Journal::open(dir.path(), "mark", false).unwrap();
    let path = dir.path().join("izin.sqlite");
    let db = open_writer(&path).unwrap();
    migrate(&db, &path).unwrap();
    let keys = (
        &*dir.path().join("keys"),
        &Home::File(dir.path().join("keys/keys.sqlite")),
    );
    let keys = Keyring::open(keys, &MasterSource::File, &Entropy::seeded(1)).unwrap();
    let tail = Tail::open(&Home::File(path), keys, (0, 0)).unwrap();
    let mut teller = teller(journal, Some(tail));
    teller.catch_up(None).unwrap();
    teller.confirmed.confirm(Instant::now());
    assert!(teller.confirmed.holds());
    db.batch("alter table news rename to away").unwrap();
    assert!(teller.catch_up(None).is_err());
    assert!(!teller.confirmed.holds());
    // Committed before, and told late: what was told is all it needs.
    let end = End::default();
    teller.tell(Told {
        committed: Ok(()),
        jobs: Vec::new(),
        news: News::default(),
        end: Some((end, end)),
        owed: Vec::new(),
        lines: Vec::new(),
        entered: true,
    });
    assert!(!teller.confirmed.holds(), "others may have entered a no");
    db.batch("alter table away rename to news").unwrap();
    teller.catch_up(None).unwrap();
    assert!(teller.confirmed.holds());
}

fn teller(journal: Journal, tail: Option<Tail>) -> Teller {
    Teller {
        tail,
        confirmed: Arc::new(Confirmed::new()),
        subscribers: Arc::default(),
        journal,
        unwritten: Vec::new(),
        entered: true,
        settled: Arc::default(),
        keeping: Arc::default(),
    }
}

fn noted() -> Noted {
    Noted {
        place: None,
        recorded_at: Timestamp::from_micros(0),
        subjects: vec![SubjectId::from_bytes([1; 16])],
        addresses: Vec::new(),
        apart: true,
        said: Said::Erased {
            withheld_until: Timestamp::from_micros(0),
        },
    }
}
