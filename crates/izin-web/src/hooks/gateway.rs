//! `POST /hooks/sms/generic`: answers to our texts from any other gateway, such as Kannel's `post-url`.
//! What is answered is a text that the gateway may send to the person as it is; it is empty when they are
//! told nothing.
//!
//! The message stands in a form or a JSON object (`from`, `text`, `id`), or in Kannel's headers with the
//! text as the body.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use izin_app::App;
use izin_app::inbound::text::{self, Text};
use izin_app::provider::Gateway;
use izin_core::Channel;
use izin_wire::form;
use izin_wire::standard_webhook::{self, Message};
use serde::Deserialize;

use super::{fields, header, is_form, now, password, unknown, unsigned, words};
use crate::json;
use crate::problem::{Code, Problem};

const PROVIDER: &str = "gateway";

pub(super) async fn sms(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let gateway = app
        .settings
        .providers
        .gateway
        .as_ref()
        .ok_or_else(unknown)?;
    let body = json::bytes(body).await?;
    let now = now(&app);
    if !is_theirs(gateway, (&headers, &body), now) {
        return Err(unsigned());
    }
    let mut own = read(&headers, &body)?;
    if own.id.is_empty() {
        own.id = named(query.as_deref().unwrap_or_default(), &headers);
    }
    let text = Text::of((PROVIDER, Channel::Sms), (own.from, own.text, own.id));
    let reply = text::heard(&app, text).await?.reply;
    // Empty rather than 204, for which Kannel sends an excuse to the person.
    Ok(words(
        "text/plain; charset=utf-8",
        reply.unwrap_or_default(),
    ))
}

fn is_theirs(gateway: &Gateway, (headers, body): (&HeaderMap, &[u8]), now: u64) -> bool {
    match gateway {
        Gateway::Password(secret) => password(headers).is_some_and(|said| secret.is(&said)),
        Gateway::Signs(secret) => {
            let message = Message {
                id: header(headers, "webhook-id"),
                timestamp: header(headers, "webhook-timestamp"),
                signature: header(headers, "webhook-signature"),
                body,
            };
            standard_webhook::verify(secret, message, Some(now)).is_ok()
        }
    }
}

/// A message as gateways post it.
#[derive(Default, Deserialize)]
struct Posted {
    from: String,
    text: String,
    #[serde(default)]
    id: String,
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<Posted, Problem> {
    if headers.contains_key("x-kannel-from") {
        return Ok(Posted {
            from: header(headers, "x-kannel-from").to_owned(),
            text: words_in(header(headers, "content-type"), body),
            id: String::new(),
        });
    }
    if is_form(headers) {
        of_form(body)
    } else {
        json::parse(body)
    }
}

/// A text in the alphabet that its type names: a gateway passes on what is not in GSM-7 as UTF-16.
fn words_in(content_type: &str, body: &[u8]) -> String {
    let said = content_type.to_ascii_lowercase();
    let (pairs, _) = body.as_chunks::<2>();
    if said.contains("utf-16be") || said.contains("ucs-2") {
        let units = pairs.iter().map(|own| u16::from_be_bytes(*own));
        let letters =
            char::decode_utf16(units).map(|own| own.unwrap_or(char::REPLACEMENT_CHARACTER));
        return letters.collect();
    }
    if said.contains("iso-8859-1") {
        return body.iter().copied().map(char::from).collect();
    }
    String::from_utf8_lossy(body).into_owned()
}

/// The name of a message where it does not stand in it: `?id=…`, or as Standard Webhooks have it.
fn named(query: &str, headers: &HeaderMap) -> String {
    let in_query = form::pairs(query).find(|(name, _)| name == "id");
    let in_query = in_query.map(|(_, value)| value);
    in_query.unwrap_or_else(|| header(headers, "webhook-id").to_owned())
}

fn of_form(body: &[u8]) -> Result<Posted, Problem> {
    let fields = fields(body);
    let field = |name: &str| {
        let found = fields.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.clone())
    };
    let needed =
        |name: &'static str| field(name).ok_or_else(|| Problem::of(Code::MissingField).at(name));
    Ok(Posted {
        from: needed("from")?,
        text: needed("text")?,
        id: field("id").unwrap_or_default(),
    })
}
