//! The machine API: one module for each thing a program may ask.
//!
//! A key opens everything under `/v1`, as far as its role reaches; health, the log's public files
//! and the description of this API are for everybody. Request types refuse what they do not know.
//! Start at [`decision`].

mod act;
mod batch;
mod consent;
pub(crate) mod decision;
mod erasure;
mod event;
mod health;
mod log;
mod openapi;
mod person;
mod question;
mod receipt;
mod reservation;
mod standing;
mod step_up;
mod subject;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};
use izin_app::App;

/// What a process says of itself.
pub(crate) fn health_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::ready))
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(decision::PATH, post(decision::decide))
        .route("/v1/decisions/batch", post(batch::decide))
        .route("/v1/reservations", get(reservation::list))
        .route("/v1/reservations/{id}/confirm", post(reservation::confirm))
        .route("/v1/reservations/{id}/release", post(reservation::release))
        .route("/v1/acts", post(act::report))
        .route("/v1/step-ups", post(step_up::begin))
        .route("/v1/step-ups/{id}", post(step_up::prove))
        .route("/v1/consents/{seq}", get(consent::show))
        .route("/v1/subjects/find", post(person::find))
        .route("/v1/subjects/{person}", put(person::put))
        .route("/v1/subjects/{person}/standing", get(standing::show))
        .route("/v1/subjects/{person}/merge", post(person::merge))
        .route("/v1/subjects/{person}/split", post(person::split))
        .route("/v1/subjects/{person}/erase", post(erasure::erase))
        .route("/v1/events", post(event::take))
        .route("/v1/receipts/{seq}", get(receipt::show))
        .merge(health_routes())
        .route("/log/key", get(log::key))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/tile/{*path}", get(log::tile))
        .route("/openapi.json", get(openapi::show))
}
