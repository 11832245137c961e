//! Who carries texts: what the parts of `izin.toml` say of sending.

use std::collections::BTreeMap;

use izin_app::provider::{Carriers, Secret};
use izin_wire::carrier::{Body, Carrier, Shape, Twilio, Vonage, Whatsapp};

use super::file::File;
use super::is_this_machine;
use super::providers::{self, OwnGateway, OwnWhatsapp, Place, Reader};
use super::value::host;

/// Where the providers' APIs are, unless a part says otherwise.
const TWILIO_API: &str = "https://api.twilio.com";
const VONAGE_API: &str = "https://rest.nexmo.com";
const WHATSAPP_API: &str = "https://graph.facebook.com/v23.0";

/// Who carries texts; for SMS one of those that are set up to send.
pub(super) fn resolve(
    file: &File,
    token: Option<&Secret>,
    reader: &mut Reader<'_, '_>,
) -> Carriers {
    let by_sms = [
        ("twilio", twilio(file.twilio.as_ref(), token, reader)),
        ("vonage", vonage(file.vonage.as_ref(), reader)),
        ("gateway", gateway(file.gateway.as_ref(), reader)),
    ];
    let mut by_sms = by_sms
        .into_iter()
        .filter_map(|(part, own)| Some((part, own?)));
    let sms = by_sms.next();
    if let (Some((one, _)), Some((other, _))) = (&sms, by_sms.next()) {
        let why = format!(
            "[{one}] and [{other}] would both send texts; keep what is about sending in one of them"
        );
        reader.faults.about(&[other], &why);
    }
    Carriers {
        sms: sms.map(|(_, own)| own),
        whatsapp: whatsapp(file.whatsapp.as_ref(), reader),
    }
}

fn twilio(
    part: Option<&providers::Twilio>,
    token: Option<&Secret>,
    reader: &mut Reader<'_, '_>,
) -> Option<Carrier> {
    let part = part?;
    let account = part.account_sid.clone()?;
    let is_id = account.bytes().all(|own| own.is_ascii_alphanumeric());
    if account.is_empty() || !is_id {
        let why = "[twilio] `account_sid` is the account's id, AC and 32 letters or digits";
        reader.faults.about(&["account_sid", "twilio"], why);
        return None;
    }
    Some(Carrier::Twilio(Twilio {
        api: api(part.api.as_deref(), TWILIO_API, "twilio", reader)?,
        account,
        token: token?.expose().to_owned(),
    }))
}

fn vonage(part: Option<&providers::Vonage>, reader: &mut Reader<'_, '_>) -> Option<Carrier> {
    let part = part?;
    let key = part.api_key.clone()?;
    let place = Place {
        part: "vonage",
        setting: "api_secret_file",
        file: part.api_secret_file.as_deref(),
        variable: "IZIN_VONAGE_API_SECRET",
    };
    Some(Carrier::Vonage(Vonage {
        secret: reader.needed(place, true)?.expose().to_owned(),
        api: api(part.api.as_deref(), VONAGE_API, "vonage", reader)?,
        key,
    }))
}

fn gateway(part: Option<&OwnGateway>, reader: &mut Reader<'_, '_>) -> Option<Carrier> {
    let part = part?;
    let url = part.send_url.as_deref()?;
    let place = Place {
        part: "gateway",
        setting: "send_secret_file",
        file: part.send_secret_file.as_deref(),
        variable: "IZIN_GATEWAY_SEND_SECRET",
    };
    let secret = reader.read(&place)?.map(|own| own.expose().to_owned());
    let url = address(url).map_err(|why| format!("[gateway] `send_url`: {why}"));
    let url = reader.faults.kept(url, &["send_url", "gateway"])?;
    let body = part.send_as.as_deref().unwrap_or("form");
    let body = Body::parse(body)
        .ok_or_else(|| "[gateway] `send_as` is one of form, json, text".to_owned());
    let body = reader.faults.kept(body, &["send_as", "gateway"])?;
    let pairs = |own: &BTreeMap<String, String>| own.clone().into_iter().collect();
    let (headers, fields) = (pairs(&part.send_headers), pairs(&part.send_fields));
    let shape = Shape::new((url, body), headers, fields, secret.unwrap_or_default());
    let shape = shape.map_err(|why| format!("[gateway] `send_fields` and `send_headers`: {why}"));
    let about = ["send_fields", "send_headers", "gateway"];
    reader.faults.kept(shape, &about).map(Carrier::Gateway)
}

fn whatsapp(part: Option<&OwnWhatsapp>, reader: &mut Reader<'_, '_>) -> Option<Carrier> {
    let part = part?;
    let phone_number_id = part.phone_number_id.clone()?;
    if phone_number_id.is_empty() || !phone_number_id.bytes().all(|own| own.is_ascii_digit()) {
        let why = "[whatsapp] `phone_number_id` is the id that WhatsApp gave the number, in digits";
        reader.faults.about(&["phone_number_id", "whatsapp"], why);
        return None;
    }
    let place = Place {
        part: "whatsapp",
        setting: "access_token_file",
        file: part.access_token_file.as_deref(),
        variable: "IZIN_WHATSAPP_ACCESS_TOKEN",
    };
    Some(Carrier::Whatsapp(Whatsapp {
        token: reader.needed(place, true)?.expose().to_owned(),
        api: api(part.api.as_deref(), WHATSAPP_API, "whatsapp", reader)?,
        phone_number_id,
    }))
}

/// Where an API is: as the part says, else where it usually is.
fn api(
    given: Option<&str>,
    usual: &str,
    part: &'static str,
    reader: &mut Reader<'_, '_>,
) -> Option<String> {
    let url = address(given.unwrap_or(usual)).map_err(|why| format!("[{part}] `api`: {why}"));
    let url = reader.faults.kept(url, &["api", part])?;
    Some(url.trim_end_matches('/').to_owned())
}

/// An address to post to: a password in the clear stays on this machine.
fn address(text: &str) -> Result<String, String> {
    let is_plain = text
        .chars()
        .all(|own| own.is_ascii_graphic() && !"\"<>\\@".contains(own));
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let host = host(rest.split(['/', '?']).next().unwrap_or_default());
    match (scheme, host) {
        ("https", Some(_)) if is_plain => Ok(text.to_owned()),
        ("http", Some(own)) if is_plain && is_this_machine(own) => Ok(text.to_owned()),
        ("http", Some(_)) if is_plain => {
            Err("what is sent needs https (http is for this machine)".to_owned())
        }
        _ => Err("write an address such as https://gateway.example/send".to_owned()),
    }
}
