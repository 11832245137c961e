//! A received mail, as its reader's program sees it.

use mail_parser::MessageParser;

/// One mail with the address it was delivered to.
#[derive(Clone)]
pub struct Mail {
    /// The recipient of the envelope.
    pub to: String,
    /// The whole message.
    pub raw: Vec<u8>,
}

impl Mail {
    /// A header's value on one line.
    ///
    /// # Panics
    /// When the mail cannot be read or has no such header.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let value = self
            .read()
            .header_raw(name)
            .map(str::trim)
            .map(str::to_owned);
        value.expect("a mail with that header")
    }

    /// The address of RFC 8058 by which one POST opts out.
    ///
    /// # Panics
    /// When the mail has none.
    #[must_use]
    pub fn one_click_url(&self) -> String {
        let header = self.header("List-Unsubscribe");
        let url = header
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'));
        url.expect("an address in angle brackets").to_owned()
    }

    /// Everything a person reads: subject, plain text and HTML, decoded.
    ///
    /// # Panics
    /// When a part is missing.
    #[must_use]
    pub fn words(&self) -> String {
        let mail = self.read();
        let subject = mail.subject().expect("a subject");
        let text = mail.body_text(0).expect("a text part");
        let html = mail.body_html(0).expect("an HTML part");
        format!("{subject}\n{text}\n{html}")
    }

    fn read(&self) -> mail_parser::Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a mail")
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail(to {}, {} bytes)", self.to, self.raw.len())
    }
}
