//! Where a shop's data are when a test binary called `postgres` runs: the same promises are tried on both kinds of
//! store, and such a binary is made of the same tests.

use std::sync::Arc;

use izin_store::{Server as Address, Servers};

use crate::postgres::{Database, Server, is_missing};

/// A database of a shop's own, with a schema for the data and one for the keys.
#[derive(Debug, Clone)]
pub struct OnServer(Arc<Database>);

impl OnServer {
    /// A new one; none where this binary's shops are files.
    #[must_use]
    pub fn wanted() -> Option<Self> {
        let wanted = is_on_a_server() && !is_missing();
        wanted.then(|| Self(Arc::new(Server::shared().database())))
    }

    /// Runs statements on the data as a superuser.
    pub fn sql(&self, statements: &str) {
        self.0
            .admin(&format!("set search_path to izin; {statements}"));
    }

    /// For the settings of a shop.
    ///
    /// # Panics
    /// When its address cannot be read.
    #[must_use]
    pub fn servers(&self) -> Servers {
        let at = |schema| Address::parse(&self.0.dsn(), schema, None).expect("an address");
        Servers {
            data: at("izin"),
            keys: at("izin_keys"),
        }
    }
}

/// Whether this binary keeps its shops on a server. Tests of what somebody does to the files of a shop end
/// early there; what a superuser does to a server is tried by the tests of the store.
///
/// # Panics
/// When this process does not know its own name.
#[must_use]
pub fn is_on_a_server() -> bool {
    let own = std::env::current_exe().expect("this process has a name");
    let name = own.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("postgres-"))
}
