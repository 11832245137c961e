//! `POST /v1/reservations/{id}/confirm|release`: what became of a message that room was held for.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use izin_app::{App, reserve};
use izin_store::{ReservationId, Settled};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::{Caller, Right};
use crate::json;
use crate::problem::{Code, Document, Problem};

/// A reservation that is settled.
#[derive(Serialize, ToSchema)]
#[schema(as = Reservation)]
pub(crate) struct Ended {
    /// Its name.
    reservation: String,
    /// `confirmed` or `released`.
    state: &'static str,
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
    caller.may(Right::Send)?;
    let id = read(&id)?;
    ended(id, "confirmed", reserve::confirm(&app, id).await?)
}

/// The message was certainly not handed over: its room is free again. Saying so again changes
/// nothing.
#[utoipa::path(
    post, path = "/v1/reservations/{id}/release", tag = "decisions",
    params(("id" = String, Path, description = "The `reservation` of a decision")),
    responses(
        (status = 200, description = "The room is free", body = Ended),
        (status = "4XX", description = "Unknown (404), or confirmed before (409)",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn release(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.may(Right::Send)?;
    let id = read(&id)?;
    ended(id, "released", reserve::release(&app, id).await?)
}

fn read(id: &str) -> Result<ReservationId, Problem> {
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
            let detail = "it was settled the other way before, and that stays";
            Err(Problem::new(Code::SettledOtherwise, detail))
        }
    }
}
