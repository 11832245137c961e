//! Mail through a real mail server: it delivers our campaign, bounces a missing person back through the
//! pipe, and passes on an opt-out and a complaint; what could not be taken is given again.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use izin_testkit::TempDir;
use izin_testkit::postfix::{self, DOMAIN, NOBODY, Postfix};
use izin_testkit::postgres::eventually;
use serde_json::Value;

use crate::shop::{ABOUT, Ran, ended};

/// A shop that belongs to nobody, as whom the mail server's pipe runs too.
struct Shop {
    dir: PathBuf,
    program: PathBuf,
}

impl Shop {
    fn new(dir: &Path, server: SocketAddr) -> Self {
        // The folder of the build may be closed to nobody.
        let program = dir.join("izin");
        // By another process: a file that a test writes is busy for whatever other tests start meanwhile.
        let mut copy = Command::new("cp");
        copy.arg(env!("CARGO_BIN_EXE_izin")).arg(&program);
        assert!(copy.status().unwrap().success());
        let own = Self {
            dir: dir.join("shop"),
            program,
        };
        fs::create_dir(&own.dir).unwrap();
        chown(&own.dir, Some(NOBODY), Some(NOBODY)).unwrap();
        own.izin(&["init", ".", "--locale", "en"]);
        let config = fs::read_to_string(own.dir.join("izin.toml")).unwrap();
        let config = config
            .replace("\"127.0.0.1:8080\"", "\"127.0.0.1:0\"")
            .replace("port = 25", &format!("port = {}", server.port()));
        let config = format!(
            "{config}\n[mail_in]\naddress = \"izin@{}\"\n",
            postfix::PIPED
        );
        fs::write(own.dir.join("izin.toml"), config).unwrap();
        own
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .current_dir(&self.dir)
            .env_clear()
            .uid(NOBODY)
            .gid(NOBODY);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn izin(&self, words: &[&str]) -> Ran {
        ended(self.command(words).spawn().unwrap()).fine()
    }

    fn serve(&self) -> Serving {
        let mut child = self
            .command(&["serve"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.starts_with("ready "), "{line}");
        Serving(child)
    }

    fn reason(&self, person: &str) -> String {
        let who = format!("email:{person}@{DOMAIN}");
        let asked = [&["decide", &who, "--json"], &ABOUT[..]].concat();
        let decision: Value = serde_json::from_str(&self.izin(&asked).out).unwrap();
        decision["reason"].as_str().unwrap().to_owned()
    }
}

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Hands a mail to a server as a mail program does.
fn send(server: SocketAddr, from: &str, to: &str, mail: &str) {
    let stream = TcpStream::connect(server).unwrap();
    let mut replies = BufReader::new(stream.try_clone().unwrap()).lines();
    let says = |line: &str| {
        (&stream)
            .write_all(format!("{line}\r\n").as_bytes())
            .unwrap();
    };
    let mut expect = |code: &str| {
        let reply = replies
            .by_ref()
            .map(Result::unwrap)
            .find(|own| own.as_bytes()[3] == b' ')
            .unwrap();
        assert!(reply.starts_with(code), "{reply}");
    };
    expect("220");
    for (line, code) in [
        ("EHLO me.example", "250"),
        (&format!("MAIL FROM:<{from}>"), "250"),
        (&format!("RCPT TO:<{to}>"), "250"),
        ("DATA", "354"),
    ] {
        says(line);
        expect(code);
    }
    says(&format!(
        "{}\r\n.",
        mail.replace("\r\n", "\n").replace('\n', "\r\n")
    ));
    expect("250");
    says("QUIT");
}

/// The value of a field in a mail, on one line.
fn field<'a>(mail: &'a str, name: &str) -> &'a str {
    let line = mail
        .lines()
        .find_map(|own| own.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {mail}"))
}

/// Where a mail says that one may write to opt out.
fn mailbox(mail: &str) -> &str {
    let (_, behind) = field(mail, "List-Unsubscribe")
        .split_once("<mailto:")
        .unwrap();
    behind.split('?').next().unwrap()
}

/// A shop that wrote to some people through a real mail server, one of whom is not there.
struct Story {
    shop: Shop,
    serving: Option<Serving>,
    server: Postfix,
    _dir: TempDir,
}

impl Story {
    fn begin() -> Self {
        let dir = TempDir::new();
        let [program, config] = ["izin", "shop/izin.toml"].map(|own| dir.path().join(own));
        let (program, config) = (program.display(), config.display());
        let pipe = format!("{program} --config {config} mailin --recipient ${{recipient}}");
        let server = Postfix::start(dir.path(), &["ani", "budi", "cici"], &pipe);
        let shop = Shop::new(dir.path(), server.address());
        let row = |own: &str| format!("{own},{own}@{DOMAIN},yes,2026-01-02,signup form\n");
        let rows: String = ["ani", "budi", "cici", "tiada"].map(row).concat();
        let contacts = format!("{CONTACT_COLUMNS}\n{rows}");
        fs::write(shop.dir.join("contacts.csv"), contacts).unwrap();
        shop.izin(&["import", "contacts", "contacts.csv"]);
        let serving = Some(shop.serve());
        let send = [
            "campaign",
            "send",
            "--template",
            "promo.html",
            "--purpose",
            "marketing",
            "--wait",
        ];
        shop.izin(&send);
        Self {
            shop,
            serving,
            server,
            _dir: dir,
        }
    }

