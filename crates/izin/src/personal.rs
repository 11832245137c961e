//! Text from the command line that may tell about a person: who, and what was said.
//!
//! Arguments are printed when something goes wrong; such a text never is. Start at [`Personal`]; what an
//! error repeats all the same goes through [`masked`].

use std::fmt;
use std::ops::Deref;

/// A text that shows nothing of itself in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Personal(String);

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Deref for Personal {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Fewer digits than this are no telephone number.
const DIGITS_MIN: usize = 6;
/// As many digits in a row, that nothing else says is a number, count nothing that an error tells.
const DIGITS_BARE_MIN: usize = 10;

/// An error as it is told: whatever in it is written like an e-mail address or a telephone number is left
/// out; what it quotes, by looser rules. A file or a name that an error repeats may have been an address
/// typed in its place.
pub(crate) fn masked(error: &str) -> String {
    let mut shown = String::new();
    for (place, text) in error.split('`').enumerate() {
        let quoted = place % 2 == 1;
        if place > 0 {
            shown.push('`');
        }
        if quoted && is_number(text) {
            shown.push('…');
            continue;
        }
        for word in text.split_inclusive(is_between) {
            let own = word.trim_end_matches(is_between);
            let between = word.get(own.len()..).unwrap_or_default();
            let tells = is_address(own) || is_bare_number(own);
            let tells = tells || quoted && own.starts_with(['+', '0']) && is_number(own);
            shown.push_str(if tells { "…" } else { own });
            shown.push_str(between);
        }
    }
    shown
}

fn is_between(own: char) -> bool {
    own.is_whitespace() || "/,;()[]\"'".contains(own)
}

fn is_address(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(name, host)| !matches!(name, "" | "…") && !host.is_empty())
}

/// A telephone number: a date begins with neither a plus nor a zero, and has hyphens.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_spelt = |own: char| own.is_ascii_digit() || "+-. ()".contains(own);
    let is_begun = text.starts_with(['+', '0', '(']) || digits == text.len();
    digits >= DIGITS_MIN && is_begun && text.chars().all(is_spelt)
}

/// A telephone number that nothing quotes.
fn is_bare_number(word: &str) -> bool {
    let word = word.trim_end_matches([':', '.']);
    let digits = word.strip_prefix('+').unwrap_or(word);
    let least = if digits == word {
        DIGITS_BARE_MIN
    } else {
        DIGITS_MIN
    };
    digits.len() >= least && digits.bytes().all(|own| own.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_may_be_somebodys_address_or_number_is_not_told() {
        for (error, told) in [
            (
                "cannot read `/shop/rina@example.com`: no",
                "cannot read `/shop/…`: no",
            ),
            (
                "there is no row `rina@example.com`; see",
                "there is no row `…`; see",
            ),
            ("`--map email=rina@example.com` names", "`--map …` names"),
            ("no key `0812-0000-0001`", "no key `…`"),
            ("no key `+62 812 0000 0001`", "no key `…`"),
            ("no row `+62.812.0000.0001`; see", "no row `…`; see"),
            ("nothing of number 628120000001", "nothing of number …"),
            ("+628120000001 is not in 0..=65535", "… is not in 0..=65535"),
            (
                "cannot read `/shop/0812-0000-0001`",
                "cannot read `/shop/…`",
            ),
        ] {
            assert_eq!(masked(error), told);
        }
    }

    #[test]
    fn everything_else_is_told_as_it_is() {
        for error in [
            "cannot read `/backup/20261122/izin.toml`: no such file",
            "`2026-11` and `2026-11-21` are no time; one @ is needed; `127.0.0.1`",
            "127.0.0.1:8080 is in use, 1234567 entries",
            "https://…@shop.example/ holds more than a host",
            "an odd ` in it",
            "",
        ] {
            assert_eq!(masked(error), error);
        }
    }
}
