//! One process owns a store: what other commands do while a server runs, stops or was killed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::shop::{ABOUT, CONTACTS, Shop, ended};

#[test]
fn a_port_in_use_is_told_with_the_mend() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let shop = Shop::new("served-port");
    let mut command = shop.command(&["serve"]);
    let child = command.env("IZIN_LISTEN", &port).spawn().unwrap();
    ended(child).refused(3, &[&port, "in use", "`listen`", "IZIN_LISTEN"]);
}

#[test]
fn a_second_server_on_a_store_is_refused() {
    let shop = Shop::new("served-twice");
    let server = shop.serve();
    shop.izin(&["serve"])
        .refused(3, &["in use by a running izin"]);
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn what_is_imported_while_a_server_runs_counts_for_its_next_decision() {
    let shop = Shop::with_contacts("served-import");
    let server = shop.serve();
    assert_eq!(shop.decision("email:budi@example.com").0, "allow");
    let call = ["import", "suppressions", "-", "--json"];
    let ran = shop
        .izin_reading(&call, "email,reason\nBUDI@example.com,manual\n")
        .fine();
    assert_eq!(ran.json()["applied"], 1);
    let (decision, reason) = shop.decision("email:budi@example.com");
    assert_eq!((&*decision, &*reason), ("deny", "suppressed"));
    assert_eq!(server.stop().0, Some(0));
    assert_eq!(shop.decision("email:budi@example.com").1, "suppressed");
}

#[test]
fn findings_and_files_of_a_forwarded_command_come_back_to_its_asker() {
    let shop = Shop::new("served-findings");
    let server = shop.serve();
    shop.write("contacts.csv", &format!("{CONTACTS}4,rahasia,no,,\n"));
    let ran = shop.izin(&["import", "contacts", "contacts.csv", "--json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let report = ran.json();
    assert_eq!(
        (&report["applied"], &report["rejected"]),
        (&3.into(), &1.into())
    );
    assert!(shop.read("contacts.rejected.csv").contains("rahasia"));
    shop.izin(&["import", "contacts", "absent.csv"])
        .refused(1, &["izin: cannot read", "absent.csv"]);
    shop.izin(&["api-key", "revoke", "nobody"])
        .refused(1, &["izin: there is no working key"]);
    shop.izin(&[&["decide", "rahasia"], &ABOUT[..]].concat())
        .refused(2, &["izin: "]);
    drop(server);
}

#[test]
fn a_killed_server_leaves_the_store_free_and_its_socket_is_replaced() {
    let shop = Shop::with_contacts("served-killed");
    shop.serve().kill();
    assert!(shop.path("data/izin.sock").exists());
    assert_eq!(shop.decision("customer:1").0, "allow");
    let server = shop.serve();
    assert_eq!(shop.decision("customer:1").0, "allow");
    let rights = fs::metadata(shop.path("data/izin.sock"))
        .unwrap()
        .permissions();
    assert_eq!(rights.mode() & 0o777, 0o600);
    assert_eq!(server.stop(), (Some(0), String::new()));
    assert!(!shop.path("data/izin.sock").exists());
}

#[test]
fn a_server_starts_from_its_snapshot_and_a_damaged_one_keeps_it_from_nothing() {
    let shop = Shop::with_contacts("served-snapshot");
    assert_eq!(shop.serve().stop().0, Some(0));
    let snapshot = shop.path("data/gate.snapshot");
    let rights = fs::metadata(&snapshot).unwrap().permissions();
    assert_eq!(rights.mode() & 0o777, 0o600);
    let written = fs::read(&snapshot).unwrap();
    let call = ["import", "suppressions", "-", "--json"];
    shop.izin_reading(&call, "email,reason\nbudi@example.com,manual\n")
        .fine();
    shop.serve().kill();
    assert_eq!(fs::read(&snapshot).unwrap(), written, "of before the no");
    assert_eq!(shop.decision("email:budi@example.com").1, "suppressed");

    assert_eq!(shop.serve().stop().0, Some(0));
    let newer = fs::read(&snapshot).unwrap();
    assert_ne!(newer, written);
    fs::write(&snapshot, &newer[..newer.len() / 2]).unwrap();
    let asked = [&["decide", "email:budi@example.com", "--json"], &ABOUT[..]].concat();
    let ran = shop.izin(&asked).fine();
    assert_eq!(ran.json()["reason"], "suppressed");
    assert!(
        ran.err.contains("the whole ledger is replayed"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("budi"), "{}", ran.err);
    assert_eq!(shop.serve().stop().0, Some(0));
    assert_eq!(fs::read(&snapshot).unwrap().len(), newer.len());
    assert!(!shop.path("data/gate.snapshot.unfinished").exists());
}

#[test]
fn an_asker_that_dies_takes_nothing_with_it() {
    let shop = Shop::new("served-asker");
    let server = shop.serve();
    let mut command = shop.command(&["import", "contacts", "-"]);
    let mut asker = command.stdin(Stdio::piped()).spawn().unwrap();
    let stdin = asker.stdin.as_mut().unwrap();
    std::io::Write::write_all(stdin, b"customer\n7\n").unwrap();
    asker.kill().unwrap();
    asker.wait().unwrap();
    assert_eq!(shop.decision("customer:7").1, "unknown_subject");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_forwarded_command_leaves_standard_input_to_the_loop_around_it() {
    let shop = Shop::with_contacts("served-loop");
    let server = shop.serve();
    shop.write("list", "customer:1\ncustomer:2\ncustomer:3\n");
    let script = "while read -r who; do \"$0\" decide $who --channel email --purpose marketing \
                  --lang en; done < list";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_izin")])
        .current_dir(&shop.dir)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 3);
    drop(server);
}

#[test]
fn a_folder_too_deep_for_a_sockets_address_is_served_all_the_same() {
    let shop = Shop::empty("served-deep");
    let deep = ["a-folder-with-quite-a-long-name"; 4].join("/");
    shop.izin(&["init", &deep]).fine();
    let inside = Shop {
        dir: shop.path(&deep),
    };
    inside.write("izin.toml", "listen = \"127.0.0.1:0\"\n");
    let server = inside.serve();
    assert_eq!(inside.decision("customer:1").1, "unknown_subject");
    assert!(server.url.starts_with("http://127.0.0.1:"));
    assert_eq!(server.stop().0, Some(0));
}
