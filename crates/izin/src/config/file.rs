//! The form of `izin.toml`, and the variables that override it.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use izin_app::deliver::smtp::Security;
use serde::Deserialize;

use super::value::{Currency, Listen, PublicUrl, Sender};
use super::{ConfigError, Environment};

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
}

impl File {
    /// Reads the text of a file; paths in it become absolute.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut file: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            ConfigError::Form {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
                why: error.message().trim().to_owned(),
            }
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let password = file.smtp.as_mut().map(|smtp| &mut smtp.password_file);
        let (data, safe) = (Some(&mut file.data), Some(&mut file.safe));
        let paths = [data, safe, Some(&mut file.policy), password];
        for given in paths.into_iter().flatten().filter_map(Option::as_mut) {
            *given = folder.join(&given);
        }
        Ok(file)
    }

    /// Replaces what the environment sets too. Paths there are relative to the current folder.
    pub(super) fn override_with(&mut self, env: Environment<'_>) -> Result<(), ConfigError> {
        set_path(&mut self.data, env, "IZIN_DATA")?;
        set_path(&mut self.safe, env, "IZIN_SAFE")?;
        set_path(&mut self.policy, env, "IZIN_POLICY")?;
        set(&mut self.listen, env, "IZIN_LISTEN")?;
        set(&mut self.public_url, env, "IZIN_PUBLIC_URL")?;
        set(&mut self.currency, env, "IZIN_CURRENCY")?;
        set(&mut self.log_origin, env, "IZIN_LOG_ORIGIN")?;
        if self.smtp.is_none() && env("IZIN_SMTP_HOST").is_some() {
            self.smtp = Some(Smtp::default());
        }
        let Some(smtp) = &mut self.smtp else {
            return Ok(());
        };
        set(&mut smtp.host, env, "IZIN_SMTP_HOST")?;
        set(&mut smtp.port, env, "IZIN_SMTP_PORT")?;
        set(&mut smtp.username, env, "IZIN_SMTP_USERNAME")?;
        set_path(&mut smtp.password_file, env, "IZIN_SMTP_PASSWORD_FILE")?;
        set(&mut smtp.from, env, "IZIN_SMTP_FROM")?;
        set(&mut smtp.hello, env, "IZIN_SMTP_HELLO")?;
        let mut security = None;
        set(&mut security, env, "IZIN_SMTP_SECURITY")?;
        smtp.security = security.map(|NamedSecurity(own)| own).or(smtp.security);
        Ok(())
    }
}

pub(super) fn set<T: FromStr<Err: Display>>(
    slot: &mut Option<T>,
    env: Environment<'_>,
    name: &'static str,
) -> Result<(), ConfigError> {
    if let Some(text) = env(name) {
        let read = text
            .parse()
            .map_err(|why: T::Err| ConfigError::Environment {
                name,
                why: why.to_string(),
            })?;
        *slot = Some(read);
    }
    Ok(())
}

fn set_path(
    slot: &mut Option<PathBuf>,
    env: Environment<'_>,
    name: &'static str,
) -> Result<(), ConfigError> {
    if let Some(text) = env(name) {
        let absolute = std::path::absolute(text).map_err(|why| ConfigError::Environment {
            name,
            why: why.to_string(),
        })?;
        *slot = Some(absolute);
    }
    Ok(())
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
