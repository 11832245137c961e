//! Names of things the policy declares: short, lower-case, copied freely.
//!
//! A name is its letters and nothing else, so that a person's standing holds names no policy knows
//! any more, and comparing two of them is comparing bytes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a name here; names have 1 to 40 lower-case letters, digits or _, and begin with a letter"
)]
pub struct NameError(String);

/// The longest name, in bytes; it stands in every entry that names it.
const NAME_BYTES_MAX: usize = 40;
const _: () = assert!(
    NAME_BYTES_MAX.is_multiple_of(8),
    "names are compared in eights"
);

#[derive(Clone, Copy, Eq, PartialOrd, Ord)]
struct Letters([u8; NAME_BYTES_MAX]);

/// Eight letters at a time: a decision compares dozens of names, and nearly all differ at once.
impl PartialEq for Letters {
    fn eq(&self, other: &Self) -> bool {
        let (own, _) = self.0.as_chunks::<8>();
        let (other, _) = other.0.as_chunks::<8>();
        let mut pairs = own.iter().zip(other);
        pairs.all(|(own, other)| u64::from_ne_bytes(*own) == u64::from_ne_bytes(*other))
    }
}

impl std::hash::Hash for Letters {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Letters {
    fn parse(text: &str) -> Option<Self> {
        let fits = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let mut letters = [0; NAME_BYTES_MAX];
        letters
            .get_mut(..text.len())
            .filter(|_| fits)?
            .copy_from_slice(text.as_bytes());
        Some(Self(letters))
    }

    fn as_str(&self) -> &str {
        let end = self.0.iter().position(|letter| *letter == 0);
        let letters = self.0.get(..end.unwrap_or(NAME_BYTES_MAX));
        letters
            .and_then(|letters| std::str::from_utf8(letters).ok())
            .unwrap_or_default()
    }
}

macro_rules! policy_name {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Letters);

        impl $name {
            /// Reads a name.
            ///
            /// # Errors
            /// [`NameError`] repeats the text and says what a name looks like.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                Letters::parse(text).map(Self).ok_or_else(|| NameError(text.to_owned()))
            }

            /// The name's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::text::read(deserializer, Self::parse)
            }
        }
    )* };
}

policy_name! {
    /// The name of a purpose, as `marketing`.
    PurposeId
    /// The name of a topic inside a purpose, as `new_arrivals`.
    TopicId
    /// The name of a data field, as `email_address`.
    FieldId
    /// The name of a recipient, as `mail_provider`.
    RecipientId
    /// The name of a form, as `checkout`.
    FormId
    /// The name of an impact assessment, as `personalisation_2026`.
    DpiaId
    /// The name of a cap, as `weekly`.
    CapId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_name_is_refused() {
        let long = "a".repeat(NAME_BYTES_MAX + 1);
        for text in ["", "1st", "Marketing", "new arrivals", "a\0", "é", &long] {
            assert!(PurposeId::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_of_the_longest_length_reads_back() {
        let longest = "a".repeat(NAME_BYTES_MAX);
        assert_eq!(PurposeId::parse(&longest).unwrap().as_str(), longest);
    }
}
