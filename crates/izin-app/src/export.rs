//! What leaves as files: consent records, the do-not-contact list, and everything about one person
//! (UU PDP art. 6 and 13, GDPR art. 15 and 20).
//!
//! Nothing here changes anything or goes anywhere by itself. Start at [`subject`].

use izin_core::act::{Act, Entry};
use izin_core::refusal::RefusalKind;
use izin_core::{
    IdentifierId, IdentifierKind, Origin, PurposeId, Scope, Seq, SubjectId, Timestamp, TopicId,
};
use izin_store::{CampaignState, Line, Message, Profile, StoreError};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::App;
use crate::consent::{self, ConsentError};

/// In which form a consent record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordForm {
    /// ISO/IEC TS 27560, as JSON-LD.
    Iso27560,
    /// Kantara consent receipt 1.1.
    Kantara,
}

/// Every recorded consent of one person as a record, or why there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn consents(
    app: &App,
    subject: SubjectId,
    form: RecordForm,
) -> Result<Vec<(Seq, Result<Value, ConsentError>)>, StoreError> {
    let history = app.store.history(subject).await?;
    let mut records = Vec::new();
    for entry in history {
        if !matches!(entry.act, Act::Consented { .. }) {
            continue;
        }
        let record = match form {
            RecordForm::Iso27560 => consent::iso27560(app, subject, entry.seq).await,
            RecordForm::Kantara => consent::kantara(app, subject, entry.seq).await,
        };
        match record {
            Err(ConsentError::Store(why)) => return Err(why),
            record => records.push((entry.seq, record)),
        }
    }
    Ok(records)
}

/// A no that stands for an address, whoever holds it. The address itself is kept as a hash only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// Its random name.
    pub suppression: IdentifierId,
    /// The ledger's entry.
    pub seq: u64,
    /// What kind of no.
    pub kind: RefusalKind,
    /// On which channel; absent: all.
    pub channel: Option<izin_core::Channel>,
    /// For which purpose; absent: all.
    pub purpose: Option<PurposeId>,
    /// For which topic; absent: all.
    pub topic: Option<TopicId>,
    /// When it was said.
    #[serde(serialize_with = "as_text")]
    pub date: Timestamp,
    /// Where it came in.
    pub source: Origin,
}

fn as_text<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// Every no that stands for an address, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn suppressions(app: &App) -> Result<Vec<Suppression>, StoreError> {
    let (store, mut standing) = (&app.store, Vec::new());
    store.replay(None, |committed| match committed.entry.act {
        Act::IdentifierSuppressed {
            suppression,
            refusal,
            scope,
            occurred_at,
            origin,
        } => {
            let Scope {
                channel,
                purpose,
                topic,
            } = scope;
            standing.push(Suppression {
                suppression,
                seq: committed.entry.seq.0,
                kind: refusal,
                channel,
                purpose,
                topic,
                date: occurred_at,
                source: origin,
            });
        }
        Act::PresumptionCleared { entry, .. } | Act::EntryCorrected { entry, .. } => {
            standing.retain(|own: &Suppression| own.seq != entry.0);
        }
        _ => {}
    })?;
    Ok(standing)
}

/// Everything that is kept about one person.
#[derive(Serialize)]
pub struct Everything {
    /// Their random name.
    pub subject: SubjectId,
    /// Their addresses and numbers.
    pub identifiers: Vec<Named>,
    /// What else is known of them.
    pub profile: Profile,
    /// What happened, oldest first.
    pub acts: Vec<Said>,
    /// What they bought.
    pub purchases: Vec<Line>,
    /// Messages that campaigns considered for them.
    pub messages: Vec<Considered>,
}

/// An address or number in the open.
#[derive(Serialize)]
pub struct Named {
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
    /// What happened.
    #[serde(flatten)]
    pub act: Act,
    /// What was said, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
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
    /// Why.
    pub reason: &'static str,
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
    let mut said = |entry: Entry| Said {
        seq: entry.seq.0,
        recorded_at: entry.recorded_at,
        detail: details
            .next_if(|(seq, _)| *seq == entry.seq)
            .map(|(_, words)| words),
        act: entry.act,
    };
    let named = |own: &izin_store::KnownIdentifier| Named {
        kind: own.value.kind(),
        value: own
            .value
            .reveal("a person is told what is kept about them")
            .to_owned(),
    };
    Ok(Everything {
        subject,
        identifiers: identifiers.iter().map(named).collect(),
        profile,
        acts: history.into_iter().map(&mut said).collect(),
        purchases,
        messages: messages(app, subject).await?,
    })
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
                level: level.into(),
                updated_at,
            });
        }
    }
    Ok(messages)
}

impl Suppression {
    /// The columns of a list, in order.
    pub const COLUMNS: [&str; 8] = [
        "suppression",
        "seq",
        "kind",
        "channel",
        "purpose",
        "topic",
        "date",
        "source",
    ];
}
