//! The listener: takes connections, and lets those under way end when the server is told to stop.
//!
//! What happens to one request is in [`doors`](crate::doors).

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use izin_app::{App, supervisor};
use tokio::net::TcpListener;

use crate::doors::Doors;

/// How long to wait before taking connections again, when none can be taken: mostly for want of
/// descriptors, which come back as others end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long open requests may go on once the server is told to stop.
const STOPPING_TIME_MAX: Duration = Duration::from_secs(10);

/// Serves on `listener` until `shutdown`; requests under way are finished, up to ten seconds.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let doors = Doors::of(app);
    let open = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let connection = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let connection = match connection {
            Ok((connection, _)) => connection,
            Err(error) if is_its_own(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays without TCP_NODELAY");
        }
        let talk = speaking().serve_connection(TokioIo::new(connection), doors.clone());
        let talk = open.watch(talk);
        supervisor::start("a connection", async move {
            if let Err(error) = talk.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }
    drop(listener);
    // Whoever is not done by then is cut off.
    let _ = tokio::time::timeout(STOPPING_TIME_MAX, open.shutdown()).await;
    Ok(())
}

/// How we speak HTTP: who has sent a whole request and closes their side is still heard, and
/// answered; a no is not lost because its sender does not wait.
fn speaking() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.half_close(true).timer(TokioTimer::new());
    http
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
