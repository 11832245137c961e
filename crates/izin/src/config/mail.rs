//! How mail leaves, from `[smtp]`.

use std::net::IpAddr;
use std::time::Duration;

use izin_app::MailSettings;
use izin_app::deliver::dkim::{DomainKey, Signer};
use izin_app::deliver::smtp::{Credentials, HelloName, Security, Server, SmtpSettings, Timeouts};

use super::fault::Faults;
use super::file::{Dkim, Smtp};
use super::value::{PublicUrl, Sender};
use super::{Environment, secret};

/// A campaign's sender watches: a server that hangs is told within half a minute, where RFC 5321
/// would wait for five.
const GREETING: Duration = Duration::from_secs(30);
/// Servers look up names while they answer `MAIL` and `RCPT`; a minute is plenty.
const COMMAND: Duration = Duration::from_secs(60);

/// What the settings of mail are called, in the file and in the environment.
pub(super) const SETTINGS: [&str; 7] = [
    "smtp",
    "IZIN_SMTP_PORT",
    "IZIN_SMTP_FROM",
    "IZIN_SMTP_SECURITY",
    "IZIN_SMTP_HOST",
    "IZIN_SMTP_HELLO",
    "IZIN_SMTP_PASSWORD_FILE",
];

/// Completes `[smtp]` with what follows from it; `None` where something is missing or contradicts.
pub(super) fn resolve(
    smtp: Smtp,
    public_url: Option<&PublicUrl>,
    env: Environment<'_>,
    faults: &mut Faults<'_>,
) -> Option<MailSettings> {
    let credentials = faults.kept(credentials(&smtp, env), &["password_file", "smtp"]);
    let sender = faults.kept(sender(&smtp), &["from", "from_address", "smtp"]);
    let domain = sender.as_ref().and_then(|own| own.address.rsplit_once('@'));
    let domain = domain
        .map(|(_, domain)| domain.to_owned())
        .unwrap_or_default();
    let dkim = faults.kept(
        signer(&smtp.dkim, &domain),
        &["dkim", "selector", "key_file", "smtp"],
    );
    let host = smtp.host.filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| "[smtp] has no `host`; write the mail server's name".to_owned());
    let host = faults.kept(host, &["host", "smtp"]);
    let said = smtp.hello.or_else(|| public_url.map(hello));
    let read =
        |hello: String| HelloName::parse(&hello).map_err(|why| format!("[smtp] `hello`: {why}"));
    let hello = said.and_then(|own| faults.kept(read(own), &["hello", "public_url", "smtp"]));
    let (host, sender) = (host?, sender?);
    let security = smtp.security.unwrap_or(match &*host {
        "localhost" | "127.0.0.1" | "::1" => Security::None,
        _ => Security::StartTls,
    });
    let port = smtp.port.unwrap_or(match security {
        Security::None => 25,
        Security::StartTls => 587,
        Security::Tls => 465,
    });
    Some(MailSettings {
        smtp: SmtpSettings {
            server: Server { host, port },
            security,
            credentials: credentials?,
            hello: hello?,
            timeouts: Timeouts {
                greeting: GREETING,
                command: COMMAND,
                ..Timeouts::default()
            },
        },
        from_address: sender.address,
        from_name: sender.name,
        dkim: dkim?,
    })
}

/// The keys of `[[smtp.dkim]]`, for the sender's domain unless they name another.
fn signer(parts: &[Dkim], domain: &str) -> Result<Signer, String> {
    let key = |own: &Dkim| {
        let file = own.key_file.display();
        let cannot = |why: String| format!("[[smtp.dkim]] `key_file`: cannot use `{file}`: {why}");
        let pem = std::fs::read_to_string(&own.key_file).map_err(|why| cannot(why.to_string()))?;
        let domain = own.domain.as_deref().unwrap_or(domain);
        DomainKey::read(domain, &own.selector, &pem).map_err(|why| cannot(why.to_string()))
    };
    let keys: Result<Vec<_>, String> = parts.iter().map(key).collect();
    keys.map(Signer::new)
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
        (None, Some(file)) => secret::in_file(file).map_err(|why| {
            format!(
                "[smtp] `password_file`: cannot use `{}`: {why}",
                file.display()
            )
        })?,
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
