//! `GET /v1/subjects/{id}/standing`: everything the gate knows of a person, without a personal
//! value.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use izin_app::App;
use izin_app::subject::{ConsentView, MayAsk, View, standing_view};
use izin_core::law::Regime;
use izin_core::signal::Seen;
use izin_core::standing::{OwnCap, Pause};
use izin_core::{Refusal, RefusalKind, Signal};
use serde::Serialize;
use utoipa::ToSchema;

use super::person::by_id;
use crate::caller::{Caller, Right};
use crate::json;
use crate::problem::{Code, Document, Problem};

/// Everything the gate knows of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = Standing)]
pub(crate) struct Known {
    /// Our id.
    id: String,
    /// The last ledger entry about the person.
    seq: u64,
    /// Whether the person's data were erased; nothing else is known then.
    erased: bool,
    /// Whether processing is restricted.
    restricted: bool,
    /// Whether the person is a minor now.
    minor: bool,
    /// From when they are of age, where they were known to be a minor.
    adult_from: Option<String>,
    /// The person this one turned out to be.
    merged_into: Option<String>,
    dial: Dial,
    place: Option<Place>,
    /// The laws that protect the person.
    regimes: Vec<&'static str>,
    /// Why these: `declared`, `delivery`, `phone` or `shop`; absent where no place is known, so
    /// that every law that binds the shop protects them.
    #[schema(value_type = Option<String>)]
    regimes_from: Option<izin_core::relation::PlaceSource>,
    /// Whether only a consent will do, because they live where no table of laws reaches.
    consent_only: bool,
    consents: Vec<Consent>,
    refusals: Vec<RefusalStanding>,
    signals: Vec<Sign>,
    pauses: Vec<Quiet>,
    /// The person's own limits.
    caps: Vec<Limit>,
    /// Kinds of identifiers, as many as there are.
    #[schema(value_type = Vec<String>)]
    identifiers: Vec<izin_core::IdentifierKind>,
}

/// Where the dial stands.
#[derive(Serialize, ToSchema)]
struct Dial {
    /// 0 to 3; the starting level where the person never moved it.
    level: u8,
    /// Since when (RFC 3339).
    since: Option<String>,
    /// When the person last found something too personal.
    too_personal_at: Option<String>,
    /// From when the person may be asked to turn it up (RFC 3339); `never`: a no to everything, a
    /// restriction or an erasure stands; absent: now. They may turn it themselves at any time.
    may_ask: Option<String>,
}

/// Where the person lives.
#[derive(Serialize, ToSchema)]
struct Place {
    /// As `ID`.
    country: String,
    /// As `US-CA`.
    region: Option<String>,
    /// As `Asia/Makassar`.
    zone: Option<&'static str>,
}

/// How it stands with one purpose on one channel.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsentStanding)]
struct Consent {
    purpose: String,
    channel: &'static str,
    /// One topic; absent: the whole purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    /// In the words of the Data Privacy Vocabulary, as `dpv:ConsentGiven`.
    #[schema(example = "dpv:ConsentGiven")]
    state: &'static str,
    /// The entry of the newest yes.
    entry: Option<u64>,
    /// From when the person may be asked (RFC 3339); absent: now.
    may_ask: Option<String>,
}

/// A no that stands.
#[derive(Serialize, ToSchema)]
#[schema(as = RefusalStanding)]
struct RefusalStanding {
    #[schema(value_type = String, example = "opted_out")]
    kind: RefusalKind,
    /// Absent: every channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'static str>,
    /// Absent: every purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    /// Absent: every topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    /// The entry that recorded it.
    entry: u64,
    /// When it was said (RFC 3339).
    at: String,
}

/// A signal that was seen.
#[derive(Serialize, ToSchema)]
#[schema(as = SignalStanding)]
struct Sign {
    #[schema(value_type = String, example = "gpc")]
    signal: Signal,
    /// Absent: those it concerns by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'static str>,
    /// How often the person confirmed since that it shall not count; two lift it.
    confirmations: u8,
}

/// A wish for quiet.
#[derive(Serialize, ToSchema)]
#[schema(as = PauseStanding)]
struct Quiet {
    /// Absent: every channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'static str>,
    /// Until when (RFC 3339).
    until: String,
}

