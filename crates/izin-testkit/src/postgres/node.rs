//! One PostgreSQL: a folder with its data, its socket and its log, a port, and what runs there.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::account::Account;
use super::binaries::Binaries;
use super::{eventually, port, template, tree};

/// How often a port is chosen anew when somebody was faster.
const START_TRIES: usize = 10;
/// Bytes that the path of a socket may have on Linux, the end mark not counted.
const SOCKET_BYTES_MAX: usize = 107;

/// A server's place; whoever makes one sets a guard over it.
#[derive(Debug)]
pub(super) struct Node {
    binaries: Binaries,
    folder: PathBuf,
    port: u16,
    /// What it was started with, as `fsync=off`.
    settings: Vec<String>,
}

/// What the server's own file says about it.
struct Postmaster {
    process: u32,
    port: u16,
    is_ready: bool,
}

impl Node {
    /// A place with a folder of its own and nothing in it.
    pub(super) fn new(binaries: &Binaries, folder: PathBuf) -> Self {
        let node = Self {
            binaries: binaries.clone(),
            folder,
            port: port::free(),
            settings: Vec::new(),
        };
        let account = Account::of_postgres();
        for path in [node.folder.clone(), node.socket()] {
            fs::create_dir(&path).expect("a folder for the server");
            account.owns(&path);
        }
        let longest = node.socket().join(".s.PGSQL.65535");
        assert!(
            longest.as_os_str().len() <= SOCKET_BYTES_MAX,
            "the folder for temporary files has too long a name for a socket"
        );
        node
    }

    /// The server that runs in a folder already.
    pub(super) fn attach(binaries: &Binaries, folder: PathBuf) -> Option<Self> {
        let mut node = Self {
            binaries: binaries.clone(),
            folder,
            port: 0,
            settings: Vec::new(),
        };
        let postmaster = node.postmaster().filter(|found| found.is_ready)?;
        node.port = postmaster.port;
        Some(node)
    }

    /// Fills the place with a new, empty data folder.
    pub(super) fn initialise(&self) {
        template::copy(&self.binaries, &self.data());
    }

    /// Puts a file among the data, for nobody else to read.
    pub(super) fn writes(&self, name: &str, text: &str) {
        let path = self.data().join(name);
        fs::write(&path, text).expect("a file of the server's");
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&path, private).expect("a private file");
        Account::of_postgres().owns(&path);
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.join("s")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Starts the server on its data with settings as `fsync=off`; back when it takes connections.
    pub(super) fn start(&mut self, settings: &[&str]) {
        self.settings = settings.iter().map(ToString::to_string).collect();
        for _ in 0..START_TRIES {
            match self.try_to_start() {
                Err(log) if log.contains("Address already in use") => self.port = port::free(),
                started => return started.expect("PostgreSQL starts"),
            }
        }
        assert!(self.process().is_some(), "no port to be had");
    }

    /// Starts it again as it was, where it was.
    pub(super) fn start_again(&self) {
        self.try_to_start().expect("PostgreSQL starts");
    }

    fn try_to_start(&self) -> Result<(), String> {
        drop(fs::remove_file(self.log()));
        let mut server = self.spawn();
        let mut ended = false;
        eventually("PostgreSQL takes connections", || {
            ended = server.try_wait().expect("a state").is_some();
            let ready = self.postmaster().filter(|found| found.is_ready);
            ended || ready.is_some_and(|found| found.process == server.id())
        });
        if ended {
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            return Err(format!("{log}(it ended)"));
        }
        // Whoever it is killed by, somebody must take notice of its end.
        drop(std::thread::spawn(move || server.wait()));
        Ok(())
    }

    fn spawn(&self) -> Child {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log());
        let log = log.expect("a log");
        let mut server = self.tool("postgres");
        server.arg("-D").arg(self.data());
        server.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        server.arg("-k").arg(self.socket());
        server.args(self.settings.iter().flat_map(|setting| ["-c", setting]));
        server.stdin(Stdio::null());
        server.stdout(log.try_clone().expect("a log")).stderr(log);
        server.process_group(0).spawn().expect("PostgreSQL")
    }

    /// The server that runs here, if one does.
    fn postmaster(&self) -> Option<Postmaster> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let mut lines = file.lines();
        let process = lines.next()?.parse().ok()?;
        let port = lines.nth(2)?.parse().ok()?;
        let status = lines.nth(3).unwrap_or_default();
        // The file may be a dead server's, and its number another process's by now.
        let command = fs::read(format!("/proc/{process}/cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command);
        let is_ours = command.contains(self.data().to_str()?) && tree::is_alive(process);
        is_ours.then(|| Postmaster {
            process,
            port,
            is_ready: status.trim() == "ready",
        })
    }

    /// The number of the server's first process, if it runs.
    pub(super) fn process(&self) -> Option<u32> {
        self.postmaster().map(|found| found.process)
    }

    /// Kills the server with all its processes, if it runs.
    pub(super) fn kill(&self) {
        if let Some(postmaster) = self.process() {
            tree::kill(postmaster);
        }
    }

    /// Halts it where it stands.
    pub(super) fn hang(&self) {
        tree::hang(self.process().expect("it runs"));
    }

    /// Lets it go on.
    pub(super) fn wake(&self) {
        tree::wake(self.process().expect("it runs"));
    }

    /// `psql` as superuser over the socket, ready for its statements on standard input.
    pub(super) fn psql(&self, database: &str) -> Command {
        let mut psql = psql(&self.binaries, &self.folder);
        psql.arg("-h").arg(self.socket());
        psql.args(["-p", &self.port.to_string(), "-U", "postgres"]);
        psql.args(["-d", database]);
        psql
    }

    /// Runs statements as superuser; what they answer, a row a line.
    pub(super) fn admin(&self, database: &str, sql: &str) -> Result<String, String> {
        answer(self.psql(database), sql)
    }

    /// A program of PostgreSQL's, to be run in this place by whoever owns it.
    pub(super) fn tool(&self, name: &str) -> Command {
        let mut tool = tool(&self.binaries, name, &self.folder);
        Account::of_postgres().runs(&mut tool);
        tool
    }

    pub(super) const fn binaries(&self) -> &Binaries {
        &self.binaries
    }
}

/// A `psql` that prints answers only and ends at the first error; where to is not said yet.
pub(super) fn psql(binaries: &Binaries, folder: &Path) -> Command {
    let mut psql = tool(binaries, "psql", folder);
    psql.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]);
    psql
}

/// A program without whatever the environment says about other servers.
pub(super) fn tool(binaries: &Binaries, name: &str, folder: &Path) -> Command {
    let mut tool = Command::new(binaries.program(name));
    tool.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            tool.env_remove(name);
        }
    }
    tool
}

/// Gives a `psql` its statements and waits for its end.
pub(super) fn answer(mut psql: Command, sql: &str) -> Result<String, String> {
    let piped = psql.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = piped.stderr(Stdio::piped()).spawn().expect("psql");
    let mut input = running.stdin.take().expect("its input");
    // A server that is gone ends psql before it reads; its exit says so.
    drop(input.write_all(sql.as_bytes()));
    drop(input);
    let output = running.wait_with_output().expect("psql");
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// Runs a tool to its end, which must be a good one.
pub(super) fn run(command: &mut Command) -> Output {
    let name = Path::new(command.get_program()).display().to_string();
    let output = command.stdin(Stdio::null()).output();
    let output = output.expect("a tool that is on this machine");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {}", said.trim());
    output
}
