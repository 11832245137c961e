//! What is not opened: a folder that has an owner, lost or foreign keys, a newer schema. A
//! refusal to open changes nothing.

use std::fs;

use izin_core::Scope;
use izin_store::vault::MasterSource;
use izin_store::{Entropy, Owner, Place, Store, StoreError, Whom};
use izin_testkit::TempDir;

use super::kept::{Kept, contact, customer, email, open_on, opt_out};

/// A store with a person and a suppression, closed.
async fn closed() -> Kept {
    let mut kept = Kept::new();
    kept.put(contact(&[customer("C1")])).await;
    let unknown = Whom::Identifier(email("ani@example.com"));
    kept.put(opt_out(unknown, Scope::EVERYTHING)).await;
    kept.close();
    kept
}

fn refused(kept: &Kept) -> StoreError {
    let opened = open_on(kept.folder(), None, Entropy::seeded(77));
    opened
        .map(|_| ())
        .expect_err("a store that must not be opened")
}

#[tokio::test]
async fn a_lost_master_key_is_missed_and_never_replaced() {
    let mut kept = closed().await;
    let (path, aside) = (kept.file("keys/master.key"), kept.file("aside"));
    fs::rename(&path, &aside).unwrap();
    let why = refused(&kept);
    assert!(why.to_string().contains("master.key"), "{why}");
    assert!(!path.exists(), "a new key was made");
    fs::rename(&aside, &path).unwrap();
    kept.reopen();
}

#[tokio::test]
async fn a_lost_key_database_is_missed_and_never_replaced() {
    let mut kept = closed().await;
    let (path, aside) = (kept.file("keys/keys.sqlite"), kept.file("aside"));
    fs::rename(&path, &aside).unwrap();
    let why = refused(&kept);
    assert!(why.to_string().contains("keys.sqlite"), "{why}");
    assert!(!path.exists(), "new keys were made");
    fs::rename(&aside, &path).unwrap();
    kept.reopen();
}

#[tokio::test]
async fn another_master_key_is_told_from_the_right_one() {
    let mut kept = closed().await;
    let path = kept.file("keys/master.key");
    let right = fs::read_to_string(&path).unwrap();
    for wrong in [
        "00".repeat(32),
        "ff".repeat(31),
        "zz".repeat(32),
        String::new(),
    ] {
        fs::write(&path, &wrong).unwrap();
        let why = refused(&kept);
        assert!(why.to_string().contains("master.key"), "{wrong}: {why}");
        assert!(!why.to_string().contains(right.trim()), "a key in an error");
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            wrong,
            "the key file was changed"
        );
    }
    fs::write(&path, right).unwrap();
    kept.reopen();
}

#[tokio::test]
async fn keys_can_be_read_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let kept = closed().await;
    let mode = fs::metadata(kept.file("keys/master.key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[tokio::test]
async fn a_folder_has_one_owner_until_it_is_let_go() {
    let mut kept = Kept::new();
    let second = Owner::take(kept.folder());
    assert!(
        matches!(second, Err(StoreError::Owned { .. })),
        "{second:?}"
    );
    kept.close();
    let owner = Owner::take(kept.folder()).unwrap();
    assert!(matches!(kept.try_reopen(), Err(StoreError::Owned { .. })));
    drop(owner);
    kept.reopen();
}

#[tokio::test]
async fn a_folder_of_a_newer_version_is_left_alone() {
    let kept = closed().await;
    kept.sql("pragma user_version = 99");
    let before = fs::read(kept.file("izin.sqlite")).unwrap();
    let why = refused(&kept);
    assert!(
        matches!(why, StoreError::NewerSchema { found: 99, .. }),
        "{why}"
    );
    assert_eq!(fs::read(kept.file("izin.sqlite")).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let kept = closed().await;
    fs::write(
        kept.file("izin.sqlite"),
        "not a database, but long enough to look at".repeat(100),
    )
    .unwrap();
    assert!(matches!(refused(&kept), StoreError::Database(_)));
}

#[test]
fn an_error_names_no_value_and_says_what_to_do() {
    let dir = TempDir::new();
    let first = Owner::take(dir.path()).unwrap();
    let owned = Owner::take(dir.path()).unwrap_err().to_string();
    assert!(owned.contains("in use by a running izin"), "{owned}");
    let store = Store::open(
        Place {
            dir: dir.path(),
            safe: &dir.path().join("safe"),
            master: &MasterSource::File,
            servers: None,
        },
        first,
        Entropy::seeded(1),
    )
    .unwrap();
    assert_eq!(store.dir(), dir.path());
}

#[tokio::test]
async fn an_empty_file_is_no_older_store() {
    let mut kept = Kept::new();
    kept.person(&[email("ani@example.com")]).await;
    kept.close();
    fs::write(kept.file("izin.sqlite"), "").unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::DataMissing { .. })),
        "{refused:?}"
    );
    fs::remove_dir_all(kept.file("safe")).unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::File { .. })),
        "keys of people are there: {refused:?}"
    );
}

#[tokio::test]
async fn nothing_is_begun_where_a_restore_broke_off() {
    let mut kept = Kept::new();
    kept.close();
    fs::remove_dir_all(kept.folder()).unwrap();
    fs::create_dir_all(kept.file("restoring")).unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::RestoreBroken { .. })),
        "{refused:?}"
    );
    fs::remove_dir(kept.file("restoring")).unwrap();
    kept.reopen();
}

#[tokio::test]
async fn nothing_is_begun_in_an_empty_folder_beside_the_safe_of_other_data() {
    let mut kept = Kept::new();
    kept.person(&[email("ani@example.com")]).await;
    kept.close();
    // The disk of the data is not mounted.
    let (data, elsewhere) = (kept.file("izin.sqlite"), kept.file("elsewhere.sqlite"));
    fs::rename(&data, &elsewhere).unwrap();
    fs::rename(kept.file("keys"), kept.file("other-keys")).unwrap();
    for _ in 0..2 {
        let refused = kept.try_reopen();
        assert!(
            matches!(refused, Err(StoreError::DataMissing { .. })),
            "{refused:?}"
        );
        assert!(
            !data.exists() && !kept.file("keys").exists(),
            "nothing was made"
        );
    }
    fs::rename(&elsewhere, &data).unwrap();
    fs::rename(kept.file("other-keys"), kept.file("keys")).unwrap();
    kept.reopen();
}

#[tokio::test]
async fn data_from_before_there_was_a_safe_begin_one_by_themselves() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    kept.put(opt_out(Whom::Subject(ani), Scope::EVERYTHING))
        .await;
    kept.close();
    // As the migration leaves what an izin without a safe had kept.
    assert_eq!(kept.sql("update store set safe_begun = 0"), 1);
    fs::remove_dir_all(kept.file("safe")).unwrap();
    kept.reopen();
    let begun = fs::read_to_string(kept.file("safe").join("refusals.journal")).unwrap();
    assert!(begun.lines().count() > 1, "with what the ledger holds");
    kept.close();
    fs::remove_dir_all(kept.file("safe")).unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::SafeMissing { .. })),
        "from then on it is missed: {refused:?}"
    );
}
