//! How a column is told to people: by its name, or by its place where the name may be somebody's data
//! because the header is missing.

/// The longest name that is repeated, in characters.
const NAME_CHARS_MAX: usize = 40;
/// Digits in a name that may be a telephone number or a date.
const DATA_DIGITS_MIN: usize = 6;

/// A column as a message may name it: `Telefon`, or `#3` for the third.
pub(in super::super) fn told(written: &str, place: usize) -> String {
    if is_name(written) {
        written.trim().to_owned()
    } else {
        format!("#{place}")
    }
}

/// Whether a text has the form of a column's name, and not of an address, a number or a sentence.
pub(super) fn is_name(written: &str) -> bool {
    let name = written.trim();
    let sign = |c: char| c.is_alphanumeric() || "_- ".contains(c);
    name.chars().count() <= NAME_CHARS_MAX
        && name.chars().all(sign)
        && name.chars().any(char::is_alphabetic)
        && name.chars().filter(|c| c.is_numeric()).count() < DATA_DIGITS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_somebodys_data_is_told_by_its_place() {
        for text in [
            "",
            "budi@example.com",
            "+628125550142",
            "Jl. Melati 5",
            "2026-01-01",
            "Budi 628125",
            "17",
            "a name that is so long that it may be a sentence",
        ] {
            assert_eq!(told(text, 3), "#3", "{text}");
        }
        for name in ["Nomor Telepon", "E-Mail", "consent_marketing_email", "x29"] {
            assert_eq!(told(name, 3), name);
        }
    }
}
