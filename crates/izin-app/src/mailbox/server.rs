//! Admits clients, a bounded number at a time.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::keeper::Task;
use super::session::Session;

/// Clients at a time; further ones wait in the system's queue.
pub(super) const CLIENTS_MAX: usize = 64;
/// The pause after a failed accept, usually for want of file descriptors, before the next try.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown`, then hangs up on everybody.
pub(super) async fn serve(
    listener: TcpListener,
    keeper: mpsc::Sender<Task>,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = clients.join_next() => {}
            accepted = listener.accept(), if clients.len() < CLIENTS_MAX => match accepted {
                Ok((stream, _)) => {
                    // Without it answers are only slower.
                    let _ = stream.set_nodelay(true);
                    clients.spawn(Session::new(stream, keeper.clone()).run());
                }
                Err(error) => {
                    tracing::warn!(%error, "the mailbox could not admit a client");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
    clients.shutdown().await;
}
