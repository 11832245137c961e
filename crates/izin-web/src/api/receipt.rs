//! `GET /v1/receipts/{seq}`: proof that an entry is in the log, for whoever keeps it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use izin_app::App;
use izin_app::audit::{self, ReceiptFile};
use izin_core::Seq;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::problem::{Code, Document, Problem};

/// An entry with its proof: the document that `izin log receipt verify` reads.
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
    /// The name of the log, which is also that of its key.
    log: String,
    /// The page on which whoever has this sees that the entry is in the log.
    page: String,
    /// How it is checked.
    how: How,
}

/// How a receipt is checked.
#[derive(Serialize, ToSchema)]
struct How {
    /// In Indonesian.
    id: String,
    /// In English.
    en: String,
}

impl Receipt {
    fn of(file: ReceiptFile) -> Self {
        Self {
            seq: file.seq,
            entry: file.entry,
            blinding: file.blinding,
            leaf: file.leaf,
            receipt: file.receipt,
            checkpoint: file.checkpoint,
            log: file.log,
            page: file.page,
            how: How {
                id: file.how.id,
                en: file.how.en,
            },
        }
    }
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
    audit::receipt(&app, seq)
        .await
        .map(Receipt::of)
        .map(Json)
        .map_err(Problem::from)
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
