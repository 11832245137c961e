//! Everything that is kept about one person, in words and numbers that people read: times as
//! RFC 3339, prices as files hold them, codes with their sentences.

use std::collections::HashMap;

use izin_core::Sentences;
use izin_core::act::{Act, Entry};
use izin_core::{IdentifierId, IdentifierKind, Seq, SubjectId, Timestamp};
use izin_store::{CampaignState, Line, Message, Profile, StoreError};
use serde::Serialize;
use serde_json::{Map, Value};

use super::account::{self, Account};
use super::as_text;
use crate::App;

/// Everything that is kept about one person, and what is done with it.
#[derive(Serialize)]
pub struct Everything {
    /// Their random name.
    pub subject: SubjectId,
    /// When this was written (RFC 3339).
    #[serde(serialize_with = "as_text")]
    pub as_of: Timestamp,
    /// Their addresses and numbers.
    pub identifiers: Vec<Named>,
    /// What else is known of them.
    pub profile: Profile,
    /// What happened, oldest first.
    pub acts: Vec<Said>,
    /// What they bought.
    pub purchases: Vec<Bought>,
    /// Messages that campaigns considered for them.
    pub messages: Vec<Considered>,
    /// What is done with it, and what the person may ask for.
    pub processing: Account,
}

/// An address or number in the open.
#[derive(Serialize)]
pub struct Named {
    /// Its random name, by which acts name it.
    pub identifier: IdentifierId,
    /// What kind it is.
    pub kind: IdentifierKind,
    /// What it is.
    pub value: String,
}

