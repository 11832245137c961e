//! The two languages everything is said in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the product's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Indonesian.
    Id,
    /// English.
    En,
}

impl Language {
    /// Both languages, Indonesian first.
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }
}

/// What the program itself says, in both languages; it lives as long as the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sentences {
    /// Indonesian.
    pub id: &'static str,
    /// English.
    pub en: &'static str,
}

impl Sentences {
    /// What is said in one language.
    #[must_use]
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::Id => self.id,
            Language::En => self.en,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a language we speak.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{0}`; languages are id, en")]
pub struct LanguageError(String);

impl FromStr for Language {
    type Err = LanguageError;

    /// Reads a tag by its first part, so that `en-GB` is English; `in` is Indonesian's old code.
    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let first = text.split(['-', '_']).next().unwrap_or_default();
        match first.trim().to_ascii_lowercase().as_str() {
            "id" | "in" => Ok(Self::Id),
            "en" => Ok(Self::En),
            _ => Err(LanguageError(text.to_owned())),
        }
    }
}
