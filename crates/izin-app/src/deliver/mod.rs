//! Hand-over: what is queued is decided again, made, and given to the mail server.
//!
//! A message is marked as being handed over, durably, before the server hears of it, and settled
//! after. It is never offered twice when the first offer may have arrived: it is then *in doubt*.

mod mail;
pub mod message;
pub mod smtp;

use std::sync::atomic::{AtomicU64, Ordering};

use izin_core::{Act, Verdict};
use izin_store::{Campaign, CampaignState, Command, Message, MessageState, NewMessage, StoreError};

use crate::App;
use crate::app::MailSettings;
use crate::campaign::template::{MailShop, Template, TemplateError};
use crate::campaign::{self, CampaignError, Progress};
use crate::recommend::Trained;
use mail::{MakeError, Person};
use smtp::{ConnectError, Outcome, SendError, Smtp, Step, Trust, TrustError};

/// Messages taken together: at most this many a connection are in doubt after a crash.
const MESSAGES_PER_TAKE: u32 = 32;
/// Days from its beginning that a campaign offers again what is refused *for now*; mail servers
/// give up then too.
const DELAYED_DAYS_MAX: i64 = 3;

/// Why a hand-over stopped. What was not handed over is still queued.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The campaign.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// Its template no longer passes.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The certificates could not be read.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The mail server could not be reached or does not want us.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection broke.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One campaign on its way out.
struct Round<'a> {
    app: &'a App,
    mail: &'a MailSettings,
    campaign: Campaign,
    template: Template,
    trained: std::sync::Arc<Trained>,
    shop: MailShop,
    trust: Trust,
    done: AtomicU64,
    total: u64,
    progress: Progress<'a>,
}

/// Hands over everything a campaign has queued, then marks it done unless something is delayed.
///
/// # Errors
/// [`DeliverError`]; the rest stays queued and the next call goes on.
pub async fn hand_over(app: &App, id: u64, progress: Progress<'_>) -> Result<(), DeliverError> {
    let campaign = app
        .store
        .campaign(id)
        .await?
        .ok_or(CampaignError::Unknown(id))?;
    if campaign.state == CampaignState::Queuing {
        campaign::queue(app, &campaign, progress).await?;
    }
    let mail = app
        .settings
        .mail
        .as_ref()
        .ok_or(CampaignError::NoMailServer)?;
    let oldest = app.clock.now().plus_days(-DELAYED_DAYS_MAX);
    app.store.requeue_delayed(id, oldest).await?;
    let controller = &app.policy.controller;
    let round = Round {
        app,
        mail,
        template: Template::parse(&campaign.template, &campaign.name)?,
        trained: app.shelf.trained(app).await?,
        shop: MailShop {
            name: controller.name.clone(),
            address: controller.address.clone(),
            contact: controller.contact.clone(),
        },
        trust: Trust::new(None)?,
        done: AtomicU64::new(0),
        total: campaign::standing(app, id).await?.waiting,
        campaign,
        progress,
    };
    // Four connections: a local relay is busy with fewer, and many relays refuse more.
    let (a, b, c, d) = tokio::join!(round.work(), round.work(), round.work(), round.work());
    a.and(b).and(c).and(d)?;
    let left = app.store.tally(id).await?;
    let unsettled = |state| {
        matches!(
            state,
            MessageState::Delayed | MessageState::Queued | MessageState::Handing
        )
    };
    if !left.iter().any(|(state, ..)| unsettled(*state)) {
        app.store
            .move_campaign(id, CampaignState::Done, app.clock.now())
            .await?;
    }
    Ok(())
}

