//! Texts through Vonage's SMS API: a form, and an answer of 200 that holds a status for each part.

use serde_json::Value;

use super::{Fate, Outgoing, Post, code, digits, form, of_status};
use crate::sms::{self, Encoding};

/// An account with Vonage.
#[derive(Clone)]
pub struct Vonage {
    /// Where its API is, without a slash at the end.
    pub api: String,
    /// The account's key.
    pub key: String,
    /// The key's secret.
    pub secret: String,
}

impl Vonage {
    pub(super) fn url(&self) -> String {
        format!("{}/sms/json", self.api)
    }

    pub(super) fn post(&self, text: &Outgoing<'_>) -> Post {
        let words = text.words.text();
        let kind = match sms::length(words).encoding {
            Encoding::Gsm7 => "text",
            Encoding::Ucs2 => "unicode",
        };
        let fields = [
            ("api_key", self.key.as_str()),
            ("api_secret", &self.secret),
            ("from", digits(text.from)),
            ("to", digits(text.to)),
            ("type", kind),
            ("text", words),
        ];
        form(self.url(), &fields)
    }
}

pub(super) fn fate(status: u16, body: &[u8]) -> Fate {
    let told = of_status(status);
    if told != Fate::Carried {
        return told;
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let parts = body.get("messages").and_then(Value::as_array);
    let mut fates = parts.into_iter().flatten().map(|own| {
        own.get("status")
            .and_then(code)
            .map_or(Fate::Unknown, of_part)
    });
    let Some(first) = fates.next() else {
        return Fate::Unknown;
    };
    // Where one part went out the person has it, and it is not sent again.
    let is_carried = first == Fate::Carried || fates.any(|own| own == Fate::Carried);
    if is_carried { Fate::Carried } else { first }
}

const fn of_part(status: u64) -> Fate {
    match status {
        0 => Fate::Carried,
        // Too fast, too many connections.
        1 | 10 => Fate::NotNow,
        // Settings, password, account, money, sender.
        2 | 4 | 8 | 9 | 11 | 14 | 15 | 23 => Fate::SenderRefused,
        7 => Fate::Barred,
        33 => Fate::NoSuchNumber,
        5 | 13 => Fate::Unknown,
        _ => Fate::Refused,
    }
}
