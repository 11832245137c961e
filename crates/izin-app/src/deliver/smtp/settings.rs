//! Where the mail server is and how we speak to it.
//!
//! Plain values, checked once when they are made; nothing here opens a file or a socket.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

/// A mail server's name or IP address, and its port; shown as `host:port` in every error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Host name or IP address.
    pub host: String,
    /// TCP port: 587 or 25 with `starttls`, 465 with `tls`.
    pub port: u16,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Everything needed to open a connection.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The mail server.
    pub server: Server,
    /// Whether and how the connection is encrypted.
    pub security: Security,
    /// User name and password, where the server wants them.
    pub credentials: Option<Credentials>,
    /// The name we introduce ourselves by.
    pub hello: HelloName,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

/// Whether and how a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Not at all: for a relay on this machine or a trusted network.
    None,
    /// Begins in the clear and must change to TLS (RFC 3207); never falls back.
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
}

/// Why a setting was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The name could not stand in `EHLO`.
    #[error(
        "the hello name must be a host name such as `shop.example`, at most {HELLO_BYTES_MAX} letters, digits, dots, hyphens, colons or brackets"
    )]
    HelloName,
    /// The user name or password could not stand in `AUTH PLAIN` (RFC 4616).
    #[error("the user name must not be empty, and neither it nor the password may hold a NUL")]
    Credentials,
}

/// The longest hello name: a domain of RFC 1035 §3.1, in bytes.
const HELLO_BYTES_MAX: usize = 255;

/// The host name or address literal given in `EHLO`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelloName(String);

impl HelloName {
    /// Takes a host name (`shop.example`) or an address literal (`[127.0.0.1]`).
    ///
    /// # Errors
    /// [`SettingError::HelloName`] when it is empty, too long or has another character.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if text.is_empty() || text.len() > HELLO_BYTES_MAX || !text.chars().all(fits) {
            return Err(SettingError::HelloName);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as it goes into the command.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user name and a password; wiped from memory when dropped, never shown.
#[derive(Clone)]
pub struct Credentials {
    pub(super) user: Zeroizing<String>,
    pub(super) password: Zeroizing<String>,
}

impl Credentials {
    /// Takes both as the server's operator gave them.
    ///
    /// # Errors
    /// [`SettingError::Credentials`] on an empty user name or a NUL in either.
    pub fn new(user: String, password: String) -> Result<Self, SettingError> {
        let (user, password) = (Zeroizing::new(user), Zeroizing::new(password));
        if user.is_empty() || user.contains('\0') || password.contains('\0') {
            return Err(SettingError::Credentials);
        }
        Ok(Self { user, password })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

/// How long each step may take in all, however slowly the bytes arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Finding the host and reaching the port.
    pub connect: Duration,
    /// From the connection to the server's first line; also the TLS handshake.
    pub greeting: Duration,
    /// One command and its reply, or one pipelined group.
    pub command: Duration,
    /// Writing the message out.
    pub data: Duration,
    /// From the final dot to the reply that settles the message.
    pub final_reply: Duration,
}

impl Timeouts {
    /// A reachable port answers within one round trip; 10 s leaves room for three lost packets.
    pub const CONNECT: Duration = Duration::from_secs(10);
    /// RFC 5321 §4.5.3.2.1 asks for five minutes: servers make unknown peers wait on purpose.
    pub const GREETING: Duration = Duration::from_secs(300);
    /// RFC 5321 §4.5.3.2.2 and .3: five minutes.
    pub const COMMAND: Duration = Duration::from_secs(300);
    /// Ten minutes: three for each block (§4.5.3.2.5) of the few a campaign message has.
    pub const DATA: Duration = Duration::from_secs(600);
    /// RFC 5321 §4.5.3.2.6: ten minutes, since giving up here leaves the message in doubt.
    pub const FINAL_REPLY: Duration = Duration::from_secs(600);
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Self::CONNECT,
            greeting: Self::GREETING,
            command: Self::COMMAND,
            data: Self::DATA,
            final_reply: Self::FINAL_REPLY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_name_that_could_begin_a_second_command_is_refused() {
        for text in [
            "",
            "shop.example\r\nMAIL FROM:<>",
            "shop example",
            "toko\0",
            &"a".repeat(256),
        ] {
            assert_eq!(
                HelloName::parse(text),
                Err(SettingError::HelloName),
                "{text:?}"
            );
        }
        assert!(HelloName::parse("shop.example").is_ok());
        assert!(HelloName::parse("[127.0.0.1]").is_ok());
    }

    #[test]
    fn a_nul_cannot_smuggle_another_user_into_a_login() {
        let forged = Credentials::new("shop\0admin".to_owned(), "rahasia".to_owned());
        assert_eq!(forged.err(), Some(SettingError::Credentials));
    }

    #[test]
    fn a_password_is_not_shown() {
        let shop = Credentials::new("shop".to_owned(), "rahasia".to_owned()).unwrap();
        assert!(!format!("{shop:?}").contains("rahasia"));
    }
}
