//! A text as its writer meant it: in lower case and without marks, in words. *ＳＴＯＰ*, *S.T.O.P.* and
//! *stop!!* say the same.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Characters of a text that are read: ten messages in one. A keyword stands at the beginning, and a no
/// that takes longer is one for a person to read.
pub(super) const CHARS_MAX: usize = 1_600;

/// The words of a text: letters and digits in lower case, without accents, in one width.
pub(super) fn words(text: &str) -> Vec<String> {
    let cut: String = text.chars().take(CHARS_MAX).collect();
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(&cut);
    let letters: String = decomposed
        .chars()
        .filter(|c| !is_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    letters
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What stands inside a word and is no part of it: accents, apostrophes, what nobody sees.
fn is_mark(c: char) -> bool {
    let accent = matches!(c, '\u{300}'..='\u{36f}');
    let apostrophe = matches!(c, '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{2bc}');
    accent || apostrophe || izin_core::identifier::is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_one_however_it_is_written() {
        for text in [
            "STOP",
            " stop! ",
            "ｓｔｏｐ",
            "\u{200b}St\u{ad}op.",
            "«Stóp»",
            "\"STOP\"",
        ] {
            assert_eq!(words(text), ["stop"], "{text}");
        }
        assert_eq!(words("Don't ARRÊT\n2 x"), ["dont", "arret", "2", "x"]);
        assert!(words("").is_empty() && words("!? 🙏").is_empty());
    }

    #[test]
    fn a_text_without_end_is_read_to_a_limit() {
        assert_eq!(words(&"a ".repeat(CHARS_MAX)).len(), CHARS_MAX / 2);
    }
}
