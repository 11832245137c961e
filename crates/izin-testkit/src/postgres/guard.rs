//! What ends a server, however its test ends: a shell that waits until nobody needs it.
//!
//! There is one way to the end: dropped, panicked or killed, the test's end of a pipe closes, or its
//! lock goes, and the guard stops the server and removes its folder.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How a server ends: it has five seconds, in steps of a twentieth, before it is killed.
const PROCEDURES: &str = r#"
postmaster() {
    pid=$(head -n 1 "$1/data/postmaster.pid") && grep -qF "$1/data" "/proc/$pid/cmdline"
}
runs() {
    read -r _ _ state _ <"/proc/$1/stat" && [ "$state" != Z ] && [ "$state" != X ]
}
family() {
    for each in /proc/[0-9]*/stat; do
        read -r child _ _ parent _ <"$each" && [ "$parent" = "$1" ] && echo "$child"
    done
    echo "$1"
}
end() {
    if postmaster "$1"; then
        all=$(family "$pid")
        kill -s QUIT "$pid"
        kill -s CONT $all
        steps=0
        while runs "$pid" && [ "$steps" -lt 100 ]; do
            sleep 0.05
            steps=$((steps + 1))
        done
        kill -s KILL $all
    fi
    # A server that was killed leaves the piece of shared memory that marks it as running.
    set -- "$1" $(sed -n 7p "$1/data/postmaster.pid")
    [ -z "$3" ] || ipcrm -m "$3"
    rm -rf "$1/data"
}
"#;
/// Ends the server at once, and leaves its place to another one.
const NOW: &str = r#"
end "$1"
"#;
/// Ends the server once the pipe to whoever started it closes.
const WITH_ITS_TEST: &str = r#"
read -r _
end "$1"
rm -rf "$1"
"#;
/// Ends the server once nobody has held the lock `users` for so many looks in a row, a second apart.
/// The last look is taken behind the door through which users come, so that none slips in.
const WITH_ITS_LAST_USER: &str = r#"
exec 8>"$1/guard"
flock -n 8 || exit 0
idle=0
while :; do
    sleep 1
    if flock -n -x "$1/users" true; then idle=$((idle + 1)); else idle=0; fi
    [ "$idle" -ge "$2" ] || continue
    exec 9>"$1/door"
    flock -x 9
    flock -n -x "$1/users" true && break
    exec 9>&-
    idle=0
done
end "$1/server"
rm -rf "$1/server"
exec 8>&- 9>&-
"#;

/// The guard of one server of this process; ends it when dropped.
#[derive(Debug)]
pub(super) struct Guard(Child);

impl Guard {
    /// Sets a guard over the server in a folder, which need not run yet.
    pub(super) fn over(folder: &Path) -> Self {
        let mut guard = shell(WITH_ITS_TEST);
        guard.arg(folder).stdin(Stdio::piped());
        Self(guard.spawn().expect("a guard"))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // What it could not end is the machine's to clean up; the test has its result already.
        drop(self.0.wait());
    }
}

/// Sets a guard over the shared server in a folder where there is none.
pub(super) fn over_shared(root: &Path, idle_s: u32) {
    let mut guard = shell(WITH_ITS_LAST_USER);
    guard.arg(root).arg(idle_s.to_string()).stdin(Stdio::null());
    let mut guard = guard.spawn().expect("a guard");
    // It mostly outlives us; where it does not, somebody must take notice of its end.
    drop(std::thread::spawn(move || guard.wait()));
}

/// Ends the server in a folder, if one runs, and removes its data.
pub(super) fn end(folder: &Path) {
    let ended = shell(NOW).arg(folder).stdin(Stdio::null()).status();
    assert!(ended.expect("sh").success(), "the server ends");
}

/// In a group of its own: what kills the test's group, as a terminal does, spares it.
fn shell(script: &str) -> Command {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("{PROCEDURES}{script}"))
        .arg("guard")
        .current_dir("/")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    shell
}
