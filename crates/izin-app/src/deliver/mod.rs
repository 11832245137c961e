//! Hand-over: what is queued is decided again, made, and given to the mail server.
//!
//! A message is marked as being handed over, durably, before the server hears of it, and settled
//! after. It is never offered twice when the first offer may have arrived: it is then *in doubt*.

mod mail;
pub mod message;
pub mod smtp;

use std::sync::atomic::{AtomicU64, Ordering};

use izin_core::{Act, Reason, Verdict};
use izin_store::{Campaign, CampaignState, Command, Message, MessageState, StoreError};

use crate::App;
use crate::app::MailSettings;
use crate::campaign::template::{MailShop, Template, TemplateError};
use crate::campaign::{self, CampaignError, Progress};
use crate::recommend::Trained;
use mail::{MakeError, Person};
use smtp::{
    ConnectError, Outcome, SendError, Server, Smtp, Status, Step, Trust, TrustError, Unsendable,
};

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
    /// The mail server refuses what no single message is to blame for.
    #[error(
        "{server}: refused {step} with {status}, whatever the message; check the sender's address \
         and what the server lets this machine send"
    )]
    SenderRefused {
        /// The mail server.
        server: Server,
        /// Where.
        step: Step,
        /// The refusal.
        status: Status,
    },
    /// The connection broke, or cannot carry what we send.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An open connection.
struct Line {
    smtp: Smtp,
    /// Whether the server has answered for a message on it: it may have been idle since.
    carried: bool,
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
    /// One connection's work: takes messages until none is queued.
    async fn work(&self) -> Result<(), DeliverError> {
        let mut line = None;
        let outcome = self.takes(&mut line).await;
        if let Some(line) = line {
            line.smtp.quit().await;
        }
        outcome
    }

    /// INVARIANT: what was taken is settled, whatever stopped its hand-over.
    async fn takes(&self, line: &mut Option<Line>) -> Result<(), DeliverError> {
        let (store, id) = (&self.app.store, self.campaign.id);
        while !self.is_over().await? {
            let now = self.app.clock.now();
            let mut taken = store.take_messages(id, MESSAGES_PER_TAKE, now).await?;
            if taken.is_empty() {
                break;
            }
            for message in &mut taken {
                message.state = MessageState::Queued;
            }
            let outcome = self.hand_over(&mut taken, line).await;
            self.settle(taken).await?;
            outcome?;
        }
        Ok(())
    }

    async fn is_over(&self) -> Result<bool, StoreError> {
        let state = self.app.store.campaign_state(self.campaign.id).await?;
        let stopped = state.is_none_or(|own| own == CampaignState::Stopped);
        Ok(stopped || self.app.is_stopping())
    }

    async fn settle(&self, mut taken: Vec<Message>) -> Result<(), DeliverError> {
        let now = self.app.clock.now();
        let mut moved = 0;
        for message in &mut taken {
            message.updated_at = now;
            moved += u64::from(message.state != MessageState::Queued);
        }
        self.app
            .store
            .settle_messages(self.campaign.id, taken)
            .await?;
        let done = self.done.fetch_add(moved, Ordering::Relaxed) + moved;
        (self.progress)(done, self.total.max(done));
        Ok(())
    }

    /// Hands over what was taken, until something breaks; what was not handed over stays queued.
    async fn hand_over(
        &self,
        taken: &mut [Message],
        line: &mut Option<Line>,
    ) -> Result<(), DeliverError> {
        let people = self.people(taken).await?;
        for (message, person) in taken.iter_mut().zip(&people) {
            if self.app.is_stopping() {
                break;
            }
            match person {
                Some(person) => self.one(message, person, line).await?,
                None => message.state = MessageState::Refused,
            }
        }
        Ok(())
    }

    /// Offers one message; once more, and decided once more, when the server had closed the
    /// connection since the message before.
    async fn one(
        &self,
        message: &mut Message,
        person: &Person,
        line: &mut Option<Line>,
    ) -> Result<(), DeliverError> {
        let offered = self.offer(message, person, line).await;
        let closed = |own: &Line| own.carried && !own.smtp.is_usable();
        let certain = message.state == MessageState::Queued;
        if offered.is_err() && certain && line.as_ref().is_some_and(closed) {
            return self.offer(message, person, line).await;
        }
        offered
    }

