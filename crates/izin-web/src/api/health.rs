//! `/healthz` and `/readyz`: does the process live, can it answer?

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use izin_app::App;
use izin_store::Durability;
use tokio::time::timeout;

use crate::problem::{Code, Document, Problem};

/// How long the store may take to say where the ledger ends: whoever asks does not wait long either.
const HEAD_MAX: Duration = Duration::from_secs(2);

/// The process lives.
#[utoipa::path(
    get, path = "/healthz", tag = "health",
    responses((status = 200, description = "It lives", body = String, content_type = "text/plain")),
)]
pub(crate) async fn lives() -> &'static str {
    "ok\n"
}

/// The store and the safe take writes, the gate knows every entry, and none that was signed is missing. The second
/// line says where an acknowledged write is: `one_machine`, `asynchronous_standby`, `synchronous_standby`, `unsafe`
/// (the server does not wait for its disk), `standby_missing` (nothing is acknowledged), or `unknown`.
#[utoipa::path(
    get, path = "/readyz", tag = "health",
    responses(
        (status = 200, description = "It can answer", body = String, content_type = "text/plain"),
        (status = 503, description = "It cannot",
            body = Document, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Result<String, Problem> {
    if app.is_stopping() {
        return Err(Problem::new(
            Code::NotReady,
            "this process is about to stop: others are to be asked",
        ));
    }
    // First what is known here: a server that does not answer is waited for.
    let durability = app.store.durability();
    if durability == Durability::StandbyMissing {
        return Err(Problem::new(Code::NotReady, durability.sentence()));
    }
    if !app.store.is_confirmed() {
        return Err(Problem::new(
            Code::NotReady,
            "what other processes entered cannot be read: nothing but what is essential is allowed",
        ));
    }
    let unwritable = |why: &dyn fmt::Display| {
        tracing::warn!(%why, "the store takes no writes");
        Problem::new(Code::NotReady, "the store takes no writes")
    };
    let head = timeout(HEAD_MAX, app.store.head()).await;
    let head = head.map_err(|late| unwritable(&late))?;
    let head = head.map_err(|error| unwritable(&error))?;
    let known = app.gate.seq().map_or(0, |seq| seq.0 + 1);
    if known < head.size {
        return Err(Problem::new(
            Code::NotReady,
            "the gate is behind the ledger",
        ));
    }
    if !app.store.keeps_noes() {
        return Err(Problem::new(
            Code::NotReady,
            "noes cannot be made durable: the data or the safe take no writes",
        ));
    }
    if let Some(lost) = app.lost() {
        return Err(Problem::new(Code::NotReady, lost.to_string()));
    }
    Ok(format!("ready\ndurability {}\n", durability.code()))
}
