//! What the company declares: who it is, why it processes data, on which channels, how
//! personally. The gate enforces this and the privacy notice is made from it.
//!
//! The types are plain; reading the folder and telling where a mistake stands is `izin-app`'s.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::law::{Basis, Regime};
use crate::{Channel, Language, Level};

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a name here; names have 1 to 40 lower-case letters, digits or _, and begin with a letter"
)]
pub struct NameError(String);

/// The longest name of a purpose or topic, in bytes; it stands in every entry that names it.
const NAME_BYTES_MAX: usize = 40;

macro_rules! policy_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads a name.
            ///
            /// # Errors
            /// [`NameError`] repeats the text and says what a name looks like.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let fits = text.len() <= NAME_BYTES_MAX
                    && text.starts_with(|c: char| c.is_ascii_lowercase())
                    && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                if fits { Ok(Self(text.into())) } else { Err(NameError(text.to_owned())) }
            }

            /// The name's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

policy_name! {
    /// The name of a purpose, as `marketing`.
    PurposeId
}
policy_name! {
    /// The name of a topic inside a purpose, as `new_arrivals`.
    TopicId
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Id => &self.id,
            Language::En => &self.en,
        }
    }
}

/// What sort of processing a purpose is; the class decides which refusals stop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Anything that promotes.
    Marketing,
    /// Surveys, review requests, requested stock alerts.
    OptionalService,
    /// Login codes, order and safety messages, answers to rights requests.
    Essential,
    /// Using more about a person to choose what to show.
    Personalisation,
    /// Feeding counts over everybody.
    AggregateStatistics,
    /// Measuring what our own messages and pages do.
    Measurement,
}

impl Class {
    /// The name used in files, rule ids and pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::OptionalService => "optional_service",
            Self::Essential => "essential",
            Self::Personalisation => "personalisation",
            Self::AggregateStatistics => "aggregate_statistics",
            Self::Measurement => "measurement",
        }
    }
}

/// Who the company is and which laws bind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Name as customers know it.
    pub name: String,
    /// Postal address, shown in every message.
    pub address: String,
    /// Where customers write to.
    pub contact: String,
    /// The data protection officer's address.
    pub dpo: String,
    /// Languages of the pages, the default first.
    pub languages: Vec<Language>,
    /// Home country, ISO 3166-1 two letters.
    pub country: String,
    /// Regimes that bind the shop; signed by the data protection officer, never inferred.
    pub regimes: Vec<Regime>,
}

/// Why data is processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Name in files and the API.
    pub id: PurposeId,
    /// Data Privacy Vocabulary term, as `dpv:DirectMarketing`.
    pub dpv: String,
    /// What it is called.
    pub title: Text,
    /// What it means, in plain words.
    pub explanation: Text,
    /// What sort of processing it is.
    pub class: Class,
    /// The legal basis the company relies on.
    pub basis: Basis,
    /// Channels it may use.
    pub channels: Vec<Channel>,
    /// Customer-chosen themes inside it.
    #[serde(default)]
    pub topics: Vec<TopicId>,
    /// Data it uses, in words.
    pub data: Text,
    /// Who else receives data, in words.
    pub recipients: Text,
    /// How personal it may ever be.
    pub highest_level: Level,
    /// Days a consent to it stays valid; absent: until withdrawn.
    #[serde(default)]
    pub consent_days: Option<u32>,
    /// How long data is kept for it, in days.
    pub retention_days: u32,
}

/// The company's declared practice: one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Counts publications; given by the ledger, 0 before the first.
    #[serde(default)]
    pub version: u32,
    /// Who declares it.
    pub controller: Controller,
    /// Why data is processed.
    #[serde(rename = "purpose")]
    pub purposes: Vec<Purpose>,
}

impl Policy {
    /// The purpose of that name.
    #[must_use]
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == *id)
    }

    /// The purpose of that name if it is live on the channel.
    #[must_use]
    pub fn live(&self, id: &PurposeId, channel: Channel) -> Option<&Purpose> {
        self.purpose(id)
            .filter(|purpose| purpose.channels.contains(&channel))
    }

    /// The language of pages when nothing else is known.
    #[must_use]
    pub fn language(&self) -> Language {
        self.controller
            .languages
            .first()
            .copied()
            .unwrap_or(Language::Id)
    }
}
