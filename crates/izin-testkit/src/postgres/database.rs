//! A database of a test's own.

use std::process::Command;

use super::node::{answer, psql, run};
use super::random_name;
use super::server::Server;

/// A database and the role it belongs to, which may do nothing beyond it; both go when dropped,
/// whoever is still connected.
#[derive(Debug)]
pub struct Database {
    server: Server,
    /// The role's too.
    name: String,
    password: String,
}

impl Database {
    pub(super) fn new(server: Server) -> Self {
        let database = Self {
            server,
            name: format!("izin_{}", random_name()),
            password: random_name(),
        };
        let Self { name, password, .. } = &database;
        database.server.admin(&format!(
            "create role {name} login password '{password}';
             create database {name} owner {name};
             revoke all on database {name} from public;"
        ));
        database
    }

    /// Where it is, for a client: `postgresql://role:password@127.0.0.1:port/name`.
    #[must_use]
    pub fn dsn(&self) -> String {
        self.dsn_at(self.server.port())
    }

    /// The same by way of another port, as a proxy's.
    #[must_use]
    pub fn dsn_at(&self, port: u16) -> String {
        let Self { name, password, .. } = self;
        format!("postgresql://{name}:{password}@127.0.0.1:{port}/{name}")
    }

    /// The name; its role has the same.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server it is on.
    #[must_use]
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// `psql` as the role by way of a port, to be run with statements on its standard input.
    #[must_use]
    pub fn psql_at(&self, port: u16) -> Command {
        let node = self.server.node();
        let mut psql = psql(node.binaries(), node.folder());
        psql.args(["-d", &self.dsn_at(port)]);
        psql
    }

    /// Runs statements as the role; what they answer, a row a line.
    ///
    /// # Errors
    /// What the server or `psql` says.
    pub fn run(&self, sql: &str) -> Result<String, String> {
        self.run_at(self.server.port(), sql)
    }

    /// As [`Database::run`], by way of another port.
    ///
    /// # Errors
    /// What the server or `psql` says.
    pub fn run_at(&self, port: u16, sql: &str) -> Result<String, String> {
        answer(self.psql_at(port), sql)
    }

    /// Runs statements in it as superuser; what they answer, a row a line.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn admin(&self, sql: &str) -> String {
        let answer = self.server.node().admin(&self.name, sql);
        answer.expect("statements of the superuser")
    }

    /// What `pg_dump` keeps of a database on the same server, for [`Database::put_back`].
    ///
    /// # Panics
    /// When it keeps nothing.
    #[must_use]
    pub fn dump(&self, name: &str) -> Dump {
        let node = self.server.node();
        let mut dump = node.tool("pg_dump");
        dump.arg("-h").arg(node.socket());
        dump.args(["-p", &node.port().to_string(), "-U", "postgres", "-d", name]);
        let statements = run(&mut dump).stdout;
        Dump {
            name: name.to_owned(),
            statements: String::from_utf8(statements).expect("statements"),
        }
    }

    /// Puts back what was kept in place of what is there.
    ///
    /// # Panics
    /// When it cannot be.
    pub fn put_back(&self, dump: &Dump) {
        let (node, name) = (self.server.node(), &dump.name);
        let role = &self.name;
        self.server
            .admin(&format!("drop database {name} with (force)"));
        self.server
            .admin(&format!("create database {name} owner {role}"));
        let done = node.admin(name, &dump.statements);
        done.expect("what was kept is put back");
    }
}

/// A database as it was kept.
#[derive(Debug)]
pub struct Dump {
    name: String,
    statements: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = &self.name;
        // A server that the test killed has no databases to drop.
        drop(self.server.try_admin(&format!(
            "drop database if exists {name} with (force); drop role if exists {name};"
        )));
    }
}
