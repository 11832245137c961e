//! A shop whose data lie where a fault will strike, and its server.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use izin_testkit::TempDir;
use serde_json::{Value, json};

use crate::client::Client;

/// The faults take turns: each wants the machine's disk to itself.
static TURN: Mutex<()> = Mutex::new(());

/// Waits until no other fault is tried.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many rounds: few where every change is tried, many in a soak.
pub(crate) fn rounds(few: usize, many: usize) -> usize {
    let soak = std::env::var("IZIN_SOAK").is_ok_and(|own| own == "1");
    if soak { many } else { few }
}

/// A shop: its configuration on the machine's disk, its data elsewhere.
pub(crate) struct House {
    dir: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) key: String,
}

impl House {
    /// A new shop with its data in a folder of `place`.
    pub(crate) fn new(place: &Path) -> Self {
        let dir = TempDir::new();
        let mut house = Self {
            data: place.join("data"),
            key: String::new(),
            dir,
        };
        house.fine(&["init", "shop", "--locale", "en"]);
        let added = house.fine(&["api-key", "add", "load", "--role", "sender"]);
        added.trim().clone_into(&mut house.key);
        house
    }

    /// A file of the shop.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.dir.path().join("shop").join(name)).unwrap()
    }

    /// Writes a file of the shop.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join("shop").join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let shop = self.dir.path().join("shop");
        let here = if shop.exists() {
            &*shop
        } else {
            self.dir.path()
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_izin"));
        command
            .args(arguments)
            .current_dir(here)
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("IZIN_DATA", &self.data)
            .env("IZIN_LISTEN", "127.0.0.1:0")
            .env("IZIN_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that reads something; how it ended.
    pub(crate) fn piped(&self, arguments: &[&str], input: &str) -> Option<i32> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let written = child.stdin.take().unwrap().write_all(input.as_bytes());
        let ended = child.wait_with_output().unwrap().status.code();
        // Whoever cannot take it may not read it either.
        written.ok().and(ended)
    }

    /// Runs a command that has to end well; what it said.
    #[track_caller]
    pub(crate) fn fine(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        let (out, err) = (
            ran.stdout,
            String::from_utf8_lossy(&ran.stderr).into_owned(),
        );
        let out = String::from_utf8(out).unwrap();
        assert!(ran.status.success(), "{arguments:?}: {out}{err}");
        out
    }

    /// What doctor finds, as codes.
    pub(crate) fn findings(&self) -> Vec<String> {
        let ran = self.run(&["doctor", "--json"]);
        let told: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(
            |_| json!({ "findings": [{ "code": String::from_utf8_lossy(&ran.stderr) }] }),
        );
        let codes = told["findings"].as_array().unwrap().iter();
        let codes = codes.map(|own| own["code"].as_str().unwrap().to_owned());
        // A small disk is what some of these tests are about.
        codes.filter(|own| own != "disk_low").collect()
    }

    /// Starts the server and waits until it is ready.
    #[track_caller]
    pub(crate) fn serve(&self) -> Server {
        self.try_serve().expect("a server that starts")
    }

    /// The same of data that it may refuse; what it said then.
    pub(crate) fn try_serve(&self) -> Result<Server, String> {
        // A pipe that nobody reads would stop a server that has much to complain of.
        let log = self.dir.path().join("server.log");
        let mut serve = self.command(&["serve"]);
        let mut child = serve.stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("ready http://") else {
            child.wait().unwrap();
            let said = fs::read_to_string(&log).unwrap();
            return Err(said);
        };
        Ok(Server {
            address: address.to_owned(),
            key: self.key.clone(),
            child,
            _out: out,
        })
    }

    /// The log, exported and verified by the key it was exported with.
    pub(crate) fn verify_log(&self) {
        let folder = self.dir.path().join("log");
        let name = folder.to_str().unwrap();
        self.fine(&["log", "export", name]);
        let key = folder.join("izin.vkey");
        self.fine(&["log", "verify", name, "--key", key.to_str().unwrap()]);
        fs::remove_dir_all(folder).unwrap();
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) key: String,
    child: Child,
    _out: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.address, &self.key).unwrap()
    }

    /// Stops it where it stands, so that nothing is under way when the power goes.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.strike();
    }

    /// kill -9 of one that is held by others.
    pub(crate) fn strike(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and waits.
    pub(crate) fn stop(mut self) {
        self.signal("-TERM");
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone after `kill` and `stop`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
