//! `POST /hooks/vonage/sms`: answers to our texts, from the SMS API (signed fields) or the Messages API
//! (a signed token).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use izin_app::App;
use izin_app::inbound::text::{self, Text};
use izin_core::Channel;
use izin_wire::vonage;
use serde_json::Value;

use super::{fields, header as value, is_form, now, unknown, unsigned};
use crate::json;
use crate::problem::Problem;

const PROVIDER: &str = "vonage";

pub(super) async fn sms(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let set = app.settings.providers.vonage.as_ref();
    let (secret, method) = set.ok_or_else(unknown)?;
    let body = json::bytes(body).await?;
    let now = now(&app);
    let read = if headers.contains_key(header::AUTHORIZATION) {
        let token = value(&headers, "authorization");
        let valid = vonage::verify_token(secret.expose(), token, &body, Some(now));
        valid.then(|| vonage::Text::of_message(&body))
    } else {
        let params = if is_form(&headers) {
            fields(&body)
        } else {
            object(&body)
        };
        let valid =
            vonage::verify(secret.expose(), *method, &params) && vonage::is_fresh(&params, now);
        valid.then(|| vonage::Text::of_params(&params))
    };
    if let Some(own) = read.ok_or_else(unsigned)? {
        let from = own.from.clone();
        let text = Text::of((PROVIDER, Channel::Sms), (own.from, own.text, own.id));
        let heard = text::heard(&app, text).await?;
        text::tell(&app, (Channel::Sms, &from), heard);
    }
    Ok(StatusCode::OK)
}

/// The texts of a JSON object: the SMS API posts its fields so too.
fn object(body: &[u8]) -> Vec<(String, String)> {
    let Ok(Value::Object(own)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let text = |value: Value| match value {
        Value::String(own) => own,
        own => own.to_string(),
    };
    own.into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect()
}
