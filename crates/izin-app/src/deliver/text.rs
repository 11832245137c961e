//! Texts, by SMS or WhatsApp: one made, handed to its carrier, and what became of it noted.

use std::time::Duration;

use izin_core::Channel;
use izin_core::decision::Content;
use izin_store::{Campaign, KnownIdentifier, Message, MessageState};
use izin_wire::carrier::{Carrier, Fate, Outgoing, Words};

use super::carrier::{CarrierError, Client};
use super::person::{MakeError, Person};
use super::smtp::Trust;
use super::{DeliverError, Round};
use crate::App;
use crate::campaign::CampaignError;
use crate::campaign::template::{RenderedText, TextContext, TextTemplate};
use crate::content;
use crate::inbound::text::{Stopped, stopped};
use crate::link::{Link, LinkKind};
use crate::way_out;

/// How often a text is offered to a carrier that takes none for a moment.
const OFFERS: u32 = 5;
/// How long it is left alone after the first time; twice as long after each other.
const PAUSE: Duration = Duration::from_secs(1);

/// How a campaign's texts leave.
pub(super) struct Texting {
    carrier: Carrier,
    client: Client,
    pub(super) template: TextTemplate,
    from: String,
}

impl Texting {
    pub(super) fn of(app: &App, campaign: &Campaign) -> Result<Self, DeliverError> {
        let channel = campaign.channel;
        let carrier = app.settings.carriers.on(channel).cloned();
        let policy = app.policy();
        let sender = policy.sender(channel);
        let (source, name) = (&campaign.template, &campaign.name);
        Ok(Self {
            carrier: carrier.ok_or(CampaignError::NoCarrier(channel))?,
            client: Client::new(&Trust::new(None)?),
            // It was checked whole when the campaign began; whether each text lets its reader refuse is
            // for the gate to say.
            template: TextTemplate::parse(source, name, channel, true)?,
            from: sender
                .ok_or(CampaignError::NoSenderName(channel))?
                .name
                .clone(),
        })
    }
}

impl Round {
    /// Offers one text; to a carrier that takes none for a moment again, decided again each time.
    pub(super) async fn one_text(
        &self,
        own: &Texting,
        (message, person, address): (&mut Message, &Person, &KnownIdentifier),
    ) -> Result<(), DeliverError> {
        let mut pause = PAUSE;
        for _ in 1..OFFERS {
            let offered = self.offer_text(own, (message, person, address)).await;
            let Err(DeliverError::Carrier(CarrierError::NotNow { .. })) = offered else {
                return offered;
            };
            if self.app.is_stopping() {
                return offered;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.offer_text(own, (message, person, address)).await
    }

    /// The second decision and, if it is still yes, the hand-over, with nothing in between.
    async fn offer_text(
        &self,
        own: &Texting,
        (message, person, address): (&mut Message, &Person, &KnownIdentifier),
    ) -> Result<(), DeliverError> {
        let make = |message: &Message| self.text(own, (message, person), address);
        let made = match self.made(message, address, make) {
            Ok(None) => return Ok(()),
            Ok(Some(made)) => made,
            Err(MakeError::Store(why)) => return Err(why.into()),
            Err(MakeError::Unmakeable) => {
                message.state = MessageState::Refused;
                return Ok(());
            }
        };
        let to = address.value.reveal("the number a text is handed over to");
        let outgoing = Outgoing {
            from: &own.from,
            to,
            words: words(&made, self.language(person).as_str()),
        };
        match own.client.carry(&own.carrier, &outgoing).await {
            Ok(Fate::Carried) => message.state = MessageState::Sent,
            Ok(Fate::NoSuchNumber) => return self.undeliverable(message).await,
            Ok(fate) => {
                message.state = MessageState::Refused;
                if let Some((what, is_certain)) = meant(fate) {
                    let report = Stopped {
                        provider: own.carrier.name(),
                        id: "",
                        channel: self.campaign.channel,
                        number: to,
                        occurred_at: None,
                        what,
                        is_certain,
                    };
                    stopped(&self.app, report).await?;
                }
            }
            Err(why) => {
                if matches!(why, CarrierError::InDoubt { .. }) {
                    message.state = MessageState::InDoubt;
                }
                return Err(why.into());
            }
        }
        Ok(())
    }

    /// Renders one text at the level that was allowed.
    pub(super) fn text(
        &self,
        own: &Texting,
        (message, person): (&Message, &Person),
        address: &KnownIdentifier,
    ) -> Result<(RenderedText, Content), MakeError> {
        let link = Link {
            subject: message.subject,
            address: address.suppression,
            channel: self.campaign.channel,
            campaign: self.campaign.id,
        };
        let (language, policy) = (self.language(person), self.app.policy());
        let picked = self.picked(message, person);
        let opt_out = self.app.short_url(LinkKind::OptOut, &link);
        let answers_are_read = way_out::reads_answers(&policy, link.channel);
        let text = own.template.render(&TextContext {
            language,
            name: person.name(),
            shop: &self.shop,
            items: &self.shown(&picked, language),
            way_out: way_out::in_words(answers_are_read, &opt_out).get(language),
            opt_out: &opt_out,
        })?;
        let content = self.content_of((&picked, &[("", &text.text)]), |body| {
            content::may_answer(&policy, link.channel, body)
                || content::lets_refuse(&self.app, &link, body)
        });
        Ok((text, content))
    }
}

fn words<'a>(own: &'a RenderedText, language: &'a str) -> Words<'a> {
    match &own.approved {
        None => Words::Text(&own.text),
        Some((name, blanks)) => Words::Approved {
            name,
            language,
            blanks,
            text: &own.text,
        },
    }
}

/// What a carrier says of the person who was to get a text, and whether it is sure that they wanted it.
const fn meant(fate: Fate) -> Option<(&'static str, bool)> {
    match fate {
        Fate::Stopped => Some(("stopped with the carrier before", true)),
        Fate::Barred => Some(("barred by the carrier, which does not say why", false)),
        _ => None,
    }
}

/// Tells somebody who wrote to us what they asked, by a text of its own; once, and not again when it does
/// not arrive.
///
/// # Errors
/// [`DeliverError`].
pub(crate) async fn tell(
    app: &App,
    (channel, to): (Channel, &str),
    words: &str,
) -> Result<(), DeliverError> {
    let carrier = app.settings.carriers.on(channel);
    let carrier = carrier.ok_or(CampaignError::NoCarrier(channel))?;
    let policy = app.policy();
    let sender = policy.sender(channel);
    let sender = sender.ok_or(CampaignError::NoSenderName(channel))?;
    let outgoing = Outgoing {
        from: &sender.name,
        to,
        words: Words::Text(words),
    };
    let client = Client::new(&Trust::new(None)?);
    client.carry(carrier, &outgoing).await?;
    Ok(())
}
