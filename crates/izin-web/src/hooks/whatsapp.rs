//! `/hooks/meta/whatsapp`: what WhatsApp's Cloud API tells. A GET answers the platform's question
//! whether the address is ours, and changes nothing.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use izin_app::App;
use izin_app::inbound::text::{self, Stopped, Text};
use izin_app::provider::Whatsapp;
use izin_core::{Channel, Timestamp};
use izin_wire::form;
use izin_wire::whatsapp::{self, Event, Preference};

use super::{header, unknown, unsigned, words};
use crate::json;
use crate::problem::{Code, Problem};

const PROVIDER: &str = "whatsapp";

fn set(app: &App) -> Result<&Whatsapp, Problem> {
    app.settings.providers.whatsapp.as_ref().ok_or_else(unknown)
}

/// Says the platform's challenge back, when it knows the token.
pub(super) async fn register(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let token = &set(&app)?.verify_token;
    let query: Vec<_> = form::pairs(query.as_deref().unwrap_or_default()).collect();
    let field = |name: &str| {
        let found = query.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    if !token.is(field("hub.verify_token")) || field("hub.mode") != "subscribe" {
        return Err(unsigned());
    }
    Ok(words(
        "text/plain; charset=utf-8",
        field("hub.challenge").to_owned(),
    ))
}

/// Takes what is told, each event by itself; the answer comes once all are in effect.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let secret = set(&app)?.app_secret.expose();
    let body = json::bytes(body).await?;
    if !whatsapp::verify(secret, header(&headers, "x-hub-signature-256"), &body) {
        return Err(unsigned());
    }
    let events =
        whatsapp::events(&body).map_err(|why| Problem::new(Code::InvalidField, why.to_string()))?;
    for event in events {
        take(&app, event).await?;
    }
    Ok(StatusCode::OK)
}

async fn take(app: &Arc<App>, event: Event) -> Result<(), Problem> {
    match event {
        Event::Preference {
            wa_id,
            value: Preference::Stop,
            timestamp,
            ..
        } => {
            let at = i64::try_from(timestamp)
                .ok()
                .and_then(|own| own.checked_mul(1_000_000));
            let at = at.map(Timestamp::from_micros);
            stopped(app, (&wa_id, ""), at, "the person stopped marketing there").await
        }
        // The platform's own switch: it lets WhatsApp deliver again, and is no consent to us.
        Event::Preference {
            value: Preference::Resume,
            ..
        } => Ok(()),
        Event::Failed {
            wa_id,
            id,
            code: whatsapp::STOPPED_BEFORE,
        } => {
            stopped(
                app,
                (&wa_id, &id),
                None,
                "error 131050, the person stopped marketing there",
            )
            .await
        }
        Event::Failed { .. } => Ok(()),
        Event::Text { wa_id, text, id } => {
            let channel = Channel::Whatsapp;
            let text = Text::of((PROVIDER, channel), (wa_id.clone(), text, id));
            let heard = text::heard(app, text).await?;
            text::tell(app, (channel, &wa_id), heard);
            Ok(())
        }
    }
}

async fn stopped(
    app: &App,
    (number, id): (&str, &str),
    occurred_at: Option<Timestamp>,
    what: &str,
) -> Result<(), Problem> {
    let own = Stopped {
        provider: PROVIDER,
        id,
        channel: Channel::Whatsapp,
        number,
        occurred_at,
        what,
        is_certain: true,
    };
    Ok(text::stopped(app, own).await?)
}
