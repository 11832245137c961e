//! `POST /v1/decisions`: may this person be contacted, now? Reads nothing from the store.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use izin_app::App;
use izin_core::law::Regime;
use izin_core::{Channel, Decision, Reason, Request};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::subject::{self, Subject};
use crate::caller::Caller;
use crate::json::{self, JsonBody};
use crate::problem::{Document, Problem};

/// A question.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecisionRequest)]
pub(crate) struct Question {
    subject: Subject,
    /// How the person would be reached.
    #[schema(value_type = String, example = "email")]
    channel: Channel,
    /// Why, as the policy names it.
    #[schema(example = "marketing")]
    purpose: String,
    /// A theme inside the purpose.
    topic: Option<String>,
    /// What the answer is for; `check` is all there is and the default.
    #[serde(rename = "intent", default)]
    _intent: Intent,
}

/// What an answer is for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Intent {
    /// To know. Nothing is recorded.
    #[default]
    Check,
}

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
    also: Vec<&'static str>,
    /// How personal it may be, 0 to 3.
    level: u8,
    /// The legal basis, when allowed.
    #[schema(value_type = Option<String>)]
    basis: Option<izin_core::law::Basis>,
    /// The row of law applied, as `uu-pdp/marketing/email`.
    rule: Option<&'static str>,
    /// The regimes applied.
    regimes: Vec<&'static str>,
    /// The ledger entry of the consent used.
    consent: Option<u64>,
    /// The policy version whose notice that consent was given to.
    notice: Option<u32>,
    /// When a deferred question may be asked again (RFC 3339).
    until: Option<String>,
    /// The last ledger entry about the person that was known.
    seq: u64,
    /// The policy version applied.
    policy: u32,
    /// The version of the table of law applied.
    law: &'static str,
    text: Sentence,
}

/// The reason as a sentence, in both languages.
#[derive(Serialize, ToSchema)]
struct Sentence {
    /// Indonesian.
    id: &'static str,
    /// English.
    en: &'static str,
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        let also = decision.also.iter();
        let regimes = decision.regimes.iter();
        Self {
            decision: decision.verdict.as_str(),
            reason: decision.reason.code(),
            also: also.copied().map(Reason::code).collect(),
            level: decision.level.into(),
            basis: decision.basis,
            rule: decision.rule,
            regimes: regimes.copied().map(Regime::as_str).collect(),
            consent: decision.consent.map(|own| own.0),
            notice: decision.notice,
            until: decision.until.map(|own| own.to_string()),
            seq: decision.seq.0,
            policy: decision.policy,
            law: decision.law,
            text: Sentence {
                id: decision.text.id,
                en: decision.text.en,
            },
        }
    }
}

impl Question {
    /// Asks the gate.
    pub(crate) fn ask(&self, app: &App) -> Result<Answer, Problem> {
        let who = self.subject.who(&app.policy.controller.country)?;
        let request = Request {
            channel: self.channel,
            purpose: subject::purpose(&self.purpose)?,
            topic: self.topic.as_deref().map(subject::topic).transpose()?,
            address: None,
        };
        Ok(app.decide(&who, &request).into())
    }
}

/// Asks for one decision.
#[utoipa::path(
    post, path = "/v1/decisions", tag = "decisions", request_body = Question,
    responses(
        (status = 200, description = "The decision", body = Answer),
        (status = "4XX", description = "What is wrong with the request",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    _: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<Answer>, Problem> {
    let question: Question = json::parse(&body)?;
    Ok(Json(question.ask(&app)?))
}
