//! How a text travels: in which alphabet, and as how many messages that are each paid for.

/// Septets of a message that stands alone (3GPP TS 23.040 §9.2.3.16).
const SEPTETS_ALONE: usize = 160;
/// Septets of one part of several: six bytes say which part it is.
const SEPTETS_OF_PART: usize = 153;
/// UTF-16 units of a message that stands alone.
const UNITS_ALONE: usize = 70;
/// UTF-16 units of one part of several.
const UNITS_OF_PART: usize = 67;

/// The GSM 7-bit default alphabet (3GPP TS 23.038 §6.2.1), one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ\
ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension (§6.2.1.1): behind an escape, so two septets each.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// The alphabet a text needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The GSM 7-bit default alphabet and its extension.
    Gsm7,
    /// UTF-16, for every character that is not in it; the whole text takes it then.
    Ucs2,
}

impl Encoding {
    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gsm7 => "GSM-7",
            Self::Ucs2 => "UCS-2",
        }
    }
}

/// What a text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The alphabet.
    pub encoding: Encoding,
    /// Messages it is sent as, at least one.
    pub segments: usize,
}

/// How a text travels. What counts for two is never cut in the middle: neither an escaped character
/// nor one of two UTF-16 units.
#[must_use]
pub fn length(text: &str) -> Length {
    let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
    match septets {
        Some(sizes) => Length {
            encoding: Encoding::Gsm7,
            segments: segments(sizes, SEPTETS_ALONE, SEPTETS_OF_PART),
        },
        None => Length {
            encoding: Encoding::Ucs2,
            segments: segments(
                text.chars().map(char::len_utf16).collect(),
                UNITS_ALONE,
                UNITS_OF_PART,
            ),
        },
    }
}

/// Septets of a character; `None` for one that is not in the alphabet.
fn septets(c: char) -> Option<usize> {
    match c {
        ' ' | '0'..='9' | 'A'..='Z' | 'a'..='z' => Some(1),
        _ if EXTENSION.contains(c) => Some(2),
        _ if BASIC.contains(c) => Some(1),
        _ => None,
    }
}

fn segments(sizes: Vec<usize>, alone: usize, part: usize) -> usize {
    let total: usize = sizes.iter().sum();
    if total <= alone {
        return 1;
    }
    let (parts, _) = sizes
        .into_iter()
        .fold((1_usize, 0_usize), |(parts, used), size| {
            let filled = used.saturating_add(size);
            if filled <= part {
                (parts, filled)
            } else {
                (parts.saturating_add(1), size)
            }
        });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (&'static str, usize) {
        let own = length(text);
        (own.encoding.name(), own.segments)
    }

    #[test]
    fn one_character_outside_the_alphabet_makes_the_whole_text_ucs_2() {
        for text in ["ç", "–", "“a”", "’", "🙏", "ê", "ا", "\t"] {
            assert_eq!(of(text), ("UCS-2", 1), "{text}");
        }
        assert_eq!(of(&format!("{}ç", "a".repeat(69))), ("UCS-2", 1));
        assert_eq!(of(&format!("{}ç", "a".repeat(70))), ("UCS-2", 2));
        assert_eq!(of(&format!("{}ç", "a".repeat(133))), ("UCS-2", 2));
        assert_eq!(of(&format!("{}ç", "a".repeat(134))), ("UCS-2", 3));
    }

    #[test]
    fn what_counts_for_two_is_not_cut() {
        assert_eq!(of(&"€".repeat(80)), ("GSM-7", 1));
        // 76 in each part of 153 septets: one septet stays empty.
        assert_eq!(of(&"€".repeat(81)), ("GSM-7", 2));
        assert_eq!(of(&"€".repeat(152)), ("GSM-7", 2));
        assert_eq!(of(&"€".repeat(153)), ("GSM-7", 3));
        assert_eq!(of(&"😀".repeat(35)), ("UCS-2", 1));
        assert_eq!(of(&"😀".repeat(66)), ("UCS-2", 2));
        assert_eq!(of(&"😀".repeat(67)), ("UCS-2", 3));
    }

    #[test]
    fn a_text_of_the_alphabet_takes_160_or_153_each() {
        assert_eq!(of(""), ("GSM-7", 1));
        for (chars, segments) in [(1, 1), (160, 1), (161, 2), (306, 2), (307, 3)] {
            assert_eq!(of(&"a".repeat(chars)), ("GSM-7", segments), "{chars}");
        }
        assert_eq!(of("Ç@£$¥ΔΩÆß§¿à \r\n\u{c}^{}\\[~]|€"), ("GSM-7", 1));
        assert_eq!(BASIC.chars().count() + 1, 128, "with the escape");
    }
}
