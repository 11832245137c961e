//! Promise 2: people see what may be sent to them, and switch it off themselves.
//!
//! Whoever holds a link may be reading a forwarded message, so a link shows a masked address and
//! the company's own words, and everything done here narrows. Start at [`choices`], then
//! [`narrow`].

use std::cmp::Ordering;

use izin_core::law::Basis;
use izin_core::policy::{Class, Purpose};
use izin_core::{
    Act, Channel, Consent, Decision, IdentifierId, IdentifierKind, Language, Level, Origin, Policy,
    PurposeId, RefusalKind, Request, Scope, Seq, Standing, Timestamp, Verdict,
};
use izin_store::{Command, StoreError};

use crate::gate::Who;
use crate::link::Link;
use crate::optout::OptedOut;
use crate::{App, dial, optout};

/// What stands for an address that is not known any more.
const MASK: &str = "•••";

/// Whom a link went to, as far as its holder may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The masked address.
    pub address: String,
    /// The language the person reads, if known.
    pub language: Option<Language>,
    /// The address itself, by its random name, if still known.
    identifier: Option<(IdentifierId, IdentifierKind)>,
}

impl Holder {
    /// The address a message on `channel` would go to, where it is the link's.
    fn on(&self, channel: Channel) -> Option<IdentifierId> {
        let reaches = |own: &(_, IdentifierKind)| own.1.reaches(channel);
        self.identifier.filter(reaches).map(|(id, _)| id)
    }
}

/// Whether a purpose may use a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// By the person's own yes.
    On {
        /// When it was said.
        since: Timestamp,
    },
    /// On another basis than consent.
    OnWithoutConsent(Basis),
    /// By a no.
    Off {
        /// When it was said.
        since: Timestamp,
    },
    /// No proven yes, and no no.
    NeverAgreed,
    /// Part of an order or a duty: no choice.
    Needed(Basis),
}

impl Permission {
    /// Whether messages of the person's choice may come.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Self::On { .. } | Self::OnWithoutConsent(_))
    }
}

/// One purpose with what may happen on each of its channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The purpose.
    pub purpose: &'a Purpose,
    /// Its channels, in the policy's order.
    pub channels: Vec<(Channel, Permission)>,
}

/// What the holder of a link may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Narrowing {
    /// Switch off one purpose on one channel.
    SwitchOff {
        /// The purpose.
        purpose: PurposeId,
        /// The channel.
        channel: Channel,
    },
    /// Stop everything that may be stopped.
    StopEverything,
    /// Turn the dial down.
    DialDown(Level),
    /// Something was too personal: one level down.
    TooPersonal,
}

/// What became of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowed {
    /// It would widen, or means nothing here; nothing was changed.
    Nothing,
    /// It was so already.
    Already,
    /// This entry says so.
    By(Seq),
}

/// Whom a link went to. A store that cannot be read hides the address; it never hides the page
/// on which somebody can say no.
pub async fn holder(app: &App, link: &Link) -> Holder {
    let person = app.store.people(vec![link.subject]).await;
    let person = person.unwrap_or_else(|error| {
        tracing::warn!(%error, "a page is shown without the address it is about");
        Vec::new()
    });
    let (profile, identifiers) = person.into_iter().next().unwrap_or_default();
    let hasher = app.store.hasher();
    let own = identifiers
        .iter()
        .find(|own| hasher.are_one(own.suppression, link.address));
    Holder {
        address: own.map_or_else(|| MASK.to_owned(), |own| own.value.masked()),
        language: profile.language,
        identifier: own.map(|own| (own.id, own.value.kind())),
    }
}

/// The person's own no by which everything on the link's channel is off, if it is.
#[must_use]
pub fn opted_out(app: &App, link: &Link) -> Option<OptedOut> {
    [Scope::channel(link.channel), Scope::EVERYTHING]
        .iter()
        .find_map(|scope| optout::standing_refusal(app, link, scope))
        .map(|refusal| OptedOut {
            already: true,
            since: refusal.occurred_at,
            seq: refusal.seq,
        })
}

/// What an opt-out by this link stops: the purposes on its channel that are not essential.
pub fn stoppable<'a>(policy: &'a Policy, link: &Link) -> impl Iterator<Item = &'a Purpose> {
    let channel = link.channel;
    policy
        .purposes
        .iter()
        .filter(move |own| own.class != Class::Essential && own.channels.contains(&channel))
}

/// Everything the policy declares, with what stands for the person and address behind a link.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn choices<'a>(
    app: &App,
    policy: &'a Policy,
    link: &Link,
    holder: &Holder,
) -> Result<Vec<Choice<'a>>, StoreError> {
    let standing = app.gate.standing(link.subject).unwrap_or_default();
    let restricted = if standing.restricted {
        restricted_since(app, link).await?
    } else {
        None
    };
    let permission = |purpose: &Purpose, channel: Channel| {
        let request = Request {
            address: holder.on(channel),
            ..Request::of(purpose.id, channel)
        };
        let decision = app.decide(&Who::Subject(link.subject), &request);
        permission((&request, &decision), purpose, &standing, restricted)
    };
    let choice = |purpose: &'a Purpose| Choice {
        purpose,
        channels: purpose
            .channels
            .iter()
            .map(|channel| (*channel, permission(purpose, *channel)))
            .collect(),
    };
    Ok(policy.purposes.iter().map(choice).collect())
}

