//! A scanner that opens every link of a message, and a browser that runs its pages without a click, enter
//! nothing.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use izin_testkit::TempDir;
use serde_json::Value;

use crate::shop::{Shop, ended};

const BROWSER: &str = "/usr/bin/chromium";

/// A demo that has sent its first campaign.
struct Demo {
    child: Child,
    address: String,
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Demo {
    fn start(shop: &Shop) -> Self {
        let mut command = shop.command(&["demo", "--dir", "d", "--customers", "50", "--port", "0"]);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut ready = lines.map(Result::unwrap);
        let ready = ready.find_map(|own| own.strip_prefix("ready http://").map(str::to_owned));
        Self {
            child,
            address: ready.expect("a demo that gets ready"),
        }
    }

    /// The answer to a request without headers of its own: its status and its body.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, length) = (&self.address, body.len());
        let request = format!(
            "{method} {path} HTTP/1.0\r\nhost: {host}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    /// The paths of every link of ours in a text.
    fn links(&self, text: &str) -> BTreeSet<String> {
        let start = format!("http://{}", self.address);
        let plain = text.replace("&#x2f;", "/").replace("&amp;", "&");
        let ends = |c: char| c.is_whitespace() || "\"'<>,)".contains(c);
        let parts = plain.split(&start).skip(1);
        let path = |own: &str| own.split(ends).next().unwrap_or_default().to_owned();
        parts.map(path).filter(|own| own.starts_with('/')).collect()
    }
}

/// How many entries the ledger has.
fn entries(shop: &Shop) -> String {
    let checkpoint = ["--config", "d/izin.toml", "log", "checkpoint"];
    let out = shop.izin(&checkpoint).fine().out;
    out.lines().nth(1).unwrap().to_owned()
}

/// What a browser makes of a page once its scripts have run.
fn browse(demo: &Demo, path: &str, profile: &Path) -> String {
    let profile = format!("--user-data-dir={}", profile.display());
    let url = format!("http://{}{path}", demo.address);
    let quiet = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-dev-shm-usage",
    ];
    let mut command = Command::new(BROWSER);
    command
        .args(quiet)
        .args([&profile, "--virtual-time-budget=2000", "--dump-dom", &url]);
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    ended(child.unwrap()).fine().out
}

#[test]
fn a_scanner_and_a_browser_that_open_every_link_of_a_message_enter_nothing() {
    let shop = Shop::empty("scanning");
    let demo = Demo::start(&shop);
    let (_, letters) = demo.ask("GET", "/mailbox.json", "");
    let letters: Vec<Value> = serde_json::from_str(&letters).unwrap();
    let parts = ["html", "text"].map(|part| letters[0][part].as_str().unwrap());
    let headers = letters[0]["headers"].as_array().unwrap().iter();
    let headers: Vec<_> = headers.filter_map(|own| own[1].as_str()).collect();
    let letter = [&parts[..], &headers].concat().join("\n");
    let links = demo.links(&letter);
    for page in ["/u/", "/p/", "/why/", "/privacy"] {
        assert!(
            links.iter().any(|own| own.starts_with(page)),
            "{page}: {links:?}"
        );
    }
    let before = entries(&shop);

    let mut further = BTreeSet::new();
    for path in &links {
        for method in ["GET", "HEAD", "GET"] {
            let (status, page) = demo.ask(method, path, "");
            assert_eq!(status, 200, "{method} {path}");
            let hrefs = page.split("href=\"").skip(1);
            let own = hrefs.filter_map(|own| own.split('"').next());
            further.extend(own.filter(|own| own.starts_with('/')).map(str::to_owned));
        }
    }
    for path in further.difference(&links) {
        for method in ["GET", "HEAD"] {
            let (status, _) = demo.ask(method, path, "");
            assert_eq!(status, 200, "{method} {path}");
        }
    }
    assert_eq!(entries(&shop), before, "a scanner enters nothing");

    if !is_browser_missing() {
        let profile = TempDir::new();
        for path in &links {
            let page = browse(&demo, path, profile.path());
            assert!(page.contains("<main"), "{path}: {page}");
        }
        assert_eq!(entries(&shop), before, "a browser enters nothing");
    }

    // The control: a press on the same page does.
    let opt_out = links.iter().find(|own| own.starts_with("/u/")).unwrap();
    let (status, _) = demo.ask("POST", opt_out, "List-Unsubscribe=One-Click");
    assert_eq!(status, 200);
    assert_ne!(entries(&shop), before);
}

/// Whether there is no browser, said on standard error: its part is skipped then.
fn is_browser_missing() -> bool {
    if Path::new(BROWSER).exists() {
        return false;
    }
    let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|own| own == "chromium");
    assert!(!is_required, "Chromium is required");
    let told = writeln!(std::io::stderr(), "skipped: no Chromium on this machine");
    told.expect("standard error");
    true
}