impl Round<'_> {
    /// One connection's work: takes messages until none is queued. On a broken connection the
    /// messages it certainly did not hand over are queued again.
    async fn work(&self) -> Result<(), DeliverError> {
        let mut connection = None;
        loop {
            let now = self.app.clock.now();
            let campaign = self.app.store.campaign(self.campaign.id).await?;
            let stopped = campaign.is_none_or(|own| own.state == CampaignState::Stopped);
            if stopped || self.app.is_stopping() {
                break;
            }
            let taken = self
                .app
                .store
                .take_messages(self.campaign.id, MESSAGES_PER_TAKE, now)
                .await?;
            if taken.is_empty() {
                break;
            }
            let (settled, broken) = self.hand_over(taken, &mut connection).await?;
            self.settle(settled).await?;
            if let Some(broken) = broken {
                return Err(broken);
            }
        }
        if let Some(connection) = connection {
            Smtp::quit(connection).await;
        }
        Ok(())
    }

    async fn settle(&self, settled: Vec<NewMessage>) -> Result<(), DeliverError> {
        let moved = settled
            .iter()
            .filter(|own| own.state != MessageState::Queued)
            .count();
        self.app
            .store
            .settle_messages(self.campaign.id, settled, self.app.clock.now())
            .await?;
        let moved = u64::try_from(moved).unwrap_or_default();
        let done = self.done.fetch_add(moved, Ordering::Relaxed) + moved;
        (self.progress)(done, self.total.max(done));
        Ok(())
    }

    /// Hands over what was taken; answers where each message stands now, and what broke, if so.
    async fn hand_over(
        &self,
        taken: Vec<Message>,
        connection: &mut Option<Smtp>,
    ) -> Result<(Vec<NewMessage>, Option<DeliverError>), DeliverError> {
        let subjects: Vec<_> = taken.iter().map(|own| own.subject).collect();
        let people = self.app.store.people(subjects.clone()).await?;
        let purchases = self.app.store.purchases_of(subjects).await?;
        let mut settled = Vec::new();
        let mut broken = None;
        for ((message, (profile, identifiers)), own) in taken.iter().zip(&people).zip(&purchases) {
            let mut next = unsettled(message);
            if broken.is_none() && !self.app.is_stopping() {
                let person = Person {
                    profile,
                    identifiers,
                    purchases: own,
                };
                match self.one(message, &person, connection).await {
                    Ok(now) => next = now,
                    Err((state, error)) => {
                        next.state = state;
                        broken = Some(error);
                    }
                }
            }
            settled.push(next);
        }
        Ok((settled, broken))
    }

    /// The second decision and, if it is still yes, the hand-over, with nothing in between.
    async fn one(
        &self,
        message: &Message,
        person: &Person<'_>,
        connection: &mut Option<Smtp>,
    ) -> Result<NewMessage, (MessageState, DeliverError)> {
        let queued = |error: DeliverError| (MessageState::Queued, error);
        let mut next = unsettled(message);
        if connection.as_ref().is_none_or(|own| !own.is_usable()) {
            let opened = Smtp::connect(&self.mail.smtp, &self.trust).await;
            *connection = Some(opened.map_err(|why| queued(why.into()))?);
        }
        let known = person
            .identifiers
            .iter()
            .find(|own| Some(own.id) == message.identifier);
        let (Some(address), Some(smtp)) = (known, connection.as_mut()) else {
            next.state = MessageState::Dropped;
            next.reason = izin_core::Reason::UnknownSubject;
            return Ok(next);
        };
        let decision = campaign::decide(self.app, &self.campaign, &address.value);
        (next.reason, next.level, next.seq) = (decision.reason, decision.level, decision.seq);
        if decision.verdict != Verdict::Allow {
            next.state = MessageState::Dropped;
            return Ok(next);
        }
        let made = self.make(message, person, address, decision.level);
        let (envelope, bytes) = match made {
            Ok(made) => made,
            Err(MakeError::Store(why)) => return Err(queued(why.into())),
            Err(MakeError::Unmakeable) => {
                next.state = MessageState::Refused;
                return Ok(next);
            }
        };
        let outcome = smtp.send(&envelope, &bytes).await;
        next.state = self.outcome(message, outcome).await?;
        Ok(next)
    }

    async fn outcome(
        &self,
        message: &Message,
        outcome: Result<Outcome, SendError>,
    ) -> Result<MessageState, (MessageState, DeliverError)> {
        match outcome {
            Ok(Outcome::Accepted { .. }) => Ok(MessageState::Sent),
            Ok(Outcome::RefusedForNow { .. }) => Ok(MessageState::Delayed),
            Ok(Outcome::Refused { step, reply }) => {
                let enhanced = reply.status().enhanced;
                let no_such_address = step == Step::Recipient
                    && enhanced.is_some_and(|own| own.subject == 1 && own.detail <= 3);
                if no_such_address && let Some(identifier) = message.identifier {
                    self.undeliverable(message, identifier)
                        .await
                        .map_err(|why| (MessageState::Refused, why.into()))?;
                }
                Ok(MessageState::Refused)
            }
            Err(SendError::Unsendable { .. }) => Ok(MessageState::Refused),
            Err(error @ SendError::InDoubt { .. }) => Err((MessageState::InDoubt, error.into())),
            Err(error @ SendError::NotHandedOver { .. }) => {
                Err((MessageState::Queued, error.into()))
            }
        }
    }

    /// The server says that the address does not exist: a fact about the address, not a refusal.
    async fn undeliverable(
        &self,
        message: &Message,
        identifier: izin_core::IdentifierId,
    ) -> Result<(), StoreError> {
        let act = Act::Undeliverable {
            identifier,
            channel: self.campaign.channel,
        };
        let command = Command::Act {
            subject: Some(message.subject),
            act,
            detail: None,
        };
        self.app
            .store
            .record(vec![command], self.app.clock.now())
            .await
            .map(drop)
    }
}

/// A taken message as it was before: queued, by its first decision.
fn unsettled(message: &Message) -> NewMessage {
    NewMessage {
        subject: message.subject,
        identifier: message.identifier,
        state: MessageState::Queued,
        reason: message.reason,
        level: message.level,
        seq: message.seq,
    }
}

/// Hands over campaigns that were left unfinished, until [`App::stop`]: then what is under way is
/// settled and the rest stays queued.
///
/// A mail server that is away is tried again after `RETRY`; what was handed over stays so.
pub async fn keep_delivering(app: std::sync::Arc<App>) {
    const RETRY: std::time::Duration = std::time::Duration::from_secs(60);
    while !app.is_stopping() {
        if let Err(error) = deliver_unfinished(&app).await {
            tracing::warn!(%error, "a campaign's hand-over stopped; it is tried again in a minute");
        }
        tokio::select! {
            () = app.queued.notified() => {}
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn deliver_unfinished(app: &App) -> Result<(), DeliverError> {
    let campaigns = app.store.campaigns().await?;
    let unfinished =
        |own: &&Campaign| matches!(own.state, CampaignState::Queuing | CampaignState::Sending);
    for campaign in campaigns.iter().rev().filter(unfinished) {
        hand_over(app, campaign.id, &|_, _| {}).await?;
    }
    Ok(())
}
