//! A backup that fails or is killed leaves no copy of the data lying open anywhere.

use std::fs;
use std::path::{Path, PathBuf};

use izin_log::SignerKey;
use izin_store::backup::{BackUp, BackupKey};
use izin_store::log::SIGNING_KEY;
use izin_store::{Store, StoreError};
use izin_testkit::TempDir;

use super::kept::{Kept, NOON, customer};

/// A backup of everything, that does something whenever bytes were sealed.
fn asked(kept: &Store, folder: &Path, told: impl Fn() + Send + 'static) -> BackUp {
    let seed = kept.service_key(SIGNING_KEY).unwrap();
    let signer = SignerKey::from_seed("shop.example/log/backup", seed.expose()).unwrap();
    BackUp {
        folder: folder.to_owned(),
        key: BackupKey::read(&kept.master_key_file()).unwrap(),
        with_people: true,
        now: NOON,
        sign: Box::new(move |head| head.sign(&signer)),
        told: Box::new(move |_, _| told()),
    }
}

/// Files that begin as a database does.
fn databases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for own in fs::read_dir(folder).unwrap() {
        let path = own.unwrap().path();
        if path.is_dir() {
            found.extend(databases(&path));
        } else if fs::read(&path).unwrap().starts_with(b"SQLite format 3") {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_backup_that_fails_leaves_no_copy_that_is_not_sealed() {
    let kept = Kept::new();
    kept.person(&[customer("C1")]).await;
    let elsewhere = TempDir::new();
    let folder = elsewhere.path().join("backup");
    let before = databases(kept.folder());
    for taken in ["keys/keys.sqlite.sealed", "keys/people.sqlite.sealed"] {
        let place = folder.join(taken);
        let (data, backup) = (kept.folder().to_owned(), folder.clone());
        let own = before.len();
        let take = move || {
            assert_eq!(databases(&backup), Vec::<PathBuf>::new(), "meanwhile");
            assert!(databases(&data).len() > own, "the copy is somewhere");
            drop(fs::write(&place, ""));
        };
        let refused = kept.back_up(asked(&kept, &folder, take)).await;
        assert!(
            matches!(refused, Err(StoreError::File { .. })),
            "{refused:?}"
        );
        assert_eq!(databases(&folder), Vec::<PathBuf>::new());
        assert_eq!(databases(kept.folder()), before);
        fs::remove_dir_all(&folder).unwrap();
    }
    kept.back_up(asked(&kept, &folder, || {})).await.unwrap();
    assert_eq!(databases(kept.folder()), before);
}

#[tokio::test]
async fn what_a_killed_backup_left_is_removed_by_the_next_start() {
    let mut kept = Kept::new();
    kept.person(&[customer("C1")]).await;
    kept.close();
    let left = kept.file("backing-up");
    fs::create_dir(&left).unwrap();
    fs::copy(kept.file("izin.sqlite"), left.join("copy.sqlite")).unwrap();
    kept.reopen();
    assert!(!left.exists());
}
