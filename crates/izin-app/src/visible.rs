//! Texts of others as they are shown on a terminal: nothing in them may command it.

/// A text in which nothing commands a terminal or turns the order of its letters: what would is
/// shown by its number, as `\u{202e}`.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || is_unseen(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// Marks that are not seen: of direction, of joining, of order, and the ends of lines that are not
/// control characters.
const fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_or_turns_letters_is_shown_by_its_number() {
        for (text, shown) in [
            ("a\u{1b}[2J", "a\\u{1b}[2J"),
            ("a\nb\u{7f}\u{9b}", "a\\u{a}b\\u{7f}\\u{9b}"),
            ("\u{202e}gnp\u{2069}", "\\u{202e}gnp\\u{2069}"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("a\u{2028}b\u{e0041}", "a\\u{2028}b\\u{e0041}"),
            ("Mèlati ジャカルタ 😀", "Mèlati ジャカルタ 😀"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