/// Where the dial stands; at its lowest once everything was stopped.
#[must_use]
pub fn dial(app: &App, link: &Link) -> Level {
    let Some(standing) = app.gate.standing(link.subject) else {
        return Level::Contextual;
    };
    let stopped = standing
        .refusals
        .iter()
        .any(|own| own.scope == Scope::EVERYTHING || own.kind == RefusalKind::Complained);
    if stopped || standing.restricted {
        return Level::Contextual;
    }
    standing.dial_level()
}

/// Does what the holder of a link asked for; doing it again is harmless.
///
/// # Errors
/// [`StoreError`] when it could not be made durable: then it does not stand.
pub async fn narrow(app: &App, link: &Link, wish: &Narrowing) -> Result<Narrowed, StoreError> {
    let scope = match wish {
        Narrowing::DialDown(level) => return dial_down(app, link, *level).await,
        Narrowing::TooPersonal => {
            let act = dial::too_personal(dial(app, link), Origin::Page);
            return enter(app, link, act).await;
        }
        Narrowing::StopEverything => Scope::EVERYTHING,
        Narrowing::SwitchOff { purpose, channel } => {
            // A page may be older than the policy: a no to a name that is gone is none the less one.
            let policy = app.policy();
            let declared = policy.purpose(purpose);
            if declared.is_some_and(|own| own.class == Class::Essential) {
                return Ok(Narrowed::Nothing);
            }
            policy.widened(Scope::purpose(*purpose, *channel))
        }
    };
    let opted_out = optout::by_link(app, link, scope, Origin::Page).await?;
    Ok(Narrowed::By(opted_out.seq))
}

async fn dial_down(app: &App, link: &Link, level: Level) -> Result<Narrowed, StoreError> {
    match level.cmp(&dial(app, link)) {
        Ordering::Greater => Ok(Narrowed::Nothing),
        Ordering::Equal => Ok(Narrowed::Already),
        Ordering::Less => enter(app, link, dial::moved(level, Origin::Page, false)).await,
    }
}

/// Enters an act of the person a link went to.
async fn enter(app: &App, link: &Link, act: Act) -> Result<Narrowed, StoreError> {
    let command = Command::Act {
        subject: Some(link.subject),
        act,
        detail: None,
    };
    let now = app.clock.now();
    let recorded = app.store.record(vec![command], now).await?;
    let last = recorded.last();
    Ok(last.map_or(Narrowed::Already, |own| Narrowed::By(own.seq)))
}

/// The person's e-mail addresses, masked, to which a step-up code can go; the link's own first.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn addresses(app: &App, link: &Link) -> Result<Vec<(IdentifierId, String)>, StoreError> {
    let mut own = app.store.identifiers(link.subject).await?;
    own.retain(|own| own.value.kind() == IdentifierKind::Email);
    let hasher = app.store.hasher();
    own.sort_by_key(|own| !hasher.are_one(own.suppression, link.address));
    Ok(own.iter().map(|own| (own.id, own.value.masked())).collect())
}

fn permission(
    (request, decision): (&Request, &Decision),
    purpose: &Purpose,
    standing: &Standing,
    restricted: Option<Timestamp>,
) -> Permission {
    if purpose.class == Class::Essential {
        return Permission::Needed(rests_on(decision, purpose));
    }
    if decision.verdict == Verdict::Allow || decision.reason.only_hinders() {
        let fits = |own: &&Consent| {
            (&own.purpose, own.channel) == (&purpose.id, request.channel)
                && (own.identifier.is_none()
                    || request.address.is_none()
                    || own.identifier == request.address)
        };
        let yes = standing.consents.iter().filter(fits);
        return yes
            .filter(|_| purpose.basis.claims(Basis::Consent))
            .max_by_key(|own| own.seq)
            .map_or_else(
                || Permission::OnWithoutConsent(rests_on(decision, purpose)),
                |yes| Permission::On {
                    since: yes.occurred_at,
                },
            );
    }
    standing
        .refusals
        .iter()
        .filter(|own| own.scope.covers(request.channel, &purpose.id, None))
        .map(|own| own.occurred_at)
        .chain(restricted)
        .max()
        .map_or(Permission::NeverAgreed, |since| Permission::Off { since })
}

/// The basis without a consent: the one it is allowed by, else the one the policy claims. What claims
/// consent alone and is on without one can only rest on a consent that a law implies.
fn rests_on(decision: &Decision, purpose: &Purpose) -> Basis {
    let mut claimed = purpose.basis.claimed().into_iter();
    let claimed = claimed.find(|own| *own != Basis::Consent);
    decision.basis.or(claimed).unwrap_or(Basis::ImpliedConsent)
}

async fn restricted_since(app: &App, link: &Link) -> Result<Option<Timestamp>, StoreError> {
    let history = app.store.history(link.subject).await?;
    let begins = |act: &Act| matches!(act, Act::Restricted { holds: true, .. });
    Ok(history
        .iter()
        .rfind(|entry| begins(&entry.act))
        .map(|entry| entry.recorded_at))
}
