//! `POST /hooks/shopify/{topic}`: the three privacy webhooks. What bears another signature is answered
//! 401, as Shopify asks for.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use izin_app::App;
use izin_app::inbound::shopify as inbound;
use izin_wire::shopify::{self, Privacy};

use super::{header, unknown, unsigned};
use crate::json;
use crate::problem::{Code, Problem};

pub(super) async fn privacy(
    State(app): State<Arc<App>>,
    Path(topic): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let secret = app
        .settings
        .providers
        .shopify
        .as_ref()
        .ok_or_else(unknown)?;
    let body = json::bytes(body).await?;
    if !shopify::verify(
        secret.expose(),
        header(&headers, "x-shopify-hmac-sha256"),
        &body,
    ) {
        return Err(unsigned());
    }
    let detail = "the body is none of this topic; the topics are customers/data_request, customers/redact and shop/redact";
    let (asked, shop) =
        Privacy::read(&topic, &body).ok_or_else(|| Problem::new(Code::InvalidField, detail))?;
    let id = header(&headers, "x-shopify-webhook-id");
    inbound::take(&app, &asked, (&shop, id)).await?;
    Ok(StatusCode::OK)
}
