//! `POST /v1/decisions/batch`: many decisions at once, in the order asked.
//!
//! One bad request never spoils the others. The binary form is for those who know our ids: 16
//! bytes in, one byte out.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use axum::extract::{Request, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use izin_app::gate::Who;
use izin_app::{App, declared};
use izin_core::{Channel, Decision, SubjectId, Verdict};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use tokio::runtime::Handle;
use utoipa::ToSchema;

use super::decision::{Answer, allows};
use super::question::{Asked, Intent, Question, wait_for};
use super::subject;
use crate::caller::{Caller, Right};
use crate::json::{self, BODY_BYTES_MAX};
use crate::once::Once;
use crate::problem::{Code, Document, Problem};
use crate::query;

/// Requests in one batch, at most; the contract's number.
const REQUESTS_MAX: usize = 10_000;
/// Requests worked on at once: enough to share commits, few enough to look at in turn.
const TOGETHER_MAX: usize = 256;
/// Bytes of an id in the binary form.
const ID_BYTES: usize = 16;
/// Ids in one batch of the binary form, at most: what the longest body holds.
const IDS_MAX: usize = BODY_BYTES_MAX / ID_BYTES;
const OCTETS: &str = "application/octet-stream";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<Q> {
    requests: Vec<Q>,
}

/// A question, or what is wrong with it.
type OneQuestion<'a> = Result<Question<'a>, Problem>;

/// Many questions.
#[derive(ToSchema)]
#[schema(as = Batch)]
#[expect(dead_code, reason = "it describes what `Batch` reads one by one")]
struct Described {
    /// At most 10,000.
    requests: Vec<Question<'static>>,
}

/// The answers, in the order of the questions.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchAnswer)]
pub(crate) struct Answers {
    #[schema(value_type = Vec<DescribedAnswer>)]
    decisions: Vec<OneAnswer>,
}

/// A decision, or what is wrong with its request.
#[derive(ToSchema)]
#[schema(as = OneAnswer)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what `OneAnswer` writes")]
enum DescribedAnswer {
    Decision(Box<Answer>),
    Wrong { error: Wrong },
}

/// What is written of it.
#[derive(Serialize)]
#[serde(untagged)]
enum OneAnswer {
    /// Nothing but the decision.
    Plain(#[serde(serialize_with = "plainly")] Decision),
    Decision(Box<Answer>),
    Wrong {
        error: Wrong,
    },
}

fn plainly<S: Serializer>(decision: &Decision, serializer: S) -> Result<S::Ok, S::Error> {
    Answer::from(*decision).serialize(serializer)
}

/// The first answers to a batch, each as it was written.
#[derive(Deserialize)]
struct First<'a> {
    #[serde(borrow)]
    decisions: Vec<&'a RawValue>,
}

/// The answers to a repetition.
#[derive(Serialize)]
struct Again<'a> {
    decisions: Vec<OneAgain<'a>>,
}

/// A first answer that still holds, or what is answered now.
#[derive(Serialize)]
#[serde(untagged)]
enum OneAgain<'a> {
    First(&'a RawValue),
    Now(OneAnswer),
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
/// `?purpose=` the body is up to 262,144 ids of 16 bytes and the answer one byte for each: 0 allow,
/// 1 deny, 2 defer.
#[utoipa::path(
    post, path = "/v1/decisions/batch", tag = "decisions",
    params(
        ("channel" = Option<String>, Query, description = "For the binary form only"),
        ("purpose" = Option<String>, Query, description = "For the binary form only"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "For JSON: a repetition gets the first answers; where a person has \
                           refused since, the present no instead, and no room is held"),
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
    let (parts, body) = request.into_parts();
    let body = json::bytes(body).await.map_err(|problem| {
        let too_long = binary && problem.code == Code::BodyTooLarge;
        if too_long { too_many_ids() } else { problem }
    })?;
    let once = Once::read(
        &app,
        &parts.headers,
        &caller,
        ("/v1/decisions/batch", &body),
    )
    .await?;
    let before = once.said_before(&app).await?;
    let running = Handle::current();
    let work = move || match (binary, before) {
        (_, Some(first)) => running.block_on(again(&app, &body, &first)),
        (true, None) => many_ids(&app, &parts.uri, &body).map(IntoResponse::into_response),
        (false, None) => running.block_on(async {
            let answers = many(&app, caller, &body).await?;
            once.keep(&app, &answers).await
        }),
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Problem::of(Code::Internal))?
}

/// One gate for the whole batch: an entry that any request names is waited for once.
async fn many(app: &App, caller: Caller, body: &[u8]) -> Result<Answers, Problem> {
    let questions = questions(app, body).await?;
    let policy = app.policy();
    let asked = questions.into_iter().map(|own| {
        let asked = own?.read(app, &policy)?;
        if asked.intent == Intent::Send {
            caller.may(Right::Send)?;
        }
        Ok(asked)
    });
    let asked: Vec<Result<Asked, Problem>> = asked.collect();
    let mut decisions = Vec::with_capacity(asked.len());
    for run in asked.chunk_by(goes_with) {
        match run {
            [Ok(first), ..] if first.is_plain() => decisions.extend(plain(app, first, run)),
            _ => {
                for some in run.chunks(TOGETHER_MAX) {
                    let answers = some.iter().map(|own| one(app, own.as_ref()));
                    decisions.extend(together(answers).await);
                }
            }
        }
    }
    Ok(Answers { decisions })
}

/// Reads every question, and waits once for the newest entry that one of them has to know.
async fn questions<'a>(app: &App, body: &'a [u8]) -> Result<Vec<OneQuestion<'a>>, Problem> {
    let questions = match serde_json::from_slice(body) {
        Ok(Batch { requests }) => requests.into_iter().map(Ok).collect(),
        // One by one, to find those that are wrong.
        Err(_) => {
            let Batch::<&RawValue> { requests } = json::parse(body)?;
            let read = requests.iter().map(|own| json::parse(own.get().as_bytes()));
            read.collect::<Vec<OneQuestion<'_>>>()
        }
    };
    if questions.len() > REQUESTS_MAX {
        let detail = format!("send at most {REQUESTS_MAX} requests at once");
        return Err(Problem::new(Code::BatchTooLong, detail).at("requests"));
    }
    let named = questions.iter().flatten().filter_map(Question::min_seq);
    wait_for(app, named.max()).await;
    Ok(questions)
}

