//! One connection and the dialogue of each message on it.
//!
//! INVARIANT: a message is in doubt only between the moment the stream has taken its final dot
//! and the moment a whole reply to it was read. Before: [`SendError::NotHandedOver`]. After: an
//! [`Outcome`]. `hand_over` is the only place that writes a message, and so the only place where
//! the doubt begins.

use std::time::Duration;

use super::envelope::Envelope;
use super::error::{Fault, SendError, Step, Unsendable};
use super::message::{FINAL_DOT, encode};
use super::open::Offers;
use super::reply::Reply;
use super::settings::{Server, SmtpSettings, Timeouts};
use super::wire::Wire;

/// How long a goodbye may take: nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long we look for the reason when a server stops taking a message half-way.
const EARLY_REPLY: Duration = Duration::from_secs(1);
/// The buffer kept between messages, in bytes: a larger message does not pin its size.
const KEPT_BUFFER_BYTES_MAX: usize = 1024 * 1024;
/// "Service not available, closing the connection": may answer any command (RFC 5321 §3.8).
const CLOSING: u16 = 421;

/// What became of a message the server answered for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The server has taken responsibility for it.
    Accepted {
        /// Often names the server's own queue id.
        reply: Reply,
    },
    /// Not now (4yz): the message may be offered again later.
    RefusedForNow {
        /// What was refused: only [`Step::Recipient`] speaks about the person.
        step: Step,
        /// Why.
        reply: Reply,
    },
    /// No (5yz): the same message would be refused again.
    Refused {
        /// What was refused: only [`Step::Recipient`] speaks about the person.
        step: Step,
        /// Why.
        reply: Reply,
    },
}

/// An open connection to a mail server.
///
/// If the future of [`Smtp::send`] is dropped before it ends, its message counts as in doubt and
/// the connection is no longer usable.
pub struct Smtp {
    pub(super) wire: Wire,
    pub(super) server: Server,
    pub(super) offers: Offers,
    timeouts: Timeouts,
    usable: bool,
    outgoing: Vec<u8>,
}

/// The server's answer to sender, recipient and `DATA`.
enum Invitation {
    /// 354: the message may come.
    Open,
    /// Refused; `then` says how to leave the transaction.
    Declined { outcome: Outcome, then: Leave },
}

/// How to leave a transaction that came to nothing.
enum Leave {
    /// The server waits for a message all the same: only the final dot (RFC 2920 §3.1).
    FinalDot,
    /// `RSET`.
    Reset,
    /// The connection is of no more use.
    HangUp,
}

