//! A start from a snapshot of the gate knows what a replay of the whole ledger knows.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use izin_app::{Gate, Who};
use izin_core::{Channel, Reason, Request, Seq, Verdict};
use izin_testkit::Shop;
use izin_testkit::on_server::is_on_a_server;
use izin_testkit::policy::{email, purpose_id};

const ANI: &str = "ani@example.com";
const BUDI: &str = "budi@example.com";
const CITRA: &str = "citra@example.com";
const DEWI: &str = "dewi@example.com";

/// Two customers who may be written to.
async fn shop_of_two() -> Shop {
    let shop = Shop::open().await;
    shop.consented(&[ANI, BUDI]).await;
    shop
}

fn snapshot(shop: &Shop) -> PathBuf {
    shop.data_folder().join("gate.snapshot")
}

/// Puts the gate by, as a server does that stops.
fn save(shop: &Shop) -> Seq {
    shop.save_gate(1);
    assert_eq!(shop.saved(), shop.gate.seq());
    shop.saved().unwrap()
}

fn may(shop: &Shop, address: &str) -> bool {
    shop.ask(address).verdict == Verdict::Allow
}

/// The closed shop's database in one file: the last to close it takes in the write-ahead log.
fn database(shop: &mut Shop) -> PathBuf {
    shop.close();
    let path = shop.data_folder().join("izin.sqlite");
    let db = rusqlite::Connection::open(&path).unwrap();
    let count = "select count(*) from entries";
    let entries: i64 = db.query_row(count, [], |row| row.get(0)).unwrap();
    assert!(entries > 0);
    path
}

#[tokio::test]
async fn every_entry_after_the_snapshot_counts_an_opt_out_among_them() {
    let mut shop = shop_of_two().await;
    let seq = save(&shop);
    shop.opt_out(ANI).await;
    shop.consented(&[CITRA]).await;
    let last = shop.gate.seq();
    shop.reopen().await;
    assert_eq!((shop.saved(), shop.gate.seq()), (Some(seq), last));
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutChannel);
    assert!(may(&shop, BUDI) && may(&shop, CITRA));
}

#[tokio::test]
async fn a_refusal_before_the_snapshot_outlives_many_starts_from_it() {
    let mut shop = shop_of_two().await;
    shop.opt_out(ANI).await;
    shop.opt_out("nobody@example.com").await;
    let seq = save(&shop);
    for _ in 0..3 {
        shop.reopen().await;
        assert_eq!(shop.saved(), Some(seq));
        assert_eq!(shop.ask(ANI).reason, Reason::OptedOutChannel);
        assert!(may(&shop, BUDI));
        shop.consented(&["nobody@example.com"]).await;
        assert!(!may(&shop, "nobody@example.com"));
    }
}

#[tokio::test]
async fn a_snapshot_of_another_ledger_of_the_same_length_would_lose_a_refusal_and_is_left_aside() {
    let (other, mut shop) = (shop_of_two().await, shop_of_two().await);
    other.opt_out(BUDI).await;
    shop.opt_out(ANI).await;
    let seq = save(&other);
    assert_eq!(shop.gate.seq(), Some(seq));
    fs::copy(snapshot(&other), snapshot(&shop)).unwrap();

    // What the mark is for: both shops have the same keys, so nothing else would tell.
    let found = Gate::load(
        (&shop.data_folder(), &shop.store.epoch().unwrap()),
        shop.store.hasher().clone(),
    );
    let (gate, mark) = found.unwrap().unwrap();
    assert_ne!(Some(mark), shop.store.mark(seq).unwrap());
    let replay = shop.store.replay(gate.seq(), |some| gate.apply(&some));
    replay.unwrap();
    let request = Request::of(purpose_id("marketing"), Channel::Email);
    let who = Who::Identifier(email(ANI));
    let lost = gate.ask(&who, &request, &shop.policy(), shop.clock.now());
    assert_eq!(lost.verdict, Verdict::Allow);

    shop.reopen().await;
    assert_eq!(shop.saved(), None);
    assert!(!may(&shop, ANI) && may(&shop, BUDI));
}

#[tokio::test]
async fn a_restored_older_database_is_replayed_and_so_is_what_it_becomes() {
    if is_on_a_server() {
        return;
    }
    let mut shop = shop_of_two().await;
    let database = database(&mut shop);
    let older = fs::read(&database).unwrap();
    shop.reopen().await;
    // A no would come back from the journal.
    shop.consented(&[CITRA]).await;
    let seq = save(&shop);
    self::database(&mut shop);
    fs::write(&database, older).unwrap();

    shop.reopen().await;
    assert_eq!(
        shop.saved(),
        None,
        "the snapshot is of entries that are lost"
    );
    assert!(may(&shop, BUDI) && !may(&shop, CITRA));

    shop.consented(&[DEWI]).await;
    assert_eq!(shop.gate.seq(), Some(seq), "as long as it was");
    shop.reopen().await;
    assert_eq!(shop.saved(), None, "the snapshot is of other entries");
    assert!(may(&shop, DEWI) && !may(&shop, CITRA));

    let seq = save(&shop);
    shop.reopen().await;
    assert_eq!(shop.saved(), Some(seq));
    assert!(may(&shop, DEWI) && !may(&shop, CITRA));
}

