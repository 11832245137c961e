//! Hand-over: what is queued is decided again, made, and given to the mail server or to the carrier of
//! texts.
//!
//! A message is marked as being handed over, durably and with room held for it under the caps,
//! before anybody hears of it, and settled after. It is never offered twice when the first offer
//! may have arrived: it is then *in doubt*. What may not go now is decided again when its time
//! comes. Start at [`hand_over`]; one message's way out is in `offer`, then `mail` or `text`.

pub mod carrier;
pub mod dkim;
pub mod letter;
mod mail;
pub mod message;
mod offer;
mod person;
pub mod preview;
pub mod smtp;
mod text;
mod unsettled;

use std::sync::{Arc, Mutex, PoisonError};

use izin_core::{Channel, Decision, Request, Timestamp, Verdict};
use izin_store::{Addressee, Campaign, CampaignState, Message, MessageState, StoreError};
use tokio::sync::watch;

use crate::campaign::template::{MailShop, Template, TemplateError};
use crate::campaign::{self, CampaignError, Progress};
use crate::gate::Who;
use crate::inbound::InboundError;
use crate::recommend::Trained;
use crate::reserve::Judge;
use crate::{App, announce, supervisor};
use carrier::CarrierError;
use mail::Mailing;
use smtp::{ConnectError, SendError, Server, Smtp, Status, Step, Trust, TrustError};
use text::Texting;

pub(crate) use text::tell;
pub(crate) use unsettled::Unsettled;

