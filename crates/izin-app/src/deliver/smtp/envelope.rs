//! From whom and to whom: the two addresses a mail server sees.
//!
//! A value of [`Envelope`] is safe to put into a command line as it is; that is its whole job.

use std::fmt;

/// The longest address in bytes: a path of 256 (RFC 5321 §4.5.3.1.3) less its angle brackets.
const ADDRESS_BYTES_MAX: usize = 254;

/// One message's sender and its one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    from: String,
    to: String,
}

/// Which of the two addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The address that bounces return to.
    Sender,
    /// The person written to.
    Recipient,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sender => "sender",
            Self::Recipient => "recipient",
        })
    }
}

/// What keeps a text from being an address in an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// A line break, a NUL or another control character: it could begin a command of its own.
    #[error("holds a line break or another control character")]
    Control,
    /// A blank or an angle bracket would end the path early.
    #[error("holds a blank or an angle bracket")]
    Delimiter,
    /// Nothing stands before or after the last `@`.
    #[error("is not of the form name@host.example")]
    Form,
    /// Longer than a path may be.
    #[error("is longer than {ADDRESS_BYTES_MAX} bytes")]
    Length,
}

/// Which address was refused and why; the address itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {party}'s address {fault}")]
pub struct EnvelopeError {
    /// Whose address.
    pub party: Party,
    /// What is wrong with it.
    pub fault: AddressFault,
}

impl Envelope {
    /// Takes two bare addresses, without display name or angle brackets.
    ///
    /// # Errors
    /// [`EnvelopeError`] when either could not stand between angle brackets in a command.
    pub fn new(from: &str, to: &str) -> Result<Self, EnvelopeError> {
        let checked = |party, text: &str| match fault_of(text) {
            Some(fault) => Err(EnvelopeError { party, fault }),
            None => Ok(text.to_owned()),
        };
        Ok(Self {
            from: checked(Party::Sender, from)?,
            to: checked(Party::Recipient, to)?,
        })
    }

    pub(super) fn from(&self) -> &str {
        &self.from
    }

    pub(super) fn to(&self) -> &str {
        &self.to
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.from.is_ascii() && self.to.is_ascii()
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Envelope(hidden)")
    }
}

fn fault_of(text: &str) -> Option<AddressFault> {
    let has_both_sides = |(name, host): (&str, &str)| !name.is_empty() && !host.is_empty();
    if text.chars().any(char::is_control) {
        Some(AddressFault::Control)
    } else if text.contains(|c: char| c.is_whitespace() || c == '<' || c == '>') {
        Some(AddressFault::Delimiter)
    } else if text.len() > ADDRESS_BYTES_MAX {
        Some(AddressFault::Length)
    } else if !text.rsplit_once('@').is_some_and(has_both_sides) {
        Some(AddressFault::Form)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "toko@shop.example";

    #[test]
    fn an_address_that_could_begin_a_second_command_is_refused() {
        for text in [
            "ani@example.com\r\nDATA",
            "ani@example.com\n",
            "ani\0@example.com",
            "\rani@x",
        ] {
            let error = EnvelopeError {
                party: Party::Recipient,
                fault: AddressFault::Control,
            };
            assert_eq!(Envelope::new(SHOP, text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn an_address_that_could_carry_a_parameter_or_another_path_is_refused() {
        for text in [
            "ani@example.com> SIZE=1",
            "<ani@example.com>",
            "ani @example.com",
        ] {
            let error = EnvelopeError {
                party: Party::Sender,
                fault: AddressFault::Delimiter,
            };
            assert_eq!(Envelope::new(text, SHOP), Err(error), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(ADDRESS_BYTES_MAX));
        for text in ["", "ani", "@example.com", "ani@", &long] {
            assert!(Envelope::new(SHOP, text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_error_and_a_debug_text_do_not_name_the_person() {
        let error = Envelope::new(SHOP, "ani <ani@example.com>").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("ani"));
        let envelope = Envelope::new(SHOP, "ani@example.com").unwrap();
        assert!(!format!("{envelope:?}").contains("ani"));
    }
}
