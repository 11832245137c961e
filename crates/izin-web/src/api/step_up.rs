//! `POST /v1/step-ups`: what only the person may do, confirmed by a code to an address of theirs.
//!
//! The first answer is the same whether or not anybody is known by the address.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::gate::Who;
use izin_app::step_up::{self, To, Wish};
use izin_core::window::Limit;
use izin_core::{Channel, Identifier, Language, Level, Signal, SubjectId};
use izin_store::hex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{ActAnswer, Words, missing};
use super::subject::{self, Subject, invalid};
use crate::caller::{Caller, Right};
use crate::json::{self, JsonBody};
use crate::once::Once;
use crate::problem::{Code, Document, Problem};

/// What the person wishes for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepUpRequest {
    subject: Subject,
    /// The e-mail address that the code goes to; absent: the subject's `email`.
    code_to: Option<String>,
    act: WishKind,
    /// For `consent`, and for a `cap` on one channel.
    #[schema(value_type = Option<String>, example = "email")]
    channel: Option<Channel>,
    /// For `consent`.
    purpose: Option<String>,
    /// For `consent`: a theme inside the purpose.
    topic: Option<String>,
    /// For `consent`: the form it is given on.
    form: Option<String>,
    /// With `form`: its version.
    form_version: Option<u32>,
    /// For `consent`: the version of the notice shown, where no form says it.
    notice: Option<u32>,
    /// For `consent`: the language of the words shown.
    #[schema(value_type = Option<String>, example = "id")]
    language: Option<Language>,
    /// For `consent`: whether sensitive data are asked for by name.
    explicit: Option<bool>,
    /// For `dial`: 0 to 3.
    #[schema(value_type = Option<u8>)]
    level: Option<Level>,
    /// For `cap`.
    #[schema(value_type = Option<Object>)]
    limit: Option<Limit>,
    /// For `signal`: the one that shall not count. It takes two such acts.
    #[schema(value_type = Option<String>, example = "gpc")]
    signal: Option<Signal>,
}

/// What may be wished for.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WishKind {
    /// A yes that lifts an earlier no of the person's own.
    Consent,
    /// The dial, up.
    Dial,
    /// A looser limit of their own.
    Cap,
    /// The end of a restriction.
    EndRestriction,
    /// A signal seen before shall not count.
    Signal,
}

/// A code is on its way, if the address is known.
#[derive(Serialize, ToSchema)]
#[schema(as = StepUp)]
pub(crate) struct Begun {
    /// The name of the attempt.
    id: String,
    /// Until when the code may be used (RFC 3339).
    expires_at: String,
}

/// The code, as the person read it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepUpCode {
    /// Eight digits; blanks and hyphens are fine.
    code: String,
}

impl StepUpRequest {
    fn to(&self, who: &Who) -> Result<To, Problem> {
        match (&self.code_to, who) {
            (Some(text), _) => Identifier::email(text)
                .map(To::Typed)
                .map_err(|why| invalid("code_to", why.to_string())),
            (None, Who::Identifier(own)) => Ok(To::Typed(own.clone())),
            (None, Who::Subject(_)) => {
                let detail = "it is needed where the subject is not an `email`";
                Err(Problem::new(Code::MissingField, detail).at("code_to"))
            }
        }
    }

    /// Refuses a field that belongs to another wish.
    fn check_fields(&self) -> Result<(), Problem> {
        let is = |kind: WishKind| self.act == kind;
        let consent = is(WishKind::Consent);
        let given = [
            (
                "channel",
                self.channel.is_some(),
                consent || is(WishKind::Cap),
            ),
            ("purpose", self.purpose.is_some(), consent),
            ("topic", self.topic.is_some(), consent),
            ("form", self.form.is_some(), consent),
            ("form_version", self.form_version.is_some(), consent),
            ("notice", self.notice.is_some(), consent),
            ("language", self.language.is_some(), consent),
            ("explicit", self.explicit.is_some(), consent),
            ("level", self.level.is_some(), is(WishKind::Dial)),
            ("limit", self.limit.is_some(), is(WishKind::Cap)),
            ("signal", self.signal.is_some(), is(WishKind::Signal)),
        ];
        let mut strange = given.iter().filter(|(_, given, own)| *given && !own);
        match strange.next() {
            Some((name, ..)) => Err(invalid(name, "it has no meaning for this act")),
            None => Ok(()),
        }
    }

    fn wish(self) -> Result<Wish, Problem> {
        self.check_fields()?;
        let needed = |field| move || missing(field);
        Ok(match self.act {
            WishKind::Consent => {
                let purpose = self.purpose.as_deref().ok_or_else(needed("purpose"))?;
                Wish::Consent {
                    purpose: subject::purpose(purpose)?,
                    channel: self.channel.ok_or_else(needed("channel"))?,
                    topic: self.topic.as_deref().map(subject::topic).transpose()?,
                    asked: Words {
                        form: self.form,
                        form_version: self.form_version,
                        notice: self.notice,
                        language: self.language,
                        explicit: self.explicit,
                        given_by: None,
                    }
                    .asked()?,
                }
            }
            WishKind::Dial => Wish::Dial {
                level: self.level.ok_or_else(needed("level"))?,
            },
            WishKind::Cap => Wish::Cap {
                channel: self.channel,
                limit: self.limit.ok_or_else(needed("limit"))?,
            },
            WishKind::EndRestriction => Wish::EndRestriction,
            WishKind::Signal => Wish::OverruleSignal {
                signal: self.signal.ok_or_else(needed("signal"))?,
            },
        })
    }
}

/// Sends a code to an address of the person, for an act that only they may do: role `sender` or
/// `dpo`.
#[utoipa::path(
    post, path = "/v1/step-ups", tag = "acts", request_body = StepUpRequest,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A repetition gets the first answer and sends no second code")),
    responses(
        (status = 202, description = "A code is on its way, if the address is known", body = Begun),
        (status = "4XX", description = "What is wrong with the request",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::Report)?;
    let once = Once::read(&app, &headers, &caller, ("/v1/step-ups", &body)).await?;
    if let Some(before) = once.before(&app).await? {
        return Ok((StatusCode::ACCEPTED, before).into_response());
    }
    let request: StepUpRequest = json::parse(&body)?;
    let who = request
        .subject
        .who(app.policy().controller.country.as_str())?;
    let to = request.to(&who)?;
    let begun = step_up::begin(&app, &who, &to, request.wish()?).await?;
    let answer = Begun {
        id: hex(&begun.id),
        expires_at: begun.expires_at.to_string(),
    };
    let kept = once.keep(&app, &answer).await?;
    Ok((StatusCode::ACCEPTED, kept).into_response())
}

/// Does what was wished for, if the code is right: role `sender` or `dpo`. A code is tried a few
/// times at most; every wrong one gets the same answer.
#[utoipa::path(
    post, path = "/v1/step-ups/{id}", tag = "acts", request_body = StepUpCode,
    params(("id" = String, Path, description = "The name of the attempt")),
    responses(
        (status = 200, description = "The act is durable and in effect", body = ActAnswer),
        (status = "4XX", description = "The code is not right or not valid any more",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn prove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::Report)?;
    let StepUpCode { code } = json::parse(&body)?;
    let wrong = |_| Problem::from(step_up::StepUpError::WrongCode);
    let id = SubjectId::parse(&id).map_err(wrong)?;
    let reported = step_up::prove(&app, *id.as_bytes(), &code).await?;
    Ok(json::answer(&ActAnswer::reported(
        &app.settings.public_url,
        &reported,
    )))
}
