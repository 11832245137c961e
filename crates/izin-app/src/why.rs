//! Promise 4: people can see why a message came.
//!
//! What is told is what was decided at hand-over, read from the message's own row and the
//! ledger. Categories of data are named, never the data: whoever holds a forwarded message holds
//! the link.

use izin_core::act::Evidence;
use izin_core::{Act, Channel, Entry, Level, Origin, PurposeId, Reason, Seq, Timestamp};
use izin_store::{Campaign, Message, StoreError};

use crate::App;
use crate::link::Link;

/// A kind of data that a message was chosen or written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataUsed {
    /// How the person is addressed.
    Name,
    /// The language the person reads.
    Language,
    /// The person's own purchases.
    Purchases,
}

/// The yes a message stood on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yes {
    /// When it was given.
    pub given: Timestamp,
    /// Where it came in.
    pub origin: Origin,
    /// The version of the policy, and so of the notice, in force, where that is known.
    pub policy: Option<u32>,
}

/// Why one message came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The campaign's name.
    pub campaign: String,
    /// Why it contacted people.
    pub purpose: PurposeId,
    /// How.
    pub channel: Channel,
    /// When it was handed over.
    pub sent: Timestamp,
    /// The reason it was allowed for.
    pub reason: Reason,
    /// The yes behind that, where it was consent.
    pub yes: Option<Yes>,
    /// How personal it was allowed to be.
    pub level: Level,
    /// What was used of the person.
    pub data: Vec<DataUsed>,
    /// The ledger position it was decided at.
    pub seq: Seq,
}

/// Why the message of a link came; `None` when it belongs to no message.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn of(app: &App, link: &Link) -> Result<Option<Why>, StoreError> {
    let campaign = app.store.campaign(link.campaign).await?;
    let message = app.store.message(link.campaign, link.subject).await?;
    let (Some(campaign), Some(message)) = (campaign, message) else {
        return Ok(None);
    };
    let profile = app.store.profile(link.subject).await?;
    let history = app.store.history(link.subject).await?;
    let name = profile.name.map(|_| DataUsed::Name);
    let language = profile.language.map(|_| DataUsed::Language);
    let purchases = (message.level >= Level::Purchases).then_some(DataUsed::Purchases);
    Ok(Some(Why {
        yes: yes(&campaign, &message, &history),
        campaign: campaign.name,
        purpose: campaign.purpose,
        channel: campaign.channel,
        sent: message.updated_at,
        reason: message.reason,
        level: message.level,
        data: name.into_iter().chain(language).chain(purchases).collect(),
        seq: message.seq,
    }))
}

/// The newest proven yes that was known when the message was decided.
fn yes(campaign: &Campaign, message: &Message, history: &[Entry]) -> Option<Yes> {
    let known = history.iter().rev().filter(|own| own.seq <= message.seq);
    let found = known.filter_map(|entry| match &entry.act {
        Act::Consented {
            purpose,
            channel,
            occurred_at,
            evidence: Evidence::Recorded,
            policy,
            origin,
            topic: None,
            identifier,
            ..
        } if (purpose, channel) == (&campaign.purpose, &campaign.channel)
            && (identifier.is_none() || *identifier == message.identifier) =>
        {
            Some(Yes {
                given: *occurred_at,
                origin: *origin,
                policy: (*policy > 0).then_some(*policy),
            })
        }
        _ => None,
    });
    found
        .into_iter()
        .next()
        .filter(|_| message.reason == Reason::Consent)
}