    /// The mail that somebody got.
    fn mail(&self, person: &str) -> String {
        eventually("the campaign arrives", || {
            !self.server.mails(person).is_empty()
        });
        let mut mails = self.server.mails(person);
        assert_eq!(mails.len(), 1);
        mails.remove(0)
    }

    /// Ani writes to an address.
    fn ani_writes(&self, to: &str) {
        let ani = format!("ani@{DOMAIN}");
        let mail = format!("From: {ani}\nSubject: unsubscribe\n\n");
        send(self.server.address(), &ani, to, &mail);
    }

    fn comes_to(&self, what: &str, (person, reason): (&str, &str)) {
        eventually(what, || self.shop.reason(person) == reason);
    }
}

const CONTACT_COLUMNS: &str = "customer,email,consent_marketing_email,consent_at,consent_evidence";

#[test]
fn a_real_mail_server_delivers_bounces_and_passes_on_what_people_say() {
    if postfix::is_missing() {
        return;
    }
    let story = Story::begin();
    story.comes_to(
        "nobody there is known to be nobody",
        ("tiada", "undeliverable"),
    );
    let (to_ani, to_budi) = (story.mail("ani"), story.mail("budi"));
    assert!(
        field(&to_ani, "Return-Path").starts_with("<izin+b"),
        "{to_ani}"
    );

    story.ani_writes(mailbox(&to_ani));
    story.comes_to("an opt-out by mail counts", ("ani", "opted_out_channel"));
    let complaint = format!(
        "From: fbl@provider.example\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n--b\n\
         Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--b\nContent-Type: message/rfc822\n\n{to_budi}\n--b--\n"
    );
    let inbox = format!("izin@{}", postfix::PIPED);
    send(story.server.address(), "", &inbox, &complaint);
    story.comes_to("a complaint counts", ("budi", "complained"));
    assert_eq!(story.shop.reason("cici"), "consent");
}

#[test]
fn a_mail_that_could_not_be_taken_is_given_again_and_a_made_up_address_is_nobody_elses() {
    if postfix::is_missing() {
        return;
    }
    let mut story = Story::begin();
    story.comes_to("what came back is known", ("tiada", "undeliverable"));
    let to_cici = story.mail("cici");
    drop(story.serving.take());
    let config = story.shop.dir.join("izin.toml");
    let kept = fs::read(&config).unwrap();
    fs::write(&config, "data = 7").unwrap();
    let ani = format!("ani@{DOMAIN}");
    send(
        story.server.address(),
        &ani,
        mailbox(&to_cici),
        "Subject: unsubscribe\n\n",
    );
    eventually("what could not be taken waits", || {
        story.server.log().contains("status=deferred")
    });
    fs::write(&config, kept).unwrap();
    assert_eq!(
        story.shop.reason("cici"),
        "consent",
        "nothing was taken yet"
    );
    story.server.try_again();
    eventually("it is given again", || {
        story.shop.reason("cici") == "opted_out_channel"
    });
    story.ani_writes(&mailbox(&to_cici).replace("+s", "+saaaa"));
    story.comes_to("what the writer may want", ("ani", "refusal_presumed"));
    assert_eq!(story.shop.reason("budi"), "consent");
}

#[test]
fn a_pipe_that_is_set_wrongly_loses_no_mail() {
    let shop = crate::shop::Shop::new("mailing-wrongly");
    for words in [
        &["mailin", "--recipients", "x"][..],
        &["mailin", "x"],
        &["--config", "absent", "mailin"],
    ] {
        assert_eq!(
            shop.izin_reading(words, "Subject: x\n\n").code,
            Some(75),
            "{words:?}"
        );
    }
    let taken = shop
        .izin_reading(&["mailin", "--json"], "Subject: x\n\n")
        .fine();
    assert_eq!(taken.json()["taken"], "nothing");
}
