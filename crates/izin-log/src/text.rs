//! The text codes that the formats here share: base64, decimal numbers and the lines of a proof,
//! read strictly.
//!
//! A value has one text form and no other is read, so that no byte of a file is left unchecked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hash::Hash;

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Standard base64 (RFC 4648 §4), canonical: padded, no stray bits.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// ASCII decimal without sign and without leading zeros.
pub(crate) fn from_decimal(text: &str) -> Option<u64> {
    text.parse()
        .ok()
        .filter(|number: &u64| number.to_string() == text)
}

/// The hashes of a proof, a line each; the number of the first line that is none or one too many.
pub(crate) fn path<'a>(
    lines: impl Iterator<Item = &'a str>,
    most: usize,
) -> Result<Vec<Hash>, usize> {
    let hash = |(number, line)| {
        let hash = Hash::parse(line).filter(|_| number <= most);
        hash.ok_or(number)
    };
    (1..).zip(lines).map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_of_a_number_is_read() {
        for text in [
            "",
            "+1",
            "-1",
            "01",
            "00",
            " 1",
            "1 ",
            "0x1",
            "18446744073709551616",
        ] {
            assert_eq!(from_decimal(text), None, "{text}");
        }
        assert_eq!(from_decimal("0"), Some(0));
        assert_eq!(from_decimal("18446744073709551615"), Some(u64::MAX));
    }

    #[test]
    fn only_canonical_base64_is_read() {
        for text in ["QQ", "QR==", "QQ=", "QQ==\n", "Q-==", "QQ==QQ=="] {
            assert_eq!(from_base64(text), None, "{text}");
        }
        assert_eq!(from_base64("QQ==").as_deref(), Some(b"A".as_slice()));
    }
}
