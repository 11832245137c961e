//! What points to a person: addresses and numbers, normalised so that one person's address is
//! one text however it was typed.
//!
//! Values here are personal. They print masked; the full value is only had by
//! [`Identifier::reveal`], with a reason that a reviewer can search for.

mod email;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Channel;
use crate::number::is_number;

/// What kind of thing an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A telephone number in E.164 form.
    Phone,
    /// The shop's own customer number.
    Customer,
}

impl IdentifierKind {
    /// The number kept in the store and mixed into the look-up hash.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Email => 1,
            Self::Phone => 2,
            Self::Customer => 3,
        }
    }

    /// The kind behind a stored number.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Email),
            2 => Some(Self::Phone),
            3 => Some(Self::Customer),
            _ => None,
        }
    }

    /// Whether a message on `channel` goes to an identifier of this kind.
    #[must_use]
    pub const fn reaches(self, channel: Channel) -> bool {
        matches!(
            (self, channel),
            (Self::Email, Channel::Email)
                | (
                    Self::Phone,
                    Channel::Sms | Channel::Whatsapp | Channel::Phone
                )
        )
    }
}

/// An address or number in normal form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    kind: IdentifierKind,
    value: String,
}

/// Why a text is not an identifier. The text is personal and is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not an e-mail address.
    #[error(
        "not an e-mail address; it needs one @ between a name and a domain, without spaces, at most 254 characters"
    )]
    Email,
    /// Not a telephone number.
    #[error(
        "not a telephone number; write it in international form, as +62 812 0000 0000, or in the home country's own form"
    )]
    Phone,
    /// Not a customer number.
    #[error("not a customer number; it needs 1 to 64 characters without control characters")]
    Customer,
    /// An address where a customer number should be.
    #[error(
        "what looks like an e-mail address or a telephone number, and those stand in no URL; name \
         the customer by the shop's own number, and give the address as `email` or `phone`"
    )]
    Address,
}

/// The digits of an E.164 number, country code included.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

impl Identifier {
    /// Reads an e-mail address into its one spelling: letters composed and in lower case, the domain
    /// in ASCII (UTS #46), invisible characters gone. Letter case is folded in both parts, though a
    /// mail system may tell local parts apart: to honour a refusal we rather take two for one.
    ///
    /// # Errors
    /// [`IdentifierError::Email`].
    pub fn email(text: &str) -> Result<Self, IdentifierError> {
        let value = email::normal(text).ok_or(IdentifierError::Email)?;
        let kind = IdentifierKind::Email;
        Ok(Self { kind, value })
    }

