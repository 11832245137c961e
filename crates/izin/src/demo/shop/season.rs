//! When people buy: which days of the year are busy.

use izin_core::Timestamp;

/// A day of 24 hours of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    /// Its first moment.
    pub(super) start: Timestamp,
    /// How busy it is; an ordinary day has 100.
    pub(super) busy: u32,
    /// Whether presents and cookies are bought for Lebaran.
    pub(super) before_lebaran: bool,
}

const DAY_MICROS: i64 = 86_400_000_000;
/// Idul Fitri 1447 H, counted in days since 1970-01-01: 2026-03-20. The true day is seen, not
/// computed; a day or two does not matter here.
const LEBARAN_DAY: i64 = 20_532;
/// The mean length of the Islamic year, in thousandths of a day.
const LUNAR_YEAR_MILLIDAYS: i64 = 354_367;
/// How long before Lebaran its shopping begins, in days.
const SHOPPING_DAYS: i64 = 28;
/// How long the shop is quiet afterwards, in days.
const HOLIDAY_DAYS: i64 = 7;

/// The `count` days before the day of `end`, the oldest first.
pub(super) fn days_before(end: Timestamp, count: i64) -> Vec<Day> {
    let today = end.as_micros().div_euclid(DAY_MICROS);
    (today - count..today).map(day).collect()
}

fn day(number: i64) -> Day {
    let start = Timestamp::from_micros(number.saturating_mul(DAY_MICROS));
    let since = days_since_lebaran(number);
    let before_lebaran = since >= LUNAR_YEAR_MILLIDAYS / 1000 - SHOPPING_DAYS;
    let lebaran = match since {
        _ if before_lebaran => 180,
        0..HOLIDAY_DAYS => 45,
        _ => 100,
    };
    let payday = if is_payday(start) { 140 } else { 100 };
    let weekend = if is_weekend(number) { 125 } else { 100 };
    Day {
        start,
        busy: 100 * lebaran / 100 * payday / 100 * weekend / 100,
        before_lebaran,
    }
}

fn days_since_lebaran(number: i64) -> i64 {
    (number - LEBARAN_DAY)
        .saturating_mul(1000)
        .rem_euclid(LUNAR_YEAR_MILLIDAYS)
        / 1000
}

/// Wages come at the end of the month.
fn is_payday(start: Timestamp) -> bool {
    let text = start.to_string();
    let day_of_month = text
        .get(8..10)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0);
    matches!(day_of_month, 25..=31 | 1)
}

/// Day 0, 1970-01-01, was a Thursday.
const fn is_weekend(number: i64) -> bool {
    matches!(number.rem_euclid(7), 2 | 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(date: &str) -> Day {
        let next = Timestamp::parse(date).unwrap().plus_days(1);
        days_before(next, 1)[0]
    }

    #[test]
    fn busy_days_are_those_of_the_calendar() {
        assert_eq!(on("2026-11-18").busy, 100, "a Wednesday");
        assert_eq!(on("2026-11-21").busy, 125, "a Saturday");
        assert_eq!(on("2026-11-25").busy, 140, "the end of a month");
        assert_eq!(on("2026-03-11").busy, 180, "nine days before Lebaran");
        assert_eq!(on("2026-03-23").busy, 45, "the holiday");
    }

    #[test]
    fn lebaran_moves_with_the_moon() {
        for (before, after) in [("2025-03-25", "2025-04-03"), ("2027-03-05", "2027-03-15")] {
            assert!(on(before).before_lebaran, "{before}");
            assert!(!on(after).before_lebaran, "{after}");
        }
    }
}
