//! Opt-outs as they come in over HTTP: told by a machine, and by the one-click post of RFC 8058 behind a
//! sealed link. Each answer says that the no is durable and known to the gate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use izin_app::door::{self, Role};
use izin_app::link::{Link, LinkKind};
use izin_app::{App, supervisor};
use izin_core::{Channel, SubjectId};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::append::address;
use super::client::{Connection, ask_all, post};
use super::population::Population;

/// Connections that stay open, each with one opt-out under way.
const CONNECTIONS: usize = 256;
/// Threads that drive them.
const CLIENTS: usize = 4;
/// Opt-outs on each connection in one round.
const EACH: usize = 20;
/// Opt-outs in one round.
pub(super) const ROUND: usize = CONNECTIONS * EACH;

/// Somebody known: the number of their address, and who they are.
pub(super) type Known = (u64, SubjectId);

/// A server over the application, and what opens it.
pub(super) struct Server {
    at: SocketAddr,
    key: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    /// Begins to serve.
    pub(super) async fn start(app: &Arc<App>) -> anyhow::Result<Self> {
        let key = door::add(app, "bench", Role::Sender).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let at = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = izin_web::serve(Arc::clone(app), listener, async { drop(stopped.await) });
        let serving = supervisor::start("server", async { drop(serving.await) });
        Ok(Self {
            at,
            key,
            stop,
            serving,
        })
    }

    /// Ends; nobody has the application any more then.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        drop(self.stop);
        Ok(self.serving.await?)
    }

    /// Opt-outs a second that a machine tells, by address.
    pub(super) async fn told(&self, people: &[Known]) -> anyhow::Result<f64> {
        let request = |(person, _): &Known| {
            let email = Population::address(*person);
            let body =
                json!({ "subject": { "email": email }, "act": "optout", "channel": "email" });
            let door = (Some(self.key.as_str()), "application/json");
            post("/v1/acts", door, body.to_string().as_bytes())
        };
        self.rate(people.iter().map(request).collect()).await
    }

    /// Opt-outs a second by one click in a mail program.
    pub(super) async fn clicked(&self, app: &App, people: &[Known]) -> anyhow::Result<f64> {
        let request = |(person, subject): &Known| -> anyhow::Result<Vec<u8>> {
            let link = Link {
                subject: *subject,
                address: app.store.hasher().suppression(&address(*person)?),
                channel: Channel::Email,
                campaign: 0,
            };
            let url = app.url(LinkKind::OptOut, &link)?;
            let path = url.strip_prefix(&app.settings.public_url).unwrap_or(&url);
            let door = (None, "application/x-www-form-urlencoded");
            Ok(post(path, door, b"List-Unsubscribe=One-Click"))
        };
        let requests = people.iter().map(request).collect::<Result<_, _>>()?;
        self.rate(requests).await
    }

    async fn rate(&self, requests: Vec<Vec<u8>>) -> anyhow::Result<f64> {
        let count = requests.len();
        let mut requests = requests.into_iter();
        let mut ready = Vec::new();
        for _ in 0..CLIENTS {
            let own: Vec<_> = requests.by_ref().take(count.div_ceil(CLIENTS)).collect();
            let open = (0..CONNECTIONS / CLIENTS).map(|_| Connection::to(self.at));
            ready.push((open.collect::<Result<Vec<_>, _>>()?, own));
        }
        let began = Instant::now();
        let clients = ready
            .into_iter()
            .map(|(open, own)| tokio::task::spawn_blocking(move || ask_all(open, &own)));
        for client in clients.collect::<Vec<_>>() {
            client.await??;
        }
        Ok(count as f64 / began.elapsed().as_secs_f64())
    }
}
