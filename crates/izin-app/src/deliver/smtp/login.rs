//! Logging in: `AUTH PLAIN` (RFC 4616), else `AUTH LOGIN`.
//!
//! `open.rs` has made sure that the way is encrypted or stays on this machine.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::connection::Smtp;
use super::error::{ConnectError, Fault, Step};
use super::reply::Reply;
use super::settings::Credentials;

impl Smtp {
    pub(super) async fn log_in(&mut self, credentials: &Credentials) -> Result<(), ConnectError> {
        let (user, password) = (credentials.user.as_str(), credentials.password.as_str());
        let reply = if self.offers.login_plain {
            let both = Zeroizing::new(format!("\0{user}\0{password}"));
            self.ask(Step::Login, &secret_line("AUTH PLAIN ", &both))
                .await?
        } else if self.offers.login_login {
            self.log_in_by_question(user, password).await?
        } else {
            return Err(ConnectError::LoginNotOffered {
                server: self.server.clone(),
            });
        };
        match reply.status().class() {
            2 => Ok(()),
            4 | 5 => Err(self.login_refused(&reply)),
            _ => Err(self.broken(Step::Login, Fault::Unexpected(reply.status()))),
        }
    }

    /// The server asks for the user name, then for the password.
    async fn log_in_by_question(
        &mut self,
        user: &str,
        password: &str,
    ) -> Result<Reply, ConnectError> {
        let mut reply = self.ask(Step::Login, "AUTH LOGIN\r\n").await?;
        for answer in [user, password] {
            if reply.code() != 334 {
                return Err(self.login_refused(&reply));
            }
            reply = self.ask(Step::Login, &secret_line("", answer)).await?;
        }
        Ok(reply)
    }

    fn login_refused(&self, reply: &Reply) -> ConnectError {
        ConnectError::LoginRefused {
            server: self.server.clone(),
            status: reply.status(),
        }
    }
}

fn secret_line(command: &str, secret: &str) -> Zeroizing<String> {
    let encoded = Zeroizing::new(STANDARD.encode(secret));
    Zeroizing::new(format!("{command}{}\r\n", encoded.as_str()))
}
