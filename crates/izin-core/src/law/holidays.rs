//! The days off of each regime, from `data/law/holidays.toml`.
//!
//! A calendar knows the years that it covers and answers nothing about others: an unknown holiday
//! would make a deadline come out too late or too early.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use serde::Deserialize;

use super::RegimeSet;
use super::table::LawError;

/// The holidays of some regimes in a range of years.
#[derive(Debug, Clone)]
pub(super) struct Holidays {
    pub(super) regimes: RegimeSet,
    first_year: i16,
    last_year: i16,
    days: BTreeSet<Date>,
}

impl Holidays {
    /// Whether the day is a holiday; nothing for a year that the table does not hold.
    pub(super) fn contains(&self, day: Date) -> Option<bool> {
        let covers = self.years().contains(&day.year());
        covers.then(|| self.days.contains(&day))
    }

    /// The years that the table holds.
    pub(super) const fn years(&self) -> RangeInclusive<i16> {
        self.first_year..=self.last_year
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    calendar: Vec<Calendar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    regimes: RegimeSet,
    first_year: i16,
    last_year: i16,
    days: Vec<String>,
}

/// Reads the calendars; a day outside its calendar's years is a mistake of the file.
pub(super) fn read(text: &str) -> Result<Vec<Holidays>, LawError> {
    let file: File = toml::from_str(text)?;
    file.calendar.into_iter().map(calendar).collect()
}

fn calendar(own: Calendar) -> Result<Holidays, LawError> {
    let years = own.first_year..=own.last_year;
    let day = |text: String| match text.parse::<Date>() {
        Ok(day) if years.contains(&day.year()) => Ok(day),
        _ => Err(LawError::Date(text)),
    };
    Ok(Holidays {
        regimes: own.regimes,
        first_year: own.first_year,
        last_year: own.last_year,
        days: own.days.into_iter().map(day).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_none_or_of_another_year_is_refused() {
        let table = |day: &str| {
            let days = format!("days = [\"{day}\"]");
            let head = "[[calendar]]\nregimes = [\"casl\"]\nfirst_year = 2024\nlast_year = 2024\n";
            read(&format!("{head}{days}"))
        };
        for day in ["2024-02-30", "2023-12-25", "Christmas"] {
            assert!(matches!(table(day), Err(LawError::Date(_))), "{day}");
        }
        assert!(table("2024-12-25").is_ok());
    }
}
