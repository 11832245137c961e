//! Where a PostgreSQL is, and what is found there: as whom, over TLS or not, and why it cannot be used.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::wait::{driver, wait};
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

/// Why a PostgreSQL server cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// The address does not say where it is.
    #[error(
        "the address of the PostgreSQL server cannot be read: {0}; write it as `postgresql://izin@db.example.com/izin`"
    )]
    Address(String),
    /// Not a plain name.
    #[error("`{0}` cannot be the name of a schema: use small letters, digits and `_`, 40 at most")]
    Schema(String),
    /// The file with the authority's certificates.
    #[error("the certificates in `{path}` cannot be read: {why}")]
    Certificates {
        /// The file.
        path: String,
        /// What was wrong.
        why: String,
    },
    /// Nobody answers there, or none of several takes writes.
    #[error("no PostgreSQL server that takes writes answers at {place}: {why}")]
    Unreachable {
        /// Hosts and ports.
        place: String,
        /// What was said.
        why: String,
    },
    /// Role or password.
    #[error(
        "PostgreSQL at {place} refuses the role `{role}`: look at its password and at pg_hba.conf"
    )]
    Refused {
        /// Hosts and ports.
        place: String,
        /// The role.
        role: String,
    },
    /// No such database.
    #[error(
        "PostgreSQL at {place} has no database `{database}`: create it, as `createdb --owner {role} --encoding UTF8 {database}`"
    )]
    NoDatabase {
        /// Hosts and ports.
        place: String,
        /// The role.
        role: String,
        /// Its name.
        database: String,
    },
    /// Too old.
    #[error("PostgreSQL at {place} is version {found}; 15 or newer is needed")]
    Old {
        /// Hosts and ports.
        place: String,
        /// What it says of itself.
        found: String,
    },
    /// Another encoding than UTF-8.
    #[error(
        "the database `{database}` has the encoding {found}, and UTF8 is needed: create another, as `createdb --encoding UTF8 --template template0 NAME`"
    )]
    Encoding {
        /// Its name.
        database: String,
        /// Its encoding.
        found: String,
    },
    /// The role may not do what it has to.
    #[error("the role `{role}` may not {what} in the database `{database}`: {mend}")]
    Rights {
        /// The role.
        role: String,
        /// The database.
        database: String,
        /// What it may not.
        what: &'static str,
        /// What would let it.
        mend: String,
    },
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
        let config: Result<Config, _> = address.parse();
        let mut config = config.map_err(|why| {
            // The words name a key at most, never a value.
            let source = std::error::Error::source(&why);
            ServerError::Address(source.map_or_else(|| why.to_string(), ToString::to_string))
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(ServerError::Address("it names no host".into()));
        }
        if config.get_user().is_none() || config.get_dbname().is_none() {
            return Err(ServerError::Address(
                "it names no role, or no database".into(),
            ));
        }
        let plain = |own: char| own.is_ascii_lowercase() || own.is_ascii_digit() || own == '_';
        let begins = schema.starts_with(|own: char| own.is_ascii_lowercase());
        if !begins || !schema.chars().all(plain) || schema.len() > SCHEMA_BYTES_MAX {
            return Err(ServerError::Schema(schema.to_owned()));
        }
        if !address.contains("sslmode") {
            let near = config.get_hosts().iter().all(is_here);
            config.ssl_mode(if near {
                SslMode::Prefer
            } else {
                SslMode::Require
            });
        }
        config
            .application_name("izin")
            .connect_timeout(CONNECT_MAX)
            .tcp_user_timeout(UNCONFIRMED_MAX)
            .keepalives_idle(UNCONFIRMED_MAX)
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(tls(authorities)?),
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

    fn failed(&self, error: &tokio_postgres::Error) -> ServerError {
        let place = self.place();
        match error.code() {
            Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
                ServerError::Refused {
                    place,
                    role: self.role().to_owned(),
                }
            }
            Some(&SqlState::INVALID_CATALOG_NAME) => ServerError::NoDatabase {
                place,
                role: self.role().to_owned(),
                database: self.database().to_owned(),
            },
            _ => {
                let why = std::error::Error::source(error);
                let why = why.map_or_else(|| error.to_string(), ToString::to_string);
                ServerError::Unreachable { place, why }
            }
        }
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse().map(|own: std::net::IpAddr| own.is_loopback());
            name == "localhost" || address.unwrap_or(false)
        }
        Host::Unix(_) => true,
    }
}

fn tls(authorities: Option<&Path>) -> Result<ClientConfig, ServerError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let failed = |why: String| ServerError::Certificates {
                path: path.display().to_string(),
                why,
            };
            let found = CertificateDer::pem_file_iter(path);
            let found = found.and_then(Iterator::collect::<Result<Vec<_>, _>>);
            for own in found.map_err(|why| failed(why.to_string()))? {
                roots.add(own).map_err(|why| failed(why.to_string()))?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|why| ServerError::Address(why.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// What drives a session.
pub(super) type Line = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Begins a session.
pub(super) fn connect(server: &Server) -> Result<(Client, Line), StoreError> {
    driver()?;
    match wait(server.config.connect(server.tls.clone()), SESSION_MAX) {
        Some(Ok(begun)) => Ok(begun),
        Some(Err(why)) => Err(server.failed(&why).into()),
        None => Err(StoreError::Server(ServerError::Unreachable {
            place: server.place(),
            why: "no answer".into(),
        })),
    }
}
