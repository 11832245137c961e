//! Several processes on one store: what one acknowledged is known to all, in one order, or nothing is.

use std::fs;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use izin_core::{Act, Scope, Seq, SubjectId};
use izin_store::{Command, Committed, Entropy, Store, StoreError, Whom};
use izin_testkit::postgres::{Proxy, eventually};
use izin_testkit::{Dice, TempDir};
use tokio::task::JoinSet;

use super::kept::{Folder, NOON, contact, customer, email, numbered, opt_out};

impl Folder {
    /// Another process's on the same server, by a line of its own.
    pub(crate) fn beside(&self) -> Self {
        let database = self.database.clone().expect("a server");
        let dir = TempDir::new();
        fs::create_dir(dir.path().join("keys")).unwrap();
        let key = |own: &TempDir| own.path().join("keys/master.key");
        fs::copy(key(&self.dir), key(&dir)).unwrap();
        Self {
            dir,
            line: Some(Arc::new(Proxy::to(database.server().port()))),
            database: Some(database),
        }
    }

    /// The way to the server.
    pub(crate) fn line(&self) -> Arc<Proxy> {
        Arc::clone(self.line.as_ref().expect("a server"))
    }
}

/// A process on a store, and what it was told.
struct Node {
    store: Arc<Store>,
    folder: Folder,
    told: Arc<Mutex<Vec<Committed>>>,
}

impl Node {
    /// The first on a new store.
    fn first() -> Self {
        Self::in_folder(Folder::new(), 1)
    }

    /// Another on the same.
    fn beside(&self, number: u64) -> Self {
        Self::in_folder(self.folder.beside(), number)
    }

    fn in_folder(folder: Folder, number: u64) -> Self {
        let mut store = folder.open(Entropy::seeded(number)).unwrap();
        let heard_before = store.heard().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let replayed = Arc::clone(&told);
        store
            .replay(None, |some| replayed.lock().unwrap().extend(some))
            .unwrap();
        let heard = Arc::clone(&told);
        store.subscribe(move |some| heard.lock().unwrap().extend_from_slice(some));
        let next = Seq(told.lock().unwrap().len() as u64);
        store.follow(next, heard_before).unwrap();
        Self {
            store: Arc::new(store),
            folder,
            told,
        }
    }

    /// What it was told, which has to be the ledger from its beginning, without a gap.
    fn heard(&self) -> Vec<Committed> {
        let told = self.told.lock().unwrap().clone();
        let places = told.iter().map(|own| own.entry.seq.0);
        assert!(places.eq(0..told.len() as u64), "in order, each once");
        told
    }
}