    /// Reads a telephone number as a person may type it; `home` is the ISO country whose trunk
    /// prefix and country code are supplied where the text has none.
    ///
    /// # Errors
    /// [`IdentifierError::Phone`], also when `home` is a country whose code is not known here.
    pub fn phone(text: &str, home: &str) -> Result<Self, IdentifierError> {
        let text = text.trim();
        let allowed = |c: char| c.is_ascii_digit() || " +-.()/".contains(c);
        if !text.chars().all(allowed) || text.trim_start_matches(['+', '(']).contains('+') {
            return Err(IdentifierError::Phone);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let international = if text.starts_with('+') || text.starts_with("(+") {
            without_trunk(&digits, home)
        } else if let Some(rest) = digits.strip_prefix("00") {
            without_trunk(rest, home)
        } else {
            let code = calling_code(home).ok_or(IdentifierError::Phone)?;
            match digits.strip_prefix('0') {
                Some(rest) => format!("{code}{rest}"),
                None if digits.starts_with(code) => without_trunk(&digits, home),
                None => format!("{code}{digits}"),
            }
        };
        if !PHONE_DIGITS.contains(&international.len()) || international.starts_with('0') {
            return Err(IdentifierError::Phone);
        }
        Ok(Self {
            kind: IdentifierKind::Phone,
            value: format!("+{international}"),
        })
    }

    /// Reads the shop's customer number; letter case counts, outer spaces do not.
    ///
    /// # Errors
    /// [`IdentifierError::Customer`].
    pub fn customer(text: &str) -> Result<Self, IdentifierError> {
        let value = text.trim();
        if !is_number(value) {
            return Err(IdentifierError::Customer);
        }
        Ok(Self {
            kind: IdentifierKind::Customer,
            value: value.to_owned(),
        })
    }

    /// Reads the number that a customer is to be known by from now on. It stands in URLs, so it may
    /// not look like an address: it holds no @ and is no telephone number in E.164 form.
    ///
    /// # Errors
    /// [`IdentifierError::Customer`], [`IdentifierError::Address`].
    pub fn new_customer(text: &str) -> Result<Self, IdentifierError> {
        let number = Self::customer(text)?;
        let value = &number.value;
        let is_phone = value.starts_with('+') && Self::phone(value, "").is_ok();
        if value.contains('@') || is_phone {
            return Err(IdentifierError::Address);
        }
        Ok(number)
    }

    /// Rebuilds an identifier from the normal form that the store kept.
    #[must_use]
    pub const fn from_normal(kind: IdentifierKind, value: String) -> Self {
        Self { kind, value }
    }

    /// What kind of identifier this is.
    #[must_use]
    pub const fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The full value. `reason` says why it is needed in clear, for those who read the code.
    #[must_use]
    pub fn reveal(&self, reason: &'static str) -> &str {
        debug_assert!(
            !reason.is_empty(),
            "a reason is given for every use in clear"
        );
        &self.value
    }

    /// The value as shown to someone who only holds a link: `b•••@example.com`, `+62•••89`.
    #[must_use]
    pub fn masked(&self) -> String {
        let first = self.value.chars().next().unwrap_or('•');
        match (self.kind, self.value.rsplit_once('@')) {
            (IdentifierKind::Email, Some((_, domain))) => format!("{first}•••@{domain}"),
            (IdentifierKind::Phone, _) => {
                let start: String = self.value.chars().take(3).collect();
                let end = self.value.len().saturating_sub(2);
                format!("{start}•••{}", self.value.get(end..).unwrap_or_default())
            }
            _ => format!("{first}•••"),
        }
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({:?}, masked)", self.kind)
    }
}

/// Drops the trunk zero that people write after the home country's code: `+62 0812…`.
fn without_trunk(digits: &str, home: &str) -> String {
    calling_code(home)
        .and_then(|code| Some((code, digits.strip_prefix(code)?.strip_prefix('0')?)))
        .map_or_else(|| digits.to_owned(), |(code, rest)| format!("{code}{rest}"))
}

/// Countries whose numbers may be written in their own form, with a trunk zero or none.
const CALLING_CODES: [(&str, &str); 24] = [
    ("AE", "971"),
    ("AU", "61"),
    ("BE", "32"),
    ("BN", "673"),
    ("CN", "86"),
    ("DE", "49"),
    ("ES", "34"),
    ("FR", "33"),
    ("GB", "44"),
    ("HK", "852"),
    ("ID", "62"),
    ("IE", "353"),
    ("IN", "91"),
    ("IT", "39"),
    ("JP", "81"),
    ("KR", "82"),
    ("MY", "60"),
    ("NL", "31"),
    ("PH", "63"),
    ("SA", "966"),
    ("SG", "65"),
    ("TH", "66"),
    ("TL", "670"),
    ("VN", "84"),
];

fn calling_code(country: &str) -> Option<&'static str> {
    CALLING_CODES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(country))
        .map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "budi",
            "@example.com",
            "budi@",
            "a b@example.com",
            "a@b@c",
            "a@b..c",
            "<a@b.c>",
        ] {
            assert_eq!(
                Identifier::email(text),
                Err(IdentifierError::Email),
                "{text}"
            );
        }
        assert!(Identifier::email(&format!("{}@example.com", "x".repeat(300))).is_err());
    }

    #[test]
    fn nobody_is_made_known_by_an_address_for_a_number() {
        for text in [
            "budi@example.com",
            "@budi",
            "+62 812-0000-0001",
            " +6281200000001 ",
        ] {
            let said = Identifier::new_customer(text).unwrap_err();
            assert_eq!(said, IdentifierError::Address, "{text}");
            assert!(
                Identifier::customer(text).is_ok(),
                "who has one is still found"
            );
        }
        for text in ["", "x\u{7}"] {
            let said = Identifier::new_customer(text).unwrap_err();
            assert_eq!(said, IdentifierError::Customer);
        }
        for text in ["C-17", "6281200000001", "+17", "081200000001", "a+b"] {
            assert_eq!(Identifier::new_customer(text), Identifier::customer(text));
        }
    }

    #[test]
    fn one_address_is_one_text_however_it_is_typed() {
        let plain = Identifier::email("budi@example.com").unwrap();
        for text in [
            "Budi@Example.COM",
            "  budi@example.com ",
            "BUDI@EXAMPLE.COM.",
        ] {
            assert_eq!(Identifier::email(text).unwrap(), plain);
        }
    }

    #[test]
    fn one_mailbox_is_one_text_in_every_spelling_of_its_letters() {
        for (typed, kept) in [
            ("budi@b\u{fc}cher.example", "budi@xn--bcher-kva.example"),
            ("budi@bu\u{308}cher.example", "budi@xn--bcher-kva.example"),
            ("budi@XN--BCHER-KVA.example", "budi@xn--bcher-kva.example"),
            ("budi@toko\u{3002}example", "budi@toko.example"),
            ("budi@\u{ff54}oko.example", "budi@toko.example"),
            (
                "\u{feff}bu\u{200b}di@toko\u{ad}.example",
                "budi@toko.example",
            ),
            ("jose\u{301}@toko.example", "jos\u{e9}@toko.example"),
        ] {
            assert_eq!(Identifier::email(typed).unwrap().reveal("test"), kept);
        }
    }

    #[test]
    fn one_number_is_one_text_however_it_is_typed() {
        for text in [
            "+62 812-0000-0001",
            "0812 0000 0001",
            "62 81200000001",
            "0062 812 0000 0001",
            "+62 0812 0000 0001",
            "(0812) 0000.0001",
            "812 0000 0001",
        ] {
            let number = Identifier::phone(text, "ID").unwrap();
            assert_eq!(number.reveal("test"), "+6281200000001", "{text}");
        }
        for text in [
            "",
            "12",
            "08+12",
            "phone",
            "+0 812 000 000",
            "1234567890123456789",
        ] {
            assert_eq!(
                Identifier::phone(text, "ID"),
                Err(IdentifierError::Phone),
                "{text}"
            );
        }
    }

    #[test]
    fn debug_and_mask_do_not_show_the_value() {
        let address = Identifier::email("rahasia@example.com").unwrap();
        assert!(!format!("{address:?}").contains("rahasia"));
        assert_eq!(address.masked(), "r•••@example.com");
        assert_eq!(
            Identifier::phone("+6281200000089", "ID").unwrap().masked(),
            "+62•••89"
        );
    }
}
