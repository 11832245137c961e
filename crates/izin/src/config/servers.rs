//! Where the data are when a server keeps them, from `[postgresql]`.
//!
//! An address in the file holds no password: files are copied and shown. In the environment it may.

use std::path::Path;

use izin_store::{Server, ServerError, Servers};

use super::fault::Faults;
use super::file::Postgresql;
use super::{Environment, secret};

/// The schema, unless it is said.
const SCHEMA: &str = "izin";
/// What follows the name of the database in that of its keys.
const KEYS: &str = "_keys";

/// Completes `[postgresql]` with what follows from it; `None` where something is missing or contradicts.
pub(super) fn resolve(
    part: &Postgresql,
    env: Environment<'_>,
    faults: &mut Faults<'_>,
) -> Option<Servers> {
    let schema = part.schema.as_deref().unwrap_or(SCHEMA);
    let data = Place {
        given: (part.address.as_deref(), "address"),
        variable: "IZIN_POSTGRESQL",
        password_file: part.password_file.as_deref(),
        password: "IZIN_POSTGRESQL_PASSWORD",
    };
    let data = data.server((schema, part.authorities.as_deref()), env, faults)?;
    let keys = Place {
        given: (part.keys_address.as_deref(), "keys_address"),
        variable: "IZIN_POSTGRESQL_KEYS",
        password_file: part.keys_password_file.as_deref(),
        password: "IZIN_POSTGRESQL_KEYS_PASSWORD",
    };
    let Some(data) = data else {
        let why = "[postgresql] has no `address`; write postgresql://izin@db.example.com/izin";
        faults.about(&["postgresql", "IZIN_POSTGRESQL"], why);
        return None;
    };
    let keys = keys.server((schema, part.authorities.as_deref()), env, faults)?;
    // A dump of the data must not hold the keys to them.
    let keys = keys.unwrap_or_else(|| {
        let beside = format!("{}{KEYS}", data.database());
        data.clone().with_database(&beside)
    });
    if keys.place() == data.place() && keys.database() == data.database() {
        let why = "`keys_address` names the database of the data; the keys need one of their own, with backups of \
             its own: whoever is erased would live on in an older copy";
        faults.about(&["keys_address", "postgresql"], why);
        return None;
    }
    Some(Servers { data, keys })
}

/// What says where one of the two is.
struct Place<'a> {
    given: (Option<&'a str>, &'static str),
    variable: &'static str,
    password_file: Option<&'a Path>,
    password: &'static str,
}

impl Place<'_> {
    /// The server, if one is named; `None` where it cannot be read.
    fn server(
        &self,
        (schema, authorities): (&str, Option<&Path>),
        env: Environment<'_>,
        faults: &mut Faults<'_>,
    ) -> Option<Option<Server>> {
        let (given, name) = self.given;
        let variable = env(self.variable);
        let Some(address) = variable.as_deref().or(given) else {
            return Some(None);
        };
        let server = match Server::parse(address, schema, authorities) {
            Ok(server) => server,
            Err(why) => {
                let told = format!("[postgresql]: {why}");
                match why {
                    ServerError::Schema(_) => faults.about(&["schema", "postgresql"], &told),
                    ServerError::Certificates { .. } => {
                        faults.about(&["authorities", "postgresql"], &told);
                    }
                    _ if variable.is_some() => faults.variable(self.variable, &told),
                    _ => faults.about(&[name, "postgresql"], &told),
                }
                return None;
            }
        };
        if variable.is_none() && server.has_password() {
            let why = format!(
                "`{name}` holds a password; write it into a file that `password_file` or `keys_password_file` names, \
                 or set {}",
                self.password
            );
            faults.about(&[name, "postgresql"], &why);
            return None;
        }
        match self.read_password(env) {
            Ok(None) => Some(Some(server)),
            Ok(Some(password)) => Some(Some(server.with_password(&password))),
            Err(why) => {
                faults.about(&["password_file", "keys_password_file", "postgresql"], &why);
                None
            }
        }
    }

    fn read_password(&self, env: Environment<'_>) -> Result<Option<String>, String> {
        if let Some(given) = env(self.password) {
            return Ok(Some(given));
        }
        let Some(path) = self.password_file else {
            return Ok(None);
        };
        let password = secret::in_file(path).map_err(|why| {
            format!(
                "the password file `{}` cannot be used: {why}",
                path.display()
            )
        })?;
        Ok(Some(password))
    }
}
