//! `POST /v1/decisions`: may this person be contacted, now? To know reads nothing from the store;
//! to send holds room under the caps.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use axum::extract::{Request, State};
use axum::response::Response;
use izin_app::explain::{self, Step};
use izin_app::way_out::{self, WayOut};
use izin_app::{App, reserve};
use izin_core::law::RegimeSet;
use izin_core::reason::ReasonSet;
use izin_core::{Decision, Reason, Timestamp, Verdict};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

use super::question::{Asked, Intent, Question, wait_for};
use crate::caller::{Caller, Right};
use crate::json::{self, JsonBody};
use crate::once::Once;
use crate::problem::{Document, Problem};

/// Where it is asked.
pub(crate) const PATH: &str = "/v1/decisions";

/// An answer, with everything needed to explain and to repeat it.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
pub(crate) struct Answer {
    /// `allow`, `deny` or `defer`.
    #[schema(example = "deny")]
    decision: &'static str,
    /// The first reason in order of precedence.
    #[schema(example = "opted_out_channel")]
    reason: &'static str,
    /// Every other reason that would have decided alone.
    #[schema(value_type = Vec<String>)]
    also: ReasonSet,
    /// How personal it may be, 0 to 3.
    level: u8,
    /// The legal basis, when allowed.
    #[schema(value_type = Option<String>)]
    basis: Option<izin_core::law::Basis>,
    /// The row of law applied, as `uu-pdp/marketing/email`.
    rule: Option<&'static str>,
    /// The regimes applied.
    #[schema(value_type = Vec<String>)]
    regimes: RegimeSet,
    /// The ledger entry of the consent used.
    consent: Option<u64>,
    /// The policy version whose notice that consent was given to; absent where nobody wrote it down.
    notice: Option<u32>,
    /// When a deferred question may be asked again (RFC 3339).
    until: Option<String>,
    /// The last ledger entry about the person that was known.
    seq: u64,
    /// The policy version applied.
    policy: u32,
    /// The version of the table of law applied.
    law: &'static str,
    #[schema(value_type = Sentence)]
    text: InWords,
    refusal: Option<Box<Refusal>>,
    /// Room that is held for the message; confirm it once it was handed over, or release it.
    reservation: Option<String>,
    /// What it rests on, step by step; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<Vec<Explained>>,
}

/// The reason as a sentence, in both languages.
#[derive(Serialize, ToSchema)]
pub(super) struct Sentence {
    /// Indonesian.
    #[schema(value_type = String)]
    id: Cow<'static, str>,
    /// English.
    #[schema(value_type = String)]
    en: Cow<'static, str>,
}

/// A reason as a sentence, in both languages.
struct InWords(Reason);

impl Serialize for InWords {
    /// The same few sentences go into every answer: they are made JSON once.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        static WRITTEN: LazyLock<Vec<(Reason, Option<Box<RawValue>>)>> = LazyLock::new(|| {
            let written = |reason: Reason| (reason, to_raw_value(&said(reason)).ok());
            Reason::all().map(written).collect()
        });
        let written = WRITTEN.get(self.0 as usize);
        match written.filter(|own| own.0 == self.0) {
            Some((_, Some(written))) => written.serialize(serializer),
            _ => said(self.0).serialize(serializer),
        }
    }
}

fn said(reason: Reason) -> Sentence {
    let text = reason.sentences();
    Sentence {
        id: text.id.into(),
        en: text.en.into(),
    }
}

/// A working way to refuse, to be put into the message.
#[derive(Serialize, ToSchema)]
#[schema(as = WayToRefuse)]
struct Refusal {
    /// A page with one button.
    page_url: String,
    /// For the header of RFC 8058: a POST to it is a refusal.
    one_click_url: String,
    /// Headers for an e-mail, names and values.
    #[schema(value_type = Vec<Vec<String>>)]
    headers: Vec<(String, String)>,
    /// A sentence for a short message.
    sms_text: Sentence,
}

/// One thing the answer rests on.
#[derive(Serialize, ToSchema)]
#[schema(as = Explained)]
struct Explained {
    /// Indonesian.
    id: String,
    /// English.
    en: String,
    /// The ledger entry it is known from.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    /// When that was (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// The row of law.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    /// Its article.
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<&'static str>,
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        Self {
            decision: decision.verdict.as_str(),
            reason: decision.reason.code(),
            also: decision.also,
            level: decision.level.into(),
            basis: decision.basis,
            rule: decision.rule,
            regimes: decision.regimes,
            consent: decision.consent.map(|own| own.0),
            notice: decision.notice,
            until: decision.until.map(|own| own.to_string()),
            seq: decision.seq.0,
            policy: decision.policy,
            law: decision.law,
            text: InWords(decision.reason),
            refusal: None,
            reservation: None,
            explain: None,
        }
    }
}

