//! `izin serve`: the server, until it is told to stop.
//!
//! It owns the store. Beside the pages and the API it hands over campaigns, signs the log, puts the
//! gate by for its next start and does what other commands ask ([`crate::owner`]). Start at
//! [`serve`], which the demo shares.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use izin_app::{App, audit, deliver, restart, retention, supervisor};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::Config;
use crate::exit::{Exit, Unreachable};
use crate::io::Io;
use crate::owner::OwnerSocket;
use crate::session;

/// A checkpoint is at most this much behind the log while there are new entries.
const SIGN_EVERY: Duration = Duration::from_secs(1);
/// The longest pause after signing failed; each failure doubles it from [`SIGN_EVERY`] on. Whoever
/// mends the cause waits no longer, and a cause that stays does not fill the log.
const SIGN_PAUSE_MAX: Duration = Duration::from_secs(60);
/// How long commands that others sent may still run when the server stops.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// Run the server
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin serve
  IZIN_LISTEN=127.0.0.1:0 izin serve

The last line on standard output is `ready http://HOST:PORT`. Ctrl-C or SIGTERM stops it.")]
pub(crate) struct Serve {}

/// Serves until a signal.
pub(crate) fn run(mut config: Config, io: &mut Io) -> anyhow::Result<Exit> {
    anyhow::ensure!(
        !config.demo,
        "this configuration is a demo's, which needs its mailbox; go on with `izin demo --dir FOLDER`"
    );
    let runtime = session::runtime()?;
    let ended = runtime.block_on(async {
        let listener = bind(config.listen).await?;
        config.bound_to(listener.local_addr()?);
        let app = session::open(config.settings).await?;
        serve(Arc::new(app), listener, |address| {
            io.line(format_args!("ready http://{address}"))?;
            Ok(io.out.flush()?)
        })
        .await
    });
    runtime.shutdown_timeout(STOP_WAIT);
    ended.map(|()| Exit::Fine)
}

/// Listens, or says what is in the way.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let words = match error.kind() {
            ErrorKind::AddrInUse => format!(
                "{address} is in use by another program; stop that, or set another port with \
                 `listen` in izin.toml or IZIN_LISTEN"
            ),
            _ => format!("cannot listen on {address}"),
        };
        Unreachable(format!("{words}: {error}")).into()
    })
}

/// Serves an open shop on a bound socket; `ready` is told the address once everything runs.
pub(crate) async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    ready: impl FnOnce(SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    let socket = OwnerSocket::bind(app.dir())?;
    let (stop, stopping) = watch::channel(false);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let doing = socket.keep_doing(Arc::clone(&app), stopping.clone());
    let signing = until(stopping.clone(), keep_signing(Arc::clone(&app)));
    let saving = until(stopping.clone(), restart::keep_saving(Arc::clone(&app)));
    let destroying = until(
        stopping.clone(),
        retention::keep_destroying(Arc::clone(&app)),
    );
    let background = [
        supervisor::start("commands of others", doing),
        supervisor::start("signing", signing),
        supervisor::start("snapshots", saving),
        supervisor::start("retention", destroying),
        supervisor::start("delivery", deliver::keep_delivering(Arc::clone(&app))),
    ];
    let asked_to_stop = until(stopping, std::future::pending());
    let mut doors = std::pin::pin!(izin_web::serve(Arc::clone(&app), listener, asked_to_stop));
    ready(address)?;
    let early = tokio::select! {
        ended = &mut doors => Some(ended),
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
    };
    stop.send_replace(true);
    app.stop();
    let served = match early {
        Some(ended) => ended,
        None => doors.await,
    };
    for task in background {
        task.await?;
    }
    restart::save(&app, 1).await;
    audit::checkpoint(&app).await?;
    tracing::info!("stopped");
    served.context("the server ended")
}

/// Lets work go on until the server stops.
async fn until(mut stopping: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stopping.wait_for(|stops| *stops) => {}
    }
}

/// Signs the log whenever it has grown.
async fn keep_signing(app: Arc<App>) {
    let mut signed = None;
    let mut trouble = Trouble::default();
    loop {
        let seq = app.gate.seq();
        if seq != signed {
            match audit::checkpoint(&app).await {
                Ok(_) => {
                    signed = seq;
                    trouble = Trouble::default();
                }
                Err(error) if trouble.is_news(error.to_string()) => {
                    tracing::error!(%error, "the log could not be signed; it is tried again");
                }
                Err(_) => {}
            }
        }
        tokio::time::sleep(trouble.pause()).await;
    }
}

/// Signing that failed, as far as it has been told.
#[derive(Default)]
struct Trouble {
    failures: u32,
    told: Option<String>,
}

impl Trouble {
    /// Counts a failure; tells whether its cause is another than the last.
    fn is_news(&mut self, cause: String) -> bool {
        self.failures = self.failures.saturating_add(1);
        let before = self.told.replace(cause);
        before != self.told
    }

    fn pause(&self) -> Duration {
        let doubled = 2_u32.saturating_pow(self.failures);
        SIGN_EVERY.saturating_mul(doubled).min(SIGN_PAUSE_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_that_fails_is_told_once_for_each_cause_and_tried_ever_more_seldom() {
        let mut trouble = Trouble::default();
        assert_eq!(trouble.pause(), SIGN_EVERY);
        let news: Vec<_> = ["full", "full", "gone", "gone", "full"]
            .map(|cause| (trouble.is_news(cause.to_owned()), trouble.pause().as_secs()))
            .into();
        let expected = [(true, 2), (false, 4), (true, 8), (false, 16), (true, 32)];
        assert_eq!(news, expected);
        for _ in 0..100 {
            assert!(!trouble.is_news("full".to_owned()));
            assert_eq!(trouble.pause(), SIGN_PAUSE_MAX);
        }
    }
}
