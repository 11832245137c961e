//! Jobs of one group that fail, beside others that do not.

use std::sync::{Arc, Mutex};

use izin_core::{Act, Identifier, Origin, RefusalKind, Scope, SubjectId, Timestamp};
use izin_testkit::temp::TempDir;

use super::super::Writer;
use super::owed::OWED_MAX;
use super::*;
use crate::db::sqlite::{migrate, open_writer};
use crate::db::{Db, Home};
use crate::journal::{BareNo, Said};
use crate::ledger::{Draft, IndexKey};
use crate::vault::MasterSource;
use crate::{Refused, Refusing, Whom};

/// The database and the keys of a new store in a folder.
fn new_store(dir: &TempDir) -> (Db, Keyring, Entropy) {
    let path = dir.path().join("izin.sqlite");
    let db = open_writer(&path).unwrap();
    migrate(&db, &path).unwrap();
    let entropy = Entropy::seeded(1);
    let keys = Keyring::open(
        (
            &dir.path().join("keys"),
            &Home::File(dir.path().join("keys/keys.sqlite")),
        ),
        &MasterSource::File,
        &entropy,
    )
    .unwrap();
    (db, keys, entropy)
}

/// A writer over a new store.
fn writer(dir: &TempDir) -> Writer {
    let (db, keys, entropy) = new_store(dir);
    Writer::start(db, keys, entropy, (dir.path(), &dir.path().join("safe"))).unwrap()
}

/// What the writing thread has of a new store.
fn group(dir: &TempDir) -> Group {
    let (db, keys, entropy) = new_store(dir);
    Group {
        node: None,
        began: End::default(),
        tree: Tree::load(&db).unwrap(),
        recent: Arc::new(Recent::load(&db).unwrap()),
        db,
        keys,
        entropy,
        owed: Vec::new(),
        left: Vec::new(),
        unremembered: false,
        reading_only: false,
    }
}

fn enter(tx: &mut Tx<'_>, acts: u8) {
    for number in 0..acts {
        let draft = Draft {
            subject: Some(SubjectId::from_bytes([number; 16])),
            recorded_at: Timestamp::from_micros(1),
            act: Act::PolicyTookEffect { version: 1 },
            detail: None,
            key: IndexKey::None,
        };
        tx.append(draft).unwrap();
    }
}

#[tokio::test]
async fn a_job_that_fails_or_ends_in_a_fault_takes_nothing_else_of_its_group_with_it() {
    let dir = TempDir::new();
    let writer = writer(&dir);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    // Holds the writer until the others wait together.
    let first = writer.write(move |tx| {
        // A second time nobody sends any more.
        wait.recv().unwrap_or_default();
        enter(tx, 200);
        Ok(tx.tree.size())
    });
    let refused = writer.write(|tx| -> Result<(), StoreError> {
        // Beyond the end of a tile, so that the edge has another shape by then.
        enter(tx, 100);
        Err(Refused::NotHeld.into())
    });
    let fault = writer.write(|tx| -> Result<(), StoreError> {
        enter(tx, 100);
        panic!("a fault in a job");
    });
    let last = writer.write(|tx| {
        enter(tx, 3);
        Ok(tx.tree.head())
    });
    let release = async move { go.send(()).unwrap() };
    let (first, refused, fault, last, ()) = tokio::join!(first, refused, fault, last, release);
    assert_eq!(first.unwrap(), 200);
    assert!(matches!(
        refused,
        Err(StoreError::Refused(Refused::NotHeld))
    ));
    assert!(matches!(fault, Err(StoreError::NotCommitted)));
    let head = last.unwrap();
    assert_eq!(head.size, 203);
    drop(writer);
    let db = open_writer(&dir.path().join("izin.sqlite")).unwrap();
    assert_eq!(Tree::load(&db).unwrap().head(), head, "rows and edge agree");
}

#[tokio::test]
async fn nobody_waits_for_ever_when_whoever_is_told_ends_in_a_fault() {
    let dir = TempDir::new();
    let writer = writer(&dir);
    writer.subscribe(Box::new(|_| panic!("a fault in a subscriber")));
    let write = || {
        writer.write(|tx| {
            enter(tx, 1);
            Ok(())
        })
    };
    // It is committed, and nobody can say so.
    assert!(matches!(write().await, Err(StoreError::Unanswered)));
    for _ in 0..3 {
        let heard = write().await;
        let stopped = matches!(heard, Err(StoreError::Unanswered | StoreError::Stopped));
        assert!(stopped, "{heard:?}");
    }
    drop(writer);
    let db = open_writer(&dir.path().join("izin.sqlite")).unwrap();
    assert!(
        Tree::load(&db).unwrap().size() > 0,
        "what was written stands"
    );
}

const SAID: Timestamp = Timestamp::from_micros(1);

fn no() -> Refusing {
    Refusing {
        whom: Whom::Identifier(Identifier::email("ani@example.com").unwrap()),
        refusal: RefusalKind::OptedOut,
        scope: Scope::EVERYTHING,
        occurred_at: SAID,
        origin: Origin::Api,
        detail: None,
    }
}

#[tokio::test]
async fn a_no_that_is_not_journalled_yet_is_unsettled_before_anybody_hears_of_it() {
    let dir = TempDir::new();
    let writer = Arc::new(writer(&dir));
    let (own, heard) = (Arc::downgrade(&writer), Arc::new(Mutex::new(Vec::new())));
    let settled = Arc::clone(&heard);
    writer.subscribe(Box::new(move |_| {
        let now = own.upgrade().unwrap().is_settled();
        settled.lock().unwrap().push(now);
    }));
    let refuse = move |tx: &mut Tx<'_>| tx.refuse(&no(), SAID).map(drop);
    writer.write(refuse).await.unwrap();
    assert_eq!(*heard.lock().unwrap(), [false]);
    assert!(writer.is_settled(), "by the time it is answered");
}

#[test]
fn a_no_beyond_what_is_remembered_is_journalled_and_told_all_the_same() {
    let dir = TempDir::new();
    let mut group = group(&dir);
    let noted = |number: usize| Noted {
        place: None,
        recorded_at: SAID,
        subjects: vec![SubjectId::from_bytes((number as u128).to_be_bytes())],
        addresses: Vec::new(),
        apart: false,
        said: Said::Refused(BareNo {
            refusal: RefusalKind::OptedOut,
            scope: Scope::EVERYTHING,
            occurred_at: SAID,
            origin: Origin::Api,
        }),
    };
    group.owed = (1..OWED_MAX).map(noted).collect();
    let new = vec![noted(OWED_MAX), noted(OWED_MAX + 1)];
    assert_eq!(group.owe(new.clone()), new);
    assert_eq!(group.owed.len(), OWED_MAX);
    assert!(group.unremembered, "and the ledger is not said to have it");
}
