//! What data there is and who else receives it: the data dictionary and the recipients.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{FieldId, RecipientId, Text};
use crate::Language;
use crate::country::Country;

/// One kind of data kept about people. What is not declared is refused at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name in files and the API.
    pub id: FieldId,
    /// What it is called.
    pub title: Text,
    /// Category of personal data, a term of DPV's `pd` extension, as `pd:EmailAddress`.
    pub category: String,
    /// Where it comes from, as `customer`, `shop` or `browser`.
    pub source: Source,
    /// Why it is kept.
    pub why: Text,
    /// How long, by its class.
    pub retention: Retention,
    /// What it reveals that only an explicit consent lets be used.
    #[serde(default, skip_serializing_if = "CodeSet::is_empty")]
    pub sensitive: CodeSet,
    /// Whether segments of campaigns may be chosen by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub segment: bool,
}

/// Where data comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The person gave it.
    Customer,
    /// The shop's own records.
    Shop,
    /// The person's browser or app.
    Browser,
    /// Somebody else.
    ThirdParty,
}

/// Which of a person's keys seals it, and so how long it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retention {
    /// As long as the person is a customer.
    Profile,
    /// As long as purchases are kept.
    Purchases,
    /// As long as browsing is kept.
    Browsing,
}

/// Somebody else who receives data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Name in files.
    pub id: RecipientId,
    /// What it is called.
    pub name: Text,
    /// What it does with the data.
    pub role: Role,
    /// Where it is.
    pub country: Country,
    /// What protects the data there, where it is abroad: a decision, clauses, a consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safeguard: Option<String>,
}

/// On whose behalf a recipient acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// On ours, under a contract.
    Processor,
    /// On its own; a consent must have named it.
    Independent,
}

/// What data or goods reveal about a person (the union of the laws' lists).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SensitiveCode(u8);

/// Why a text is no sensitive code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown sensitive code `{0}`; codes are S1 to S18 and H (see the book, Sensitive goods)")]
pub struct SensitiveCodeError(String);

/// Codes with what they stand for, in Indonesian and in English.
const CODES: [(&str, &str, &str); 19] = [
    ("S1", "kesehatan", "health"),
    (
        "S2",
        "kehidupan atau orientasi seksual",
        "sex life or orientation",
    ),
    ("S3", "agama atau keyakinan", "religion or philosophy"),
    ("S4", "pandangan politik", "political opinion"),
    ("S5", "keanggotaan serikat pekerja", "union membership"),
    ("S6", "ras atau asal etnis", "race or ethnic origin"),
    ("S7", "data genetika", "genetic data"),
    ("S8", "pengenalan biometrik", "biometric identification"),
    ("S9", "catatan kejahatan", "criminal record"),
    ("S10", "anak-anak", "children"),
    ("S11", "keuangan pribadi", "personal finance"),
    ("S12", "lokasi tepat", "precise location"),
    (
        "S13",
        "nomor identitas resmi",
        "government identity numbers",
    ),
    ("S14", "kunci masuk akun", "account credentials"),
    ("S15", "isi pesan pribadi", "content of private messages"),
    (
        "S16",
        "kewarganegaraan atau imigrasi",
        "citizenship or immigration",
    ),
    ("S17", "data saraf", "neural data"),
    ("S18", "disabilitas", "disability"),
    (
        "H",
        "alkohol, tembakau, judi, senjata dan sejenisnya",
        "alcohol, tobacco, gambling, weapons and the like",
    ),
];

impl SensitiveCode {
    /// Every code.
    pub fn all() -> impl Iterator<Item = Self> {
        (0_u8..).zip(CODES).map(|(place, _)| Self(place))
    }

    /// The code's letters, as `S1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        CODES.get(usize::from(self.0)).map_or("", |(code, ..)| code)
    }

    /// What it stands for.
    #[must_use]
    pub fn meaning(self, language: Language) -> &'static str {
        let known = CODES.get(usize::from(self.0));
        known.map_or("", |(_, id, en)| match language {
            Language::Id => id,
            Language::En => en,
        })
    }
}

impl FromStr for SensitiveCode {
    type Err = SensitiveCodeError;

    fn from_str(text: &str) -> Result<Self, SensitiveCodeError> {
        Self::all()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| SensitiveCodeError(text.to_owned()))
    }
}

impl TryFrom<String> for SensitiveCode {
    type Error = SensitiveCodeError;

    fn try_from(text: String) -> Result<Self, SensitiveCodeError> {
        text.parse()
    }
}

impl From<SensitiveCode> for String {
    fn from(code: SensitiveCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for SensitiveCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of sensitive codes; a list in files and the API.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(into = "Vec<SensitiveCode>", from = "Vec<SensitiveCode>")]
pub struct CodeSet(u32);

impl CodeSet {
    /// No code.
    pub const EMPTY: Self = Self(0);

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Whether every code of `other` is in here.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// The codes of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The codes in order.
    pub fn iter(self) -> impl Iterator<Item = SensitiveCode> {
        SensitiveCode::all().filter(move |code| self.0 & (1 << code.0) != 0)
    }
}

impl FromIterator<SensitiveCode> for CodeSet {
    fn from_iter<I: IntoIterator<Item = SensitiveCode>>(codes: I) -> Self {
        codes
            .into_iter()
            .fold(Self::EMPTY, |set, code| Self(set.0 | 1 << code.0))
    }
}

impl From<Vec<SensitiveCode>> for CodeSet {
    fn from(codes: Vec<SensitiveCode>) -> Self {
        codes.into_iter().collect()
    }
}

impl From<CodeSet> for Vec<SensitiveCode> {
    fn from(set: CodeSet) -> Self {
        set.iter().collect()
    }
}
