//! The machine API: one module for each thing a program may ask.
//!
//! A key opens everything under `/v1`; health, the log's public files and the description of this
//! API are for everybody. Request types refuse what they do not know. Start at [`decision`].

mod act;
mod batch;
mod decision;
mod health;
mod log;
mod openapi;
mod receipt;
mod subject;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use izin_app::App;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/decisions", post(decision::decide))
        .route("/v1/decisions/batch", post(batch::decide))
        .route("/v1/acts", post(act::report))
        .route("/v1/receipts/{seq}", get(receipt::show))
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::ready))
        .route("/log/key", get(log::key))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/tile/{*path}", get(log::tile))
        .route("/openapi.json", get(openapi::show))
}
