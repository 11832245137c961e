//! Mail: one message offered to the mail server, and what it said noted.

mod make;

use izin_store::{KnownIdentifier, Message, MessageState};

use super::person::{MakeError, Person};
use super::smtp::{Enhanced, Outcome, SendError, Smtp, Status, Step, Trust, Unsendable};
use super::{DeliverError, Line, Round};
use crate::app::MailSettings;
use crate::campaign::template::Template;

/// How a campaign's mails leave.
pub(super) struct Mailing {
    pub(super) mail: MailSettings,
    pub(super) trust: Trust,
    pub(super) template: Template,
}

impl Round {
    /// Offers one mail; once more, and decided once more, when the server had closed the connection
    /// since the mail before.
    pub(super) async fn one_mail(
        &self,
        own: &Mailing,
        (message, person, address): (&mut Message, &Person, &KnownIdentifier),
        line: &mut Option<Line>,
    ) -> Result<(), DeliverError> {
        let offered = self.offer_mail(own, (message, person, address), line).await;
        let closed = |own: &Line| own.carried && !own.smtp.is_usable();
        let certain = message.state == MessageState::Queued;
        if offered.is_err() && certain && line.as_ref().is_some_and(closed) {
            return self.offer_mail(own, (message, person, address), line).await;
        }
        offered
    }

    /// The second decision and, if it is still yes, the hand-over, with nothing in between.
    async fn offer_mail(
        &self,
        own: &Mailing,
        (message, person, address): (&mut Message, &Person, &KnownIdentifier),
        line: &mut Option<Line>,
    ) -> Result<(), DeliverError> {
        let open = line.take().filter(|own| own.smtp.is_usable());
        let line = line.insert(match open {
            Some(open) => open,
            None => Line {
                smtp: Smtp::connect(&own.mail.smtp, &own.trust).await?,
                carried: false,
            },
        });
        let make = |message: &Message| self.mail(own, (message, person), address);
        match self.made(message, address, make) {
            Ok(None) => Ok(()),
            Ok(Some(made)) => {
                let outcome = line.smtp.send(&made.envelope, &made.bytes).await;
                line.carried |= outcome.is_ok() && line.smtp.is_usable();
                self.note(own, message, outcome).await
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
        own: &Mailing,
        message: &mut Message,
        outcome: Result<Outcome, SendError>,
    ) -> Result<(), DeliverError> {
        message.state = match outcome {
            Ok(Outcome::Accepted { .. }) => MessageState::Sent,
            Ok(Outcome::RefusedForNow { step, reply } | Outcome::Refused { step, reply })
                if !is_about_message(step) =>
            {
                return Err(DeliverError::SenderRefused {
                    server: own.mail.smtp.server.clone(),
                    step,
                    status: reply.status(),
                });
            }
            Ok(Outcome::RefusedForNow { .. }) => MessageState::Delayed,
            Ok(Outcome::Refused { step, reply }) => {
                message.state = MessageState::Refused;
                if is_about_address(step, reply.status()) {
                    return self.undeliverable(message).await;
                }
                MessageState::Refused
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
}

/// Whether the server says that the address does not exist.
fn is_about_address(step: Step, status: Status) -> bool {
    let about = |own: Enhanced| own.subject == 1 && own.detail <= 3;
    step == Step::Recipient && status.enhanced.is_some_and(about)
}

/// Whether a refusal at this step is about the message or its addressee. Elsewhere the server
/// refuses the sender, and would refuse every other message too.
const fn is_about_message(step: Step) -> bool {
    matches!(step, Step::Recipient | Step::Message | Step::FinalReply)
}
