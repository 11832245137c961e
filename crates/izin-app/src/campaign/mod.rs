//! Campaigns: a template, a purpose, everybody who may receive it.
//!
//! Each person is decided once when the message is queued and again when it is handed over
//! ([`crate::deliver`]). A template is checked whole before anybody is considered.

pub mod template;

use std::collections::BTreeMap;
use std::path::PathBuf;

use izin_core::policy::{Class, NameError};
use izin_core::{Channel, PurposeId, Reason, Request, SubjectId, Verdict};
use izin_store::{Campaign, CampaignState, KnownIdentifier, Message, MessageState, StoreError};
use serde::Serialize;

use crate::gate::Who;
use crate::{App, announce, way_out};
use template::{Template, TemplateError, TextTemplate};

/// People considered together: bounds the memory and the length of one write.
pub(crate) const PEOPLE_PER_STEP: usize = 500;

/// Told how far a long task is: done, of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Why a campaign could not be started or found.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The template's file cannot be read.
    #[error("cannot read the template `{path}`: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        why: String,
    },
    /// The template has a fault.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The purpose's name is not one.
    #[error(transparent)]
    Purpose(#[from] NameError),
    /// The policy has no such purpose on this channel.
    #[error("the policy has no live purpose `{purpose}` on {channel}; it has: {known}")]
    NoPurpose {
        /// The purpose asked for.
        purpose: PurposeId,
        /// The channel asked for.
        channel: Channel,
        /// Those it has there.
        known: String,
    },
    /// The purpose is no reason for a campaign.
    #[error(
        "purpose `{0}` is for {1} messages, which pass refusals of marketing; a campaign needs a \
         purpose of class marketing or optional_service"
    )]
    NotForCampaigns(PurposeId, &'static str),
    /// Nothing goes out on the channel.
    #[error("campaigns go out by email, sms and whatsapp; {0} has no sender here")]
    NoSender(Channel),
    /// Nobody carries texts on the channel.
    #[error(
        "nobody carries messages by {0}; in izin.toml, add what sending takes to [twilio], [vonage] or [gateway], for WhatsApp to [whatsapp]"
    )]
    NoCarrier(Channel),
    /// The policy does not say who texts come from.
    #[error(
        "the policy names no sender for {0}; add [[sender]] with its channel, name and receives_replies"
    )]
    NoSenderName(Channel),
    /// No mail server is set.
    #[error("no mail server is set; add [smtp] with host and from to izin.toml")]
    NoMailServer,
    /// No such campaign.
    #[error("there is no campaign {0}; `izin campaign list` shows them")]
    Unknown(u64),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// A campaign to be sent.
#[derive(Debug, Clone)]
pub struct NewCampaign {
    /// The template's source.
    pub source: String,
    /// What the template's file is called, for messages about it.
    pub file: String,
    /// Why people are contacted.
    pub purpose: PurposeId,
    /// How.
    pub channel: Channel,
}

/// Where a campaign stands, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: CampaignState,
    /// Everybody with an address on the channel.
    pub considered: u64,
    /// Messages that were allowed when last decided, without those held back since.
    pub queued: u64,
    /// People left out, at either decision, by reason.
    pub denied: BTreeMap<Reason, u64>,
    /// People not reached now, because of a pause, a cap or the hour: they are decided again when
    /// their time comes.
    pub deferred: u64,
    /// People whose time did not come before the campaign was too old.
    pub expired: u64,
    /// Messages the mail server took.
    pub sent: u64,
    /// Messages waiting for hand-over.
    pub waiting: u64,
    /// Messages the mail server refused for good, or that could not be made.
    pub refused: u64,
    /// Messages that may or may not have arrived; never sent again by themselves.
    pub in_doubt: u64,
}

/// Checks everything about a campaign and begins it; nobody is considered yet. The same campaign
/// again, while it is unfinished, is that campaign: nobody gets it twice.
///
/// # Errors
/// [`CampaignError`]; nothing was begun then.
pub async fn begin(app: &App, new: NewCampaign) -> Result<u64, CampaignError> {
    Ok(app.store.begin_campaign(checked(app, new)?).await?)
}

