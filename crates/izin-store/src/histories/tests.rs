//! Pairs on their way from memory into the tables: each is found at every step, and once.

use izin_core::{Act, Entry, Timestamp};
use izin_testkit::temp::TempDir;

use super::*;
use crate::db::sqlite::{migrate, open_writer};
use crate::db::{Db, one};

/// People among whom the entries are spread.
const PEOPLE: u64 = 250;

fn person(number: u64) -> SubjectId {
    let [.., last] = number.to_be_bytes();
    SubjectId::from_bytes([last; 16])
}

fn database(dir: &TempDir) -> Db {
    let path = dir.path().join("izin.sqlite");
    let db = open_writer(&path).unwrap();
    migrate(&db, &path).unwrap();
    db
}

fn entries(seqs: std::ops::Range<u64>) -> Vec<Committed> {
    let entry = |seq| Committed {
        entry: Entry {
            seq: Seq(seq),
            subject: Some(person(seq % PEOPLE)),
            recorded_at: Timestamp::from_micros(1),
            act: Act::Erased,
        },
        key: IndexKey::None,
    };
    seqs.map(entry).collect()
}

/// That the entries of some are found, each once, of so many in all.
fn assert_found(db: &Db, recent: &Recent, all: u64) {
    for number in [0, 101, PEOPLE - 1] {
        let found = Histories::new(db, recent).of_person(person(number));
        let own: Vec<Seq> = (0..all)
            .filter(|seq| seq % PEOPLE == number)
            .map(Seq)
            .collect();
        assert_eq!(found.unwrap(), own, "person {number} of {all} entries");
    }
}

fn written(db: &Db) -> (u64, u64) {
    let both = "select (select count(*) from histories), (select indexed from store)";
    one(db, both, &[], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[test]
fn entries_are_found_at_every_step_of_the_way_into_the_tables() {
    let dir = TempDir::new();
    let db = database(&dir);
    let recent = Recent::load(&db).unwrap();
    let mut size = GATHERED_MAX as u64;
    recent.committed(&entries(0..size), &Move::default(), size);
    assert_eq!(
        written(&db),
        (0, 0),
        "nothing moves before enough has gathered"
    );
    assert_found(&db, &recent, size);
    let mut steps = 0;
    while written(&db).1 == 0 {
        let moving = recent.due();
        moving.keep(&db).unwrap();
        assert_found(&db, &recent, size);
        let next = size + ENTRIES_BETWEEN as u64;
        recent.committed(&entries(size..next), &moving, next);
        size = next;
        assert_found(&db, &recent, size);
        steps += 1;
    }
    assert_eq!(steps, GATHERED_MAX / MOVED_AT_ONCE);
    assert_eq!(written(&db), (GATHERED_MAX as u64, GATHERED_MAX as u64));
}

#[test]
fn what_was_to_move_with_a_commit_that_failed_is_found_and_moves_with_the_next() {
    let dir = TempDir::new();
    let db = database(&dir);
    let recent = Recent::load(&db).unwrap();
    let size = GATHERED_MAX as u64;
    recent.committed(&entries(0..size), &Move::default(), size);
    db.batch("begin").unwrap();
    let failed = recent.due();
    assert!(!failed.pairs.is_empty());
    failed.keep(&db).unwrap();
    db.batch("rollback").unwrap();
    assert_found(&db, &recent, size);
    assert_eq!(recent.due().pairs, failed.pairs);
}

#[test]
fn a_pair_whose_entry_is_about_somebody_else_finds_nobody() {
    let dir = TempDir::new();
    let db = database(&dir);
    let recent = Recent::load(&db).unwrap();
    recent.committed(&entries(0..1), &Move::default(), 1);
    let histories = Histories::new(&db, &recent);
    let history = crate::ledger::history(histories, person(0));
    assert_eq!(history.unwrap(), Vec::new(), "the ledger has no such entry");
}
