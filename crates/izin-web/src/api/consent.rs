//! `GET /v1/consents/{seq}`: a consent as a document that other systems read.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::consent::{self, RecordFormat, RecordFormatError};

use super::receipt;
use crate::caller::{Caller, Right};
use crate::problem::{Code, Document, Problem};
use crate::query;

/// The record of a consent as it stands now: ISO/IEC TS 27560 in JSON-LD, or a Kantara consent
/// receipt. Role `sender`, `reader` or `dpo`.
#[utoipa::path(
    get, path = "/v1/consents/{seq}", tag = "acts",
    params(
        ("seq" = u64, Path, description = "The entry of the consent"),
        ("format" = Option<String>, Query, description = "`27560` (when absent) or `kantara`"),
    ),
    responses(
        (status = 200, description = "The record", body = serde_json::Value),
        (status = "4XX", description = "Why there is none",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(seq): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    caller.may(Right::LookUp)?;
    let format = format(&uri)?;
    let seq = receipt::place(&seq)?;
    let none = || Problem::new(Code::NoSuchEntry, format!("entry {seq} is no consent"));
    let entry = app.store.disclosed(seq).await?.ok_or_else(none)?.entry;
    let subject = entry.subject.ok_or_else(none)?;
    let record = consent::written(&app, subject, seq, format).await?;
    let headers = [
        (header::CONTENT_TYPE, format.media_type()),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, record.to_string()).into_response())
}

fn format(uri: &Uri) -> Result<RecordFormat, Problem> {
    let asked = query::value(uri, "format").map(|own| own.parse::<RecordFormat>());
    let asked = asked.transpose().map_err(|why: RecordFormatError| {
        Problem::new(Code::InvalidQuery, why.to_string()).at("format")
    });
    asked.map(Option::unwrap_or_default)
}
