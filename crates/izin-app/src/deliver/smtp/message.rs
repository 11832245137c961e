//! A message as it stands between `DATA` and the final dot.
//!
//! INVARIANT: what [`encode`] writes holds the sequence CR LF dot CR LF once, at its end, and no
//! bare CR or LF, so no server can find an earlier end of the message in it.

/// The final dot, alone on its line.
pub(super) const FINAL_DOT: &[u8] = b".\r\n";

/// Puts the message and the final dot into `out`: every line ends in CR LF and a leading dot is
/// doubled (RFC 5321 §4.5.2).
pub(super) fn encode(message: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.reserve(message.len() + message.len() / 32 + FINAL_DOT.len());
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        for part in line.split(|byte| *byte == b'\r') {
            if part.first() == Some(&b'.') {
                out.push(b'.');
            }
            out.extend_from_slice(part);
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend_from_slice(FINAL_DOT);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(message: &str) -> String {
        let mut out = b"left over".to_vec();
        encode(message.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_bare_line_end_can_end_the_message_early() {
        for early in [
            "a\n.\nb",
            "a\r.\rb",
            "a\n.\r\nb",
            "a\r\n.\nb",
            "a\r\n.\rb",
            "a\r\n.\r\nb",
        ] {
            assert_eq!(encoded(early), "a\r\n..\r\nb\r\n.\r\n", "{early:?}");
        }
    }

    #[test]
    fn only_a_dot_that_begins_a_line_is_doubled() {
        assert_eq!(encoded(".a\r\n..b\r\nc.\r\n"), "..a\r\n...b\r\nc.\r\n.\r\n");
    }

    #[test]
    fn a_last_line_without_end_gets_one() {
        assert_eq!(encoded("a"), "a\r\n.\r\n");
        assert_eq!(encoded("a\r"), "a\r\n.\r\n");
        assert_eq!(encoded("a\r\n"), "a\r\n.\r\n");
        assert_eq!(encoded(""), ".\r\n");
        assert_eq!(encoded("a\r\r\n"), "a\r\n\r\n.\r\n");
    }
}
