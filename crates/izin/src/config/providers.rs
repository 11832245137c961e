//! Who may post to us: a part of `izin.toml` for each provider, and the variables beside it. A part, or a
//! variable with its secret, makes the provider's address answer. What a part says of sending is read in
//! `carriers`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use izin_app::inbound::inbox::Inbox;
use izin_app::provider::{Gateway, Providers, Secret, Whatsapp};
use izin_wire::standard_webhook;
use izin_wire::vonage::Method;
use serde::Deserialize;

use super::fault::Faults;
use super::file::File;
use super::{Environment, secret};

/// The part `[twilio]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Twilio {
    auth_token_file: Option<PathBuf>,
    pub(super) account_sid: Option<String>,
    pub(super) api: Option<String>,
}

/// The part `[vonage]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vonage {
    signature_secret_file: Option<PathBuf>,
    signature_method: Option<String>,
    pub(super) api_key: Option<String>,
    pub(super) api_secret_file: Option<PathBuf>,
    pub(super) api: Option<String>,
}

/// The part `[gateway]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnGateway {
    password_file: Option<PathBuf>,
    webhook_secret_file: Option<PathBuf>,
    pub(super) send_url: Option<String>,
    pub(super) send_as: Option<String>,
    pub(super) send_secret_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) send_headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) send_fields: BTreeMap<String, String>,
}

/// The part `[whatsapp]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnWhatsapp {
    app_secret_file: Option<PathBuf>,
    verify_token_file: Option<PathBuf>,
    pub(super) phone_number_id: Option<String>,
    pub(super) access_token_file: Option<PathBuf>,
    pub(super) api: Option<String>,
}

/// The part `[shopify]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shopify {
    app_secret_file: Option<PathBuf>,
}

/// The part `[mail_in]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailIn {
    address: Option<String>,
    password_file: Option<PathBuf>,
}

/// One secret: its part, its setting, the file that it names, and its variable.
pub(super) struct Place<'a> {
    pub(super) part: &'static str,
    pub(super) setting: &'static str,
    pub(super) file: Option<&'a Path>,
    pub(super) variable: &'static str,
}

/// Who may post to us, and where mail arrives.
pub(super) fn resolve(file: &File, reader: &mut Reader<'_, '_>) -> (Providers, Option<Inbox>) {
    let inbox = inbox(file.mail_in.as_ref(), reader);
    let providers = Providers {
        twilio: twilio(file.twilio.as_ref(), reader),
        vonage: vonage(file.vonage.as_ref(), reader),
        gateway: gateway(file.gateway.as_ref(), reader),
        whatsapp: whatsapp(file.whatsapp.as_ref(), reader),
        shopify: shopify(file.shopify.as_ref(), reader),
    };
    (providers, inbox)
}

fn shopify(part: Option<&Shopify>, reader: &mut Reader<'_, '_>) -> Option<Secret> {
    let place = Place {
        part: "shopify",
        setting: "app_secret_file",
        file: part.and_then(|own| own.app_secret_file.as_deref()),
        variable: "IZIN_SHOPIFY_APP_SECRET",
    };
    reader.needed(place, part.is_some())
}

fn inbox(part: Option<&MailIn>, reader: &mut Reader<'_, '_>) -> Option<Inbox> {
    let part = part?;
    let place = Place {
        part: "mail_in",
        setting: "password_file",
        file: part.password_file.as_deref(),
        variable: "IZIN_MAIL_IN_PASSWORD",
    };
    let password = reader.read(&place)?;
    let missing = "[mail_in] has no `address`; write one such as izin@in.toko.example".to_owned();
    let address = part.address.as_deref().ok_or(missing);
    let inbox = address.and_then(|own| {
        Inbox::new(own, password).map_err(|why| format!("[mail_in] `address`: {why}"))
    });
    reader.faults.kept(inbox, &["address", "mail_in"])
}

fn twilio(part: Option<&Twilio>, reader: &mut Reader<'_, '_>) -> Option<Secret> {
    let place = Place {
        part: "twilio",
        setting: "auth_token_file",
        file: part.and_then(|own| own.auth_token_file.as_deref()),
        variable: "IZIN_TWILIO_AUTH_TOKEN",
    };
    reader.needed(place, part.is_some())
}

