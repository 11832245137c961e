//! One letter as a reader takes it: full-width, accented, styled and capital letters become plain
//! small ones, and what nobody sees disappears.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// A plain letter and whether it was a capital.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded {
    pub(super) letter: char,
    pub(super) capital: bool,
}

/// Calls `put` with each letter that `c` stands for (compatibility decomposition without marks).
pub(super) fn fold(c: char, mut put: impl FnMut(Folded)) {
    if c.is_ascii() {
        put(small(c));
    } else if !is_unseen(c) {
        DecomposingNormalizerBorrowed::new_nfkd()
            .normalize_iter(std::iter::once(c))
            .filter(|part| !is_unseen(*part))
            .for_each(|part| each_small(part, &mut put));
    }
}

fn small(c: char) -> Folded {
    Folded {
        letter: c.to_ascii_lowercase(),
        capital: c.is_ascii_uppercase(),
    }
}

fn each_small(c: char, put: &mut impl FnMut(Folded)) {
    let capital = c.is_uppercase();
    match c {
        // The sign of multiplication is written for "2 x" and the dashes for a minus.
        '\u{d7}' => put(small('x')),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => put(small('-')),
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => put(small('\'')),
        _ => c
            .to_lowercase()
            .filter(|part| !is_unseen(*part))
            .for_each(|letter| put(Folded { letter, capital })),
    }
}

/// Marks above and below letters, and characters without a width of their own.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{300}'..='\u{36f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
