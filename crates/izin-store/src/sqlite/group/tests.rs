//! Jobs of one group that fail, beside others that do not.

use izin_core::{Act, SubjectId, Timestamp};
use izin_testkit::temp::TempDir;

use super::super::open_writer;
use super::super::writer::{Tx, Writer};
use crate::ledger::{Draft, IndexKey, Tree};
use crate::vault::{Keyring, MasterSource};
use crate::{Entropy, Refused, StoreError};

/// A writer over a new store in a folder.
fn writer(dir: &TempDir) -> Writer {
    let path = dir.path().join("izin.sqlite");
    let mut db = open_writer(&path).unwrap();
    super::super::migrate(&mut db, &path).unwrap();
    let entropy = Entropy::seeded(1);
    let keys = Keyring::open(&dir.path().join("keys"), &MasterSource::File, &entropy).unwrap();
    Writer::start(db, keys, entropy, (dir.path(), &dir.path().join("safe"))).unwrap()
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
        wait.recv().unwrap();
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
    let release = async { go.send(()).unwrap() };
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
    for _ in 0..3 {
        let heard = write().await;
        let stopped = matches!(heard, Err(StoreError::NotCommitted | StoreError::Stopped));
        assert!(stopped, "{heard:?}");
    }
}
