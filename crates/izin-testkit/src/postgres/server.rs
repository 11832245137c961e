//! A running server.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use super::binaries::Binaries;
use super::database::Database;
use super::guard::Guard;
use super::node::Node;
use super::{random_name, shared};

/// A PostgreSQL on a port of this machine; it ends when the last clone is dropped, or, shared, a
/// while after its last user.
#[derive(Debug, Clone)]
pub struct Server(Arc<Running>);

#[derive(Debug)]
struct Running {
    node: Node,
    kept_by: Keeper,
}

/// What keeps a server running.
#[derive(Debug)]
enum Keeper {
    /// The test that started it.
    Test { _guard: Guard },
    /// Everybody who holds this lock.
    Users { _lock: File },
}

impl Server {
    /// Starts one for this test alone, which may harm it. What it acknowledges is on the disk.
    ///
    /// # Panics
    /// When it does not start; see [`is_missing`](super::is_missing).
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// As [`Server::start`], with settings as `fsync=off`: faster, for a test that is not about
    /// durability.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start_with(settings: &[&str]) -> Self {
        Self::made(settings, |_| ())
    }

    /// Starts one that encrypts, with a certificate and its key (PEM), and takes no connection that is not.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start_encrypted(certificate: &str, key: &str) -> Self {
        Self::made(&["fsync=off", "ssl=on"], |node| {
            node.writes("server.crt", certificate);
            node.writes("server.key", key);
            node.writes(
                "pg_hba.conf",
                "local all all trust\nhostssl all all all scram-sha-256\n",
            );
        })
    }

    fn made(settings: &[&str], prepare: impl FnOnce(&Node)) -> Self {
        let binaries = binaries();
        let folder = std::env::temp_dir().join(format!("izin-pg-{}", random_name()));
        let guard = Guard::over(&folder);
        let mut node = Node::new(&binaries, folder);
        node.initialise();
        prepare(&node);
        node.start(settings);
        Self::kept(node, Keeper::Test { _guard: guard })
    }

    /// The one that all test processes of this machine share, each with databases of its own. It
    /// ends some seconds after its last user. It does not sync (`fsync=off`), and nobody may harm it.
    ///
    /// # Panics
    /// When it does not start; see [`is_missing`](super::is_missing).
    #[must_use]
    pub fn shared() -> Self {
        let (node, lock) = shared::join(&binaries());
        Self::kept(node, Keeper::Users { _lock: lock })
    }

    /// As [`Server::shared`], in a folder that exists and for whoever names the same, ending after
    /// so many seconds without users.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn shared_in(root: &Path, idle_s: u32) -> Self {
        let (node, lock) = shared::join_in(&binaries(), root, idle_s);
        Self::kept(node, Keeper::Users { _lock: lock })
    }

    fn kept(node: Node, kept_by: Keeper) -> Self {
        Self(Arc::new(Running { node, kept_by }))
    }

    /// A fresh database that belongs to a fresh, ordinary role.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn database(&self) -> Database {
        Database::new(self.clone())
    }

    /// Runs statements as superuser in the database `postgres`; what they answer, a row a line.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn admin(&self, sql: &str) -> String {
        self.try_admin(sql).expect("statements of the superuser")
    }

    /// As [`Server::admin`].
    ///
    /// # Errors
    /// What the server or `psql` says.
    pub fn try_admin(&self, sql: &str) -> Result<String, String> {
        self.node().admin("postgres", sql)
    }

    /// `psql` as superuser in a database, to be run with statements on its standard input.
    #[must_use]
    pub fn psql(&self, database: &str) -> Command {
        self.node().psql(database)
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.node().port()
    }

    /// The number of the server's first process; nothing once it was killed.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.node().process()
    }

    /// Kills it at once with all its processes (`kill -9`), if it runs.
    pub fn kill(&self) {
        self.node().kill();
    }

    /// Starts it again after [`Server::kill`], with the same port and settings.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        self.node().start_again();
    }

    /// Where data, socket and log are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.node().folder()
    }

    /// Whether other test processes use it too.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0.kept_by, Keeper::Users { .. })
    }

    pub(super) fn node(&self) -> &Node {
        &self.0.node
    }
}

pub(super) fn binaries() -> Binaries {
    Binaries::find().expect("PostgreSQL's programs; see IZIN_POSTGRES_BIN")
}
