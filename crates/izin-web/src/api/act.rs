//! `POST /v1/acts`: what a person said or did, reported by a machine.
//!
//! The answer comes once the act is durable and the gate knows it. With an `Idempotency-Key` a
//! repetition gets the first answer and records nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::act::{self, ActError, Kind, Report};
use izin_core::{Channel, Level, Origin, RefusalKind, Timestamp};
use izin_store::{Answered, Recorded, hex};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::subject::{self, Subject, invalid};
use crate::caller::Caller;
use crate::json::{self, JsonBody};
use crate::problem::{Code, Document, Problem};

/// The longest idempotency key, in bytes; a UUID has 36.
const ONCE_BYTES_MAX: usize = 255;

/// An act to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActReport {
    subject: Subject,
    act: ActKind,
    /// The channel it is about; absent: all of them, where the act allows that.
    #[schema(value_type = Option<String>, example = "email")]
    channel: Option<Channel>,
    /// The purpose it is about, as the policy names it; absent: all of them, likewise.
    purpose: Option<String>,
    /// A theme inside the purpose.
    topic: Option<String>,
    /// When it happened, as 2026-11-21T09:30:00+07:00; absent: now.
    occurred_at: Option<String>,
    /// Where it was said, as `checkout` or `call centre`. Kept sealed, as part of the detail.
    source: Option<String>,
    /// What was shown and said: label, form, note. Kept sealed. A consent without source and
    /// detail is recorded but permits nothing.
    detail: Option<String>,
    /// For `dial`: where it is set, 0 to 3; up only by the person.
    #[schema(value_type = Option<u8>)]
    level: Option<Level>,
    /// For `pause`: until when.
    until: Option<String>,
    /// For `restriction`: whether it holds.
    holds: Option<bool>,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ActKind {
    /// A yes to one purpose on one channel.
    Consent,
    /// The consent to a purpose is taken back.
    Withdrawal,
    /// The processing is objected to.
    Objection,
    /// No more of this.
    Optout,
    /// A message was reported as unwanted.
    Complaint,
    /// The dial is moved.
    Dial,
    /// Quiet until a time.
    Pause,
    /// Processing is restricted, or the restriction ends.
    Restriction,
}

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
}

/// The first answer to a key, as it is kept, with what it was an answer to.
#[derive(Serialize, Deserialize)]
struct Kept {
    request: String,
    answer: String,
}

impl ActKind {
    /// The field that only this act has.
    const fn own_field(self) -> Option<&'static str> {
        match self {
            Self::Dial => Some("level"),
            Self::Pause => Some("until"),
            Self::Restriction => Some("holds"),
            _ => None,
        }
    }
}

impl ActReport {
    fn kind(&self) -> Result<Kind, Problem> {
        let own = self.act.own_field();
        let asked = [
            ("level", self.level.is_some()),
            ("until", self.until.is_some()),
            ("holds", self.holds.is_some()),
        ];
        for (field, given) in asked {
            let missing = || Problem::new(Code::MissingField, "this act needs it").at(field);
            match (given, own == Some(field)) {
                (true, false) => return Err(invalid(field, "it has no meaning for this act")),
                (false, true) => return Err(missing()),
                _ => {}
            }
        }
        let until = self.until.as_deref().map(|own| moment("until", own));
        let simple = match self.act {
            ActKind::Consent => Some(Kind::Consent),
            ActKind::Withdrawal => Some(Kind::No(RefusalKind::Withdrawn)),
            ActKind::Objection => Some(Kind::No(RefusalKind::Objected)),
            ActKind::Optout => Some(Kind::No(RefusalKind::OptedOut)),
            ActKind::Complaint => Some(Kind::No(RefusalKind::Complained)),
            ActKind::Dial => self.level.map(Kind::Dial),
            ActKind::Pause => until.transpose()?.map(Kind::Pause),
            ActKind::Restriction => self.holds.map(|holds| Kind::Restriction { holds }),
        };
        simple.ok_or_else(|| Problem::of(Code::MissingField))
    }

