//! `izin.toml`: how a server runs. Read whole, checked whole, then trusted.
//!
//! A mistake is refused with its place and the mend. The environment overrides the file, and
//! alone may hold a secret. Start at [`Config::read`]; `file.rs` is the file's form, `value.rs`
//! what its values may be.

mod carriers;
mod fault;
mod file;
mod mail;
mod providers;
mod secret;
mod servers;
mod value;

use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use izin_app::Settings;
use izin_app::policy::Findings;
use izin_store::vault::MasterSource;

use fault::Faults;
use file::File;
use value::{Listen, PublicUrl};

/// Where the server listens unless told otherwise: this machine only.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// A source of environment variables.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What the operator set.
#[derive(Debug)]
pub(crate) struct Config {
    /// What the application needs of it.
    pub(crate) settings: Settings,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// Whether the folder is a demo's.
    pub(crate) demo: bool,
    /// Whether the public address was left to follow from `listen`.
    follows_listen: bool,
    /// What somebody should look at, though it keeps nothing from working.
    pub(crate) warnings: Findings,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// No file to read.
    #[error(
        "cannot read the configuration `{}`: {why}; `izin init FOLDER` writes one, `--config FILE` \
         names one",
        path.display()
    )]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        why: std::io::Error,
    },
    /// The file, or the environment over it, has faults: all that were found.
    #[error("the configuration has faults; `izin check` shows them too\n{0}")]
    Faults(Findings),
    /// A variable of the environment.
    #[error("the environment variable {name}: {why}")]
    Environment {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl ConfigError {
    /// The same as findings about the file at `path`.
    pub(crate) fn into_findings(self, path: &Path) -> Findings {
        match self {
            Self::Faults(findings) => findings,
            other => {
                let told = fault::fault(0..0, &other.to_string());
                Findings::of_file(path, "", vec![told])
            }
        }
    }
}

/// The longest `izin.toml`, in bytes; it holds a few dozen settings.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The text of an ordinary file: a pipe would be waited for, and a device read for ever.
fn text(path: &Path) -> io::Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::other("it is longer than 64 KiB"));
    }
    Ok(text)
}

impl Config {
    /// Reads a configuration, with what the environment overrides.
    ///
    /// # Errors
    /// [`ConfigError`] names every place, and the mend.
    pub(crate) fn read(path: &Path, env: Environment<'_>) -> Result<Self, ConfigError> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let text = text(&absolute).map_err(|why| ConfigError::Unreadable {
            path: absolute.clone(),
            why,
        })?;
        Self::of(&text, (path, &absolute), env)
    }

    /// Reads a text that stands at a path, as it was named and as it is.
    fn of(
        text: &str,
        (named, path): (&Path, &Path),
        env: Environment<'_>,
    ) -> Result<Self, ConfigError> {
        let mut faults = Faults::of(named, text);
        let mut file = File::parse(path, text, &mut faults);
        file.override_with(env, &mut faults);
        let config = resolve(file, path, env, &mut faults);
        match (faults.found(), config) {
            (None, Some(mut config)) => {
                let name = &config.settings.log_origin;
                if !config.demo && is_this_machine(name) {
                    config.warnings = fault::nameless(named, text, name);
                }
                Ok(config)
            }
            (found, _) => Err(ConfigError::Faults(found.unwrap_or(Findings::NONE))),
        }
    }

    /// Takes note of the port that was bound, where any free one was asked for.
    pub(crate) fn bound_to(&mut self, address: SocketAddr) {
        self.listen = address;
        if self.follows_listen {
            self.settings.public_url = format!("http://{address}");
        }
    }
}

/// Where the environment says that a server listens.
///
/// # Errors
/// [`ConfigError::Environment`] when that is no address.
pub(crate) fn listen_asked(env: Environment<'_>) -> Result<Option<SocketAddr>, ConfigError> {
    let name = "IZIN_LISTEN";
    let asked = env(name).map(|text| text.parse::<Listen>()).transpose();
    let asked = asked.map_err(|why| ConfigError::Environment { name, why })?;
    Ok(asked.map(|own| own.0))
}

