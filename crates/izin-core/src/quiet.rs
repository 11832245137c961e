//! Quiet hours: no message while it is night where the person is, or may be.
//!
//! A night is told by the wall clock of each zone, summer time included. This module never
//! guesses a zone: the caller gives the person's own, or all of the country's, or the shop's.
//! Start at [`quiet_until`].

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;
use crate::zone::Zone;

/// How far ahead a moment is sought at which it is day in every zone, in seconds: two days, so
/// that a day whose common hour is lost to a change of the clocks is passed over.
const SEARCH_SECONDS: i64 = 48 * 3_600;

/// When to ask again if no such moment was found, in seconds: a day, because the zones of a
/// person may have become known, or the clocks been changed, by then.
const ASK_AGAIN_SECONDS: i64 = 24 * 3_600;

const MINUTE_MICROS: i64 = 60_000_000;
const DAY_MINUTES: u16 = 24 * 60;
const DAY_MICROS: i64 = DAY_MINUTES as i64 * MINUTE_MICROS;

/// A time of day on a wall clock, to the minute, from `00:00` to `24:00` (the end of the day).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime(u16);

/// Why a text is not a time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time of day; write hours and minutes from 00:00 to 24:00, as 08:00")]
pub struct ClockTimeError(String);

impl ClockTime {
    /// Reads two digits of hours, a colon and two digits of minutes.
    ///
    /// # Errors
    /// [`ClockTimeError`] repeats the text and shows the form that is read.
    pub fn parse(text: &str) -> Result<Self, ClockTimeError> {
        minutes(text)
            .map(Self)
            .ok_or_else(|| ClockTimeError(text.to_owned()))
    }

    /// Microseconds from midnight.
    fn micros(self) -> i64 {
        i64::from(self.0).saturating_mul(MINUTE_MICROS)
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let minutes = Some(two_digits(minutes)?).filter(|&minutes| minutes < 60)?;
    let whole = two_digits(hours)?.checked_mul(60)?.checked_add(minutes)?;
    Some(whole).filter(|&whole| whole <= DAY_MINUTES)
}

fn two_digits(text: &str) -> Option<u16> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.0.div_euclid(60), self.0.rem_euclid(60));
        write!(f, "{hours:02}:{minutes:02}")
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::read(deserializer, Self::parse)
    }
}

/// The hours of the day in which messages may come; the rest is quiet.
///
/// `from` belongs to them, `to` no longer does. They may go over midnight, as 20:00 to 02:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Declared")]
pub struct AllowedHours {
    from: ClockTime,
    to: ClockTime,
}

/// Why two times of day enclose no hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there are no hours from {from} to {to}; write two different times, the first before 24:00, or 00:00 to 24:00 for the whole day"
)]
pub struct AllowedHoursError {
    from: ClockTime,
    to: ClockTime,
}

impl AllowedHours {
    /// Makes allowed hours that begin at `from` and end before `to`.
    ///
    /// # Errors
    /// [`AllowedHoursError`] when both are the same, and for a beginning at the end of the day.
    pub fn new(from: ClockTime, to: ClockTime) -> Result<Self, AllowedHoursError> {
        if from == to || from.0 == DAY_MINUTES {
            Err(AllowedHoursError { from, to })
        } else {
            Ok(Self { from, to })
        }
    }

    /// How long they last each day, in microseconds of the wall clock.
    fn length(self) -> i64 {
        let length = self.to.micros().saturating_sub(self.from.micros());
        let part = length.rem_euclid(DAY_MICROS);
        if part == 0 { DAY_MICROS } else { part }
    }
}

impl Default for AllowedHours {
    /// 08:00 to 20:00.
    fn default() -> Self {
        Self {
            from: ClockTime(8 * 60),
            to: ClockTime(20 * 60),
        }
    }
}

/// Allowed hours as a file states them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    from: ClockTime,
    to: ClockTime,
}

impl TryFrom<Declared> for AllowedHours {
    type Error = AllowedHoursError;

    fn try_from(declared: Declared) -> Result<Self, AllowedHoursError> {
        Self::new(declared.from, declared.to)
    }
}

/// `None` when messages may come now in every one of the zones, else the next moment at which
/// they may in all of them.
///
/// When no such moment comes within two days (the zones have no hour in common), the answer is a
/// day from now: still quiet then, but it is asked again. The same holds for no zones at all,
/// because nobody can say that it is day: a caller who knows no zone gives the shop's own.
#[must_use]
pub fn quiet_until(hours: AllowedHours, zones: &[Zone], now: Timestamp) -> Option<Timestamp> {
    let ask_again = now.plus_seconds(ASK_AGAIN_SECONDS);
    if zones.is_empty() {
        return Some(ask_again);
    }
    let horizon = now.plus_seconds(SEARCH_SECONDS);
    let mut at = now;
    // Each jump skips only moments that are quiet in at least one zone.
    while let Some(later) = zones.iter().filter_map(|&zone| jump(hours, zone, at)).max() {
        if later <= at || later > horizon {
            return Some(ask_again);
        }
        at = later;
    }
    (at > now).then_some(at)
}

