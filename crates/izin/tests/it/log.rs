//! The record can be checked by a stranger: with the exported folder and the key, nothing else.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
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

/// Puts the database of the stopped shop back as it was.
pub(crate) fn put_back(shop: &Shop, backup: &[u8]) {
    for beside in ["data/izin.sqlite-wal", "data/izin.sqlite-shm"] {
        if shop.path(beside).exists() {
            fs::remove_file(shop.path(beside)).unwrap();
        }
    }
    fs::write(shop.path("data/izin.sqlite"), backup).unwrap();
}

#[test]
fn an_older_backup_is_noticed_by_every_command_until_the_log_is_forked() {
    let shop = Shop::with_contacts("log-fork");
    let key = shop.izin(&["log", "key"]).fine().out.trim().to_owned();
    shop.izin(&["log", "fork"])
        .refused(1, &["nothing to go on without"]);
    let backup = fs::read(shop.path("data/izin.sqlite")).unwrap();
    let about = ["--agent", "Sari", "--note", "letter"];
    let optout = [&["optout", "email:budi@example.com"][..], &about].concat();
    shop.izin(&optout).fine();
    let last = shop.read("data-safe/checkpoint");
    put_back(&shop, &backup);

    assert_eq!(
        shop.decision("email:budi@example.com"),
        ("deny".into(), "stale_gate".into())
    );
    let said = shop.izin(&["queue", "list"]).fine().err;
    assert!(
        said.contains("older backup") && said.contains("izin log fork"),
        "{said}"
    );
    let said = shop.izin(&["--lang", "id", "queue", "list"]).fine().err;
    assert!(said.contains("cadangan lama"), "{said}");
    shop.izin(&["log", "checkpoint"])
        .refused(1, &["Nothing is signed"]);
    shop.izin(&optout).fine();
    assert_eq!(shop.read("data-safe/checkpoint"), last);
    let server = shop.serve();
    let said = shop.izin(&["queue", "list"]).fine().err;
    assert!(said.contains("older backup"), "{said}");
    let (status, said) = get(&format!("{}/readyz", server.url));
    assert!(
        status == 503 && said.contains("older backup"),
        "{status} {said}"
    );
    let forked = shop.izin(&["log", "fork", "--json"]).fine().json();
    assert_eq!(get(&format!("{}/readyz", server.url)).0, 200);
    drop(server);

    let said = shop.izin(&["queue", "list"]).fine().err;
    assert_eq!(said, "");
    let forked = forked["key"].as_str().unwrap().to_owned();
    assert_ne!(forked, key);
    assert_eq!(shop.izin(&["log", "key"]).fine().out.trim(), forked);
    shop.izin(&["log", "export", "out"]).fine();
    shop.izin(&["log", "verify", "out", "--key", &forked])
        .fine();
    shop.izin(&["log", "verify", "out", "--key", &key])
        .refused(1, &["checkpoint"]);
}

#[test]
fn a_log_is_checked_at_its_address_as_in_a_folder() {
    let shop = Shop::with_contacts("log-address");
    let key = shop.izin(&["log", "key"]).fine().out.trim().to_owned();
    let server = shop.serve();
    let early = shop.izin(&["log", "checkpoint"]).fine().out;
    shop.write("early", &early);
    let about = ["--agent", "Sari", "--note", "letter"];
    let optout = [&["optout", "email:budi@example.com"][..], &about].concat();
    shop.izin(&optout).fine();
    let address = format!("{}/log", server.url);
    let said = shop
        .izin(&["log", "verify", &address, "--key", &key, "--since", "early"])
        .fine();
    assert!(said.out.contains("is whole"), "{}", said.out);
    let growth = shop.izin(&["log", "prove", "--since", "early"]).fine().out;
    let entries = early.lines().nth(1).unwrap();
    assert!(growth.starts_with(&format!("old {entries}\n")), "{growth}");
    let other = Shop::with_contacts("log-address-other");
    let strange = other.izin(&["log", "key"]).fine().out.trim().to_owned();
    shop.izin(&["log", "verify", &address, "--key", &strange])
        .refused(1, &["checkpoint"]);
    shop.izin(&["log", "verify", &server.url, "--key", &key])
        .refused(1, &["missing"]);
    drop(server);
    shop.izin(&["log", "verify", &address, "--key", &key])
        .refused(3, &["cannot reach"]);
    shop.izin(&["log", "verify", "http://", "--key", &key])
        .refused(2, &["not the address"]);
}

