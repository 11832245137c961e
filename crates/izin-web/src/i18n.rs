//! What the pages say, in Indonesian and English, and how a reader's language is chosen.
//!
//! Every text of a page is in `messages/id.ftl` and `messages/en.ftl` under the same key; no
//! template and no handler holds a sentence of its own. A key that is missing in one language is
//! a failed test, and for a reader the other language rather than nothing: this module never
//! panics. Start at [`Texts`], then [`choose_language`].

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use izin_core::{Channel, Language, Level, Timestamp};
use jiff::tz::Offset;

/// The Indonesian message file.
const MESSAGES_ID: &str = include_str!("../messages/id.ftl");

/// The English message file.
const MESSAGES_EN: &str = include_str!("../messages/en.ftl");

static INDONESIAN: LazyLock<Texts> = LazyLock::new(|| Texts::read(Language::Id));
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Texts::read(Language::En));

/// All texts in one language; read once, shared by every request.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Texts {
    /// The texts in `language`.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Id => &INDONESIAN,
            Language::En => &ENGLISH,
        }
    }

    /// The texts in every language, Indonesian first; for the switch between them.
    #[must_use]
    pub fn all() -> [&'static Self; 2] {
        Language::ALL.map(Self::of)
    }

    /// Which language these texts are in.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// A text without variables.
    #[must_use]
    pub fn get<'a>(&'a self, key: &'a str) -> Cow<'a, str> {
        self.find(key, None)
    }

    /// A text with its variables, e.g. `say("opt-out-title").with("shop", "Toko Senja")`.
    ///
    /// Numbers are grouped as the language writes them and choose the plural form.
    #[must_use]
    pub fn say<'a>(&'a self, key: &'a str) -> Sentence<'a> {
        Sentence {
            texts: self,
            key,
            args: FluentArgs::new(),
        }
    }

    /// A whole number as the language writes it: `1.234` in Indonesian, `1,234` in English.
    #[must_use]
    pub fn number(&self, number: impl Borrow<u64>) -> String {
        group_thousands(
            &number.borrow().to_string(),
            thousands_separator(self.language),
        )
    }

    /// The day of a moment in the shop's zone, e.g. `21 November 2026`.
    #[must_use]
    pub fn date(&self, moment: Timestamp, zone: Offset) -> String {
        let Ok(utc) = jiff::Timestamp::from_microsecond(moment.as_micros()) else {
            return moment.to_string();
        };
        let day = zone.to_datetime(utc).date();
        let month = self.get(month_key(day.month()));
        format!("{} {month} {}", day.day(), day.year())
    }

    /// The day and minute of a moment in the shop's zone, e.g. `21 November 2026, 09:30`.
    #[must_use]
    pub fn date_time(&self, moment: Timestamp, zone: Offset) -> String {
        let Ok(utc) = jiff::Timestamp::from_microsecond(moment.as_micros()) else {
            return moment.to_string();
        };
        let time = zone.to_datetime(utc).time();
        let separator = match self.language {
            Language::Id => '.',
            Language::En => ':',
        };
        let date = self.date(moment, zone);
        format!("{date}, {:02}{separator}{:02}", time.hour(), time.minute())
    }

    /// What a channel is called; by reference too, as templates pass their fields.
    #[must_use]
    pub fn channel(&self, channel: impl Borrow<Channel>) -> Cow<'_, str> {
        self.get(match channel.borrow() {
            Channel::Email => "channel-email",
            Channel::Sms => "channel-sms",
            Channel::Whatsapp => "channel-whatsapp",
            Channel::Push => "channel-push",
            Channel::Phone => "channel-phone",
            Channel::Social => "channel-social",
            Channel::SocialDm => "channel-social-dm",
            Channel::Ads => "channel-ads",
            Channel::Site => "channel-site",
        })
    }

    /// What a level of the dial is called.
    #[must_use]
    pub fn level(&self, level: impl Borrow<Level>) -> Cow<'_, str> {
        self.get(match level.borrow() {
            Level::Contextual => "level-0",
            Level::Trends => "level-1",
            Level::Purchases => "level-2",
            Level::Browsing => "level-3",
        })
    }

    /// What a level of the dial may use, in one sentence.
    #[must_use]
    pub fn level_explained(&self, level: impl Borrow<Level>) -> Cow<'_, str> {
        self.get(match level.borrow() {
            Level::Contextual => "level-0-explained",
            Level::Trends => "level-1-explained",
            Level::Purchases => "level-2-explained",
            Level::Browsing => "level-3-explained",
        })
    }

    fn read(language: Language) -> Self {
        // A damaged file keeps what could be read of it; the tests read both files whole.
        let resource = match FluentResource::try_new(source(language).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let locale = language.as_str().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::Id => |value, _| grouped_number(value, Language::Id),
            Language::En => |value, _| grouped_number(value, Language::En),
        }));
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    fn find<'a>(&'a self, key: &'a str, args: Option<&'a FluentArgs<'_>>) -> Cow<'a, str> {
        self.format(key, args)
            .or_else(|| Self::of(other(self.language)).format(key, args))
            .unwrap_or(Cow::Borrowed(key))
    }

    fn format<'a>(&'a self, key: &str, args: Option<&'a FluentArgs<'_>>) -> Option<Cow<'a, str>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        // A variable nobody gave shows as its name; the tests compare keys, variables and uses.
        let mut unresolved = Vec::new();
        Some(self.bundle.format_pattern(pattern, args, &mut unresolved))
    }
}

