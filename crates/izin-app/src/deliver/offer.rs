//! One message: decided with what it says, made, offered to the mail server, and noted.

use izin_core::decision::Content;
use izin_core::{Act, Reason, Request};
use izin_store::{Command, KnownIdentifier, Message, MessageState};

use super::mail::{Made, MakeError, Person};
use super::smtp::{Outcome, SendError, Smtp, Status, Step, Unsendable};
use super::{DeliverError, Line, Round, decide};
use crate::gate::Who;
use crate::reserve;

impl Round<'_> {
    /// Offers one message; once more, and decided once more, when the server had closed the
    /// connection since the message before.
    pub(super) async fn one(
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
        match self.made(message, person, address) {
            Ok(None) => Ok(()),
            Ok(Some(made)) => {
                let outcome = line.smtp.send(&made.envelope, &made.bytes).await;
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

    /// The mail at the level that is allowed now, decided again with what it says; `None` when a
    /// decision says no or not now. A level only falls while a mail is made, so this ends.
    fn made(
        &self,
        message: &mut Message,
        person: &Person,
        address: &KnownIdentifier,
    ) -> Result<Option<Made>, MakeError> {
        self.ask(message, address, Content::default());
        while message.state == MessageState::Queued {
            let level = message.level;
            let made = self.make(message, person, address)?;
            self.ask(message, address, made.content);
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
            &reserve::decide_held(self.app, &who, &request),
            now,
        );
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
