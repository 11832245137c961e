//! `POST /hooks/email/raw`: a mail that came in, its bytes as the body, for a mail server elsewhere. Who it
//! came for stands in `X-Recipient`, as often as there are several; absent, in the mail's own header.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use izin_app::App;
use izin_app::inbound::mail::{self, RAW_BYTES_MAX};
use serde::Serialize;

use super::{password, unknown, unsigned};
use crate::json;
use crate::problem::Problem;

/// What became of a mail.
#[derive(Serialize)]
struct Answer {
    taken: &'static str,
}

pub(super) async fn raw(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let inbox = app
        .settings
        .inbox
        .as_ref()
        .and_then(|own| own.password.as_ref());
    let secret = inbox.ok_or_else(unknown)?;
    if !password(&headers).is_some_and(|said| secret.is(&said)) {
        return Err(unsigned());
    }
    let raw = json::bytes_up_to(body, RAW_BYTES_MAX).await?;
    let recipients = headers.get_all("x-recipient").iter();
    let recipients: Vec<String> = recipients
        .filter_map(|own| own.to_str().ok())
        .map(str::to_owned)
        .collect();
    let taken = mail::take(&app, &raw, &recipients).await?.as_str();
    Ok(json::answer(&Answer { taken }))
}
