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
use izin_app::{App, audit, deliver, others, restart, retention, supervisor};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::Config;
use crate::exit::{Exit, Unreachable};
use crate::io::Io;
use crate::owner::OwnerSocket;
use crate::session;

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
    for own in config.warnings.iter() {
        tracing::warn!(mend = own.mend.en, "{}", own.what.en);
    }
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
    let signing = until(stopping.clone(), audit::keep_signing(Arc::clone(&app)));
    let following = until(stopping.clone(), others::keep_up(Arc::clone(&app)));
    let saving = until(stopping.clone(), restart::keep_saving(Arc::clone(&app)));
    let destroying = until(
        stopping.clone(),
        retention::keep_destroying(Arc::clone(&app)),
    );
    let background = [
        supervisor::start("commands of others", doing),
        supervisor::start("signing", signing),
        supervisor::start("other processes", following),
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
    audit::sign_off(&app).await?;
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
