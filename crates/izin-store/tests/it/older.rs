//! A folder that an older version left goes on.

use std::fs;

use izin_core::Seq;
use izin_store::Whom;
use rusqlite::{Connection, params};

use super::kept::{Kept, NOON, email, opt_out};

const FIRST_SCHEMA: &str = include_str!("../../src/migrations/0001_start.sql");

/// A folder as the first version left it: two policies published, an address suppressed.
fn old_folder() -> Kept {
    let mut kept = Kept::new();
    let hash = kept.hasher().suppression(&email("ani@example.com"));
    kept.close();
    for suffix in ["", "-wal", "-shm"] {
        drop(fs::remove_file(kept.file(&format!("izin.sqlite{suffix}"))));
    }
    let db = Connection::open(kept.file("izin.sqlite")).unwrap();
    db.execute_batch(FIRST_SCHEMA).unwrap();
    db.execute_batch("pragma user_version = 1").unwrap();
    let published =
        |version| format!(r#"{{"act":"policy_published","version":{version},"hash":"h"}}"#);
    let suppressed = r#"{"act":"identifier_suppressed","refusal":"opted_out","occurred_at":1,
        "suppression":"00000000000000000000000000000001","origin":"one_click"}"#;
    let acts = [published(1), suppressed.to_owned(), published(2)];
    for (seq, act) in acts.iter().enumerate() {
        let row = params![seq, NOON.as_micros(), act, [0_u8; 32], [0_u8; 32]];
        let keep = "insert into entries (seq, recorded_at, act, blinding, leaf_hash)
            values (?1, ?2, ?3, ?4, ?5)";
        db.execute(keep, row).unwrap();
    }
    for version in [1, 2] {
        let row = params![version, "h", "{}", NOON.plus_days(version).as_micros()];
        let keep = "insert into policies (version, hash, body, published_at)
            values (?1, ?2, ?3, ?4)";
        db.execute(keep, row).unwrap();
    }
    let keep = "insert into suppressions (suppression, hash, key_version, seq)
        values (zeroblob(16), ?1, 1, 1)";
    db.execute(keep, params![hash.as_bytes()]).unwrap();
    drop(db);
    kept.reopen();
    kept
}

#[tokio::test]
async fn a_policy_of_an_older_folder_is_in_force_since_it_was_published() {
    let kept = old_folder();
    let all = kept.policies().await.unwrap();
    let effective: Vec<_> = all.iter().map(|own| own.effective).collect();
    let since = |seq, days| Some((Seq(seq), NOON.plus_days(days)));
    assert_eq!(effective, [since(0, 1), since(2, 2)]);
    assert_eq!(kept.effective_policy().await.unwrap().unwrap().version, 2);
    assert_eq!(kept.take_effect(2, NOON).await.unwrap().0, Seq(2));
}

#[tokio::test]
async fn a_suppression_of_an_older_folder_stands_by_itself() {
    let kept = old_folder();
    let address = email("ani@example.com");
    let ani = kept
        .person(&[super::kept::customer("C1"), address.clone()])
        .await;
    assert_eq!(kept.refusals(ani).await.len(), 1);
    let no = opt_out(Whom::Subject(ani), izin_core::Scope::EVERYTHING);
    let entry = kept.put(no).await.seq;
    let evidence = "heard".to_owned();
    kept.put(izin_store::Command::Correct { entry, evidence })
        .await;
    let next = kept
        .person(&[super::kept::customer("C2"), address.clone()])
        .await;
    assert_eq!(kept.refusals(next).await.len(), 1, "the old one");
    let (entry, evidence) = (Seq(1), "heard".to_owned());
    kept.put(izin_store::Command::Correct { entry, evidence })
        .await;
    let last = kept.person(&[super::kept::customer("C3"), address]).await;
    assert_eq!(kept.refusals(last).await, []);
}
