//! `GET /openapi.json`: what this API takes and gives, made from the types that do it.

use axum::Json;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    act, batch, consent, decision, erasure, event, health, log, person, receipt, reservation,
    standing, step_up,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Izin",
        description = "Permissions of customers: may this be sent, and what did they say?"
    ),
    paths(
        decision::decide,
        batch::decide,
        reservation::list,
        reservation::confirm,
        reservation::release,
        act::report,
        step_up::begin,
        step_up::prove,
        consent::show,
        person::put,
        person::find,
        standing::show,
        person::merge,
        person::split,
        erasure::erase,
        event::take,
        receipt::show,
        health::lives,
        health::ready,
        log::key,
        log::checkpoint,
        log::tile,
    ),
    modifiers(&Keys)
)]
struct Description;

/// How a machine shows its key.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut Document) {
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", bearer);
    }
}

pub(crate) async fn show() -> Json<Document> {
    Json(Description::openapi())
}
