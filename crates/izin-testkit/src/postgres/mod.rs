//! A real PostgreSQL for tests, started by them: nothing is assumed but its programs.
//!
//! [`Server::shared`] is for nearly every test: one server for all test processes of this machine,
//! a fresh database for each. [`Server::start`] is for a test that harms its server,
//! [`Cluster`] for failovers, [`Proxy`] for a network that fails. Everything lives in folders for temporary files and ends with whoever uses it, killed or not; only a data
//! folder to copy from stays. No cluster that the machine runs itself is ever touched.

mod account;
mod binaries;
mod cluster;
mod database;
mod guard;
mod node;
mod port;
mod proxy;
mod server;
mod shared;
mod template;
mod tree;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

pub use binaries::Binaries;
pub use cluster::{Cluster, Sync};
pub use database::Database;
pub use proxy::Proxy;
pub use server::Server;

/// How long anything here is waited for: a machine under load is slow, not broken.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at something that is waited for.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Whether the programs are missing, said on standard error: the test is skipped then.
///
/// # Panics
/// When they are missing though `IZIN_REQUIRE` names `postgres`.
#[must_use]
pub fn is_missing() -> bool {
    if Binaries::find().is_some() {
        return false;
    }
    let required = std::env::var("IZIN_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|own| own == "postgres"),
        "PostgreSQL is required and its programs are not to be found; see IZIN_POSTGRES_BIN"
    );
    let told = writeln!(std::io::stderr(), "skipped: no PostgreSQL on this machine");
    told.expect("standard error");
    true
}

/// Waits for something to become so.
///
/// # Panics
/// When it does not within a minute.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "still not so: {what}");
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// Sixteen hexadecimal digits that nobody else has.
fn random_name() -> String {
    format!("{:016x}", random())
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    let source = std::fs::File::open("/dev/urandom");
    let read = source.and_then(|mut source| source.read_exact(&mut bytes));
    read.expect("chance");
    u64::from_le_bytes(bytes)
}