impl Smtp {
    /// Hands one message over.
    ///
    /// # Errors
    /// [`SendError`]: its variants tell "certainly not handed over" from "in doubt".
    pub async fn send(
        &mut self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<Outcome, SendError> {
        if !self.usable {
            return Err(self.not_handed_over(Step::Sender, Fault::Closed));
        }
        let commands = self.commands(envelope, message)?;
        self.usable = false; // until this dialogue has ended as it should
        match self.propose(&commands).await? {
            Invitation::Open => self.hand_over(message).await,
            Invitation::Declined { outcome, then } => {
                self.usable = self.leave(then).await;
                Ok(outcome)
            }
        }
    }

    /// Whether another message can be sent. A server may still hang up unseen; then the next
    /// `send` says [`SendError::NotHandedOver`].
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Says goodbye and closes. Every message has its outcome already, so nothing here can fail.
    pub async fn quit(mut self) {
        let goodbye = self.usable && self.wire.say(b"QUIT\r\n", GOODBYE).await.is_ok();
        if goodbye && self.wire.reply(GOODBYE).await.is_ok() {
            // The stream is dropped next; a failed close changes nothing for us.
            let _ = self.wire.close(GOODBYE).await;
        }
    }

    pub(super) fn over(wire: Wire, settings: &SmtpSettings) -> Self {
        Self {
            wire,
            server: settings.server.clone(),
            offers: Offers::default(),
            timeouts: settings.timeouts,
            usable: true,
            outgoing: Vec::new(),
        }
    }

    pub(super) async fn exchange(&mut self, line: &str) -> Result<Reply, Fault> {
        self.wire
            .say(line.as_bytes(), self.timeouts.command)
            .await?;
        self.wire.reply(self.timeouts.command).await
    }

    /// The three commands that announce a message, if this server can carry it.
    fn commands(
        &self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<[(Step, String); 3], SendError> {
        let eight_bit = !message.is_ascii();
        let why = match self.offers.size {
            Some(max) if max > 0 && message.len() > max => Some(Unsendable::TooLong {
                bytes: message.len(),
                max,
            }),
            _ if eight_bit && !self.offers.eight_bit => Some(Unsendable::EightBit),
            _ if !envelope.is_ascii() && !self.offers.smtp_utf8 => Some(Unsendable::Address),
            _ => None,
        };
        if let Some(why) = why {
            return Err(SendError::Unsendable {
                server: self.server.clone(),
                why,
            });
        }
        let mut sender = format!("MAIL FROM:<{}>", envelope.from());
        if self.offers.size.is_some() {
            sender.push_str(&format!(" SIZE={}", message.len()));
        }
        if eight_bit {
            sender.push_str(" BODY=8BITMIME");
        }
        if !envelope.is_ascii() {
            sender.push_str(" SMTPUTF8");
        }
        sender.push_str("\r\n");
        Ok([
            (Step::Sender, sender),
            (Step::Recipient, format!("RCPT TO:<{}>\r\n", envelope.to())),
            (Step::Data, "DATA\r\n".to_owned()),
        ])
    }

    /// Announces the message: in one write where the server allows, else step by step.
    async fn propose(&mut self, commands: &[(Step, String); 3]) -> Result<Invitation, SendError> {
        if self.offers.pipelining {
            let group: String = commands.iter().map(|(_, line)| line.as_str()).collect();
            self.say(Step::Sender, &group).await?;
        }
        let mut declined = None;
        for (step, line) in commands {
            if !self.offers.pipelining {
                if let Some(outcome) = declined {
                    return Ok(Invitation::Declined {
                        outcome,
                        then: Leave::Reset,
                    });
                }
                self.say(*step, line).await?;
            }
            let answer = self.wire.reply(self.timeouts.command).await;
            match (declined.take(), meaning(*step, answer)) {
                (None, Meaning::Yes) => {}
                (None, Meaning::No(outcome)) => declined = Some(outcome),
                (None, Meaning::Goodbye(outcome)) => {
                    return Ok(Invitation::Declined {
                        outcome,
                        then: Leave::HangUp,
                    });
                }
                (None, Meaning::Nonsense(fault)) => {
                    return Err(self.not_handed_over(*step, fault));
                }
                // The first refusal stands, whatever follows it.
                (Some(outcome), Meaning::Yes) if *step == Step::Data => {
                    return Ok(Invitation::Declined {
                        outcome,
                        then: Leave::FinalDot,
                    });
                }
                (Some(outcome), Meaning::Yes | Meaning::No(_)) => declined = Some(outcome),
                (Some(outcome), Meaning::Goodbye(_) | Meaning::Nonsense(_)) => {
                    return Ok(Invitation::Declined {
                        outcome,
                        then: Leave::HangUp,
                    });
                }
            }
        }
        Ok(match declined {
            Some(outcome) => Invitation::Declined {
                outcome,
                then: Leave::Reset,
            },
            None => Invitation::Open,
        })
    }

    async fn say(&mut self, step: Step, lines: &str) -> Result<(), SendError> {
        self.wire
            .say(lines.as_bytes(), self.timeouts.command)
            .await
            .map_err(|fault| self.not_handed_over(step, fault))
    }

    /// Writes the message and waits for the reply that settles it.
    async fn hand_over(&mut self, message: &[u8]) -> Result<Outcome, SendError> {
        if self.wire.has_unread() {
            // A reply that is here already would be taken for the answer to the final dot.
            return Err(self.not_handed_over(Step::Message, Fault::Unasked));
        }
        let mut outgoing = std::mem::take(&mut self.outgoing);
        encode(message, &mut outgoing);
        if let Err(fault) = self.wire.pour(&outgoing, self.timeouts.data).await {
            return self.explain_early_end(fault).await;
        }
        // From here on the server may hold the whole message.
        if outgoing.capacity() <= KEPT_BUFFER_BYTES_MAX {
            self.outgoing = outgoing;
        }
        self.wire
            .flush(self.timeouts.data)
            .await
            .map_err(|fault| self.in_doubt(fault))?;
        let reply = self.wire.reply(self.timeouts.final_reply).await;
        let reply = reply.map_err(|fault| self.in_doubt(fault))?;
        self.usable = reply.code() != CLOSING && !self.wire.has_unread();
        let status = reply.status();
        settled(Step::FinalReply, reply).ok_or_else(|| {
            self.usable = false;
            self.in_doubt(Fault::Unexpected(status))
        })
    }

    /// The message could not be written to its end. A server that stopped listening may have said
    /// why; without this a message it will never take would be offered again and again.
    async fn explain_early_end(&mut self, fault: Fault) -> Result<Outcome, SendError> {
        match self
            .wire
            .reply(EARLY_REPLY)
            .await
            .ok()
            .and_then(|it| refused(Step::Message, it))
        {
            Some(outcome) => Ok(outcome),
            None => Err(self.not_handed_over(Step::Message, fault)),
        }
    }

    /// Leaves a transaction; tells whether the connection is still good.
    async fn leave(&mut self, how: Leave) -> bool {
        let reply = match how {
            Leave::HangUp => return false,
            Leave::Reset => self
                .exchange("RSET\r\n")
                .await
                .ok()
                .filter(|it| it.code() == 250),
            // 250 here is about an empty message, never about ours.
            Leave::FinalDot => match self.wire.say(FINAL_DOT, self.timeouts.command).await {
                Ok(()) => self.wire.reply(self.timeouts.final_reply).await.ok(),
                Err(_) => None,
            },
        };
        reply.is_some_and(|it| it.code() != CLOSING) && !self.wire.has_unread()
    }

    fn not_handed_over(&self, step: Step, fault: Fault) -> SendError {
        SendError::NotHandedOver {
            server: self.server.clone(),
            step,
            fault,
        }
    }

    fn in_doubt(&self, fault: Fault) -> SendError {
        SendError::InDoubt {
            server: self.server.clone(),
            fault,
        }
    }
}

/// What an answer means at its step.
enum Meaning {
    Yes,
    No(Outcome),
    Goodbye(Outcome),
    Nonsense(Fault),
}

fn meaning(step: Step, answer: Result<Reply, Fault>) -> Meaning {
    let reply = match answer {
        Ok(reply) => reply,
        Err(fault) => return Meaning::Nonsense(fault),
    };
    let status = reply.status();
    let yes = if step == Step::Data {
        status.code == 354
    } else {
        status.class() == 2
    };
    match refused(step, reply) {
        Some(outcome) if status.code == CLOSING => Meaning::Goodbye(outcome),
        Some(outcome) => Meaning::No(outcome),
        None if yes => Meaning::Yes,
        None => Meaning::Nonsense(Fault::Unexpected(status)),
    }
}

fn refused(step: Step, reply: Reply) -> Option<Outcome> {
    match reply.status().class() {
        4 => Some(Outcome::RefusedForNow { step, reply }),
        5 => Some(Outcome::Refused { step, reply }),
        _ => None,
    }
}

fn settled(step: Step, reply: Reply) -> Option<Outcome> {
    match reply.status().class() {
        2 => Some(Outcome::Accepted { reply }),
        _ => refused(step, reply),
    }
}
