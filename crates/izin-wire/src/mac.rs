//! Message authentication codes as providers make them, compared in constant time.

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

/// What an HMAC is made of. MD5 and SHA-1 are sound in an HMAC, and some providers offer nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

/// The HMAC of texts in a row.
pub(crate) fn hmac(hash: Hash, key: &[u8], texts: &[&[u8]]) -> Vec<u8> {
    match hash {
        Hash::Md5 => finished::<Hmac<Md5>>(key, texts),
        Hash::Sha1 => finished::<Hmac<Sha1>>(key, texts),
        Hash::Sha256 => finished::<Hmac<Sha256>>(key, texts),
        Hash::Sha512 => finished::<Hmac<Sha512>>(key, texts),
    }
}

fn finished<M: Mac + KeyInit>(key: &[u8], texts: &[&[u8]]) -> Vec<u8> {
    // An HMAC takes a key of any length.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return Vec::new();
    };
    for text in texts {
        mac.update(text);
    }
    mac.finalize().into_bytes().to_vec()
}

/// The MD5 of a text: for one provider's oldest signatures alone.
pub(crate) fn md5(text: &[u8]) -> Vec<u8> {
    Md5::digest(text).to_vec()
}

/// SHA-256 of a text, in hexadecimal.
pub(crate) fn sha256_hex(text: &[u8]) -> String {
    hex(&Sha256::digest(text))
}

/// Whether two codes are the same; the time it takes does not say where they differ. None is empty.
pub(crate) fn same(made: &[u8], given: &[u8]) -> bool {
    !made.is_empty() && bool::from(made.ct_eq(given))
}

/// Bytes in small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes behind hexadecimal digits of any case.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|own| u8::try_from(own).ok())
    };
    pairs
        .iter()
        .map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?))
        .collect()
}

/// The bytes behind base64, padded or not.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    read(&STANDARD, text).or_else(|| read(&STANDARD_NO_PAD, text))
}

/// The bytes behind base64 in its URL-safe letters, without padding.
pub(crate) fn from_base64_url(text: &str) -> Option<Vec<u8>> {
    read(&URL_SAFE_NO_PAD, text)
}

fn read(engine: &GeneralPurpose, text: &str) -> Option<Vec<u8>> {
    engine.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_the_same_as_no_code() {
        assert!(!same(b"", b"") && !same(b"a", b"") && !same(b"a", b"ab") && !same(b"a", b"b"));
        assert!(same(b"ab", b"ab"));
    }

    #[test]
    fn hexadecimal_is_read_whole_or_not_at_all() {
        for text in ["0", "0g", "+1", "é", " 0", "00 0"] {
            assert_eq!(from_hex(text), None, "{text}");
        }
        assert_eq!(from_hex("00fFAb"), Some(vec![0, 255, 171]));
        assert_eq!(hex(&[0, 255, 171]), "00ffab");
    }

    /// RFC 2202 §2 and §3, RFC 4231 §4.2: the key of twenty (sixteen) bytes 0x0b and *Hi There*.
    #[test]
    fn the_codes_are_those_of_the_rfcs() {
        let there: [&[u8]; 2] = [b"Hi ", b"There"];
        let of = |hash, key: usize| hex(&hmac(hash, &[0x0b].repeat(key), &there));
        assert_eq!(of(Hash::Md5, 16), "9294727a3638bb1c13f48ef8158bfc9d");
        assert_eq!(
            of(Hash::Sha1, 20),
            "b617318655057264e28bc0b6fb378c8ef146be00"
        );
        assert!(of(Hash::Sha256, 20).starts_with("b0344c61d8db38535ca8afceaf0bf12b"));
        assert!(of(Hash::Sha512, 20).starts_with("87aa7cdea5ef619d4ff0b4241a1d6cb0"));
    }
}