    fn report(self, home: &str) -> Result<Report, Problem> {
        let occurred_at = self.occurred_at.as_deref();
        let said = |own: &Option<String>| own.clone().filter(|own| !own.trim().is_empty());
        let detail = match (said(&self.source), said(&self.detail)) {
            (Some(source), Some(detail)) => Some(format!("{source}\n{detail}")),
            // Half of it proves no consent; a no needs no proof.
            _ if self.act == ActKind::Consent => None,
            (source, detail) => source.or(detail),
        };
        Ok(Report {
            who: self.subject.who(home)?,
            kind: self.kind()?,
            channel: self.channel,
            purpose: self.purpose.as_deref().map(subject::purpose).transpose()?,
            topic: self.topic.as_deref().map(subject::topic).transpose()?,
            occurred_at: occurred_at
                .map(|own| moment("occurred_at", own))
                .transpose()?,
            detail,
            origin: Origin::Api,
        })
    }
}

fn moment(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let detail = "write a time as 2026-11-21T09:30:00+07:00 or 2026-11-21T02:30:00Z";
    Timestamp::parse(text).map_err(|_| invalid(field, detail))
}

/// Records an act.
#[utoipa::path(
    post, path = "/v1/acts", tag = "acts", request_body = ActReport,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters; a repetition gets the first answer")),
    responses(
        (status = 200, description = "The act is durable and in effect", body = ActAnswer),
        (status = "4XX", description = "What is wrong; nothing was recorded",
            body = Document, content_type = "application/problem+json"),
        (status = 503, description = "It could not be made durable; nothing was recorded",
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
    caller.may_report_acts()?;
    let once = once(&headers, &caller)?;
    let read = json::parse::<ActReport>(&body)?;
    let own_field = read.act.own_field();
    let report = read.report(&app.policy.controller.country)?;
    let request = blake3::hash(&body).to_hex().to_string();
    let url = app.settings.public_url.clone();
    let keep = {
        let (url, request) = (url.clone(), request.clone());
        move |recorded: &Recorded| kept(request, &answer(&url, recorded))
    };
    let answered = act::report(&app, report, once, keep).await;
    match answered.map_err(|error| refused(error, own_field))? {
        Answered::Now(recorded) => Ok(Json(answer(&url, &recorded)).into_response()),
        Answered::Before(kept) => first_answer(&kept, &request),
    }
}

/// What widens is refused for the field that asks for it.
fn refused(error: ActError, own_field: Option<&'static str>) -> Problem {
    match (&error, own_field) {
        (ActError::StepUpRequired, Some(field)) => Problem::from(error).at(field),
        _ => error.into(),
    }
}

/// The key of a call that may be repeated: the caller's own, so that two callers never share one.
fn once(headers: &HeaderMap, caller: &Caller) -> Result<Option<[u8; 32]>, Problem> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = key.as_bytes();
    if key.is_empty() || key.len() > ONCE_BYTES_MAX || !key.iter().all(u8::is_ascii_graphic) {
        let detail = format!("it has 1 to {ONCE_BYTES_MAX} visible ASCII characters, no blanks");
        return Err(Problem::new(Code::InvalidIdempotencyKey, detail));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"/v1/acts").update(&caller.mark).update(key);
    Ok(Some(*hasher.finalize().as_bytes()))
}

fn answer(url: &str, recorded: &Recorded) -> ActAnswer {
    ActAnswer {
        seq: recorded.seq.0,
        entry: recorded.record.clone(),
        blinding: hex(&recorded.blinding),
        receipt_url: format!("{url}/v1/receipts/{}", recorded.seq),
    }
}

fn kept(request: String, answer: &ActAnswer) -> String {
    let answer = serde_json::to_string(answer).unwrap_or_default();
    serde_json::to_string(&Kept { request, answer }).unwrap_or_default()
}

fn first_answer(kept: &str, request: &str) -> Result<Response, Problem> {
    let kept: Kept = serde_json::from_str(kept).map_err(|_| Problem::of(Code::Internal))?;
    if kept.request != request {
        let detail = "the first request with this key had another body; use a new key";
        return Err(Problem::new(Code::IdempotencyKeyReused, detail));
    }
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((json, kept.answer).into_response())
}
