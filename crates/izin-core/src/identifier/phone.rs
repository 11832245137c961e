//! The one spelling of a telephone number, however it was typed: E.164, a plus and digits. What can
//! be read as two numbers is none. Start at [`normal`].

use super::is_invisible;

/// The digits of an E.164 number, country code included.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Digits behind a slash that are part of a number: fewer stand for the end of a second one.
const LINE_DIGITS_MIN: usize = 4;
/// Digits before a decimal point without which a text is no number written as an amount.
const AMOUNT_DIGITS_MIN: usize = 6;
/// What stands before a country code, plain and full-width.
pub(super) const PLUS: [char; 2] = ['+', '\u{ff0b}'];
/// What programs write before a number that they pass on, in any letter case.
const SCHEMES: [&str; 3] = ["tel:", "sms:", "whatsapp:"];

/// The one spelling of a number; `None` when it is none, also when it needs the code of a `home`
/// that is not known here.
pub(super) fn normal(text: &str, home: &str) -> Option<String> {
    let text = plain(text)?;
    let text = without_decimal(&text)?;
    let last = text.rsplit_once('/').map(|(_, last)| last);
    if last.is_some_and(|last| last.chars().filter(char::is_ascii_digit).count() < LINE_DIGITS_MIN)
    {
        return None;
    }
    let international = text.starts_with('+') || text.starts_with("(+");
    if text.trim_start_matches(['+', '(']).contains('+') {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let full = if international {
        without_trunk(&digits, home)
    } else if let Some(rest) = digits.strip_prefix("00") {
        without_trunk(rest, home)
    } else {
        let code = calling_code(home)?;
        match digits.strip_prefix('0') {
            Some(rest) => format!("{code}{rest}"),
            None if digits.starts_with(code) => without_trunk(&digits, home),
            None => format!("{code}{digits}"),
        }
    };
    (DIGITS.contains(&full.len()) && !full.starts_with('0')).then(|| format!("+{full}"))
}

/// A number in ASCII digits and signs, without what nobody sees and without a scheme; `None` where
/// anything else stands in it.
fn plain(text: &str) -> Option<String> {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let text = visible.trim();
    let number = SCHEMES.iter().find_map(|scheme| {
        let (start, number) = text.split_at_checked(scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| number.trim_start())
    });
    number.unwrap_or(text).chars().map(sign).collect()
}

/// A number without the `.0` that spreadsheets and data frames put behind one they take for an amount:
/// no group of a telephone number is a lone zero. `None` for `.00`, which may be either.
fn without_decimal(text: &str) -> Option<&str> {
    let is_amount = |whole: &&str| {
        let digits = whole.strip_prefix('+').unwrap_or(whole);
        digits.len() >= AMOUNT_DIGITS_MIN && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let whole = |decimals: &str| text.strip_suffix(decimals).filter(is_amount);
    match whole(".00") {
        Some(_) => None,
        None => Some(whole(".0").unwrap_or(text)),
    }
}

/// A sign of a number in ASCII: digits as people write them in Latin and Arabic script and in full
/// width, a plus, and what stands between groups. A line break is none: it parts two numbers.
fn sign(c: char) -> Option<char> {
    let digit = |zero: char| {
        let value = u32::from(c).checked_sub(u32::from(zero))?;
        char::from_digit(value, 10)
    };
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{ff10}'];
    zeros.into_iter().find_map(digit).or(match c {
        _ if PLUS.contains(&c) => Some('+'),
        '(' | '\u{ff08}' => Some('('),
        ')' | '\u{ff09}' => Some(')'),
        '.' | '\u{ff0e}' => Some('.'),
        '/' | '\u{ff0f}' => Some('/'),
        ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Some(' ')
        }
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => {
            Some('-')
        }
        _ => None,
    })
}

/// Drops the trunk zero that people write after the home country's code: `+62 0812…`.
fn without_trunk(digits: &str, home: &str) -> String {
    calling_code(home)
        .and_then(|code| Some((code, digits.strip_prefix(code)?.strip_prefix('0')?)))
        .map_or_else(|| digits.to_owned(), |(code, rest)| format!("{code}{rest}"))
}

/// Countries whose numbers may be written in their own form, with a trunk zero or none.
const CALLING_CODES: [(&str, &str); 24] = [
    ("AE", "971"),
    ("AU", "61"),
    ("BE", "32"),
    ("BN", "673"),
    ("CN", "86"),
    ("DE", "49"),
    ("ES", "34"),
    ("FR", "33"),
    ("GB", "44"),
    ("HK", "852"),
    ("ID", "62"),
    ("IE", "353"),
    ("IN", "91"),
    ("IT", "39"),
    ("JP", "81"),
    ("KR", "82"),
    ("MY", "60"),
    ("NL", "31"),
    ("PH", "63"),
    ("SA", "966"),
    ("SG", "65"),
    ("TH", "66"),
    ("TL", "670"),
    ("VN", "84"),
];

fn calling_code(country: &str) -> Option<&'static str> {
    CALLING_CODES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(country))
        .map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_no_number_or_two_is_refused() {
        for text in [
            "",
            "12",
            "08+12",
            "phone",
            "+0 812 000 000",
            "1234567890123456789",
            "+62 812 0000 0001\n+62 812 0000 0002",
            "0812 0000 0001, 0812 0000 0002",
            "0812 0000 000\u{b9}",
            "tel:",
            "tel:tel:+6281200000001",
            "tel:+6281200000001;ext=7",
            "fax:+6281200000001",
            "\u{ff0b}62 812 0000 \u{ff0b}0001",
            "6281200000001.00",
            "+6281200000001.00",
            "6281200000001,0",
            "6.2812E+12",
        ] {
            assert_eq!(normal(text, "ID"), None, "{text}");
        }
        for text in ["081200000001", "tel:081200000001", "\u{ff10}81200000001"] {
            assert_eq!(normal(text, ""), None, "of no known country: {text}");
        }
    }

    #[test]
    fn one_number_is_one_text_however_it_is_typed() {
        for text in [
            "+62 812-0000-0001",
            "0812 0000 0001",
            "62 81200000001",
            "0062 812 0000 0001",
            "+62 0812 0000 0001",
            "(0812) 0000.0001",
            "812 0000 0001",
            "6281200000001.0",
            "+6281200000001.0",
            "81200000001.0",
        ] {
            let number = normal(text, "ID");
            assert_eq!(number.as_deref(), Some("+6281200000001"), "{text}");
        }
    }

    #[test]
    fn one_number_is_one_text_in_every_script_and_as_programs_pass_it_on() {
        for text in [
            "\u{feff}+62\u{200b}812\u{ad}0000\u{2060}0001",
            "\u{202a}+62 812-0000-0001\u{202c}",
            "\u{2066}+62 812-0000-0001\u{2069}",
            "\u{ff0b}\u{ff16}\u{ff12}\u{ff08}\u{ff18}\u{ff11}\u{ff12}\u{ff09}0000\u{ff0d}0001",
            "\u{660}\u{668}\u{661}\u{662} 0000 0001",
            "\u{6f0}\u{6f8}\u{6f1}\u{6f2} 0000 0001",
            "+62\u{a0}812\u{2009}0000\u{3000}0001",
            "+62\u{2011}812\u{2013}0000\u{2212}0001",
            "tel:+6281200000001",
            "SMS: 0812 0000 0001",
            "WhatsApp:+62-812-0000-0001",
            "\u{200b}tel:\u{200b}+62 812 0000 0001\u{200b}",
        ] {
            let number = normal(text, "ID");
            assert_eq!(number.as_deref(), Some("+6281200000001"), "{text}");
        }
    }
}