/// A campaign that could begin, though it has not.
pub(crate) fn checked(app: &App, new: NewCampaign) -> Result<Campaign, CampaignError> {
    let name = name(app, &new)?;
    let policy = app.policy();
    if !app.is_live(new.purpose, new.channel) {
        let live = policy
            .purposes
            .iter()
            .filter(|own| own.channels.contains(&new.channel));
        let known: Vec<&str> = live.map(|own| own.id.as_str()).collect();
        let known = known.join(", ");
        return Err(CampaignError::NoPurpose {
            purpose: new.purpose,
            channel: new.channel,
            known,
        });
    }
    let class = policy.purpose(&new.purpose).map(|own| own.class);
    if let Some(class) = class
        && !matches!(class, Class::Marketing | Class::OptionalService)
    {
        return Err(CampaignError::NotForCampaigns(new.purpose, class.as_str()));
    }
    can_go_out(app, new.channel)?;
    Ok(Campaign {
        id: 0,
        name,
        purpose: new.purpose,
        channel: new.channel,
        template: new.source,
        state: CampaignState::Queuing,
        created_at: app.clock.now(),
        finished_at: None,
        announces: None,
    })
}

/// The campaign's name; its template is checked whole.
fn name(app: &App, new: &NewCampaign) -> Result<String, TemplateError> {
    Ok(match new.channel {
        Channel::Sms | Channel::Whatsapp => {
            let answers = way_out::reads_answers(&app.policy(), new.channel);
            let text = TextTemplate::parse(&new.source, &new.file, new.channel, answers)?;
            text.name().to_owned()
        }
        _ => Template::parse(&new.source, &new.file)?.name().to_owned(),
    })
}

/// Whether a channel has somebody who takes its messages, and a name they come from.
///
/// # Errors
/// [`CampaignError::NoMailServer`], [`CampaignError::NoCarrier`], [`CampaignError::NoSenderName`],
/// [`CampaignError::NoSender`].
pub(crate) fn can_go_out(app: &App, channel: Channel) -> Result<(), CampaignError> {
    match channel {
        Channel::Email if app.settings.mail.is_none() => Err(CampaignError::NoMailServer),
        Channel::Email => Ok(()),
        Channel::Sms | Channel::Whatsapp => {
            let carrier = app.settings.carriers.on(channel);
            carrier.ok_or(CampaignError::NoCarrier(channel))?;
            let sender = app.policy().sender(channel).map(drop);
            sender.ok_or(CampaignError::NoSenderName(channel))
        }
        _ => Err(CampaignError::NoSender(channel)),
    }
}

/// Decides everybody and queues those who may receive it. Repeating it after a crash goes on;
/// who already has a decision in this campaign keeps it.
///
/// # Errors
/// [`StoreError`].
pub async fn queue(
    app: &App,
    campaign: &Campaign,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    if let Some(version) = campaign.announces {
        return announce::queue(app, campaign, version, progress).await;
    }
    queue_for(app, campaign, &app.gate.everybody(), progress).await
}

/// As [`queue`], for some people.
pub(crate) async fn queue_for(
    app: &App,
    campaign: &Campaign,
    everybody: &[SubjectId],
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let total = u64::try_from(everybody.len()).unwrap_or(u64::MAX);
    let mut done = 0;
    for people in everybody.chunks(PEOPLE_PER_STEP) {
        let messages = considered(app, campaign, people).await?;
        app.store.keep_messages(campaign.id, messages).await?;
        done += u64::try_from(people.len()).unwrap_or_default();
        progress(done, total);
    }
    app.store
        .move_campaign(campaign.id, CampaignState::Sending, app.clock.now())
        .await
}

/// The first decisions about some people: a message for each who has an address on the channel.
pub(crate) async fn considered(
    app: &App,
    campaign: &Campaign,
    people: &[SubjectId],
) -> Result<Vec<Message>, StoreError> {
    let opened = undamaged(people, |asked| app.store.identifiers_of(asked)).await?;
    let message = |(subject, own): (&SubjectId, &Option<Vec<KnownIdentifier>>)| {
        consider(app, campaign, *subject, own.as_ref()?)
    };
    Ok(people.iter().zip(&opened).filter_map(message).collect())
}

