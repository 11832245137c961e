//! Time zones: which clock a person's wall shows.
//!
//! The rules of every zone are compiled in and resolved once, so that a decision gives the same
//! answer on every machine; the system's own database is never read. Start at [`Zone`], then
//! [`zones_of`] for a person of whom only the country is known.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase, offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;
use crate::time::TimestampError;

/// A time zone of the IANA database, two bytes wide.
///
/// The number inside is a place in a list that belongs to one build of the program: it must never
/// be stored, sent or shown, and the order of two zones means nothing. Outside the program a zone
/// is its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(u16);

/// Why a text is not a time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time zone; write an IANA name as Asia/Jakarta, or WIB, WITA or WIT")]
pub struct ZoneError(String);

impl Zone {
    /// Western Indonesia, WIB.
    pub const JAKARTA: Self = Self(0);

    /// Reads an IANA name, or one of Indonesia's short names (WIB, WITA, WIT), in any case.
    ///
    /// # Errors
    /// [`ZoneError`] repeats the text and shows the forms that are read.
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let name = iana_name_of(text.trim());
        ZONES
            .iter()
            .position(|zone| name_of(zone).eq_ignore_ascii_case(name))
            .and_then(|place| u16::try_from(place).ok())
            .map(Self)
            .ok_or_else(|| ZoneError(text.to_owned()))
    }

    /// The IANA name, as `Asia/Makassar`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.rules().map_or(JAKARTA, name_of)
    }

    /// How many seconds the wall clock is ahead of UTC (behind when negative) at a moment, summer
    /// time included.
    #[must_use]
    pub fn offset_seconds(self, at: Timestamp) -> i32 {
        self.rules()
            .map_or(0, |rules| rules.to_offset(nearest(at)).seconds())
    }

    /// A moment on this zone's wall clock, as RFC 3339 down to the whole second.
    #[must_use]
    pub fn show(self, at: Timestamp) -> String {
        let moment = nearest(at);
        let whole = jiff::Timestamp::from_second(moment.as_second()).unwrap_or(moment);
        let rules = self.rules();
        let offset = rules.map_or_else(|| offset(0), |own| own.to_offset(whole));
        whole.display_with_offset(offset).to_string()
    }

    /// Reads a moment as people type it: with an offset of its own, or else on this zone's wall clock,
    /// so that a date alone is where the day begins here.
    ///
    /// # Errors
    /// [`TimestampError`], as [`Timestamp::parse`].
    pub fn parse_moment(self, text: &str) -> Result<Timestamp, TimestampError> {
        let moment = Timestamp::parse(text)?;
        let wall = text.trim();
        if wall.parse::<jiff::Timestamp>().is_ok() {
            return Ok(moment);
        }
        let wall = wall.parse::<jiff::civil::DateTime>().ok();
        let here = wall.zip(self.rules()).and_then(|(wall, rules)| {
            let moment = rules.to_ambiguous_zoned(wall).compatible().ok()?;
            Some(Timestamp::from_micros(moment.timestamp().as_microsecond()))
        });
        Ok(here.unwrap_or(moment))
    }

    /// The next moment after `after` at which the clock is put forward or back, if any is known.
    pub(crate) fn next_change(self, after: Timestamp) -> Option<Timestamp> {
        let change = self.rules()?.following(nearest(after)).next()?;
        Some(Timestamp::from_micros(change.timestamp().as_microsecond()))
    }

    /// INVARIANT: a zone is only made from a place in [`ZONES`], which never changes and is never
    /// empty, so this is always `Some`.
    fn rules(self) -> Option<&'static TimeZone> {
        ZONES.get(usize::from(self.0))
    }
}

/// The zones of a country, by its two capital letters; a person who may live in any of them is
/// contacted only when it is day in all. Empty for a country that the program does not know: the
/// caller then uses the shop's own zone.
#[must_use]
pub fn zones_of(country: &str) -> &'static [Zone] {
    COUNTRIES.get(country).map_or(&[], Vec::as_slice)
}

const JAKARTA: &str = "Asia/Jakarta";

/// Jakarta first, so that [`Zone::JAKARTA`] is a constant; then every other zone of the database.
static ZONES: LazyLock<Vec<TimeZone>> = LazyLock::new(|| {
    let database = TimeZoneDatabase::bundled();
    let jakarta = database
        .get(JAKARTA)
        .unwrap_or_else(|_| TimeZone::fixed(offset(7)));
    let others = database
        .available()
        .filter(|name| name.as_str() != JAKARTA)
        .filter_map(|name| database.get(name.as_str()).ok());
    std::iter::once(jakarta).chain(others).collect()
});

/// Country code to zones. A test holds that the file is read.
static COUNTRIES: LazyLock<BTreeMap<String, Vec<Zone>>> =
    LazyLock::new(|| read_countries().unwrap_or_default());

fn read_countries() -> Result<BTreeMap<String, Vec<Zone>>, toml::de::Error> {
    toml::from_str(include_str!("../data/zones.toml"))
}

fn iana_name_of(text: &str) -> &str {
    match text.to_ascii_uppercase().as_str() {
        "WIB" => JAKARTA,
        "WITA" => "Asia/Makassar",
        "WIT" => "Asia/Jayapura",
        _ => text,
    }
}

fn name_of(rules: &TimeZone) -> &str {
    rules.iana_name().unwrap_or(JAKARTA)
}

