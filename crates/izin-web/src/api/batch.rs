//! `POST /v1/decisions/batch`: many decisions at once, in the order asked.
//!
//! One bad request never spoils the others. The binary form is for those who know our ids: 16
//! bytes in, one byte out.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::gate::Who;
use izin_core::{Channel, SubjectId, Verdict};
use izin_wire::form::pairs;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::decision::{Answer, Question};
use super::subject;
use crate::caller::Caller;
use crate::json;
use crate::problem::{Code, Document, Problem};

/// Requests in one batch, at most; the contract's number.
const REQUESTS_MAX: usize = 10_000;
/// Bytes of an id in the binary form.
const ID_BYTES: usize = 16;
const OCTETS: &str = "application/octet-stream";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    requests: Vec<Value>,
}

/// Many questions.
#[derive(ToSchema)]
#[schema(as = Batch)]
#[expect(dead_code, reason = "it describes what `Batch` reads one by one")]
struct Described {
    /// At most 10,000.
    requests: Vec<Question>,
}

/// The answers, in the order of the questions.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchAnswer)]
pub(crate) struct Answers {
    decisions: Vec<OneAnswer>,
}

/// A decision, or what is wrong with its request.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum OneAnswer {
    Decision(Answer),
    Wrong { error: Wrong },
}

/// What is wrong with one request of a batch.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchError)]
struct Wrong {
    /// The code of the problem.
    code: &'static str,
    /// What is wrong and what to do.
    detail: String,
    /// The field it is about, inside the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// Asks for many decisions. With `Content-Type: application/octet-stream` and `?channel=` and
/// `?purpose=` the body is ids of 16 bytes and the answer one byte for each: 0 allow, 1 deny,
/// 2 defer.
#[utoipa::path(
    post, path = "/v1/decisions/batch", tag = "decisions",
    params(
        ("channel" = Option<String>, Query, description = "For the binary form only"),
        ("purpose" = Option<String>, Query, description = "For the binary form only"),
    ),
    request_body(content(
        (Described = "application/json"),
        (Vec<u8> = "application/octet-stream"),
    )),
    responses(
        (status = 200, description = "The decisions, in order", content(
            (Answers = "application/json"),
            (Vec<u8> = "application/octet-stream"),
        )),
        (status = "4XX", description = "What is wrong with the batch as a whole",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    _: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let binary = json::is(request.headers(), OCTETS);
    if !binary && !json::is(request.headers(), "application/json") {
        let detail = format!("send `Content-Type: application/json` or `{OCTETS}`");
        return Err(Problem::new(Code::WrongContentType, detail));
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = json::bytes(request, &app).await?;
    let work = move || match binary {
        true => many_ids(&app, &query, &body).map(IntoResponse::into_response),
        false => many(&app, &body).map(IntoResponse::into_response),
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Problem::of(Code::Internal))?
}

fn many(app: &App, body: &[u8]) -> Result<Json<Answers>, Problem> {
    let Batch { requests } = json::parse(body)?;
    if requests.len() > REQUESTS_MAX {
        let detail = format!("send at most {REQUESTS_MAX} requests at once");
        return Err(Problem::new(Code::BatchTooLong, detail).at("requests"));
    }
    let answer = |request: Value| {
        let asked = json::read::<Question, _>(request).and_then(|question| question.ask(app));
        match asked {
            Ok(answer) => OneAnswer::Decision(answer),
            Err(problem) => OneAnswer::Wrong {
                error: Wrong {
                    code: problem.code.name(),
                    detail: problem.detail.unwrap_or_default(),
                    field: problem.field,
                },
            },
        }
    };
    let decisions = requests.into_iter().map(answer).collect();
    Ok(Json(Answers { decisions }))
}

fn many_ids(app: &App, query: &str, body: &[u8]) -> Result<impl IntoResponse, Problem> {
    let parameter = |name: &str| {
        let found = pairs(query).find(|(own, _)| own == name);
        let missing = || Problem::new(Code::InvalidQuery, "it is needed").at(name);
        found.map(|(_, value)| value).ok_or_else(missing)
    };
    let channels = || {
        let all = Channel::ALL.map(Channel::as_str).join(", ");
        Problem::new(Code::InvalidQuery, format!("expected one of {all}")).at("channel")
    };
    let request = izin_core::Request {
        channel: parameter("channel")?.parse().map_err(|_| channels())?,
        purpose: subject::purpose(&parameter("purpose")?)?,
        topic: None,
        address: None,
    };
    let (ids, []) = body.as_chunks::<ID_BYTES>() else {
        let detail = format!("the body is ids of {ID_BYTES} bytes, one after the other");
        return Err(Problem::new(Code::BodyUnreadable, detail));
    };
    let answer = |id: &[u8; ID_BYTES]| {
        let who = Who::Subject(SubjectId::from_bytes(*id));
        match app.decide(&who, &request).verdict {
            Verdict::Allow => 0_u8,
            Verdict::Deny => 1,
            Verdict::Defer => 2,
        }
    };
    let answers: Vec<u8> = ids.iter().map(answer).collect();
    Ok(([(header::CONTENT_TYPE, OCTETS)], answers))
}
