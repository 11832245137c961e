//! Backup, restore, doctor, leaving: what is refused, what is found, and that it decides the same.

use std::fs;

use crate::shop::{ABOUT, CONTACTS, Ran, Shop, ended};

/// A shop with somebody of every kind, and a no of somebody unknown.
pub(crate) fn shop(name: &str) -> Shop {
    let shop = Shop::with_contacts(name);
    let call = ["import", "suppressions", "-"];
    shop.izin_reading(&call, "email,reason\nasing@example.com,stop\n")
        .fine();
    let said = ["--agent", "Sari", "--note", "by letter"];
    shop.izin(&[&["optout", "customer:3"], &said[..]].concat())
        .fine();
    shop
}

/// What is decided about everybody.
fn decisions(shop: &Shop) -> Vec<(String, String)> {
    let people = ["budi", "sari", "tono", "asing", "siapa"];
    let decide = |own: &str| shop.decision(&format!("email:{own}@example.com"));
    people.map(decide).into()
}

/// The backup of a shop, and its master key put elsewhere.
fn backed_up(shop: &Shop, more: &[&str]) {
    shop.izin(&[&["backup", "backup"], more].concat()).fine();
    fs::copy(shop.path("data/keys/master.key"), shop.path("copy.key")).unwrap();
}

fn restore(shop: &Shop, more: &[&str]) -> Ran {
    let call = ["restore", "backup", "--verify", "--key-file", "copy.key"];
    shop.izin(&[&call, more].concat())
}

#[test]
fn a_backup_under_another_key_incomplete_or_changed_is_not_restored() {
    let shop = shop("keeping-refused");
    backed_up(&shop, &[]);
    shop.izin(&["backup", "backup"]).refused(1, &["not empty"]);
    restore(&shop, &[]).refused(1, &["holds data already"]);
    fs::rename(shop.path("data"), shop.path("aside")).unwrap();
    shop.izin(&["restore", "backup", "--verify"])
        .refused(1, &["--key-file", "master.key"]);
    shop.write("other.key", &"5".repeat(64));
    shop.izin(&["restore", "backup", "--key-file", "other.key"])
        .refused(1, &["another key"]);
    let path = shop.path("backup/izin.sqlite.sealed");
    let whole = fs::read(&path).unwrap();
    for damaged in [&whole[..whole.len() - 9], &[&whole[..], b"more"].concat()] {
        fs::write(&path, damaged).unwrap();
        restore(&shop, &[]).refused(1, &["incomplete or changed"]);
    }
    fs::write(&path, &whole).unwrap();
    let note = shop.read("backup/checkpoint");
    shop.write("backup/checkpoint", &note.replacen("\n1", "\n2", 1));
    restore(&shop, &[]).refused(1, &["not what was signed"]);
    shop.write("backup/checkpoint", &note);
    fs::rename(shop.path("backup/backup.json"), shop.path("about")).unwrap();
    restore(&shop, &[]).refused(1, &["no finished backup"]);
    let about = shop.read("about");
    shop.write(
        "backup/backup.json",
        &about.replacen("\"entries\": ", "\"entries\": 9", 1),
    );
    restore(&shop, &[]).refused(1, &["backup.json was changed"]);
    fs::rename(shop.path("about"), shop.path("backup/backup.json")).unwrap();
    assert!(!shop.path("data/izin.sqlite").exists());
    restore(&shop, &[]).fine();
}

#[test]
fn a_restored_shop_decides_the_same_without_anybodys_keys() {
    let shop = shop("keeping-restored");
    let before = decisions(&shop);
    let server = shop.serve();
    backed_up(&shop, &[]);
    assert_eq!(server.stop().0, Some(0));
    assert!(!shop.path("backup/keys/people.sqlite.sealed").exists());
    for file in ["izin.sqlite", "keys/keys.sqlite", "keys/master.key"] {
        let sealed = fs::read(shop.path(&format!("backup/{file}.sealed"))).unwrap();
        let text = String::from_utf8_lossy(&sealed).into_owned();
        assert!(
            !text.contains("SQLite") && !text.contains("policy_published"),
            "{file}"
        );
    }
    fs::remove_dir_all(shop.path("data")).unwrap();
    let told = restore(&shop, &["--json"]).fine().json();
    assert_eq!(told["people_keys"], "absent");
    assert_eq!(decisions(&shop), before);
    let doctor = shop.izin(&["doctor", "--json"]);
    assert!(doctor.out.contains("keys_missing"), "{}", doctor.out);
    let kept = shop.izin(&["export", "subject", "customer:1"]).fine().out;
    assert!(
        !kept.contains("budi@example.com"),
        "no key opens an address"
    );
}

