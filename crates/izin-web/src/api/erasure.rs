//! `POST /v1/subjects/{id}/erase`: somebody asked to be forgotten.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use izin_app::App;
use izin_app::erasure::{self, Asked, Confirmation};
use izin_app::gate::Who;
use izin_core::Origin;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::act::ActAnswer;
use super::person::by_id;
use super::subject::invalid;
use crate::caller::{Caller, Right};
use crate::json::{self, JsonBody};
use crate::once::Once;
use crate::problem::{Document, Problem};

/// Who asked for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EraseRequest {
    /// Who took the request, and what was asked; kept sealed. 1 to 2,000 characters.
    note: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct EraseAnswer {
    #[serde(flatten)]
    act: ActAnswer,
    /// Addresses and numbers that are never written to again.
    addresses: usize,
    /// What became of the letter that tells the person: `sent`, `no_way` or `failed`.
    confirmation: &'static str,
}

/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 2_000;

/// Erases the person in the path, and everybody who turned out to be them: nothing can be read or
/// matched any more but the acts, which name nobody, the suppressed addresses, and the evidence,
/// locked away for five years. It cannot be undone. Role `dpo`.
#[utoipa::path(
    post, path = "/v1/subjects/{id}/erase", tag = "subjects", request_body = EraseRequest,
    params(
        ("id" = String, Path, description = "Our id of the person"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters; a repetition gets the first answer"),
    ),
    responses(
        (status = 200, description = "It is done", body = EraseAnswer),
        (status = "4XX", description = "What is wrong; nothing was erased",
            body = Document, content_type = "application/problem+json"),
        (status = 503, description = "It has begun and is finished at the next start, or nothing changed",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn erase(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::Erase)?;
    let path = format!("/v1/subjects/{id}/erase");
    let once = Once::read(&app, &headers, &caller, (&path, &body)).await?;
    if let Some(before) = once.before(&app).await? {
        return Ok(before);
    }
    let subject = by_id(&id)?;
    let EraseRequest { note } = json::parse(&body)?;
    if note.trim().is_empty() || note.chars().count() > NOTE_CHARS_MAX {
        let detail = format!("say who asked and how, in 1 to {NOTE_CHARS_MAX} characters");
        return Err(invalid("note", detail));
    }
    let asked = Asked {
        who: Who::Subject(subject),
        origin: Origin::Api,
        detail: Some(json!({ "note": note }).to_string()),
    };
    let erased = erasure::erase(&app, asked).await?;
    let answer = EraseAnswer {
        act: ActAnswer::of(&app.settings.public_url, &erased.entry),
        addresses: erased.addresses,
        confirmation: match erased.confirmation {
            Confirmation::Sent => "sent",
            Confirmation::NoWay => "no_way",
            Confirmation::Failed(_) => "failed",
        },
    };
    once.keep(&app, &answer).await
}