/// `None` when messages may come in the zone at this moment, else a later moment until which they
/// may not: the next opening by the clock as it goes now, or an earlier change of the clock.
fn jump(hours: AllowedHours, zone: Zone, at: Timestamp) -> Option<Timestamp> {
    let wall = at.plus_seconds(i64::from(zone.offset_seconds(at)));
    let since = wall.as_micros().saturating_sub(hours.from.micros());
    let since = since.rem_euclid(DAY_MICROS);
    if since < hours.length() {
        return None;
    }
    let wait = DAY_MICROS.saturating_sub(since);
    let opening = Timestamp::from_micros(at.as_micros().saturating_add(wait));
    let change = zone.next_change(at).unwrap_or(opening);
    Some(change.min(opening))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::zone::zones_of;

    fn zones(names: &str) -> Vec<Zone> {
        let names = names.split_ascii_whitespace();
        names.map(|name| Zone::parse(name).unwrap()).collect()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// Reads hours as a file states them, the two times joined by `-`.
    fn hours(text: &str) -> Result<AllowedHours, toml::de::Error> {
        let text = text.replace('-', "'\nto = '");
        toml::from_str(&format!("from = '{text}'"))
    }

    /// Each line of the table: a moment, and until when it is quiet then (`day`: it is not).
    #[track_caller]
    fn holds(allowed: &str, zones: &[Zone], table: &str) {
        for line in table.trim().lines() {
            let (now, until) = line.split_once('|').unwrap();
            let until = (until != " day").then(|| at(until));
            let answer = quiet_until(hours(allowed).unwrap(), zones, at(now));
            assert_eq!(answer, until, "{line}");
        }
    }

    #[test]
    fn a_text_that_is_no_time_of_day_is_refused_with_the_form_that_is() {
        let texts = "|8|8:00|08|08.00|08:0|08:60|24:01|25:00|-1:00|+8:00|08:00:00| 08:00|٠٨:٠٠";
        for text in texts.split('|') {
            let error = ClockTime::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` ")), "{error}");
            assert!(error.ends_with("as 08:00"), "{error}");
        }
    }

    #[test]
    fn hours_that_are_none_or_that_begin_when_the_day_is_over_are_refused() {
        for text in ["08:00-08:00", "00:00-00:00", "24:00-24:00", "24:00-08:00"] {
            let error = hours(text).unwrap_err();
            assert!(error.message().contains("00:00 to 24:00"), "{error}");
        }
    }

    #[test]
    fn hours_are_read_as_they_are_written_and_nothing_beside_them() {
        for text in ["08:00", "8-20", "08:00-20:00'\nzone = 'WIB"] {
            assert!(hours(text).is_err(), "{text}");
        }
        let usual = AllowedHours::default();
        assert_eq!(hours("08:00-20:00"), Ok(usual));
        let text = serde_json::to_string(&usual).unwrap();
        assert_eq!(text, r#"{"from":"08:00","to":"20:00"}"#);
    }

    #[test]
    fn messages_come_from_eight_to_twenty_in_each_of_indonesias_three_zones() {
        let table = "
            2026-11-21T00:00Z | 2026-11-21T08:00Z
            2026-11-21T07:59:59.999999Z | 2026-11-21T08:00Z
            2026-11-21T08:00Z | day
            2026-11-21T19:59:59.999999Z | day
            2026-11-21T20:00Z | 2026-11-22T08:00Z";
        for (name, offset) in [("WIB", "+07:00"), ("WITA", "+08:00"), ("WIT", "+09:00")] {
            holds("08:00-20:00", &zones(name), &table.replace('Z', offset));
        }
    }

    #[test]
    fn for_an_unknown_zone_the_day_is_what_all_zones_of_the_country_share() {
        // From 08:00 in Jakarta, the last to wake, to 20:00 in Jayapura, the first to sleep.
        let table = "
            2026-11-21T07:59+07:00 | 2026-11-21T08:00+07:00
            2026-11-21T08:00+07:00 | day
            2026-11-21T19:59+09:00 | day
            2026-11-21T20:00+09:00 | 2026-11-22T08:00+07:00";
        holds("08:00-20:00", zones_of("ID"), table);
    }

    #[test]
    fn zones_without_a_common_hour_and_no_zones_are_asked_about_again_in_a_day() {
        let apart = zones("Asia/Jakarta America/New_York");
        let table = "2026-11-21T12:00Z | 2026-11-22T12:00Z";
        holds("09:00-12:00", &apart, table);
        holds("00:00-24:00", &[], table);
    }

    #[test]
    fn hours_may_go_over_midnight_or_end_with_the_day_or_be_all() {
        let table = "
            2026-11-21T01:59+07:00 | day
            2026-11-21T02:00+07:00 | 2026-11-21T20:00+07:00";
        holds("20:00-02:00", &[Zone::JAKARTA], table);
        let table = "
            2026-11-21T23:59+07:00 | day
            2026-11-22T00:00+07:00 | 2026-11-22T20:00+07:00";
        holds("20:00-24:00", &[Zone::JAKARTA], table);
        holds("20:00-00:00", &[Zone::JAKARTA], table);
        holds("00:00-24:00", zones_of("US"), "2026-11-21T03:00Z | day");
    }

    #[test]
    fn the_night_in_which_clocks_go_forward_is_an_hour_shorter_and_back_an_hour_longer() {
        let table = "
            2026-03-28T20:00+01:00 | 2026-03-29T08:00+02:00
            2026-10-24T20:00+02:00 | 2026-10-25T08:00+01:00";
        holds("08:00-20:00", &zones("Europe/Berlin"), table);
    }

    #[test]
    fn hours_that_the_clocks_skip_open_at_the_skip_or_the_next_day() {
        // 02:00 becomes 03:00.
        let table = "2026-03-29T00:00+01:00 | 2026-03-29T03:00+02:00";
        holds("02:30-04:00", &zones("Europe/Berlin"), table);
        let table = "2026-03-29T00:00+01:00 | 2026-03-30T02:30+02:00";
        holds("02:30-02:45", &zones("Europe/Berlin"), table);
    }

    #[test]
    fn hours_that_the_clocks_repeat_open_and_close_twice() {
        let table = "
            2026-10-25T02:15+02:00 | day
            2026-10-25T02:30+02:00 | 2026-10-25T02:00+01:00
            2026-10-25T02:30+01:00 | 2026-10-26T02:00+01:00";
        holds("02:00-02:30", &zones("Europe/Berlin"), table);
    }

    #[test]
    fn the_ends_of_time_are_answered() {
        for end in [i64::MIN, i64::MAX].map(Timestamp::from_micros) {
            let until = quiet_until(AllowedHours::default(), zones_of("US"), end);
            assert!(until.is_none_or(|until| until >= end));
        }
    }

    /// Whether it is quiet in any zone, read off the wall clocks as text.
    fn any_quiet(hours: AllowedHours, zones: &[Zone], at: Timestamp) -> bool {
        let (from, to) = (hours.from.to_string(), hours.to.to_string());
        zones.iter().any(|zone| {
            let wall = at.plus_seconds(zone.offset_seconds(at).into()).to_string();
            let (before, over) = (&wall[11..16] < from.as_str(), &wall[11..16] >= to.as_str());
            if from < to {
                before || over
            } else {
                before && over
            }
        })
    }

    /// The first whole minute after `now` at which nothing is quiet, found by trying each.
    fn by_trying(hours: AllowedHours, zones: &[Zone], now: Timestamp) -> Option<Timestamp> {
        let past = now.as_micros().rem_euclid(MINUTE_MICROS);
        let minute = Timestamp::from_micros(now.as_micros().saturating_sub(past));
        let minutes = std::iter::successors(Some(minute), |at| Some(at.plus_seconds(60)));
        let mut within_two_days = minutes.skip(1).take(2 * 24 * 60);
        within_two_days.find(|&at| !any_quiet(hours, zones, at))
    }

    fn any_hours() -> impl Strategy<Value = AllowedHours> {
        (0..DAY_MINUTES, 0..=DAY_MINUTES).prop_filter_map("no hours", |(from, to)| {
            AllowedHours::new(ClockTime(from), ClockTime(to)).ok()
        })
    }

    fn any_zones() -> impl Strategy<Value = Vec<Zone>> {
        let known = "Asia/Jakarta Asia/Kolkata Europe/Berlin America/St_Johns Pacific/Chatham";
        prop::collection::vec(prop::sample::select(zones(known)), 1..4)
    }

    /// Any second of two years, more often one of the days before clocks change.
    fn any_moment() -> impl Strategy<Value = Timestamp> {
        let changes = ["2026-03-08", "2026-03-29", "2026-09-27", "2026-10-25"].map(at);
        let near = (prop::sample::select(changes.to_vec()), -86_400_i64..0);
        let far = (Just(at("2026-01-01")), 0_i64..731 * 86_400);
        prop_oneof![3 => near, 1 => far].prop_map(|(day, seconds)| day.plus_seconds(seconds))
    }

    proptest! {
        #[test]
        fn every_minute_of_the_day_is_written_so_that_it_reads_back(minutes in 0..=DAY_MINUTES) {
            let time = ClockTime(minutes);
            prop_assert_eq!(ClockTime::parse(&time.to_string()), Ok(time));
        }

        #[test]
        fn quiet_ends_later_than_now_at_the_first_minute_that_is_day_everywhere(
            hours in any_hours(), zones in any_zones(), now in any_moment(),
        ) {
            let until = quiet_until(hours, &zones, now);
            prop_assert_eq!(until.is_some(), any_quiet(hours, &zones, now));
            let Some(until) = until else { return Ok(()) };
            prop_assert!(until > now);
            if let Some(day) = by_trying(hours, &zones, now) {
                prop_assert_eq!(until, day);
                prop_assert!(any_quiet(hours, &zones, until.plus_seconds(-60)));
            } else {
                prop_assert_eq!(until, now.plus_days(1));
            }
        }
    }
}
