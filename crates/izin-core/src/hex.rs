//! Bytes as hexadecimal digits, and back: one text for the same bytes, everywhere.

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().copied().flat_map(digits);
    digits.map(char::from).collect()
}

/// Reads lower-case hexadecimal of exactly `N` bytes.
#[must_use]
pub fn unhex<const N: usize>(text: impl AsRef<[u8]>) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_ref().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let (mut bytes, mut seen) = ([0; N], 0);
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (nibble(*high), nibble(*low));
        seen |= high | low;
        *byte = high << 4 | low;
    }
    (seen < NO_DIGIT).then_some(bytes)
}

/// The two digits of a byte.
pub(crate) fn digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|nibble| {
        b"0123456789abcdef"
            .get(usize::from(nibble))
            .copied()
            .unwrap_or_default()
    })
}

/// More than any digit is worth.
const NO_DIGIT: u8 = 0x10;

/// The value of a digit, or [`NO_DIGIT`].
const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit.wrapping_sub(b'0'),
        b'a'..=b'f' => digit.wrapping_sub(b'a').wrapping_add(10),
        _ => NO_DIGIT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_digits_of_as_many_bytes_as_asked_for_are_read() {
        for wrong in [
            "", "00f", "00ff00", "00fF", "00+f", "00 f", "00\u{e9}", "0xff",
        ] {
            assert_eq!(unhex::<2>(wrong), None, "{wrong}");
        }
        assert_eq!(unhex::<2>("00ff"), Some([0, 255]));
    }

    #[test]
    fn every_byte_is_written_and_read_back() {
        let bytes: [u8; 256] = std::array::from_fn(|byte| u8::try_from(byte).unwrap());
        let text = hex(&bytes);
        assert_eq!((&text[..6], &text[506..]), ("000102", "fdfeff"));
        assert_eq!(unhex(&text), Some(bytes));
    }
}
