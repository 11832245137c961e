//! A server of a test's own, and the one that all share.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use izin_testkit::TempDir;
use izin_testkit::postgres::{self, Server, eventually};

/// Names the part that the test below plays in a process of its own, and where.
const PART: &str = "IZIN_TESTKIT_PART";

fn runs(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|line| !line.contains(") Z "))
}

/// Another test process, which says what server it has and then waits for its end.
fn other_process(part: &str) -> (Child, String) {
    let mut process = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "server::part", "--ignored", "--nocapture"])
        .env(PART, part)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("another process");
    let output = BufReader::new(process.stdout.as_mut().expect("its output"));
    let said = output.lines().map_while(Result::ok);
    let server = said
        .filter_map(|line| line.split_once("server: ").map(|(_, said)| said.to_owned()))
        .next();
    (process, server.expect("a server"))
}

/// What another process said: the server's number and folder.
fn parse(said: &str) -> (u32, PathBuf) {
    let (process, folder) = said.split_once(' ').expect("two words");
    (process.parse().expect("a number"), PathBuf::from(folder))
}

#[test]
#[ignore = "played by the tests that need another process"]
fn part() {
    let part = std::env::var(PART).expect("a part");
    let server = match part.as_str() {
        "own" => Server::start_with(&["fsync=off"]),
        root => Server::shared_in(Path::new(root), 1),
    };
    let process = server.process().expect("it runs");
    let folder = server.folder().display();
    writeln!(std::io::stdout(), "\nserver: {process} {folder}").expect("standard output");
    drop(std::io::stdin().read(&mut [0]));
}

/// Runs a test of these where PostgreSQL's programs are missing.
fn without_programs(required: &str) -> (bool, String) {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "server::a_role_is_ordinary", "--nocapture"])
        .envs([
            ("IZIN_POSTGRES_BIN", "/dev/null"),
            ("IZIN_REQUIRE", required),
        ])
        .output()
        .expect("another process");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

#[test]
fn a_test_without_postgresql_is_skipped_aloud_and_fails_where_it_is_required() {
    let (passed, said) = without_programs("python3");
    assert!(passed && said.contains("skipped: no PostgreSQL"), "{said}");
    let (passed, said) = without_programs("python3,postgres");
    assert!(!passed && said.contains("PostgreSQL is required"), "{said}");
}

#[test]
fn a_killed_server_has_all_that_it_acknowledged_when_it_starts_again() {
    if postgres::is_missing() {
        return;
    }
    let server = Server::start();
    let database = server.database();
    database
        .run("create table kept as select 1 as id")
        .expect("a table");
    server.kill();
    assert!(server.process().is_none());
    database.run("select 1").expect_err("nobody listens");
    server.start_again();
    assert_eq!(database.run("select id from kept"), Ok("1".to_owned()));
}

#[test]
fn a_role_may_not_enter_anybody_elses_database() {
    if postgres::is_missing() {
        return;
    }
    let server = Server::shared();
    let (own, other) = (server.database(), server.database());
    let entered = own.run(&format!("\\connect {}", other.name()));
    let refused = entered.expect_err("it is not its own");
    assert!(refused.contains("permission denied"), "{refused}");
    assert_eq!(own.run("select 1"), Ok("1".to_owned()));
}

#[test]
fn a_role_is_ordinary() {
    if postgres::is_missing() {
        return;
    }
    let database = Server::shared().database();
    let powers = "select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
        from pg_roles where rolname = current_user";
    assert_eq!(database.run(powers), Ok("f".to_owned()));
}

#[test]
fn a_dropped_database_is_gone_though_somebody_is_connected() {
    if postgres::is_missing() {
        return;
    }
    let server = Server::shared();
    let database = server.database();
    let name = database.name().to_owned();
    let mut client = database.psql_at(server.port());
    let client = client.stdin(Stdio::piped()).stderr(Stdio::null());
    let mut client = client.spawn().expect("psql");
    let connected = format!("select count(*) from pg_stat_activity where datname = '{name}'");
    eventually("somebody is connected", || server.admin(&connected) == "1");
    drop(database);
    let left = format!(
        "select count(*) from pg_roles full join pg_database on rolname = datname
        where '{name}' in (rolname, datname)"
    );
    assert_eq!(server.admin(&left), "0");
    drop(client.stdin.take());
    client.wait().expect("it ends");
}

#[test]
fn a_server_syncs_what_it_acknowledges_unless_it_was_told_not_to() {
    if postgres::is_missing() {
        return;
    }
    assert_eq!(Server::start().admin("show fsync"), "on");
    assert_eq!(Server::shared().admin("show fsync"), "off");
}

#[test]
fn a_dropped_server_leaves_no_process_and_no_folder() {
    if postgres::is_missing() {
        return;
    }
    let server = Server::start_with(&["fsync=off"]);
    let (process, folder) = (
        server.process().expect("it runs"),
        server.folder().to_owned(),
    );
    assert!(runs(process) && folder.exists());
    drop(server);
    assert!(!runs(process) && !folder.exists());
}

#[test]
fn a_panic_takes_its_server_along() {
    if postgres::is_missing() {
        return;
    }
    let folder = std::thread::spawn(|| {
        let server = Server::start_with(&["fsync=off"]);
        std::panic::panic_any(server.folder().to_owned());
    });
    let folder = folder.join().expect_err("a panic");
    let folder = folder.downcast::<PathBuf>().expect("its folder");
    assert!(!folder.exists());
}

#[test]
fn a_killed_process_takes_its_server_along() {
    if postgres::is_missing() {
        return;
    }
    let (mut process, said) = other_process("own");
    let (server, folder) = parse(&said);
    assert!(runs(server) && folder.exists());
    process.kill().expect("kill -9");
    process.wait().expect("it ends");
    eventually("the server is gone", || !runs(server) && !folder.exists());
}

#[test]
fn two_processes_share_a_server_and_it_outlives_the_one_that_started_it() {
    if postgres::is_missing() {
        return;
    }
    let root = TempDir::new();
    let root = root.path();
    let (mut first, started) = other_process(&root.display().to_string());
    let (mut second, joined) = other_process(&root.display().to_string());
    assert_eq!(started, joined);
    first.kill().expect("kill -9");
    first.wait().expect("it ends");
    let third = Server::shared_in(root, 1);
    assert_eq!(third.process(), Some(parse(&started).0));
    let database = third.database();
    assert_eq!(database.run("select 1"), Ok("1".to_owned()));
    drop((database, third));
    second.kill().expect("kill -9");
    second.wait().expect("it ends");
    let (server, folder) = parse(&started);
    eventually("the server is gone", || !runs(server) && !folder.exists());
}

#[test]
fn a_shared_server_that_was_killed_is_started_anew() {
    if postgres::is_missing() {
        return;
    }
    let root = TempDir::new();
    let first = Server::shared_in(root.path(), 1);
    let killed = first.process().expect("it runs");
    first.kill();
    let next = Server::shared_in(root.path(), 1);
    assert_ne!(next.process(), Some(killed));
    assert_eq!(next.admin("select 1"), "1");
    drop((first, next));
    eventually("it ends with its last user", || {
        !root.path().join("server").exists()
    });
}
