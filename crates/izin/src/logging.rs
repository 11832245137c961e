//! What the program says about itself, on stderr: sentences with fields, never a personal value.

use std::io::{self, IsTerminal};

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::SubscriberBuilder;

/// What a command says by itself in a sentence of its own, so that it is not logged besides.
const SAID: &str = "warn,izin_app::audit=error,izin_app::audit::signing=off";

/// Begins to log: a server from `info` on, a command from `warn` on, unless `IZIN_LOG` says
/// otherwise. A server logs JSON unless a person watches, a command sentences; `IZIN_LOG_FORMAT` is
/// `json` or `text`.
pub(crate) fn start(server: bool) -> anyhow::Result<()> {
    let usual = if server { "info" } else { SAID };
    let wanted = std::env::var("IZIN_LOG").unwrap_or_else(|_| usual.to_owned());
    let filter = EnvFilter::try_new(&wanted)
        .with_context(|| format!("IZIN_LOG cannot be `{wanted}`; write info, warn or debug"))?;
    let json = match std::env::var("IZIN_LOG_FORMAT").as_deref() {
        Ok("json") => true,
        Ok("text") => false,
        Ok(other) => anyhow::bail!("IZIN_LOG_FORMAT cannot be `{other}`; write json or text"),
        Err(_) => server && !io::stderr().is_terminal(),
    };
    let lines = SubscriberBuilder::default().with_writer(io::stderr);
    if json {
        lines.json().with_env_filter(filter).init();
    } else {
        let lines = lines
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .with_env_filter(filter);
        if server {
            lines.init();
        } else {
            lines.without_time().init();
        }
    }
    Ok(())
}
