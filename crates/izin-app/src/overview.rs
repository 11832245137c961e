//! What a shop looks like at a glance: people, campaigns and record, in numbers; and the demo's
//! next campaign.
//!
//! Every number about permission is asked of the gate, none is kept. Addresses are masked here,
//! so that no page can forget to.

use std::collections::BTreeMap;

use izin_core::{Channel, PurposeId, Reason, Request, SubjectId, Timestamp, Verdict};
use izin_log::{Checkpoint, TreeHead};
use izin_store::{Campaign, CampaignState, Message, MessageState, StoreError};
use tokio::sync::Mutex;

use crate::App;
use crate::app::Demo;
use crate::campaign::{self, CampaignError, NewCampaign};
use crate::gate::Who;

/// The purpose of a demo's campaigns.
pub const DEMO_PURPOSE: &str = "marketing";
/// Messages of a campaign looked at for examples of people left out.
const EXAMPLES_SOUGHT: u32 = 10_000;
/// Examples shown for each reason: enough to believe it.
const EXAMPLES_PER_REASON: usize = 3;

/// Customers with an e-mail address, by what they said about marketing by e-mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct People {
    /// All of them; the next three sum to it.
    pub all: u64,
    /// Said yes, and it stands.
    pub agreed: u64,
    /// Said no.
    pub refused: u64,
    /// Neither is known.
    pub unknown: u64,
}

/// How one campaign went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its numbers.
    pub standing: campaign::Standing,
    /// When it ended, or when it began.
    pub at: Timestamp,
    /// A few masked addresses of people left out, by reason.
    pub examples: BTreeMap<Reason, Vec<String>>,
}

/// The ledger's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Entries in it.
    pub entries: u64,
    /// What was signed last, and when its last entry was made.
    pub signed: Option<(TreeHead, Timestamp)>,
}

/// A shop at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Its people.
    pub people: People,
    /// Lines of purchases.
    pub lines: u64,
    /// The first campaign.
    pub first: Option<Outcome>,
    /// The newest campaign after the first.
    pub latest: Option<Outcome>,
    /// The numbers of the one before the newest.
    pub before: Option<campaign::Standing>,
    /// Its record.
    pub record: Record,
}

/// How many lines of purchases there are. They stand sealed inside their orders, so they are
/// counted once and again only when orders were added.
#[derive(Default)]
pub struct LineCount(Mutex<Option<(u64, u64)>>);

impl LineCount {
    /// The count now.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn now(&self, app: &App) -> Result<u64, StoreError> {
        let mut kept = self.0.lock().await;
        let orders = app.store.order_count().await?;
        if let Some((_, lines)) = kept.filter(|(counted, _)| *counted == orders) {
            return Ok(lines);
        }
        let mut lines = 0;
        let count = |_, own: Vec<_>| lines += own.len() as u64;
        app.store.each_order(count).await?;
        *kept = Some((orders, lines));
        Ok(lines)
    }
}

/// Gathers the overview.
///
/// # Errors
/// [`CampaignError::Store`] when the store cannot be read.
pub async fn gather(app: &App, lines: &LineCount) -> Result<Overview, CampaignError> {
    let campaigns = app.store.campaigns().await?;
    let (newest, first) = match campaigns.as_slice() {
        [] => (None, None),
        [only] => (None, Some(only)),
        [newest, .., first] => (Some(newest), Some(first)),
    };
    let before = campaigns.get(1);
    Ok(Overview {
        people: people(app),
        lines: lines.now(app).await?,
        first: outcome(app, first).await?,
        latest: outcome(app, newest).await?,
        before: match before {
            Some(before) => Some(campaign::standing(app, before.id).await?),
            None => None,
        },
        record: record(app).await?,
    })
}

