//! The keys of each table, in the order in which the core's types declare them.

use izin_core::country::Country;
use izin_core::law::{Basis, Regime};
use izin_core::policy::{
    Bases, CapId, Class, DpiaId, FieldId, FormId, Over, PurposeId, RecipientId, Retention, Role,
    SensitiveCode, Source, TopicId,
};
use izin_core::quiet::{AllowedHours, ClockTime};
use izin_core::window::{Limit, Window};
use izin_core::zone::Zone;
use izin_core::{Channel, Language, Level, Timestamp};

use super::{Expected, Form, Key, reads};

use Expected::{Among, Words};
use Form::{Many, One, Table, Tables, Whole};

const fn must(name: &'static str, form: Form) -> Key {
    Key {
        name,
        required: true,
        form,
    }
}

const fn may(name: &'static str, form: Form) -> Key {
    Key {
        name,
        required: false,
        form,
    }
}

const LINE: Form = One(
    reads::<String>,
    Words("teks di antara tanda kutip", "a text in quotes"),
);
const YES_NO: Form = One(
    reads::<bool>,
    Words(
        "true atau false, tanpa tanda kutip",
        "true or false, without quotes",
    ),
);
const DAYS: Form = One(
    reads::<u32>,
    Words(
        "banyaknya hari dengan angka, misalnya 730",
        "a number of days, as 730",
    ),
);
const VERSION: Form = One(
    reads::<u32>,
    Words("bilangan, misalnya 1", "a number, as 1"),
);
const DATE: Form = One(
    reads::<Date>,
    Words(
        "tanggal di antara tanda kutip, misalnya \"2026-11-21\"",
        "a date in quotes, as \"2026-11-21\"",
    ),
);
const NAME: Expected = Words(
    "nama dari 1 sampai 40 huruf kecil, angka atau _, diawali huruf, misalnya \"marketing\"",
    "a name of 1 to 40 lower-case letters, digits or _, beginning with a letter, as \"marketing\"",
);
const COUNTRY: Form = One(
    reads::<Country>,
    Words(
        "dua huruf besar ISO 3166, misalnya \"ID\"",
        "two capital letters of ISO 3166, as \"ID\"",
    ),
);
const LEVEL: Form = One(
    reads::<Level>,
    Words("tingkat: 0, 1, 2 atau 3", "a level: levels are 0, 1, 2, 3"),
);
const CLOCK: Form = One(
    reads::<ClockTime>,
    Words(
        "jam dan menit, misalnya \"08:00\"",
        "hours and minutes, as \"08:00\"",
    ),
);
const CHANNEL: Form = One(reads::<Channel>, Among(channels));
const CHANNELS: Form = Many(reads::<Channel>, Among(channels));
const CLASS: Form = One(reads::<Class>, Among(classes));
const CODES: Form = Many(reads::<SensitiveCode>, Among(codes));
const TEXT: Form = Table(&[must("id", LINE), must("en", LINE)]);
const PURPOSE_NAME: Form = One(reads::<PurposeId>, NAME);

/// A date as the core's types read one.
struct Date;

impl<'de> serde::Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = Timestamp::parse(&text).map_err(serde::de::Error::custom);
        read.map(|_| Self)
    }
}

/// How many messages, as the core's type reads it.
struct AtMost;

impl<'de> serde::Deserialize<'de> for AtMost {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u16::deserialize(deserializer)?;
        let limit = Limit::new(number, Window::MAX).map_err(serde::de::Error::custom);
        limit.map(|_| Self)
    }
}

fn channels() -> Vec<&'static str> {
    Channel::ALL.map(Channel::as_str).to_vec()
}

fn classes() -> Vec<&'static str> {
    Class::ALL.map(Class::as_str).to_vec()
}

fn regimes() -> Vec<&'static str> {
    Regime::ALL.map(Regime::as_str).to_vec()
}

fn bases() -> Vec<&'static str> {
    Basis::ALL.map(Basis::as_str).to_vec()
}

fn codes() -> Vec<&'static str> {
    SensitiveCode::all().map(SensitiveCode::as_str).collect()
}

fn languages() -> Vec<&'static str> {
    vec!["id", "en"]
}

fn sources() -> Vec<&'static str> {
    vec!["customer", "shop", "browser", "third_party"]
}

fn retentions() -> Vec<&'static str> {
    vec!["profile", "purchases", "browsing"]
}

fn roles() -> Vec<&'static str> {
    vec!["processor", "independent"]
}

fn overs() -> Vec<&'static str> {
    vec!["defer", "drop"]
}

pub(super) const CONTROLLER: &[Key] = &[
    must("name", LINE),
    must("address", LINE),
    must("contact", LINE),
    must("dpo", LINE),
    must("languages", Many(reads::<Language>, Among(languages))),
    must("country", COUNTRY),
    must(
        "zone",
        One(
            reads::<Zone>,
            Words(
                "zona waktu, misalnya \"Asia/Jakarta\" atau \"WIB\"",
                "a time zone, as \"Asia/Jakarta\" or \"WIB\"",
            ),
        ),
    ),
    must("regimes", Many(reads::<Regime>, Among(regimes))),
    must("signed_by", LINE),
    may("approvals", One(reads::<u8>, Words("1 atau 2", "1 or 2"))),
];

