//! What callers hear, case by case.

use super::*;

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