/// An entry with what was said beside it.
#[derive(Serialize)]
pub struct Said {
    /// Its place in the ledger.
    pub seq: u64,
    /// When it was recorded (RFC 3339).
    #[serde(serialize_with = "as_text")]
    pub recorded_at: Timestamp,
    /// What happened: the act, its times as RFC 3339. A `policy` is the version whose notice was
    /// shown; absent where that is not known.
    #[serde(flatten)]
    pub act: Map<String, Value>,
    /// What was said, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One line of an order.
#[derive(Serialize)]
pub struct Bought {
    /// When (RFC 3339).
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// The shop's product code.
    pub product: String,
    /// What it is called in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The exact price of one, as `125000` or `4.25`.
    pub unit_price: String,
    /// ISO 4217 code of the price; absent where the shop names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// What became of one campaign's message for a person.
#[derive(Serialize)]
pub struct Considered {
    /// The campaign's number.
    pub campaign: u64,
    /// Its name.
    pub name: String,
    /// Where the campaign stands.
    pub campaign_state: CampaignState,
    /// Where the message stands.
    pub state: izin_store::MessageState,
    /// Why, as a code.
    pub reason: &'static str,
    /// Why, in words.
    pub text: Sentences,
    /// How personal it was allowed to be.
    pub level: u8,
    /// When it last changed (RFC 3339).
    #[serde(serialize_with = "as_text")]
    pub updated_at: Timestamp,
}

/// Everything about one person: an answer to a request for access or portability.
///
/// # Errors
/// [`StoreError`].
pub async fn subject(app: &App, subject: SubjectId) -> Result<Everything, StoreError> {
    let (history, identifiers, profile, details, purchases) = tokio::try_join!(
        app.store.history(subject),
        app.store.identifiers(subject),
        app.store.profile(subject),
        app.store.details(subject),
        app.store.purchases(subject),
    )?;
    let mut details = details.into_iter().peekable();
    let said = |entry: Entry| {
        let detail = details.next_if(|(seq, _)| *seq == entry.seq);
        said(&entry, detail)
    };
    let named = |own: &izin_store::KnownIdentifier| Named {
        identifier: own.id,
        kind: own.value.kind(),
        value: own
            .value
            .reveal("a person is told what is kept about them")
            .to_owned(),
    };
    Ok(Everything {
        subject,
        as_of: app.clock.now(),
        identifiers: identifiers.iter().map(named).collect(),
        profile,
        acts: history.into_iter().map(said).collect::<Result<_, _>>()?,
        purchases: bought(app, purchases).await?,
        messages: messages(app, subject).await?,
        processing: account::of(app, subject),
    })
}

fn said(entry: &Entry, detail: Option<(Seq, String)>) -> Result<Said, StoreError> {
    Ok(Said {
        seq: entry.seq.0,
        recorded_at: entry.recorded_at,
        act: in_words(&entry.act).ok_or(StoreError::Damaged { what: "act" })?,
        detail: detail.map(|(_, words)| words),
    })
}

/// The moments that an act may name.
const MOMENTS: [&str; 3] = ["occurred_at", "until", "adult_from"];

/// An act with its moments as people write them. The ledger's own form, which its leaves commit to,
/// counts microseconds, and says 0 for a notice that nobody wrote down.
fn in_words(act: &Act) -> Option<Map<String, Value>> {
    let Ok(Value::Object(mut act)) = serde_json::to_value(act) else {
        return None;
    };
    for name in MOMENTS {
        if let Some(moment) = act.get_mut(name) {
            let at = Timestamp::from_micros(moment.as_i64()?);
            *moment = Value::String(at.to_string());
        }
    }
    if act.get("policy").and_then(Value::as_u64) == Some(0) {
        act.remove("policy");
    }
    Some(act)
}

async fn bought(app: &App, lines: Vec<Line>) -> Result<Vec<Bought>, StoreError> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let products = app.store.products().await?.into_iter();
    let titles: HashMap<String, String> = products.map(|own| (own.id, own.title)).collect();
    let currency = Some(app.settings.currency.clone()).filter(|own| !own.is_empty());
    let line = |own: Line| Bought {
        at: own.at,
        title: titles.get(&own.product).cloned(),
        product: own.product,
        quantity: own.quantity,
        unit_price: own.unit_price.to_string(),
        currency: currency.clone(),
    };
    Ok(lines.into_iter().map(line).collect())
}

async fn messages(app: &App, subject: SubjectId) -> Result<Vec<Considered>, StoreError> {
    let mut messages = Vec::new();
    for campaign in app.store.campaigns().await? {
        if let Some(message) = app.store.message(campaign.id, subject).await? {
            let Message {
                state,
                reason,
                level,
                updated_at,
                ..
            } = message;
            messages.push(Considered {
                campaign: campaign.id,
                name: campaign.name,
                campaign_state: campaign.state,
                state,
                reason: reason.code(),
                text: reason.sentences(),
                level: level.into(),
                updated_at,
            });
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use izin_core::act::Evidence;
    use izin_core::{Channel, Origin, PurposeId};
    use izin_testkit::world::World;

    use super::*;

    #[test]
    fn an_act_is_told_in_times_that_people_read_and_claims_no_notice_that_is_not_known() {
        let at = Timestamp::parse("2026-11-21T02:30:00Z").unwrap();
        let consented = |policy| Act::Consented {
            purpose: PurposeId::parse("marketing").unwrap(),
            channel: Channel::Email,
            topic: None,
            identifier: None,
            occurred_at: at,
            evidence: Evidence::Recorded,
            policy,
            origin: Origin::Import,
            manner: izin_core::consent::Manner::default(),
        };
        let old = in_words(&consented(0)).unwrap();
        assert_eq!(old["occurred_at"], "2026-11-21T02:30:00Z");
        assert_eq!(old.get("policy"), None);
        assert_eq!(in_words(&consented(3)).unwrap()["policy"], 3);
    }

    /// Whether a value holds a number that can only be a moment in microseconds: nothing else that
    /// an act says counts so far.
    fn counts_microseconds(value: &Value) -> bool {
        match value {
            Value::Number(own) => own.as_i64().is_some_and(|own| own > 1_000_000_000_000),
            Value::Array(own) => own.iter().any(counts_microseconds),
            Value::Object(own) => own.values().any(counts_microseconds),
            _ => false,
        }
    }

    #[test]
    fn no_act_of_any_kind_is_told_in_microseconds() {
        let mut kinds = BTreeSet::new();
        for seed in 0..300 {
            for entry in World::random(seed).entries {
                let told = Value::Object(in_words(&entry.act).unwrap());
                assert!(!counts_microseconds(&told), "{told}");
                kinds.insert(told["act"].as_str().map(str::to_owned));
            }
        }
        assert!(kinds.len() > 15, "{kinds:?}");
        let bare = serde_json::json!({"until": 1_795_240_800_000_000_i64});
        assert!(counts_microseconds(&bare));
    }
}
