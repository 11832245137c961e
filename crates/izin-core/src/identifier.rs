//! What points to a person: addresses and numbers, normalised so that one person's address is
//! one text however it was typed.
//!
//! Values here are personal. They print masked; the full value is only had by
//! [`Identifier::reveal`], with a reason that a reviewer can search for.

mod email;
mod phone;

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
    pub fn reaches(self, channel: Channel) -> bool {
        Self::reached_on(channel) == Some(self)
    }

    /// The kind that messages on `channel` go to; `None`: they go to no address.
    #[must_use]
    pub const fn reached_on(channel: Channel) -> Option<Self> {
        match channel {
            Channel::Email => Some(Self::Email),
            Channel::Sms | Channel::Whatsapp | Channel::Phone => Some(Self::Phone),
            _ => None,
        }
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

impl Identifier {
    /// Reads an e-mail address into its one spelling: letters composed and in lower case, the domain
    /// in ASCII (UTS #46), invisible characters gone. Letter case is folded in both parts, though a
    /// mail system may tell local parts apart: to honour a refusal we rather take two for one.
    ///
    /// # Errors
    /// [`IdentifierError::Email`].
    pub fn email(text: &str) -> Result<Self, IdentifierError> {
        Self::email_in(text, String::new())
    }

    /// The same in the room of a text that is needed no more: whoever reads millions asks for no memory.
    ///
    /// # Errors
    /// [`IdentifierError::Email`].
    pub fn email_in(text: &str, room: String) -> Result<Self, IdentifierError> {
        let value = email::normal(text, room).ok_or(IdentifierError::Email)?;
        let kind = IdentifierKind::Email;
        Ok(Self { kind, value })
    }

    /// The room of the value, for another.
    #[must_use]
    pub fn into_room(self) -> String {
        let mut room = self.value;
        room.clear();
        room
    }

    /// Reads a telephone number as a person may type it or a program may pass it on, into E.164;
    /// `home` is the ISO country whose trunk prefix and country code are supplied where the text has
    /// none.
    ///
    /// # Errors
    /// [`IdentifierError::Phone`], also when `home` is a country whose code is not known here.
    pub fn phone(text: &str, home: &str) -> Result<Self, IdentifierError> {
        let value = phone::normal(text, home).ok_or(IdentifierError::Phone)?;
        let kind = IdentifierKind::Phone;
        Ok(Self { kind, value })
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
        let is_phone = value.contains(phone::PLUS) && Self::phone(value, "").is_ok();
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

/// Characters that nobody sees and that make one address two: soft hyphen, zero-width characters,
/// directional marks and isolates, the byte order mark.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
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
            "tel:+6281200000001",
            "\u{ff0b}\u{ff16}\u{ff12}81200000001",
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