/// The person's own limit.
#[derive(Serialize, ToSchema)]
#[schema(as = CapStanding)]
struct Limit {
    /// Absent: all together.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'static str>,
    at_most: u16,
    /// As `7d`.
    within: String,
}

impl From<View> for Known {
    fn from(view: View) -> Self {
        let standing = &view.standing;
        let dial = standing.dial;
        let place = standing.place;
        Self {
            id: view.subject.to_string(),
            seq: standing.seq.0,
            erased: standing.erased,
            restricted: standing.restricted,
            minor: standing.is_minor(view.at),
            adult_from: standing.adult_from.map(|own| own.to_string()),
            merged_into: standing.merged_into.map(|own| own.to_string()),
            dial: Dial {
                level: standing.dial_level().into(),
                since: dial.map(|own| own.since.to_string()),
                too_personal_at: dial
                    .and_then(|own| own.too_personal_at)
                    .map(|own| own.to_string()),
                may_ask: match view.may_ask_for_more {
                    MayAsk::Now => None,
                    MayAsk::From(own) => Some(own.to_string()),
                    MayAsk::Never => Some("never".to_owned()),
                },
            },
            place: place.map(|own| Place {
                country: own.country.to_string(),
                region: own.region.map(|own| own.to_string()),
                zone: own.zone.map(izin_core::Zone::name),
            }),
            regimes: view.protection.regimes.iter().map(Regime::as_str).collect(),
            regimes_from: place.map(|own| own.source),
            consent_only: view.protection.consent_only,
            consents: view.consents.iter().map(Consent::from).collect(),
            refusals: standing
                .refusals
                .iter()
                .map(RefusalStanding::from)
                .collect(),
            signals: standing.signals.iter().map(Sign::from).collect(),
            pauses: standing.pauses.iter().map(Quiet::from).collect(),
            caps: standing.caps.iter().map(Limit::from).collect(),
            identifiers: standing.identifiers.iter().map(|(_, kind)| *kind).collect(),
        }
    }
}

impl From<&ConsentView> for Consent {
    fn from(own: &ConsentView) -> Self {
        Self {
            purpose: own.purpose.to_string(),
            channel: own.channel.as_str(),
            topic: own.topic.map(|topic| topic.to_string()),
            state: own.state.dpv(),
            entry: own.entry.map(|entry| entry.0),
            may_ask: own.may_ask.map(|from| from.to_string()),
        }
    }
}

impl From<&Refusal> for RefusalStanding {
    fn from(own: &Refusal) -> Self {
        Self {
            kind: own.kind,
            channel: own.scope.channel.map(izin_core::Channel::as_str),
            purpose: own.scope.purpose.map(|purpose| purpose.to_string()),
            topic: own.scope.topic.map(|topic| topic.to_string()),
            entry: own.seq.0,
            at: own.occurred_at.to_string(),
        }
    }
}

impl From<&Seen> for Sign {
    fn from(own: &Seen) -> Self {
        Self {
            signal: own.signal,
            channel: own.channel.map(izin_core::Channel::as_str),
            confirmations: own.confirmations,
        }
    }
}

impl From<&Pause> for Quiet {
    fn from(own: &Pause) -> Self {
        Self {
            channel: own.channel.map(izin_core::Channel::as_str),
            until: own.until.to_string(),
        }
    }
}

impl From<&OwnCap> for Limit {
    fn from(own: &OwnCap) -> Self {
        Self {
            channel: own.channel.map(izin_core::Channel::as_str),
            at_most: own.limit.at_most(),
            within: own.limit.within().to_string(),
        }
    }
}

/// Tells everything the gate knows of a person; no address, number or name. Role `sender`,
/// `reader` or `dpo`.
#[utoipa::path(
    get, path = "/v1/subjects/{id}/standing", tag = "subjects",
    params(("id" = String, Path, description = "Our id; /v1/subjects/find tells it")),
    responses(
        (status = 200, description = "What is known", body = Known),
        (status = 404, description = "Nobody is known by it",
            body = Document, content_type = "application/problem+json"),
    ),
    security(("key" = [])),
)]
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.may(Right::LookUp)?;
    let view = standing_view(&app, by_id(&id)?).await?;
    let view = view.ok_or_else(|| Problem::of(Code::UnknownSubject).at("id"))?;
    Ok(json::answer(&Known::from(view)))
}
