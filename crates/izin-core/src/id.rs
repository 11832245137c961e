//! Random 128-bit names for people and their identifiers, and the ledger's sequence.
//!
//! An id says nothing about the person. The text form is 32 lower-case hexadecimal digits.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hex::{self, unhex};

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 hexadecimal digits")]
pub struct IdError;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes 16 bytes that came from the random source or from the store.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads the text form: 32 hexadecimal digits, either case.
            ///
            /// # Errors
            /// [`IdError`] for any other text.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Digits::of(&self.0).as_str().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(Digits::of(&self.0).as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::text::read(deserializer, Self::parse)
            }
        }
    };
}

random_id! {
    /// A person whose data is processed (in the law: data subject). Pseudonymous by itself.
    SubjectId
}
random_id! {
    /// One identifier of a person (an address, a number); acts name identifiers by this, never
    /// by a hash of the value, so that a disclosed act cannot be matched against an address list.
    IdentifierId
}

/// The text form of 16 bytes. Ids stand in every entry, so it is made in one piece.
struct Digits([u8; 32]);

impl Digits {
    fn of(bytes: &[u8; 16]) -> Self {
        let mut digits = [0; 32];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *pair = hex::digits(*byte);
        }
        Self(digits)
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn parse(text: &str) -> Result<[u8; 16], IdError> {
    let mut digits: [u8; 32] = text.as_bytes().try_into().map_err(|_| IdError)?;
    digits.make_ascii_lowercase();
    unhex(digits).ok_or(IdError)
}

/// The place of an entry in the ledger, counted from 0 without gaps. It is also the index of the
/// entry's leaf in the Merkle tree.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Seq(pub u64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_length_or_alphabet_is_refused() {
        for text in [
            "",
            "00",
            "zz000000000000000000000000000000",
            "é00000000000000000000000000000",
        ] {
            assert_eq!(SubjectId::parse(text), Err(IdError), "{text}");
        }
    }

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = SubjectId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string(), "30313233343536373839616263646566");
        assert_eq!(SubjectId::parse(&id.to_string()), Ok(id));
    }
}