impl From<WayOut> for Refusal {
    fn from(own: WayOut) -> Self {
        Self {
            page_url: own.page_url,
            one_click_url: own.one_click_url,
            headers: own.headers,
            sms_text: Sentence {
                id: own.sms_text.id.into(),
                en: own.sms_text.en.into(),
            },
        }
    }
}

impl From<Step> for Explained {
    fn from(step: Step) -> Self {
        Self {
            id: step.text.id,
            en: step.text.en,
            seq: step.seq.map(|own| own.0),
            at: step.at.map(|own| own.to_string()),
            rule: step.rule,
            article: step.article,
        }
    }
}

impl Asked {
    /// Asks the gate, and holds room for what is to be sent.
    pub(super) async fn answer(&self, app: &App) -> Result<Answer, Problem> {
        let (who, request) = (&self.who, &self.request);
        let at = self.at.unwrap_or_else(|| app.clock.now());
        let (decision, reservation) = match self.intent {
            Intent::Send => {
                let held = reserve::send(app, who, request).await?;
                (held.decision, held.reservation)
            }
            Intent::Check => (app.gate.ask(who, request, &app.policy(), at), None),
        };
        let mut answer = self.told(app, decision, at).await?;
        answer.reservation = reservation.map(|own| own.to_string());
        Ok(answer)
    }

    /// The no that stands now against a yes which was kept, if one does; what only puts a message
    /// off is none. No room is held.
    pub(super) async fn refused_since(&self, app: &App) -> Result<Option<Answer>, Problem> {
        let at = self.at.unwrap_or_else(|| app.clock.now());
        let decision = app.gate.ask(&self.who, &self.request, &app.policy(), at);
        if decision.verdict != Verdict::Deny || decision.reason.only_hinders() {
            return Ok(None);
        }
        self.told(app, decision, at).await.map(Some)
    }

    /// A decision with everything that was asked for beside it.
    async fn told(&self, app: &App, decision: Decision, at: Timestamp) -> Result<Answer, Problem> {
        let (who, request) = (&self.who, &self.request);
        let mut answer = Answer::from(decision);
        if self.brings_a_way_out(app, &decision) {
            let way_out = way_out::of(app, who, request.channel).await?;
            answer.refusal = way_out.map(|own| Box::new(own.into()));
        }
        if self.explain {
            let steps = explain::chain(app, who, request, (&decision, at)).await?;
            answer.explain = Some(steps.into_iter().map(Explained::from).collect());
        }
        Ok(answer)
    }

    fn brings_a_way_out(&self, app: &App, decision: &Decision) -> bool {
        let policy = app.policy();
        let purpose = policy.purpose(&self.request.purpose);
        decision.verdict == Verdict::Allow
            && (self.refusal || self.intent == Intent::Send)
            && purpose.is_some_and(|own| own.is_marketing())
    }
}

/// Whether an answer that was kept is a yes, or may be one. A yes is asked again before it is
/// repeated.
pub(super) fn allows(kept: &str) -> bool {
    #[derive(Deserialize)]
    struct Kept<'a> {
        decision: Option<&'a str>,
    }
    let kept = serde_json::from_str(kept);
    kept.map_or(true, |own: Kept<'_>| {
        own.decision == Some(Verdict::Allow.as_str())
    })
}

/// Asks for one decision. With `"intent": "send"` room under the caps is held: role `sender` or
/// `dpo`.
#[utoipa::path(
    post, path = "/v1/decisions", tag = "decisions", request_body = Question,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "For `send`: a repetition gets the first answer, unless the person has \
                       refused since; then the present no, and no room is held")),
    responses(
        (status = 200, description = "The decision", body = Answer),
        (status = "4XX", description = "What is wrong with the request",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let caller = Caller::of(PATH, &parts, &app)?;
    let JsonBody(body) = JsonBody::read(&parts.headers, body).await?;
    let question: Question<'_> = json::parse(&body)?;
    wait_for(&app, question.min_seq()).await;
    if question.intent() == Intent::Send {
        caller.may(Right::Send)?;
        let once = Once::read(&app, &parts.headers, &caller, (PATH, &body)).await?;
        return Box::pin(to_send(&app, question, once)).await;
    }
    let asked = question.read(&app, &app.policy())?;
    let answer = if asked.is_plain() {
        app.decide(&asked.who, &asked.request).into()
    } else {
        Box::pin(asked.answer(&app)).await?
    };
    Ok(json::answer(&answer))
}

/// Answers whoever wants to send, once; a yes that was kept is not repeated to them after a no.
async fn to_send(app: &App, question: Question<'_>, once: Once) -> Result<Response, Problem> {
    let before = once.said_before(app).await?;
    if let Some(before) = before.as_ref().filter(|own| !allows(own)) {
        return Ok(json::written(before.clone()));
    }
    let asked = question.read(app, &app.policy())?;
    if let Some(before) = before {
        let refused = asked.refused_since(app).await?;
        return Ok(refused.map_or_else(|| json::written(before), |own| json::answer(&own)));
    }
    once.keep(app, &asked.answer(app).await?).await
}
