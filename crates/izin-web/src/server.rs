//! The listener: takes connections; told to stop, it takes those that wait and lets all be served.
//!
//! What happens on a connection is in `line`, to one request in [`doors`](crate::doors).

use std::future::Future;
use std::io;
use std::iter;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use izin_app::{App, supervisor};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::doors::Doors;
use crate::line;

/// How long to wait before taking connections again, when none can be taken: mostly for want of
/// descriptors, which come back as others end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long open connections may go on once the server is told to stop.
const STOPPING_TIME_MAX: Duration = Duration::from_secs(10);
/// How many connections that wait are still taken then: more than a listener's queue holds.
const WAITING_MAX: usize = 8_192;

/// Serves on `listener` until `shutdown`; then what has been sent is served, for up to ten seconds.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    answer(Doors::of(app), listener, shutdown).await
}

/// As [`serve`], for a process that works for others: it says how it is, and nothing else.
///
/// # Errors
/// When the listener fails.
pub async fn serve_health(
    app: Arc<App>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    answer(Doors::of_health(app), listener, shutdown).await
}

async fn answer(
    doors: Doors,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let begin = |connection| {
        let talk = line::speak(connection, doors.clone(), stopping.clone());
        supervisor::start("a connection", talk);
    };
    let mut shutdown = pin!(shutdown);
    loop {
        let connection = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match connection {
            Ok((connection, _)) => begin(connection),
            Err(error) if is_its_own(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    waiting(listener)?.for_each(begin);
    drop(stopping);
    stop.send_replace(true);
    let served = tokio::time::timeout(STOPPING_TIME_MAX, stop.closed()).await;
    if served.is_err() {
        tracing::warn!("connections that were not done in time are cut off");
    }
    Ok(())
}

/// The connections that are made and wait to be taken; the listener is closed behind them.
fn waiting(listener: TcpListener) -> io::Result<impl Iterator<Item = TcpStream>> {
    let listener = listener.into_std()?;
    let taken = iter::from_fn(move || match listener.accept() {
        Err(error) if !is_its_own(&error) => None,
        accepted => Some(accepted),
    });
    let here = taken.take(WAITING_MAX).filter_map(|accepted| {
        let (connection, _) = accepted.ok()?;
        connection.set_nonblocking(true).ok()?;
        TcpStream::from_std(connection).ok()
    });
    Ok(here)
}

/// Whether an error of accepting is one connection's alone.
fn is_its_own(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
