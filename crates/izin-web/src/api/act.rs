//! `POST /v1/acts`: what a person said or did, reported by a machine.
//!
//! The answer comes once the act is durable and the gate knows it. With an `Idempotency-Key` a
//! repetition gets the first answer and records nothing. What may be reported is in `report.rs`.

mod report;

pub(crate) use report::{ActReport, Words, missing};

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use izin_app::App;
use izin_app::act::{self, ActError, Lack, Reported};
use izin_store::{Answered, Recorded, hex};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::{Caller, Right};
use crate::json::{self, JsonBody};
use crate::once::Once;
use crate::problem::{Document, Problem};

/// What was recorded, and what proves it later.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActAnswer {
    /// Its place in the ledger.
    seq: u64,
    /// The record that its leaf commits to, to the letter.
    entry: String,
    /// The blinding value of that commitment, in hexadecimal.
    blinding: String,
    /// Where its proof is.
    receipt_url: String,
    /// What the record of a consent lacks. While there is anything, it permits nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacking: Vec<Lacking>,
    /// The item under which a person will look at it, where one has to.
    #[serde(skip_serializing_if = "Option::is_none")]
    queued: Option<u64>,
}

/// Something that the record of a consent lacks.
#[derive(Serialize, ToSchema)]
struct Lacking {
    /// The field that fills it; absent where it is the policy's to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// What is not known.
    detail: String,
}

impl ActAnswer {
    /// The answer to an act that is in the ledger.
    pub(crate) fn of(url: &str, recorded: &Recorded) -> Self {
        Self {
            seq: recorded.seq.0,
            entry: recorded.record.clone(),
            blinding: hex(&recorded.blinding),
            receipt_url: format!("{url}/v1/receipts/{}", recorded.seq),
            lacking: Vec::new(),
            queued: None,
        }
    }

    /// The same for a report, with what came of it besides.
    pub(crate) fn reported(url: &str, reported: &Reported) -> Self {
        let lacking = |own: &Lack| Lacking {
            field: own.field(),
            detail: own.to_string(),
        };
        Self {
            lacking: reported.lacking.iter().map(lacking).collect(),
            queued: reported.queued,
            ..Self::of(url, &reported.recorded)
        }
    }
}

/// Records an act: role `sender` or `dpo`.
#[utoipa::path(
    post, path = "/v1/acts", tag = "acts", request_body = ActReport,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters; a repetition gets the first answer")),
    responses(
        (status = 200, description = "The act is durable and in effect", body = ActAnswer),
        (status = "4XX", description = "What is wrong; nothing was recorded",
            body = Document, content_type = "application/problem+json"),
        (status = 503, description = "It could not be made durable; a no may count already, which the detail says",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::Report)?;
    let once = Arc::new(Once::read(&app, &headers, &caller, ("/v1/acts", &body)).await?);
    let read = json::parse::<ActReport>(&body)?;
    let widens = read.widening_field();
    let report = read.report(app.policy().controller.country.as_str())?;
    let url = app.settings.public_url.clone();
    let keep = {
        let (url, once) = (url.clone(), Arc::clone(&once));
        move |reported: &Reported| once.kept(&ActAnswer::reported(&url, reported))
    };
    let answered = act::report(&app, report, once.key(), keep).await;
    match answered.map_err(|error| refused(error, widens))? {
        Answered::Now(reported) => Ok(json::answer(&ActAnswer::reported(&url, &reported))),
        Answered::Before(kept) => once.first(&kept),
    }
}

/// What widens is refused for the field that asks for it.
fn refused(error: ActError, widens: Option<&'static str>) -> Problem {
    match (&error, widens) {
        (ActError::StepUpRequired, Some(field)) => Problem::from(error).at(field),
        _ => error.into(),
    }
}