#[test]
fn with_the_keys_of_people_everything_opens_again() {
    let shop = shop("keeping-keys");
    backed_up(&shop, &["--with-keys"]);
    shop.izin(&["restore", "backup", "--verify", "--dry-run"])
        .fine();
    fs::remove_dir_all(shop.path("data")).unwrap();
    assert_eq!(
        restore(&shop, &["--json"]).fine().json()["people_keys"],
        "restored"
    );
    let kept = shop.izin(&["export", "subject", "customer:1"]).fine().out;
    assert!(kept.contains("budi@example.com"));
    shop.izin(&["doctor"]).fine();
    let key = shop.izin(&["log", "key"]).fine().out;
    shop.izin(&["log", "export", "log"]).fine();
    shop.izin(&["log", "verify", "log", "--key", key.trim()])
        .fine();
}

#[test]
fn a_backup_is_not_whole_while_one_of_its_files_does_not_open() {
    let shop = shop("keeping-whole");
    backed_up(&shop, &["--with-keys"]);
    let verified = || restore(&shop, &["--dry-run"]);
    // What a restore with people's keys has no use for is what one without them needs.
    for file in ["keys/keys.sqlite", "keys/people.sqlite", "keys/master.key"] {
        let path = shop.path(&format!("backup/{file}.sealed"));
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        verified().refused(1, &[file]);
        fs::write(&path, whole).unwrap();
    }
    verified().fine();
    fs::remove_file(shop.path("backup/keys/keys.sqlite.sealed")).unwrap();
    verified().refused(1, &["keys/keys.sqlite"]);
}

#[test]
fn keys_that_are_still_there_are_kept() {
    let shop = shop("keeping-kept");
    backed_up(&shop, &["--with-keys"]);
    fs::remove_file(shop.path("data/izin.sqlite")).unwrap();
    for own in fs::read_dir(shop.path("data")).unwrap() {
        let own = own.unwrap();
        if own.file_name() != "keys" && own.path().is_file() {
            fs::remove_file(own.path()).unwrap();
        }
    }
    let call = ["restore", "backup", "--verify", "--json"];
    assert_eq!(shop.izin(&call).fine().json()["people_keys"], "kept");
    shop.izin(&["doctor"]).fine();
}

#[test]
fn a_backup_whose_keys_cannot_find_a_later_refusal_is_not_restored() {
    let shop = shop("keeping-older-keys");
    backed_up(&shop, &["--with-keys"]);
    shop.izin(&["keys", "rotate", "--addresses"]).fine();
    shop.izin(&[
        "optout",
        "email:sari@example.com",
        "--agent",
        "Sari",
        "--note",
        "by letter",
    ])
    .fine();
    fs::rename(shop.path("data"), shop.path("aside")).unwrap();
    for more in [&["--dry-run"][..], &[]] {
        restore(&shop, more).refused(1, &["version 2", "1 at most"]);
    }
    fs::rename(shop.path("aside/keys"), shop.path("data/keys")).unwrap();
    let told = || restore(&shop, &["--dry-run"]).fine().out;
    assert!(!told().contains("no journal"));
    fs::rename(shop.path("data-safe"), shop.path("safe-aside")).unwrap();
    assert!(told().contains("There is no journal of refusals in "));
    fs::rename(shop.path("safe-aside"), shop.path("data-safe")).unwrap();
    restore(&shop, &[]).fine();
    shop.izin(&["log", "fork"]).fine();
    let (decision, reason) = shop.decision("email:sari@example.com");
    assert_eq!((&*decision, &*reason), ("deny", "opted_out_all"));
}

