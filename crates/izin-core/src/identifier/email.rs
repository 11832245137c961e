//! The one spelling of an e-mail address, however it was typed: the short way for plain letters, the
//! long way with the tables of Unicode. Both give the same bytes. Start at [`normal`].

use super::is_invisible;

/// The longest e-mail address, in bytes (RFC 5321 §4.5.3.1.3 less the angle brackets).
const EMAIL_BYTES_MAX: usize = 254;
/// The longest part of a domain between two dots, in bytes (RFC 1035 §2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// What an address may begin with that says what it is: a link's scheme, and our own word for it.
const SCHEMES: [&str; 2] = ["mailto:", "email:"];

/// What stands before an address in quotation marks or in a list; nobody's address begins so.
const OPENING: [char; 11] = [
    '\'', '`', '/', '|', '*', '\u{2018}', '\u{2019}', '\u{201c}', '\u{ab}', '\u{2022}', '\u{b7}',
];

/// The one spelling of an address, in the room of another text; `None` when it is none.
pub(super) fn normal(text: &str, mut room: String) -> Option<String> {
    match plain_ascii(text) {
        Some(plain) => {
            room.clear();
            room.push_str(plain);
            room.make_ascii_lowercase();
            Some(room)
        }
        None => by_tables(text),
    }
}

/// An address of letters, digits and the commonest signs, whose one spelling is in lower case, without the
/// tables of Unicode; `None`: it is none, or it takes those tables to tell.
fn plain_ascii(text: &str) -> Option<&str> {
    let text = text.trim_ascii();
    let at = text.bytes().position(|byte| byte == b'@')?;
    let (local, domain) = (text.get(..at)?, text.get(at.checked_add(1)?..)?);
    let is_local = |byte| is_letter_or_digit(byte) || matches!(byte, b'.' | b'_' | b'+' | b'-');
    let is_plain = text.len() <= EMAIL_BYTES_MAX
        && !local.is_empty()
        && are_all(local.as_bytes(), is_local)
        && is_plain_domain(domain.as_bytes());
    is_plain.then_some(text)
}

/// Whether a domain is read as it stands. Two signs together, as in Punycode, and parts that may be
/// too long are for the tables.
fn is_plain_domain(domain: &[u8]) -> bool {
    let is_sign = |byte| matches!(byte, b'.' | b'-');
    let are_signs = |pair: &[u8]| are_all(pair, is_sign);
    let ends = [domain.first(), domain.last()];
    domain.len() <= LABEL_BYTES_MAX
        && are_all(domain, |byte| is_letter_or_digit(byte) || is_sign(byte))
        && ends.iter().flatten().all(|byte| !is_sign(**byte))
        && !domain.windows(2).any(are_signs)
        && domain.iter().any(u8::is_ascii_alphabetic)
}

const fn is_letter_or_digit(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
}

/// Whether all bytes are of a kind, without a choice after each.
fn are_all(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |all, byte| all & is(*byte))
}

/// Whether a part of a domain, in ASCII, is one: anything else is no domain but what somebody wrote
/// beside it.
fn is_name(part: &str) -> bool {
    let in_name = |byte| is_letter_or_digit(byte) || matches!(byte, b'-' | b'_');
    let ends = ['-', '_'];
    !part.is_empty() && are_all(part.as_bytes(), in_name) && !part.ends_with(ends)
}

/// Reads an address that may need composing or a domain in another script.
fn by_tables(text: &str) -> Option<String> {
    let visible: String = text.trim().chars().filter(|c| !is_invisible(*c)).collect();
    let (local, domain) = without_scheme(visible.trim()).rsplit_once('@')?;
    let local = composed(local.trim()).to_lowercase();
    let domain = ascii_domain(domain.trim())?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\@".contains(c))
    };
    let wrapped = local.starts_with(OPENING);
    if !plain(&local) || wrapped || !domain.split('.').all(is_name) {
        return None;
    }
    let value = format!("{local}@{domain}");
    if value.len() > EMAIL_BYTES_MAX {
        return None;
    }
    Some(value)
}

/// An address without what says that it is one.
fn without_scheme(text: &str) -> &str {
    let bare = SCHEMES.iter().find_map(|scheme| {
        let (begin, rest) = text.split_at_checked(scheme.len())?;
        begin.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    bare.unwrap_or(text)
}

/// The composed form of a text (Unicode NFC).
fn composed(text: &str) -> std::borrow::Cow<'_, str> {
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// A domain as DNS has it, without the root's dot.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(domain).ok()?;
    Some(ascii.strip_suffix('.').unwrap_or(&ascii).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelled(text: &str) -> Option<String> {
        normal(text, String::new())
    }

    proptest! {
        #[test]
        fn the_short_way_reads_every_address_as_the_long_way_does(
            text in "[ ]?[a-zA-Z0-9._+'-]{0,9}@([a-zA-Z0-9-]{0,5}[.]?){0,4}(example|EXAMPLE[.]|xn--a|1)?[ ]?",
            odd in "[ -~\u{e0}-\u{ff}\u{ad}\u{3002}]{0,12}@[ -~\u{e0}-\u{ff}\u{3002}]{0,12}",
        ) {
            for text in [text, odd] {
                if let Some(value) = plain_ascii(&text).map(str::to_ascii_lowercase) {
                    let long = by_tables(&text);
                    prop_assert_eq!(long, Some(value));
                }
            }
        }
    }

    #[test]
    fn an_address_that_says_what_it_is_is_that_address() {
        for text in [
            "mailto:a@b.example",
            " MailTo: a@b.example",
            "email:a@b.example",
        ] {
            assert_eq!(spelled(text).as_deref(), Some("a@b.example"), "{text}");
        }
        for text in [
            "mailto:",
            "mailto:mailto:a@b.example",
            "mail:a@b.example",
            "mailto:a@b.example?subject=x",
        ] {
            assert_eq!(spelled(text), None, "{text}");
        }
    }

    #[test]
    fn what_somebody_wrote_around_an_address_makes_no_other_address() {
        for text in [
            "'a@b.example'",
            "'a@b.example",
            "`a@b.example`",
            "\u{2018}a@b.example\u{2019}",
            "\u{2022}a@b.example",
            "a@b.example/",
            "a@b.example!",
            "a@b.example|",
            "a@b.example_",
            "a@b.example-",
            "a@b.example/c@b.example",
            "/a@b.example",
            "a@b.example'",
            "a@.b",
            "a@b..c",
        ] {
            assert_eq!(spelled(text), None, "{text}");
        }
        assert_eq!(
            spelled("o'ani@b.example").as_deref(),
            Some("o'ani@b.example")
        );
        assert_eq!(
            spelled("=a+b@b_c.example.").as_deref(),
            Some("=a+b@b_c.example")
        );
    }

    #[test]
    fn the_short_way_reads_the_usual_address_and_leaves_the_rest() {
        let usual = plain_ascii(" Budi.S+toko@Mail.EXAMPLE ");
        assert_eq!(usual, Some("Budi.S+toko@Mail.EXAMPLE"));
        let room = String::from("another@mail.example, and longer");
        let usual = normal(" Budi.S+toko@Mail.EXAMPLE ", room);
        assert_eq!(usual.as_deref(), Some("budi.s+toko@mail.example"));
        for other in [
            "budi@b\u{fc}cher.example",
            "a@xn--a.example",
            "a@b..c",
            "a@127.0.0.1",
            "a@b@c",
        ] {
            assert_eq!(plain_ascii(other), None, "{other}");
        }
    }
}