/// The moment itself, or the calendar's last (first) one when it lies beyond.
fn nearest(at: Timestamp) -> jiff::Timestamp {
    let end = if at < Timestamp::default() {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    };
    jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or(end)
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({self})")
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::read(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i32 = 3_600;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_moment_is_shown_on_the_zones_clock_to_the_second() {
        for (name, moment, shown) in [
            ("WIT", "2026-11-21T02:00:00.9Z", "2026-11-21T11:00:00+09:00"),
            ("Europe/Berlin", "2026-07-01", "2026-07-01T02:00:00+02:00"),
            ("Europe/Berlin", "2026-12-01", "2026-12-01T01:00:00+01:00"),
            (
                "America/St_Johns",
                "2026-12-01",
                "2026-11-30T20:30:00-03:30",
            ),
        ] {
            assert_eq!(zone(name).show(at(moment)), shown);
        }
        assert!(Zone::JAKARTA.show(Timestamp::MAX).starts_with("9999-12-31"));
    }

    #[test]
    fn a_text_that_is_no_zone_is_refused_with_the_forms_that_are() {
        for text in [
            "",
            "Jakarta",
            "+07:00",
            "GMT+7",
            "WITB",
            "0",
            "Asia/",
            "Asia/Jakarta\0",
        ] {
            let error = Zone::parse(text).unwrap_err().to_string();
            assert!(error.contains("WITA") && error.contains(text), "{error}");
        }
    }

    #[test]
    fn a_moment_without_an_offset_is_on_the_wall_clock_and_one_with_it_is_not() {
        let read = |text| zone("Asia/Jakarta").parse_moment(text);
        assert_eq!(read("2026-11-21"), Ok(at("2026-11-20T17:00:00Z")));
        assert_eq!(read(" 2026-11-21T09:00 "), Ok(at("2026-11-21T02:00:00Z")));
        assert_eq!(read("2026-11-21T09:00Z"), Ok(at("2026-11-21T09:00:00Z")));
        let summer = zone("Europe/Berlin").parse_moment("2026-07-01");
        assert_eq!(summer, Ok(at("2026-06-30T22:00:00Z")));
        assert!(read("soon").is_err());
    }

    #[test]
    fn a_zone_is_never_read_from_a_number() {
        assert!(serde_json::from_str::<Zone>("0").is_err());
        assert!(serde_json::from_str::<Zone>(r#""0""#).is_err());
    }

    #[test]
    fn an_unknown_country_has_no_zones() {
        for country in ["", "id", "XX", "IDN", "Asia/Jakarta"] {
            assert!(zones_of(country).is_empty(), "{country}");
        }
    }

    #[test]
    fn indonesia_has_three_clocks_with_short_names() {
        let now = at("2026-11-21T02:30:00Z");
        for (short, name, hours) in [
            ("WIB", "Asia/Jakarta", 7),
            ("wita", "Asia/Makassar", 8),
            (" Wit ", "Asia/Jayapura", 9),
        ] {
            assert_eq!(zone(short), zone(name));
            assert_eq!(zone(short).offset_seconds(now), hours * HOUR);
        }
        assert_eq!(Zone::JAKARTA, zone("asia/jakarta"));
        assert_eq!(Zone::JAKARTA.name(), "Asia/Jakarta");
    }

    #[test]
    fn jakarta_follows_its_written_history_and_not_a_fixed_offset() {
        assert_eq!(
            Zone::JAKARTA.offset_seconds(at("1949-06-01T00:00:00Z")),
            8 * HOUR
        );
    }

    #[test]
    fn every_zone_survives_as_its_name_and_never_as_its_number() {
        assert!(ZONES.len() > 500, "{}", ZONES.len());
        for place in 0..u16::try_from(ZONES.len()).unwrap() {
            let zone = Zone(place);
            let text = serde_json::to_string(&zone).unwrap();
            assert_eq!(text, format!("\"{}\"", zone.name()));
            assert_eq!(serde_json::from_str::<Zone>(&text).unwrap(), zone);
            assert_eq!(format!("{zone:?}"), format!("Zone({})", zone.name()));
        }
    }

    #[test]
    fn the_file_of_countries_is_read_and_has_no_country_without_zones() {
        let countries = read_countries().unwrap();
        assert!(countries.values().all(|zones| !zones.is_empty()));
        assert_eq!(countries.len(), COUNTRIES.len());
        for country in [
            "ID AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE",
            "IS LI NO GB US CA AU NZ SG MY TH PH VN JP KR CN HK TW IN AE SA BR MX TR CH",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        {
            assert!(!zones_of(country).is_empty(), "{country}");
        }
    }

    #[test]
    fn america_reaches_from_new_york_to_hawaii_and_alaska() {
        let american = zones_of("US");
        for name in ["America/New_York", "America/Anchorage", "Pacific/Honolulu"] {
            assert!(american.contains(&zone(name)), "{name}");
        }
    }

    #[test]
    fn summer_time_is_in_the_offset_and_its_changes_are_known() {
        let berlin = zone("Europe/Berlin");
        let forward = at("2026-03-29T01:00:00Z");
        assert_eq!(berlin.offset_seconds(forward.plus_seconds(-1)), HOUR);
        assert_eq!(berlin.offset_seconds(forward), 2 * HOUR);
        assert_eq!(berlin.next_change(at("2026-01-01")), Some(forward));
        assert_eq!(Zone::JAKARTA.next_change(at("2026-01-01")), None);
    }

    #[test]
    fn moments_beyond_the_calendar_have_the_offset_of_its_end() {
        for micros in [i64::MIN, i64::MAX] {
            let zone = zone("Asia/Tokyo");
            let seconds = zone.offset_seconds(Timestamp::from_micros(micros));
            assert!((9 * HOUR..10 * HOUR).contains(&seconds), "{seconds}");
        }
    }
}
