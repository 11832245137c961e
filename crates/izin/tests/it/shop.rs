//! A shop in a folder of its own, and ways to run the binary in it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// Three people who may be told apart: a proven yes, a no, and a yes without evidence.
pub(crate) const CONTACTS: &str = "\
customer,email,consent_marketing_email,consent_at,consent_evidence
1,budi@example.com,yes,2026-01-02,signup form
2,sari@example.com,no,2026-01-02,signup form
3,tono@example.com,yes,,
";
/// A no that somebody of the staff took.
pub(crate) const fn no(who: &str) -> [&str; 6] {
    ["optout", who, "--agent", "Rina", "--note", "by phone"]
}

/// The question most tests ask.
pub(crate) const ABOUT: [&str; 4] = ["--channel", "email", "--purpose", "marketing"];

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The answer as one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}: {}", self.out))
    }

    /// Fails unless it ended well.
    #[track_caller]
    pub(crate) fn fine(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self
    }

    /// Fails unless it ended with this code, and says why on stderr, in the words given.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "no `{word}` in {}", self.err);
        }
        self
    }
}

/// A folder, removed at the end.
pub(crate) struct Shop {
    pub(crate) dir: PathBuf,
}

impl Shop {
    /// An empty folder; `name` is the test's own.
    pub(crate) fn empty(name: &str) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if dir.exists() {
            fs::remove_dir_all(&dir).unwrap();
        }
        fs::create_dir_all(&dir).unwrap();
        Self { dir }
    }

    /// A shop as `izin init` makes it, listening on any free port.
    pub(crate) fn new(name: &str) -> Self {
        Self::in_language(name, "en")
    }

    /// The same shop with its files in a language.
    pub(crate) fn in_language(name: &str, locale: &str) -> Self {
        let shop = Self::empty(name);
        shop.izin(&["init", ".", "--locale", locale]).fine();
        let config = shop.read("izin.toml");
        shop.write(
            "izin.toml",
            &config.replace("\"127.0.0.1:8080\"", "\"127.0.0.1:0\""),
        );
        shop
    }

    /// A shop that knows [`CONTACTS`].
    pub(crate) fn with_contacts(name: &str) -> Self {
        let shop = Self::new(name);
        shop.write("contacts.csv", CONTACTS);
        shop.izin(&["import", "contacts", "contacts.csv"]).fine();
        shop
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The binary in this folder, untouched by the environment of the tests.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_izin"));
        command
            .args(arguments)
            .current_dir(&self.dir)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn izin(&self, arguments: &[&str]) -> Ran {
        ended(self.command(arguments).spawn().unwrap())
    }

    /// Runs the binary with this input.
    pub(crate) fn izin_reading(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        ended(child)
    }

    /// Asks [`ABOUT`] one person: the decision and its reason.
    pub(crate) fn decision(&self, subject: &str) -> (String, String) {
        let asked = [&["decide", subject, "--json"], &ABOUT[..]].concat();
        let decision = self.izin(&asked).fine().json();
        let word = |name: &str| decision[name].as_str().unwrap().to_owned();
        (word("decision"), word("reason"))
    }

    /// Starts a server and waits until it says that it is ready.
    pub(crate) fn serve(&self) -> Server {
        self.serve_as(&[])
    }

    /// The same, with more words.
    pub(crate) fn serve_as(&self, words: &[&str]) -> Server {
        let mut command = self.command(&[&["serve"], words].concat());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let url = line
            .trim()
            .strip_prefix("ready ")
            .expect("a server that is ready");
        let url = url.to_owned();
        Server { child, url, out }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            fs::remove_dir_all(&self.dir).unwrap();
        }
    }
}

/// A running server, killed at the end unless it was stopped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    out: BufReader<ChildStdout>,
}

impl Server {
    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Halts it where it stands.
    pub(crate) fn hang(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub(crate) fn wake(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let mut kill = Command::new("kill");
        kill.args([signal, &self.child.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }

    /// Asks it to stop and waits; its exit code and what else it said on stdout.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        self.terminate();
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone after `kill` and `stop`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a process and takes everything it said.
pub(crate) fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