/// A message was handed over, and committed to.
fn hand_over(shop: &Shop) {
    let db = rusqlite::Connection::open(shop.path("data/izin.sqlite")).unwrap();
    let sent = "
        insert into hand_overs (subject, channel, purpose, begun_at)
        values (zeroblob(16), 'email', 'marketing', 0)";
    db.execute_batch(sent).unwrap();
    drop(db);
    shop.izin(&["log", "checkpoint"]).fine();
}

/// What may be changed in a store behind its back, and what doctor calls it.
const FAULTS: [(&str, &str); 9] = [
    (
        "batch_differs",
        "update hand_over_batches set seed = zeroblob(32)",
    ),
    ("batch_differs", "delete from hand_over_batches"),
    (
        "batch_differs",
        "update hand_over_batches set seq = seq - 1",
    ),
    (
        "leaf_differs",
        "update entries set recorded_at = recorded_at - 1 where seq = 2",
    ),
    (
        "suppression_lost",
        "delete from suppressions where seq = (select max(seq) from suppressions)",
    ),
    (
        "hash_differs",
        "update identifiers set lookup_hash = zeroblob(16)",
    ),
    (
        "value_closed",
        "update identifiers set sealed = zeroblob(60)",
    ),
    (
        "checkpoint_forged",
        "update checkpoints set size = 1000 where size = (select max(size) from checkpoints)",
    ),
    (
        "ledger_gap",
        "delete from details; delete from entries where seq = 3",
    ),
];

