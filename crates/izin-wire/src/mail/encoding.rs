//! How a part's bytes travel (RFC 2045 §6): as they are, in base64, or quoted-printable.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};

/// Base64 as mail programs write it: padded or not, with stray bits at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Characters of base64 that are decoded in one go; what is broken in one does not spoil the next.
const GROUP: usize = 4;

/// The bytes behind an encoding; as they are under a name that means nothing here.
pub(super) fn decoded<'a>(body: Cow<'a, [u8]>, encoding: &str) -> Cow<'a, [u8]> {
    let encoding = encoding.trim();
    if encoding.eq_ignore_ascii_case("base64") {
        Cow::Owned(base64(&body))
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        Cow::Owned(quoted_printable(&body))
    } else {
        body
    }
}

fn base64(text: &[u8]) -> Vec<u8> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let letters: Vec<u8> = text.iter().copied().filter(is_letter).collect();
    let groups = letters
        .chunks(GROUP)
        .filter_map(|own| LENIENT.decode(own).ok());
    groups.flatten().collect()
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text;
    while let Some((first, rest)) = left.split_first() {
        let (byte, rest) = match (first, rest) {
            (b'=', [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..]) => (None, rest),
            (b'=', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (Some((high << 4) | low), after),
                _ => (Some(b'='), rest),
            },
            (byte, rest) => (Some(*byte), rest),
        };
        bytes.extend(byte);
        left = rest;
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, encoding: &str) -> String {
        String::from_utf8_lossy(&decoded(Cow::Borrowed(text.as_bytes()), encoding)).into_owned()
    }

    #[test]
    fn what_is_broken_stays_or_is_left_out_and_the_rest_is_read() {
        assert_eq!(of("a=b=", "Quoted-Printable"), "a=b=");
        assert_eq!(of("=zz=4=C3=A9", "quoted-printable"), "=zz=4é");
        assert_eq!(of("aGVsbG8", "base64"), "hello");
        assert_eq!(of("aGVsbG8h!\r\n a", "base64"), "hello!");
        assert_eq!(of("=41", "x-unknown"), "=41");
    }

    #[test]
    fn lines_are_joined_where_they_were_cut() {
        assert_eq!(of("a=\r\nb=\nc=3D", " quoted-printable "), "abc=");
        assert_eq!(of("aGVs\r\nbG8=\r\n", "BASE64"), "hello");
    }
}