/// Connections of one campaign: a local relay is busy with fewer, and many relays refuse more.
const CONNECTIONS: usize = 4;
/// Messages taken together: at most this many a connection are in doubt after a crash.
const MESSAGES_PER_TAKE: u32 = 32;
/// Days from its beginning that a campaign offers again what is refused *for now*; mail servers
/// give up then too.
const DELAYED_DAYS_MAX: i64 = 3;
/// Days from its beginning that a campaign decides again about people it may not reach yet: an
/// offer of two weeks ago is no news.
const OPEN_DAYS_MAX: i64 = 14;

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
    /// The carrier of texts.
    #[error(transparent)]
    Carrier(#[from] CarrierError),
    /// What somebody stopped with the carrier could not be entered.
    #[error(transparent)]
    Stopped(#[from] InboundError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// An open connection.
struct Line {
    smtp: Smtp,
    /// Whether the server has answered for a message on it: it may have been idle since.
    carried: bool,
}

/// How the messages of a campaign are made, and who takes them.
enum Way {
    Mail(Box<Mailing>),
    Text(Box<Texting>),
}

impl Way {
    fn of(app: &App, campaign: &Campaign) -> Result<Self, DeliverError> {
        let (source, name) = (&campaign.template, &campaign.name);
        if campaign.channel == Channel::Email {
            let mail = app.settings.mail.clone();
            return Ok(Self::Mail(Box::new(Mailing {
                mail: mail.ok_or(CampaignError::NoMailServer)?,
                trust: Trust::new(None)?,
                template: Template::parse(source, name)?,
            })));
        }
        Ok(Self::Text(Box::new(Texting::of(app, campaign)?)))
    }
}

/// One campaign on its way out.
struct Round {
    app: Arc<App>,
    way: Way,
    campaign: Campaign,
    trained: Arc<Trained>,
    shop: MailShop,
    /// How many messages were settled.
    done: watch::Sender<u64>,
}

/// Hands over everything a campaign has queued, then marks it done unless something is delayed.
///
/// # Errors
/// [`DeliverError`]; the rest stays queued and the next call goes on.
pub async fn hand_over(
    app: &Arc<App>,
    id: u64,
    progress: Progress<'_>,
) -> Result<(), DeliverError> {
    app.unsettled.settle_left(&app.store, id).await?;
    let campaign = app
        .store
        .campaign(id)
        .await?
        .ok_or(CampaignError::Unknown(id))?;
    if campaign.state == CampaignState::Queuing {
        campaign::queue(app, &campaign, progress).await?;
    }
    campaign::can_go_out(app, campaign.channel)?;
    requeue(app, id).await?;
    if !stands(app, id, |state| state == MessageState::Queued).await? {
        return close(app, id).await;
    }
    let waiting = campaign::standing(app, id).await?.waiting;
    let announces = campaign.announces.is_some();
    let round = Round::of(app, campaign).await?;
    round.work_on_all(waiting, progress).await?;
    close(app, id).await?;
    if announces {
        announce::resume(app).await?;
    }
    Ok(())
}

/// Puts back what was refused for now or may not have gone before.
async fn requeue(app: &App, id: u64) -> Result<(), StoreError> {
    let now = app.clock.now();
    let delayed = now.plus_days(-DELAYED_DAYS_MAX);
    app.store.requeue_delayed(id, delayed).await?;
    let deferred = now.plus_days(-OPEN_DAYS_MAX);
    app.store.requeue_deferred(id, deferred, now).await
}

/// Marks a campaign done when nothing is left, or waiting when only later decisions are.
async fn close(app: &App, id: u64) -> Result<(), DeliverError> {
    let unsettled = |state| {
        matches!(
            state,
            MessageState::Delayed | MessageState::Queued | MessageState::Handing
        )
    };
    if stands(app, id, unsettled).await? {
        return Ok(());
    }
    let waits = stands(app, id, |state| state == MessageState::Deferred).await?;
    let state = if waits {
        CampaignState::Waiting
    } else {
        CampaignState::Done
    };
    Ok(app.store.move_campaign(id, state, app.clock.now()).await?)
}

/// Whether any message of a campaign stands like that.
async fn stands(
    app: &App,
    id: u64,
    like: impl Fn(MessageState) -> bool,
) -> Result<bool, StoreError> {
    let tally = app.store.tally(id).await?;
    Ok(tally.iter().any(|(state, ..)| like(*state)))
}

impl Round {
    async fn of(app: &Arc<App>, campaign: Campaign) -> Result<Self, DeliverError> {
        let controller = &app.policy().controller;
        Ok(Self {
            app: Arc::clone(app),
            way: Way::of(app, &campaign)?,
            trained: app.shelf.trained(app).await?,
            shop: MailShop {
                name: controller.name.clone(),
                address: controller.address.clone(),
                contact: controller.contact.clone(),
            },
            done: watch::Sender::new(0),
            campaign,
        })
    }

    /// Every connection's work, told as it goes on.
    async fn work_on_all(self, total: u64, progress: Progress<'_>) -> Result<(), DeliverError> {
        let mut done = self.done.subscribe();
        let round = Arc::new(self);
        let work = (0..CONNECTIONS).map(move |_| {
            let round = Arc::clone(&round);
            async move { round.work().await }
        });
        let all = supervisor::side_by_side(work);
        let told = async {
            while done.changed().await.is_ok() {
                let done = *done.borrow_and_update();
                progress(done, total.max(done));
            }
        };
        let (outcomes, ()) = tokio::join!(all, told);
        outcomes.into_iter().collect()
    }

    /// One connection's work: takes messages until none is queued.
    async fn work(&self) -> Result<(), DeliverError> {
        let mut line = None;
        let outcome = self.takes(&mut line).await;
        if let Some(line) = line {
            line.smtp.quit().await;
        }
        outcome
    }

    /// INVARIANT: what was taken is settled, whatever stopped its hand-over; where the store failed, before
    /// anything else is offered.
    async fn takes(&self, line: &mut Option<Line>) -> Result<(), DeliverError> {
        let mut taken = self.take().await?;
        while !taken.is_empty() {
            let outcome = self.hand_over(&mut taken, line).await;
            if outcome.is_err() {
                self.settle(taken).await?;
                return outcome;
            }
            // One commit for both, where nothing is wrong.
            let (settled, next) = tokio::join!(self.settle(taken), self.take());
            taken = next?;
            if settled.is_err() {
                self.settle(taken).await?;
                return settled;
            }
        }
        Ok(())
    }

    /// Takes messages that are queued, with room under the caps for those that may go now; the
    /// others stand where the decision put them. None when the campaign was stopped or we stop.
    async fn take(&self) -> Result<Vec<Message>, StoreError> {
        if self.app.is_stopping() {
            return Ok(Vec::new());
        }
        let (left, campaign) = (&self.app.unsettled, self.campaign.id);
        left.settle_left(&self.app.store, campaign).await?;
        let request = Request::of(self.campaign.purpose, self.campaign.channel);
        let judge = Judge::new(&self.app, request);
        let answers = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&answers);
        let ask = move |message: &Message, reached: &[Addressee]| {
            let judge = judge.at(message.identifier);
            let who = Who::Subject(message.subject);
            let answer = judge.answer((&who, message.subject), reached);
            told.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(answer);
            (answer.verdict == Verdict::Allow).then(|| judge.sent())
        };
        let which = (campaign, MESSAGES_PER_TAKE);
        let now = self.app.clock.now();
        let taken = self.app.store.hand_messages(which, ask, now).await?;
        let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        debug_assert_eq!(taken.len(), answers.len(), "each is asked about once");
        let decided = taken.into_iter().zip(answers.iter());
        Ok(decided
            .map(|((mut message, _), decision)| {
                decide(&mut message, decision, now);
                message
            })
            .collect())
    }

    async fn settle(&self, taken: Vec<Message>) -> Result<(), DeliverError> {
        let moved = |own: &&Message| own.state != MessageState::Queued;
        let moved = u64::try_from(taken.iter().filter(moved).count()).unwrap_or(u64::MAX);
        let App {
            store, unsettled, ..
        } = &*self.app;
        unsettled.settle(store, (self.campaign.id, taken)).await?;
        self.done.send_modify(|done| *done += moved);
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
                _ if message.state != MessageState::Queued => {}
                Some(person) => self.one(message, person, line).await?,
                None => message.state = MessageState::Refused,
            }
        }
        Ok(())
    }
}

