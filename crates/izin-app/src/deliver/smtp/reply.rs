//! What a mail server answers: three digits, perhaps an enhanced status code, and words.
//!
//! The words may name a person, so they are never part of `Display` or `Debug`.

use std::fmt;

/// The code of a reply, with the enhanced status code of RFC 3463 where one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Three digits, 200 to 599.
    pub code: u16,
    /// For instance 5.1.1, "no such mailbox".
    pub enhanced: Option<Enhanced>,
}

impl Status {
    /// The first digit: 2 done, 3 go on, 4 not now, 5 no.
    #[must_use]
    pub fn class(self) -> u16 {
        self.code / 100
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.enhanced {
            Some(enhanced) => write!(f, "{} {enhanced}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

/// An enhanced status code (RFC 3463): class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enhanced {
    /// 2, 4 or 5; always the first digit of the reply.
    pub class: u16,
    /// 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// Finer, per subject.
    pub detail: u16,
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// One whole reply.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    status: Status,
    text: String,
}

impl Reply {
    /// The codes.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The three digits.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.status.code
    }

    /// The server's words, one line each, without the three digits; they may name a person.
    #[must_use]
    pub fn reveal(&self, _reason: &'static str) -> &str {
        &self.text
    }

    /// The server's words, for reading what it offers.
    pub(super) fn lines(&self) -> std::str::Lines<'_> {
        self.text.lines()
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.status)
    }
}

/// A line that no mail server would send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAReply;

/// Gathers the lines of one reply.
#[derive(Default)]
pub(super) struct Gathering {
    code: Option<u16>,
    text: String,
}

impl Gathering {
    /// Takes the next line, without its line end; gives the reply when this was its last.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<Option<Reply>, NotAReply> {
        let (digits, rest) = line.split_at_checked(3).ok_or(NotAReply)?;
        let code = code_of(digits).ok_or(NotAReply)?;
        if *self.code.get_or_insert(code) != code {
            return Err(NotAReply);
        }
        let (last, words) = match rest {
            [] => (true, rest),
            [b' ', words @ ..] => (true, words),
            [b'-', words @ ..] => (false, words),
            _ => return Err(NotAReply),
        };
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let words = String::from_utf8_lossy(words);
        self.text
            .extend(words.chars().map(|c| if c.is_control() { ' ' } else { c }));
        Ok(last.then(|| self.whole(code)))
    }

    fn whole(&mut self, code: u16) -> Reply {
        let text = std::mem::take(&mut self.text);
        Reply {
            status: Status {
                code,
                enhanced: enhanced_of(&text, code / 100),
            },
            text,
        }
    }
}

fn code_of(digits: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(digits).ok()?;
    let all_digits = digits.iter().all(u8::is_ascii_digit);
    text.parse()
        .ok()
        .filter(|code| all_digits && (200..600).contains(code))
}

fn enhanced_of(text: &str, class: u16) -> Option<Enhanced> {
    let mut numbers = text.split_whitespace().next()?.split('.').map(number);
    let found = Enhanced {
        class: numbers.next()??,
        subject: numbers.next()??,
        detail: numbers.next()??,
    };
    (numbers.next().is_none() && found.class == class).then_some(found)
}

/// One to three digits (RFC 3463 §2).
fn number(text: &str) -> Option<u16> {
    let fits = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Result<Option<Reply>, NotAReply> {
        let mut gathering = Gathering::default();
        let mut latest = Ok(None);
        for line in lines {
            latest = gathering.line(line.as_bytes());
            if latest.is_err() {
                break;
            }
        }
        latest
    }

    #[test]
    fn what_no_mail_server_says_is_not_a_reply() {
        for line in [
            "",
            "25",
            "2x0 ok",
            "+50 ok",
            "099 ok",
            "600 no",
            "250_ok",
            "HTTP/1.1 400",
        ] {
            assert_eq!(read(&[line]), Err(NotAReply), "{line:?}");
        }
        assert_eq!(read(&["250-one", "251 two"]), Err(NotAReply));
    }

    #[test]
    fn a_reply_goes_on_until_its_last_line() {
        assert_eq!(read(&["250-one", "250-two"]), Ok(None));
        let reply = read(&["250-one", "250-two", "250 three"]).unwrap().unwrap();
        assert_eq!(reply.lines().collect::<Vec<_>>(), ["one", "two", "three"]);
        assert_eq!(read(&["354"]).unwrap().unwrap().code(), 354);
    }

    #[test]
    fn the_enhanced_code_is_read_only_where_it_agrees_with_the_reply() {
        let shown = |line| read(&[line]).unwrap().unwrap().to_string();
        assert_eq!(shown("550 5.1.1 no such person"), "550 5.1.1");
        assert_eq!(shown("550 4.1.1 odd"), "550");
        assert_eq!(shown("250 2.0 ok"), "250");
        assert_eq!(shown("550 5.1.1.1 ok"), "550");
        assert_eq!(shown("550 5.1234.1 ok"), "550");
    }

    #[test]
    fn the_words_are_shown_only_on_demand_and_cannot_forge_a_line() {
        let reply = read(&["550 5.1.1 <ani@example.com>\x1b[2J unknown"])
            .unwrap()
            .unwrap();
        assert!(!format!("{reply} {reply:?}").contains("ani"));
        assert_eq!(reply.reveal("test"), "5.1.1 <ani@example.com> [2J unknown");
    }
}
