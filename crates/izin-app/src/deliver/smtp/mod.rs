//! Handing one message after another to a mail server, by our own small SMTP client.
//!
//! It exists because the distance between "certainly not handed over" and "perhaps handed over"
//! decides whether a message may be sent again: [`SendError`] keeps the two apart and nothing here
//! ever guesses. A connection carries many messages; where the server offers PIPELINING a message
//! costs two writes (RFC 2920).
//!
//! It never retries, never logs, never lets a line break or a second recipient into an envelope,
//! never sends a password in the clear to another machine, and keeps the words of a server's
//! reply (which may name a person) out of every error. Start at [`Smtp::connect`] and
//! [`Smtp::send`]; `connection.rs` holds the dialogue of one message.

mod connection;
mod envelope;
mod error;
mod login;
mod message;
mod open;
mod reply;
mod settings;
mod trust;
mod wire;

#[cfg(test)]
mod tests;

pub use connection::{Outcome, Smtp};
pub use envelope::{AddressFault, Envelope, EnvelopeError, Party};
pub use error::{ConnectError, Fault, SendError, Step, Unsendable};
pub use reply::{Enhanced, Reply, Status};
pub use settings::{
    Credentials, HelloName, Security, Server, SettingError, SmtpSettings, Timeouts,
};
pub use trust::{Trust, TrustError};