/// Puts a message where a decision wants it.
fn decide(message: &mut Message, decision: &Decision, now: Timestamp) {
    message.updated_at = now;
    (message.reason, message.level) = (decision.reason, decision.level);
    (message.seq, message.until) = (decision.seq, decision.until);
    message.state = match decision.verdict {
        Verdict::Allow => MessageState::Queued,
        Verdict::Defer => MessageState::Deferred,
        Verdict::Deny => MessageState::Dropped,
    };
}

/// Hands over campaigns that were left unfinished, until [`App::stop`]: then what is under way is
/// settled and the rest stays queued.
///
/// A mail server that is away is tried again after `RETRY`; what was handed over stays so.
pub async fn keep_delivering(app: Arc<App>) {
    const RETRY: std::time::Duration = std::time::Duration::from_secs(60);
    // What another process queued is found by looking.
    const LOOK: std::time::Duration = std::time::Duration::from_secs(5);
    let pause = if app.store.is_alone() { RETRY } else { LOOK };
    while !app.is_stopping() {
        if let Err(error) = hand_over_unfinished(&app).await {
            tracing::warn!(%error, "the campaigns cannot be read; tried again in a minute");
        }
        tokio::select! {
            () = app.queued.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    app.unsettled.settle_all(&app.store).await;
}

/// Hands over every campaign that is unfinished, oldest first. One that stops is logged, stays
/// unfinished and keeps no other from going out.
///
/// # Errors
/// [`StoreError`] when the campaigns cannot be read.
pub async fn hand_over_unfinished(app: &Arc<App>) -> Result<(), StoreError> {
    app.unsettled.settle_all(&app.store).await;
    // What a process was handing over that is gone.
    if !app.store.is_alone() {
        app.store.doubt_unsettled(app.clock.now()).await?;
    }
    if let Err(error) = announce::resume(app).await {
        tracing::warn!(%error, "a published policy cannot be taken on; it is tried again later");
    }
    let campaigns = app.store.campaigns().await?;
    let unfinished =
        |own: &&Campaign| !matches!(own.state, CampaignState::Done | CampaignState::Stopped);
    for campaign in campaigns.iter().rev().filter(unfinished) {
        if let Err(error) = hand_over(app, campaign.id, &|_, _| {}).await {
            let campaign = campaign.id;
            tracing::warn!(campaign, %error, "a hand-over stopped; it is tried again later");
        }
    }
    Ok(())
}
