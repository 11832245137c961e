//! kill -9 at any moment: every act that was acknowledged is there afterwards.
//!
//! The test starts itself again as a child that records acts and prints the number of each once
//! it is acknowledged; the parent kills it in the middle of its work and looks into the store.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::{Arc, PoisonError};

use izin_core::{Act, SubjectId};
use izin_store::{Committed, Entropy, Store};
use izin_testkit::Dice;
use tokio::task::JoinSet;

use super::kept::{Folder, NOON, STARTING, contact, customer, numbered, open_on};

const FOLDER: &str = "IZIN_TEST_CRASH_FOLDER";
const SERVER: &str = "IZIN_TEST_CRASH_SERVER";
const ROUND: &str = "IZIN_TEST_CRASH_ROUND";
const ROUNDS: u64 = 10;
/// Acknowledgements read before the kill, at most.
const ACKNOWLEDGED_MAX: u64 = 120;
/// Writers at work in the child, so that groups are under way when it dies.
const WRITERS: i64 = 8;

pub(crate) fn start(child: &str, folder: &Folder, round: u64) -> Child {
    let _nobody_opens = STARTING.write().unwrap_or_else(PoisonError::into_inner);
    Process::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", child])
        .env(FOLDER, folder.path())
        .envs(folder.address().map(|own| (SERVER, own)))
        .env(ROUND, round.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the child after some acknowledgements; answers all it printed in whole lines.
pub(crate) fn kill_after(mut child: Child, acknowledgements: u64) -> Vec<i64> {
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut printed = String::new();
    let mut seen = 0;
    while seen < acknowledgements {
        let from = printed.len();
        assert!(
            output.read_line(&mut printed).unwrap() > 0,
            "the child ended by itself"
        );
        seen += u64::from(printed[from..].starts_with("ack "));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_string(&mut printed).unwrap();
    let whole_lines = printed.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole_lines
        .lines()
        .filter_map(|line| line.strip_prefix("ack "))
        .map(|number| number.parse().unwrap())
        .collect()
}

pub(crate) fn reopened(folder: &Folder, round: u64) -> Store {
    let opened = folder.open(Entropy::seeded(1_000 + round));
    opened.expect("a store that opens after a crash")
}

/// The acknowledged numbers that are not in the store.
fn lost(store: &Store, acknowledged: &[i64]) -> Vec<i64> {
    let mut kept = Vec::new();
    let collect = |own: &Committed| match own.entry.act {
        Act::Paused { until, .. } => Some(until.as_micros()),
        _ => None,
    };
    store
        .replay(None, |some| kept.extend(some.iter().filter_map(collect)))
        .unwrap();
    acknowledged
        .iter()
        .copied()
        .filter(|number| !kept.contains(number))
        .collect()
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let dir = Folder::new();
    let dice = &mut Dice::new(u64::from(std::process::id()));
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let child = start("crash::child_that_prints_what_is_acknowledged", &dir, round);
        let printed = kill_after(child, 1 + dice.below(ACKNOWLEDGED_MAX));
        assert!(!printed.is_empty());
        acknowledged.extend(printed);
        let store = reopened(&dir, round);
        assert_eq!(
            lost(&store, &acknowledged),
            Vec::<i64>::new(),
            "round {round}"
        );
        let head = store.head().await.unwrap();
        let leaves = store.leaves(0, head.size).await.unwrap();
        let hashes: Vec<_> = leaves.iter().map(izin_log::Leaf::hash).collect();
        assert_eq!(
            izin_log::hash::tree_root(&hashes),
            head.root,
            "round {round}"
        );
    }
}

/// The check would see a loss: a child that prints before it records loses acts.
#[test]
fn what_was_announced_and_not_yet_recorded_is_found_missing() {
    let dir = Folder::new();
    let child = start("crash::child_that_prints_too_early", &dir, 0);
    let printed = kill_after(child, 3);
    let store = reopened(&dir, 0);
    assert_eq!(
        lost(&store, &printed),
        [2],
        "0 and 1 were recorded, 2 was only announced"
    );
}

pub(crate) fn child_store() -> Arc<Store> {
    let folder = std::env::var(FOLDER).expect("the parent names the folder");
    let server = std::env::var(SERVER).ok();
    let entropy = Entropy::seeded(child_round());
    Arc::new(open_on(Path::new(&folder), server.as_deref(), entropy).unwrap())
}

fn child_round() -> u64 {
    std::env::var(ROUND)
        .expect("the parent names the round")
        .parse()
        .unwrap()
}

async fn child_person(store: &Store) -> SubjectId {
    let number = customer(&format!("C{}", child_round()));
    let recorded = store.record(vec![contact(&[number])], NOON).await.unwrap();
    recorded[0].subject.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child of what_was_acknowledged_survives_a_kill_at_any_moment"]
async fn child_that_prints_what_is_acknowledged() {
    let store = child_store();
    let person = child_person(&store).await;
    let first = i64::try_from(child_round()).unwrap() * 1_000_000;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for number in (first + writer..).step_by(8) {
                store
                    .record(vec![numbered(person, number)], NOON)
                    .await
                    .unwrap();
                println!("ack {number}");
            }
        });
    }
    writers.join_next().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child of what_was_announced_and_not_yet_recorded_is_found_missing"]
async fn child_that_prints_too_early() {
    let store = child_store();
    let person = child_person(&store).await;
    for number in 0.. {
        println!("ack {number}");
        if number == 2 {
            // Dies here, in the moment between the word and the deed.
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
        store
            .record(vec![numbered(person, number)], NOON)
            .await
            .unwrap();
    }
}