const LIFE: &[Key] = &[may("from", DATE), may("until", DATE)];

const ROPA: &[Key] = &[
    must("subjects", TEXT),
    must("transfers", TEXT),
    must("measures", TEXT),
    must("system", LINE),
    must("automated_decision", YES_NO),
];

pub(super) const PURPOSE: &[Key] = &[
    must("id", PURPOSE_NAME),
    must("dpv", LINE),
    must("title", TEXT),
    must("explanation", TEXT),
    must("class", CLASS),
    must("basis", One(reads::<Bases>, Among(bases))),
    must("channels", CHANNELS),
    must("fields", Many(reads::<FieldId>, NAME)),
    may("recipients", Many(reads::<RecipientId>, NAME)),
    must("highest_level", LEVEL),
    may("sensitive", CODES),
    may("consent_days", DAYS),
    must("retention_days", DAYS),
    may("live", Table(LIFE)),
    may("ropa", Table(ROPA)),
    may("dpia", One(reads::<DpiaId>, NAME)),
];

pub(super) const FIELD: &[Key] = &[
    must("id", One(reads::<FieldId>, NAME)),
    must("title", TEXT),
    must("category", LINE),
    must("source", One(reads::<Source>, Among(sources))),
    must("why", TEXT),
    must("retention", One(reads::<Retention>, Among(retentions))),
    may("sensitive", CODES),
    may("segment", YES_NO),
];

pub(super) const RECIPIENT: &[Key] = &[
    must("id", One(reads::<RecipientId>, NAME)),
    must("name", TEXT),
    must("role", One(reads::<Role>, Among(roles))),
    must("country", COUNTRY),
    may("safeguard", LINE),
];

pub(super) const NOTICE: &[Key] = &[may("opening", TEXT), may("closing", TEXT)];

const CONTROL: &[Key] = &[
    must("purposes", Many(reads::<PurposeId>, NAME)),
    must("channel", CHANNEL),
    must("label", TEXT),
    may("default_on", YES_NO),
    may("condition_of_service", YES_NO),
    may("explicit", YES_NO),
];

pub(super) const FORM: &[Key] = &[
    must("id", One(reads::<FormId>, NAME)),
    must("version", VERSION),
    must("place", TEXT),
    must("control", Tables(CONTROL)),
    may("defective", TEXT),
];

pub(super) const TOPIC: &[Key] = &[
    must("id", One(reads::<TopicId>, NAME)),
    must("purpose", PURPOSE_NAME),
    must("title", TEXT),
];

const LIMIT: &[Key] = &[
    must(
        "at_most",
        One(
            reads::<AtMost>,
            Words(
                "bilangan dari 1 sampai 1000, misalnya `at_most = 3`; bila tidak boleh ada pesan sama sekali, keluarkan salurannya dari `channels` tujuan itu",
                "a number from 1 to 1000, as `at_most = 3`; for no message at all, take the channel out of the purpose's `channels`",
            ),
        ),
    ),
    must(
        "within",
        One(
            reads::<Window>,
            Words(
                "menit, jam atau hari dari \"1m\" sampai \"366d\", misalnya \"24h\"",
                "minutes, hours or days from \"1m\" to \"366d\", as \"24h\"",
            ),
        ),
    ),
];

pub(super) const CAP: &[Key] = &[
    must("id", One(reads::<CapId>, NAME)),
    may("channel", CHANNEL),
    may("class", CLASS),
    may("purpose", PURPOSE_NAME),
    may("topic", One(reads::<TopicId>, NAME)),
    must(
        "limit",
        Whole(
            LIMIT,
            reads::<Limit>,
            Words(
                "misalnya { at_most = 3, within = \"7d\" }",
                "as { at_most = 3, within = \"7d\" }",
            ),
        ),
    ),
    may("over", One(reads::<Over>, Among(overs))),
];

const ALLOWED: &[Key] = &[must("from", CLOCK), must("to", CLOCK)];

pub(super) const HOURS: &[Key] = &[
    must("channel", CHANNEL),
    must(
        "allowed",
        Whole(
            ALLOWED,
            reads::<AllowedHours>,
            Words(
                "dua waktu yang berbeda; \"00:00\" sampai \"24:00\" untuk sepanjang hari",
                "two different times; \"00:00\" to \"24:00\" for the whole day",
            ),
        ),
    ),
];

pub(super) const SENDER: &[Key] = &[
    must("channel", CHANNEL),
    must("name", LINE),
    must("receives_replies", YES_NO),
    may("highest_level", LEVEL),
];

pub(super) const CATEGORY: &[Key] = &[must("path", LINE), must("codes", CODES)];

pub(super) const DPIA: &[Key] = &[
    must("id", One(reads::<DpiaId>, NAME)),
    must("description", TEXT),
    must("necessity", TEXT),
    must("risks", TEXT),
    must("measures", TEXT),
    must("advice", TEXT),
    must("advised_by", LINE),
    must("author", LINE),
    must("approver", LINE),
    must("approved", DATE),
    must("expires", DATE),
];
