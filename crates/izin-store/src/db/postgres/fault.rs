//! Why a PostgreSQL server cannot be used, with the mend. Nothing of what the server says about rows or passwords
//! is repeated.

use tokio_postgres::error::SqlState;

use super::Server;

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
    /// Nobody answers there.
    #[error("no PostgreSQL server that takes writes answers at {place}: {why}")]
    Unreachable {
        /// Hosts and ports.
        place: String,
        /// What was said.
        why: String,
    },
    /// Whoever answers is a standby.
    #[error(
        "PostgreSQL at {place} takes no writes, as a standby does: write the address of the primary, or of both as \
         `db1,db2`"
    )]
    ReadOnly {
        /// Hosts and ports.
        place: String,
    },
    /// It takes no more sessions.
    #[error(
        "PostgreSQL at {place} takes no more connections: raise `max_connections` there, or let fewer programs use it"
    )]
    Full {
        /// Hosts and ports.
        place: String,
    },
    /// Commits wait for a standby that is not there.
    #[error(
        "PostgreSQL at {place} waits for a standby that does not answer, and acknowledges nothing: bring it back, \
         or look at its name in `synchronous_standby_names`"
    )]
    NoStandby {
        /// Hosts and ports.
        place: String,
    },
    /// Role or password.
    #[error(
        "PostgreSQL at {place} refuses the role `{role}`: look at its password and at pg_hba.conf, and write \
         `sslmode=require` into the address if that wants encryption"
    )]
    Refused {
        /// Hosts and ports.
        place: String,
        /// The role.
        role: String,
    },
    /// It wants a password.
    #[error(
        "PostgreSQL at {place} wants a password of the role `{role}`: write it into a file that `password_file` \
         (for the keys `keys_password_file`) names, or set IZIN_POSTGRESQL_PASSWORD"
    )]
    NoPassword {
        /// Hosts and ports.
        place: String,
        /// The role.
        role: String,
    },
    /// It does not encrypt.
    #[error(
        "PostgreSQL at {place} offers no encryption: set `ssl = on` there; `sslmode=disable` in the address does \
         without, where the network is your own"
    )]
    NoTls {
        /// Hosts and ports.
        place: String,
    },
    /// Its certificate is not believed.
    #[error(
        "the connection to PostgreSQL at {place} cannot be encrypted: {why}; write its host as the certificate \
         names it, and name the file with its authority in `authorities`"
    )]
    Tls {
        /// Hosts and ports.
        place: String,
        /// What was wrong.
        why: String,
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
    #[error(
        "the role `{role}` may not {what} in the database `{database}`: let its owner run `{mend}`"
    )]
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

impl ServerError {
    /// Why no session began.
    pub(super) fn of(server: &Server, error: &tokio_postgres::Error) -> Self {
        let (place, role) = (server.place(), server.role().to_owned());
        let database = server.database().to_owned();
        let Some(code) = error.code() else {
            return Self::without_a_code(server, error);
        };
        match *code {
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                Self::Refused { place, role }
            }
            SqlState::INVALID_CATALOG_NAME => Self::NoDatabase {
                place,
                role,
                database,
            },
            SqlState::TOO_MANY_CONNECTIONS => Self::Full { place },
            SqlState::INSUFFICIENT_PRIVILEGE => {
                let mend = format!("grant connect on database {database} to {role}");
                Self::Rights {
                    role,
                    database,
                    what: "connect",
                    mend,
                }
            }
            _ => Self::Unreachable {
                place,
                why: words(error),
            },
        }
    }

    /// What is wrong before the server has a word for it.
    fn without_a_code(server: &Server, error: &tokio_postgres::Error) -> Self {
        let (place, why) = (server.place(), words(error));
        let role = server.role().to_owned();
        match why.as_str() {
            "password missing" => Self::NoPassword { place, role },
            "server does not support TLS" => Self::NoTls { place },
            "database does not allow writes" => Self::ReadOnly { place },
            _ if error.to_string().contains("TLS") => Self::Tls { place, why },
            _ => Self::Unreachable { place, why },
        }
    }

    /// Whether it may be otherwise in a moment, without anybody changing a setting of ours.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::ReadOnly { .. }
                | Self::Full { .. }
                | Self::NoStandby { .. }
        )
    }
}

/// What lies below an error that says no more than where it happened.
fn words(error: &tokio_postgres::Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

/// Whether a statement failed because the server takes no writes now, whatever was asked.
pub(super) fn hinders(code: &SqlState) -> bool {
    // Connection, insufficient resources, operator intervention, system error; serialisation.
    const CLASSES: [&str; 5] = ["08", "53", "57", "58", "40"];
    let class = code.code().get(..2).unwrap_or_default();
    let alone = [
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::LOCK_NOT_AVAILABLE,
    ];
    CLASSES.contains(&class) || alone.contains(code)
}

/// What is to be done about it.
pub(super) fn mend(code: &SqlState) -> Option<&'static str> {
    match *code {
        SqlState::DISK_FULL => Some("the disk of PostgreSQL is full"),
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => Some(
            "PostgreSQL was not done in time: look for a lock that is held, a commit that waits for its standby, or \
             too much load",
        ),
        SqlState::READ_ONLY_SQL_TRANSACTION => {
            Some("PostgreSQL takes no writes, as a standby does")
        }
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            Some("PostgreSQL is going down, or coming up")
        }
        _ => None,
    }
}
