//! Messages through WhatsApp's Cloud API: a template that the platform has approved, or, to somebody
//! who has just written, words.

use serde_json::{Value, json};

use super::{Fate, Outgoing, Post, Words, code, digits, header, of_status};
use crate::whatsapp::{PLATFORM_CAP, STOPPED_BEFORE};

/// A number of the shop's with WhatsApp.
#[derive(Clone)]
pub struct Whatsapp {
    /// Where the API is, with its version, without a slash at the end.
    pub api: String,
    /// The id of the number that messages come from.
    pub phone_number_id: String,
    /// The token of the account.
    pub token: String,
}

impl Whatsapp {
    pub(super) fn url(&self) -> String {
        format!("{}/{}/messages", self.api, self.phone_number_id)
    }

    pub(super) fn post(&self, text: &Outgoing<'_>) -> Post {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": digits(text.to),
        });
        let (kind, content) = match text.words {
            Words::Text(words) => ("text", json!({ "body": words, "preview_url": false })),
            Words::Approved {
                name,
                language,
                blanks,
                ..
            } => ("template", template(name, language, blanks)),
        };
        if let Some(own) = body.as_object_mut() {
            own.insert("type".to_owned(), kind.into());
            own.insert(kind.to_owned(), content);
        }
        let mut post = super::json(self.url(), &body);
        post.headers
            .push(header("authorization", &format!("Bearer {}", self.token)));
        post
    }
}

fn template(name: &str, language: &str, blanks: &[String]) -> Value {
    let blank = |text| json!({ "type": "text", "text": text });
    let body = json!({ "type": "body", "parameters": blanks.iter().map(blank).collect::<Value>() });
    // A template without blanks has no components.
    let components: Value = blanks.first().map(|_| body).into_iter().collect();
    json!({ "name": name, "language": { "code": language }, "components": components })
}

pub(super) fn fate(status: u16, body: &[u8]) -> Fate {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let told = of_status(status);
    match body.pointer("/error/code").and_then(code) {
        Some(STOPPED_BEFORE) => Fate::Stopped,
        Some(PLATFORM_CAP) => Fate::Refused,
        // Too fast: the app, the account, the number, the pair, and a platform that is away.
        Some(4 | 80_007 | 130_429 | 131_016 | 131_048 | 131_056 | 131_057) => Fate::NotNow,
        // Rights and tokens, money and locks, and templates that are unknown, unfit or paused.
        Some(
            0
            | 3
            | 10
            | 190
            | 200..=299
            | 368
            | 131_005
            | 131_031
            | 131_042
            | 131_045
            | 132_000..=132_069
            | 133_010,
        ) => Fate::SenderRefused,
        Some(1 | 2 | 131_000) => Fate::Unknown,
        Some(_) if told == Fate::Carried => Fate::Refused,
        None if told == Fate::Carried && body.pointer("/messages/0/id").is_none() => Fate::Unknown,
        _ => told,
    }
}
