//! What of a mail counts for a signature, whatever servers on its way do to blanks (RFC 6376 §3.4.2,
//! §3.4.4).

/// The fields of a mail, as they stand, and what follows them.
pub(super) fn fields(mail: &[u8]) -> (Vec<(&str, &str)>, &[u8]) {
    let end = mail.windows(4).position(|own| own == b"\r\n\r\n");
    let (header, body) = match end {
        Some(end) => (&mail[..end + 2], &mail[end + 4..]),
        None => (mail, &b""[..]),
    };
    // Ours are in ASCII.
    let header = std::str::from_utf8(header).unwrap_or_default();
    let mut fields = Vec::new();
    let mut left = header;
    while !left.is_empty() {
        let (field, rest) = left.split_at(end_of_field(left));
        fields.extend(field.split_once(':'));
        left = rest;
    }
    (fields, body)
}

/// Where the first field ends: behind the line end that no blank follows.
fn end_of_field(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find("\r\n") {
        from += at + 2;
        if !text[from..].starts_with([' ', '\t']) {
            return from;
        }
    }
    text.len()
}

/// A field in its relaxed form, without a line end.
pub(super) fn header(name: &str, value: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    let words: Vec<&str> = value
        .split([' ', '\t', '\r', '\n'])
        .filter(|own| !own.is_empty())
        .collect();
    format!("{name}:{}", words.join(" "))
}

/// A body in its relaxed form: blanks in a row are one, none stand at the end of a line, and no empty lines
/// at the end.
pub(super) fn body(text: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(text.len());
    let mut empty_lines = 0;
    let lines = text
        .split(|byte| *byte == b'\n')
        .map(|own| own.strip_suffix(b"\r").unwrap_or(own));
    for line in lines {
        let own = relaxed_line(line);
        if own.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            relaxed.extend_from_slice(b"\r\n");
        }
        relaxed.extend_from_slice(&own);
        relaxed.extend_from_slice(b"\r\n");
    }
    relaxed
}

fn relaxed_line(line: &[u8]) -> Vec<u8> {
    let mut own = Vec::with_capacity(line.len());
    for byte in line {
        match byte {
            b' ' | b'\t' if own.last() == Some(&b' ') => {}
            b' ' | b'\t' => own.push(b' '),
            byte => own.push(*byte),
        }
    }
    if own.last() == Some(&b' ') {
        own.pop();
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6376 §3.4.5.
    #[test]
    fn the_example_of_the_rfc_reads_as_there() {
        let mail = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (fields, contents) = fields(mail);
        let relaxed: Vec<String> = fields
            .iter()
            .map(|(name, value)| header(name, value))
            .collect();
        assert_eq!(relaxed, ["a:X", "b:Y Z"]);
        assert_eq!(body(contents), b" C\r\nD E\r\n");
    }

    #[test]
    fn a_mail_without_a_body_has_none() {
        assert_eq!(fields(b"A: X\r\n"), (vec![("A", " X\r\n")], &b""[..]));
        for text in [&b""[..], b"\r\n", b"\r\n\r\n \r\n"] {
            assert_eq!(body(text), b"");
        }
        assert_eq!(body(b"a"), b"a\r\n");
        assert_eq!(body(b"\r\n\r\na\r\n\r\n"), b"\r\n\r\na\r\n");
    }
}
