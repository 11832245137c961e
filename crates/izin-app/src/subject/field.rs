//! What a declared field means to us: an identifier, a part of the profile, or only a text.

use izin_core::law::{self, RegimeSet};
use izin_core::policy::{Field, Retention};
use izin_core::{Country, Identifier, Language, Policy, Region, Timestamp, Zone};
use jiff::civil::{Date, date};
use jiff::{ToSpan, tz::TimeZone};

/// The longest value of a field, in bytes: a paragraph.
pub const VALUE_BYTES_MAX: usize = 1024;
/// The earliest birth date that is believed: the oldest living people were born after it.
const EARLIEST_BIRTH: Date = date(1900, 1, 1);

/// What a field says.
pub(super) enum Meaning {
    Identifier(Identifier),
    Name(String),
    Language(Language),
    Country(Country, Option<Region>),
    Zone(Zone),
    /// From when the person is of age; the birth date itself is not kept.
    AdultFrom(Timestamp),
    Other(String),
}

/// What was expected instead.
pub(super) struct Refusal(pub(super) &'static str);

/// Fields with a meaning of their own: the name by which the API knows them, and the terms of the
/// Data Privacy Vocabulary by which the policy may declare them under another name.
const KNOWN: [(&str, &[&str]); 7] = [
    ("email", &["pd:EmailAddress"]),
    ("phone", &["pd:TelephoneNumber"]),
    ("name", &["pd:Name"]),
    ("language", &["pd:Language"]),
    ("country", &["pd:Country"]),
    ("zone", &[]),
    ("birth_date", &["pd:BirthDate", "pd:DateOfBirth"]),
];

/// The declared field that a name means.
pub(super) fn declared<'a>(policy: &'a Policy, name: &str) -> Option<&'a Field> {
    let by_name = policy.fields.iter().find(|own| own.id.as_str() == name);
    by_name.or_else(|| {
        let (_, terms) = KNOWN.iter().find(|(known, _)| *known == name)?;
        let mut fields = policy.fields.iter();
        fields.find(|own| terms.contains(&own.category.as_str()))
    })
}

/// Reads a value for what its field means; `home` is the country of numbers without a code.
pub(super) fn read(
    field: &Field,
    name: &str,
    value: &str,
    (home, now): (Country, Timestamp),
) -> Result<Meaning, Refusal> {
    let value = value.trim();
    if value.is_empty() || value.len() > VALUE_BYTES_MAX || value.chars().any(char::is_control) {
        return Err(Refusal(
            "1 to 1024 bytes of text without control characters",
        ));
    }
    let meant = KNOWN.iter().find(|(known, terms)| {
        [name, field.id.as_str()].contains(known) || terms.contains(&field.category.as_str())
    });
    let refused = |expected| move || Refusal(expected);
    match meant.map_or("", |(known, _)| known) {
        "email" => Identifier::email(value)
            .ok()
            .map(Meaning::Identifier)
            .ok_or_else(refused("an e-mail address, as name@example.com")),
        "phone" => Identifier::phone(value, home.as_str())
            .ok()
            .map(Meaning::Identifier)
            .ok_or_else(refused("a telephone number, as +62 812 0000 0000")),
        "name" => Ok(Meaning::Name(value.to_owned())),
        "language" => value
            .parse()
            .ok()
            .map(Meaning::Language)
            .ok_or_else(refused("a language: id, en")),
        "country" => place(value)
            .map(|(country, region)| Meaning::Country(country, region))
            .ok_or_else(refused("a country or a part of one, as ID or US-CA")),
        "zone" => Zone::parse(value)
            .ok()
            .map(Meaning::Zone)
            .ok_or_else(refused("a time zone, as Asia/Jakarta or WIB")),
        "birth_date" => adult_from(value, now)
            .map(Meaning::AdultFrom)
            .ok_or_else(refused("a birth date in the past, as 2010-05-17")),
        _ if field.retention != Retention::Profile => Err(Refusal(
            "nothing here: what is bought or looked at comes by /v1/events",
        )),
        _ => Ok(Meaning::Other(value.to_owned())),
    }
}

/// Reads a country, as `ID`, or a part of one, as `US-CA`.
#[must_use]
pub fn place(text: &str) -> Option<(Country, Option<Region>)> {
    match text.parse::<Country>() {
        Ok(country) => Some((country, None)),
        Err(_) => {
            let region: Region = text.parse().ok()?;
            Some((region.country(), Some(region)))
        }
    }
}

/// The first day of the month after the birthday by which a person is of age, so that the day of
/// birth does not follow from it and no clock on earth is earlier. Of age is who is so under every
/// law, also those that do not bind the shop yet: the birth date is gone when they do.
fn adult_from(text: &str, now: Timestamp) -> Option<Timestamp> {
    let born: Date = text.parse().ok()?;
    let midnight = |day: Date| {
        let start = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(Timestamp::from_micros(start.as_microsecond()))
    };
    if born < EARLIEST_BIRTH || midnight(born)? > now {
        return None;
    }
    let years = i32::from(law::of_age(RegimeSet::ALL, now)?);
    let of_age = born.checked_add(years.years()).ok()?;
    midnight(of_age.tomorrow().ok()?)?.month_from()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn what_is_no_birth_date_is_refused() {
        let now = at("2026-11-21T05:00:00Z");
        for text in [
            "",
            "soon",
            "2026-11-22",
            "1899-12-31",
            "2010-02-30",
            "17.5.2010",
        ] {
            assert_eq!(adult_from(text, now), None, "{text}");
        }
    }

    #[test]
    fn a_minor_is_one_until_the_month_after_the_birthday_and_the_day_is_not_kept() {
        let now = at("2026-11-21T05:00:00Z");
        for (born, until) in [
            ("2010-05-17", "2028-06-01"),
            ("2010-05-01", "2028-06-01"),
            ("2010-05-31", "2028-06-01"),
            ("2012-02-29", "2030-03-01"),
            ("2008-12-31", "2027-01-01"),
        ] {
            assert_eq!(adult_from(born, now), Some(at(until)), "{born}");
        }
    }

    #[test]
    fn a_place_is_a_country_or_a_part_of_one() {
        assert_eq!(place("ID"), Some(("ID".parse().unwrap(), None)));
        let california = place("US-CA").unwrap();
        assert_eq!(california.0.as_str(), "US");
        assert_eq!(california.1.unwrap().to_string(), "US-CA");
        for text in ["", "id", "Indonesia", "US-", "US_CA"] {
            assert_eq!(place(text), None, "{text}");
        }
    }
}
