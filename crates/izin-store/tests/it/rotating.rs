//! Another master key takes over while everything goes on, and may be broken off at any moment.

use std::fs;

use izin_core::{Identifier, SubjectId};
use izin_log::SignerKey;
use izin_store::backup::restore::{PeopleKeys, Restore};
use izin_store::backup::{BackUp, BackupKey};
use izin_store::log::SIGNING_KEY;
use izin_store::vault::{Key, MasterSource};
use izin_store::{Entropy, Owner, Place, Store, StoreError};
use izin_testkit::{Steps, TempDir, break_off};

use super::kept::{Kept, NOON, customer, named_contact};

/// More people than are wrapped again in one step.
const PEOPLE: u64 = 900;

async fn many() -> (Kept, Vec<SubjectId>) {
    let kept = Kept::new();
    let person = |number| named_contact(&[own(number)], &format!("Ani {number}"));
    let commands = (0..PEOPLE).map(person).collect();
    let recorded = kept.record(commands, super::kept::NOON).await.unwrap();
    let people = recorded.into_iter().filter_map(|own| own.subject).collect();
    (kept, people)
}

fn own(number: u64) -> Identifier {
    customer(&format!("C{number}"))
}

async fn all_open(kept: &Kept, people: &[SubjectId]) -> bool {
    for person in people {
        match kept.profile(*person).await {
            Ok(profile) if profile.name.is_some() => {}
            _ => return false,
        }
    }
    true
}

#[tokio::test]
async fn after_a_rotation_the_key_of_before_opens_nothing_and_the_new_one_everything() {
    let (mut kept, people) = many().await;
    let key = kept.file("keys/master.key");
    let before = |number| kept.file(&format!("keys/master.key.before-{number}"));
    let (first, second) = (before(1), before(2));
    let old = fs::read_to_string(&key).unwrap();
    assert!(!kept.keys_status().await.unwrap().rotating);
    let rotated = kept.rotate_master(|_, _| {}).await.unwrap();
    assert!(rotated.wrapped >= 3 * PEOPLE, "{rotated:?}");
    assert_eq!(rotated.replaced.as_ref(), Some(&first));
    assert_eq!(fs::read_to_string(&first).unwrap(), old);
    assert!(all_open(&kept, &people).await, "at once");
    let again = kept.rotate_master(|_, _| {}).await.unwrap();
    assert_eq!(again.wrapped, rotated.wrapped, "by a third key");
    assert_eq!(again.replaced.as_ref(), Some(&second), "by its own name");
    kept.close();
    assert_ne!(fs::read_to_string(&key).unwrap(), old);
    assert!(second.exists() && !kept.file("keys/master.key.next").exists());
    kept.reopen();
    assert!(all_open(&kept, &people).await, "after a restart");
    kept.close();
    fs::write(&key, old).unwrap();
    let refused = kept.try_reopen();
    assert!(
        matches!(refused, Err(StoreError::Damaged { .. })),
        "the control"
    );
}

