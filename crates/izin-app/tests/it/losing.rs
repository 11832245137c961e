//! Entries that were signed and are lost are noticed, and nothing is allowed until that is settled.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use izin_app::audit::{self, AuditError, Lost, Round};
use izin_app::{StartError, backup};
use izin_core::{Act, Channel, Reason, Seq, Verdict};
use izin_log::{Checkpoint, VerifierKey};
use izin_store::StoreError;
use izin_testkit::Shop;
use izin_testkit::on_server::is_on_a_server;

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";

/// Two customers who may be written to, and a copy of the closed shop's database.
async fn shop_with_backup() -> (Shop, Vec<u8>) {
    let mut shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    audit::checkpoint(&shop).await.unwrap();
    let backup = fs::read(closed(&mut shop)).unwrap();
    shop.reopen().await;
    (shop, backup)
}

/// The closed shop's database in one file: the last to close it takes in the write-ahead log.
fn closed(shop: &mut Shop) -> PathBuf {
    shop.close();
    let path = shop.data_folder().join("izin.sqlite");
    let db = rusqlite::Connection::open(&path).unwrap();
    let count = "select count(*) from entries";
    let entries: i64 = db.query_row(count, [], |row| row.get(0)).unwrap();
    assert!(entries > 0);
    path
}

async fn put_back(shop: &mut Shop, backup: &[u8]) {
    let path = closed(shop);
    fs::write(path, backup).unwrap();
    shop.reopen().await;
}

fn kept(shop: &Shop) -> PathBuf {
    shop.path("safe").join("checkpoint")
}

/// Takes the room in the safe where a checkpoint is written.
fn block(shop: &Shop) {
    fs::create_dir_all(shop.path("safe/checkpoint.unfinished")).unwrap();
}

fn unblock(shop: &Shop) {
    fs::remove_dir(shop.path("safe/checkpoint.unfinished")).unwrap();
}

fn size(note: &str, key: &VerifierKey) -> u64 {
    Checkpoint::open(note, key).unwrap().head().size
}

#[tokio::test]
async fn a_refusal_that_an_older_backup_forgot_is_not_written_over() {
    if is_on_a_server() {
        return;
    }
    let (mut shop, backup) = shop_with_backup().await;
    shop.opt_out(BUDI).await;
    shop.consented(&["citra@example.com"]).await;
    audit::checkpoint(&shop).await.unwrap();
    let last = fs::read_to_string(kept(&shop)).unwrap();

    put_back(&mut shop, &backup).await;

    let lost = shop.lost().unwrap();
    assert!(matches!(*lost, Lost::Shorter { .. }), "{lost}");
    assert_eq!(shop.ask(BUDI).reason, Reason::StaleGate);
    assert_eq!(shop.ask(ANI).reason, Reason::StaleGate);
    let service = shop.ask_about(ANI, "orders", Channel::Email);
    assert_ne!(
        service.reason,
        Reason::StaleGate,
        "a receipt for an order may go"
    );
    let refused = audit::checkpoint(&shop).await.unwrap_err();
    assert!(matches!(refused, AuditError::Lost(_)), "{refused}");
    audit::sign_off(&shop).await.unwrap();
    assert_eq!(fs::read_to_string(kept(&shop)).unwrap(), last);
    shop.opt_out(ANI).await;
    shop.reopen().await;
    assert_eq!(
        shop.ask(ANI).reason,
        Reason::StaleGate,
        "it is noticed again"
    );
}

#[tokio::test]
async fn a_restored_ledger_that_has_grown_as_long_again_is_noticed_too() {
    if is_on_a_server() {
        return;
    }
    let (mut shop, backup) = shop_with_backup().await;
    let older = fs::read(kept(&shop)).unwrap();
    shop.opt_out(BUDI).await;
    audit::checkpoint(&shop).await.unwrap();
    let last = fs::read(kept(&shop)).unwrap();
    let path = closed(&mut shop);
    fs::write(path, &backup).unwrap();
    fs::remove_file(kept(&shop)).unwrap();
    let missed = shop.try_reopen().await;
    assert!(
        matches!(
            missed,
            Err(StartError::Store(StoreError::CheckpointMissing { .. }))
        ),
        "a log that was signed is not begun anew"
    );
    fs::write(kept(&shop), older).unwrap();
    shop.reopen().await;
    assert!(shop.lost().is_none(), "an older safe tells nothing");
    for address in [ANI, "citra@example.com", "dewi@example.com"] {
        shop.opt_out(address).await;
    }
    closed(&mut shop);
    fs::write(kept(&shop), last).unwrap();
    shop.reopen().await;
    let lost = shop.lost().unwrap();
    assert!(matches!(*lost, Lost::Rewritten { .. }), "{lost}");
    assert_eq!(shop.ask(BUDI).reason, Reason::StaleGate);
}

