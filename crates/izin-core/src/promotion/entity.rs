//! Character references of HTML (`&nbsp;`, `&#68;`, `&#x44;`), decoded once, as browsers do.

/// The longest reference that is looked at, in bytes after the `&`; the longest name below and
/// any number with leading zeros fit.
const ENTITY_BYTES_MAX: usize = 24;

/// Names that split, hide or spell words in real messages. Other names stay as they are written.
const NAMES: [(&str, char); 40] = [
    ("nbsp", '\u{a0}'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("shy", '\u{ad}'),
    ("apos", '\''),
    ("rsquo", '\''),
    ("lsquo", '\''),
    ("rdquo", '"'),
    ("ldquo", '"'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("NoBreak", '\u{2060}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("hairsp", ' '),
    ("numsp", ' '),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("percnt", '%'),
    ("dollar", '$'),
    ("euro", '€'),
    ("pound", '£'),
    ("excl", '!'),
    ("quest", '?'),
    ("period", '.'),
    ("comma", ','),
    ("colon", ':'),
    ("hyphen", '-'),
    ("minus", '-'),
    ("ndash", '-'),
    ("mdash", '-'),
    ("times", 'x'),
    ("eacute", 'é'),
    ("bull", '•'),
];

/// How many of [`NAMES`], from the first, browsers also read without the final `;`.
const BARE_NAMES: usize = 6;

/// The character that `text`, which begins with `&`, stands for, and how many bytes spell it.
pub(super) fn decode(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let (c, len) = match body.strip_prefix('#') {
        Some(number) => numeric(number).map(|(c, len)| (c, len.saturating_add(1)))?,
        None => named(body)?,
    };
    Some((c, len.saturating_add(1)))
}

fn numeric(text: &str) -> Option<(char, usize)> {
    let (digits, radix, prefix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1_usize),
        None => (text, 10, 0),
    };
    let len = digits
        .bytes()
        .take(ENTITY_BYTES_MAX)
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    let value = u32::from_str_radix(digits.get(..len)?, radix).ok()?;
    let c = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
    let end = usize::from(digits.as_bytes().get(len) == Some(&b';'));
    Some((c, prefix.saturating_add(len).saturating_add(end)))
}

fn named(text: &str) -> Option<(char, usize)> {
    let len = text
        .bytes()
        .take(ENTITY_BYTES_MAX)
        .take_while(u8::is_ascii_alphabetic)
        .count();
    let name = text.get(..len)?;
    if text.as_bytes().get(len) == Some(&b';') {
        let (_, c) = NAMES.iter().find(|(known, _)| *known == name)?;
        return Some((*c, len.saturating_add(1)));
    }
    let mut bare = NAMES.iter().take(BARE_NAMES);
    let (known, c) = bare.find(|(known, _)| name.starts_with(known))?;
    Some((*c, known.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_reference_stays_text() {
        for text in [
            "&",
            "&;",
            "&#;",
            "&#x;",
            "& co",
            "&diskon;",
            "&#x110000000000;",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_and_names_are_decoded_with_or_without_their_end() {
        assert_eq!(decode("&#68;iskon"), Some(('D', 5)));
        assert_eq!(decode("&#x0044iskon"), Some(('\u{44}', 7)));
        assert_eq!(decode("&nbsp;x"), Some(('\u{a0}', 6)));
        assert_eq!(decode("&nbspx"), Some(('\u{a0}', 5)));
        assert_eq!(decode("&#xd800;"), Some((char::REPLACEMENT_CHARACTER, 8)));
    }

    #[test]
    fn a_reference_inside_a_reference_is_decoded_once() {
        assert_eq!(decode("&amp;#68;"), Some(('&', 5)));
    }
}