#[test]
fn doctor_names_what_was_changed_and_who_can_read_along() {
    use std::os::unix::fs::PermissionsExt;
    let shop = shop("keeping-doctor");
    let server = shop.serve();
    shop.izin(&["doctor"]).fine();
    assert_eq!(server.stop().0, Some(0));
    hand_over(&shop);
    shop.izin(&["doctor"]).fine();
    let whole = fs::read(shop.path("data/izin.sqlite")).unwrap();
    for (code, fault) in FAULTS {
        let db = rusqlite::Connection::open(shop.path("data/izin.sqlite")).unwrap();
        db.execute_batch(&format!("pragma foreign_keys = off; {fault}"))
            .unwrap();
        drop(db);
        let ran = shop.izin(&["doctor", "--json"]);
        assert_eq!(ran.code, Some(1), "{code}: {}", ran.out);
        assert!(
            ran.out.contains(&format!("\"{code}\"")),
            "{code}: {}",
            ran.out
        );
        fs::write(shop.path("data/izin.sqlite"), &whole).unwrap();
    }
    let note = fs::read_to_string(shop.path("data-safe/checkpoint")).unwrap();
    let mut lines: Vec<&str> = note.split('\n').collect();
    lines[1] = "999";
    fs::write(shop.path("data-safe/checkpoint"), lines.join("\n")).unwrap();
    let ran = shop.izin(&["doctor", "--json"]);
    assert!(ran.out.contains("\"safe_ahead\""), "{}", ran.out);
    fs::write(shop.path("data-safe/checkpoint"), &note).unwrap();
    let key = shop.path("data/keys/master.key");
    fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let ran = shop.izin(&["doctor", "--lang", "id"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("open_to_others") && ran.out.contains("chmod"),
        "{}",
        ran.out
    );
}

/// A shop whose master key the environment gives.
struct Given(Shop);

impl Given {
    const KEYS: [&str; 2] = [
        "1111111111111111111111111111111111111111111111111111111111111111",
        "2222222222222222222222222222222222222222222222222222222222222222",
    ];

    fn izin(&self, master: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = self.0.command(arguments);
        ended(command.envs(master.iter().copied()).spawn().unwrap())
    }
}

#[test]
fn a_master_key_from_the_environment_opens_its_backup_and_is_not_in_it() {
    let given = Given(Shop::new("keeping-given"));
    let [own, other] = Given::KEYS;
    let (own, other) = ([("IZIN_MASTER_KEY", own)], [("IZIN_MASTER_KEY", other)]);
    given.0.write("contacts.csv", CONTACTS);
    given
        .izin(&own, &["import", "contacts", "contacts.csv"])
        .fine();
    given
        .izin(&own, &["backup", "backup", "--with-keys"])
        .fine();
    assert!(!given.0.path("backup/keys/master.key.sealed").exists());
    fs::remove_dir_all(given.0.path("data")).unwrap();
    let restore = ["restore", "backup", "--verify"];
    given.izin(&other, &restore).refused(1, &["another key"]);
    given.izin(&[], &restore).refused(1, &["--key-file"]);
    given.0.write("copy.key", Given::KEYS[0]);
    given
        .izin(&[], &[&restore[..], &["--key-file", "copy.key"]].concat())
        .refused(1, &["IZIN_MASTER_KEY"]);
    given.izin(&own, &restore).fine();
    assert!(!given.0.path("data/keys/master.key").exists());
    let kept = given
        .izin(&own, &["export", "subject", "customer:1"])
        .fine();
    assert!(kept.out.contains("budi@example.com"));
    given.izin(&own, &["doctor"]).fine();
}

#[test]
fn neither_doctor_nor_a_dry_run_changes_a_key_or_leaves_a_copy() {
    let shop = shop("keeping-looked");
    backed_up(&shop, &["--with-keys"]);
    let keys = shop.path("data/keys/keys.sqlite");
    let before = fs::read(&keys).unwrap();
    let inside = |folder: &std::path::Path| {
        let names = fs::read_dir(folder)
            .unwrap()
            .map(|own| own.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let (here, temporary) = (inside(&shop.dir), std::env::temp_dir());
    let aside = || {
        let name = |own: &std::ffi::OsString| own.to_string_lossy().starts_with("izin-restore");
        inside(&temporary).iter().filter(|own| name(own)).count()
    };
    let there = aside();
    shop.izin(&["doctor"]).fine();
    shop.izin(&["restore", "backup", "--verify", "--dry-run"])
        .fine();
    assert_eq!(fs::read(&keys).unwrap(), before);
    assert_eq!(inside(&shop.dir), here);
    assert_eq!(aside(), there);
    // A key database that lacks a table is told of, and not mended.
    fs::remove_file(&keys).unwrap();
    let doctor = shop.izin(&["doctor", "--json"]);
    assert!(doctor.out.contains("file_missing"), "{}", doctor.out);
    fs::write(&keys, "").unwrap();
    shop.izin(&["doctor", "--json"]);
    assert_eq!(fs::read(&keys).unwrap(), b"");
}

#[test]
fn new_address_keys_change_no_decision_under_a_running_server_and_old_links_still_work() {
    let shop = shop("keeping-addresses");
    let before = decisions(&shop);
    let server = shop.serve();
    let preview = shop.izin(&["keys", "rotate", "--addresses", "--dry-run", "--json"]);
    assert!(preview.fine().json()["rows"].as_u64().unwrap() > 3);
    let status = || shop.izin(&["keys", "status", "--json"]).fine().json();
    assert_eq!(
        status()["address_keys"][0]["version"],
        1,
        "a preview does nothing"
    );
    shop.izin(&["keys", "rotate", "--addresses"]).fine();
    assert_eq!(status()["address_keys"].as_array().unwrap().len(), 1);
    assert_eq!(status()["address_keys"][0]["version"], 2);
    assert_eq!(decisions(&shop), before);
    assert_eq!(server.stop().0, Some(0));
    assert_eq!(decisions(&shop), before, "after a start");
    backed_up(&shop, &["--with-keys"]);
    fs::remove_dir_all(shop.path("data")).unwrap();
    restore(&shop, &[]).fine();
    assert_eq!(decisions(&shop), before, "from a backup");
    shop.izin(&["doctor"]).fine();
}

#[test]
fn a_safe_that_is_gone_is_missed_until_somebody_says_that_it_is_lost() {
    let shop = shop("keeping-safe");
    let before = decisions(&shop);
    fs::rename(shop.path("data-safe"), shop.path("elsewhere")).unwrap();
    let ask = ["decide", "email:budi@example.com"];
    let ask = [&ask[..], &ABOUT].concat();
    shop.izin(&ask).refused(1, &["data-safe", "new-safe"]);
    let doctor = shop.izin(&["doctor", "--json"]);
    assert!(doctor.out.contains("safe_missing"), "{}", doctor.out);
    shop.izin(&["log", "new-safe"]).fine();
    let doctor = shop.izin(&["doctor", "--json"]).fine();
    assert!(doctor.out.contains("safe_not_begun"), "{}", doctor.out);
    assert_eq!(decisions(&shop), before);
    shop.izin(&["doctor"]).fine();
}
