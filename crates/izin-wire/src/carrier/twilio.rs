//! Texts through Twilio, or one shaped like it: a form to the account's messages, and a code for what
//! is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Fate, Outgoing, Post, code, form, header, of_status};

/// An account with Twilio.
#[derive(Clone)]
pub struct Twilio {
    /// Where its API is, without a slash at the end.
    pub api: String,
    /// The account's id.
    pub account: String,
    /// The account's token.
    pub token: String,
}

impl Twilio {
    pub(super) fn url(&self) -> String {
        let (api, account) = (&self.api, &self.account);
        format!("{api}/2010-04-01/Accounts/{account}/Messages.json")
    }

    pub(super) fn post(&self, text: &Outgoing<'_>) -> Post {
        // A service that picks a number of its own has an id where others have a number.
        let from = if text.from.starts_with("MG") && text.from.len() == 34 {
            "MessagingServiceSid"
        } else {
            "From"
        };
        let fields = [
            ("To", text.to),
            (from, text.from),
            ("Body", text.words.text()),
        ];
        let mut post = form(self.url(), &fields);
        let basic = STANDARD.encode(format!("{}:{}", self.account, self.token));
        post.headers
            .push(header("authorization", &format!("Basic {basic}")));
        post
    }
}

pub(super) fn fate(status: u16, body: &[u8]) -> Fate {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let named = body.get("code").or_else(|| body.get("error_code"));
    match (named.and_then(code), of_status(status)) {
        (Some(21_610), _) => Fate::Stopped,
        // Not a number, not a telephone that takes texts.
        (Some(21_211 | 21_214 | 21_217 | 21_614), _) => Fate::NoSuchNumber,
        (Some(20_429), _) => Fate::NotNow,
        // The sender is missing, not ours, of another kind, or its service is empty.
        (Some(21_212 | 21_603 | 21_606 | 21_607 | 21_659..=21_661 | 21_701..=21_703), _) => {
            Fate::SenderRefused
        }
        (Some(_), Fate::Carried) => Fate::Refused,
        (None, Fate::Carried) if body.get("sid").is_none() => Fate::Unknown,
        (_, told) => told,
    }
}