async fn person(node: &Node, number: &str) -> SubjectId {
    let made = node.store.record(vec![contact(&[customer(number)])], NOON);
    made.await.unwrap()[0].subject.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_said_to_one_is_known_to_all_others_in_the_same_order() {
    let a = Node::first();
    let b = a.beside(2);
    let c = a.beside(3);
    let ani = person(&a, "C1").await;
    let no = opt_out(Whom::Subject(ani), Scope::EVERYTHING);
    b.store.record(vec![no], NOON).await.unwrap();
    let said = b.heard();
    assert!(
        said.len() > 1,
        "known where it was said before it is answered"
    );
    for node in [&a, &c] {
        eventually("the no is heard of", || node.heard().len() == said.len());
    }
    assert_eq!(a.heard(), b.heard());
    assert_eq!(a.heard(), c.heard());
    let unknown = opt_out(
        Whom::Identifier(email("budi@example.com")),
        Scope::EVERYTHING,
    );
    c.store.record(vec![unknown], NOON).await.unwrap();
    eventually("the address is heard of", || a.heard() == c.heard());
}

async fn write(store: &Store, ani: SubjectId, numbers: Range<i64>) {
    for number in numbers {
        let written = store.record(vec![numbered(ani, number)], NOON);
        written.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_write_at_once_leave_one_ledger_without_a_gap_and_its_tree() {
    const WRITERS: i64 = 4;
    const ACTS: i64 = 40;
    let a = Node::first();
    let nodes = [a.beside(2), a.beside(3)];
    let ani = person(&a, "C1").await;
    let mut writers = JoinSet::new();
    for (at, node) in [&a, &nodes[0], &nodes[1]].into_iter().enumerate() {
        for writer in 0..WRITERS {
            let store = Arc::clone(&node.store);
            let base = (at as i64 * WRITERS + writer) * ACTS;
            writers.spawn(async move { write(&store, ani, base..base + ACTS).await });
        }
    }
    writers.join_all().await;
    let all = 1 + usize::try_from(3 * WRITERS * ACTS).unwrap();
    for node in [&a, &nodes[0], &nodes[1]] {
        eventually("everything is heard of", || node.heard().len() == all);
        assert_eq!(node.heard(), a.heard());
    }
    let head = a.store.head().await.unwrap();
    let leaves = a.store.leaves(0, head.size).await.unwrap();
    let hashes: Vec<_> = leaves.iter().map(izin_log::Leaf::hash).collect();
    assert_eq!(izin_log::hash::tree_root(&hashes), head.root);
    assert_eq!(nodes[1].store.head().await.unwrap(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_cut_off_knows_that_it_does_not_know_and_recovers_by_itself() {
    let a = Node::first();
    let b = a.beside(2);
    eventually("it knows", || b.store.is_confirmed());
    let ani = person(&a, "C1").await;
    let cut = b.folder.refuse_writes();
    let no = opt_out(Whom::Subject(ani), Scope::EVERYTHING);
    a.store.record(vec![no], NOON).await.unwrap();
    eventually("it knows that it does not", || !b.store.is_confirmed());
    assert!(a.store.is_confirmed(), "who was not cut off goes on");
    drop(cut);
    eventually("it knows again", || b.store.is_confirmed());
    assert_eq!(b.heard(), a.heard());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_the_line_was_lost_over_is_done_once() {
    let a = Node::first();
    let ani = person(&a, "C1").await;
    let line = a.folder.line();
    let dice = &mut Dice::new(u64::from(std::process::id()));
    let mut acknowledged = Vec::new();
    for number in 0..30 {
        let store = Arc::clone(&a.store);
        let mut said = JoinSet::new();
        said.spawn(async move { store.record(vec![numbered(ani, number)], NOON).await });
        std::thread::sleep(Duration::from_micros(dice.below(4_000)));
        line.cut();
        line.mend();
        if said.join_next().await.unwrap().unwrap().is_ok() {
            acknowledged.push(number);
        }
    }
    assert!(acknowledged.len() > 10, "{acknowledged:?}");
    // What was journalled only is entered before this.
    person(&a, "C2").await;
    let until = |own: &Committed| match own.entry.act {
        Act::Paused { until, .. } => Some(until.as_micros()),
        _ => None,
    };
    let mut heard: Vec<_> = a.heard().iter().filter_map(until).collect();
    let lost = acknowledged.iter().find(|own| !heard.contains(own));
    assert_eq!(lost, None);
    heard.sort_unstable();
    assert!(heard.windows(2).all(|two| two[0] != two[1]), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_leads_and_another_takes_over_when_it_is_gone() {
    let a = Node::first();
    let b = a.beside(2);
    assert!(a.store.leads("signing").await.unwrap());
    assert!(!b.store.leads("signing").await.unwrap());
    let refused = b.store.keep_checkpoint(1, "note".into(), NOON).await;
    assert!(
        refused.is_err(),
        "who does not lead does not sign: {refused:?}"
    );
    a.store
        .keep_checkpoint(1, "note".into(), NOON)
        .await
        .unwrap();
    drop(a);
    eventually("it takes over", || {
        let leads = b.store.leads("signing");
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(leads)).unwrap()
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_cut_off_in_its_turn_holds_nobody_up() {
    let a = Node::first();
    let b = a.beside(2);
    let ani = person(&a, "C1").await;
    let dice = &mut Dice::new(u64::from(std::process::id()));
    for round in 0..3 {
        let store = Arc::clone(&b.store);
        let mut writing = JoinSet::new();
        writing.spawn(async move { write_on(&store, ani, 1_000 * (round + 1)).await });
        std::thread::sleep(Duration::from_millis(20 + dice.below(20)));
        b.folder.line().freeze();
        let said = a.store.record(vec![numbered(ani, round)], NOON).await;
        assert!(said.is_ok(), "{said:?}");
        b.folder.line().mend();
        writing.abort_all();
        eventually("it is back", || b.store.is_confirmed());
    }
}

/// Writes for as long as somebody lets it.
async fn write_on(store: &Store, ani: SubjectId, from: i64) {
    for number in from.. {
        drop(store.record(vec![numbered(ani, number)], NOON).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_again_leaves_nobody_behind() {
    let a = Node::first();
    let b = a.beside(2);
    let ani = person(&a, "C1").await;
    // It enters somebody, and then cannot be done.
    let undone = vec![contact(&[customer("C2")]), Command::Split { from: ani }];
    a.store.record(undone, NOON).await.unwrap_err();
    write(&b.store, ani, 0..1).await;
    write(&a.store, ani, 1..2).await;
    for node in [&a, &b] {
        eventually("both know all", || node.heard().len() == 3);
        assert!(node.store.is_confirmed());
    }
    assert_eq!(a.heard(), b.heard());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_while_the_servers_disk_is_full_is_owed_and_entered_when_there_is_room() {
    const FULL: &str = "
        create function izin.is_full() returns trigger language plpgsql as
        $$ begin raise exception using errcode = 'disk_full', message = 'no space'; end $$;
        create trigger is_full before insert on izin.entries execute function izin.is_full()";
    let a = Node::first();
    let b = a.beside(2);
    let (ani, budi) = (person(&a, "C1").await, person(&b, "C2").await);
    let server = a.folder.database.clone().expect("a server");
    server.admin(FULL);
    for (node, who) in [(&a, ani), (&b, budi)] {
        let no = opt_out(Whom::Subject(who), Scope::EVERYTHING);
        let said = node.store.record(vec![no], NOON).await;
        assert!(matches!(said, Err(StoreError::Owed)), "{said:?}");
        let more = node.store.record(vec![contact(&[customer("C3")])], NOON);
        let more = more.await;
        assert!(matches!(more, Err(StoreError::Unwritable(_))), "{more:?}");
    }
    server.admin("drop trigger is_full on izin.entries");
    write(&b.store, ani, 2..3).await;
    write(&a.store, ani, 3..4).await;
    eventually("both know all", || a.heard().len() == b.heard().len());
    for who in [ani, budi] {
        let history = b.store.history(who).await.unwrap();
        let noes = history
            .iter()
            .filter(|own| matches!(own.act, Act::Refused { .. }));
        assert_eq!(noes.count(), 1, "what was owed is entered, once");
    }
    assert!(a.store.is_confirmed() && b.store.is_confirmed());
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_come_up_while_others_write() {
    let a = Node::first();
    let ani = person(&a, "C1").await;
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let store = Arc::clone(&a.store);
        writers.spawn(async move { write_on(&store, ani, writer * 1_000_000).await });
    }
    for number in 2..27 {
        let come = a.beside(number);
        eventually("it hears of what is written", || {
            let (own, all) = (come.heard().len(), a.heard().len());
            own > 2 && all > 2
        });
    }
    writers.abort_all();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_and_refuses_at_once_is_found_by_the_refusal() {
    // Who holds the address is asked before the group begins, and is another by the time it matters.
    let a = Node::first();
    let ani = email("ani@example.com");
    let no = opt_out(Whom::Identifier(ani.clone()), Scope::EVERYTHING);
    let both = izin_store::Together {
        commands: vec![contact(&[customer("C1"), ani]), no],
        review: None,
    };
    let entered = a.store.record_together(both, NOON).await.unwrap();
    let own = entered.recorded.subject.expect("whose no it is");
    let history = a.store.history(own).await.unwrap();
    assert!(
        history
            .iter()
            .any(|own| matches!(own.act, Act::Refused { .. }))
    );
}

#[test]
fn processes_that_start_at_once_on_an_empty_server_all_come_up() {
    let first = Folder::new();
    drop(first.open(Entropy::seeded(1)).unwrap());
    for round in 0..3 {
        let empty = Folder::new();
        let key = |own: &Folder| own.dir.path().join("keys/master.key");
        fs::create_dir(empty.dir.path().join("keys")).unwrap();
        fs::copy(key(&first), key(&empty)).unwrap();
        let folders = [empty.beside(), empty.beside(), empty];
        let opened = std::thread::scope(|scope| {
            let started = folders
                .each_ref()
                .map(|own| scope.spawn(move || own.open(Entropy::System).map(drop)));
            started.map(|own| own.join().unwrap())
        });
        for own in opened {
            assert!(own.is_ok(), "round {round}: {own:?}");
        }
    }
}
