//! One initialised data folder for each version, which every server copies: `initdb` takes a second.
//!
//! It stays under the system's folder for temporary files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::binaries::Binaries;
use super::node::{run, tool};
use crate::TempDir;

/// To be raised when what is below changes: another revision is another template.
const REVISION: u32 = 1;
/// Small, and nothing outside the folder: `mmap` keeps dynamic shared memory out of `/dev/shm`.
const SETTINGS: &str = "
# izin-testkit
max_connections = 200
shared_buffers = 32MB
maintenance_work_mem = 16MB
min_wal_size = 80MB
max_wal_size = 256MB
huge_pages = off
jit = off
dynamic_shared_memory_type = mmap
wal_log_hints = on
log_min_messages = warning
log_line_prefix = '%m [%p] %d '
log_checkpoints = off
timezone = UTC
log_timezone = UTC
";

/// Makes a data folder at a path where there is nothing yet.
pub(super) fn copy(binaries: &Binaries, to: &Path) {
    let template = template(binaries);
    let mut copy = std::process::Command::new("cp");
    run(copy.args(["-a", "--reflink=auto"]).arg(template).arg(to));
}

fn template(binaries: &Binaries) -> PathBuf {
    let place = super::shared::place(binaries);
    let template = place.join(format!("template-{REVISION}"));
    let lock = File::create(place.join("template.lock")).expect("a lock");
    lock.lock().expect("a lock");
    if !template.is_dir() {
        let unfinished = TempDir::new();
        let data = unfinished.path().join("data");
        initialise(binaries, unfinished.path(), &data);
        fs::rename(data, &template).expect("a template in its place");
    }
    template
}

fn initialise(binaries: &Binaries, folder: &Path, data: &Path) {
    Account::of_postgres().owns(folder);
    let mut initdb = tool(binaries, "initdb", folder);
    initdb.args(["--username=postgres", "--encoding=UTF8", "--locale=C"]);
    initdb.args(["--auth-local=trust", "--auth-host=scram-sha-256"]);
    initdb.args(["--no-sync", "--no-instructions", "--pgdata"]);
    Account::of_postgres().runs(&mut initdb);
    run(initdb.arg(data));
    let file = data.join("postgresql.conf");
    let mut settings = fs::read_to_string(&file).expect("settings");
    settings.push_str(SETTINGS);
    fs::write(file, settings).expect("settings");
}
