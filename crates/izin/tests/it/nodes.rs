//! Several processes on one server: each its part, none in the way of another, and none that says yes where it
//! cannot know.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use izin_testkit::postgres::{Proxy, Server, eventually, is_missing};

use crate::postgresql::{address, beside, databases, shop_on_a_server};
use crate::shop::{ABOUT, Shop, ended, no};

/// What a path answers: the status, and the rest.
pub(crate) fn get(url: &str, path: &str) -> (u16, String) {
    let host = url.strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(host).unwrap();
    write!(
        line,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

#[test]
fn one_process_owns_files_and_does_everything() {
    let shop = Shop::with_contacts("nodes-files");
    let asked = shop.izin(&["serve", "--role", "gate"]);
    asked.refused(1, &["[postgresql]", "--role"]);
}

#[test]
fn a_gate_answers_a_worker_signs_and_whoever_is_to_stop_says_so_before_it_does() {
    let Some((_on, shop)) = shop_on_a_server("nodes-gate") else {
        return;
    };
    let other = beside(&shop, "nodes-work");
    let gate = shop.serve_as(&["--role", "gate", "--drain", "600"]);
    let signed = || get(&gate.url, "/log/checkpoint").1;
    let before = signed();
    shop.izin(&no("customer:1")).fine();
    let worker = other.serve_as(&["--role", "work"]);
    let (status, ready) = get(&worker.url, "/readyz");
    assert_eq!(status, 200, "{ready}");
    assert!(ready.contains("\ndurability unsafe\n"), "{ready}");
    assert_eq!(
        get(&worker.url, "/log/key").0,
        404,
        "it answers nobody else"
    );
    assert_eq!(get(&gate.url, "/log/key").0, 200);
    eventually("the worker signs what the gate was told", || {
        signed() != before
    });
    gate.terminate();
    eventually("others are to be asked", || {
        get(&gate.url, "/readyz").0 == 503
    });
    assert_eq!(
        get(&gate.url, "/log/key").0,
        200,
        "and it answers all the same"
    );
    assert_eq!(gate.stop().0, Some(0), "the second time it stops");
    assert_eq!(worker.stop().0, Some(0));
}

#[test]
fn a_process_that_is_cut_off_allows_nothing_and_recovers_by_itself() {
    let Some((on, shop)) = shop_on_a_server("nodes-whole") else {
        return;
    };
    let (place, _) = address(&on);
    let line = Proxy::to(Server::shared().port());
    let cut = beside(&shop, "nodes-cut");
    let port = format!(":{}/", Server::shared().port());
    let by_line = place.replace(&port, &format!(":{}/", line.port()));
    assert_ne!(by_line, place);
    cut.write(
        "izin.toml",
        &cut.read("izin.toml").replace(&place, &by_line),
    );
    let (whole, apart) = (shop.serve(), cut.serve());
    assert_eq!(cut.decision("email:budi@example.com").0, "allow");
    // Nothing is refused and nothing answered: the line is there, and silent.
    line.freeze();
    shop.izin(&no("email:budi@example.com")).fine();
    eventually("it knows that it does not know", || {
        cut.decision("email:budi@example.com").0 == "deny"
    });
    assert_eq!(
        cut.decision("email:tono@example.com"),
        ("deny".into(), "stale_gate".into())
    );
    assert_eq!(get(&apart.url, "/readyz").0, 503);
    assert_eq!(
        shop.decision("email:tono@example.com").0,
        "allow",
        "others go on"
    );
    line.mend();
    eventually("it knows again", || {
        cut.decision("email:tono@example.com").0 == "allow"
    });
    assert_eq!(cut.decision("email:budi@example.com").0, "deny");
    assert_eq!([whole, apart].map(|own| own.stop().0), [Some(0); 2]);
}

#[test]
fn a_process_that_was_halted_allows_nothing_it_cannot_know_when_it_goes_on() {
    let Some((on, shop)) = shop_on_a_server("nodes-awake") else {
        return;
    };
    let other = beside(&shop, "nodes-halted");
    let (awake, halted) = (shop.serve(), other.serve());
    assert_eq!(other.decision("email:budi@example.com").0, "allow");
    halted.hang();
    shop.izin(&no("customer:1")).fine();
    // Asked while it sleeps, to be answered as soon as it is awake.
    let asked = [0; 8].map(|_| {
        let question = ["decide", "email:budi@example.com", "--json"];
        let mut ask = other.command(&[&question, &ABOUT[..]].concat());
        ask.stderr(Stdio::piped()).spawn().unwrap()
    });
    let last_seen = "select count(*) from izin.nodes where ended_at is null and seen_at < izin.micros_now() - 6000000";
    eventually("it was away for longer than it may", || {
        on.run(last_seen).unwrap() == "1"
    });
    halted.wake();
    for answer in asked.map(ended) {
        assert!(!answer.out.contains("allow"), "{}", answer.out);
    }
    eventually("it knows again", || {
        other.decision("email:tono@example.com").0 == "allow"
    });
    assert_eq!(other.decision("email:budi@example.com").0, "deny");
    assert_eq!([awake, halted].map(|own| own.stop().0), [Some(0); 2]);
}

#[test]
fn nobody_says_yes_once_a_no_counts_while_noes_come_to_all_of_them() {
    if is_missing() {
        return;
    }
    let on = databases();
    let dir = Shop::empty("nodes-bench");
    let mut bench = dir.command(&["bench", "nodes", "--json", "--subjects", "700"]);
    bench.args(["--seconds", "2", "--checks", "2000"]);
    let ran = bench.env("IZIN_POSTGRESQL", on.dsn()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    let answer: serde_json::Value = serde_json::from_slice(&ran.stdout).expect(&said);
    let figure = |name: &str| {
        let mut all = answer["figures"].as_array().unwrap().iter();
        let own = all.find(|own| own["name"] == name).unwrap();
        own["value"].as_f64().unwrap()
    };
    assert!(figure("opt_outs_looked_at") >= 400.0);
    assert!(
        figure("answers_looked_at") >= 100.0,
        "there was something to look at"
    );
    assert_eq!((figure("wrong_allows"), figure("never_known")), (0.0, 0.0));
}
