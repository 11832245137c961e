//! A server dies under load and its standby takes over: nothing that was acknowledged is lost, nothing is there
//! twice, and nobody believes the old server when it comes back.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use izin_core::{Act, Seq, SubjectId};
use izin_store::{Committed, Entropy, Store, StoreError};
use izin_testkit::postgres::{Cluster, Proxy, Sync, eventually, is_missing};
use izin_testkit::{Dice, TempDir};
use tokio::task::JoinSet;

use super::kept::{NOON, contact, customer, numbered, open_on};

/// Failovers in a row; more by `IZIN_FAILOVERS`.
const ROUNDS: u32 = 2;
const NODES: u64 = 3;
const WRITERS: usize = 3;
/// How soon a process is believed that has its line again.
const BELIEVED_WITHIN: Duration = Duration::from_secs(2);
/// A write outage is at most so long, from the promotion on.
const OUTAGE_MAX: Duration = Duration::from_secs(10);

/// Processes on a cluster, by one line that follows its primary, and what was acknowledged.
struct Drill {
    cluster: Cluster,
    line: Proxy,
    nodes: Vec<Arc<Store>>,
    /// What each of them was told, in its order.
    told: Vec<Arc<Mutex<Vec<Committed>>>>,
    folders: Vec<TempDir>,
    person: SubjectId,
    acknowledged: Arc<Mutex<BTreeSet<i64>>>,
    next: Arc<AtomicI64>,
}

impl Drill {
    async fn new(sync: Sync) -> Self {
        let cluster = Cluster::start(sync);
        let line = Proxy::to(cluster.primary_port());
        let address = cluster.dsn_at(line.port());
        let mut own = Self {
            cluster,
            line,
            person: SubjectId::from_bytes([0; 16]),
            nodes: Vec::new(),
            told: Vec::new(),
            folders: Vec::new(),
            acknowledged: Arc::default(),
            next: Arc::default(),
        };
        for _ in 0..NODES {
            own.join(&address);
        }
        let made = own.nodes[0]
            .record(vec![contact(&[customer("C1")])], NOON)
            .await;
        own.person = made.unwrap()[0].subject.unwrap();
        own
    }

    /// One more process, which knows what there is and follows it.
    fn join(&mut self, address: &str) {
        let dir = TempDir::new();
        if let Some(first) = self.folders.first() {
            std::fs::create_dir(dir.path().join("keys")).unwrap();
            let key = |own: &TempDir| own.path().join("keys/master.key");
            std::fs::copy(key(first), key(&dir)).unwrap();
        }
        let entropy = Entropy::seeded(self.nodes.len() as u64);
        let mut store = open_on(dir.path(), Some(address), entropy).unwrap();
        let heard = store.heard().unwrap();
        let mut all = Vec::new();
        store.replay(None, |some| all.extend(some)).unwrap();
        let next = Seq(all.len() as u64);
        let told = Arc::new(Mutex::new(all));
        let hears = Arc::clone(&told);
        store.subscribe(move |some| hears.lock().unwrap().extend_from_slice(some));
        store.follow(next, heard).unwrap();
        self.folders.push(dir);
        self.nodes.push(Arc::new(store));
        self.told.push(told);
    }

    /// Every process is told all there is, once and in its order.
    fn all_are_told(&self) {
        let mut all = Vec::new();
        self.nodes[0].replay(None, |some| all.extend(some)).unwrap();
        for told in &self.told {
            eventually("everybody is told", || {
                told.lock().unwrap().len() >= all.len()
            });
            assert!(*told.lock().unwrap() == all, "what is told is what stands");
        }
    }

