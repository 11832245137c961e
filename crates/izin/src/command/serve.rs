//! `izin serve`: the server, until it is told to stop.
//!
//! It owns the store. Beside the pages and the API it hands over campaigns, signs the log, puts the
//! gate by for its next start and does what other commands ask ([`crate::owner`]). Start at
//! [`serve`], which the demo shares.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use izin_app::{App, audit, deliver, others, restart, retention, supervisor};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

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
  izin serve --role gate --drain 10

The last line on standard output is `ready http://HOST:PORT`. Ctrl-C or SIGTERM stops it; a second one stops it
without --drain. A process of role gate or work shares a shop on PostgreSQL with others; at least one of them
must be of role work or all, or nothing is signed, handed over or destroyed.")]
pub(crate) struct Serve {
    /// What this process does
    #[arg(long, value_enum, default_value_t = Role::All)]
    role: Role,
    /// Seconds to go on answering after a signal, while `/readyz` sends no more callers here
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    drain: u64,
}

/// What a process does of all that a shop needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Everything
    All,
    /// Answer: decisions, pages, the API
    Gate,
    /// Sign, hand over and destroy; answer for health alone
    Work,
}

/// How a server serves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    role: Role,
    drain: Duration,
}

impl Manner {
    /// Everything, to the moment of a signal.
    pub(crate) const ALONE: Self = Self {
        role: Role::All,
        drain: Duration::ZERO,
    };
}

/// Serves until a signal.
pub(crate) fn run(asked: &Serve, mut config: Config, io: &mut Io) -> anyhow::Result<Exit> {
    anyhow::ensure!(
        !config.demo,
        "this configuration is a demo's, which needs its mailbox; go on with `izin demo --dir FOLDER`"
    );
    anyhow::ensure!(
        asked.role == Role::All || config.settings.servers.is_some(),
        "one process owns the files of a shop and does everything; --role is for a shop on PostgreSQL, which \
         [postgresql] in izin.toml names"
    );
    let manner = Manner {
        role: asked.role,
        drain: Duration::from_secs(asked.drain),
    };
    for own in config.warnings.iter() {
        tracing::warn!(mend = own.mend.en, "{}", own.what.en);
    }
    let runtime = session::runtime()?;
    let ended = runtime.block_on(async {
        let listener = bind(config.listen).await?;
        config.bound_to(listener.local_addr()?);
        let app = session::open(config.settings).await?;
        serve(Arc::new(app), listener, manner, |address| {
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
    manner: Manner,
    ready: impl FnOnce(SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    let socket = OwnerSocket::bind(app.dir())?;
    let (stop, stopping) = watch::channel(false);
    let mut signals = [
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    ];
    let doing = socket.keep_doing(Arc::clone(&app), stopping.clone());
    let mut background = vec![supervisor::start("commands of others", doing)];
    background.extend(keep_up(&app, &stopping));
    if manner.role != Role::Gate {
        background.extend(keep_working(&app, &stopping));
    }
    let asked_to_stop = until(stopping, std::future::pending());
    let mut doors: Pin<Box<dyn Future<Output = _>>> = match manner.role {
        Role::All | Role::Gate => {
            Box::pin(izin_web::serve(Arc::clone(&app), listener, asked_to_stop))
        }
        Role::Work => Box::pin(izin_web::serve_health(
            Arc::clone(&app),
            listener,
            asked_to_stop,
        )),
    };
    ready(address)?;
    let mut ended = tokio::select! {
        ended = &mut doors => Some(ended),
        () = told(&mut signals) => None,
    };
    app.stop();
    if ended.is_none() && !manner.drain.is_zero() {
        tracing::info!(
            seconds = manner.drain.as_secs(),
            "answering on until others are asked"
        );
        ended = tokio::select! {
            ended = &mut doors => Some(ended),
            () = tokio::time::sleep(manner.drain) => None,
            () = told(&mut signals) => None,
        };
    }
    stop.send_replace(true);
    let served = match ended {
        Some(ended) => ended,
        None => doors.await,
    };
    for task in background {
        task.await?;
    }
    restart::save(&app, 1).await;
    if manner.role != Role::Gate {
        audit::sign_off(&app).await?;
    }
    tracing::info!("stopped");
    served.context("the server ended")
}

/// Waits for a signal that asks to stop.
async fn told([interrupt, terminate]: &mut [Signal; 2]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// What every process does for itself.
fn keep_up(app: &Arc<App>, stopping: &watch::Receiver<bool>) -> [JoinHandle<()>; 2] {
    let following = until(stopping.clone(), others::keep_up(Arc::clone(app)));
    let saving = until(stopping.clone(), restart::keep_saving(Arc::clone(app)));
    [
        supervisor::start("other processes", following),
        supervisor::start("snapshots", saving),
    ]
}

/// What has to be done once for a shop; among several processes, each does its share.
fn keep_working(app: &Arc<App>, stopping: &watch::Receiver<bool>) -> [JoinHandle<()>; 3] {
    let signing = until(stopping.clone(), audit::keep_signing(Arc::clone(app)));
    let destroying = until(
        stopping.clone(),
        retention::keep_destroying(Arc::clone(app)),
    );
    [
        supervisor::start("signing", signing),
        supervisor::start("retention", destroying),
        supervisor::start("delivery", deliver::keep_delivering(Arc::clone(app))),
    ]
}

/// Lets work go on until the server stops.
async fn until(mut stopping: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stopping.wait_for(|stops| *stops) => {}
    }
}