fn vonage(part: Option<&Vonage>, reader: &mut Reader<'_, '_>) -> Option<(Secret, Method)> {
    let place = Place {
        part: "vonage",
        setting: "signature_secret_file",
        file: part.and_then(|own| own.signature_secret_file.as_deref()),
        variable: "IZIN_VONAGE_SIGNATURE_SECRET",
    };
    // An account that only sends, under a name that nobody can answer, signs nothing.
    let only_sends = part.is_some_and(|own| own.api_key.is_some());
    let secret = reader.needed(place, part.is_some() && !only_sends)?;
    let named = part
        .and_then(|own| own.signature_method.as_deref())
        .unwrap_or("sha256");
    let method = Method::parse(named).ok_or_else(|| {
        "[vonage] `signature_method` is one of md5hash, md5, sha1, sha256, sha512, as the account has it set".to_owned()
    });
    let method = reader
        .faults
        .kept(method, &["signature_method", "vonage"])?;
    Some((secret, method))
}

fn gateway(part: Option<&OwnGateway>, reader: &mut Reader<'_, '_>) -> Option<Gateway> {
    let signed = Place {
        part: "gateway",
        setting: "webhook_secret_file",
        file: part.and_then(|own| own.webhook_secret_file.as_deref()),
        variable: "IZIN_GATEWAY_WEBHOOK_SECRET",
    };
    if let Some(secret) = reader.read(&signed)? {
        let secret = standard_webhook::Secret::parse(secret.expose());
        let secret = secret.map_err(|why| format!("[gateway] `webhook_secret_file`: {why}"));
        return reader
            .faults
            .kept(secret, &["webhook_secret_file", "gateway"])
            .map(Gateway::Signs);
    }
    let password = Place {
        part: "gateway",
        setting: "password_file",
        file: part.and_then(|own| own.password_file.as_deref()),
        variable: "IZIN_GATEWAY_PASSWORD",
    };
    let only_sends = part.is_some_and(|own| own.send_url.is_some());
    let password = reader.needed(password, part.is_some() && !only_sends);
    password.map(Gateway::Password)
}

fn whatsapp(part: Option<&OwnWhatsapp>, reader: &mut Reader<'_, '_>) -> Option<Whatsapp> {
    let app_secret = Place {
        part: "whatsapp",
        setting: "app_secret_file",
        file: part.and_then(|own| own.app_secret_file.as_deref()),
        variable: "IZIN_WHATSAPP_APP_SECRET",
    };
    let verify_token = Place {
        part: "whatsapp",
        setting: "verify_token_file",
        file: part.and_then(|own| own.verify_token_file.as_deref()),
        variable: "IZIN_WHATSAPP_VERIFY_TOKEN",
    };
    let app_secret = reader.needed(app_secret, part.is_some());
    let verify_token = reader.needed(verify_token, part.is_some() || app_secret.is_some());
    Some(Whatsapp {
        app_secret: app_secret?,
        verify_token: verify_token?,
    })
}

/// Reads secrets, and takes note of those that cannot be used.
pub(super) struct Reader<'a, 'f> {
    /// Where files are that are not named from the root.
    pub(super) folder: &'a Path,
    pub(super) env: Environment<'a>,
    pub(super) faults: &'a mut Faults<'f>,
}

impl Reader<'_, '_> {
    /// A secret, if one is named; the outer `None`: it cannot be used.
    pub(super) fn read(&mut self, place: &Place<'_>) -> Option<Option<Secret>> {
        let (part, setting) = (place.part, place.setting);
        if let Some(given) = (self.env)(place.variable) {
            let given = Secret::new(&given);
            if given.is_none() {
                self.faults.variable(place.variable, "it is empty");
            }
            return given.map(Some);
        }
        let Some(file) = place.file else {
            return Some(None);
        };
        let read = secret::in_file(&self.folder.join(file));
        let read = read.and_then(|own| Secret::new(&own).ok_or_else(|| "it is empty".to_owned()));
        let read = read.map_err(|why| {
            format!(
                "[{part}] `{setting}`: the file `{}` cannot be used: {why}",
                file.display()
            )
        });
        self.faults.kept(read, &[setting, part]).map(Some)
    }

    /// A secret that its part cannot do without.
    pub(super) fn needed(&mut self, place: Place<'_>, is_set: bool) -> Option<Secret> {
        let read = self.read(&place)?;
        if read.is_none() && is_set {
            let (part, setting, variable) = (place.part, place.setting, place.variable);
            let why = format!(
                "[{part}] has no `{setting}`; name a file that holds it, or set {variable}"
            );
            self.faults.about(&[part], &why);
        }
        read
    }
}
