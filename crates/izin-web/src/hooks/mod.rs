//! `/hooks/…`: what providers post to us. A signature is checked over the bytes as they came, and the
//! answer goes out once what was reported is durable and in effect; so whoever is not answered posts
//! again, and a repetition changes nothing.
//!
//! What is not signed is refused (401) and never read for its meaning. A provider that is not set has no
//! address here. Start at [`routes`].

mod email;
mod gateway;
mod shopify;
mod twilio;
mod vonage;
mod whatsapp;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use izin_app::App;
use izin_app::inbound::InboundError;

use crate::json;
use crate::problem::{Code, Problem};

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/hooks/twilio/sms", post(twilio::sms))
        .route("/hooks/vonage/sms", post(vonage::sms))
        .route("/hooks/shopify/{*topic}", post(shopify::privacy))
        .route("/hooks/email/raw", post(email::raw))
        .route("/hooks/sms/generic", post(gateway::sms))
        .route(
            "/hooks/meta/whatsapp",
            get(whatsapp::register).post(whatsapp::events),
        )
}

/// The value of a header; empty when it is absent or no text.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let own = headers.get(name).and_then(|own| own.to_str().ok());
    own.unwrap_or_default()
}

/// Seconds since 1970, by which a signature's age is judged.
fn now(app: &App) -> u64 {
    u64::try_from(app.clock.now().as_micros() / 1_000_000).unwrap_or_default()
}

/// Whether a body says it is a form.
fn is_form(headers: &HeaderMap) -> bool {
    json::is(headers, "application/x-www-form-urlencoded")
}

/// The fields of a form, decoded.
fn fields(body: &[u8]) -> Vec<(String, String)> {
    izin_wire::form::pairs(&String::from_utf8_lossy(body)).collect()
}

/// The password of `Authorization: Bearer PASSWORD`, or of `Basic` with any name before it.
fn password(headers: &HeaderMap) -> Option<String> {
    let (scheme, said) = header(headers, "authorization").split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(said.trim().to_owned());
    }
    let basic = STANDARD
        .decode(said.trim())
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let basic = String::from_utf8(basic).ok()?;
    basic
        .split_once(':')
        .map(|(_, password)| password.to_owned())
}

/// The provider is not set.
fn unknown() -> Problem {
    Problem::of(Code::NotFound)
}

/// The provider did not say this.
fn unsigned() -> Problem {
    Problem::of(Code::BadSignature)
}

impl From<InboundError> for Problem {
    fn from(error: InboundError) -> Self {
        match error {
            InboundError::Act(why) => why.into(),
            InboundError::Store(why) => why.into(),
        }
    }
}

/// Words on their way out, of a type.
fn words(kind: &'static str, text: String) -> Response {
    let mut response = Body::from(text).into_response();
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
