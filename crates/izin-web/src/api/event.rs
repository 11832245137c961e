//! `POST /v1/events`: what happens on the shop's pages. Each event is kept, counted or dropped, and
//! the answer says which.
//!
//! One bad event never spoils the others.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use izin_app::App;
use izin_app::event::{self, Dropped, Event, Item, Kind, Outcome};
use izin_core::Money;
use izin_core::number::is_number;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::subject::{Subject, invalid, moment};
use crate::caller::{Caller, Right};
use crate::json::{self, JsonBody};
use crate::once::Once;
use crate::problem::{Code, Document, Problem};

/// Events in one call, at most.
const EVENTS_MAX: usize = 1_000;
/// Products of one event, at most: a large order.
const ITEMS_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    events: Vec<Value>,
}

/// Things that happened.
#[derive(ToSchema)]
#[schema(as = Events)]
#[expect(dead_code, reason = "it describes what `Events` reads one by one")]
pub(crate) struct Described {
    /// At most 1,000.
    events: Vec<OneEvent>,
}

/// Something that happened. A field that is not listed here is undeclared data: the event is
/// dropped.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Event)]
struct OneEvent {
    #[serde(rename = "type")]
    kind: EventType,
    /// Whose; absent for a visitor nobody recognises.
    subject: Option<Subject>,
    /// When, as 2026-11-21T09:30:00+07:00.
    at: String,
    /// For `order_completed`: the order's number.
    order: Option<String>,
    /// With which products.
    #[serde(default)]
    items: Vec<EventItem>,
    #[serde(default)]
    context: EventContext,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EventType {
    /// A product's page was looked at.
    ProductViewed,
    /// A product was put in the basket.
    ProductAdded,
    /// A product was taken out of the basket.
    ProductRemoved,
    /// The way to pay was begun.
    CheckoutStarted,
    /// Something was searched for. The words are never sent.
    Search,
    /// An order was placed.
    OrderCompleted,
}

/// One product of an event.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventItem {
    /// The shop's product code.
    product: String,
    /// Absent: one.
    quantity: Option<u32>,
    /// Price of one, as `125000` or `4.25`; an order needs it.
    unit_price: Option<String>,
}

/// What came with an event.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventContext {
    /// Whether the browser sent Global Privacy Control.
    #[serde(default)]
    gpc: bool,
}

/// What became of the events, in order.
#[derive(Serialize, ToSchema)]
#[schema(as = EventsAnswer)]
pub(crate) struct Answers {
    events: Vec<Answer>,
}

/// What became of an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventAnswer)]
struct Answer {
    /// `kept`, `counted` or `dropped`.
    #[schema(example = "counted")]
    outcome: &'static str,
    /// Why it was dropped: the code of a decision or of a problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl From<EventType> for Kind {
    fn from(kind: EventType) -> Self {
        match kind {
            EventType::ProductViewed => Self::ProductViewed,
            EventType::ProductAdded => Self::ProductAdded,
            EventType::ProductRemoved => Self::ProductRemoved,
            EventType::CheckoutStarted => Self::CheckoutStarted,
            EventType::Search => Self::Search,
            EventType::OrderCompleted => Self::OrderCompleted,
        }
    }
}

impl Answer {
    const fn plain(outcome: &'static str) -> Self {
        Self {
            outcome,
            reason: None,
            field: None,
            detail: None,
        }
    }

    /// One that was not understood. What it holds besides what is listed is undeclared data.
    fn not_understood(problem: Problem) -> Self {
        let code = match problem.code {
            Code::UnknownField => Code::UndeclaredField,
            code => code,
        };
        Self {
            outcome: "dropped",
            reason: Some(code.name()),
            field: problem.field,
            detail: problem.detail,
        }
    }
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        let dropped = |reason| Self {
            reason: Some(reason),
            ..Self::plain("dropped")
        };
        match outcome {
            Outcome::Kept => Self::plain("kept"),
            Outcome::Counted => Self::plain("counted"),
            Outcome::Dropped(Dropped::Denied(reason)) => dropped(reason.code()),
            Outcome::Dropped(Dropped::SeveralSubjects) => dropped(Code::SeveralSubjects.name()),
            Outcome::Dropped(Dropped::Undeclared(field)) => Self {
                field: Some(field.to_owned()),
                ..dropped(Code::UndeclaredField.name())
            },
        }
    }
}

