//! The address at which mail for Izin arrives: opt-outs, complaints, and what came back. Each message of ours
//! gives it with a tag of its own (`izin+TAG@in.toko.example`), by which it is known whom it is about.

use izin_core::Identifier;

use crate::link::TAG_CHARS;
use crate::provider::Secret;

/// The longest part before the `@` of any address (RFC 5321 §4.5.3.1.1).
const LOCAL_CHARS_MAX: usize = 64;
/// What is left of it for a name, before the plus, the letter of a kind, and a tag.
pub const NAME_CHARS_MAX: usize = LOCAL_CHARS_MAX - 2 - TAG_CHARS;

/// Where mail for Izin arrives.
#[derive(Debug, Clone)]
pub struct Inbox {
    name: String,
    domain: String,
    /// What is said by whoever posts mail to `/hooks/email/raw`; absent: nobody may.
    pub password: Option<Secret>,
}

/// Why an address cannot be the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InboxError {
    /// Not an address.
    #[error("it is not an e-mail address; write one such as izin@in.toko.example")]
    NotAnAddress,
    /// No room for a tag.
    #[error(
        "before the @ stand 1 to {NAME_CHARS_MAX} small letters and digits, as in izin@in.toko.example"
    )]
    Name,
}

impl Inbox {
    /// Reads an address such as `izin@in.toko.example`.
    ///
    /// # Errors
    /// [`InboxError`].
    pub fn new(address: &str, password: Option<Secret>) -> Result<Self, InboxError> {
        let address = Identifier::email(address).map_err(|_| InboxError::NotAnAddress)?;
        let address = address.reveal("the shop's own address, which it tells everybody");
        let (name, domain) = address.rsplit_once('@').ok_or(InboxError::NotAnAddress)?;
        let is_plain = name
            .bytes()
            .all(|own| own.is_ascii_lowercase() || own.is_ascii_digit());
        if !is_plain || name.len() > NAME_CHARS_MAX {
            return Err(InboxError::Name);
        }
        Ok(Self {
            name: name.to_owned(),
            domain: domain.to_owned(),
            password,
        })
    }

    /// The address itself.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}@{}", self.name, self.domain)
    }

    /// The address with a tag.
    #[must_use]
    pub fn tagged(&self, tag: &str) -> String {
        format!("{}+{tag}@{}", self.name, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_room_for_a_tag_is_refused() {
        for address in [
            "izin",
            "izin@",
            "iz-in@in.toko.example",
            "izin+x@in.toko.example",
            "izinizinizi@in.toko.example",
        ] {
            assert!(Inbox::new(address, None).is_err(), "{address}");
        }
        let inbox = Inbox::new("Izin@in.toko.example", None).unwrap();
        assert_eq!(inbox.address(), "izin@in.toko.example");
        let tagged = inbox.tagged(&"s".repeat(TAG_CHARS + 1));
        assert!(tagged.split_once('@').unwrap().0.len() <= LOCAL_CHARS_MAX);
    }
}
