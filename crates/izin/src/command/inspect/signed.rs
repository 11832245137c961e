//! What providers sign: whether it is theirs, and what it says.

use izin_wire::shopify::{self, Privacy};
use izin_wire::sms;
use izin_wire::standard_webhook::{self, Message, Secret};
use izin_wire::twilio::{self, Inbound, Request};
use izin_wire::vonage::{self, Method};
use izin_wire::whatsapp::{self, Event, Preference};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

/// Fields of a form: an object whose values are texts, numbers or lists of them; or pairs.
struct Params(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let pair = |own: &Value| Some((own.get(0)?.as_str()?.to_owned(), text(own.get(1)?)));
        Ok(Self(match Value::deserialize(from)? {
            Value::Object(own) => own
                .iter()
                .flat_map(|(name, value)| each(name, value))
                .collect(),
            Value::Array(own) => own.iter().filter_map(pair).collect(),
            _ => Vec::new(),
        }))
    }
}

fn each(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Array(own) => own.iter().map(|own| (name.to_owned(), text(own))).collect(),
        own => vec![(name.to_owned(), text(own))],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(own) => own.clone(),
        Value::Null => String::new(),
        own => own.to_string(),
    }
}

/// A request of Twilio's.
#[derive(Deserialize)]
pub(super) struct Twilio {
    auth_token: String,
    url: String,
    #[serde(default)]
    params: Option<Params>,
    #[serde(default)]
    body: Option<String>,
    x_twilio_signature: String,
}

/// Whether it is theirs, and what it says.
pub(super) fn twilio(own: Twilio) -> Value {
    let params = own.params.map(|own| own.0).unwrap_or_default();
    let request = Request {
        url: &own.url,
        params: &params,
        body: own.body.as_deref().map(str::as_bytes),
        signature: &own.x_twilio_signature,
    };
    let mut found = json!({"valid": twilio::verify(&own.auth_token, request)});
    match Inbound::read(&params) {
        Inbound::Text(own) => {
            found["from"] = own.from.into();
            found["meaning"] = sms::meaning(&own.text).name().into();
            found["text"] = own.text.into();
            found["message_id"] = own.id.into();
        }
        Inbound::StoppedBefore { to, id } => {
            found["stopped_before"] = to.into();
            found["message_id"] = id.into();
        }
        Inbound::Other => {}
    }
    found
}

/// A request of Vonage's: by the fields' own signature, or by the token of the Messages API.
#[derive(Deserialize)]
pub(super) struct Vonage {
    signature_secret: String,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    params: Option<Params>,
    #[serde(default)]
    authorization: Option<String>,
    #[serde(default)]
    raw_body: Option<String>,
    #[serde(default)]
    now: Option<u64>,
}

/// Whether it is theirs, and what it says.
pub(super) fn vonage(own: Vonage) -> Result<Value, String> {
    let secret = &own.signature_secret;
    let (valid, text) = match (own.params, own.authorization) {
        (Some(Params(params)), _) => {
            let method = own.method.as_deref().and_then(Method::parse);
            let method = method.ok_or("`method` is one of md5hash, md5, sha1, sha256, sha512")?;
            let fresh = own.now.is_none_or(|now| vonage::is_fresh(&params, now));
            (
                vonage::verify(secret, method, &params) && fresh,
                vonage::Text::of_params(&params),
            )
        }
        (None, Some(authorization)) => {
            let body = own.raw_body.unwrap_or_default();
            let valid = vonage::verify_token(secret, &authorization, body.as_bytes(), own.now);
            (valid, vonage::Text::of_message(body.as_bytes()))
        }
        (None, None) => return Err("one of `params` and `authorization` is needed".to_owned()),
    };
    let mut found = json!({"valid": valid});
    if let Some(text) = text {
        found["from"] = text.from.into();
        found["meaning"] = sms::meaning(&text.text).name().into();
        found["text"] = text.text.into();
        found["message_id"] = text.id.into();
    }
    Ok(found)
}

/// A request after Standard Webhooks.
#[derive(Deserialize)]
pub(super) struct StandardWebhook {
    secret: String,
    msg_id: String,
    timestamp: Value,
    payload: String,
    signature: String,
    #[serde(default)]
    verify_at: Option<u64>,
}

/// Whether it is its sender's.
pub(super) fn standard_webhook(own: StandardWebhook) -> Result<Value, String> {
    let message = Message {
        id: &own.msg_id,
        timestamp: &text(&own.timestamp),
        signature: &own.signature,
        body: own.payload.as_bytes(),
    };
    let secret = Secret::parse(&own.secret).map_err(|why| why.to_string())?;
    standard_webhook::verify(&secret, message, own.verify_at).map_err(|why| why.to_string())?;
    Ok(json!({"valid": true, "message_id": own.msg_id}))
}

/// A request of WhatsApp's.
#[derive(Deserialize)]
pub(super) struct Whatsapp {
    app_secret: String,
    raw_body: String,
    x_hub_signature_256: String,
}

/// Whether it is theirs, and what it says; the first event's fields stand beside the list of all.
pub(super) fn whatsapp(own: Whatsapp) -> Result<Value, String> {
    let body = own.raw_body.as_bytes();
    let valid = whatsapp::verify(&own.app_secret, &own.x_hub_signature_256, body);
    let events = whatsapp::events(body).map_err(|why| why.to_string())?;
    let events: Vec<Value> = events.iter().map(event).collect();
    let mut found = match events.first() {
        Some(Value::Object(first)) => first.clone(),
        _ => Map::new(),
    };
    found.insert("valid".to_owned(), valid.into());
    found.insert("events".to_owned(), events.into());
    Ok(found.into())
}

fn event(own: &Event) -> Value {
    match own {
        Event::Preference {
            wa_id,
            category,
            value,
            timestamp,
        } => {
            let value = match value {
                Preference::Stop => "stop",
                Preference::Resume => "resume",
            };
            json!({"wa_id": wa_id, "category": category, "value": value, "timestamp": timestamp})
        }
        Event::Text { wa_id, text, id } => {
            json!({"wa_id": wa_id, "text": text, "message_id": id, "meaning": sms::meaning(text).name()})
        }
        Event::Failed { wa_id, id, code } => {
            json!({"wa_id": wa_id, "message_id": id, "error_code": code})
        }
    }
}

/// A request of Shopify's.
#[derive(Deserialize)]
pub(super) struct Shopify {
    secret: String,
    headers: Params,
    raw_body: String,
}

/// Whether it is theirs, and what it asks for.
pub(super) fn shopify(own: Shopify) -> Result<Value, String> {
    let header = |name: &str| {
        let found = own
            .headers
            .0
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let body = own.raw_body.as_bytes();
    let topic = header("X-Shopify-Topic");
    let valid = shopify::verify(&own.secret, header("X-Shopify-Hmac-Sha256"), body);
    let mut found =
        json!({"valid": valid, "topic": topic, "webhook_id": header("X-Shopify-Webhook-Id")});
    if let Some((asked, shop)) = Privacy::read(topic, body) {
        found["shop_domain"] = shop.into();
        if let Privacy::DataRequest(who) | Privacy::CustomerRedact(who) = asked {
            found["customer"] = json!({"id": who.id, "email": who.email, "phone": who.phone});
        }
    }
    Ok(found)
}
