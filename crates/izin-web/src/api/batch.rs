//! `POST /v1/decisions/batch`: many decisions at once, in the order asked.
//!
//! One bad request never spoils the others. The binary form is for those who know our ids: 16
//! bytes in, one byte out.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::gate::Who;
use izin_core::{Channel, SubjectId, Verdict};
use izin_wire::form::pairs;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Handle;
use utoipa::ToSchema;

use super::decision::Answer;
use super::question::{Intent, Question, wait_for};
use super::subject;
use crate::caller::{Caller, Right};
use crate::json;
use crate::once::Once;
use crate::problem::{Code, Document, Problem};

/// Requests in one batch, at most; the contract's number.
const REQUESTS_MAX: usize = 10_000;
/// Requests worked on at once: enough to share commits, few enough to look at in turn.
const TOGETHER_MAX: usize = 256;
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
    Decision(Box<Answer>),
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
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let binary = json::is(request.headers(), OCTETS);
    if !binary && !json::is(request.headers(), "application/json") {
        let detail = format!("send `Content-Type: application/json` or `{OCTETS}`");
        return Err(Problem::new(Code::WrongContentType, detail));
    }
    let once = request.headers().clone();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = json::bytes(request, &app).await?;
    let once = Once::read(&once, &caller, ("/v1/decisions/batch", &body))?;
    if let Some(before) = once.before(&app).await? {
        return Ok(before);
    }
    let running = Handle::current();
    let work = move || match binary {
        true => many_ids(&app, &query, &body).map(IntoResponse::into_response),
        false => running.block_on(async {
            let answers = many(&app, caller, &body).await?;
            once.keep(&app, &answers).await
        }),
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Problem::of(Code::Internal))?
}

/// One gate for the whole batch: an entry that any request names is waited for once.
async fn many(app: &App, caller: Caller, body: &[u8]) -> Result<Answers, Problem> {
    let Batch { requests } = json::parse(body)?;
    if requests.len() > REQUESTS_MAX {
        let detail = format!("send at most {REQUESTS_MAX} requests at once");
        return Err(Problem::new(Code::BatchTooLong, detail).at("requests"));
    }
    let read = requests.into_iter().map(json::read::<Question, _>);
    let mut questions: Vec<_> = read.collect();
    let named = questions.iter().flatten().filter_map(Question::min_seq);
    wait_for(app, named.max()).await;
    let mut decisions = Vec::with_capacity(questions.len());
    while !questions.is_empty() {
        let rest = questions.split_off(questions.len().min(TOGETHER_MAX));
        let some = std::mem::replace(&mut questions, rest);
        let answers = some.into_iter().map(|own| one(app, caller, own));
        decisions.extend(together(answers).await);
    }
    Ok(Answers { decisions })
}

async fn one(app: &App, caller: Caller, question: Result<Question, Problem>) -> OneAnswer {
    let answered = async {
        let question = question?;
        if question.intent() == Intent::Send {
            caller.may(Right::Send)?;
        }
        question.read(app)?.answer(app).await
    };
    match answered.await {
        Ok(answer) => OneAnswer::Decision(Box::new(answer)),
        Err(problem) => OneAnswer::Wrong {
            error: Wrong {
                code: problem.code.name(),
                detail: problem.detail.unwrap_or_default(),
                field: problem.field,
            },
        },
    }
}

/// Answers in order; what waits for the store waits together, and so shares its commits.
async fn together<F: Future>(works: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut works: Vec<_> = works.map(|own| (Box::pin(own), None)).collect();
    poll_fn(|context| {
        let mut waits = false;
        for (work, done) in works.iter_mut().filter(|(_, done)| done.is_none()) {
            match work.as_mut().poll(context) {
                Poll::Ready(output) => *done = Some(output),
                Poll::Pending => waits = true,
            }
        }
        if waits {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    works.into_iter().filter_map(|(_, done)| done).collect()
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
    let channel = parameter("channel")?.parse().map_err(|_| channels())?;
    let request = izin_core::Request::of(subject::purpose(&parameter("purpose")?)?, channel);
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
