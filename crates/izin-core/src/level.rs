//! The dial: how personal an allowed thing may be.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How personal an allowed message or recommendation may be (design §3.4). A ceiling, ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Level {
    /// The page or product on screen and the public catalogue; nothing about anyone.
    Contextual,
    /// Population trends besides; nothing of this person.
    Trends,
    /// This person's own purchases besides.
    Purchases,
    /// This person's own browsing besides.
    Browsing,
}

impl Level {
    /// Where the dial stands until the person moves it.
    pub const START: Self = Self::Trends;

    /// All levels, least personal first.
    pub const ALL: [Self; 4] = [
        Self::Contextual,
        Self::Trends,
        Self::Purchases,
        Self::Browsing,
    ];
}

/// Why a number or text is not a level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown level `{0}`; levels are 0, 1, 2, 3")]
pub struct LevelError(String);

impl TryFrom<u8> for Level {
    type Error = LevelError;

    fn try_from(number: u8) -> Result<Self, LevelError> {
        match number {
            0 => Ok(Self::Contextual),
            1 => Ok(Self::Trends),
            2 => Ok(Self::Purchases),
            3 => Ok(Self::Browsing),
            other => Err(LevelError(other.to_string())),
        }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        match level {
            Level::Contextual => 0,
            Level::Trends => 1,
            Level::Purchases => 2,
            Level::Browsing => 3,
        }
    }
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, LevelError> {
        text.parse::<u8>()
            .map_err(|_| LevelError(text.to_owned()))
            .and_then(Self::try_from)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        u8::from(*self).fmt(f)
    }
}