/// Reads something of many people, in their order; `None` for those whose kept values are
/// damaged. They are passed over and logged: one damaged person must not silence all others.
pub(crate) async fn undamaged<T, R: Future<Output = Result<Vec<T>, StoreError>>>(
    people: &[SubjectId],
    read: impl Fn(Vec<SubjectId>) -> R,
) -> Result<Vec<Option<T>>, StoreError> {
    match read(people.to_vec()).await {
        Err(StoreError::Damaged { .. }) => {}
        read => return Ok(read?.into_iter().map(Some).collect()),
    }
    let mut found = Vec::with_capacity(people.len());
    for person in people {
        found.push(match read(vec![*person]).await {
            Err(StoreError::Damaged { what }) => {
                tracing::error!(what, "a person is passed over: what is kept is damaged");
                None
            }
            own => own?.pop(),
        });
    }
    Ok(found)
}

/// The first decision about one person: at the first address that may be written to, else at the
/// first of all. `None` for people without an address on the channel, and for all but the first
/// of those who share one.
fn consider(
    app: &App,
    campaign: &Campaign,
    subject: SubjectId,
    identifiers: &[KnownIdentifier],
) -> Option<Message> {
    let first_holder = |own: &&KnownIdentifier| {
        own.value.kind().reaches(campaign.channel)
            && app.gate.holders(&own.value).iter().min() == Some(&subject)
    };
    let (address, decision) = identifiers
        .iter()
        .filter(first_holder)
        .map(|own| (own, decide(app, campaign, &own.value)))
        .min_by_key(|(_, decision)| decision.verdict)?;
    Some(Message {
        subject,
        identifier: Some(address.id),
        state: match decision.verdict {
            Verdict::Allow => MessageState::Queued,
            Verdict::Defer => MessageState::Deferred,
            Verdict::Deny => MessageState::LeftOut,
        },
        reason: decision.reason,
        level: decision.level,
        seq: decision.seq,
        updated_at: app.clock.now(),
        until: decision.until,
    })
}

/// May this campaign go to whoever holds this address, now?
fn decide(app: &App, campaign: &Campaign, address: &izin_core::Identifier) -> izin_core::Decision {
    let request = Request::of(campaign.purpose, campaign.channel);
    app.decide(&Who::Identifier(address.clone()), &request)
}

/// Where a campaign stands.
///
/// # Errors
/// [`CampaignError::Unknown`], [`CampaignError::Store`].
pub async fn standing(app: &App, id: u64) -> Result<Standing, CampaignError> {
    let campaign = app
        .store
        .campaign(id)
        .await?
        .ok_or(CampaignError::Unknown(id))?;
    let mut standing = Standing {
        id,
        name: campaign.name,
        state: campaign.state,
        considered: 0,
        queued: 0,
        denied: BTreeMap::new(),
        deferred: 0,
        expired: 0,
        sent: 0,
        waiting: 0,
        refused: 0,
        in_doubt: 0,
    };
    for (state, reason, count) in app.store.tally(id).await? {
        standing.considered += count;
        let place = match state {
            MessageState::LeftOut => standing.denied.entry(reason).or_default(),
            MessageState::Dropped => {
                standing.queued += count;
                standing.denied.entry(reason).or_default()
            }
            MessageState::Deferred => &mut standing.deferred,
            MessageState::Expired => &mut standing.expired,
            MessageState::Sent => &mut standing.sent,
            MessageState::Queued | MessageState::Handing | MessageState::Delayed => {
                &mut standing.waiting
            }
            MessageState::Refused => &mut standing.refused,
            MessageState::InDoubt => &mut standing.in_doubt,
        };
        *place += count;
    }
    standing.queued += standing.sent + standing.waiting + standing.refused + standing.in_doubt;
    Ok(standing)
}

/// Every campaign, newest first.
///
/// # Errors
/// [`CampaignError::Store`].
pub async fn list(app: &App) -> Result<Vec<Standing>, CampaignError> {
    let mut all = Vec::new();
    for campaign in app.store.campaigns().await? {
        all.push(standing(app, campaign.id).await?);
    }
    Ok(all)
}

/// Stops a campaign: what was not handed over stays unsent.
///
/// # Errors
/// [`CampaignError::Unknown`], [`CampaignError::Store`].
pub async fn stop(app: &App, id: u64) -> Result<Standing, CampaignError> {
    app.store
        .campaign(id)
        .await?
        .ok_or(CampaignError::Unknown(id))?;
    app.store
        .move_campaign(id, CampaignState::Stopped, app.clock.now())
        .await?;
    standing(app, id).await
}
