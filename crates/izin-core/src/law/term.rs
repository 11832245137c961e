//! Terms as laws write them, and the days they end on.
//!
//! A term keeps its unit: fifteen business days are never stored as a number of hours. Days are
//! those of the regime's own zone. A term in days, months or years ends with its last day, so an
//! act is in time while `now <= due`. The first day is never counted.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Deserializer};

use super::Regime;
use super::table::{RegimeLaw, regime_law};
use super::unit::Unit;
use crate::{Language, Timestamp};

/// A length of time as a law writes it: `72 hours`, `15 business days`, `2 years`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term {
    /// How many.
    pub amount: u16,
    /// Of what.
    pub unit: Unit,
}

/// Why a moment has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// The holidays of that year are not in the table, so days off cannot be told.
    #[error("the holiday table of {regime} does not hold the year {year}")]
    OutsideHolidayTable {
        /// Whose table.
        regime: Regime,
        /// The year that is missing.
        year: i16,
    },
    /// The moment, or the one sought, is beyond what calendars hold.
    #[error("the term begins or ends outside the calendar")]
    OutsideCalendar,
    /// No law looks back over business days.
    #[error("a term in business days cannot look back")]
    LooksBackInBusinessDays,
}

impl From<jiff::Error> for TermError {
    fn from(_: jiff::Error) -> Self {
        Self::OutsideCalendar
    }
}

impl Term {
    /// The term as people say it: `15 hari kerja`, `1 calendar month`.
    #[must_use]
    pub fn said(self, language: Language) -> String {
        let unit = match (language, self.amount) {
            (Language::En, 1) => self.unit.as_str().trim_end_matches('s'),
            _ => self.unit.said(language),
        };
        format!("{} {unit}", self.amount)
    }

    /// The last moment in time of a term that begins at `start`.
    ///
    /// # Errors
    /// [`TermError`] when the regime's holidays of a year in question are unknown, or the
    /// calendar ends.
    pub fn due(self, regime: Regime, start: Timestamp) -> Result<Timestamp, TermError> {
        let law = regime_law(regime);
        if self.unit == Unit::Hours {
            return moved_by(start, self.span());
        }
        let first = law.date_of(start)?;
        let last = match self.unit {
            Unit::BusinessDays => business_days_after(law, regime, first, self.amount)?,
            Unit::CalendarMonths if matches!(regime, Regime::Gdpr | Regime::UkGdpr) => {
                working_day_from(law, regime, self.last_day(first)?)?
            }
            _ => self.last_day(first)?,
        };
        law.end_of(last)
    }

    /// Looking back from `now`: the earliest moment that began a term not over yet. Days off play
    /// no part.
    ///
    /// # Errors
    /// [`TermError`] for business days, and when the calendar ends.
    pub fn since(self, regime: Regime, now: Timestamp) -> Result<Timestamp, TermError> {
        let law = regime_law(regime);
        match self.unit {
            Unit::Hours => return moved_by(now, self.span().negate()),
            Unit::BusinessDays => return Err(TermError::LooksBackInBusinessDays),
            Unit::CalendarDays | Unit::CalendarMonths | Unit::Years => {}
        }
        let today = law.date_of(now)?;
        let first = today.checked_sub(self.span())?;
        // A month that is too short gave its last day, from which the term is over by now.
        let first = match self.last_day(first)? {
            last if last < today => first.tomorrow()?,
            _ => first,
        };
        law.start_of(first)
    }

    /// The last day of a term that began on `first`, days off aside: the one place where a month
    /// that is too short gives its own last day.
    fn last_day(self, first: Date) -> Result<Date, TermError> {
        Ok(first.checked_add(self.span())?)
    }

    fn span(self) -> Span {
        let amount = i64::from(self.amount);
        match self.unit {
            Unit::Hours => amount.hours(),
            Unit::CalendarDays | Unit::BusinessDays => amount.days(),
            Unit::CalendarMonths => amount.months(),
            Unit::Years => amount.years(),
        }
    }
}

fn moved_by(moment: Timestamp, span: Span) -> Result<Timestamp, TermError> {
    let moment = jiff::Timestamp::from_microsecond(moment.as_micros())?;
    let moved = moment.checked_add(span)?;
    Ok(Timestamp::from_micros(moved.as_microsecond()))
}

