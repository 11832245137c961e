//! URL-encoded forms and queries: names and values, in order.

/// The pairs of a URL-encoded text. A part without `=` has an empty value; what is not properly
/// encoded stays as it stands.
pub fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text.as_bytes();
    while let Some((first, rest)) = left.split_first() {
        let (byte, rest) = match (first, rest) {
            (b'%', [high, low, after @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => ((high << 4) | low, after),
                _ => (b'%', rest),
            },
            (b'+', rest) => (b' ', rest),
            (byte, rest) => (*byte, rest),
        };
        bytes.push(byte);
        left = rest;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        pairs(text).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_broken_encoding_stays_as_it_stands() {
        assert_eq!(
            read("a%=%4&%zz=%C3"),
            [pair("a%", "%4"), pair("%zz", "\u{fffd}")]
        );
        assert_eq!(read("&&=&x"), [pair("", ""), pair("x", "")]);
    }

    #[test]
    fn names_and_values_are_decoded_in_order() {
        assert_eq!(
            read("a=1&b+c=%C3%A9%26&a=2=3"),
            [pair("a", "1"), pair("b c", "é&"), pair("a", "2=3")]
        );
    }
}
