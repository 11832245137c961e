//! The collection gate: what happens on the shop's pages is kept, counted without a name, or
//! dropped, as each person's permission says (design §3.4).
//!
//! An event is kept only where there is a place for it: an order, among the person's purchases.
//! Browsing has none, so it is counted by day and product, and nothing of the person stays. What
//! the data dictionary does not declare is dropped. Keeping and counting are no messages: a full
//! cap, a pause or the hour does not speak against them. Start at [`take`].

use std::collections::HashSet;

use izin_core::law::Basis;
use izin_core::policy::{Class, FieldId, Purpose};
use izin_core::signal::Seen;
use izin_core::{
    Act, Channel, Identifier, IdentifierKind, Money, Origin, Policy, Reason, Request, Signal,
    SubjectId, Timestamp, Verdict,
};
use izin_store::{Command, Counted, Line, Order, StoreError};

use crate::gate::Who;
use crate::subject::{SubjectError, find_one};
use crate::{App, purchase};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A product's page was looked at.
    ProductViewed,
    /// A product was put in the basket.
    ProductAdded,
    /// A product was taken out of the basket.
    ProductRemoved,
    /// The way to pay was begun.
    CheckoutStarted,
    /// Something was searched for.
    Search,
    /// An order was placed.
    OrderCompleted,
}

impl Kind {
    /// The name used in the API and in counts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProductViewed => "product_viewed",
            Self::ProductAdded => "product_added",
            Self::ProductRemoved => "product_removed",
            Self::CheckoutStarted => "checkout_started",
            Self::Search => "search",
            Self::OrderCompleted => "order_completed",
        }
    }

    /// The field of the data dictionary that it is data of.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::OrderCompleted => "purchases",
            Self::Search => "searches",
            _ => "browsing",
        }
    }
}

/// One product of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The shop's product code.
    pub product: String,
    /// How many.
    pub quantity: u32,
    /// Price of one, in the shop's currency.
    pub unit_price: Money,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: Kind,
    /// Whose; absent for a visitor nobody recognises.
    pub who: Option<Who>,
    /// When.
    pub at: Timestamp,
    /// The order's number; empty where it is no order.
    pub order: String,
    /// With which products.
    pub items: Vec<Item>,
    /// Whether the browser sent Global Privacy Control.
    pub gpc: bool,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is among the person's data.
    Kept,
    /// It is in a count, and nothing of the person stayed.
    Counted,
    /// Nothing of it stayed.
    Dropped(Dropped),
}

/// Why nothing of an event stayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// The gate says no.
    Denied(Reason),
    /// The data dictionary has no such field.
    Undeclared(&'static str),
    /// Several people hold the identifier, and it is unclear whose order it is.
    SeveralSubjects,
}

/// Takes events, in order. With `once`, a call by that key is answered with `answer`'s text from
/// here on.
///
/// # Errors
/// [`StoreError`]: a repetition may count again what was counted before.
pub async fn take(
    app: &App,
    events: Vec<Event>,
    once: Option<[u8; 32]>,
    answer: impl FnOnce(&[Outcome]) -> String,
) -> Result<Vec<Outcome>, StoreError> {
    obey_signals(app, &events).await?;
    let policy = app.policy();
    let (mut outcomes, mut orders, mut counted) = (Vec::new(), Vec::new(), Vec::new());
    for event in &events {
        let judged = match event.kind {
            Kind::OrderCompleted => order(app, &policy, event).await?.map(|own| {
                orders.push(own);
                Outcome::Kept
            }),
            _ => may_count(app, &policy, event).map(|()| {
                counted.extend(counts(event));
                Outcome::Counted
            }),
        };
        outcomes.push(judged.unwrap_or_else(Outcome::Dropped));
    }
    let now = app.clock.now();
    if !orders.is_empty() {
        purchase::bought(app, orders).await?;
        app.shelf.restock(&app.store).await?;
    }
    let once = once.map(|key| (key, answer(&outcomes)));
    if once.is_some() || !counted.is_empty() {
        app.store.count_events(counted, once, now).await?;
    }
    Ok(outcomes)
}

/// Enters Global Privacy Control for everybody who came with it and for whom it is not on record,
/// or was overruled since (design §3.2: seeing it again re-applies it).
async fn obey_signals(app: &App, events: &[Event]) -> Result<(), StoreError> {
    let with_signal = events.iter().filter(|own| own.gpc);
    let people: HashSet<SubjectId> = with_signal
        .flat_map(|own| match &own.who {
            Some(Who::Subject(subject)) => vec![*subject],
            Some(Who::Identifier(identifier)) => app.gate.holders(identifier),
            None => Vec::new(),
        })
        .collect();
    let stands = |own: &Seen| own.signal == Signal::Gpc && own.channel.is_none();
    let mut new: Vec<_> = people
        .into_iter()
        .filter(|subject| {
            let standing = app.gate.standing(*subject);
            standing.is_some_and(|own| {
                let mut signals = own.signals.iter();
                !own.erased && !signals.any(|own| stands(own) && own.confirmations == 0)
            })
        })
        .collect();
    new.sort_unstable();
    let commands = new.into_iter().map(|subject| Command::Act {
        subject: Some(subject),
        act: Act::SignalSeen {
            signal: Signal::Gpc,
            channel: None,
            origin: Origin::Api,
        },
        detail: None,
    });
    let commands: Vec<_> = commands.collect();
    if !commands.is_empty() {
        app.store.record(commands, app.clock.now()).await?;
    }
    Ok(())
}

