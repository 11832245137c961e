//! `/healthz` and `/readyz`: does the process live, can it answer?

use std::sync::Arc;

use axum::extract::State;
use izin_app::App;

use crate::problem::{Code, Document, Problem};

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
/// (the server does not wait for its disk), or `unknown`.
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
    if !app.store.is_confirmed() {
        return Err(Problem::new(
            Code::NotReady,
            "what other processes entered cannot be read: nothing but what is essential is allowed",
        ));
    }
    let head = app.store.head().await.map_err(|error| {
        tracing::warn!(%error, "the store takes no writes");
        Problem::new(Code::NotReady, "the store takes no writes")
    })?;
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
    Ok(format!(
        "ready\ndurability {}\n",
        app.store.durability().code()
    ))
}
