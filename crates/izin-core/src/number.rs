//! The shop's own numbers and codes: of customers, orders, products. They are kept as they are; what
//! they mean is the shop's.

/// The longest number, in characters; shops use database keys or short codes.
pub const NUMBER_CHARS_MAX: usize = 64;

/// Whether a text can be such a number: 1 to [`NUMBER_CHARS_MAX`] characters, none of them one that
/// moves a cursor.
#[must_use]
pub fn is_number(text: &str) -> bool {
    let length = text
        .chars()
        .take(NUMBER_CHARS_MAX.saturating_add(1))
        .count();
    (1..=NUMBER_CHARS_MAX).contains(&length) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_short_not_empty_and_can_be_shown() {
        for text in ["", "a\u{7}b", "a\nb", &"é".repeat(NUMBER_CHARS_MAX + 1)] {
            assert!(!is_number(text), "{text:?}");
        }
        for text in ["1", "SKU-1/é", &"é".repeat(NUMBER_CHARS_MAX)] {
            assert!(is_number(text), "{text:?}");
        }
    }
}
