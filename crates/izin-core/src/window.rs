//! How often is too often: at most so many messages in any window of time.
//!
//! Windows slide and are exact: there is no calendar day, so no midnight at which a count starts
//! afresh. Nothing here remembers anything; the sends are given. Start at [`free_at`].

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// A length of time over which messages are counted, in whole minutes; `30m`, `24h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window(u32);

/// Why a text is not a window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// It is not a number and a unit.
    #[error("`{0}` is not a length of time; write minutes, hours or days as 30m, 24h, 7d")]
    Form(String),
    /// It is too short or too long.
    #[error("`{0}` is outside the lengths that are counted; choose from 1m to 366d")]
    Range(String),
}

impl Window {
    /// The shortest window, 60 seconds: a shorter one would limit machines, not messages.
    pub const MIN: Self = Self(MINUTE);

    /// The longest window, 366 days, a leap year: every send inside must be remembered.
    pub const MAX: Self = Self(366 * DAY);

    /// Reads a whole number followed by `m`, `h` or `d`.
    ///
    /// # Errors
    /// [`WindowError`] repeats the text and says what may be written.
    pub fn parse(text: &str) -> Result<Self, WindowError> {
        let (number, unit) = split(text).ok_or_else(|| WindowError::Form(text.to_owned()))?;
        number
            .parse::<u32>()
            .ok()
            .and_then(|number| number.checked_mul(unit))
            .map(Self)
            .filter(|window| (Self::MIN..=Self::MAX).contains(window))
            .ok_or_else(|| WindowError::Range(text.to_owned()))
    }

    /// The length in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

fn split(text: &str) -> Option<(&str, u32)> {
    let units = [('m', MINUTE), ('h', HOUR), ('d', DAY)];
    let (number, unit) = units
        .iter()
        .find_map(|&(letter, unit)| Some((text.strip_suffix(letter)?, unit)))?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some((number, unit))
}

impl fmt::Display for Window {
    /// In the largest unit that divides it: `24h` is shown as `1d`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, letter) = match self.0 {
            seconds if seconds.is_multiple_of(DAY) => (DAY, 'd'),
            seconds if seconds.is_multiple_of(HOUR) => (HOUR, 'h'),
            _ => (MINUTE, 'm'),
        };
        write!(f, "{}{letter}", self.0.div_euclid(unit))
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::read(deserializer, Self::parse)
    }
}

/// At most so many messages within any window of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Declared")]
pub struct Limit {
    at_most: u16,
    within: Window,
}

/// Why a limit cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a limit of {0} messages cannot be; choose from 1 to 1000, or switch the channel off")]
pub struct LimitError(u16);

impl Limit {
    /// The largest count, in messages per window: each one costs a remembered moment per person.
    pub const AT_MOST_MAX: u16 = 1_000;

    /// Makes a limit of 1 to [`Self::AT_MOST_MAX`] messages.
    ///
    /// # Errors
    /// [`LimitError`] for none, and for more than can be remembered.
    pub fn new(at_most: u16, within: Window) -> Result<Self, LimitError> {
        if (1..=Self::AT_MOST_MAX).contains(&at_most) {
            Ok(Self { at_most, within })
        } else {
            Err(LimitError(at_most))
        }
    }

    /// How many messages.
    #[must_use]
    pub const fn at_most(self) -> u16 {
        self.at_most
    }

    /// In how long.
    #[must_use]
    pub const fn within(self) -> Window {
        self.within
    }

    /// Whether it may let something through that another does not.
    #[must_use]
    pub fn is_looser_than(self, other: Self) -> bool {
        self.at_most > other.at_most || self.within < other.within
    }
}

/// A limit as a file states it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    at_most: u16,
    within: Window,
}

impl TryFrom<Declared> for Limit {
    type Error = LimitError;

    fn try_from(declared: Declared) -> Result<Self, LimitError> {
        Self::new(declared.at_most, declared.within)
    }
}

