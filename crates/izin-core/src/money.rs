//! Prices: exact amounts and how a person reads them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Language;

/// An amount in millionths of its currency's unit, so that any price a shop writes is exact.
/// The currency stands beside it, in the catalogue or the shop's settings.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Money(i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not digits with at most one point and six decimals.
    #[error("`{0}` is not an amount; write digits with a point for decimals, as 125000 or 4.25")]
    NotAnAmount(String),
    /// Below zero.
    #[error("`{0}` is negative; a sale line needs a price of 0 or more")]
    Negative(String),
}

impl Money {
    const UNIT: i64 = 1_000_000;

    /// Takes millionths of the currency's unit.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Millionths of the currency's unit.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads `125000` or `4.25`: digits, a point, at most six decimals.
    ///
    /// # Errors
    /// [`MoneyError`] for anything else, separators and negative amounts included.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim();
        if text.starts_with('-') {
            return Err(MoneyError::Negative(text.to_owned()));
        }
        let refuse = || MoneyError::NotAnAmount(text.to_owned());
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || decimals.len() > 6 || !digits(whole) || !digits(decimals) {
            return Err(refuse());
        }
        let whole: i64 = whole.parse().map_err(|_| refuse())?;
        let fraction: i64 = format!("{decimals:0<6}").parse().map_err(|_| refuse())?;
        whole
            .checked_mul(Self::UNIT)
            .and_then(|micros| micros.checked_add(fraction))
            .map(Self)
            .ok_or_else(refuse)
    }

    /// The amount as people read it: `Rp 125.000` (no decimals, points between thousands) for
    /// `IDR`; otherwise the code or a known sign and two decimals, with the language's separators.
    #[must_use]
    pub fn show(self, currency: &str, language: Language) -> String {
        if currency == "IDR" {
            let rupiah = self.0.saturating_add(Self::UNIT / 2).div_euclid(Self::UNIT);
            return format!("Rp {}", grouped(rupiah, '.'));
        }
        let hundredths = self.0.saturating_add(5_000).div_euclid(10_000);
        let (group, point) = match language {
            Language::Id => ('.', ','),
            Language::En => (',', '.'),
        };
        let whole = grouped(hundredths.div_euclid(100), group);
        let amount = format!("{whole}{point}{:02}", hundredths.rem_euclid(100));
        match currency {
            "" => amount,
            "GBP" => format!("£{amount}"),
            "EUR" => format!("€{amount}"),
            "USD" => format!("${amount}"),
            code => format!("{code} {amount}"),
        }
    }
}

impl fmt::Display for Money {
    /// The exact amount as files hold it: `125000`, `4.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        const UNIT: u64 = Money::UNIT.unsigned_abs();
        let micros = self.0.unsigned_abs();
        let (whole, rest) = (micros / UNIT, micros % UNIT);
        let decimals = format!("{rest:06}");
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            decimals => write!(f, "{sign}{whole}.{decimals}"),
        }
    }
}

fn grouped(number: i64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(place);
        if place > 0 && left.is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_or_unreadable_price_is_refused() {
        assert!(matches!(Money::parse("-1"), Err(MoneyError::Negative(_))));
        for text in [
            "",
            "1,5",
            "1.2.3",
            "12e3",
            "0.1234567",
            "99999999999999999999",
        ] {
            assert!(
                matches!(Money::parse(text), Err(MoneyError::NotAnAmount(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn an_amount_is_written_exactly_as_it_is_read() {
        for text in ["0", "125000", "4.25", "0.000001", "10.1"] {
            assert_eq!(Money::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Money::parse("4.50").unwrap().to_string(), "4.5");
        assert_eq!(Money::from_micros(-2_500_000).to_string(), "-2.5");
    }

    #[test]
    fn rupiah_reads_with_points_and_no_decimals() {
        let price = Money::parse("125000").unwrap();
        assert_eq!(price.show("IDR", Language::Id), "Rp 125.000");
        assert_eq!(price.show("IDR", Language::En), "Rp 125.000");
    }

    #[test]
    fn other_currencies_keep_their_decimals() {
        let price = Money::parse("1234.5").unwrap();
        assert_eq!(price.show("GBP", Language::En), "£1,234.50");
        assert_eq!(price.show("GBP", Language::Id), "£1.234,50");
        assert_eq!(price.show("", Language::En), "1,234.50");
    }
}
