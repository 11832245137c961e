//! The form of `izin.toml`, and the variables that override it.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use izin_app::deliver::smtp::Security;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::Environment;
use super::fault::Faults;
use super::providers::{MailIn, OwnGateway, OwnWhatsapp, Shopify, Twilio, Vonage};
use super::value::{Currency, Listen, PublicUrl, Sender};

/// `izin.toml` as it is written: everything may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) data: Option<PathBuf>,
    pub(super) safe: Option<PathBuf>,
    pub(super) policy: Option<PathBuf>,
    pub(super) listen: Option<Listen>,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) currency: Option<Currency>,
    pub(super) log_origin: Option<String>,
    pub(super) demo: Option<bool>,
    pub(super) smtp: Option<Smtp>,
    pub(super) postgresql: Option<Postgresql>,
    pub(super) twilio: Option<Twilio>,
    pub(super) vonage: Option<Vonage>,
    pub(super) gateway: Option<OwnGateway>,
    pub(super) whatsapp: Option<OwnWhatsapp>,
    pub(super) shopify: Option<Shopify>,
    pub(super) mail_in: Option<MailIn>,
}

/// The part `[postgresql]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Postgresql {
    pub(super) address: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) keys_address: Option<String>,
    pub(super) keys_password_file: Option<PathBuf>,
    pub(super) authorities: Option<PathBuf>,
}

/// The part `[smtp]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Smtp {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) security: Option<Security>,
    pub(super) username: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) from: Option<Sender>,
    pub(super) from_name: Option<String>,
    pub(super) from_address: Option<String>,
    pub(super) hello: Option<String>,
    #[serde(default)]
    pub(super) dkim: Vec<Dkim>,
}

/// A part `[[smtp.dkim]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dkim {
    pub(super) selector: String,
    pub(super) key_file: PathBuf,
    pub(super) domain: Option<String>,
}

impl File {
    /// Reads the text of a file as far as it can be; paths in it become absolute. A setting that cannot
    /// be read is set aside, so that all of them are found.
    pub(super) fn parse(path: &Path, text: &str, faults: &mut Faults<'_>) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            faults.at(error.span().unwrap_or_default(), error.message().trim());
            faults.unread("smtp".to_owned());
        }
        let mut table = root.into_inner();
        if !errors.is_empty() {
            table = DeTable::new();
        }
        let mut file = loop {
            let whole = Spanned::new(0..text.len(), DeValue::Table(table.clone()));
            let error = match Self::deserialize(ValueDeserializer::from(whole)) {
                Ok(file) => break file,
                Err(error) => error,
            };
            let span = error.span().unwrap_or_default();
            let aside = set_aside(&mut table, span.start);
            faults.at(span, error.message().trim());
            let Some(aside) = aside else {
                break Self::default();
            };
            aside.into_iter().for_each(|own| faults.unread(own));
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        for own in file.smtp.iter_mut().flat_map(|smtp| &mut smtp.dkim) {
            own.key_file = folder.join(&own.key_file);
        }
        let password = file.smtp.as_mut().map(|smtp| &mut smtp.password_file);
        let (data, safe) = (Some(&mut file.data), Some(&mut file.safe));
        let servers = file.postgresql.as_mut().map(|own| {
            [
                &mut own.password_file,
                &mut own.keys_password_file,
                &mut own.authorities,
            ]
        });
        let paths = [data, safe, Some(&mut file.policy), password];
        let paths = paths.into_iter().flatten();
        for given in paths
            .chain(servers.into_iter().flatten())
            .filter_map(Option::as_mut)
        {
            *given = folder.join(&given);
        }
        file
    }

    /// Replaces what the environment sets too. Paths there are relative to the current folder.
    pub(super) fn override_with(&mut self, env: Environment<'_>, faults: &mut Faults<'_>) {
        let mut set = Setter { env, faults };
        set.path(&mut self.data, "IZIN_DATA");
        set.path(&mut self.safe, "IZIN_SAFE");
        set.path(&mut self.policy, "IZIN_POLICY");
        set.value(&mut self.listen, "IZIN_LISTEN");
        set.value(&mut self.public_url, "IZIN_PUBLIC_URL");
        set.value(&mut self.currency, "IZIN_CURRENCY");
        set.value(&mut self.log_origin, "IZIN_LOG_ORIGIN");
        if self.postgresql.is_none() && env("IZIN_POSTGRESQL").is_some() {
            self.postgresql = Some(Postgresql::default());
        }
        if let Some(own) = &mut self.postgresql {
            set.path(&mut own.password_file, "IZIN_POSTGRESQL_PASSWORD_FILE");
            set.path(
                &mut own.keys_password_file,
                "IZIN_POSTGRESQL_KEYS_PASSWORD_FILE",
            );
            set.path(&mut own.authorities, "IZIN_POSTGRESQL_AUTHORITIES");
        }
        if self.smtp.is_none() && env("IZIN_SMTP_HOST").is_some() {
            self.smtp = Some(Smtp::default());
        }
        let Some(smtp) = &mut self.smtp else {
            return;
        };
        set.value(&mut smtp.host, "IZIN_SMTP_HOST");
        set.value(&mut smtp.port, "IZIN_SMTP_PORT");
        set.value(&mut smtp.username, "IZIN_SMTP_USERNAME");
        set.path(&mut smtp.password_file, "IZIN_SMTP_PASSWORD_FILE");
        set.value(&mut smtp.from, "IZIN_SMTP_FROM");
        set.value(&mut smtp.hello, "IZIN_SMTP_HELLO");
        let mut security = None;
        set.value(&mut security, "IZIN_SMTP_SECURITY");
        smtp.security = security.map(|NamedSecurity(own)| own).or(smtp.security);
    }
}

/// Takes the setting at a place out of a table, with the part that it is in; their names, `None` where
/// no setting stands there.
fn set_aside(table: &mut DeTable<'_>, at: usize) -> Option<Vec<String>> {
    for (name, value) in table.iter_mut() {
        if let DeValue::Table(part) = value.get_mut()
            && let Some(mut aside) = set_aside(part, at)
        {
            aside.push(name.get_ref().to_string());
            return Some(aside);
        }
    }
    let mut settings = table.iter();
    let stands_here = settings
        .find(|(name, value)| name.span().contains(&at) || value.span().contains(&at))
        .map(|(name, _)| name.get_ref().to_string());
    let name = stands_here?;
    table.remove(name.as_str())?;
    Some(vec![name])
}

/// Reads variables of the environment.
struct Setter<'a, 'f> {
    env: Environment<'a>,
    faults: &'a mut Faults<'f>,
}

impl Setter<'_, '_> {
    fn value<T: FromStr<Err: Display>>(&mut self, slot: &mut Option<T>, name: &'static str) {
        match (self.env)(name).map(|text| text.parse::<T>()) {
            None => {}
            Some(Ok(read)) => *slot = Some(read),
            Some(Err(why)) => self.faults.variable(name, &why.to_string()),
        }
    }

    fn path(&mut self, slot: &mut Option<PathBuf>, name: &'static str) {
        match (self.env)(name).map(std::path::absolute) {
            None => {}
            Some(Ok(path)) => *slot = Some(path),
            Some(Err(why)) => self.faults.variable(name, &why.to_string()),
        }
    }
}

/// A security by its name in the file.
struct NamedSecurity(Security);

impl FromStr for NamedSecurity {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self(Security::None)),
            "starttls" => Ok(Self(Security::StartTls)),
            "tls" => Ok(Self(Security::Tls)),
            _ => Err("write none, starttls or tls"),
        }
    }
}
