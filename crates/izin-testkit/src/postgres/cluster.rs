//! A primary and its streaming standby, and every harm that can come to them.
//!
//! The test is the failover manager: nothing here notices a dead primary by itself.

use std::process::Command;
use std::time::{Duration, Instant};

use super::guard::{self, Guard};
use super::node::{Node, answer, psql, run};
use super::server::binaries;
use super::{eventually, random_name};

/// The standby's name and its slot's.
const STANDBY: &str = "sb";
/// Who replicates.
const REPLICATOR: &str = "replicator";
/// Says `t` once the standby takes every entry as it is written.
const STREAMS: &str = "select count(*) = 1 from pg_stat_replication
    where application_name = 'sb' and state = 'streaming'";
/// Says `t` once no commit is acknowledged before the standby has it on its disk.
const IS_SYNCHRONOUS: &str = "select count(*) = 1 from pg_stat_replication
    where application_name = 'sb' and sync_state = 'sync'";
/// Drops the slot of an earlier standby, as soon as nobody uses it.
const DROP_SLOT: &str = "select pg_drop_replication_slot(slot_name) from pg_replication_slots
    where slot_name = 'sb'";
/// What a standby waits for before it asks its primary again, and before it says where it is while nothing comes;
/// less than the usual five and ten seconds.
const SOON: [&str; 2] = [
    "wal_retrieve_retry_interval=100ms",
    "wal_receiver_status_interval=1s",
];

/// Whether a commit waits for the standby.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// It is acknowledged when the standby has it on its disk: `FIRST 1 (sb)`.
    Standby,
    /// It is acknowledged when the primary has it; a failover may lose it.
    Asynchronous,
}

/// Two servers, one of them the primary, with one database and its ordinary role.
#[derive(Debug)]
pub struct Cluster {
    /// Which of the two is the primary.
    primary: usize,
    members: [Member; 2],
    sync: Sync,
    /// The database's name and its role's.
    name: String,
    /// The role's, and the replicator's.
    password: String,
}

#[derive(Debug)]
struct Member {
    node: Node,
    _guard: Guard,
}

impl Member {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("izin-pg-{}", random_name()));
        let guard = Guard::over(&folder);
        Self {
            node: Node::new(&binaries(), folder),
            _guard: guard,
        }
    }
}

impl Cluster {
    /// Starts both; back when the standby follows, and, if it must, commits wait for it.
    ///
    /// # Panics
    /// When one does not start; see [`is_missing`](super::is_missing).
    #[must_use]
    pub fn start(sync: Sync) -> Self {
        let mut cluster = Self {
            primary: 0,
            members: [Member::new(), Member::new()],
            sync,
            name: format!("izin_{}", random_name()),
            password: random_name(),
        };
        let primary = &mut cluster.members[0].node;
        primary.initialise();
        primary.start(&SOON);
        let Self { name, password, .. } = &cluster;
        cluster.admin(&format!(
            "create role {REPLICATOR} login replication password '{password}';
             create role {name} login password '{password}';
             create database {name} owner {name};"
        ));
        cluster.rejoin();
        cluster
    }

    fn primary(&self) -> &Node {
        &self.members[self.primary].node
    }

    fn other(&self) -> &Node {
        &self.members[1 - self.primary].node
    }

    /// The primary's port, which is the other one after [`Cluster::promote`].
    #[must_use]
    pub fn primary_port(&self) -> u16 {
        self.primary().port()
    }

    /// The port of the standby, or of whatever became of it.
    #[must_use]
    pub fn standby_port(&self) -> u16 {
        self.other().port()
    }

    /// Where the database is, for a client that finds the primary by itself.
    #[must_use]
    pub fn dsn(&self) -> String {
        let (one, two) = (self.members[0].node.port(), self.members[1].node.port());
        let Self { name, password, .. } = self;
        format!(
            "postgresql://{name}:{password}@127.0.0.1:{one},127.0.0.1:{two}/{name}\
             ?target_session_attrs=read-write"
        )
    }

    /// Where it is by way of one port: a member's or a proxy's.
    #[must_use]
    pub fn dsn_at(&self, port: u16) -> String {
        let Self { name, password, .. } = self;
        format!("postgresql://{name}:{password}@127.0.0.1:{port}/{name}")
    }