fn business_days_after(
    law: &RegimeLaw,
    regime: Regime,
    first: Date,
    amount: u16,
) -> Result<Date, TermError> {
    let mut day = first;
    for _ in 0..amount {
        day = working_day_from(law, regime, day.tomorrow()?)?;
    }
    Ok(day)
}

/// The day itself when it is a working day, else the next one.
fn working_day_from(law: &RegimeLaw, regime: Regime, first: Date) -> Result<Date, TermError> {
    let mut day = first;
    while is_day_off(law, regime, day)? {
        day = day.tomorrow()?;
    }
    Ok(day)
}

fn is_day_off(law: &RegimeLaw, regime: Regime, day: Date) -> Result<bool, TermError> {
    let year = day.year();
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    match law.holidays.contains(day) {
        Some(is_holiday) => Ok(is_weekend || is_holiday),
        None => Err(TermError::OutsideHolidayTable { regime, year }),
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit.as_str())
    }
}

/// Why a text is not a term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a term; write a number above 0 and hours, calendar days, business days, calendar months or years, as `15 business days`"
)]
pub struct TermTextError(String);

impl FromStr for Term {
    type Err = TermTextError;

    fn from_str(text: &str) -> Result<Self, TermTextError> {
        let read = || {
            let (amount, unit) = text.split_once(' ')?;
            let unit = Unit::ALL.into_iter().find(|own| own.as_str() == unit)?;
            let amount = amount.parse().ok().filter(|amount| *amount > 0)?;
            Some(Self { amount, unit })
        };
        read().ok_or_else(|| TermTextError(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::read(deserializer, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> Term {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// The term's last day, as a day where the regime holds.
    fn last_day(regime: Regime, text: &str, start: &str) -> String {
        let due = term(text).due(regime, at(start)).unwrap();
        let law = regime_law(regime);
        let day = law.date_of(due).unwrap();
        assert_eq!(law.end_of(day), Ok(due), "a term ends with its last day");
        day.to_string()
    }

    #[test]
    fn what_is_no_term_is_refused_with_the_units_that_are() {
        for text in [
            "",
            "72",
            "72hours",
            "0 hours",
            "-1 hours",
            "65536 hours",
            "3 days",
            "1 calendar month",
            "two years",
        ] {
            let error = text.parse::<Term>().unwrap_err().to_string();
            for unit in Unit::ALL {
                assert!(error.contains(unit.as_str()), "{text}");
            }
        }
        for text in ["72 hours", "15 business days", "2 years"] {
            assert_eq!(term(text).to_string(), text);
        }
        assert_eq!(term("15 business days").said(Language::Id), "15 hari kerja");
        let month = term("1 calendar months").said(Language::En);
        assert_eq!(month, "1 calendar month");
    }

    #[test]
    fn years_without_holidays_in_the_table_are_refused() {
        let missing = |year| {
            Err(TermError::OutsideHolidayTable {
                regime: Regime::UsFederal,
                year,
            })
        };
        let ten = |start| term("10 business days").due(Regime::UsFederal, at(start));
        assert_eq!(ten("2028-12-20"), missing(2029));
        assert_eq!(ten("2023-12-29T15:00:00Z"), missing(2023));
        assert!(ten("2028-12-01").is_ok());
        let month = |start| term("1 calendar months").due(Regime::Gdpr, at(start));
        assert!(month("2028-12-10").is_err());
        assert!(month("2023-12-15").is_ok());
        let hours = term("72 hours").due(Regime::UuPdp, at("2040-01-01"));
        assert_eq!(hours, Ok(at("2040-01-04")), "hours need no table");
    }

    #[test]
    fn the_end_of_the_calendar_is_an_error_and_no_crash() {
        for moment in [i64::MIN, i64::MAX] {
            let moment = Timestamp::from_micros(moment);
            for unit in Unit::ALL {
                let term = Term {
                    amount: u16::MAX,
                    unit,
                };
                assert!(term.due(Regime::Casl, moment).is_err());
                assert!(term.since(Regime::Casl, moment).is_err());
            }
        }
        let back = term("1 business days").since(Regime::Casl, at("2026-01-05"));
        assert_eq!(back, Err(TermError::LooksBackInBusinessDays));
    }

    #[test]
    fn hours_run_through_weekends_and_clock_changes() {
        let due = |regime, start| term("72 hours").due(regime, at(start)).unwrap();
        // A Friday evening before a holiday on Monday; then the night of summer time in Brussels.
        assert_eq!(
            due(Regime::UuPdp, "2026-08-14T20:00:00+07:00"),
            at("2026-08-17T20:00:00+07:00")
        );
        assert_eq!(
            due(Regime::Gdpr, "2026-03-28T12:00:00+01:00"),
            at("2026-03-31T13:00:00+02:00")
        );
    }

    #[test]
    fn calendar_days_are_days_where_the_regime_holds() {
        let days = |start| last_day(Regime::Ccpa, "45 calendar days", start);
        // In Los Angeles the first of these is still on 20 November.
        assert_eq!(days("2026-11-21T07:59:00Z"), "2027-01-04");
        assert_eq!(days("2026-11-21T08:00:00Z"), "2027-01-05");
        // Summer time begins on 8 March 2026: the last day ends an hour earlier by UTC.
        let due = term("45 calendar days").due(Regime::Ccpa, at("2026-02-21T20:00:00Z"));
        assert_eq!(due, Ok(at("2026-04-08T06:59:59.999999Z")));
    }

    #[test]
    fn business_days_skip_weekends_and_the_regimes_own_holidays() {
        let days = |regime, start| last_day(regime, "10 business days", start);
        // Thanksgiving is on 26 November in the United States, in October in Canada.
        assert_eq!(
            days(Regime::UsFederal, "2026-11-20T15:00:00Z"),
            "2026-12-07"
        );
        assert_eq!(days(Regime::Casl, "2026-11-20T15:00:00Z"), "2026-12-04");
        let from_saturday = days(Regime::UsFederal, "2026-11-21T15:00:00Z");
        assert_eq!(from_saturday, "2026-12-07");
        // 4 July 2026 is a Saturday; the Friday before is off.
        let fifteen = last_day(Regime::Ccpa, "15 business days", "2026-07-02T20:00:00Z");
        assert_eq!(fifteen, "2026-07-24");
    }

    #[test]
    fn a_month_has_the_same_day_or_its_last() {
        let month = |regime, start| last_day(regime, "1 calendar months", start);
        assert_eq!(month(Regime::Casl, "2026-01-30T12:00:00Z"), "2026-02-28");
        assert_eq!(month(Regime::Gdpr, "2028-01-31T12:00:00Z"), "2028-02-29");
        assert_eq!(month(Regime::Gdpr, "2026-10-05T12:00:00Z"), "2026-11-05");
        let years = last_day(Regime::Casl, "2 years", "2024-02-29T12:00:00Z");
        assert_eq!(years, "2026-02-28");
    }

    #[test]
    fn a_month_of_the_gdpr_does_not_end_on_a_day_off() {
        let month = |regime, start| last_day(regime, "1 calendar months", start);
        // 28 February 2026 is a Saturday; 25 December 2026 a Friday.
        assert_eq!(month(Regime::Gdpr, "2026-01-30T12:00:00Z"), "2026-03-02");
        assert_eq!(month(Regime::Gdpr, "2026-11-25T12:00:00Z"), "2026-12-28");
        assert_eq!(month(Regime::UkGdpr, "2026-11-25T12:00:00Z"), "2026-12-29");
    }

    #[test]
    fn requirement_27_implied_consent_ends_to_the_day() {
        let bought = |now: &str| term("2 years").since(Regime::Casl, at(now)).unwrap();
        let purchase = at("2024-11-21T00:00:00-05:00");
        assert!(bought("2026-11-21T23:59:59-05:00") <= purchase);
        assert!(bought("2026-11-22T00:00:00-05:00") > at("2024-11-21T23:59:59-05:00"));
        let asked = |now: &str| {
            term("6 calendar months")
                .since(Regime::Casl, at(now))
                .unwrap()
        };
        let inquiry = at("2026-08-31T09:00:00-04:00");
        assert!(asked("2027-02-28T23:59:59-05:00") <= inquiry);
        assert!(asked("2027-03-01T00:00:00-05:00") > inquiry);
        // Six months from the end of February end in August before its last days.
        let inquiry = at("2026-02-28T09:00:00-05:00");
        assert!(asked("2026-08-28T23:59:59-04:00") <= inquiry);
        assert!(asked("2026-08-29T00:00:00-04:00") > inquiry);
    }
}
