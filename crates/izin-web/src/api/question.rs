//! What a machine asks: the request of a decision, read into the words of the core.

use std::borrow::Cow;
use std::time::Duration;

use izin_app::content::{self, Looked};
use izin_app::gate::Who;
use izin_app::subject::place;
use izin_app::{App, declared};
use izin_core::number::{NUMBER_CHARS_MAX, is_number};
use izin_core::policy::{CodeSet, SensitiveCode};
use izin_core::relation::{Place, PlaceSource};
use izin_core::signal::SignalSet;
use izin_core::{Channel, Policy, Request, Seq, Signal, Timestamp};
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::subject::{self, Subject, invalid, moment, not_offered};
use crate::problem::Problem;

/// How long a gate that is behind `min_seq` is waited for; then the answer is `stale_gate`.
const PATIENCE: Duration = Duration::from_millis(50);
/// How often it is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// The longest content that is looked at, in bytes: mail programs cut longer messages.
const CONTENT_BYTES_MAX: usize = 512 * 1024;
/// Products in one message, at most.
const PRODUCTS_MAX: usize = 100;

/// A question.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecisionRequest)]
pub(crate) struct Question<'a> {
    subject: Subject,
    /// How the person would be reached.
    #[schema(value_type = String, example = "email")]
    channel: Channel,
    /// Why, as the policy names it.
    #[schema(example = "marketing")]
    #[serde(borrow)]
    #[schema(value_type = String)]
    purpose: Cow<'a, str>,
    /// A theme inside the purpose, as the policy names it.
    topic: Option<String>,
    #[schema(value_type = Option<Content>)]
    content: Option<Box<Content>>,
    #[schema(value_type = Option<Context>)]
    context: Option<Box<Context>>,
    /// What the answer is for; `check` when absent.
    #[serde(default)]
    intent: Intent,
    /// An entry that the answer has to know; a gate that does not answers `stale_gate`.
    min_seq: Option<u64>,
    /// Whether to say step by step what the answer rests on.
    #[serde(default)]
    explain: bool,
    /// Whether a yes to marketing brings a way to refuse along; one to `send` always does.
    #[serde(default)]
    refusal: bool,
}

/// What an answer is for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Intent {
    /// To know. Nothing is recorded.
    #[default]
    Check,
    /// To send now. Room under the caps is held until the reservation is confirmed or released.
    Send,
}

/// What would be sent. It is looked at and forgotten.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MessageContent)]
struct Content {
    /// The subject line.
    subject: Option<String>,
    /// The message, HTML or text.
    body: Option<String>,
    /// The goods in it, by product code.
    #[serde(default)]
    products: Vec<String>,
    /// What it reveals besides, as `S1`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    sensitive: Vec<SensitiveCode>,
    /// Whether it holds a working way to refuse; absent: the body is looked at.
    has_refusal: Option<bool>,
}

/// What is known of the moment.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecisionContext)]
struct Context {
    /// Whether the browser sent Global Privacy Control.
    gpc: Option<bool>,
    /// Not read yet; refused.
    gpp: Option<String>,
    /// Not read yet; refused.
    tcf: Option<String>,
    /// Another moment to be judged, for `check` only; not before the policy in force.
    at: Option<String>,
    /// Where the person is, as `ID` or `US-CA`; it counts beside what is on record.
    region: Option<String>,
}

/// A question in the words of the core.
pub(crate) struct Asked {
    pub(crate) who: Who,
    pub(crate) request: Request,
    pub(crate) intent: Intent,
    pub(crate) at: Option<Timestamp>,
    pub(crate) explain: bool,
    pub(crate) refusal: bool,
}

impl Asked {
    /// Whether nothing but the decision is wanted, as things are now.
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.intent, Intent::Check) && self.at.is_none() && !self.explain && !self.refusal
    }
}

