//! `GET /v1/reservations`: room that is held and not settled. `POST
//! /v1/reservations/{id}/confirm|release`: what became of a message that room was held for.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use izin_app::App;
use izin_app::reserve::{self, LIST_MAX};
use izin_store::{Open, ReservationId, Settled};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::{Caller, Right};
use crate::json;
use crate::problem::{Code, Document, Problem};
use crate::query;

/// A reservation that is settled.
#[derive(Serialize, ToSchema)]
#[schema(as = Reservation)]
pub(crate) struct Ended {
    /// Its name.
    reservation: String,
    /// `confirmed` or `released`.
    state: &'static str,
}

/// Room that is held for a message.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenReservation)]
struct Waiting {
    /// Its name.
    reservation: String,
    /// Our id of the person.
    subject: String,
    channel: &'static str,
    purpose: String,
    /// One topic; absent: the whole purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    /// Since when (RFC 3339).
    held_since: String,
    /// When it counts as sent, unless it is settled before (RFC 3339).
    ends_at: String,
}

impl From<&Open> for Waiting {
    fn from(own: &Open) -> Self {
        Self {
            reservation: own.id.to_string(),
            subject: own.subject.to_string(),
            channel: own.sent.channel.as_str(),
            purpose: own.sent.purpose.to_string(),
            topic: own.sent.topic.map(|topic| topic.to_string()),
            held_since: own.sent.at.to_string(),
            ends_at: own.ends_at.to_string(),
        }
    }
}

/// Reservations that wait to be settled.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenReservations)]
pub(crate) struct List {
    /// The first to end first.
    reservations: Vec<Waiting>,
    /// There are more: ask again with it as `after`. Absent: that was all.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists the room that senders hold and have not settled. Role `sender`, `reader` or `dpo`.
#[utoipa::path(
    get, path = "/v1/reservations", tag = "decisions",
    params(
        ("after" = Option<String>, Query, description = "The `next` of the list before"),
        ("limit" = Option<u32>, Query, description = "1 to 1,000; absent: 1,000"),
    ),
    responses(
        (status = 200, description = "What waits to be settled", body = List),
        (status = "4XX", description = "What is wrong with the query",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    caller.may(Right::LookUp)?;
    let after = query::value(&uri, "after").map(|own| ReservationId::parse(&own));
    let after = after.transpose().map_err(|_| nowhere())?;
    let open = reserve::open(&app, after, limit(&uri)?).await?;
    let open = open.ok_or_else(nowhere)?;
    Ok(json::answer(&List {
        reservations: open.rooms.iter().map(Waiting::from).collect(),
        next: open.next.map(|own| own.to_string()),
    }))
}

fn limit(uri: &Uri) -> Result<u32, Problem> {
    let Some(text) = query::value(uri, "limit") else {
        return Ok(LIST_MAX);
    };
    let limit = text.parse().ok().filter(|own| (1..=LIST_MAX).contains(own));
    let detail = format!("expected a whole number from 1 to {LIST_MAX}");
    limit.ok_or_else(|| Problem::new(Code::InvalidQuery, detail).at("limit"))
}

fn nowhere() -> Problem {
    let detail = "expected the `next` of a list before; without it the list begins";
    Problem::new(Code::InvalidQuery, detail).at("after")
}

/// The message was handed over: it counts under the caps from now on. Saying so again changes
/// nothing.
#[utoipa::path(
    post, path = "/v1/reservations/{id}/confirm", tag = "decisions",
    params(("id" = String, Path, description = "The `reservation` of a decision")),
    responses(
        (status = 200, description = "It counts", body = Ended),
        (status = "4XX", description = "Unknown (404), or released before (409)",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn confirm(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = settled_by(caller, &id)?;
    ended(id, "confirmed", reserve::confirm(&app, id).await?)
}

/// The message was certainly not handed over: its room is free again. Saying so again changes
/// nothing.
#[utoipa::path(
    post, path = "/v1/reservations/{id}/release", tag = "decisions",
    params(("id" = String, Path, description = "The `reservation` of a decision")),
    responses(
        (status = 200, description = "The room is free", body = Ended),
        (status = "4XX", description = "Unknown (404), or confirmed before or ended (409)",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn release(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = settled_by(caller, &id)?;
    ended(id, "released", reserve::release(&app, id).await?)
}

/// What a caller who may settle it names.
fn settled_by(caller: Caller, id: &str) -> Result<ReservationId, Problem> {
    caller.may(Right::Send)?;
    ReservationId::parse(id).map_err(|_| unknown())
}

fn unknown() -> Problem {
    let detail = "nothing is held under this name, or it was settled more than a year ago";
    Problem::new(Code::UnknownReservation, detail)
}

fn ended(id: ReservationId, state: &'static str, settled: Settled) -> Result<Response, Problem> {
    match settled {
        Settled::Done | Settled::Already => Ok(json::answer(&Ended {
            reservation: id.to_string(),
            state,
        })),
        Settled::Unknown => Err(unknown()),
        Settled::Otherwise => {
            let detail = "it was settled the other way before, or its time was over and it counts as \
                          sent; that stays";
            Err(Problem::new(Code::SettledOtherwise, detail))
        }
    }
}