/// The answers to a repetition: the first ones, but where one was a yes and the person has refused
/// since, the present no. No room is held.
async fn again(app: &App, body: &[u8], first: &str) -> Result<Response, Problem> {
    let First { decisions } =
        serde_json::from_str(first).map_err(|_| Problem::of(Code::Internal))?;
    let mut again = Vec::with_capacity(decisions.len());
    let questions = questions(app, body).await?;
    for (question, first) in questions.into_iter().zip(decisions) {
        let now = match question {
            Ok(question) if allows(first.get()) => refused_since(app, question).await,
            _ => Ok(None),
        };
        again.push(match now {
            Ok(None) => OneAgain::First(first),
            Ok(Some(refused)) => OneAgain::Now(OneAnswer::Decision(Box::new(refused))),
            Err(problem) => OneAgain::Now(OneAnswer::wrong(problem)),
        });
    }
    Ok(json::answer(&Again { decisions: again }))
}

async fn refused_since(app: &App, question: Question<'_>) -> Result<Option<Answer>, Problem> {
    let asked = question.read(app, &app.policy())?;
    asked.refused_since(app).await
}

/// Whether two questions are answered in one go: they differ in the person alone, or both want more
/// than a decision.
fn goes_with(a: &Result<Asked, Problem>, b: &Result<Asked, Problem>) -> bool {
    let plain = |own| Result::as_ref(own).ok().filter(|own| Asked::is_plain(own));
    match (plain(a), plain(b)) {
        (Some(a), Some(b)) => a.request == b.request,
        (None, None) => true,
        _ => false,
    }
}

/// Answers to one question about many people.
fn plain<'a>(
    app: &App,
    first: &Asked,
    run: &'a [Result<Asked, Problem>],
) -> impl Iterator<Item = OneAnswer> + use<'a> {
    let whom: Vec<_> = run.iter().flatten().map(|own| &own.who).collect();
    let decisions = app.decide_many(&whom, &first.request);
    decisions.into_iter().map(OneAnswer::Plain)
}

async fn one(app: &App, asked: Result<&Asked, &Problem>) -> OneAnswer {
    let answered = match asked {
        Ok(asked) => asked.answer(app).await,
        Err(problem) => Err(problem.clone()),
    };
    match answered {
        Ok(answer) => OneAnswer::Decision(Box::new(answer)),
        Err(problem) => OneAnswer::wrong(problem),
    }
}

impl OneAnswer {
    fn wrong(problem: Problem) -> Self {
        Self::Wrong {
            error: Wrong {
                code: problem.code.name(),
                detail: problem.detail.unwrap_or_default(),
                field: problem.field,
            },
        }
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

fn too_many_ids() -> Problem {
    let detail = format!("send at most {IDS_MAX} ids at once, of {ID_BYTES} bytes each");
    Problem::new(Code::BodyTooLarge, detail)
}

fn many_ids(app: &App, uri: &Uri, body: &[u8]) -> Result<impl IntoResponse, Problem> {
    let parameter = |name: &str| {
        let missing = || Problem::new(Code::InvalidQuery, "it is needed").at(name);
        query::value(uri, name).ok_or_else(missing)
    };
    let channels = || {
        let all = Channel::ALL.map(Channel::as_str).join(", ");
        Problem::new(Code::InvalidQuery, format!("expected one of {all}")).at("channel")
    };
    let channel = parameter("channel")?.parse().map_err(|_| channels())?;
    let request = izin_core::Request::of(subject::purpose(&parameter("purpose")?)?, channel);
    declared::check(&app.policy(), request.purpose, None)?;
    let (ids, []) = body.as_chunks::<ID_BYTES>() else {
        let detail = format!("the body is ids of {ID_BYTES} bytes, one after the other");
        return Err(Problem::new(Code::BodyUnreadable, detail));
    };
    let ids = ids.iter().copied().map(SubjectId::from_bytes);
    let whom: Vec<_> = ids.map(Who::Subject).collect();
    let decisions = app.decide_many(&whom, &request);
    let answers = decisions.iter().map(|own| match own.verdict {
        Verdict::Allow => 0_u8,
        Verdict::Deny => 1,
        Verdict::Defer => 2,
    });
    let answers: Vec<u8> = answers.collect();
    Ok(([(header::CONTENT_TYPE, OCTETS)], answers))
}
