//! A received mail, as its reader's program sees it.

use mail_parser::MessageParser;

/// One mail with the address it was delivered to.
#[derive(Clone)]
pub struct Mail {
    /// The sender of the envelope: where it comes back to.
    pub from: String,
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
        self.way_out("https://")
    }

    /// The mailbox to which one writes to opt out (RFC 2369).
    ///
    /// # Panics
    /// When the mail has none.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let way = self.way_out("mailto:");
        let address = way
            .strip_prefix("mailto:")
            .and_then(|own| own.split('?').next());
        address.expect("an address before the subject").to_owned()
    }

    fn way_out(&self, scheme: &str) -> String {
        let header = self.header("List-Unsubscribe");
        let mut ways = header.split(',').map(str::trim);
        let inside = |own: &str| Some(own.strip_prefix('<')?.strip_suffix('>')?.to_owned());
        let way = ways.find_map(|own| inside(own).filter(|own| own.starts_with(scheme)));
        way.expect("an address in angle brackets")
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
