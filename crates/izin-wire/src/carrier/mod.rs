//! Texts on their way out: what a carrier is posted for one, and what its answer means for the text and
//! for the person.
//!
//! An answer that is not understood is [`Fate::Unknown`]: the text may have arrived, so it is not sent
//! again. Start at [`Carrier::post`] and [`Carrier::fate`].

mod gateway;
mod twilio;
mod vonage;
mod whatsapp;

use std::fmt;

use serde_json::Value;

pub use gateway::{Body, Shape, ShapeError};
pub use twilio::Twilio;
pub use vonage::Vonage;
pub use whatsapp::Whatsapp;

/// A text for one person. `Debug` is absent on purpose: it says whom and what.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The number, account or name it comes from.
    pub from: &'a str,
    /// The number it goes to, with a plus.
    pub to: &'a str,
    /// What the person reads.
    pub words: Words<'a>,
}

/// What a person reads.
#[derive(Clone, Copy)]
pub enum Words<'a> {
    /// The text itself.
    Text(&'a str),
    /// A text that the platform has approved, and what fills its blanks in order.
    Approved {
        /// Its name there.
        name: &'a str,
        /// `id` or `en`.
        language: &'a str,
        /// What stands in its blanks.
        blanks: &'a [String],
        /// The text with its blanks filled.
        text: &'a str,
    },
}

impl<'a> Words<'a> {
    /// The text as it is read.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        match self {
            Self::Text(text) | Self::Approved { text, .. } => text,
        }
    }
}

/// A request to a carrier, by POST. `Debug` is absent on purpose: it holds a number and a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Where to; it names no person.
    pub url: String,
    /// Names and values of headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The carrier has it.
    Carried,
    /// Not now, whatever the text: it was not taken, and may be offered again.
    NotNow,
    /// This text is not carried.
    Refused,
    /// Nobody can be reached by this number.
    NoSuchNumber,
    /// The person has opted out with the carrier.
    Stopped,
    /// The carrier bars the number, and does not say whether its holder wanted that.
    Barred,
    /// The account, the sender or the approved text is at fault; every other text would meet the same.
    SenderRefused,
    /// The answer does not say.
    Unknown,
}

/// Who carries texts for a shop, and its account there.
#[derive(Clone)]
pub enum Carrier {
    /// Twilio, or one shaped like it.
    Twilio(Twilio),
    /// Vonage, by its SMS API.
    Vonage(Vonage),
    /// Any other gateway, such as Kannel.
    Gateway(Shape),
    /// WhatsApp's Cloud API.
    Whatsapp(Whatsapp),
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(masked)", self.name())
    }
}

impl Carrier {
    /// Its name, as `twilio`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Twilio(_) => "twilio",
            Self::Vonage(_) => "vonage",
            Self::Gateway(_) => "gateway",
            Self::Whatsapp(_) => "whatsapp",
        }
    }

    /// The address that texts are posted to.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Twilio(own) => own.url(),
            Self::Vonage(own) => own.url(),
            Self::Gateway(own) => own.url.clone(),
            Self::Whatsapp(own) => own.url(),
        }
    }

    /// The request that hands a text over.
    #[must_use]
    pub fn post(&self, text: &Outgoing<'_>) -> Post {
        match self {
            Self::Twilio(own) => own.post(text),
            Self::Vonage(own) => own.post(text),
            Self::Gateway(own) => own.post(text),
            Self::Whatsapp(own) => own.post(text),
        }
    }

    /// What an answer means: its HTTP status and its body.
    #[must_use]
    pub fn fate(&self, status: u16, body: &[u8]) -> Fate {
        match self {
            Self::Twilio(_) => twilio::fate(status, body),
            Self::Vonage(_) => vonage::fate(status, body),
            Self::Gateway(_) => of_status(status),
            Self::Whatsapp(_) => whatsapp::fate(status, body),
        }
    }
}

/// What an HTTP status says by itself.
const fn of_status(status: u16) -> Fate {
    match status {
        200..=299 => Fate::Carried,
        429 | 503 => Fate::NotNow,
        401..=405 | 407 | 415 => Fate::SenderRefused,
        400..=499 => Fate::Refused,
        // A redirect is followed by nobody, so nothing was carried; a fault may come after it was.
        300..=399 => Fate::SenderRefused,
        _ => Fate::Unknown,
    }
}

fn form(url: String, fields: &[(&str, &str)]) -> Post {
    let mut body = form_urlencoded::Serializer::new(String::new());
    let headers = vec![header("content-type", "application/x-www-form-urlencoded")];
    Post {
        url,
        headers,
        body: body.extend_pairs(fields).finish(),
    }
}

fn json(url: String, body: &Value) -> Post {
    Post {
        url,
        headers: vec![header("content-type", "application/json")],
        body: body.to_string(),
    }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A number without its plus.
fn digits(number: &str) -> &str {
    number.trim_start_matches('+')
}

/// A code that some write as a number and some as text.
fn code(own: &Value) -> Option<u64> {
    own.as_u64().or_else(|| own.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests;
