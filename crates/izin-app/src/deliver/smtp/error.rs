//! What can go wrong between us and a mail server, and what to do about it.
//!
//! Every error names `host:port`. None repeats an address or a server's words.

use std::io;
use std::time::Duration;

use super::reply::Status;
use super::settings::Server;
use super::wire::{REPLY_BYTES_MAX, REPLY_LINE_BYTES_MAX};

/// A step of the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The server's first line.
    Greeting,
    /// `EHLO`, or `HELO` where that is not known.
    Hello,
    /// Changing to TLS.
    StartTls,
    /// `AUTH`.
    Login,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`.
    Data,
    /// Writing the message, its final dot included.
    Message,
    /// The reply to the final dot.
    FinalReply,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Greeting => "the greeting",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Message => "the message",
            Self::FinalReply => "the final reply",
        })
    }
}

/// What broke a dialogue.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Nothing, or not enough, came in time.
    #[error("not finished within {} s", .after.as_secs_f32())]
    TimedOut {
        /// The limit of this step.
        after: Duration,
    },
    /// The server hung up.
    #[error("the server closed the connection")]
    Closed,
    /// The network failed.
    #[error("the connection broke")]
    Broken(#[source] io::Error),
    /// More than any reply needs.
    #[error(
        "the reply is longer than {REPLY_LINE_BYTES_MAX} bytes in a line or {REPLY_BYTES_MAX} in all"
    )]
    ReplyTooLong,
    /// Not SMTP.
    #[error("the answer is not an SMTP reply")]
    NotAReply,
    /// A reply that has no meaning at this step.
    #[error("the reply {0} has no meaning here")]
    Unexpected(Status),
    /// A reply to nothing we said: from here on replies could be taken for others'.
    #[error("the server answered before it was asked")]
    Unasked,
}

/// Why no connection could be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No address for this name.
    #[error("{server}: no such host; check the name and this machine's DNS")]
    HostUnknown {
        /// The mail server.
        server: Server,
        /// What the resolver said.
        #[source]
        source: io::Error,
    },
    /// Nobody listens.
    #[error("{server}: nothing listens on that port; check the port and that the mail server runs")]
    PortClosed {
        /// The mail server.
        server: Server,
    },
    /// The network does not lead there.
    #[error("{server}: cannot be reached; check the network and its firewall")]
    Unreachable {
        /// The mail server.
        server: Server,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Neither a connection nor a refusal.
    #[error("{server}: no connection within {} s; check the firewall (many networks block port 25)", .after.as_secs_f32())]
    ConnectTimedOut {
        /// The mail server.
        server: Server,
        /// The limit.
        after: Duration,
    },
    /// Connected, but the server says nothing.
    #[error("{server}: no greeting within {} s; if the port speaks TLS at once, set security to `tls`", .after.as_secs_f32())]
    NoGreeting {
        /// The mail server.
        server: Server,
        /// The limit.
        after: Duration,
    },
    /// Greeted with a refusal.
    #[error(
        "{server}: turned us away with {status}; try later, or ask its operator to admit this machine"
    )]
    TurnedAway {
        /// The mail server.
        server: Server,
        /// The refusal.
        status: Status,
    },
    /// Refused our introduction.
    #[error(
        "{server}: refused our hello name with {status}; set it to this machine's full host name"
    )]
    HelloRefused {
        /// The mail server.
        server: Server,
        /// The refusal.
        status: Status,
    },
    /// `starttls` is set and the server has none; we do not go on in the clear.
    #[error(
        "{server}: does not offer STARTTLS; use its TLS port with security `tls`, or have STARTTLS enabled there"
    )]
    TlsNotOffered {
        /// The mail server.
        server: Server,
    },
    /// The certificate's issuer, name or dates are wrong.
    #[error(
        "{server}: its certificate is not trusted; use the host name it was issued for, and for a private relay name its CA file"
    )]
    NotTrusted {
        /// The mail server.
        server: Server,
        /// What is wrong with it.
        #[source]
        source: rustls::Error,
    },
    /// No TLS session came about.
    #[error(
        "{server}: TLS failed; check that the port speaks TLS (`tls`) or changes to it (`starttls`)"
    )]
    TlsFailed {
        /// The mail server.
        server: Server,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A certificate cannot be checked against this text.
    #[error("{server}: is not a host name a certificate can be checked against")]
    NotAHostName {
        /// The mail server.
        server: Server,
    },
    /// A password in the clear would leave this machine.
    #[error(
        "{server}: a password goes only over TLS or to this machine; set security to `starttls` or `tls`"
    )]
    PasswordNeedsTls {
        /// The mail server.
        server: Server,
    },
    /// No login we know.
    #[error(
        "{server}: offers neither AUTH PLAIN nor AUTH LOGIN; remove the user name, or use its submission port (587)"
    )]
    LoginNotOffered {
        /// The mail server.
        server: Server,
    },
    /// The user name or password is wrong, or not allowed.
    #[error("{server}: refused the login with {status}; check user name and password")]
    LoginRefused {
        /// The mail server.
        server: Server,
        /// The refusal.
        status: Status,
    },
    /// The dialogue broke before any message.
    #[error("{server}: {fault} ({step}); check that a mail server runs there")]
    Dialogue {
        /// The mail server.
        server: Server,
        /// Where.
        step: Step,
        /// What broke.
        #[source]
        fault: Fault,
    },
}

/// Why a message has no outcome. The variants say whether it may be sent again.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The server cannot carry this message; nothing was said and the connection is still good.
    #[error("{server}: cannot carry this message: {why}")]
    Unsendable {
        /// The mail server.
        server: Server,
        /// What it lacks.
        why: Unsendable,
    },
    /// The final dot never left: the server certainly did not take the message. Sending it again
    /// on another connection cannot make two of it.
    #[error("{server}: not handed over: {fault} ({step})")]
    NotHandedOver {
        /// The mail server.
        server: Server,
        /// Where it ended.
        step: Step,
        /// What broke.
        #[source]
        fault: Fault,
    },
    /// The final dot may have arrived and its reply did not: the server may or may not have taken
    /// the message. Never send it again unasked.
    #[error("{server}: in doubt, the message may have been handed over: {fault}")]
    InDoubt {
        /// The mail server.
        server: Server,
        /// What broke.
        #[source]
        fault: Fault,
    },
}

/// What a server lacks for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// Longer than the server takes (RFC 1870).
    #[error("it has {bytes} bytes and the server takes {max}")]
    TooLong {
        /// The message's length.
        bytes: usize,
        /// The server's limit.
        max: usize,
    },
    /// The message has bytes over 127 and the server takes none (RFC 6152).
    #[error("it is not plain ASCII and the server offers no 8BITMIME; encode its parts")]
    EightBit,
    /// An address has letters beyond ASCII (RFC 6531).
    #[error("an address is not plain ASCII and the server offers no SMTPUTF8")]
    Address,
}