#[tokio::test]
async fn entries_changed_under_a_running_shop_are_not_signed() {
    if is_on_a_server() {
        return;
    }
    let shop = Shop::open().await;
    let people: Vec<String> = (0..200).map(|n| format!("p{n}@example.com")).collect();
    shop.consented(&people.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    audit::checkpoint(&shop).await.unwrap();
    let db = rusqlite::Connection::open(shop.data_folder().join("izin.sqlite")).unwrap();
    let change =
        "update tiles set hashes = zeroblob(length(hashes)) where level = 0 and number = 0";
    assert_eq!(db.execute(change, []).unwrap(), 1);
    shop.opt_out("p1@example.com").await;
    let refused = audit::checkpoint(&shop).await.unwrap_err();
    assert!(
        matches!(refused, AuditError::Lost(Lost::Rewritten { .. })),
        "{refused}"
    );
    assert_eq!(shop.ask("p2@example.com").reason, Reason::StaleGate);
}

#[tokio::test]
async fn the_safe_of_another_shop_is_not_taken_for_ones_own() {
    if is_on_a_server() {
        return;
    }
    let (other, _) = shop_with_backup().await;
    let mut shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    shop.close();
    let note = fs::read_to_string(kept(&other)).unwrap();
    let forged = note.replace("izin.toko.example/log\n", "izin.other.example/log\n");
    assert_ne!(forged, note);
    fs::create_dir_all(shop.path("safe")).unwrap();
    fs::write(kept(&shop), forged).unwrap();
    shop.reopen().await;
    let lost = shop.lost().unwrap();
    assert!(matches!(*lost, Lost::Foreign { .. }), "{lost}");
    assert!(lost.to_string().contains("safe/checkpoint"), "{lost}");
    assert_eq!(shop.ask(ANI).reason, Reason::StaleGate);
    let refused = audit::fork(&shop).await.unwrap_err();
    assert!(
        matches!(refused, AuditError::Lost(Lost::Foreign { .. })),
        "{refused}"
    );
}

#[tokio::test]
async fn a_safe_that_cannot_be_written_lets_nothing_be_published() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    block(&shop);
    let refused = audit::checkpoint(&shop).await.unwrap_err();
    assert!(matches!(refused, AuditError::Safe(_)), "{refused}");
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "nothing is lost");
    unblock(&shop);
    let note = audit::checkpoint(&shop).await.unwrap();
    assert_eq!(fs::read_to_string(kept(&shop)).unwrap(), note);
}

#[tokio::test]
async fn a_process_enters_no_fork_while_another_signs() {
    let mut shop = Shop::open().await;
    let Some(server) = shop.server().cloned() else {
        return;
    };
    shop.consented(&[ANI, BUDI]).await;
    audit::checkpoint(&shop).await.unwrap();
    shop.close();
    server.sql(
        "delete from entries where seq = (select max(seq) from entries);
         insert into nodes (node, name, begun_at, seen_at, groups)
         values (99, 'another', micros_now(), micros_now() + 3600000000, 0);
         insert into leases (name, node, ends_at) values ('signing', 99, micros_now() + 3600000000)
         on conflict (name) do update set node = 99, ends_at = excluded.ends_at",
    );
    shop.reopen().await;
    assert!(shop.lost().is_some());
    let before = shop.store.head().await.unwrap().size;
    let refused = audit::fork(&shop).await.unwrap_err();
    assert!(matches!(refused, AuditError::Store(_)), "{refused}");
    assert_eq!(shop.store.head().await.unwrap().size, before);
    server.sql("delete from leases");
    audit::fork(&shop).await.unwrap();
}

