//! The demo, started, stopped and started again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::shop::{Shop, ended};

const DEMO: [&str; 4] = ["demo", "--dir", "d", "--customers"];

/// Starts a demo at an address and stops it once it is ready; what it printed.
fn run(shop: &Shop, listen: &str) -> Vec<String> {
    let mut command = shop.command(&[&DEMO[..], &["50"]].concat());
    command.env("IZIN_LISTEN", listen).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said: Vec<String> = Vec::new();
    while said.last().is_none_or(|own| !own.starts_with("ready ")) {
        said.push(lines.next().expect("a demo that gets ready").unwrap());
    }
    let mut kill = Command::new("kill");
    kill.args(["-TERM", &child.id().to_string()]);
    assert!(kill.status().unwrap().success());
    said.extend(lines.map(Result::unwrap));
    assert!(child.wait().unwrap().success());
    said
}

fn key(said: &[String]) -> &str {
    let mut keys = said.iter().filter_map(|own| own.strip_prefix("api-key "));
    keys.next().unwrap()
}

#[test]
fn a_demo_shows_its_customers_to_this_machine_only() {
    let shop = Shop::empty("demo-refused");
    for (listen, words) in [
        ("0.0.0.0:0", "this machine only"),
        ("here", "IP address and a port"),
    ] {
        let mut command = shop.command(&[&DEMO[..], &["50"]].concat());
        let child = command.env("IZIN_LISTEN", listen).spawn().unwrap();
        let ran = ended(child);
        assert_ne!(ran.code, Some(0));
        assert!(
            ran.err.contains("IZIN_LISTEN") && ran.err.contains(words),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_demo_that_is_started_again_goes_on_with_its_key_and_keeps_it_to_its_owner() {
    let shop = Shop::empty("demo-again");
    let first = run(&shop, "127.0.0.2:0");
    let ready = first.iter().find(|own| own.starts_with("ready ")).unwrap();
    assert!(ready.starts_with("ready http://127.0.0.2:"), "{ready}");
    let again = run(&shop, "127.0.0.1:0");
    assert_eq!(key(&again), key(&first));
    let list = ["--config", "d/izin.toml", "api-key", "list", "--json"];
    assert_eq!(shop.izin(&list).fine().out.lines().count(), 1);
    let file = shop.path("d/api-key");
    let mode = || fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);

    // A key that was revoked is not printed again, whoever may read its file.
    shop.izin(&["--config", "d/izin.toml", "api-key", "revoke", "demo"])
        .fine();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let new = run(&shop, "127.0.0.1:0");
    assert_ne!(key(&new), key(&first));
    assert_eq!((shop.read("d/api-key").trim(), mode()), (key(&new), 0o600));
}
