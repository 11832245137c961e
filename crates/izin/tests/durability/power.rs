//! True power cuts: what was not synced is gone.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use izin_testkit::{Dice, Volume};
use rusqlite::{Connection, params};

use crate::house::{House, rounds, turn};
use crate::load::{Load, denied, entered, lost};

/// Size of the file system, in MiB.
const VOLUME_MEBIBYTES: u64 = 96;
/// Acknowledged opt-outs before a cut, at most.
const ACKNOWLEDGED_MAX: u64 = 80;
/// Rows that the control says it has committed before its cut.
const CONTROL_ROWS: usize = 200;
/// Where the control's child writes, and how it syncs.
const FOLDER: &str = "IZIN_TEST_POWER_FOLDER";
const SYNCHRONOUS: &str = "IZIN_TEST_POWER_SYNCHRONOUS";

#[test]
fn no_acknowledged_opt_out_is_lost_or_doubled_by_power_cuts() {
    let _turn = turn();
    let Some(volume) = Volume::or_skip(VOLUME_MEBIBYTES) else {
        return;
    };
    let house = House::new(&volume.path());
    let (load, dice) = (Load::default(), &mut Dice::new(10));
    let mut server = house.serve();
    for round in 0..rounds(5, 20) {
        let enough = 1 + dice.below(ACKNOWLEDGED_MAX);
        let heard = load.until(server, enough, |server| {
            server.freeze();
            volume.cut_power();
            server.kill();
        });
        volume.power_on();
        server = house.serve();
        let last = heard.last().unwrap().person;
        let reason = denied(&mut server.client(), last);
        assert_eq!(
            reason.as_deref(),
            Some("opted_out_channel"),
            "round {round}"
        );
        assert_eq!(
            lost(&house.data, &heard),
            Vec::<u64>::new(),
            "round {round}"
        );
        load.ask_again(&server);
    }
    server.stop();
    let all = load.acknowledged();
    assert_eq!(lost(&house.data, &all), Vec::<u64>::new());
    assert_eq!(entered(&house.data), all.len(), "each once");
    assert_eq!(
        house.findings(),
        Vec::<String>::new(),
        "leaves, root and checkpoints"
    );
    house.verify_log();
}

/// The cut is one: the same loop without syncing loses rows, and with it none.
#[test]
fn a_writer_that_does_not_sync_loses_what_it_acknowledged() {
    let _turn = turn();
    let Some(volume) = Volume::or_skip(VOLUME_MEBIBYTES) else {
        return;
    };
    assert_eq!(rows_lost(&volume, "full"), 0, "with a sync for each commit");
    assert!(rows_lost(&volume, "off") > 0, "without");
}

/// Rows that a child said it had committed and that are gone after a cut.
fn rows_lost(volume: &Volume, synchronous: &str) -> usize {
    let path = volume.path().join(format!("{synchronous}.sqlite"));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "power::child_that_commits_rows",
        ])
        .env(FOLDER, &path)
        .env(SYNCHRONOUS, synchronous)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = said_until_the_cut(&mut child, volume);
    volume.power_on();
    said.iter().filter(|row| !holds(&path, **row)).count()
}

fn said_until_the_cut(child: &mut Child, volume: &Volume) -> Vec<i64> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    while said.matches("row ").count() < CONTROL_ROWS {
        assert!(out.read_line(&mut said).unwrap() > 0, "the child ended");
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-STOP", &id])
            .status()
            .unwrap()
            .success()
    );
    volume.cut_power();
    child.kill().unwrap();
    child.wait().unwrap();
    out.read_to_string(&mut said).unwrap();
    let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let rows = whole.lines().filter_map(|line| line.strip_prefix("row "));
    rows.map(|row| row.parse().unwrap()).collect()
}

fn holds(path: &Path, row: i64) -> bool {
    const ONE: &str = "select exists (select 1 from rows where number = ?1)";
    let Ok(db) = Connection::open(path) else {
        return false;
    };
    db.query_row(ONE, params![row], |own| own.get(0))
        .unwrap_or(false)
}

#[test]
#[ignore = "the child of a_writer_that_does_not_sync_loses_what_it_acknowledged"]
fn child_that_commits_rows() {
    let db = Connection::open(std::env::var(FOLDER).unwrap()).unwrap();
    let synchronous = std::env::var(SYNCHRONOUS).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    db.pragma_update(None, "synchronous", synchronous).unwrap();
    db.execute_batch("create table rows (number integer primary key)")
        .unwrap();
    for row in 0_i64.. {
        db.execute("insert into rows (number) values (?1)", params![row])
            .unwrap();
        println!("row {row}");
    }
}
