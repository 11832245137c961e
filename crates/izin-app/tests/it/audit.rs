//! It can be checked, by somebody who trusts neither us nor the store.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use izin_app::audit;
use izin_core::Seq;
use izin_log::{Checkpoint, Finding, Receipt, TreeHead, VerifierKey, verify_export};
use izin_testkit::Shop;
use izin_testkit::on_server::is_on_a_server;

/// An exported folder, read whole.
type Folder = BTreeMap<String, Vec<u8>>;

fn read(dir: &Path) -> Folder {
    let mut files = Folder::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(dir.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else {
                let name = path.to_str().unwrap().to_owned();
                files.insert(name, fs::read(dir.join(&path)).unwrap());
            }
        }
    }
    files
}

fn verify(
    files: &Folder,
    key: &VerifierKey,
    since: Option<&TreeHead>,
) -> Result<TreeHead, Finding> {
    let mut list = files.keys().cloned().map(Ok);
    let mut read = |path: &str| Ok(files.get(path).cloned());
    verify_export(&mut list, &mut read, key, since).map(|checkpoint| *checkpoint.head())
}

/// A shop whose log has more than one tile.
async fn shop() -> Shop {
    let shop = Shop::open().await;
    let people: Vec<String> = (0..150).map(|n| format!("p{n}@example.com")).collect();
    shop.consented(&people.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    shop
}

async fn export(shop: &Shop, name: &str) -> Folder {
    let dir = shop.path(name);
    audit::export(shop, &dir).await.unwrap();
    read(&dir)
}

#[tokio::test]
async fn an_export_verifies_with_the_key_alone() {
    let shop = shop().await;
    let files = export(&shop, "export").await;
    let head = verify(&files, shop.signer().verifier(), None).unwrap();
    assert_eq!(head, shop.store.head().await.unwrap());
    assert!(head.size > 256, "more than a tile");
    let text: Vec<u8> = files.into_values().flatten().collect();
    assert!(
        !text.windows(8).any(|bytes| bytes == b"@example"),
        "an address in an export"
    );
}

#[tokio::test]
async fn a_changed_byte_anywhere_is_found() {
    let shop = shop().await;
    let files = export(&shop, "export").await;
    let signer = shop.signer();
    let key = signer.verifier();
    for (name, bytes) in &files {
        // Every byte of the small files, a sample of the large ones; the first and last of each.
        let step = (bytes.len() / 60).max(1);
        for at in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            let mut bent = files.clone();
            bent.get_mut(name).unwrap()[at] ^= 1;
            let found = verify(&bent, key, None);
            assert!(found.is_err(), "byte {at} of {name} was changed");
        }
        let mut cut = files.clone();
        cut.remove(name);
        assert!(verify(&cut, key, None).is_err(), "{name} is missing");
    }
}

#[tokio::test]
async fn the_log_of_tomorrow_holds_that_of_today_unchanged() {
    let mut shop = shop().await;
    let files = export(&shop, "today").await;
    let today = verify(&files, shop.signer().verifier(), None).unwrap();
    shop.reopen().await;
    shop.wait_days(1);
    shop.opt_out("p1@example.com").await;
    let files = export(&shop, "tomorrow").await;
    let tomorrow = verify(&files, shop.signer().verifier(), Some(&today)).unwrap();
    assert!(tomorrow.size > today.size);
    let other = TreeHead {
        root: tomorrow.root,
        ..today
    };
    assert!(
        verify(&files, shop.signer().verifier(), Some(&other)).is_err(),
        "another past"
    );
}

#[tokio::test]
async fn an_act_changed_in_the_store_is_named_by_the_verifier() {
    if is_on_a_server() {
        return;
    }
    let mut shop = shop().await;
    shop.opt_out("p1@example.com").await;
    let place = shop.store.head().await.unwrap().size - 2;
    shop.close();
    let db = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    let change = "update entries set act = replace(act, 'agent', 'import') where seq = ?1";
    assert_eq!(db.execute(change, [place]).unwrap(), 1);
    drop(db);
    shop.reopen().await;
    let files = export(&shop, "export").await;
    let found = verify(&files, shop.signer().verifier(), None)
        .unwrap_err()
        .to_string();
    assert!(found.contains(&format!("entry {place} ")), "{found}");
    assert!(
        audit::prove(&shop, Seq(place)).await.is_err(),
        "nothing false is proved"
    );
}

#[tokio::test]
async fn a_receipt_proves_one_act_to_somebody_who_has_only_the_key() {
    let shop = shop().await;
    shop.opt_out("p7@example.com").await;
    let person = shop.person("p7@example.com");
    let history = shop.store.history(person).await.unwrap();
    let seq = history.last().unwrap().seq;

    let proved = audit::prove(&shop, seq).await.unwrap();

    let receipt = Receipt::parse(&proved.receipt.to_string()).unwrap();
    let key = VerifierKey::parse(&shop.signer().verifier().to_string()).unwrap();
    let recorded = &proved.disclosed.recorded;
    let commitment = izin_log::leaf::commit(&recorded.blinding, recorded.record.as_bytes());
    let leaf = izin_log::Leaf {
        commitment,
        ..proved.disclosed.leaf
    };
    receipt.verify(&leaf.hash(), &key).unwrap();
    assert!(recorded.record.contains("\"opted_out\"") && recorded.record.contains("\"agent\""));

    let denied = recorded.record.replace("opted_out", "withdrawn");
    let commitment = izin_log::leaf::commit(&recorded.blinding, denied.as_bytes());
    let other = izin_log::Leaf { commitment, ..leaf };
    assert!(
        receipt.verify(&other.hash(), &key).is_err(),
        "another act has no proof"
    );
}

#[tokio::test]
async fn every_entry_can_be_proved_and_none_that_is_not_there() {
    let shop = shop().await;
    let size = shop.store.head().await.unwrap().size;
    for seq in (0..size).step_by(37).chain([size - 1]) {
        audit::prove(&shop, Seq(seq)).await.unwrap();
    }
    let missing = audit::prove(&shop, Seq(size))
        .await
        .unwrap_err()
        .to_string();
    assert!(missing.contains(&format!("no entry {size} ")), "{missing}");
}

#[tokio::test]
async fn a_checkpoint_is_signed_once_for_each_size() {
    let shop = shop().await;
    let first = audit::checkpoint(&shop).await.unwrap();
    assert_eq!(audit::checkpoint(&shop).await.unwrap(), first);
    shop.opt_out("p1@example.com").await;
    let second = audit::checkpoint(&shop).await.unwrap();
    let size = |note: &str| {
        Checkpoint::open(note, shop.signer().verifier())
            .unwrap()
            .head()
            .size
    };
    assert!(size(&second) > size(&first));
}

#[tokio::test]
async fn an_export_goes_into_an_empty_folder_only() {
    let shop = shop().await;
    export(&shop, "export").await;
    let again = audit::export(&shop, &shop.path("export"))
        .await
        .unwrap_err()
        .to_string();
    assert!(again.contains("not empty"), "{again}");
}
