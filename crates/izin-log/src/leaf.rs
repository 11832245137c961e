//! What the log holds of a ledger entry: 38 bytes that say nothing about anyone.
//!
//! The commitment is an HMAC under a random blinding value kept beside the act. Once both are
//! destroyed by an erasure, the leaf is only random-looking bytes, yet the tree still stands.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::hash::{Hash, leaf_hash};

const VERSION: u8 = 1;

/// One leaf: kind of act, coarse time, commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Which kind of act the entry is, as numbered by the ledger.
    pub kind: u8,
    /// When it was recorded, in whole hours since 1970-01-01T00:00Z: coarse on purpose.
    pub hours: u32,
    /// [`commit`] over the entry.
    pub commitment: [u8; 32],
}

/// Why bytes are not a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Every leaf has the same length.
    #[error("it is {0} bytes long, not {expected}", expected = Leaf::BYTES)]
    Length(usize),
    /// The first byte names the encoding.
    #[error("its version is {0}, not {VERSION}")]
    Version(u8),
}

impl Leaf {
    /// Length of an encoded leaf: version, kind, four bytes of hours, commitment.
    pub const BYTES: usize = 38;

    /// Version byte, kind, hours (big-endian), commitment.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let [first, second, third, fourth] = self.hours.to_be_bytes();
        let mut bytes = [0; Self::BYTES];
        let (head, commitment) = bytes.split_at_mut(6);
        head.copy_from_slice(&[VERSION, self.kind, first, second, third, fourth]);
        commitment.copy_from_slice(&self.commitment);
        bytes
    }

    /// Reads exactly what [`Leaf::encode`] writes.
    ///
    /// # Errors
    /// [`LeafError`] for another length or version.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        let wrong_length = LeafError::Length(bytes.len());
        let (&[version, kind], rest) = bytes.split_first_chunk().ok_or(wrong_length)?;
        let (hours, commitment) = rest.split_first_chunk().ok_or(wrong_length)?;
        let commitment = commitment.try_into().map_err(|_| wrong_length)?;
        if version != VERSION {
            return Err(LeafError::Version(version));
        }
        Ok(Self {
            kind,
            hours: u32::from_be_bytes(*hours),
            commitment,
        })
    }

    /// Its hash in the tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.encode())
    }
}

/// Commits to the canonical JSON of an entry: HMAC-SHA-256 under the entry's blinding value.
#[must_use]
pub fn commit(blinding: &[u8; 32], canonical: &[u8]) -> [u8; 32] {
    // RFC 2104 pads a short key with zeros to SHA-256's block of 64 bytes.
    let mut key = [0; 64];
    for (byte, value) in key.iter_mut().zip(blinding) {
        *byte = *value;
    }
    let mac = Hmac::<Sha256>::new(&key.into()).chain_update(canonical);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: Leaf = Leaf {
        kind: 7,
        hours: 0x0001_0203,
        commitment: [9; 32],
    };

    #[test]
    fn bytes_of_another_length_or_version_are_not_a_leaf() {
        let bytes = LEAF.encode();
        for length in 0..Leaf::BYTES {
            assert_eq!(
                Leaf::decode(&bytes[..length]),
                Err(LeafError::Length(length))
            );
        }
        let long = [bytes.as_slice(), &[0]].concat();
        assert_eq!(Leaf::decode(&long), Err(LeafError::Length(39)));
        let mut old = bytes;
        old[0] = 0;
        assert_eq!(Leaf::decode(&old), Err(LeafError::Version(0)));
    }

    #[test]
    fn the_layout_of_a_leaf_is_fixed() {
        let bytes = LEAF.encode();
        assert_eq!(bytes[..6], [1, 7, 0, 1, 2, 3]);
        assert_eq!(bytes[6..], [9; 32]);
        assert_eq!(Leaf::decode(&bytes), Ok(LEAF));
    }

    #[test]
    fn a_commitment_is_hmac_sha_256() {
        // RFC 4231 §4.2 with its 20-byte key, which zero padding leaves the same HMAC.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let hex: String = commit(&key, b"Hi There")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hex,
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }
}
