//! From nothing to a connection that is ready for messages.
//!
//! Order: reach the port, TLS if at once, greeting, `EHLO`, `STARTTLS` and `EHLO` again, login.
//! Everything learned before TLS is forgotten (RFC 3207 §4.2).

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::connection::Smtp;
use super::error::{ConnectError, Fault, Step};
use super::reply::Reply;
use super::settings::{Security, SmtpSettings};
use super::trust::Trust;
use super::wire::{ByteStream, Wire};

/// What the server's `EHLO` answer offers, as far as we use it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) pipelining: bool,
    pub(super) eight_bit: bool,
    pub(super) smtp_utf8: bool,
    pub(super) start_tls: bool,
    pub(super) login_plain: bool,
    pub(super) login_login: bool,
    /// `Some(0)`: takes a size and states no limit (RFC 1870 §3).
    pub(super) size: Option<usize>,
}

impl Offers {
    pub(super) fn read(reply: &Reply) -> Self {
        let mut offers = Self::default();
        for line in reply.lines().skip(1) {
            offers.note(&line.to_ascii_uppercase());
        }
        offers
    }

    fn note(&mut self, line: &str) {
        // Some old servers write `AUTH=LOGIN`.
        let mut words = line.split([' ', '=']);
        match words.next() {
            Some("PIPELINING") => self.pipelining = true,
            Some("8BITMIME") => self.eight_bit = true,
            Some("SMTPUTF8") => self.smtp_utf8 = true,
            Some("STARTTLS") => self.start_tls = true,
            Some("SIZE") => {
                self.size = Some(words.next().and_then(|max| max.parse().ok()).unwrap_or(0));
            }
            Some("AUTH") => words.for_each(|mechanism| match mechanism {
                "PLAIN" => self.login_plain = true,
                "LOGIN" => self.login_login = true,
                _ => {}
            }),
            _ => {}
        }
    }
}

/// Where the other end of a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// On this machine: what is sent in the clear stays here.
    ThisMachine,
    /// Anywhere else.
    Network,
}

impl Smtp {
    /// Opens a connection that is ready for [`Smtp::send`].
    ///
    /// # Errors
    /// [`ConnectError`] names the server, the step and what to do; no message was touched.
    pub async fn connect(settings: &SmtpSettings, trust: &Trust) -> Result<Self, ConnectError> {
        let stream = dial(settings).await?;
        let reach = match stream.peer_addr() {
            Ok(peer) if peer.ip().to_canonical().is_loopback() => Reach::ThisMachine,
            _ => Reach::Network,
        };
        Self::open(Box::new(stream), reach, settings, trust).await
    }

    /// Opens the dialogue on a stream that is already there.
    pub(super) async fn open(
        stream: Box<dyn ByteStream>,
        reach: Reach,
        settings: &SmtpSettings,
        trust: &Trust,
    ) -> Result<Self, ConnectError> {
        let in_the_clear = settings.security == Security::None && reach == Reach::Network;
        if settings.credentials.is_some() && in_the_clear {
            return Err(ConnectError::PasswordNeedsTls {
                server: settings.server.clone(),
            });
        }
        let stream = match settings.security {
            Security::Tls => trust.wrap(stream, settings).await?,
            Security::None | Security::StartTls => stream,
        };
        let mut smtp = Self::over(Wire::new(stream), settings);
        smtp.hear_greeting(settings).await?;
        smtp.say_hello(settings).await?;
        if settings.security == Security::StartTls {
            smtp = smtp.start_tls(settings, trust).await?;
            smtp.say_hello(settings).await?;
        }
        if let Some(credentials) = &settings.credentials {
            smtp.log_in(credentials).await?;
        }
        Ok(smtp)
    }

    async fn hear_greeting(&mut self, settings: &SmtpSettings) -> Result<(), ConnectError> {
        let server = settings.server.clone();
        match self.wire.reply(settings.timeouts.greeting).await {
            Ok(reply) if reply.code() == 220 => Ok(()),
            Ok(reply) if matches!(reply.status().class(), 4 | 5) => Err(ConnectError::TurnedAway {
                server,
                status: reply.status(),
            }),
            Ok(reply) => Err(self.broken(Step::Greeting, Fault::Unexpected(reply.status()))),
            Err(Fault::TimedOut { after }) => Err(ConnectError::NoGreeting { server, after }),
            Err(fault) => Err(self.broken(Step::Greeting, fault)),
        }
    }