#[test]
fn a_receipt_is_checked_offline_with_the_key_alone() {
    let shop = Shop::with_contacts("log-receipt");
    let key = shop.izin(&["log", "key"]).fine().out.trim().to_owned();
    let server = shop.serve();
    let about = ["--agent", "Sari", "--note", "letter", "--json"];
    let optout = [&["optout", "email:budi@example.com"][..], &about].concat();
    let answer = shop.izin(&optout).fine().json();
    let page = answer["receipt"].as_str().unwrap().to_owned();
    let (_, token) = page.split_once("/r/").unwrap();
    let (status, file) = get(&format!("{}/r/{token}.json", server.url));
    assert_eq!(status, 200);
    drop(server);
    let receipt: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(receipt["entry"], answer["entry"]);
    for own in ["izin.toml", "data/izin.sqlite", "data/keys/keys.sqlite"] {
        fs::remove_file(shop.path(own)).unwrap();
    }
    shop.write("receipt.json", &file);
    shop.write("forged.json", &file.replace("opted_out", "withdrawn"));
    let verify =
        |file: &str, key: &str| shop.izin(&["log", "receipt", "verify", file, "--key", key]);
    verify("forged.json", &key).refused(1, &["proves nothing", "leaf"]);
    shop.write("twice.json", &file.replacen('{', "{\"seq\":0,", 1));
    verify("twice.json", &key).refused(1, &["given twice"]);
    verify("absent.json", &key).refused(1, &["cannot read"]);
    verify("receipt.json", "absent").refused(2, &["izin log key"]);
    let said = verify("receipt.json", &key).fine().out;
    assert!(
        said.contains("is in the log") && said.contains("opted_out"),
        "{said}"
    );
    // A file of them may be as long as it likes, none of them may.
    let gap = |kibibytes: usize| "\n".repeat(kibibytes << 10);
    shop.write("many.json", &[file.as_str(); 20].join(&gap(1_000)));
    assert_eq!(verify("many.json", &key).fine().out.lines().count(), 20);
    shop.write("endless.json", &[file.as_str(); 2].join(&gap(1_100)));
    verify("endless.json", &key).refused(1, &["longer than a receipt"]);
}

#[test]
fn a_disclosed_export_is_checked_act_by_act_and_its_messages_beside_the_noes() {
    let shop = Shop::with_contacts("log-disclosed");
    let key = shop.izin(&["log", "key"]).fine().out.trim().to_owned();
    let about = ["--agent", "Sari", "--note", "letter"];
    shop.izin(&[&["optout", "email:budi@example.com"][..], &about].concat())
        .fine();
    shop.izin(&["log", "export", "out", "--disclose"]).fine();
    let verify = || shop.izin(&["log", "verify", "out", "--key", &key]);
    let said = verify().fine().out;
    assert!(said.contains("of 0 messages 0 were handed over"), "{said}");
    let acts = shop.read("out/disclosed/acts.ndjson");
    let no = acts
        .lines()
        .rfind(|line| line.contains("opted_out") && line.contains("agent"));
    let no: serde_json::Value = serde_json::from_str(no.unwrap()).unwrap();
    let record: serde_json::Value = serde_json::from_str(no["record"].as_str().unwrap()).unwrap();
    let subject = subject_of(&acts);
    let begun = record["recorded_at"].as_i64().unwrap() + 3_000_000;
    let db = rusqlite::Connection::open(shop.path("data/izin.sqlite")).unwrap();
    let late = "
        insert into hand_overs (subject, channel, purpose, begun_at)
        values (unhex(?1), 'email', 'marketing', ?2)";
    db.execute(late, (subject.replace('-', ""), begun)).unwrap();
    drop(db);
    shop.izin(&["log", "export", "late", "--disclose"]).fine();
    let ran = shop.izin(&["log", "verify", "late", "--key", &key]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let named = "handed over after an opt-out was effective";
    assert!(ran.out.contains(named), "{}", ran.out);
    shop.write("late/disclosed/hand_overs.ndjson", "");
    let hidden = shop.izin(&["log", "verify", "late", "--key", &key]);
    hidden.refused(1, &["disclosed/acts.ndjson", "messages"]);
    let proof = shop.izin(&["log", "prove", "--sent", &format!("id:{subject}")]);
    shop.write("sent.ndjson", &proof.fine().out);
    let receipt = ["log", "receipt", "verify", "sent.ndjson", "--key", &key];
    let said = shop.izin(&receipt).fine().out;
    assert!(said.starts_with("a message handed over at "), "{said}");
    let once = shop.read("sent.ndjson");
    shop.write("sent.ndjson", &once.repeat(2));
    shop.izin(&receipt).refused(1, &["stands twice"]);
    shop.write("sent.ndjson", &once.replace("marketing", "orders"));
    shop.izin(&receipt).refused(1, &["proves nothing", "batch"]);
    shop.write(
        "out/disclosed/acts.ndjson",
        &acts.replace("opted_out", "withdrawn"),
    );
    verify().refused(1, &["disclosed/acts.ndjson", "leaf"]);
    shop.write("out/disclosed/acts.ndjson", &acts);
    shop.write("out/disclosed/more.ndjson", "");
    verify().refused(1, &["disclosed/more.ndjson"]);
}

/// What a server answers to a browser: status and body.
fn get(url: &str) -> (u16, String) {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let asked = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// Whom the last no of a disclosed export is about.
fn subject_of(acts: &str) -> String {
    let subject = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let record: serde_json::Value =
            serde_json::from_str(line["record"].as_str().unwrap()).unwrap();
        let own = record["subject"].as_str().map(str::to_owned);
        own.filter(|_| record["act"] == "refused" && record["origin"] == "agent")
    };
    acts.lines().rev().find_map(subject).unwrap()
}
