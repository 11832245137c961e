//! What terms count, and what it is called.

use crate::Language;

/// What a term counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Elapsed hours; no night, weekend or holiday stops them.
    Hours,
    /// Days of the calendar.
    CalendarDays,
    /// Days that are neither Saturday nor Sunday nor a holiday of the regime.
    BusinessDays,
    /// Months: the same number of day, else the month's last day; under the GDPR and the UK GDPR
    /// never a day off, but the next working day (Regulation 1182/71 art. 3(4)).
    CalendarMonths,
    /// Years: the same day, else the last day of February.
    Years,
}

impl Unit {
    pub(super) const ALL: [Self; 5] = [
        Self::Hours,
        Self::CalendarDays,
        Self::BusinessDays,
        Self::CalendarMonths,
        Self::Years,
    ];

    /// The name used in the files of law, in the plural.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::CalendarDays => "calendar days",
            Self::BusinessDays => "business days",
            Self::CalendarMonths => "calendar months",
            Self::Years => "years",
        }
    }

    /// The name for people, in the plural.
    pub(super) const fn said(self, language: Language) -> &'static str {
        if matches!(language, Language::En) {
            return self.as_str();
        }
        match self {
            Self::Hours => "jam",
            Self::CalendarDays => "hari kalender",
            Self::BusinessDays => "hari kerja",
            Self::CalendarMonths => "bulan kalender",
            Self::Years => "tahun",
        }
    }
}
