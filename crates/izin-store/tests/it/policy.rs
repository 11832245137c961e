//! A version is published, then takes effect; one of an older folder did both at once.

use std::fs;

use izin_core::policy::DpiaId;
use izin_core::{Act, Seq};
use izin_store::{Refused, StoreError, Whom};
use rusqlite::{Connection, params};

use super::kept::{Kept, NOON, email, opt_out};

const FIRST_SCHEMA: &str = include_str!("../../src/migrations/0001_start.sql");

#[tokio::test]
async fn a_version_is_in_force_only_when_it_took_effect() {
    let mut kept = Kept::new();
    let publish = |body: &str| kept.publish(body.to_owned(), Vec::new(), NOON);
    assert_eq!(publish("{\"v\":1}").await.unwrap(), 1);
    assert_eq!(kept.effective_policy().await.unwrap(), None);
    assert_eq!(publish("{\"v\":2}").await.unwrap(), 2);
    let at = NOON.plus_days(1);
    let (seq, since) = kept.take_effect(1, at).await.unwrap();
    assert_eq!((seq, since), (Seq(2), at));
    kept.reopen();
    let in_force = kept.effective_policy().await.unwrap().unwrap();
    assert_eq!((in_force.version, in_force.effective), (1, Some((seq, at))));
    assert_eq!(kept.policy().await.unwrap().unwrap().version, 2);
    let again = kept.take_effect(1, NOON.plus_days(9)).await.unwrap();
    assert_eq!(again, (seq, at), "once");
    kept.take_effect(2, at).await.unwrap();
    assert_eq!(kept.effective_policy().await.unwrap().unwrap().version, 2);
    let all = kept.policies().await.unwrap();
    let versions: Vec<u32> = all.iter().map(|own| own.version).collect();
    assert_eq!(versions, [1, 2]);
    assert_eq!(kept.policy_version(2).await.unwrap(), all.last().cloned());
    assert_eq!(kept.policy_version(3).await.unwrap(), None);
}

#[tokio::test]
async fn a_version_nobody_published_takes_no_effect() {
    let kept = Kept::new();
    let refused = kept.take_effect(1, NOON).await;
    assert!(matches!(
        refused,
        Err(StoreError::Refused(Refused::UnknownPolicy))
    ));
    assert_eq!(kept.head().await.unwrap().size, 0);
}

#[tokio::test]
async fn an_approval_is_entered_with_the_policy_it_is_in() {
    let kept = Kept::new();
    let dpia = DpiaId::parse("personalisation").unwrap();
    let approved = vec![(dpia, "ab".repeat(32))];
    kept.publish("{}".to_owned(), approved, NOON).await.unwrap();
    let acts: Vec<Act> = kept.entries().into_iter().map(|own| own.act).collect();
    assert!(matches!(acts[0], Act::PolicyPublished { version: 1, .. }));
    let hash = "ab".repeat(32);
    assert_eq!(acts[1], Act::DpiaApproved { dpia, hash });
}

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
