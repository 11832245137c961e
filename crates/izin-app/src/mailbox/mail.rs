//! A kept message as a person reads it.
//!
//! Reads anything: what is not a proper message is shown as its text.

use izin_core::Timestamp;
use mail_parser::parsers::MessageStream;
use mail_parser::{Header, HeaderValue, Message, MessageParser, MessagePart, PartType};

use super::MailId;

/// One message to one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptMail {
    /// Its number in the box.
    pub id: MailId,
    /// The address of the envelope, as the sender gave it.
    pub recipient: String,
    /// The subject, decoded; empty where there is none.
    pub subject: String,
    /// Names and values in their order, values unfolded and decoded.
    pub headers: Vec<(String, String)>,
    /// The first plain text part.
    pub text: Option<String>,
    /// The first HTML part.
    pub html: Option<String>,
    /// When it was kept.
    pub received_at: Timestamp,
}

impl std::fmt::Debug for KeptMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptMail({})", self.id.0)
    }
}

impl KeptMail {
    /// Reads what the message itself says; number, recipient and time are the caller's to set.
    pub(super) fn read(raw: &[u8]) -> Self {
        let mut mail = Self {
            id: MailId(0),
            recipient: String::new(),
            subject: String::new(),
            headers: Vec::new(),
            text: None,
            html: None,
            received_at: Timestamp::default(),
        };
        match MessageParser::default().parse(raw) {
            Some(message) => mail.fill(&message, raw),
            None => mail.text = Some(String::from_utf8_lossy(raw).into_owned()),
        }
        mail
    }

    fn fill(&mut self, message: &Message<'_>, raw: &[u8]) {
        self.headers = message
            .headers()
            .iter()
            .map(|header| decoded(header, raw))
            .collect();
        self.subject = message.subject().unwrap_or_default().to_owned();
        self.text = message.text_bodies().find_map(plain);
        self.html = message.html_bodies().find_map(html);
    }
}

fn plain(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

fn html(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    }
}

/// Any header as one line of text: unfolded (RFC 5322 §2.2.3), encoded words decoded (RFC 2047).
fn decoded(header: &Header<'_>, raw: &[u8]) -> (String, String) {
    let range = header.offset_start() as usize..header.offset_end() as usize;
    let mut value = raw.get(range).unwrap_or_default().to_vec();
    value.push(b'\n'); // the parser ends at a line end that no blank follows
    let text = match MessageStream::new(&value).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => String::new(),
    };
    (header.name().to_owned(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_shown_as_it_is() {
        for raw in [
            &b""[..],
            b"\r\n",
            b"\xff\xfe\0",
            b"no header here",
            b"a: b",
            b":::\r\n\r\n",
        ] {
            let mail = KeptMail::read(raw);
            assert!(mail.subject.is_empty() && mail.html.is_none(), "{raw:?}");
        }
        assert!(
            KeptMail::read(b"a: b")
                .text
                .is_none_or(|text| text.is_empty())
        );
    }

    #[test]
    fn headers_keep_their_order_and_are_unfolded_and_decoded() {
        let raw = "X-Second-Last: \t a  b \r\nSubject: =?utf-8?B?UHJvbW8g4piV?=\r\n =?utf-8?Q?_baru?=\r\n\
            List-Unsubscribe: <https://shop.example/u/abc?x=?y>,\r\n\t<mailto:stop@shop.example>\r\n\
            x-empty:\r\nX-Second-Last: again\r\nFrom: =?utf-8?Q?Toko_K=C3=B6pi?= <toko@shop.example>\r\n\
            \r\nHalo\r\n";
        let mail = KeptMail::read(raw.as_bytes());
        let headers: Vec<_> = mail
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            headers,
            [
                ("X-Second-Last", "a  b"),
                ("Subject", "Promo ☕ baru"),
                (
                    "List-Unsubscribe",
                    "<https://shop.example/u/abc?x=?y>, <mailto:stop@shop.example>"
                ),
                ("x-empty", ""),
                ("X-Second-Last", "again"),
                ("From", "Toko Köpi <toko@shop.example>"),
            ]
        );
        assert_eq!(mail.subject, "Promo ☕ baru");
        assert_eq!((mail.text.as_deref(), mail.html), (Some("Halo\r\n"), None));
    }

    #[test]
    fn an_html_message_has_no_invented_text() {
        let mail = KeptMail::read(b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Halo</p>\r\n");
        assert_eq!(
            (mail.text, mail.html.as_deref()),
            (None, Some("<p>Halo</p>\r\n"))
        );
    }
}
