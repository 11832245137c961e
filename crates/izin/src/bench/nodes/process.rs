//! Processes that serve one shop, each in a folder of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use serde_json::Value;

use super::load::Caller;
use super::{Size, address};

/// Seconds in a tick of `/proc/PID/stat`.
const TICK_SECONDS: f64 = 0.01;
/// What another process of the shop needs of the first one's folder.
const SHARED: [&str; 2] = ["izin.toml", "data/keys/master.key"];

/// One that serves.
pub(super) struct Process {
    child: Child,
    at: SocketAddr,
}

/// Makes a shop on the server that knows everybody, and starts its processes; answers what opens them too.
pub(super) fn start(
    dir: &Path,
    schema: &str,
    size: Size,
) -> anyhow::Result<(Vec<Process>, String)> {
    let first = dir.join("node-0");
    izin(dir, &["init", "node-0"])?;
    let config = first.join("izin.toml");
    let text = fs::read_to_string(&config)?;
    let text = format!("{text}\n[postgresql]\nschema = \"{schema}\"\n");
    fs::write(&config, text)?;
    people(&first.join("people.csv"), size.people)?;
    izin(&first, &["import", "contacts", "people.csv"])?;
    let made = izin(
        &first,
        &["--json", "api-key", "add", "bench", "--role", "sender"],
    )?;
    let made: Value = serde_json::from_str(&made)?;
    let key = made.get("key").and_then(Value::as_str);
    let key = key.context("a key was made")?.to_owned();
    for node in 1..size.nodes {
        let name = format!("node-{node}");
        izin(dir, &["init", &name])?;
        let folder = dir.join(name);
        fs::create_dir_all(folder.join("data/keys"))?;
        for file in SHARED {
            fs::copy(first.join(file), folder.join(file))?;
        }
    }
    let processes = (0..size.nodes).map(|node| Process::start(&dir.join(format!("node-{node}"))));
    Ok((processes.collect::<Result<_, _>>()?, key))
}

/// A file of people who agreed to marketing.
fn people(file: &Path, many: u64) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(fs::File::create(file)?);
    writeln!(
        out,
        "customer,email,consent_marketing_email,consent_at,consent_evidence"
    )?;
    for person in 0..many {
        let email = address(person);
        writeln!(out, "{person},{email},yes,2026-01-02,signup form")?;
    }
    Ok(out.flush()?)
}

fn own(dir: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .current_dir(dir)
        .env("IZIN_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null());
    Ok(command)
}

/// Runs a command to its end; answers what it said.
fn izin(dir: &Path, words: &[&str]) -> anyhow::Result<String> {
    let ran = own(dir)?.args(words).output()?;
    anyhow::ensure!(
        ran.status.success(),
        "`izin {}` failed: {}",
        words.join(" "),
        String::from_utf8_lossy(&ran.stderr)
    );
    Ok(String::from_utf8(ran.stdout)?)
}

impl Process {
    fn start(dir: &Path) -> anyhow::Result<Self> {
        let errors = fs::File::create(dir.join("errors.log"))?;
        let mut child = own(dir)?
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()?;
        let mut out = BufReader::new(child.stdout.take().context("its output")?);
        let mut line = String::new();
        out.read_line(&mut line)?;
        // Whatever it says later must find somebody who reads.
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        let at = line.trim().strip_prefix("ready http://");
        let at = at.with_context(|| {
            let errors = fs::read_to_string(dir.join("errors.log"));
            format!("a process did not start: {}", errors.unwrap_or_default())
        })?;
        let at = at.parse()?;
        Ok(Self { child, at })
    }

    /// Who asks it.
    pub(super) fn caller(&self, key: &str) -> Caller {
        Caller {
            at: self.at,
            key: key.to_owned(),
        }
    }

    /// Seconds of a core that it has had.
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name stands in brackets and may hold blanks.
        let (_, rest) = text.rsplit_once(')').context("a process has a name")?;
        let ticks = rest.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.map(|own| own.parse().unwrap_or(0.0)).sum();
        Ok(ticks * TICK_SECONDS)
    }

    /// Ends it, in good order.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.child.id())?;
        let pid = rustix::process::Pid::from_raw(pid).context("a process has a number")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let ended = self.child.wait()?;
        anyhow::ensure!(ended.success(), "a process ended with {ended}");
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