/// The order to be kept, where a purpose that needs it may use it.
async fn order(
    app: &App,
    policy: &Policy,
    event: &Event,
) -> Result<Result<Order, Dropped>, StoreError> {
    let needs = |own: &Purpose| own.class == Class::Essential || own.basis.claims(Basis::Contract);
    if let Err(dropped) = permitted(app, policy, event, needs) {
        return Ok(Err(dropped));
    }
    let line = |own: &Item| Line {
        product: own.product.clone(),
        quantity: own.quantity,
        unit_price: own.unit_price,
        at: event.at,
    };
    let of = |customer| Order {
        number: event.order.clone(),
        customer,
        lines: event.items.iter().map(line).collect(),
    };
    Ok(buyer(app, event.who.as_ref()).await?.map(of))
}

/// What an order is kept under: the customer number where there is one, so that the same order
/// brought by an import is the same; `None` for a guest.
async fn buyer(
    app: &App,
    who: Option<&Who>,
) -> Result<Result<Option<Identifier>, Dropped>, StoreError> {
    let subject = match who {
        None => return Ok(Ok(None)),
        Some(Who::Subject(subject)) => *subject,
        Some(who @ Who::Identifier(own)) => match find_one(app, who) {
            Ok(subject) => subject,
            Err(SubjectError::Unknown) => return Ok(Ok(Some(own.clone()))),
            Err(SubjectError::Store(error)) => return Err(error),
            Err(_) => return Ok(Err(Dropped::SeveralSubjects)),
        },
    };
    let held = app.store.identifiers(subject).await?;
    let number = held
        .into_iter()
        .map(|own| own.value)
        .min_by_key(|own| own.kind() != IdentifierKind::Customer);
    Ok(number
        .map(Some)
        .ok_or(Dropped::Denied(Reason::UnknownSubject)))
}

fn may_count(app: &App, policy: &Policy, event: &Event) -> Result<(), Dropped> {
    let counts = |own: &Purpose| own.class == Class::AggregateStatistics;
    permitted(app, policy, event, counts)
}

/// Whether one of the purposes that `fits` may use what the event is data of.
fn permitted(
    app: &App,
    policy: &Policy,
    event: &Event,
    fits: impl Fn(&Purpose) -> bool,
) -> Result<(), Dropped> {
    let name = event.kind.field();
    let field = FieldId::parse(name)
        .ok()
        .filter(|own| policy.field(own).is_some());
    let field = field.ok_or(Dropped::Undeclared(name))?;
    let purposes = policy.purposes.iter();
    let using = purposes.filter(|own| own.fields.contains(&field) && fits(own));
    let mut denied: Option<Reason> = None;
    for purpose in using {
        match reason_against(app, purpose, event.who.as_ref()) {
            None => return Ok(()),
            Some(reason) => denied = Some(denied.map_or(reason, |own| own.min(reason))),
        }
    }
    Err(Dropped::Denied(denied.unwrap_or(Reason::PurposeNotLive)))
}

/// Why a purpose may not use it.
fn reason_against(app: &App, purpose: &Purpose, who: Option<&Who>) -> Option<Reason> {
    let site = purpose.channels.iter().find(|own| **own == Channel::Site);
    let Some(channel) = site.or(purpose.channels.first()).copied() else {
        return Some(Reason::PurposeNotLive);
    };
    let Some(who) = who else {
        let live = app.is_live(purpose.id, channel);
        return (!live).then_some(Reason::PurposeNotLive);
    };
    let decision = app.decide(who, &Request::of(purpose.id, channel));
    let permitted = decision.verdict == Verdict::Allow || decision.reason.only_hinders();
    (!permitted).then_some(decision.reason)
}

/// What an event adds to the counts.
fn counts(event: &Event) -> Vec<Counted> {
    let counted = |product: &str| Counted {
        day: event.at.days_since(Timestamp::default()),
        kind: event.kind.as_str().to_owned(),
        product: product.to_owned(),
    };
    match event.items.as_slice() {
        [] => vec![counted("")],
        items => items.iter().map(|own| counted(&own.product)).collect(),
    }
}
