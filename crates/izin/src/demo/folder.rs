//! A demo's folder: made new, recognised again, and never taken for anything else.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use izin_app::Settings;
use izin_core::Language;
use tokio::net::TcpListener;

use super::Demo;
use crate::command::init;
use crate::config::Config;

/// Where a demo's pages are unless told otherwise.
const PORT_DEFAULT: u16 = 8080;

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

    /// The port asked for, else the one it had where that is free, else the default.
    pub(crate) async fn listen(&self, asked: Option<u16>) -> anyhow::Result<TcpListener> {
        let port = asked.or(self.port_before).unwrap_or(PORT_DEFAULT);
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => Ok(listener),
            Err(why)
                if why.kind() == ErrorKind::AddrInUse
                    && asked.is_none()
                    && self.port_before.is_some() =>
            {
                TcpListener::bind(("127.0.0.1", 0))
                    .await
                    .context("no free port")
            }
            Err(why) if why.kind() == ErrorKind::AddrInUse => {
                bail!(
                    "port {port} is in use; name another with --port, or --port 0 for any free one"
                )
            }
            Err(why) => Err(why).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
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