#[tokio::test]
async fn a_damaged_snapshot_is_left_aside_wherever_it_is_damaged() {
    let mut shop = shop_of_two().await;
    save(&shop);
    shop.opt_out(ANI).await;
    let whole = fs::read(snapshot(&shop)).unwrap();
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        bytes
    };
    // Release, mark, magic word, version, sequence, then everything else.
    let head = [0, 10, 11, 42, 43, 51, 55, 63, 71];
    let rest = (100..whole.len()).step_by(whole.len() / 12);
    let changed = head.into_iter().chain(rest).map(changed);
    let cut = [0, 5, 11, 30, 43, 60, whole.len() / 2, whole.len() - 1];
    let cut = cut.map(|length| whole[..length].to_vec());
    let longer = [whole.as_slice(), &[0]].concat();
    for bytes in changed.chain(cut).chain([longer]) {
        fs::write(snapshot(&shop), bytes).unwrap();
        shop.reopen().await;
        assert_eq!(shop.saved(), None);
        assert!(!may(&shop, ANI) && may(&shop, BUDI));
    }
    fs::write(snapshot(&shop), &whole).unwrap();
    shop.reopen().await;
    assert!(shop.saved().is_some(), "the whole one is used");
    assert!(!may(&shop, ANI) && may(&shop, BUDI));
}

#[tokio::test]
async fn a_pipe_in_the_place_of_the_snapshot_keeps_no_server_from_starting() {
    let mut shop = shop_of_two().await;
    save(&shop);
    shop.opt_out(ANI).await;
    fs::remove_file(snapshot(&shop)).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(snapshot(&shop))
        .status();
    assert!(made.unwrap().success());
    shop.reopen().await;
    assert_eq!(shop.saved(), None);
    assert!(!may(&shop, ANI) && may(&shop, BUDI));
}

#[tokio::test]
async fn a_snapshot_of_another_release_is_left_aside() {
    let mut shop = shop_of_two().await;
    save(&shop);
    let whole = fs::read(snapshot(&shop)).unwrap();
    let end = whole.iter().position(|byte| *byte == b'\n').unwrap();
    let other = [b"izin 0.0.0", &whole[end..]].concat();
    fs::write(snapshot(&shop), other).unwrap();
    shop.reopen().await;
    assert_eq!(shop.saved(), None);
    assert!(may(&shop, ANI));
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_written_or_read_keeps_nobody_from_anything() {
    let mut shop = shop_of_two().await;
    let new = shop.data_folder().join("gate.snapshot.unfinished");
    fs::create_dir(&new).unwrap();
    shop.save_gate(1);
    assert_eq!((shop.saved(), snapshot(&shop).exists()), (None, false));
    shop.opt_out(ANI).await;
    fs::create_dir(snapshot(&shop)).unwrap();
    shop.reopen().await;
    assert_eq!(shop.saved(), None);
    assert!(!may(&shop, ANI) && may(&shop, BUDI));
    fs::remove_dir(new).unwrap();
    shop.save_gate(1);
    assert_eq!(shop.saved(), None, "a folder is in its place");
    assert!(!shop.data_folder().join("gate.snapshot.unfinished").exists());
}

#[tokio::test]
async fn a_snapshot_is_for_its_owner_only_and_replaces_one_that_a_crash_left_half() {
    let shop = shop_of_two().await;
    let new = shop.data_folder().join("gate.snapshot.unfinished");
    fs::write(&new, "half").unwrap();
    fs::set_permissions(&new, PermissionsExt::from_mode(0o644)).unwrap();
    save(&shop);
    let rights = fs::metadata(snapshot(&shop)).unwrap().permissions();
    assert_eq!(rights.mode() & 0o777, 0o600);
    assert!(!new.exists());
}

#[tokio::test]
async fn a_snapshot_is_written_when_enough_is_in_none() {
    let mut shop = shop_of_two().await;
    let entries = shop.gate.seq().unwrap().0 + 1;
    shop.save_gate(entries + 1);
    assert_eq!(shop.saved(), None);
    shop.save_gate(entries);
    assert_eq!(shop.saved(), shop.gate.seq());
    fs::remove_file(snapshot(&shop)).unwrap();
    shop.save_gate(1);
    assert!(!snapshot(&shop).exists(), "nothing is new");
    shop.opt_out(ANI).await;
    save(&shop);
    shop.reopen().await;
    shop.save_gate(1);
    assert_eq!(shop.saved(), shop.gate.seq());
    assert!(!may(&shop, ANI));
}