impl OneEvent {
    fn read(self, app: &App, signal: bool) -> Result<Event, Problem> {
        let home = app.policy().controller.country;
        let who = self.subject.as_ref().map(|own| own.who(home.as_str()));
        let at = moment("at", &self.at)?;
        if app.clock.is_ahead(at) {
            return Err(invalid("at", "it is in the future"));
        }
        if self.items.len() > ITEMS_MAX {
            return Err(invalid("items", format!("at most {ITEMS_MAX} products")));
        }
        let kind = Kind::from(self.kind);
        let ordered = kind == Kind::OrderCompleted;
        let items = self.items.into_iter().enumerate();
        let items = items.map(|(at, own)| own.read((at, ordered)));
        Ok(Event {
            kind,
            who: who.transpose()?,
            at,
            order: order(self.order, ordered)?,
            items: items_of(items.collect::<Result<_, _>>()?, ordered)?,
            gpc: self.context.gpc || signal,
        })
    }
}

impl EventItem {
    fn read(self, (place, ordered): (usize, bool)) -> Result<Item, Problem> {
        let field = |name: &str| format!("items[{place}].{name}");
        if !is_number(&self.product) {
            return Err(invalid(&field("product"), NUMBER));
        }
        let quantity = self.quantity.unwrap_or(1);
        if quantity == 0 {
            return Err(invalid(&field("quantity"), "a whole number above 0"));
        }
        let price = || {
            invalid(
                &field("unit_price"),
                "a price of 0 or more, as 125000 or 4.25",
            )
        };
        let unit_price = match self.unit_price.as_deref() {
            Some(text) => Money::parse(text).map_err(|_| price())?,
            None if ordered => {
                return Err(Problem::of(Code::MissingField).at(field("unit_price")));
            }
            None => Money::default(),
        };
        Ok(Item {
            product: self.product,
            quantity,
            unit_price,
        })
    }
}

const NUMBER: &str = "a number or code of 1 to 64 characters";

/// An order has a number, and nothing else does.
fn order(number: Option<String>, ordered: bool) -> Result<String, Problem> {
    match (number, ordered) {
        (Some(number), true) if is_number(&number) => Ok(number),
        (Some(_), true) => Err(invalid("order", NUMBER)),
        (None, true) => Err(Problem::new(Code::MissingField, "an order has a number").at("order")),
        (Some(_), false) => Err(invalid("order", "it has no meaning for this event")),
        (None, false) => Ok(String::new()),
    }
}

fn items_of(items: Vec<Item>, ordered: bool) -> Result<Vec<Item>, Problem> {
    if ordered && items.is_empty() {
        return Err(Problem::new(Code::MissingField, "an order has products").at("items"));
    }
    Ok(items)
}

/// Takes events: role `sender` or `dpo`. What the data dictionary does not declare is dropped;
/// browsing is counted without a name where the person lets themselves be counted; orders are kept
/// among their purchases. A call with `Sec-GPC: 1` says so for every event in it.
#[utoipa::path(
    post, path = "/v1/events", tag = "events", request_body = Described,
    params(
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters; a repetition gets the first answer"),
        ("Sec-GPC" = Option<String>, Header, description = "`1`: Global Privacy Control"),
    ),
    responses(
        (status = 200, description = "What became of each, in order", body = Answers),
        (status = "4XX", description = "What is wrong with the call as a whole",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    caller.may(Right::Report)?;
    let once = Once::read(&app, &headers, &caller, ("/v1/events", &body)).await?;
    if let Some(before) = once.before(&app).await? {
        return Ok(before);
    }
    let Events { events } = json::parse(&body)?;
    if events.len() > EVENTS_MAX {
        let detail = format!("send at most {EVENTS_MAX} events at once");
        return Err(Problem::new(Code::BatchTooLong, detail).at("events"));
    }
    let signal = headers.get("sec-gpc").is_some_and(|own| own == "1");
    let read = |event| json::read::<OneEvent, _>(event).and_then(|own| own.read(&app, signal));
    let read: Vec<_> = events.into_iter().map(read).collect();
    let (understood, problems) = sorted(read);
    let answers = |outcomes: &[Outcome]| Answers {
        events: woven(outcomes, &problems),
    };
    let keep = |outcomes: &[Outcome]| once.kept(&answers(outcomes));
    let outcomes = event::take(&app, understood, once.key(), keep).await?;
    Ok(json::answer(&answers(&outcomes)))
}

/// The events that were understood, and in the place of each other one what is wrong with it.
fn sorted(read: Vec<Result<Event, Problem>>) -> (Vec<Event>, Vec<Option<Answer>>) {
    let mut understood = Vec::new();
    let problems = read.into_iter().map(|own| match own {
        Ok(event) => {
            understood.push(event);
            None
        }
        Err(problem) => Some(Answer::not_understood(problem)),
    });
    let problems = problems.collect();
    (understood, problems)
}

/// Outcomes and problems in the order of the events.
fn woven(outcomes: &[Outcome], problems: &[Option<Answer>]) -> Vec<Answer> {
    let mut outcomes = outcomes.iter().copied().map(Answer::from);
    let one = |problem: &Option<Answer>| problem.clone().or_else(|| outcomes.next());
    problems.iter().filter_map(one).collect()
}
