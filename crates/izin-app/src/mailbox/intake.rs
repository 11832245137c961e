//! Takes a message off the wire up to its final dot (RFC 5321 §4.5.2).
//!
//! Only CR LF dot CR LF ends a message; a bare line end never does.

/// The longest message in bytes, announced as `SIZE`: twice what a large newsletter needs.
pub(super) const MESSAGE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// A message on its way in.
pub(super) struct Intake {
    raw: Vec<u8>,
    at_line_start: bool,
    too_long: bool,
}

/// How far the message has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The final dot is still to come.
    More,
    /// The final dot was read.
    Whole,
}

impl Intake {
    pub(super) fn new() -> Self {
        Self {
            raw: Vec::new(),
            at_line_start: true,
            too_long: false,
        }
    }

    /// Takes what it can of `input`; tells how many bytes. Up to two may have to wait for more.
    pub(super) fn take(&mut self, input: &[u8]) -> (usize, Progress) {
        let mut taken = 0;
        while taken < input.len() {
            let rest = &input[taken..];
            let line = match rest.iter().position(|byte| *byte == b'\n') {
                Some(at) => &rest[..=at],
                None => rest,
            };
            match (self.at_line_start, line) {
                (true, b".\r\n") => return (taken + line.len(), Progress::Whole),
                (true, b"." | b".\r") => break,
                (true, [b'.', stuffed @ ..]) => self.keep(stuffed),
                _ => self.keep(line),
            }
            self.at_line_start = self.raw.ends_with(b"\r\n");
            taken += line.len();
        }
        (taken, Progress::More)
    }

    /// The message as it was before dots were doubled; none if it was too long to keep.
    pub(super) fn into_message(self) -> Option<Vec<u8>> {
        (!self.too_long).then_some(self.raw)
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        if self.raw.len() > MESSAGE_BYTES_MAX {
            // What is left is read to its end but not kept, except for finding line ends.
            self.too_long = true;
            self.raw.drain(..self.raw.len() - 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take_all(input: &[u8], piece: usize) -> (Option<Vec<u8>>, Vec<u8>) {
        let mut intake = Intake::new();
        let (mut waiting, mut progress) = (Vec::new(), Progress::More);
        for bytes in input.chunks(piece) {
            waiting.extend_from_slice(bytes);
            if progress == Progress::More {
                let (taken, now) = intake.take(&waiting);
                waiting.drain(..taken);
                progress = now;
            }
        }
        (
            intake
                .into_message()
                .filter(|_| progress == Progress::Whole),
            waiting,
        )
    }

    #[test]
    fn a_bare_line_end_never_ends_a_message() {
        for early in [
            "a\n.\nb",
            "a\r.\rb",
            "a\n.\r\nb",
            "a\r\n.\nb",
            "a\r\n.\rb",
            "a\r\n.b",
        ] {
            for piece in 1..8 {
                let (message, _) = take_all(early.as_bytes(), piece);
                assert_eq!(message, None, "{early:?} by {piece}");
            }
        }
    }

    #[test]
    fn however_the_bytes_arrive_dots_are_undoubled_and_the_rest_is_left() {
        let sent = b"..\r\n...a\r\nb.\r\n\r\n.\r\nMAIL";
        for piece in 1..=sent.len() {
            let (message, rest) = take_all(sent, piece);
            assert_eq!(
                message.as_deref(),
                Some(&b".\r\n..a\r\nb.\r\n\r\n"[..]),
                "{piece}"
            );
            assert_eq!(rest, b"MAIL");
        }
        assert_eq!(take_all(b".\r\n", 1), (Some(Vec::new()), Vec::new()));
    }

    #[test]
    fn a_message_too_long_is_read_to_its_end_and_not_kept() {
        let mut sent = b"0123456789\r\n".repeat(MESSAGE_BYTES_MAX / 12 + 1);
        sent.extend_from_slice(b".\r\nQUIT");
        let mut intake = Intake::new();
        let (taken, progress) = intake.take(&sent);
        assert_eq!((&sent[taken..], progress), (&b"QUIT"[..], Progress::Whole));
        assert!(intake.raw.len() <= MESSAGE_BYTES_MAX && intake.into_message().is_none());
    }
}
