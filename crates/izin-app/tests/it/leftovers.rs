//! Of somebody erased nothing is left in any file, nor in a copy that is put back.

use izin_app::erasure::Confirmation;
use izin_app::import::Kind;
use izin_app::{Who, audit};
use izin_core::{Act, Identifier, SubjectId};
use izin_store::Owner;
use izin_testkit::policy::email;
use izin_testkit::scan::holding;
use izin_testkit::{MailServer, Shop};
use std::fs;
use std::path::{Path, PathBuf};

use super::erasing::{ANI, CONTACTS, PLANTED, copied, erase, fill, may, shop_of_two};

/// The values of a person as they stand sealed in the database: what an erasure has to take out of every
/// file.
fn sealed(folder: &Path, whose: SubjectId) -> Vec<Vec<u8>> {
    const SEALED: &str = "
        select sealed from identifiers where subject = ?1
        union all
        select sealed from profiles where subject = ?1
        union all
        select sealed from orders where subject = ?1";
    let db = rusqlite::Connection::open(folder.join("izin.sqlite")).unwrap();
    let mut values = db.prepare(SEALED).unwrap();
    let found = values.query_map([whose.as_bytes()], |row| row.get(0));
    found.unwrap().collect::<Result<_, _>>().unwrap()
}

fn put_back(folder: &Path, copy: Vec<(PathBuf, Vec<u8>)>) {
    for log in [
        "izin.sqlite-wal",
        "izin.sqlite-shm",
        "keys/keys.sqlite-wal",
        "keys/keys.sqlite-shm",
    ] {
        drop(fs::remove_file(folder.join(log)));
    }
    for (path, bytes) in copy {
        fs::write(path, bytes).unwrap();
    }
}

#[tokio::test]
async fn requirement_21_the_suppression_list_withstands_a_dictionary_of_telephone_numbers() {
    let mut shop = shop_of_two().await;
    erase(&shop).await;
    let number = |last: u32| Identifier::phone(&format!("+62812000{last:05}"), "ID").unwrap();
    let own = *shop.store.hasher().suppression(&number(7441)).as_bytes();
    let folder = shop.data_folder();
    shop.close();
    assert_ne!(holding(&folder, own), [""; 0], "the control: it is there");
    let kept: Vec<u8> = fs::read(folder.join("izin.sqlite")).unwrap();
    let journal = fs::read_to_string(shop.path("safe").join("refusals.journal")).unwrap();
    let found = |hash: &[u8]| {
        let hex = izin_store::hex(&hash[..16]);
        kept.windows(16).any(|bytes| bytes == &hash[..16]) || journal.contains(&hex)
    };
    assert!(found(&own) && journal.contains(&izin_store::hex(&own)));
    for last in 7_400..7_500 {
        let number = number(last);
        let text = number.reveal("a dictionary").as_bytes();
        let guesses = [
            *blake3::hash(text).as_bytes(),
            *blake3::hash(&[&[2], text].concat()).as_bytes(),
            *blake3::keyed_hash(&[0; 32], &[&[2], text].concat()).as_bytes(),
        ];
        assert!(!guesses.iter().any(|guess| found(guess)), "number {last}");
    }
}

#[tokio::test]
async fn requirement_22_nothing_of_an_erased_person_is_left_and_the_log_still_verifies() {
    let mut shop = shop_of_two().await;
    shop.save_gate(1);
    let folder = shop.data_folder();
    let (ani, budi) = (shop.person(ANI), shop.person("budi@example.com"));
    let (gone, stays) = (sealed(&folder, ani), sealed(&folder, budi));
    assert_eq!((gone.len(), stays.len()), (5, 4), "the controls");
    let hashes = [ANI, "budi@example.com"]
        .map(|own| shop.store.hasher().lookup(&email(own)).as_bytes().to_vec());
    let [gone, stays] = [gone, stays].map(|own| own.into_iter());
    let [own, other] = hashes;
    let gone: Vec<Vec<u8>> = gone.chain([own]).collect();
    for value in &gone {
        assert_ne!(holding(&folder, value), [""; 0], "before: it is there");
    }
    let copy = folder.join("before-migration-4.sqlite");
    fs::copy(folder.join("izin.sqlite"), &copy).unwrap();
    let seq = erase(&shop).await.entry.seq;
    let proved = audit::prove(&shop, seq).await.unwrap();
    assert!(proved.disclosed.recorded.record.contains("erased"));
    assert!(shop.store.details(ani).await.unwrap().is_empty());
    verify_whole_log(&shop).await;
    for moment in ["open, with its write-ahead logs", "closed"] {
        for value in &gone {
            assert_eq!(holding(&folder, value), [""; 0], "{moment}");
        }
        for planted in PLANTED {
            assert_eq!(holding(&folder, planted), [""; 0], "{planted}, {moment}");
            assert_eq!(holding(&shop.path("safe"), planted), [""; 0], "{planted}");
        }
        shop.close();
    }
    for value in stays.chain([other]) {
        assert_ne!(holding(&folder, value), [""; 0], "who stays is found");
    }
    assert!(!folder.join("gate.snapshot").exists());
    assert!(!copy.exists(), "a copy from before a migration");
    let [people, addresses, both] = super::retaining::journalled(&shop);
    assert!(people > 0 && addresses > 0, "the control");
    assert_eq!(both, 0, "no line says whose an address was");
}