/// Where the master key comes from: the environment where it says so, else its file.
fn master(env: Environment<'_>) -> Result<MasterSource, String> {
    let read = |name: &str| {
        let digits = "64 hexadecimal digits, as `openssl rand -hex 32` prints them";
        let key = |text: String| {
            MasterSource::key(&text).ok_or_else(|| format!("the variable {name} is not {digits}"))
        };
        env(name).map(key).transpose()
    };
    let before = read("IZIN_MASTER_KEY_BEFORE")?;
    match read("IZIN_MASTER_KEY")? {
        Some(key) => Ok(MasterSource::Given { key, before }),
        None if before.is_none() => Ok(MasterSource::File),
        None => Err("IZIN_MASTER_KEY_BEFORE is set and IZIN_MASTER_KEY is not".to_owned()),
    }
}

/// `data-safe` beside `data`.
fn safe_beside(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or_default().to_owned();
    name.push("-safe");
    data.with_file_name(name)
}

/// The address under which customers reach the server, where it is not said: this machine's alone.
fn usual_url(listen: SocketAddr) -> Result<PublicUrl, String> {
    if listen.ip().is_loopback() {
        return format!("http://{listen}").parse();
    }
    Err(format!(
        "`public_url` is missing and `listen` is {listen}; write the https:// address under which \
         customers reach this server"
    ))
}

/// Whether a host is reached from this machine alone.
fn is_this_machine(host: &str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|own| own.is_loopback())
}

/// Completes a file with what follows from it; `None` where something is missing or contradicts.
fn resolve(
    file: File,
    path: &Path,
    env: Environment<'_>,
    faults: &mut Faults<'_>,
) -> Option<Config> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let reader = &mut providers::Reader {
        folder,
        env,
        faults,
    };
    let (providers, inbox) = providers::resolve(&file, reader);
    let carriers = carriers::resolve(&file, providers.twilio.as_ref(), reader);
    let listen = file.listen.map_or(LISTEN, |own| own.0);
    let follows_listen = file.public_url.is_none();
    let about_url = ["listen", "public_url", "IZIN_LISTEN", "IZIN_PUBLIC_URL"];
    let public_url = match file.public_url {
        Some(given) => Some(given),
        None if faults.is_unread(&about_url) => None,
        None => faults.kept(usual_url(listen), &about_url),
    };
    let mail = match file.smtp {
        Some(smtp) if !faults.is_unread(&mail::SETTINGS) => {
            mail::resolve(smtp, public_url.as_ref(), env, faults)
        }
        _ => None,
    };
    let about_servers = ["postgresql", "IZIN_POSTGRESQL"];
    let servers = match &file.postgresql {
        Some(part) if !faults.is_unread(&about_servers) => servers::resolve(part, env, faults),
        _ => None,
    };
    let master = match master(env) {
        Ok(master) => Some(master),
        Err(why) => {
            faults.variable("IZIN_MASTER_KEY", &why);
            None
        }
    };
    let beside =
        |own: Option<PathBuf>, usual: &str| folder.join(own.unwrap_or_else(|| usual.into()));
    let data = beside(file.data, "data");
    let safe = file.safe.unwrap_or_else(|| safe_beside(&data));
    if safe.starts_with(&data) {
        let why = format!(
            "`safe` (`{}`) lies in the data directory, with which it would be lost; name a folder \
             outside, best on another disk",
            safe.display()
        );
        faults.about(&["safe", "data"], &why);
    }
    let public_url = public_url?;
    let log_origin = file.log_origin;
    Some(Config {
        settings: Settings {
            data,
            safe,
            master: master?,
            servers,
            policy: beside(file.policy, "policy"),
            log_origin: log_origin.unwrap_or_else(|| public_url.host().to_owned()),
            public_url: public_url.into_text(),
            currency: file.currency.map(|own| own.0).unwrap_or_default(),
            mail,
            carriers,
            providers,
            inbox,
        },
        listen,
        demo: file.demo.unwrap_or_default(),
        follows_listen,
        warnings: Findings::NONE,
    })
}

#[cfg(test)]
mod tests;
