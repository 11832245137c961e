//! The record can be checked by a stranger: with the exported folder and the key, nothing else.

use std::fs;
use std::os::unix::fs::symlink;

use crate::shop::Shop;

/// A shop whose log is exported to `out`, and its key.
fn exported(name: &str) -> (Shop, String) {
    let shop = Shop::with_contacts(name);
    shop.izin(&["log", "export", "out"]).fine();
    let key = shop.izin(&["log", "key"]).fine().out.trim().to_owned();
    for own in ["izin.toml", "policy/controller.toml", "data/izin.sqlite"] {
        fs::remove_file(shop.path(own)).unwrap();
    }
    (shop, key)
}

#[test]
fn a_changed_byte_in_any_file_is_found_and_the_file_named() {
    let (shop, key) = exported("log-changed");
    for file in ["checkpoint", "izin.vkey"] {
        let path = shop.path("out").join(file);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[3] ^= 1;
        fs::write(&path, bad).unwrap();
        shop.izin(&["log", "verify", "out", "--key", &key])
            .refused(1, &[file]);
        fs::write(&path, good).unwrap();
    }
    let bundle = fs::read_dir(shop.path("out/tile/entries"))
        .unwrap()
        .next()
        .unwrap();
    let mut path = bundle.unwrap().path();
    if path.is_dir() {
        path = fs::read_dir(path).unwrap().next().unwrap().unwrap().path();
    }
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    let ran = shop.izin(&["log", "verify", "out", "--key", &key, "--json"]);
    assert_eq!(ran.json()["ok"], false);
    let named = ran.json()["file"].as_str().unwrap().to_owned();
    assert!(path.ends_with(&named), "{named}");
    ran.refused(1, &[&named]);
}

#[test]
fn what_nobody_would_check_is_refused() {
    let (shop, key) = exported("log-extra");
    let verify = || shop.izin(&["log", "verify", "out", "--key", &key]);
    shop.write("out/.hidden", "");
    verify().refused(1, &[".hidden"]);
    fs::remove_file(shop.path("out/.hidden")).unwrap();
    symlink("checkpoint", shop.path("out/again")).unwrap();
    verify().refused(1, &["`again` is neither a file nor a folder"]);
    fs::remove_file(shop.path("out/again")).unwrap();
    fs::rename(shop.path("out/checkpoint"), shop.path("moved")).unwrap();
    symlink("../moved", shop.path("out/checkpoint")).unwrap();
    verify().refused(1, &["checkpoint"]);
}

#[test]
fn another_key_and_no_key_are_told_apart() {
    let (shop, _) = exported("log-key");
    let (other, key) = exported("log-other");
    shop.izin(&["log", "verify", "out", "--key", &key])
        .refused(1, &["checkpoint"]);
    shop.izin(&["log", "verify", "out", "--key", "absent"])
        .refused(2, &["izin log key"]);
    shop.write("no-key", "hello");
    shop.izin(&["log", "verify", "out", "--key", "no-key"])
        .refused(2, &["name+id+base64"]);
    shop.izin(&["log", "verify", "absent", "--key", &key])
        .refused(1, &["absent"]);
    drop(other);
}

#[test]
fn a_log_that_lost_entries_since_a_kept_checkpoint_is_refused() {
    let shop = Shop::with_contacts("log-since");
    let key = shop.izin(&["log", "key"]).fine().out.trim().to_owned();
    shop.izin(&["log", "export", "older"]).fine();
    let early = shop.izin(&["log", "checkpoint"]).fine().out;
    let about = ["--agent", "Sari", "--note", "letter"];
    let optout = [&["optout", "email:budi@example.com"][..], &about].concat();
    shop.izin(&optout).fine();
    shop.izin(&["log", "export", "newer"]).fine();
    let late = shop.izin(&["log", "checkpoint"]).fine().out;
    assert_ne!(early, late);
    shop.write("early", &early);
    shop.write("late", &late);
    shop.write("forged", &late.replace("\n\n", "0\n\n"));
    let verify = |folder: &str, since: &str| {
        shop.izin(&["log", "verify", folder, "--key", &key, "--since", since])
    };
    verify("older", "late").refused(1, &["fewer than the"]);
    verify("newer", "forged").refused(1, &["`", "forged", "no checkpoint"]);
    verify("newer", "absent").refused(1, &["cannot read", "absent"]);
    for (folder, since) in [("newer", "early"), ("newer", "late"), ("older", "early")] {
        let said = verify(folder, since).fine().out;
        assert!(said.contains("is whole"), "{said}");
    }
}

#[test]
fn an_export_is_whole_and_needs_neither_configuration_nor_store() {
    let (shop, key) = exported("log-whole");
    let said = shop
        .izin(&["log", "verify", "out", "--key", &key])
        .fine()
        .out;
    assert!(said.contains("is whole"), "{said}");
    let found = shop
        .izin(&["log", "verify", "out", "--key", "out/izin.vkey", "--json"])
        .fine();
    assert_eq!(found.json()["ok"], true);
    assert!(found.json()["size"].as_u64().unwrap() > 3);
}

#[test]
fn an_export_and_a_proof_come_also_from_a_running_server() {
    let shop = Shop::with_contacts("log-served");
    let server = shop.serve();
    let key = shop.izin(&["log", "key", "--json"]).fine().json()["key"].clone();
    let key = key.as_str().unwrap();
    shop.izin(&["log", "export", "out"]).fine();
    shop.izin(&["log", "export", "out"])
        .refused(1, &["not empty"]);
    let whole = shop.izin(&["log", "verify", "out", "--key", key]).fine();
    assert!(whole.out.contains("is whole"));
    let proof = shop.izin(&["log", "prove", "1"]).fine().out;
    assert!(
        proof.starts_with("c2sp.org/tlog-proof@v1\nindex 1\n"),
        "{proof}"
    );
    assert!(proof.ends_with(&shop.izin(&["log", "checkpoint"]).fine().out));
    let proved = shop.izin(&["log", "prove", "1", "--json"]).fine().json();
    assert_eq!(proved["receipt"], proof);
    shop.izin(&["log", "prove", "99999"])
        .refused(1, &["no entry 99999"]);
    drop(server);
}
