//! A server and its processes, which do not form one process group: each is its own leader.

use std::fs;
use std::process::Command;

use super::eventually;

/// Sends a signal to processes, of which some may be gone already.
pub(super) fn signal(name: &str, processes: &[u32]) {
    let mut kill = Command::new("sh");
    kill.args([
        "-c",
        r#"for each; do kill -s "$0" "$each" 2>&-; done; true"#,
        name,
    ]);
    kill.args(processes.iter().map(ToString::to_string));
    assert!(kill.status().expect("sh").success(), "a signal");
}

/// Stops a server where it stands, so that it makes no further process; answers all of them.
pub(super) fn hang(postmaster: u32) -> Vec<u32> {
    signal("STOP", &[postmaster]);
    eventually(
        "the server stands still",
        || !matches!(state(postmaster), Some(state) if state != 'T'),
    );
    let mut all = children(postmaster);
    all.push(postmaster);
    signal("STOP", &all);
    all
}

/// Lets it go on.
pub(super) fn wake(postmaster: u32) {
    let mut all = children(postmaster);
    all.push(postmaster);
    signal("CONT", &all);
}

/// Kills it with all its processes, none of which can do anything more; back when all are gone.
pub(super) fn kill(postmaster: u32) {
    let all = hang(postmaster);
    signal("KILL", &all);
    eventually("the killed are gone", || {
        !all.iter().any(|process| is_alive(*process))
    });
}

/// Whether a process runs; one that only waits for its parent's farewell does not.
pub(super) fn is_alive(process: u32) -> bool {
    !matches!(state(process), None | Some('Z' | 'X'))
}

fn state(process: u32) -> Option<char> {
    stat(process).map(|(state, _)| state)
}

/// State and parent of a process; the name before them may hold anything, but no `)` follows it.
fn stat(process: u32) -> Option<(char, u32)> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = line.rsplit_once(')')?;
    let mut words = rest.split_whitespace();
    let state = words.next()?.chars().next()?;
    Some((state, words.next()?.parse().ok()?))
}

fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("the list of processes");
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|process| stat(*process).is_some_and(|(_, own)| own == parent))
        .collect()
}
