//! Civil dates in policy files: `2026-11-21`, taken as midnight UTC.

use serde::{Deserialize, Deserializer, Serializer};

use crate::Timestamp;

/// Reads a date or time text.
fn parse<E: serde::de::Error>(text: &str) -> Result<Timestamp, E> {
    Timestamp::parse(text).map_err(E::custom)
}

/// Writes an optional date.
pub(crate) fn serialize<S: Serializer>(
    date: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

/// Reads an optional date.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse(&text)).transpose()
}

/// The same for a date that must be there.
pub(crate) mod required {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, parse};

    /// Writes a date.
    pub(crate) fn serialize<S: Serializer>(
        date: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    /// Reads a date.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        parse(&String::deserialize(deserializer)?)
    }
}
