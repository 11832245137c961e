//! `izin bench nodes` on a PostgreSQL primary with a synchronous standby, both started here: what each commit
//! waits for is what it would wait for in a shop that loses nothing when a machine dies.
//!
//! `cargo bench -p izin --bench nodes -- --subjects 20000`; further words go to `izin bench nodes`.

use std::process::{Command, ExitCode};

use izin_testkit::postgres::{Cluster, Sync, is_missing};

fn main() -> ExitCode {
    if is_missing() {
        return ExitCode::FAILURE;
    }
    let cluster = Cluster::start(Sync::Standby);
    let address = cluster.dsn_at(cluster.primary_port());
    let (_, name) = address.rsplit_once('/').unwrap_or_default();
    cluster.admin(&format!("create database {name}_keys owner {name}"));
    // `cargo bench` adds a word of its own.
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    let mut bench = Command::new(env!("CARGO_BIN_EXE_izin"));
    bench.args(["bench", "nodes"]).args(words);
    match bench.env("IZIN_POSTGRESQL", cluster.dsn()).status() {
        Ok(ended) if ended.success() => ExitCode::SUCCESS,
        ended => {
            eprintln!("`izin bench nodes`: {ended:?}");
            ExitCode::FAILURE
        }
    }
}
