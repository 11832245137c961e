//! Every route by which somebody says no to a channel. Each answers whether it was acknowledged.

use std::io::{Error, Result};

use izin_testkit::provider::{self, MAIL_PASSWORD};
use serde_json::{Value, json};

use super::{PUBLIC_URL, email, phone};
use crate::client::{Answer, Client};
use crate::house::House;

/// A way to say no, and to which channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    OneClick,
    Page,
    MailTo,
    MailPipe,
    Complaint,
    MailApi,
    Twilio,
    Vonage,
    Gateway,
    ShortLink,
    WhatsappText,
    WhatsappSwitch,
    Shopify,
}

impl Route {
    pub(super) const ALL: [Self; 13] = [
        Self::OneClick,
        Self::Page,
        Self::MailTo,
        Self::MailPipe,
        Self::Complaint,
        Self::MailApi,
        Self::Twilio,
        Self::Vonage,
        Self::Gateway,
        Self::ShortLink,
        Self::WhatsappText,
        Self::WhatsappSwitch,
        Self::Shopify,
    ];

    /// The channels that must be silent from the acknowledgement on.
    pub(super) const fn channels(self) -> &'static [&'static str] {
        match self {
            Self::OneClick
            | Self::Page
            | Self::MailTo
            | Self::MailPipe
            | Self::Complaint
            | Self::MailApi => &["email"],
            Self::Twilio | Self::Vonage | Self::Gateway | Self::ShortLink => &["sms"],
            Self::WhatsappText | Self::WhatsappSwitch => &["whatsapp"],
            Self::Shopify => &["email", "sms", "whatsapp"],
        }
    }
}

