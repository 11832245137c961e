//! A demo's folder: made new, recognised again, and never taken for anything else.

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use izin_app::Settings;
use izin_core::Language;
use tokio::net::TcpListener;

use super::Demo;
use crate::command::init;
use crate::config::{self, Config, Environment};
use crate::exit::Usage;

/// Where a demo's pages are unless told otherwise.
const PORT_DEFAULT: u16 = 8080;
const THIS_MACHINE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The file with the demo's API key, and the mode it has.
const API_KEY: &str = "api-key";
const OWNER_ONLY: u32 = 0o600;

/// A folder that holds a demo, or will.
pub(crate) struct Folder {
    dir: PathBuf,
    currency: String,
    port_before: Option<u16>,
}

impl Folder {
    /// Takes a demo's folder, an empty one, or one that does not exist yet.
    pub(crate) fn open(demo: &Demo) -> anyhow::Result<Self> {
        let dir = demo.dir.clone();
        let file = dir.join("izin.toml");
        if file.exists() {
            let config = Config::read(&file, &|_| None)?;
            if !config.demo {
                bail!(
                    "`{}` belongs to a shop, not to a demo; name another folder with --dir",
                    dir.display()
                );
            }
            let port_before = Some(config.listen.port());
            return Ok(Self {
                dir,
                currency: config.settings.currency,
                port_before,
            });
        }
        if fs::read_dir(&dir).is_ok_and(|mut entries| entries.next().is_some()) {
            bail!(
                "`{}` holds something that is not a demo; name a new folder with --dir",
                dir.display()
            );
        }
        fs::create_dir_all(&dir).with_context(|| format!("cannot create `{}`", dir.display()))?;
        let usual = if demo.transactions.is_some() {
            ""
        } else {
            "IDR"
        };
        let currency = demo.currency.clone().unwrap_or_else(|| usual.to_owned());
        Ok(Self {
            dir,
            currency,
            port_before: None,
        })
    }

    /// The folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A path inside it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The port asked for (`--port`, else IZIN_LISTEN), else the one it had where that is free,
    /// else the default.
    pub(crate) async fn listen(
        &self,
        asked: Option<u16>,
        env: Environment<'_>,
    ) -> anyhow::Result<TcpListener> {
        let set = config::listen_asked(env)?;
        let ip = set.map_or(THIS_MACHINE, |own| own.ip());
        if !ip.is_loopback() {
            return Err(Usage(format!(
                "IZIN_LISTEN is {ip}, and a demo is for this machine only: its pages show its \
                 customers to anybody; set 127.0.0.1:PORT, or unset it"
            ))
            .into());
        }
        let asked = asked.or(set.map(|own| own.port()));
        let port = asked.or(self.port_before).unwrap_or(PORT_DEFAULT);
        match TcpListener::bind((ip, port)).await {
            Ok(listener) => Ok(listener),
            Err(why)
                if why.kind() == ErrorKind::AddrInUse
                    && asked.is_none()
                    && self.port_before.is_some() =>
            {
                TcpListener::bind((ip, 0)).await.context("no free port")
            }
            Err(why) if why.kind() == ErrorKind::AddrInUse => {
                bail!(
                    "port {port} is in use; name another with --port (or IZIN_LISTEN), or --port 0 \
                     for any free one"
                )
            }
            Err(why) => Err(why).with_context(|| format!("cannot listen on {ip}, port {port}")),
        }
    }

    /// Writes policy and configuration for the ports of this run.
    pub(crate) fn write(&self, pages: SocketAddr, post: SocketAddr) -> anyhow::Result<Settings> {
        let policy = self.path("policy");
        if !policy.exists() {
            init::write_policy(&policy, Language::Id)?;
            classify_the_rest(&policy.join("sensitive.toml"))?;
        }
        let path = self.path("izin.toml");
        let text = format!(
            "# A demo. `izin demo --dir {dir}` goes on with it; deleting the folder removes it.\n\
             demo = true\n\
             data = \"data\"\n\
             policy = \"policy\"\n\
             listen = \"{pages}\"\n\
             public_url = \"http://{pages}\"\n\
             log_origin = \"demo.toko.example\"\n\
             {currency}\n\
             [smtp]\n\
             host = \"127.0.0.1\"\n\
             port = {port}\n\
             security = \"none\"\n\
             from = \"Toko Contoh <promo@toko.example>\"\n",
            dir = self.dir.display(),
            currency = self.currency_line(),
            port = post.port(),
        );
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(Config::read(&path, &|_| None)?.settings)
    }

    fn currency_line(&self) -> String {
        if self.currency.is_empty() {
            return String::new();
        }
        format!("currency = \"{}\"\n", self.currency)
    }

    /// The API key that an earlier run left.
    pub(crate) fn api_key(&self) -> Option<String> {
        let kept = fs::read_to_string(self.path(API_KEY)).ok()?;
        Some(kept.trim().to_owned())
    }

    /// Keeps the API key for the next run, for nobody else to read.
    pub(crate) fn keep_api_key(&self, key: &str) -> anyhow::Result<()> {
        let path = self.path(API_KEY);
        let cannot = || format!("cannot write `{}`", path.display());
        let open = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY)
            .open(&path);
        let mut file = open.with_context(cannot)?;
        // A file that was there keeps its mode when it is opened.
        let mode = fs::Permissions::from_mode(OWNER_ONLY);
        file.set_permissions(mode).with_context(cannot)?;
        writeln!(file, "{key}").with_context(cannot)
    }

    /// Writes the key that checks the log, for whoever wants to check it without us.
    pub(crate) fn keep_log_key(&self, key: &str) -> anyhow::Result<()> {
        let path = self.path("log.vkey");
        fs::write(&path, format!("{key}\n"))
            .with_context(|| format!("cannot write `{}`", path.display()))
    }
}

/// The invented shop's officer looked through its goods: what is not listed reveals nothing.
fn classify_the_rest(path: &Path) -> anyhow::Result<()> {
    const REST: &str =
        "\n# Semua barang lain di toko contoh ini.\n[[category]]\npath = \"*\"\ncodes = []\n";
    let listed = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    std::fs::write(path, listed + REST)
        .with_context(|| format!("cannot write `{}`", path.display()))
}
