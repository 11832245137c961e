//! How mail leaves, from `[smtp]`.

use std::net::IpAddr;
use std::time::Duration;

use izin_app::MailSettings;
use izin_app::deliver::smtp::{Credentials, HelloName, Security, Server, SmtpSettings, Timeouts};

use super::Environment;
use super::file::Smtp;
use super::value::{PublicUrl, Sender};

/// A campaign's sender watches: a server that hangs is told within half a minute, where RFC 5321
/// would wait for five.
const GREETING: Duration = Duration::from_secs(30);
/// Servers look up names while they answer `MAIL` and `RCPT`; a minute is plenty.
const COMMAND: Duration = Duration::from_secs(60);
/// The longest password file, in bytes.
const PASSWORD_BYTES_MAX: usize = 4096;

/// Completes `[smtp]` with what follows from it.
pub(super) fn resolve(
    smtp: Smtp,
    public_url: &PublicUrl,
    env: Environment<'_>,
) -> Result<MailSettings, String> {
    let credentials = credentials(&smtp, env)?;
    let sender = sender(&smtp)?;
    let host = smtp
        .host
        .filter(|host| !host.is_empty())
        .ok_or("[smtp] has no `host`; write the mail server's name")?;
    let security = smtp.security.unwrap_or(match &*host {
        "localhost" | "127.0.0.1" | "::1" => Security::None,
        _ => Security::StartTls,
    });
    let port = smtp.port.unwrap_or(match security {
        Security::None => 25,
        Security::StartTls => 587,
        Security::Tls => 465,
    });
    let hello = smtp.hello.unwrap_or_else(|| hello(public_url));
    Ok(MailSettings {
        smtp: SmtpSettings {
            server: Server { host, port },
            security,
            credentials,
            hello: HelloName::parse(&hello).map_err(|why| format!("[smtp] `hello`: {why}"))?,
            timeouts: Timeouts {
                greeting: GREETING,
                command: COMMAND,
                ..Timeouts::default()
            },
        },
        from_address: sender.address,
        from_name: sender.name,
    })
}

fn sender(smtp: &Smtp) -> Result<Sender, String> {
    match (&smtp.from, &smtp.from_name, &smtp.from_address) {
        (Some(from), None, None) => Ok(from.clone()),
        (None, name, Some(address)) => Sender::new(name.as_deref().unwrap_or_default(), address)
            .map_err(|why| format!("[smtp]: {why}")),
        (None, _, None) => {
            Err("[smtp] has no `from`; write from = \"Toko Contoh <promo@toko.example>\"".into())
        }
        (Some(_), ..) => {
            Err("[smtp] has `from` and also `from_name` or `from_address`; keep `from` only".into())
        }
    }
}

fn credentials(smtp: &Smtp, env: Environment<'_>) -> Result<Option<Credentials>, String> {
    let Some(username) = &smtp.username else {
        return Ok(None);
    };
    let password = match (env("IZIN_SMTP_PASSWORD"), &smtp.password_file) {
        (Some(password), _) => password,
        (None, Some(file)) => {
            let read = std::fs::read_to_string(file);
            let text = read.map_err(|why| {
                format!(
                    "[smtp] `password_file`: cannot read `{}`: {why}",
                    file.display()
                )
            })?;
            if text.len() > PASSWORD_BYTES_MAX {
                return Err(format!(
                    "[smtp] `password_file`: longer than {PASSWORD_BYTES_MAX} bytes"
                ));
            }
            text.trim_end_matches(['\n', '\r']).to_owned()
        }
        (None, None) => {
            return Err(
                "[smtp] has `username` and no password; write `password_file`, or set \
                 IZIN_SMTP_PASSWORD"
                    .into(),
            );
        }
    };
    let both = Credentials::new(username.clone(), password);
    both.map(Some).map_err(|why| format!("[smtp]: {why}"))
}

/// The public host as it stands in `EHLO` (RFC 5321 §4.1.3).
fn hello(public_url: &PublicUrl) -> String {
    let host = public_url.host();
    match host.parse() {
        Ok(IpAddr::V4(ip)) => format!("[{ip}]"),
        Ok(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
        Err(_) => host.to_owned(),
    }
}
