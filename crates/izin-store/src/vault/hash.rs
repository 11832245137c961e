//! Finding a person by an identifier without keeping the identifier in clear.

use std::borrow::Cow;

use izin_core::Identifier;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Key;

/// Bytes of a kind and a value that are hashed in one piece: any address fits.
const PIECE_BYTES: usize = 256;

/// What a mark is taken of; no identifier has a kind of zero.
const MARKED: &[u8] = b"\0izin mark";
/// Bytes of a mark: two shops never share one by chance.
const MARK_BYTES: usize = 8;

macro_rules! keyed_hash {
    ($(#[$doc:meta])* $name:ident, $context:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Hashes an identifier under the key: 128 bits of keyed BLAKE3 over kind and value.
            #[must_use]
            pub fn of(identifier: &Identifier, key: &Key) -> Self {
                let value = identifier.reveal($context).as_bytes();
                let hash = keyed(identifier.kind().code(), value, key);
                Self(hash.first_chunk().copied().unwrap_or_default())
            }

            /// Takes a hash that came from the store or from a sealed link.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }
    };
}

keyed_hash! {
    /// Finds the holders of an identifier. Goes with the person when they are erased.
    LookupHash, "look-up hash"
}
keyed_hash! {
    /// Finds the suppressions of an identifier, under a key of its own. Outlives the person.
    SuppressionHash, "suppression hash"
}

impl Serialize for SuppressionHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for SuppressionHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = Cow::<'de, str>::deserialize(deserializer)?;
        crate::ledger::unhex(&digits)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a hash is 32 hexadecimal digits"))
    }
}

/// Keyed BLAKE3 over a kind and a value: in one piece where they fit, without the large state that
/// hashing piece by piece sets up.
fn keyed(kind: u8, value: &[u8], key: &Key) -> [u8; 32] {
    let mut piece = [0; PIECE_BYTES];
    let length = 1 + value.len();
    match piece.get_mut(..length) {
        Some(piece) => {
            if let Some((first, rest)) = piece.split_first_mut() {
                *first = kind;
                rest.copy_from_slice(value);
            }
            blake3::keyed_hash(key.expose(), piece).into()
        }
        None => {
            let mut hasher = blake3::Hasher::new_keyed(key.expose());
            hasher.update(&[kind]).update(value).finalize().into()
        }
    }
}

/// Hashes identifiers under a store's keys, without a look at the key database.
#[derive(Debug, Clone)]
pub struct Hasher {
    lookup: Key,
    suppression: Key,
}

impl Hasher {
    pub(super) const fn new(lookup: Key, suppression: Key) -> Self {
        Self {
            lookup,
            suppression,
        }
    }

    /// What these keys are known by beside the store; it says nothing about them.
    pub(crate) fn mark(&self) -> String {
        let mark: [u8; 32] = blake3::keyed_hash(self.suppression.expose(), MARKED).into();
        crate::hex(&mark[..MARK_BYTES])
    }

    /// The hash that finds the holders of an identifier.
    #[must_use]
    pub fn lookup(&self, identifier: &Identifier) -> LookupHash {
        LookupHash::of(identifier, &self.lookup)
    }

    /// The hash that finds the suppressions of an identifier.
    #[must_use]
    pub fn suppression(&self, identifier: &Identifier) -> SuppressionHash {
        SuppressionHash::of(identifier, &self.suppression)
    }
}
