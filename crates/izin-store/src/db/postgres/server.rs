//! Where a PostgreSQL is, as whom it is asked, and how a session with it begins.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::wait::{driver, wait};
use super::{ServerError, tls};
use crate::StoreError;

/// How long one host may take to answer the knock.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// How long all hosts may take until a session stands.
const SESSION_MAX: Duration = Duration::from_secs(10);
/// How long the network may keep what was sent unconfirmed.
const UNCONFIRMED_MAX: Duration = Duration::from_secs(8);
/// The name of a schema is an identifier that needs no quotes.
const SCHEMA_BYTES_MAX: usize = 40;

/// A PostgreSQL server, a role, a database and a schema in it.
#[derive(Clone)]
pub struct Server {
    config: Config,
    tls: MakeRustlsConnect,
    schema: String,
}

/// Shows the place alone: the rest of it may be secret.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.place())
    }
}

impl Server {
    /// Reads where a server is: a URL or `key=value` pairs, as `psql` takes them; several hosts where one takes
    /// over from another. Beyond this machine the connection is encrypted and the server's certificate
    /// checked, unless the address itself says `sslmode=disable`.
    ///
    /// # Errors
    /// [`ServerError::Address`], [`ServerError::Schema`], [`ServerError::Certificates`].
    pub fn parse(
        address: &str,
        schema: &str,
        authorities: Option<&Path>,
    ) -> Result<Self, ServerError> {
        let mut config = tls::read(address)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(ServerError::Address("it names no host".into()));
        }
        let missing = match (config.get_user(), config.get_dbname()) {
            (None, _) => "it names no role (as `izin@`)",
            (_, None) => "it names no database (as `/izin`)",
            _ => "",
        };
        if !missing.is_empty() {
            return Err(ServerError::Address(missing.into()));
        }
        let plain = |own: char| own.is_ascii_lowercase() || own.is_ascii_digit() || own == '_';
        let begins = schema.starts_with(|own: char| own.is_ascii_lowercase());
        if !begins || !schema.chars().all(plain) || schema.len() > SCHEMA_BYTES_MAX {
            return Err(ServerError::Schema(schema.to_owned()));
        }
        config
            .application_name("izin")
            .connect_timeout(CONNECT_MAX)
            .tcp_user_timeout(UNCONFIRMED_MAX)
            .keepalives_idle(UNCONFIRMED_MAX)
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(tls::client(authorities)?),
            schema: schema.to_owned(),
        })
    }

    /// The same server with another password.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.config.password(password);
        self
    }

    /// The same server and role, another database.
    #[must_use]
    pub fn with_database(mut self, name: &str) -> Self {
        self.config.dbname(name);
        self
    }

    /// The same database, another schema: the name with a word added.
    #[must_use]
    pub(crate) fn with_schema_added(mut self, word: &str) -> Self {
        self.schema = format!("{}_{word}", self.schema);
        self
    }

    /// Whether a password is known.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &str {
        self.config.get_dbname().unwrap_or_default()
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }

    /// Hosts and ports, for people.
    #[must_use]
    pub fn place(&self) -> String {
        let ports = self.config.get_ports();
        let port = |at: usize| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        let hosts = self.config.get_hosts().iter().enumerate();
        let named = hosts.map(|(at, host)| match host {
            Host::Tcp(name) => format!("{name}:{}", port(at)),
            Host::Unix(path) => format!("{} (port {})", path.display(), port(at)),
        });
        named.collect::<Vec<_>>().join(", ")
    }
}

/// What drives a session.
pub(super) type Line = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Begins a session.
pub(super) fn connect(server: &Server) -> Result<(Client, Line), StoreError> {
    driver()?;
    match wait(server.config.connect(server.tls.clone()), SESSION_MAX) {
        Some(Ok(begun)) => Ok(begun),
        Some(Err(why)) => Err(ServerError::of(server, &why).into()),
        None => Err(StoreError::Server(ServerError::Unreachable {
            place: server.place(),
            why: "no answer".into(),
        })),
    }
}