/// Begins the demo's next campaign and rings for its hand-over; `false` when one is still under
/// way, and then nothing was begun.
///
/// # Errors
/// [`CampaignError`]; nothing was begun then.
pub async fn send_next(app: &App, demo: &Demo) -> Result<bool, CampaignError> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    let _beginning = ONE_AT_A_TIME.lock().await;
    if app.store.campaigns().await?.iter().any(is_under_way) {
        return Ok(false);
    }
    let new = NewCampaign {
        source: demo.template.clone(),
        file: "the demo's template".to_owned(),
        purpose: PurposeId::parse(DEMO_PURPOSE)?,
        channel: Channel::Email,
    };
    campaign::begin(app, new).await?;
    app.queued.notify_one();
    Ok(true)
}

fn is_under_way(campaign: &Campaign) -> bool {
    matches!(
        campaign.state,
        CampaignState::Queuing | CampaignState::Sending
    )
}

fn people(app: &App) -> People {
    let mut people = People::default();
    let Ok(purpose) = PurposeId::parse(DEMO_PURPOSE) else {
        return people;
    };
    let channel = Channel::Email;
    let request = Request::of(purpose, channel);
    let reachable = |subject: &SubjectId| {
        let standing = app.gate.standing(*subject);
        standing.is_some_and(|own| {
            own.identifiers
                .iter()
                .any(|(_, kind)| kind.reaches(channel))
        })
    };
    for subject in app.gate.everybody().into_iter().filter(reachable) {
        let decision = app.decide(&Who::Subject(subject), &request);
        people.all += 1;
        *match (decision.verdict, decision.reason) {
            (Verdict::Allow | Verdict::Defer, _) | (_, Reason::Undeliverable) => &mut people.agreed,
            (_, Reason::AwaitingConfirmation) => &mut people.refused,
            (_, reason) if reason <= Reason::Withdrawn => &mut people.refused,
            _ => &mut people.unknown,
        } += 1;
    }
    people
}

async fn outcome(app: &App, campaign: Option<&Campaign>) -> Result<Option<Outcome>, CampaignError> {
    let Some(campaign) = campaign else {
        return Ok(None);
    };
    let examples = if is_under_way(campaign) {
        BTreeMap::new()
    } else {
        examples(app, campaign).await?
    };
    Ok(Some(Outcome {
        standing: campaign::standing(app, campaign.id).await?,
        at: campaign.finished_at.unwrap_or(campaign.created_at),
        examples,
    }))
}

/// A few of those who were left out, at hand-over first.
async fn examples(
    app: &App,
    campaign: &Campaign,
) -> Result<BTreeMap<Reason, Vec<String>>, StoreError> {
    let mut chosen: Vec<Message> = Vec::new();
    let mut taken: BTreeMap<Reason, usize> = BTreeMap::new();
    for state in [
        MessageState::Dropped,
        MessageState::LeftOut,
        MessageState::Deferred,
    ] {
        let found = app
            .store
            .messages(campaign.id, state, EXAMPLES_SOUGHT)
            .await?;
        for message in found {
            let count = taken.entry(message.reason).or_default();
            if *count < EXAMPLES_PER_REASON {
                *count += 1;
                chosen.push(message);
            }
        }
    }
    let subjects = chosen.iter().map(|own| own.subject).collect();
    let people = app.store.people(subjects).await?;
    let mut examples: BTreeMap<Reason, Vec<String>> = BTreeMap::new();
    for (message, (_, identifiers)) in chosen.iter().zip(&people) {
        let address = identifiers
            .iter()
            .find(|own| Some(own.id) == message.identifier);
        let masked = address.map(|own| own.value.masked());
        examples.entry(message.reason).or_default().extend(masked);
    }
    Ok(examples)
}

async fn record(app: &App) -> Result<Record, StoreError> {
    let entries = app.store.head().await?.size;
    let note = app.store.checkpoint().await?;
    let signed = note.and_then(|note| Checkpoint::open(&note, app.signer().verifier()).ok());
    let Some(head) = signed.map(|own| *own.head()) else {
        let signed = None;
        return Ok(Record { entries, signed });
    };
    let last = izin_core::Seq(head.size.saturating_sub(1));
    let last = app.store.disclosed(last).await?;
    Ok(Record {
        entries,
        signed: last.map(|own| (head, own.entry.recorded_at)),
    })
}