#[tokio::test]
async fn a_rotation_broken_off_in_the_middle_hides_nothing_and_is_gone_on_with() {
    let (mut kept, people) = many().await;
    // As a crash leaves it: the next key is there, and some keys are wrapped by it.
    let next = kept.file("keys/master.key.next");
    let status = kept.keys_status().await.unwrap();
    kept.close();
    let whole = fs::read(kept.file("keys/keys.sqlite")).unwrap();
    let old = fs::read(kept.file("keys/master.key")).unwrap();
    kept.reopen();
    kept.rotate_master(|_, _| {}).await.unwrap();
    kept.close();
    let new = fs::read(kept.file("keys/master.key")).unwrap();
    let half = rusqlite::Connection::open(kept.file("keys/keys.sqlite")).unwrap();
    fs::write(kept.file("older.sqlite"), whole).unwrap();
    half.execute_batch(&format!(
        "attach '{}' as older;
         update subject_keys
         set wrapped = o.wrapped
         from older.subject_keys o
         where o.subject = subject_keys.subject and o.class = subject_keys.class
           and o.subject > x'80';",
        kept.file("older.sqlite").display()
    ))
    .unwrap();
    drop(half);
    fs::write(kept.file("keys/master.key"), old).unwrap();
    fs::write(&next, new).unwrap();
    kept.reopen();
    assert!(kept.keys_status().await.unwrap().rotating);
    assert!(all_open(&kept, &people).await, "in the middle");
    let newcomer = kept.person(&[own(PEOPLE)]).await;
    let wrapped = kept.rotate_master(|_, _| {}).await.unwrap().wrapped;
    assert!(
        wrapped > 0 && wrapped < status.keys,
        "only what was left: {wrapped}"
    );
    kept.reopen();
    assert!(!kept.keys_status().await.unwrap().rotating && !next.exists());
    assert!(all_open(&kept, &people).await);
    assert_eq!(kept.identifiers(newcomer).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_was_not_written_whole_is_none_and_one_that_is_damaged_is_named() {
    let mut kept = Kept::new();
    let [key, next] = ["master.key", "master.key.next"].map(|own| kept.file("keys").join(own));
    let unfinished = kept.file("keys/master.key.next.unfinished");
    // No room where the next key is written: then there is no next key.
    fs::create_dir(&unfinished).unwrap();
    kept.rotate_master(|_, _| {}).await.unwrap_err();
    assert!(!next.exists());
    kept.reopen();
    fs::remove_dir(&unfinished).unwrap();
    fs::write(&unfinished, "as a kill leaves it").unwrap();
    kept.rotate_master(|_, _| {}).await.unwrap();
    assert!(!unfinished.exists());
    kept.close();
    fs::write(&next, "").unwrap();
    let named = kept.try_reopen().unwrap_err().to_string();
    assert!(named.contains(next.to_str().unwrap()), "{named}");
    fs::remove_file(&next).unwrap();
    let whole = fs::read_to_string(&key).unwrap();
    fs::write(&key, &whole[1..]).unwrap();
    let named = kept.try_reopen().unwrap_err().to_string();
    assert!(named.contains(&format!("`{}`", key.display())), "{named}");
    fs::write(&key, whole.to_uppercase()).unwrap();
    kept.reopen();
}

#[tokio::test]
async fn a_backup_made_while_one_key_takes_over_opens_whole_and_goes_on_with_it() {
    let (mut kept, people) = many().await;
    let steps = Steps::default();
    let rotation = kept.rotate_master(|_, _| steps.done());
    assert!(break_off(rotation, (&steps, 1)).await.is_none());
    assert!(kept.keys_status().await.unwrap().rotating);
    let folder = kept.file("backup");
    let seed = kept.service_key(SIGNING_KEY).unwrap();
    let signer = SignerKey::from_seed("shop.example/log", seed.expose()).unwrap();
    let asked = BackUp {
        folder: folder.clone(),
        key: BackupKey::read(&kept.file("keys/master.key")).unwrap(),
        with_people: true,
        now: NOON,
        sign: Box::new(move |head| head.sign(&signer)),
        told: Box::new(|_, _| {}),
    };
    kept.back_up(asked).await.unwrap();
    let key = BackupKey::read(&kept.file("keys/master.key")).unwrap();
    kept.close();
    for own in ["izin.sqlite", "keys/keys.sqlite"] {
        for end in ["", "-wal", "-shm"] {
            drop(fs::remove_file(kept.file(&format!("{own}{end}"))));
        }
    }
    for own in ["master.key", "master.key.next"] {
        fs::remove_file(kept.file("keys").join(own)).unwrap();
    }
    let data = TempDir::new();
    let restore = Restore {
        folder: &folder,
        data: &data.path().join("data"),
        safe: &data.path().join("safe"),
        key: &key,
        master: &MasterSource::File,
        whole: true,
    };
    let aside = data.path().join("aside");
    let verified = restore.put_back(&aside, &Entropy::System, (NOON, &|_, _| {}));
    assert_eq!(verified.unwrap().people_keys, PeopleKeys::Restored);
    for own in ["izin.sqlite", "keys"] {
        drop(fs::remove_dir_all(kept.file(own)));
        fs::rename(data.path().join("data").join(own), kept.file(own)).unwrap();
    }
    kept.reopen();
    assert!(all_open(&kept, &people).await);
    assert!(
        kept.keys_status().await.unwrap().rotating,
        "it is gone on with"
    );
    assert!(kept.rotate_master(|_, _| {}).await.unwrap().wrapped > 0);
    kept.reopen();
    assert!(all_open(&kept, &people).await);
}

#[tokio::test]
async fn a_master_key_that_is_given_wraps_and_takes_over_and_no_file_is_made() {
    let dir = izin_testkit::TempDir::new();
    let safe = dir.path().join("safe");
    let [first, second] = [[1; 32], [2; 32]].map(Key::from_bytes);
    let open = |key: &Key, before: Option<&Key>| {
        let master = MasterSource::Given {
            key: key.clone(),
            before: before.cloned(),
        };
        let place = Place {
            dir: dir.path(),
            safe: &safe,
            master: &master,
            servers: None,
        };
        Store::open(place, Owner::take(dir.path()).unwrap(), Entropy::System)
    };
    drop(open(&first, None).unwrap());
    assert!(matches!(
        open(&second, None),
        Err(StoreError::Damaged { .. })
    ));
    let store = open(&second, Some(&first)).unwrap();
    assert!(store.keys_status().await.unwrap().rotating);
    assert!(store.rotate_master(|_, _| {}).await.unwrap().wrapped > 0);
    drop(store);
    drop(open(&second, None).unwrap());
    assert!(open(&first, None).is_err());
    assert!(!dir.path().join("keys/master.key").exists());
}
