//! Moments, as whole microseconds of UTC.
//!
//! The ledger, the store and the rules hold this one type; texts and calendars are for the edges.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Timestamp(i64);

/// Why a text is not a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a time; write 2026-11-21T09:30:00+07:00, 2026-11-21T02:30:00Z, or a date 2026-11-21; \
     calendars end with 9999-12-30"
)]
pub struct TimestampError(String);

impl Timestamp {
    /// The last moment there is, beyond every calendar.
    pub const MAX: Self = Self(i64::MAX);

    /// Takes microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The moment `days` of 24 hours later (earlier when negative), stopping at the type's ends.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(Self::DAY)))
    }

    /// The moment `seconds` later, stopping at the type's ends.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The next moment, stopping at the type's end.
    #[must_use]
    pub const fn just_after(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The first moment of a month in UTC that is this one or follows it; `None` where calendars
    /// end.
    #[must_use]
    pub fn month_from(self) -> Option<Self> {
        let moment = jiff::Timestamp::from_microsecond(self.0).ok()?;
        let day = jiff::tz::Offset::UTC.to_datetime(moment).date();
        let first = |day: jiff::civil::Date| {
            let first = day
                .first_of_month()
                .to_zoned(jiff::tz::TimeZone::UTC)
                .ok()?;
            Some(Self(first.timestamp().as_microsecond()))
        };
        let own = first(day)?;
        if own == self {
            return Some(own);
        }
        first(day.last_of_month().tomorrow().ok()?)
    }

    /// Whole days of 24 hours from `earlier` to this moment; negative when it is later.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(Self::DAY)
    }

    const DAY: i64 = 86_400_000_000;

    /// Reads RFC 3339, or a local time or date without offset, which is taken as UTC.
    ///
    /// # Errors
    /// [`TimestampError`] repeats the text and shows the forms that are read.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let local = |why: TimestampError| {
            let local = why.0.parse::<jiff::civil::DateTime>().ok();
            let local = local.filter(|_| !why.0.contains('['));
            let moment = local.and_then(|own| jiff::tz::Offset::UTC.to_timestamp(own).ok());
            moment.map_or(Err(why), |own| Ok(Self(own.as_microsecond())))
        };
        Self::parse_rfc3339(text).or_else(local)
    }

    /// Reads RFC 3339, which names the offset of its clock.
    ///
    /// # Errors
    /// [`TimestampError`] repeats the text.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimestampError> {
        let text = text.trim();
        let moment = text.parse::<jiff::Timestamp>().ok();
        // A zone in brackets is no RFC 3339; to pass over it would move the moment.
        let moment = moment.filter(|_| !text.contains('['));
        let moment = moment.map(|own| Self(own.as_microsecond()));
        moment.ok_or_else(|| TimestampError(text.to_owned()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, to the second or as fine as needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => moment.fmt(f),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_time_is_refused_with_the_forms_that_are() {
        for text in [
            "",
            "soon",
            "2026-13-01",
            "12/01/2010 08:26",
            "2026-12-01T00:00[America/New_York]",
            "2026-12-01T00:00Z[UTC]",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_no_rfc_3339() {
        for text in [
            "2026-11-21T02:30:00",
            "2026-11-21",
            "2026-11-21T02:30Z[UTC]",
        ] {
            assert!(Timestamp::parse_rfc3339(text).is_err(), "{text}");
        }
        let late = "9999-12-31T23:59:59Z";
        let said = Timestamp::parse(late).unwrap_err().to_string();
        assert!(said.ends_with("calendars end with 9999-12-30"), "{said}");
        for text in ["2026-11-21T02:30:00Z", "2026-11-21T09:30:00+07:00"] {
            assert_eq!(Timestamp::parse_rfc3339(text), Timestamp::parse(text));
        }
    }

    #[test]
    fn a_month_begins_at_its_first_moment_or_the_next_one_does() {
        for (moment, month) in [
            ("2026-11-01", "2026-11-01"),
            ("2026-11-01T00:00:00.000001", "2026-12-01"),
            ("2028-02-29T23:59:59Z", "2028-03-01"),
            ("2026-12-31", "2027-01-01"),
        ] {
            let month = Timestamp::parse(month).unwrap();
            assert_eq!(Timestamp::parse(moment).unwrap().month_from(), Some(month));
        }
        assert_eq!(Timestamp::MAX.month_from(), None);
    }

    #[test]
    fn offsets_are_honoured_and_local_times_are_utc() {
        let utc = Timestamp::parse("2026-11-21T02:30:00Z").unwrap();
        assert_eq!(Timestamp::parse("2026-11-21T09:30:00+07:00").unwrap(), utc);
        assert_eq!(Timestamp::parse("2026-11-21T02:30:00").unwrap(), utc);
        assert_eq!(utc.to_string(), "2026-11-21T02:30:00Z");
        assert_eq!(
            Timestamp::parse("2026-11-21").unwrap().to_string(),
            "2026-11-21T00:00:00Z"
        );
    }
}
