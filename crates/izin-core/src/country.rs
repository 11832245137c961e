//! Countries and their parts, by the codes of ISO 3166.
//!
//! These are names of places, nothing more: which law holds in a place is a table of
//! [`crate::law`]. A code that cannot be read is not repeated, since a mixed-up column may have
//! put anything of a person in its stead.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A country: two capital letters of ISO 3166-1, as `ID`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// Why a text is not a country or region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CountryError {
    /// Not two capital letters.
    #[error("a country is two capital letters of ISO 3166-1, as `ID`")]
    Country,
    /// Not a country, a hyphen and up to three letters or digits.
    #[error("a region is a code of ISO 3166-2, as `US-CA`")]
    Region,
}

impl Country {
    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([a, b])),
            _ => Err(CountryError::Country),
        }
    }
}

/// A part of a country: a code of ISO 3166-2, as `US-CA`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    country: Country,
    /// One to three letters or digits; a space stands where there is none.
    part: [u8; 3],
}

impl Region {
    /// The country it is a part of.
    #[must_use]
    pub const fn country(self) -> Country {
        self.country
    }

    fn part(&self) -> &str {
        text(&self.part).trim_end()
    }
}

impl FromStr for Region {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        let (country, part) = text.split_once('-').ok_or(CountryError::Region)?;
        let country = country.parse().map_err(|_| CountryError::Region)?;
        if !part
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        {
            return Err(CountryError::Region);
        }
        let part = match *part.as_bytes() {
            [a] => [a, b' ', b' '],
            [a, b] => [a, b, b' '],
            [a, b, c] => [a, b, c],
            _ => return Err(CountryError::Region),
        };
        Ok(Self { country, part })
    }
}

/// INVARIANT: codes are made of ASCII letters, digits and spaces only.
fn text(code: &[u8]) -> &str {
    str::from_utf8(code).unwrap_or_default()
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.country, self.part())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::read(deserializer, str::parse)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::read(deserializer, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_code_is_refused_and_not_repeated() {
        for text in ["", "I", "id", "IDN", "I1", "É", "budi@example.com"] {
            let error = text.parse::<Country>().unwrap_err();
            assert!(text.is_empty() || !error.to_string().contains("example.com"));
        }
        for text in [
            "US", "US-", "US-CALI", "us-ca", "US-ca", "US-C ", "US- CA", "USCA", "U-CA", "US-C-",
        ] {
            assert_eq!(text.parse::<Region>(), Err(CountryError::Region), "{text}");
        }
    }

    #[test]
    fn codes_come_back_as_they_were_written() {
        for text in ["ID", "US"] {
            assert_eq!(text.parse::<Country>().unwrap().to_string(), text);
        }
        for text in ["US-CA", "ID-JK", "FR-2A", "GB-ENG", "AT-9"] {
            let region: Region = text.parse().unwrap();
            assert_eq!(region.to_string(), text);
            let json = serde_json::to_string(&region).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Region>(&json).unwrap(), region);
            assert_eq!(region.country().as_str(), &text[..2]);
        }
        assert!(serde_json::from_str::<Country>("\"id\"").is_err());
    }
}