    /// Writes on every node until it is told to stop. What was refused is let be, and another is tried.
    fn load(&self, stop: &Arc<AtomicBool>) -> JoinSet<()> {
        let mut writers = JoinSet::new();
        for at in 0..self.nodes.len() * WRITERS {
            let store = Arc::clone(&self.nodes[at % self.nodes.len()]);
            let (acknowledged, next) = (Arc::clone(&self.acknowledged), Arc::clone(&self.next));
            let (stop, person) = (Arc::clone(stop), self.person);
            writers.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let done = store.record(vec![numbered(person, number)], NOON).await;
                    acknowledged
                        .lock()
                        .unwrap()
                        .extend(done.ok().map(|_| number));
                }
            });
        }
        writers
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// What stands on the server, each as often as it does.
    fn standing(&self) -> Vec<i64> {
        let mut all = Vec::new();
        let until = |own: &Committed| match own.entry.act {
            Act::Paused { until, .. } => Some(until.as_micros()),
            _ => None,
        };
        let read = self.nodes[0].replay(None, |some| all.extend(some.iter().filter_map(until)));
        read.unwrap();
        all
    }

    /// What was acknowledged and does not stand.
    fn lost(&self) -> Vec<i64> {
        let standing: BTreeSet<i64> = self.standing().into_iter().collect();
        let acknowledged = self.acknowledged.lock().unwrap();
        acknowledged.difference(&standing).copied().collect()
    }

    /// The primary dies, its standby takes over, writes go on; answers for how long none did since.
    fn fail_over(&mut self, dice: &mut Dice) -> Duration {
        let before = self.count();
        eventually("writes are acknowledged", || self.count() > before + 30);
        std::thread::sleep(Duration::from_millis(dice.below(200)));
        self.cluster.kill_primary();
        self.cluster.promote();
        let promoted = Instant::now();
        self.line.aim(self.cluster.primary_port());
        self.line.cut();
        self.line.mend();
        let before = self.count();
        eventually("writes go on", || self.count() > before);
        promoted.elapsed()
    }
}

async fn stopped(stop: &AtomicBool, writers: JoinSet<()>) {
    stop.store(true, Ordering::Relaxed);
    writers.join_all().await;
}

fn rounds() -> u32 {
    let asked = std::env::var("IZIN_FAILOVERS").ok();
    asked.map_or(ROUNDS, |own| own.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_when_the_primary_dies_and_its_standby_takes_over() {
    if is_missing() {
        return;
    }
    let mut drill = Drill::new(Sync::Standby).await;
    let dice = &mut Dice::new(u64::from(std::process::id()));
    for round in 0..rounds() {
        let stop = Arc::new(AtomicBool::new(false));
        let writers = drill.load(&stop);
        let outage = drill.fail_over(dice);
        assert!(outage <= OUTAGE_MAX, "round {round}: {outage:?}");
        // The old one comes back as if nothing had happened, and nobody asks it.
        drill.cluster.start_old_primary();
        let before = drill.count();
        eventually("writes go on beside it", || drill.count() > before + 30);
        drill.cluster.rejoin();
        stopped(&stop, writers).await;
        assert_eq!(
            drill.lost(),
            [0_i64; 0],
            "round {round}, of {}",
            drill.count()
        );
        let standing = drill.standing();
        let each: BTreeSet<i64> = standing.iter().copied().collect();
        assert_eq!(each.len(), standing.len(), "nothing stands twice");
        drill.all_are_told();
        let head = drill.nodes[1].head().await.unwrap();
        let leaves = drill.nodes[1].leaves(0, head.size).await.unwrap();
        let hashes: Vec<_> = leaves.iter().map(izin_log::Leaf::hash).collect();
        assert_eq!(izin_log::hash::tree_root(&hashes), head.root);
        println!(
            "round {round}: {} acknowledged, 0 lost, writes again after {outage:?}",
            drill.count()
        );
    }
}

/// The control: a standby that commits do not wait for loses what was acknowledged, and the processes find that
/// the ledger is not the one they know.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_standby_that_nobody_waits_for_loses_acts_and_it_is_noticed() {
    lose(false).await;
}

/// Though others, who do not know what was lost, have entered more since than there was.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_lost_is_noticed_behind_more_than_was_lost() {
    lose(true).await;
}