impl Question<'_> {
    /// The entry that has to be known, if one was named.
    pub(crate) fn min_seq(&self) -> Option<Seq> {
        self.min_seq.map(Seq)
    }

    /// What the answer is for.
    pub(crate) const fn intent(&self) -> Intent {
        self.intent
    }

    /// Reads the question; the gate is taken as it is now.
    pub(crate) fn read(self, app: &App, policy: &Policy) -> Result<Asked, Problem> {
        let who = self.subject.who(policy.controller.country.as_str())?;
        let nothing = Context::default();
        let context = self.context.as_deref().unwrap_or(&nothing);
        let mut request = Request {
            topic: self.topic.as_deref().map(subject::topic).transpose()?,
            signals: context.signals()?,
            place: context.place()?,
            stale: self
                .min_seq
                .is_some_and(|seq| app.gate.seq() < Some(Seq(seq))),
            ..Request::of(subject::purpose(&self.purpose)?, self.channel)
        };
        declared::check(policy, request.purpose, request.topic)?;
        if let Some(content) = self.content {
            request.content = content.look(app, (&who, &request))?;
        }
        Ok(Asked {
            who,
            request,
            intent: self.intent,
            at: context.moment(app, self.intent)?,
            explain: self.explain,
            refusal: self.refusal,
        })
    }
}

impl Context {
    fn signals(&self) -> Result<SignalSet, Problem> {
        for (field, given) in [("context.gpp", &self.gpp), ("context.tcf", &self.tcf)] {
            if given.is_some() {
                return Err(not_offered(field, "strings of this kind are not read yet"));
            }
        }
        Ok(match self.gpc {
            Some(true) => SignalSet::NONE.with(Signal::Gpc),
            _ => SignalSet::NONE,
        })
    }

    fn place(&self) -> Result<Option<Place>, Problem> {
        let wrong = || {
            invalid(
                "context.region",
                "write a country or a part of one: ID, US-CA",
            )
        };
        let Some(text) = &self.region else {
            return Ok(None);
        };
        let (country, region) = place(text).ok_or_else(wrong)?;
        Ok(Some(Place {
            country,
            region,
            zone: None,
            source: PlaceSource::Declared,
        }))
    }

    fn moment(&self, app: &App, intent: Intent) -> Result<Option<Timestamp>, Problem> {
        let field = "context.at";
        let Some(at) = self
            .at
            .as_deref()
            .map(|own| moment(field, own))
            .transpose()?
        else {
            return Ok(None);
        };
        if intent == Intent::Send {
            return Err(invalid(field, "what is to be sent is judged now"));
        }
        let at = app.as_of(at).map_err(|why| invalid(field, why.to_string()));
        at.map(Some)
    }
}

impl Content {
    fn look(
        self,
        app: &App,
        (who, request): (&Who, &Request),
    ) -> Result<izin_core::decision::Content, Problem> {
        let lengths = [&self.subject, &self.body].map(|own| own.as_ref().map_or(0, String::len));
        if lengths.iter().sum::<usize>() > CONTENT_BYTES_MAX {
            let detail = format!("at most {CONTENT_BYTES_MAX} bytes are looked at");
            return Err(invalid("content.body", detail));
        }
        let fits = |own: &String| is_number(own);
        if self.products.len() > PRODUCTS_MAX || !self.products.iter().all(fits) {
            let detail = format!(
                "at most {PRODUCTS_MAX} product codes of 1 to {NUMBER_CHARS_MAX} characters"
            );
            return Err(invalid("content.products", detail));
        }
        let looked = Looked {
            who,
            subject_line: self.subject.as_deref().unwrap_or_default(),
            body: self.body.as_deref().unwrap_or_default(),
            products: &self.products,
        };
        let mut found = content::look(app, &looked, request);
        let codes: CodeSet = self.sensitive.into_iter().collect();
        found.codes = found.codes.union(codes);
        found.no_way_to_refuse = match self.has_refusal {
            Some(has_refusal) => !has_refusal,
            None => found.no_way_to_refuse && self.body.is_some(),
        };
        Ok(found)
    }
}

/// Waits a moment for the gate to know an entry.
pub(crate) async fn wait_for(app: &App, seq: Option<Seq>) {
    if seq.is_none() {
        return;
    }
    let until = Instant::now() + PATIENCE;
    while app.gate.seq() < seq && Instant::now() < until {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
