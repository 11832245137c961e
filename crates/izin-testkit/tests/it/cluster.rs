//! A primary and its standby under every harm.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

use izin_testkit::postgres::{self, Cluster, Sync, eventually};

const TABLE: &str = "create table kept (id int primary key)";
/// Who waits for the standby just now.
const WAITING: &str = "select pid from pg_stat_activity where wait_event = 'SyncRep'";

/// A `psql` that runs statements while the test goes on.
fn begin(mut psql: Command, sql: &str) -> Child {
    let piped = psql.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = piped.stderr(Stdio::piped()).spawn().expect("psql");
    let mut input = running.stdin.take().expect("its input");
    input.write_all(sql.as_bytes()).expect("its statements");
    running
}

fn end(running: Child) -> (bool, String) {
    let Output { status, stderr, .. } = running.wait_with_output().expect("psql");
    (
        status.success(),
        String::from_utf8_lossy(&stderr).into_owned(),
    )
}

#[test]
fn what_was_acknowledged_outlives_the_primary() {
    if postgres::is_missing() {
        return;
    }
    let mut cluster = Cluster::start(Sync::Standby);
    cluster.run(TABLE).expect("a table");
    let mut psql = cluster.psql_at(cluster.primary_port());
    let piped = psql.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut writer = piped.stderr(Stdio::null()).spawn().expect("psql");
    let mut input = writer.stdin.take().expect("its input");
    let feeder = std::thread::spawn(move || {
        let mut ids = 0..100_000;
        ids.all(|id| writeln!(input, "insert into kept values ({id}) returning id;").is_ok())
    });
    let mut answers = BufReader::new(writer.stdout.take().expect("its output")).lines();
    for _ in 0..50 {
        answers.next().expect("an answer").expect("text");
    }
    cluster.kill_primary();
    let acknowledged = 50 + answers.map_while(Result::ok).count();
    assert!(!writer.wait().expect("psql").success(), "it was cut off");
    assert!(
        !feeder.join().expect("the feeder"),
        "there was more to write"
    );
    cluster.promote();
    let kept = format!("select count(*) from kept where id < {acknowledged}");
    assert_eq!(cluster.run(&kept), Ok(acknowledged.to_string()));
}

/// The trap: a commit that a cancelled wait did not see on the standby answers plain success.
#[test]
fn a_commit_whose_wait_for_the_standby_is_cancelled_looks_like_any_other() {
    if postgres::is_missing() {
        return;
    }
    let mut cluster = Cluster::start(Sync::Standby);
    cluster.run(TABLE).expect("a table");
    cluster.hang_standby();
    let writer = begin(
        cluster.psql_at(cluster.primary_port()),
        "\\set VERBOSITY verbose\ninsert into kept values (1);",
    );
    eventually("the commit waits", || !cluster.admin(WAITING).is_empty());
    let pid = cluster.admin(WAITING);
    assert_eq!(
        cluster.admin(&format!("select pg_cancel_backend({pid})")),
        "t"
    );
    let (succeeded, said) = end(writer);
    assert!(succeeded, "{said}");
    let warning = "WARNING:  01000: canceling wait for synchronous replication due to user request";
    assert!(said.contains(warning), "{said}");
    // The standby never had it: what looked like success is lost with the primary.
    cluster.kill_standby();
    cluster.kill_primary();
    cluster.start_standby();
    cluster.promote();
    assert_eq!(cluster.run("select count(*) from kept"), Ok("0".to_owned()));
}

#[test]
fn a_commit_waits_while_the_standby_hangs_and_no_longer() {
    if postgres::is_missing() {
        return;
    }
    let cluster = Cluster::start(Sync::Standby);
    cluster.run(TABLE).expect("a table");
    cluster.hang_standby();
    let writer = begin(
        cluster.psql_at(cluster.primary_port()),
        "insert into kept values (1);",
    );
    eventually("the commit waits", || !cluster.admin(WAITING).is_empty());
    cluster.wake_standby();
    assert_eq!(end(writer), (true, String::new()));
    assert_eq!(cluster.admin(WAITING), "");
}

#[test]
fn an_asynchronous_primary_waits_for_nobody() {
    if postgres::is_missing() {
        return;
    }
    let cluster = Cluster::start(Sync::Asynchronous);
    cluster.run(TABLE).expect("a table");
    cluster.hang_standby();
    let written = cluster.run("insert into kept values (1) returning id");
    assert_eq!(written, Ok("1".to_owned()));
}

#[test]
fn failovers_go_in_a_row_and_a_zombie_acknowledges_nothing() {
    if postgres::is_missing() {
        return;
    }
    let mut cluster = Cluster::start(Sync::Standby);
    let ports = (cluster.primary_port(), cluster.standby_port());
    cluster.run(TABLE).expect("a table");
    for round in 1..=2 {
        let written = cluster.run(&format!("insert into kept values ({round})"));
        assert_eq!(written, Ok(String::new()));
        cluster.kill_primary();
        assert!(cluster.promote() < std::time::Duration::from_secs(30));
        cluster.start_old_primary();
        let zombie = begin(
            cluster.psql_at(cluster.standby_port()),
            "insert into kept values (0);",
        );
        eventually("the zombie's commit waits", || {
            !cluster.standby_admin(WAITING).is_empty()
        });
        cluster.rejoin();
        assert!(!end(zombie).0, "it was never acknowledged");
    }
    assert_eq!((cluster.primary_port(), cluster.standby_port()), ports);
    let kept = "select string_agg(id::text, ' ' order by id) from kept";
    assert_eq!(cluster.run(kept), Ok("1 2".to_owned()));
}