/// What is posted when somebody says no. It may be posted again as it is.
pub(super) struct No {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl No {
    fn of(path: &str, headers: &[(&'static str, &str)], body: String) -> Self {
        let headers = headers.iter();
        Self {
            path: path.to_owned(),
            headers: headers
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            body,
        }
    }

    /// Whether a command takes it, not the server.
    pub(super) fn is_piped(&self) -> bool {
        self.path == PIPE
    }

    /// Says it; an error says that it was not acknowledged.
    pub(super) fn say(&self, client: &mut Client, house: &House) -> Result<()> {
        if self.is_piped() {
            return match house.piped(&["mailin"], &self.body) {
                Some(0) => Ok(()),
                code => Err(Error::other(format!("ended with {code:?}"))),
            };
        }
        let headers = self.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        acknowledged(&client.send(&self.path, &headers, &self.body)?)
    }
}

/// What somebody posts who says no by a route; a page or a mailbox they have from a message.
pub(super) fn no(client: &mut Client, route: Route, person: u64) -> Result<No> {
    Ok(match route {
        _ if route.channels() == ["email"] => no_to_mail(client, route, person)?,
        Route::ShortLink => press(way_out(client, ("sms", person))?["page_url"].as_str()),
        _ => no_by_provider(route, person),
    })
}

fn no_to_mail(client: &mut Client, route: Route, person: u64) -> Result<No> {
    if route == Route::MailApi {
        let subject = json!({ "email": email(person) });
        let act = json!({ "subject": subject, "act": "optout", "channel": "email" });
        let (key, once) = (format!("Bearer {}", client.key()), format!("no-{person}"));
        let headers = [("authorization", &*key), ("idempotency-key", &once), JSON];
        return Ok(No::of("/v1/acts", &headers, act.to_string()));
    }
    let way_out = way_out(client, ("email", person))?;
    Ok(match route {
        Route::OneClick => press(way_out["one_click_url"].as_str()),
        Route::Page => press(way_out["page_url"].as_str()),
        Route::Complaint => passed_on(complaint(&list_unsubscribe(&way_out), person)),
        _ => {
            let list = list_unsubscribe(&way_out);
            let mut ways = list.split(['<', '>', '?']);
            let to = ways.find_map(|own| own.strip_prefix("mailto:")).unwrap();
            let from = email(person);
            let mail = format!("From: {from}\r\nTo: {to}\r\n\r\nstop\r\n");
            match route {
                Route::MailPipe => No::of(PIPE, &[], mail),
                _ => passed_on(mail),
            }
        }
    })
}

fn no_by_provider(route: Route, person: u64) -> No {
    let (once, phone, number) = (format!("no-{person}"), phone(person), digits(person));
    match route {
        Route::Twilio => {
            let fields = [
                ("Body", "BERHENTI"),
                ("From", &*phone),
                ("MessageSid", &once),
            ];
            let signature = provider::twilio(&format!("{PUBLIC_URL}/hooks/twilio/sms"), &fields);
            let headers = [("x-twilio-signature", &*signature), FORM];
            No::of("/hooks/twilio/sms", &headers, provider::form(&fields))
        }
        Route::Vonage => {
            let (now, text) = (now(), ("text", "Stop"));
            let (id, from) = (("messageId", &*once), ("msisdn", &*number));
            let fields = [id, from, text, ("timestamp", &now)];
            let signature = provider::vonage(&fields);
            let fields = [&fields[..], &[("sig", &signature)]].concat();
            No::of("/hooks/vonage/sms", &[FORM], provider::form(&fields))
        }
        Route::Gateway => {
            let text = "tolong jangan sms saya lagi";
            let fields = [("from", &*phone), ("text", text), ("id", &once)];
            let password = format!("Bearer {}", provider::GATEWAY_PASSWORD);
            let headers = [("authorization", &*password), FORM];
            No::of("/hooks/sms/generic", &headers, provider::form(&fields))
        }
        Route::WhatsappText => {
            let text = json!({ "from": number, "id": once, "text": { "body": "STOP" } });
            whatsapp(&json!({ "messages": [text] }))
        }
        Route::WhatsappSwitch => {
            let own = json!({ "wa_id": number, "category": "marketing_messages", "value": "stop",
                "timestamp": now() });
            whatsapp(&json!({ "user_preferences": [own] }))
        }
        _ => shopify((&once, &phone), person),
    }
}

/// Whoever is to be forgotten, by all that the shop knows them by.
fn shopify((once, phone): (&str, &str), person: u64) -> No {
    let customer = json!({ "id": person, "email": email(person), "phone": phone });
    let body = json!({ "shop_id": 1, "shop_domain": "toko.example", "customer": customer,
        "orders_to_redact": [] });
    let body = body.to_string();
    let signature = provider::shopify(&body);
    let headers = [
        ("x-shopify-hmac-sha256", &*signature),
        ("x-shopify-topic", "customers/redact"),
        ("x-shopify-webhook-id", once),
        JSON,
    ];
    No::of("/hooks/shopify/customers/redact", &headers, body)
}

/// Where a mail goes that the mail server of the shop passes on: to `izin mailin`.
const PIPE: &str = "mailin";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

/// What is not acknowledged is said again, unless it is refused.
fn acknowledged(answer: &Answer) -> Result<()> {
    match answer.status {
        200..=299 => Ok(()),
        status @ 400..=499 => panic!("{status}: {}", answer.body),
        status => Err(Error::other(format!("answered {status}"))),
    }
}

/// The way out of a message, as a sender asks for it.
fn way_out(client: &mut Client, (channel, person): (&str, u64)) -> Result<Value> {
    let subject = match channel {
        "email" => json!({ "email": email(person) }),
        _ => json!({ "phone": phone(person) }),
    };
    let body =
        json!({ "subject": subject, "channel": channel, "purpose": "marketing", "refusal": true });
    let mut answer = client.post("/v1/decisions", &format!("ask-{person}"), &body)?;
    acknowledged(&answer)?;
    match answer.body["refusal"].take() {
        Value::Null => Err(Error::other(format!("no way out: {}", answer.body))),
        own => Ok(own),
    }
}

fn list_unsubscribe(refusal: &Value) -> String {
    let headers = refusal["headers"].as_array().unwrap();
    let mut own = headers.iter().filter(|own| own[0] == "List-Unsubscribe");
    own.find_map(|own| own[1].as_str()).unwrap().to_owned()
}

/// The button of a page, or what a mail program posts.
fn press(url: Option<&str>) -> No {
    let path = url.and_then(|own| own.strip_prefix(PUBLIC_URL));
    No::of(
        path.unwrap(),
        &[FORM],
        "List-Unsubscribe=One-Click".to_owned(),
    )
}

/// A mail that came in, as a mail server passes it on.
fn passed_on(mail: String) -> No {
    let password = format!("Bearer {MAIL_PASSWORD}");
    let headers = [
        ("authorization", &*password),
        ("content-type", "message/rfc822"),
    ];
    No::of("/hooks/email/raw", &headers, mail)
}

/// A report as a mailbox provider sends it about a mail of ours (RFC 5965).
fn complaint(list_unsubscribe: &str, person: u64) -> String {
    format!(
        "From: fbl@provider.example\r\nTo: izin@in.toko.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nTo: {}\r\nList-Unsubscribe: {list_unsubscribe}\r\n\r\nhalo\r\n--b--\r\n",
        email(person)
    )
}

fn whatsapp(value: &Value) -> No {
    let change = json!({ "field": "x", "value": value });
    let entry = json!({ "id": "1", "changes": [change] });
    let body = json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string();
    let signature = provider::whatsapp(&body);
    let headers = [("x-hub-signature-256", &*signature), JSON];
    No::of("/hooks/meta/whatsapp", &headers, body)
}

fn digits(person: u64) -> String {
    phone(person).trim_start_matches('+').to_owned()
}

fn now() -> String {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    since.as_secs().to_string()
}