/// A text whose variables are being filled; shows itself in its language.
pub struct Sentence<'a> {
    texts: &'a Texts,
    key: &'a str,
    args: FluentArgs<'a>,
}

impl<'a> Sentence<'a> {
    /// Fills one variable with a text or a number.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: impl Into<FluentValue<'a>>) -> Self {
        self.args.set(name, value);
        self
    }
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts.find(self.key, Some(&self.args)))
    }
}

/// Chooses the language of a page.
///
/// An explicit switch (`?lang=`) wins, then the language stored for the person, then the
/// browser's `Accept-Language` (RFC 9110 §12.5.4), then the shop's own.
#[must_use]
pub fn choose_language(
    query: Option<&str>,
    stored: Option<Language>,
    accept_language: Option<&str>,
    default: Language,
) -> Language {
    query
        .and_then(|tag| tag.parse().ok())
        .or(stored)
        .or_else(|| accept_language.and_then(|header| preferred(header, default)))
        .unwrap_or(default)
}

/// How many ranges of an `Accept-Language` header are read; browsers send fewer than ten.
const LANGUAGE_RANGES_MAX: usize = 32;

/// The best language of a header, if it names one we speak with a weight above 0.
fn preferred(header: &str, default: Language) -> Option<Language> {
    let mut best: Option<(Language, u16)> = None;
    for range in header.split(',').take(LANGUAGE_RANGES_MAX) {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let language = match tag.trim() {
            "*" => Some(default),
            tag => tag.parse().ok(),
        };
        let (Some(language), Some(weight)) = (language, weight_millis(parameters)) else {
            continue;
        };
        if weight > best.map_or(0, |(_, highest)| highest) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// The weight of a range in thousandths: 1000 without one, nothing when it is malformed.
fn weight_millis(parameters: &str) -> Option<u16> {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return Some(1000);
    }
    let weight: f32 = parameters.strip_prefix("q=")?.trim().parse().ok()?;
    (0.0..=1.0)
        .contains(&weight)
        .then(|| (weight * 1000.0).round() as u16)
}

fn source(language: Language) -> &'static str {
    match language {
        Language::Id => MESSAGES_ID,
        Language::En => MESSAGES_EN,
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::Id => Language::En,
        Language::En => Language::Id,
    }
}

fn thousands_separator(language: Language) -> char {
    match language {
        Language::Id => '.',
        Language::En => ',',
    }
}

fn grouped_number(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(group_thousands(
            &format!("{:.0}", number.value),
            thousands_separator(language),
        )),
        _ => None,
    }
}

fn group_thousands(digits: &str, separator: char) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

fn month_key(month: i8) -> &'static str {
    match month {
        1 => "month-1",
        2 => "month-2",
        3 => "month-3",
        4 => "month-4",
        5 => "month-5",
        6 => "month-6",
        7 => "month-7",
        8 => "month-8",
        9 => "month-9",
        10 => "month-10",
        11 => "month-11",
        _ => "month-12",
    }
}

#[cfg(test)]
mod tests;
