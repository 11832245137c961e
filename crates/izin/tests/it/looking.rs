//! Looking makes nothing, says what is there and what is not, and the worst first.

use std::ffi::OsString;
use std::fs;
use std::process::Stdio;

use crate::shop::{ABOUT, Shop, ended};

fn inside(shop: &Shop) -> Vec<OsString> {
    let names = fs::read_dir(&shop.dir).unwrap();
    let mut names: Vec<_> = names.map(|own| own.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn whoever_only_looks_at_a_new_shop_makes_nothing_in_it() {
    let shop = Shop::new("looking-new");
    let before = inside(&shop);
    for call in [
        &["log", "key"][..],
        &["log", "export", "out"],
        &["log", "new-safe"],
        &["keys", "status"],
        &["keys", "rotate", "--addresses", "--dry-run"],
        &["keys", "rotate"],
        &["backup", "out"],
        &["doctor"],
    ] {
        shop.izin(call).refused(1, &["there are no data in"]);
        let id = [call, &["--lang", "id"]].concat();
        shop.izin(&id).refused(1, &["belum ada data di"]);
        assert_eq!(inside(&shop), before, "{call:?}");
    }
    let decide = [&["decide", "email:budi@example.com"], &ABOUT[..]].concat();
    for call in [
        &decide[..],
        &["queue", "list"],
        &["api-key", "list"],
        &["policy", "show"],
        &["policy", "publish", "--dry-run"],
        &["export", "suppressions"],
        &["retention", "run"],
    ] {
        shop.izin(call).fine();
        assert_eq!(inside(&shop), before, "{call:?}");
    }
}

#[test]
fn a_command_about_nobody_makes_nothing_in_a_new_shop() {
    let shop = Shop::new("looking-nobody");
    let before = inside(&shop);
    let erase = [
        "erase",
        "email:a@example.com",
        "--agent",
        "Sari",
        "--note",
        "x",
    ];
    for call in [
        &erase[..],
        &[&erase[..], &["--yes"]].concat(),
        &["hold", "end", "1", "--as", "Rini"],
        &[
            "hold",
            "begin",
            "email:a@example.com",
            "--as",
            "Rini",
            "--note",
            "x",
        ],
        &[
            "queue",
            "settle",
            "7",
            "--outcome",
            "close",
            "--as",
            "Rini",
            "--note",
            "x",
        ],
        &["api-key", "revoke", "kasir"],
        &["campaign", "stop", "1"],
        &["import", "contacts", "missing.csv"],
    ] {
        shop.izin(call).refused(1, &[]);
        assert_eq!(inside(&shop), before, "{call:?}");
    }
}

#[test]
fn several_who_look_at_a_new_shop_at_once_do_not_disturb_each_other() {
    let shop = Shop::new("looking-together");
    let decide = [&["decide", "email:budi@example.com"], &ABOUT[..]].concat();
    let look = || {
        let mut command = shop.command(&decide);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let lookers: Vec<_> = (0..4).map(|_| look()).collect();
    for looker in lookers {
        ended(looker).fine();
    }
    let mut names = fs::read_dir(&shop.dir).unwrap();
    let left = names.any(|own| {
        own.unwrap()
            .file_name()
            .to_string_lossy()
            .contains("looked")
    });
    assert!(!left, "each took its own away");
}

#[test]
fn a_missing_safe_is_told_before_everything_else_and_values_without_keys_in_one_sentence() {
    let shop = Shop::with_contacts("looking-worst");
    fs::remove_dir_all(shop.path("data-safe")).unwrap();
    let db = rusqlite::Connection::open(shop.path("data/keys/keys.sqlite")).unwrap();
    db.execute("delete from subject_keys", ()).unwrap();
    drop(db);
    let told = shop.izin(&["doctor"]).out;
    assert!(told.starts_with("safe_missing: "), "{told}");
    assert_eq!(told.matches("keys_missing: ").count(), 4, "{told}");
    assert!(told.contains("keys_missing: and "), "{told}");
    assert_eq!(told.matches("whose keys are gone").count(), 1, "{told}");
    let findings = shop.izin(&["doctor", "--json"]).json()["findings"].clone();
    assert_eq!(findings[0]["code"], "safe_missing");
    assert!(findings[3]["more"].as_u64().unwrap() > 0, "{findings}");
}

#[test]
fn what_a_command_says_in_a_sentence_is_not_logged_as_json_besides() {
    let shop = Shop::with_contacts("looking-plain");
    fs::remove_dir_all(shop.path("data-safe")).unwrap();
    let ran = shop
        .izin(&["queue", "list"])
        .refused(1, &["izin: the safe"]);
    assert!(!ran.err.contains('{'), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn a_dry_run_beside_live_data_does_not_promise_what_would_be_refused() {
    let shop = Shop::with_contacts("looking-restore");
    shop.izin(&["backup", "backup"]).fine();
    let dry = ["restore", "backup", "--dry-run"];
    let said = shop.izin(&dry).fine().out;
    assert!(
        said.contains("holds data, which a restore never writes over"),
        "{said}"
    );
    shop.izin(&["restore", "backup"]).refused(1, &[]);
    fs::create_dir(shop.path("aside")).unwrap();
    fs::rename(shop.path("data"), shop.path("aside/data")).unwrap();
    let key = ["--key-file", "aside/data/keys/master.key"];
    let said = shop.izin(&[&dry[..], &key].concat()).fine().out;
    assert!(said.contains("leave out --dry-run to restore it"), "{said}");
}

#[test]
fn the_erased_are_not_counted_among_those_whose_data_open() {
    let shop = Shop::with_contacts("looking-keys");
    let people = || {
        let told = shop.izin(&["keys", "status", "--json"]).fine().json();
        (
            told["people"].as_u64().unwrap(),
            told["erased"].as_u64().unwrap(),
        )
    };
    let (before, none) = people();
    assert_eq!(none, 0);
    let erase = [
        "erase",
        "customer:1",
        "--agent",
        "Sari",
        "--note",
        "letter",
        "--yes",
    ];
    // Nothing listens where letters go: somebody else has to tell the person.
    let said = shop.izin(&erase).refused(1, &[]).out;
    for words in ["erased, recorded as entry", "tell the person another way"] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(people(), (before - 1, 1));
}

#[test]
fn a_check_tells_what_the_sample_left_to_do_until_it_is_done() {
    let shop = Shop::new("looking-check");
    let codes = || {
        let told = shop.izin(&["check", "--json"]).fine().json();
        let findings = told["findings"].as_array().unwrap().iter();
        let codes = findings.map(|own| own["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes(), ["dpia_sample", "log_without_name"]);
    let said = shop.izin(&["check", "--lang", "id"]).fine().out;
    for words in ["`Direktur Contoh`", "log akan bernama `127.0.0.1`"] {
        assert!(said.contains(words), "{said}");
    }
    let config = shop.read("izin.toml");
    shop.write("izin.toml", &config.replace("# log_origin", "log_origin"));
    let dpia = shop.read("policy/dpia.toml");
    let named = [
        ("Direktur", "Rini"),
        ("Petugas", "Sari"),
        ("Pemasar", "Budi"),
    ];
    let own = named.iter().fold(dpia, |text, (from, to)| {
        text.replace(&format!("{from} Contoh"), &format!("{to} Wijaya"))
    });
    shop.write("policy/dpia.toml", &own);
    assert_eq!(codes(), Vec::<String>::new());
}

#[test]
fn a_start_after_new_address_keys_warns_of_nothing_and_says_why_it_takes_longer_when_asked() {
    let shop = Shop::with_contacts("looking-rotated");
    let before = shop.decision("email:budi@example.com");
    assert_eq!(shop.serve().stop().0, Some(0));
    shop.izin(&["keys", "rotate", "--addresses"]).fine();
    let asked = [&["decide", "email:budi@example.com"], &ABOUT[..]].concat();
    assert_eq!(shop.izin(&asked).fine().err, "");
    let child = shop.command(&asked).env("IZIN_LOG", "info").spawn();
    let said = crate::shop::ended(child.unwrap()).err;
    assert!(said.contains("hashed under other keys"), "{said}");
    assert_eq!(shop.decision("email:budi@example.com"), before);
}
