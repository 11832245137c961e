//! An erasure that was broken off is finished at the next start.

use izin_testkit::on_server::is_on_a_server;
use std::fs;
use std::path::PathBuf;

use super::erasing::{ANI, copied, erase, shop_of_two};

#[tokio::test]
async fn an_erasure_broken_off_before_the_keys_were_destroyed_is_finished_at_the_next_start() {
    if is_on_a_server() {
        return;
    }
    let mut shop = shop_of_two().await;
    let ani = shop.person(ANI);
    let folder = shop.data_folder();
    let keys = copied(&folder)
        .into_iter()
        .filter(|(path, _)| path.starts_with(folder.join("keys")))
        .collect();
    erase(&shop).await;
    shop.close();
    // As after a crash between the two steps: the ledger says so, the keys are still there.
    let db = rusqlite::Connection::open(folder.join("izin.sqlite")).unwrap();
    db.execute("update erasures set step = 0", []).unwrap();
    drop(db);
    for log in ["keys/keys.sqlite-wal", "keys/keys.sqlite-shm"] {
        drop(fs::remove_file(folder.join(log)));
    }
    for (path, bytes) in Vec::<(PathBuf, Vec<u8>)>::from_iter::<Vec<_>>(keys) {
        fs::write(path, bytes).unwrap();
    }
    shop.reopen().await;
    assert!(shop.store.details(ani).await.unwrap().is_empty());
    shop.close();
    let db = rusqlite::Connection::open(folder.join("keys/keys.sqlite")).unwrap();
    let classes = "select count(*) from subject_keys where subject = ?1 and class < 4";
    let left: u64 = db
        .query_row(classes, [ani.as_bytes()], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_erasure_broken_off_before_its_last_step_leaves_no_copy_after_the_next_start() {
    if is_on_a_server() {
        return;
    }
    let mut shop = shop_of_two().await;
    let folder = shop.data_folder();
    erase(&shop).await;
    shop.close();
    let step = |change: &str| {
        let db = rusqlite::Connection::open(folder.join("izin.sqlite")).unwrap();
        db.execute_batch(change).unwrap();
        let step = "select min(step) from erasures";
        db.query_row(step, [], |row| row.get::<_, u8>(0)).unwrap()
    };
    let copy = folder.join("before-migration-4.sqlite");
    fs::write(&copy, "older").unwrap();
    assert_eq!(step("update erasures set step = 1"), 1);
    shop.reopen().await;
    shop.close();
    assert!(!copy.exists());
    assert_eq!(step(""), 2);
}