/// `None` when one more message may go now, else the first moment at which one may.
///
/// `sends` are the accepted sends and the open reservations that the limit is about, in any
/// order. A send exactly one window ago no longer counts; one in the future (another node's
/// clock) does. Nothing is allocated. The sends are read once when the answer is `None`, twice at
/// the limit, and once more for each send beyond it (which happens when a limit was lowered).
#[must_use]
pub fn free_at(
    limit: Limit,
    sends: impl Iterator<Item = Timestamp> + Clone,
    now: Timestamp,
) -> Option<Timestamp> {
    let mut at = now;
    while let Some(room) = next_room(limit, sends.clone(), at) {
        at = room;
    }
    (at > now).then_some(at)
}

/// When the first of the sends that count at a moment stops counting; `None` when fewer count
/// than the limit allows.
fn next_room(
    limit: Limit,
    sends: impl Iterator<Item = Timestamp>,
    at: Timestamp,
) -> Option<Timestamp> {
    let window = i64::from(limit.within.seconds());
    let (count, first) = sends
        .map(|send| send.plus_seconds(window))
        .filter(|&end| end > at)
        .fold((0_usize, None), |(count, first), end| {
            let first = first.map_or(end, |first: Timestamp| first.min(end));
            (count.saturating_add(1), Some(first))
        });
    first.filter(|_| count >= usize::from(limit.at_most))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(text: &str) -> Window {
        Window::parse(text).unwrap()
    }

    fn limit(at_most: u16, within: &str) -> Limit {
        Limit::new(at_most, window(within)).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn minute(minutes: i64) -> Timestamp {
        at("2026-11-21").plus_seconds(minutes.saturating_mul(60))
    }

    fn free(limit: Limit, sends: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        free_at(limit, sends.iter().copied(), now)
    }

    #[test]
    fn a_text_that_is_no_window_is_refused_with_the_forms_that_are() {
        for text in [
            "", "h", "24", "24H", "1w", "1.5h", "-1h", "+1h", "1 h", " 1h", "24h7d", "٣h",
        ] {
            assert_eq!(Window::parse(text), Err(WindowError::Form(text.to_owned())));
        }
        let error = Window::parse("soon").unwrap_err().to_string();
        assert!(error.contains("`soon`") && error.contains("24h"), "{error}");
    }

    #[test]
    fn a_window_under_a_minute_or_over_a_leap_year_is_refused() {
        for text in [
            "0m",
            "0d",
            "367d",
            "8785h",
            "527041m",
            "4294967296m",
            "99999999d",
        ] {
            assert_eq!(
                Window::parse(text),
                Err(WindowError::Range(text.to_owned()))
            );
        }
        assert_eq!(window("1m"), Window::MIN);
        assert_eq!(window("366d"), Window::MAX);
    }

    #[test]
    fn a_limit_of_none_or_of_too_many_is_refused_from_code_and_from_a_file() {
        for at_most in [0, 1_001, u16::MAX] {
            assert_eq!(Limit::new(at_most, Window::MIN), Err(LimitError(at_most)));
        }
        for text in [
            "at_most = 0\nwithin = '1d'",
            "at_most = 1001\nwithin = '1d'",
            "at_most = -1\nwithin = '1d'",
            "at_most = 1\nwithin = '1y'",
            "at_most = 1\nwithin = 86400",
            "at_most = 1",
            "at_most = 1\nwithin = '1d'\nper = 'person'",
        ] {
            assert!(toml::from_str::<Limit>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_is_read_from_a_file_and_written_as_it_is_said() {
        let read: Limit = toml::from_str("at_most = 3\nwithin = '24h'").unwrap();
        assert_eq!(read, limit(3, "1d"));
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(written, r#"{"at_most":3,"within":"1d"}"#);
    }

    #[test]
    fn two_a_day_means_two_in_any_24_hours_with_no_hole_at_midnight() {
        let two_a_day = limit(2, "24h");
        let sends = [at("2026-11-21T23:50:00Z"), at("2026-11-21T23:59:00Z")];
        assert_eq!(
            free(two_a_day, &sends, at("2026-11-22T00:01:00Z")),
            Some(at("2026-11-22T23:50:00Z"))
        );
        assert_eq!(
            free(two_a_day, &sends[..1], at("2026-11-22T00:01:00Z")),
            None
        );
    }

    #[test]
    fn a_send_exactly_one_window_ago_no_longer_counts() {
        let once = limit(1, "24h");
        let sends = [at("2026-11-21T09:30:00Z")];
        let day_later = at("2026-11-22T09:30:00Z");
        assert_eq!(free(once, &sends, day_later), None);
        let just_before = Timestamp::from_micros(day_later.as_micros() - 1);
        assert_eq!(free(once, &sends, just_before), Some(day_later));
    }

    #[test]
    fn a_send_that_another_clock_puts_in_the_future_counts() {
        assert_eq!(
            free(limit(1, "30m"), &[minute(5)], minute(0)),
            Some(minute(35))
        );
    }

    #[test]
    fn under_a_lowered_limit_enough_sends_must_pass_out_of_the_window() {
        let sends = [minute(40), minute(10), minute(10), minute(30)];
        assert_eq!(free(limit(2, "1h"), &sends, minute(50)), Some(minute(90)));
        assert_eq!(free(limit(4, "1h"), &sends, minute(50)), Some(minute(70)));
    }

    #[test]
    fn the_ends_of_time_are_answered_without_overflow() {
        let last = Timestamp::from_micros(i64::MAX);
        let first = Timestamp::from_micros(i64::MIN);
        assert_eq!(free(limit(1, "366d"), &[last], first), Some(last));
        assert_eq!(free(limit(1, "366d"), &[first], last), None);
        assert_eq!(free(limit(1, "366d"), &[last, last], last), None);
    }

    /// The obvious answer: try every minute until fewer than `at_most` sends lie in the window.
    fn by_trying(limit: Limit, sends: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        let fits = |at: Timestamp| {
            let start = at.plus_seconds(0_i64.saturating_sub(limit.within().seconds().into()));
            let counted = sends.iter().filter(|&&send| send > start).count();
            counted < usize::from(limit.at_most())
        };
        let mut tried = std::iter::successors(Some(now), |at| Some(at.plus_seconds(60)));
        tried.find(|&at| fits(at)).filter(|&at| at > now)
    }

    fn limits() -> impl Strategy<Value = Limit> {
        (1_u16..6, 1_u32..90).prop_map(|(at_most, minutes)| limit(at_most, &format!("{minutes}m")))
    }

    fn moments() -> impl Strategy<Value = Vec<Timestamp>> {
        prop::collection::vec((-60_i64..200).prop_map(minute), 0..12)
    }

    proptest! {
        #[test]
        fn every_window_is_written_so_that_it_reads_back(minutes in 1_u32..=366 * 24 * 60) {
            let window = window(&format!("{minutes}m"));
            prop_assert_eq!(Some(window.seconds()), minutes.checked_mul(60));
            prop_assert_eq!(Window::parse(&window.to_string()), Ok(window));
        }

        #[test]
        fn the_answer_is_the_one_found_by_trying_every_minute(
            limit in limits(), sends in moments(), now in (0_i64..120).prop_map(minute),
        ) {
            prop_assert_eq!(free(limit, &sends, now), by_trying(limit, &sends, now));
        }

        #[test]
        fn one_more_send_never_frees_earlier(
            limit in limits(), sends in moments(), more in (-60_i64..200).prop_map(minute),
            now in (0_i64..120).prop_map(minute),
        ) {
            let before = free(limit, &sends, now);
            let after = free(limit, &[sends, vec![more]].concat(), now);
            prop_assert!(before <= after, "{:?} then {:?}", before, after);
        }

        #[test]
        fn two_rules_together_are_never_exceeded_in_any_window(
            narrow in limits(), wide in limits(), waits in prop::collection::vec(0_i64..2_400, 1..60),
        ) {
            let mut now = minute(0);
            let mut sends = Vec::new();
            for wait in waits {
                now = now.plus_seconds(wait);
                // The caller's part: go on until both rules are free.
                while let Some(later) = free(narrow, &sends, now).max(free(wide, &sends, now)) {
                    now = later;
                }
                sends.push(now);
            }
            for limit in [narrow, wide] {
                let window = i64::from(limit.within().seconds());
                for first in &sends {
                    let inside = first..&first.plus_seconds(window);
                    let count = sends.iter().filter(|&send| inside.contains(&send)).count();
                    prop_assert!(count <= usize::from(limit.at_most()), "{count} of {limit:?}");
                }
            }
        }
    }
}