async fn lose(and_go_on: bool) {
    if is_missing() {
        return;
    }
    let mut drill = Drill::new(Sync::Asynchronous).await;
    for node in &drill.nodes {
        eventually("it is followed", || node.is_confirmed());
    }
    drill.cluster.hang_standby();
    let stop = Arc::new(AtomicBool::new(false));
    let writers = drill.load(&stop);
    eventually("writes are acknowledged", || drill.count() > 30);
    stopped(&stop, writers).await;
    drill.cluster.kill_standby();
    drill.cluster.kill_primary();
    drill.cluster.start_standby();
    drill.cluster.promote();
    drill.line.aim(drill.cluster.primary_port());
    drill.line.cut();
    if and_go_on {
        let address = drill.cluster.dsn_at(drill.cluster.primary_port());
        drill.join(&address);
        let (other, more) = (drill.nodes.pop().unwrap(), drill.count() + 10);
        for _ in 0..more {
            let act = numbered(drill.person, -2);
            other.record(vec![act], NOON).await.unwrap();
        }
    }
    drill.line.mend();
    assert_ne!(drill.lost(), [0_i64; 0]);
    for node in &drill.nodes {
        eventually("what was lost is missed", || !node.is_confirmed());
        let refused = node.record(vec![numbered(drill.person, -1)], NOON).await;
        assert!(refused.is_err(), "nothing goes on over what is lost");
    }
    // As long as a line that was only cut takes to be believed again.
    let mended = Instant::now();
    while mended.elapsed() < BELIEVED_WITHIN {
        assert!(drill.nodes.iter().all(|own| !own.is_confirmed()));
        std::thread::yield_now();
    }
}

/// The trap: PostgreSQL reports a commit whose wait for its standby was cancelled as done, with a warning.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_its_standby_did_not_confirm_is_not_acknowledged() {
    if is_missing() {
        return;
    }
    let drill = Drill::new(Sync::Standby).await;
    drill.cluster.hang_standby();
    let store = Arc::clone(&drill.nodes[0]);
    let person = drill.person;
    let mut said = JoinSet::new();
    said.spawn(async move { store.record(vec![numbered(person, 7)], NOON).await });
    let waiting = "select count(*) > 0 from pg_stat_activity where wait_event = 'SyncRep'";
    eventually("the commit waits", || {
        drill.cluster.admin(waiting).trim() == "t"
    });
    drill
        .cluster
        .admin("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
    // Nobody could say that it stands: its writer hears so, or hears of it once the standby is back.
    let early = tokio::time::timeout(Duration::from_secs(2), said.join_next()).await;
    if let Ok(Some(answered)) = early {
        let answered = answered.unwrap();
        assert!(
            matches!(answered, Err(StoreError::Owed | StoreError::InDoubt)),
            "{answered:?}"
        );
    }
    drill.cluster.wake_standby();
    if let Some(answered) = said.join_next().await {
        drop(answered.unwrap());
    }
    eventually("it stands once", || drill.standing() == [7]);
}

/// A commit that nobody could say anything of for so long that its writer was told so: once it turns out to stand,
/// everybody hears of it, the process that made it too.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_given_up_in_doubt_that_stands_is_told_to_everybody() {
    if is_missing() {
        return;
    }
    let drill = Drill::new(Sync::Standby).await;
    drill.cluster.hang_standby();
    let said = drill.nodes[0].record(vec![numbered(drill.person, 7)], NOON);
    let said = said.await;
    assert!(said.is_err(), "nobody could say that it stands: {said:?}");
    drill.cluster.wake_standby();
    eventually("it stands", || drill.standing().contains(&7));
    for node in &drill.nodes {
        eventually("it is followed", || node.is_confirmed());
    }
    let again = drill.nodes[0].record(vec![numbered(drill.person, 8)], NOON);
    again.await.unwrap();
    drill.all_are_told();
}