    /// `psql` as the role by way of one port, to be run with statements on its standard input.
    #[must_use]
    pub fn psql_at(&self, port: u16) -> Command {
        let node = self.primary();
        let mut psql = psql(node.binaries(), node.folder());
        psql.args(["-d", &self.dsn_at(port)]);
        psql
    }

    /// Runs statements on the primary as the role; what they answer, a row a line.
    ///
    /// # Errors
    /// What the server or `psql` says.
    pub fn run(&self, sql: &str) -> Result<String, String> {
        answer(self.psql_at(self.primary_port()), sql)
    }

    /// Runs statements on the primary as superuser in the database `postgres`.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn admin(&self, sql: &str) -> String {
        let answer = self.primary().admin("postgres", sql);
        answer.expect("statements of the superuser")
    }

    /// Runs statements as superuser on the standby, or on whatever became of it.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn standby_admin(&self, sql: &str) -> String {
        let answer = self.other().admin("postgres", sql);
        answer.expect("statements of the superuser")
    }

    /// Kills the primary at once with all its processes: `kill -9`.
    pub fn kill_primary(&self) {
        self.primary().kill();
    }

    /// Kills the standby, or whatever became of it, in the same way.
    pub fn kill_standby(&self) {
        self.other().kill();
    }

    /// Makes the standby the primary, whether or not the old one is dead; how long it took until
    /// it wrote. It waits for no standby before [`Cluster::rejoin`]: a failover manager says so too.
    ///
    /// # Panics
    /// When the standby does not run or does not become it.
    pub fn promote(&mut self) -> Duration {
        self.standby_admin(&format!("{} select pg_reload_conf()", waits_for("")));
        let started = Instant::now();
        let promoted =
            self.standby_admin("select pg_promote(true, 60) and not pg_is_in_recovery()");
        let took = started.elapsed();
        assert_eq!(promoted, "t", "the standby is the primary now");
        self.primary = 1 - self.primary;
        took
    }

    /// Starts a standby that was killed as it was.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_standby(&self) {
        self.other().start_again();
    }

    /// Starts the old primary as it was, which knows nothing of the new one: a zombie. With
    /// [`Sync::Standby`] its commits wait for a standby that never comes.
    ///
    /// # Panics
    /// When it does not start, or was no primary.
    pub fn start_old_primary(&self) {
        self.start_standby();
        assert_eq!(self.standby_admin("select pg_is_in_recovery()"), "f");
    }

    /// Halts the standby with all its processes, connections open: `SIGSTOP`.
    ///
    /// # Panics
    /// When it does not run.
    pub fn hang_standby(&self) {
        self.other().hang();
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// When it does not run.
    pub fn wake_standby(&self) {
        self.other().wake();
    }

    /// Makes whatever is not the primary its standby, from a fresh copy; back when it follows.
    ///
    /// # Panics
    /// When it cannot be copied or does not start.
    pub fn rejoin(&mut self) {
        self.admin(&format!("{} select pg_reload_conf()", waits_for("")));
        guard::end(self.other().folder());
        eventually("the slot is free", || {
            self.primary().admin("postgres", DROP_SLOT).is_ok()
        });
        self.copy_primary();
        self.members[1 - self.primary].node.start(&SOON);
        eventually("the standby follows", || self.admin(STREAMS) == "t");
        if self.sync == Sync::Standby {
            let standbys = format!("FIRST 1 ({STANDBY})");
            self.admin(&format!("{} select pg_reload_conf()", waits_for(&standbys)));
            eventually("commits wait for it", || self.admin(IS_SYNCHRONOUS) == "t");
        }
    }

    fn copy_primary(&self) {
        let (port, password) = (self.primary_port(), &self.password);
        let primary = format!(
            "host=127.0.0.1 port={port} user={REPLICATOR} password={password} \
             application_name={STANDBY}"
        );
        let mut copy = self.other().tool("pg_basebackup");
        copy.args(["--dbname", &primary, "--pgdata"]);
        copy.arg(self.other().data());
        copy.args(["--checkpoint=fast", "--wal-method=stream", "--no-sync"]);
        copy.args(["--write-recovery-conf", "--create-slot", "--slot", STANDBY]);
        run(&mut copy);
    }
}

fn waits_for(standbys: &str) -> String {
    format!("alter system set synchronous_standby_names = '{standbys}';")
}
