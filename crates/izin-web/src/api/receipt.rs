//! `GET /v1/receipts/{seq}`: proof that an entry is in the log, for whoever keeps it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use izin_app::App;
use izin_app::audit;
use izin_core::Seq;
use izin_store::hex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::problem::{Code, Document, Problem};

/// An entry with its proof.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Its place in the ledger.
    seq: u64,
    /// The record that the leaf commits to, to the letter: its moments are microseconds since 1970,
    /// and a `policy` of 0 says that nobody wrote down which notice was shown.
    entry: String,
    /// The blinding value of that commitment, in hexadecimal.
    blinding: String,
    /// The leaf, in hexadecimal.
    leaf: String,
    /// The proof: a C2SP `tlog-proof` with the checkpoint it leads to.
    receipt: String,
    /// That checkpoint: a C2SP signed note.
    checkpoint: String,
}

/// Proves an entry.
#[utoipa::path(
    get, path = "/v1/receipts/{seq}", tag = "log",
    params(("seq" = u64, Path, description = "The entry's place in the ledger")),
    responses(
        (status = 200, description = "The entry with its proof", body = Receipt),
        (status = "4XX", description = "Why there is none",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    _: Caller,
    Path(seq): Path<String>,
) -> Result<Json<Receipt>, Problem> {
    let seq = place(&seq)?;
    let proved = audit::prove(&app, seq).await?;
    Ok(Json(Receipt {
        seq: seq.0,
        blinding: hex(&proved.disclosed.recorded.blinding),
        leaf: hex(&proved.disclosed.leaf.encode()),
        receipt: proved.receipt.to_string(),
        checkpoint: proved.receipt.checkpoint,
        entry: proved.disclosed.recorded.record,
    }))
}

/// Reads an entry's place. The store counts in signed 64 bits, so nothing beyond them is there.
pub(super) fn place(text: &str) -> Result<Seq, Problem> {
    let detail = "an entry's place is a whole number from 0";
    let place = text
        .parse::<i64>()
        .ok()
        .and_then(|own| u64::try_from(own).ok());
    place
        .map(Seq)
        .ok_or_else(|| Problem::new(Code::NoSuchEntry, detail))
}
