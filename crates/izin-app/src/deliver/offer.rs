//! One message: decided with what it says, made, offered to its carrier, and noted.

use izin_core::decision::Content;
use izin_core::{Act, Reason, Request};
use izin_store::{Command, KnownIdentifier, Message, MessageState};

use super::person::{MakeError, Person};
use super::{DeliverError, Line, Round, Way, decide};
use crate::gate::Who;
use crate::reserve;

impl Round {
    /// Offers one message, if it may still go.
    pub(super) async fn one(
        &self,
        message: &mut Message,
        person: &Person,
        line: &mut Option<Line>,
    ) -> Result<(), DeliverError> {
        let mut identifiers = person.identifiers.iter();
        let Some(address) = identifiers.find(|own| Some(own.id) == message.identifier) else {
            message.state = MessageState::Dropped;
            message.reason = Reason::UnknownSubject;
            return Ok(());
        };
        let to = (message, person, address);
        match &self.way {
            Way::Mail(own) => self.one_mail(own, to, line).await,
            Way::Text(own) => self.one_text(own, to).await,
        }
    }

    /// The message at the level that is allowed now, decided again with what it says; `None` when a
    /// decision says no or not now. A level only falls while a message is made, so this ends.
    pub(super) fn made<T>(
        &self,
        message: &mut Message,
        address: &KnownIdentifier,
        make: impl Fn(&Message) -> Result<(T, Content), MakeError>,
    ) -> Result<Option<T>, MakeError> {
        self.ask(message, address, Content::default());
        while message.state == MessageState::Queued {
            let level = message.level;
            let (made, content) = make(message)?;
            self.ask(message, address, content);
            message.level = message.level.min(level);
            if message.state == MessageState::Queued && message.level == level {
                return Ok(Some(made));
            }
        }
        Ok(None)
    }

    /// May this go to whoever holds this address, now? Room is held for it.
    fn ask(&self, message: &mut Message, address: &KnownIdentifier, content: Content) {
        let request = Request {
            content,
            ..Request::of(self.campaign.purpose, self.campaign.channel)
        };
        let who = Who::Identifier(address.value.clone());
        let now = self.app.clock.now();
        decide(
            message,
            &reserve::decide_held(&self.app, &who, &request),
            now,
        );
    }

    /// Nobody is reached by the address: a fact about the address, not a refusal.
    pub(super) async fn undeliverable(&self, message: &mut Message) -> Result<(), DeliverError> {
        message.state = MessageState::Refused;
        let Some(identifier) = message.identifier else {
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