#[tokio::test]
async fn a_fork_commits_to_what_was_lost_and_lets_the_shop_go_on() {
    if is_on_a_server() {
        return;
    }
    let (mut shop, backup) = shop_with_backup().await;
    let whole = audit::fork(&shop).await.unwrap_err();
    assert!(matches!(whole, AuditError::NothingLost), "{whole}");
    let first_key = shop.signer().verifier().clone();
    for address in [BUDI, "citra@example.com", "dewi@example.com"] {
        shop.opt_out(address).await;
    }
    let old = audit::checkpoint(&shop).await.unwrap();
    put_back(&mut shop, &backup).await;

    let forked = audit::fork(&shop).await.unwrap();

    let old = Checkpoint::open(&old, &first_key).unwrap();
    assert_eq!(forked.signed, old.head().size);
    let entry = shop
        .store
        .disclosed(Seq(forked.entries))
        .await
        .unwrap()
        .unwrap()
        .entry;
    let expected = Act::LogForked {
        from: first_key.name().to_owned(),
        size: old.head().size,
        root: old.head().root.to_string(),
    };
    assert_eq!((entry.act, entry.subject), (expected, None));
    let key = VerifierKey::parse(&forked.key).unwrap();
    assert_eq!(key.name(), format!("{}/fork-1", first_key.name()));
    assert_eq!(size(&forked.checkpoint, &key), forked.entries + 1);
    assert!(Checkpoint::open(&forked.checkpoint, &first_key).is_err());
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    shop.opt_out(ANI).await;
    shop.reopen().await;
    assert!(shop.lost().is_none());
    assert_eq!(shop.signer().verifier(), &key);
    audit::checkpoint(&shop).await.unwrap();
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutChannel);
}

fn backup_into(folder: PathBuf) -> backup::Asked {
    backup::Asked {
        folder,
        key_file: None,
        with_people: false,
        told: Box::new(|_, _| {}),
    }
}

#[tokio::test]
async fn a_ledger_that_lost_entries_is_not_backed_up_and_no_backup_is_signed_in_the_name_of_the_log()
 {
    if is_on_a_server() {
        return;
    }
    let (mut shop, older) = shop_with_backup().await;
    shop.opt_out(BUDI).await;
    audit::checkpoint(&shop).await.unwrap();
    put_back(&mut shop, &older).await;
    let (lost, whole) = (shop.path("lost"), shop.path("whole"));
    let refused = backup::back_up(&shop, backup_into(lost.clone())).await;
    assert!(matches!(refused, Err(AuditError::Lost(_))), "{refused:?}");
    assert!(!lost.exists(), "nothing is signed");
    audit::fork(&shop).await.unwrap();
    shop.opt_out(ANI).await;
    block(&shop);
    let made = backup::back_up(&shop, backup_into(whole.clone())).await;
    let note = fs::read_to_string(whole.join("checkpoint")).unwrap();
    let key = shop.signer().verifier().clone();
    let named = format!("{}/backup\n{}\n", key.name(), made.unwrap().entries);
    assert!(note.starts_with(&named), "{note}");
    assert!(Checkpoint::open(&note, &key).is_err());
}

#[tokio::test]
async fn growth_is_proved_to_whoever_kept_a_checkpoint_and_to_nobody_else() {
    if is_on_a_server() {
        return;
    }
    let (shop, _) = shop_with_backup().await;
    let key = shop.signer().verifier().clone();
    let before = Checkpoint::open(&audit::checkpoint(&shop).await.unwrap(), &key).unwrap();
    shop.opt_out(BUDI).await;
    let growth = audit::growth(&shop, before.head()).await.unwrap();
    let later = growth.verify(before.head(), &key).unwrap();
    assert!(later.head().size > before.head().size);
    let mut other = *before.head();
    other.root.0[0] ^= 1;
    assert!(audit::growth(&shop, &other).await.is_err());
}

#[tokio::test]
async fn each_look_of_the_signer_covers_every_entry_there_was_and_the_next_is_a_second_away() {
    let shop = Shop::open().await;
    let mut round = Round::default();
    for number in 0..3 {
        shop.consented(&[&format!("p{number}@example.com")]).await;
        let entries = shop.store.head().await.unwrap().size;
        assert_eq!(round.sign(&shop).await, Duration::from_secs(1));
        let note = fs::read_to_string(kept(&shop)).unwrap();
        assert_eq!(size(&note, shop.signer().verifier()), entries);
        assert_eq!(shop.store.checkpoint().await.unwrap(), Some(note.clone()));
        round.sign(&shop).await;
        assert_eq!(
            fs::read_to_string(kept(&shop)).unwrap(),
            note,
            "nothing new"
        );
    }
    block(&shop);
    shop.opt_out("p1@example.com").await;
    assert_eq!(
        round.sign(&shop).await,
        Duration::from_secs(2),
        "it is tried again, later"
    );
    unblock(&shop);
    assert_eq!(round.sign(&shop).await, Duration::from_secs(1));
}