/// Every byte of the log, as a stranger checks it.
async fn verify_whole_log(shop: &Shop) {
    let dir = shop.path("log-of-the-erased");
    let size = audit::export(shop, &dir).await.unwrap();
    let mut read = |path: &str| Ok(fs::read(dir.join(path)).ok());
    let signer = shop.signer();
    let key = signer.verifier();
    let verified = izin_log::verify_export(&mut std::iter::empty(), &mut read, key, None);
    assert_eq!(verified.unwrap().head().size, size);
}

#[tokio::test]
async fn rows_copied_before_an_erasure_open_no_more_under_the_keys_that_are_left() {
    for erased in [false, true] {
        let mut shop = shop_of_two().await;
        let (folder, ani) = (shop.data_folder(), shop.person(ANI));
        let mut rows = copied(&folder);
        rows.retain(|(path, _)| !path.starts_with(folder.join("keys")));
        if erased {
            erase(&shop).await;
        }
        shop.close();
        put_back(&folder, rows);
        // Nobody remembers the erasure: a journal would see to it again.
        fs::remove_dir_all(shop.path("safe")).unwrap();
        izin_store::give_up_safe(&folder, None, Owner::take(&folder).unwrap()).unwrap();
        shop.reopen().await;
        let history = shop.store.history(ani).await.unwrap();
        assert!(!history.iter().any(|own| own.act == Act::Erased));
        assert_eq!(sealed(&folder, ani).len(), 5, "the rows are there");
        let identifiers = shop.store.identifiers(ani).await.unwrap().len();
        let purchases = shop.store.purchases(ani).await.unwrap().len();
        let details = shop.store.details(ani).await.unwrap().len();
        let name = shop.store.profile(ani).await.unwrap().name;
        let opened = (identifiers, purchases, details, name.is_some());
        let all = if erased {
            (0, 0, 0, false)
        } else {
            (3, 1, 1, true)
        };
        assert_eq!(opened, all, "erased: {erased}");
    }
}

#[tokio::test]
async fn requirement_23_a_backup_put_back_is_erased_again_before_the_gate_opens() {
    let mut shop = shop_of_two().await;
    let folder = shop.data_folder();
    shop.close();
    let older = copied(&folder);
    shop.reopen().await;
    let ani = shop.person(ANI);
    erase(&shop).await;
    shop.opt_out("budi@example.com").await;
    shop.close();
    put_back(&folder, older);
    shop.reopen().await;
    assert!(!may(&shop, ANI) && !may(&shop, "budi@example.com"));
    assert_eq!(shop.gate.people_of(&Who::Identifier(email(ANI))), []);
    let history = shop.store.history(ani).await.unwrap();
    assert_eq!(history.last().unwrap().act, Act::Erased);
    assert!(shop.store.identifiers(ani).await.unwrap().is_empty());
    assert!(shop.store.purchases(ani).await.unwrap().is_empty());
    let hash = *shop.store.hasher().lookup(&email(ANI)).as_bytes();
    shop.close();
    assert_eq!(holding(&folder, hash), [""; 0]);
    let report = {
        shop.reopen().await;
        shop.import(Kind::Contacts, CONTACTS).await
    };
    assert_eq!(report.rejected, 0);
    assert!(!may(&shop, ANI));
}

#[tokio::test]
async fn the_person_is_told_once_and_the_address_is_kept_nowhere() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    fill(&shop).await;
    let folder = shop.data_folder();
    let kept = sealed(&folder, shop.person(ANI));
    assert!(kept.iter().all(|own| holding(&folder, own) != [""; 0]));
    assert_eq!(erase(&shop).await.confirmation, Confirmation::Sent);
    assert_eq!(server.mails().len(), 1);
    for value in kept {
        assert_eq!(holding(&folder, value), [""; 0]);
    }
    assert_eq!(holding(&folder, "rahasia.ani"), [""; 0]);
}

#[tokio::test]
async fn an_erasure_that_cannot_be_finished_at_once_is_done_and_told_all_the_same() {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    fill(&shop).await;
    let ani = shop.person(ANI);
    // What cannot be removed stands where a copy from before a migration would.
    let stuck = shop.data_folder().join("before-migration-1.sqlite");
    fs::create_dir(&stuck).unwrap();
    assert_eq!(erase(&shop).await.confirmation, Confirmation::Sent);
    assert_eq!(server.mails().len(), 1);
    assert!(shop.gate.standing(ani).unwrap().erased);
    assert!(shop.store.finish_erasures().await.is_err(), "it is owed");
    fs::remove_dir(&stuck).unwrap();
    assert!(shop.store.finish_erasures().await.unwrap());
    assert!(!shop.store.finish_erasures().await.unwrap(), "it is done");
}