    async fn say_hello(&mut self, settings: &SmtpSettings) -> Result<(), ConnectError> {
        let name = settings.hello.as_str();
        let mut reply = self.ask(Step::Hello, &format!("EHLO {name}\r\n")).await?;
        self.offers = Offers::read(&reply);
        if reply.status().class() == 5 {
            self.offers = Offers::default();
            reply = self.ask(Step::Hello, &format!("HELO {name}\r\n")).await?;
        }
        if reply.code() == 250 {
            return Ok(());
        }
        Err(ConnectError::HelloRefused {
            server: self.server.clone(),
            status: reply.status(),
        })
    }

    async fn start_tls(
        mut self,
        settings: &SmtpSettings,
        trust: &Trust,
    ) -> Result<Self, ConnectError> {
        let server = settings.server.clone();
        if !self.offers.start_tls {
            return Err(ConnectError::TlsNotOffered { server });
        }
        let reply = self.ask(Step::StartTls, "STARTTLS\r\n").await?;
        if reply.code() != 220 {
            return Err(self.broken(Step::StartTls, Fault::Unexpected(reply.status())));
        }
        let stream = self
            .wire
            .into_stream()
            .map_err(|fault| ConnectError::Dialogue {
                server,
                step: Step::StartTls,
                fault,
            })?;
        Ok(Self::over(
            Wire::new(trust.wrap(stream, settings).await?),
            settings,
        ))
    }

    /// One command and its reply, before any message.
    pub(super) async fn ask(&mut self, step: Step, line: &str) -> Result<Reply, ConnectError> {
        self.exchange(line)
            .await
            .map_err(|fault| self.broken(step, fault))
    }

    pub(super) fn broken(&self, step: Step, fault: Fault) -> ConnectError {
        ConnectError::Dialogue {
            server: self.server.clone(),
            step,
            fault,
        }
    }
}

/// Reaches the port, with Nagle's delay off: it would hold back every second small write.
async fn dial(settings: &SmtpSettings) -> Result<TcpStream, ConnectError> {
    let after = settings.timeouts.connect;
    match timeout(after, reach_port(settings)).await {
        Ok(stream) => stream,
        Err(_) => Err(ConnectError::ConnectTimedOut {
            server: settings.server.clone(),
            after,
        }),
    }
}

async fn reach_port(settings: &SmtpSettings) -> Result<TcpStream, ConnectError> {
    let server = || settings.server.clone();
    let addresses: Vec<_> = lookup_host((settings.server.host.as_str(), settings.server.port))
        .await
        .map_err(|source| ConnectError::HostUnknown {
            server: server(),
            source,
        })?
        .collect();
    let stream = TcpStream::connect(addresses.as_slice())
        .await
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::ConnectionRefused => ConnectError::PortClosed { server: server() },
            _ => ConnectError::Unreachable {
                server: server(),
                source,
            },
        })?;
    stream
        .set_nodelay(true)
        .map_err(|source| ConnectError::Unreachable {
            server: server(),
            source,
        })?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::super::{HelloName, Server, Timeouts};
    use super::*;

    fn settings(host: &str, port: u16) -> SmtpSettings {
        SmtpSettings {
            server: Server {
                host: host.to_owned(),
                port,
            },
            security: Security::None,
            credentials: None,
            hello: HelloName::parse("shop.example").unwrap(),
            timeouts: Timeouts::default(),
        }
    }

    #[tokio::test]
    async fn a_closed_port_and_an_unknown_host_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let closed = dial(&settings("127.0.0.1", port)).await.unwrap_err();
        assert!(
            matches!(closed, ConnectError::PortClosed { .. }),
            "{closed:?}"
        );
        assert!(
            closed
                .to_string()
                .starts_with(&format!("127.0.0.1:{port}: nothing listens"))
        );
        // A label of 64 letters is refused without asking the network.
        let host = format!("{}.invalid", "a".repeat(64));
        let unknown = dial(&settings(&host, 25)).await.unwrap_err();
        assert!(
            matches!(unknown, ConnectError::HostUnknown { .. }),
            "{unknown:?}"
        );
    }

    #[tokio::test]
    async fn small_writes_are_not_held_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = dial(&settings("127.0.0.1", port)).await.unwrap();
        assert!(stream.nodelay().unwrap());
    }
}
