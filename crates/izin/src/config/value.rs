//! What single settings may be: each type reads its text once, from the file or the environment.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use izin_core::Identifier;
use serde::Deserialize;

/// Where the server listens.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Listen(pub(super) SocketAddr);

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            let text = without_user(text);
            format!(
                "`{text}` is no address to listen on; write an IP address and a port, as \
                 127.0.0.1:8080"
            )
        })
    }
}

/// The address under which customers reach the server, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct PublicUrl {
    text: String,
    host: String,
}

impl PublicUrl {
    /// The host, without brackets.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| {
            let text = without_user(text);
            format!("`{text}` cannot be the public address: {why}; write https://izin.toko.example")
        };
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| wrong("it has no https://"))?;
        let plain = |c: char| c.is_ascii_graphic() && !"?#@\\\"<>".contains(c);
        if !rest.chars().all(plain) {
            return Err(wrong("it holds more than a host, a port and a path"));
        }
        let authority = rest.split('/').next().unwrap_or_default();
        let host = host(authority).ok_or_else(|| wrong("it names no host"))?;
        match scheme {
            "https" => {}
            "http" if is_this_machine(host) => {}
            "http" => {
                return Err(wrong(
                    "links to customers need https (http is for this machine)",
                ));
            }
            _ => return Err(wrong("it has no https://")),
        }
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            host: host.to_owned(),
        })
    }
}

/// An address without the name and password before its `@`: a secret is never repeated.
fn without_user(text: &str) -> String {
    let Some((before, host)) = text.rsplit_once('@') else {
        return text.to_owned();
    };
    let scheme = before.split_once("://").map(|(scheme, _)| scheme);
    scheme.map_or(format!("…@{host}"), |scheme| {
        format!("{scheme}://…@{host}")
    })
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`.
pub(super) fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, after) = v6.split_once(']')?;
            host.parse::<IpAddr>().ok()?;
            (host, after.strip_prefix(':'))
        }
        None => authority
            .split_once(':')
            .map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (port_fits && !host.is_empty()).then_some(host)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A currency by its ISO 4217 code.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Currency(pub(super) String);

impl FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "`{text}` is no currency; write three capital letters, as IDR"
            ))
        }
    }
}

/// Who messages come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) address: String,
}

impl Sender {
    /// Takes both apart; the address keeps its letter case.
    pub(super) fn new(name: &str, address: &str) -> Result<Self, String> {
        let (name, address) = (name.trim().trim_matches('"'), address.trim());
        if Identifier::email(address).is_err() || name.chars().any(char::is_control) {
            return Err(
                "the sender is not understood; write \"Toko Contoh <promo@toko.example>\"".into(),
            );
        }
        Ok(Self {
            name: name.to_owned(),
            address: address.to_owned(),
        })
    }
}

impl FromStr for Sender {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text
            .trim()
            .strip_suffix('>')
            .and_then(|own| own.rsplit_once('<'))
        {
            Some((name, address)) => Self::new(name, address),
            None => Self::new("", text),
        }
    }
}

macro_rules! read_from_text {
    ($($own:ty),*) => {$(
        impl TryFrom<String> for $own {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }
    )*};
}

read_from_text!(Listen, PublicUrl, Currency, Sender);