    /// The second decision and, if it is still yes, the hand-over, with nothing in between.
    async fn offer(
        &self,
        message: &mut Message,
        person: &Person,
        line: &mut Option<Line>,
    ) -> Result<(), DeliverError> {
        let open = line.take().filter(|own| own.smtp.is_usable());
        let line = line.insert(match open {
            Some(open) => open,
            None => Line {
                smtp: Smtp::connect(&self.mail.smtp, &self.trust).await?,
                carried: false,
            },
        });
        let mut identifiers = person.identifiers.iter();
        let Some(address) = identifiers.find(|own| Some(own.id) == message.identifier) else {
            message.state = MessageState::Dropped;
            message.reason = Reason::UnknownSubject;
            return Ok(());
        };
        let decision = campaign::decide(self.app, &self.campaign, &address.value);
        (message.reason, message.level) = (decision.reason, decision.level);
        message.seq = decision.seq;
        message.state = match decision.verdict {
            Verdict::Allow => MessageState::Queued,
            Verdict::Defer => MessageState::Deferred,
            Verdict::Deny => MessageState::Dropped,
        };
        if decision.verdict != Verdict::Allow {
            return Ok(());
        }
        match self.make(message, person, address) {
            Ok((envelope, bytes)) => {
                let outcome = line.smtp.send(&envelope, &bytes).await;
                line.carried |= outcome.is_ok() && line.smtp.is_usable();
                self.note(message, outcome).await
            }
            Err(MakeError::Store(why)) => Err(why.into()),
            Err(MakeError::Unmakeable) => {
                message.state = MessageState::Refused;
                Ok(())
            }
        }
    }

    /// Notes where an offered message stands. What is not about this message stops the hand-over.
    async fn note(
        &self,
        message: &mut Message,
        outcome: Result<Outcome, SendError>,
    ) -> Result<(), DeliverError> {
        message.state = match outcome {
            Ok(Outcome::Accepted { .. }) => MessageState::Sent,
            Ok(Outcome::RefusedForNow { step, reply } | Outcome::Refused { step, reply })
                if !is_about_message(step) =>
            {
                return Err(DeliverError::SenderRefused {
                    server: self.mail.smtp.server.clone(),
                    step,
                    status: reply.status(),
                });
            }
            Ok(Outcome::RefusedForNow { .. }) => MessageState::Delayed,
            Ok(Outcome::Refused { step, reply }) => {
                message.state = MessageState::Refused;
                return self.refused(message, step, reply.status()).await;
            }
            Err(SendError::Unsendable {
                why: Unsendable::TooLong { .. },
                ..
            }) => MessageState::Refused,
            Err(error) => {
                if matches!(error, SendError::InDoubt { .. }) {
                    message.state = MessageState::InDoubt;
                }
                return Err(error.into());
            }
        };
        Ok(())
    }

    /// The server says that the address does not exist: a fact about the address, not a refusal.
    async fn refused(
        &self,
        message: &Message,
        step: Step,
        status: Status,
    ) -> Result<(), DeliverError> {
        let no_such_address = step == Step::Recipient
            && status
                .enhanced
                .is_some_and(|own| own.subject == 1 && own.detail <= 3);
        let Some(identifier) = message.identifier.filter(|_| no_such_address) else {
            return Ok(());
        };
        let act = Act::Undeliverable {
            identifier,
            channel: self.campaign.channel,
        };
        let command = Command::Act {
            subject: Some(message.subject),
            act,
            detail: None,
        };
        let now = self.app.clock.now();
        self.app.store.record(vec![command], now).await?;
        Ok(())
    }
}

/// Whether a refusal at this step is about the message or its addressee. Elsewhere the server
/// refuses the sender, and would refuse every other message too.
const fn is_about_message(step: Step) -> bool {
    matches!(step, Step::Recipient | Step::Message | Step::FinalReply)
}

/// Hands over campaigns that were left unfinished, until [`App::stop`]: then what is under way is
/// settled and the rest stays queued.
///
/// A mail server that is away is tried again after `RETRY`; what was handed over stays so.
pub async fn keep_delivering(app: std::sync::Arc<App>) {
    const RETRY: std::time::Duration = std::time::Duration::from_secs(60);
    while !app.is_stopping() {
        if let Err(error) = hand_over_unfinished(&app).await {
            tracing::warn!(%error, "the campaigns cannot be read; tried again in a minute");
        }
        tokio::select! {
            () = app.queued.notified() => {}
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

/// Hands over every campaign that is unfinished, oldest first. One that stops is logged, stays
/// unfinished and keeps no other from going out.
///
/// # Errors
/// [`StoreError`] when the campaigns cannot be read.
pub async fn hand_over_unfinished(app: &App) -> Result<(), StoreError> {
    let campaigns = app.store.campaigns().await?;
    let unfinished =
        |own: &&Campaign| matches!(own.state, CampaignState::Queuing | CampaignState::Sending);
    for campaign in campaigns.iter().rev().filter(unfinished) {
        if let Err(error) = hand_over(app, campaign.id, &|_, _| {}).await {
            let campaign = campaign.id;
            tracing::warn!(campaign, %error, "a hand-over stopped; it is tried again later");
        }
    }
    Ok(())
}
