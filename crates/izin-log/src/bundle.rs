//! Entry bundles of C2SP tlog-tiles: up to 256 leaves, each behind its length.
//!
//! The length is 16 bits, big-endian. Reading accepts nothing but whole, valid leaves.

use crate::leaf::{Leaf, LeafError};

/// Length of one leaf in a bundle, its own length included.
pub const ENTRY_BYTES: usize = LENGTH_BYTES.saturating_add(Leaf::BYTES);

const LENGTH_BYTES: usize = 2;

/// The length before every leaf; a leaf is far shorter than 2^16 bytes.
const LEAF_LENGTH: [u8; LENGTH_BYTES] = (Leaf::BYTES as u16).to_be_bytes();

/// Why bytes are not a bundle, and at which entry, counted from 0 in this bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {position} of the bundle is not a leaf: {fault}")]
pub struct BundleError {
    /// Place of the first bad entry in the bundle.
    pub position: usize,
    /// What is wrong with it.
    pub fault: BundleFault,
}

/// What can be wrong with one entry of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// The file ends inside the entry.
    #[error("the file ends inside it")]
    Cut,
    /// The entry is whole but no leaf.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

/// Writes the leaves as one bundle.
#[must_use]
pub fn encode(leaves: &[Leaf]) -> Vec<u8> {
    leaves
        .iter()
        .flat_map(|leaf| LEAF_LENGTH.into_iter().chain(leaf.encode()))
        .collect()
}

/// Reads a bundle to its last byte.
///
/// # Errors
/// [`BundleError`] names the first entry that is cut off or not a leaf.
pub fn decode(bytes: &[u8]) -> Result<Vec<Leaf>, BundleError> {
    let mut leaves = Vec::with_capacity(bytes.len() / ENTRY_BYTES);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (leaf, after) = split_leaf(rest).map_err(|fault| BundleError {
            position: leaves.len(),
            fault,
        })?;
        leaves.push(leaf);
        rest = after;
    }
    Ok(leaves)
}

fn split_leaf(bytes: &[u8]) -> Result<(Leaf, &[u8]), BundleFault> {
    let (length, rest) = bytes.split_first_chunk().ok_or(BundleFault::Cut)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (entry, rest) = rest.split_at_checked(length).ok_or(BundleFault::Cut)?;
    Ok((Leaf::decode(entry)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAVES: [Leaf; 2] = [
        Leaf {
            kind: 1,
            hours: 500_000,
            commitment: [1; 32],
        },
        Leaf {
            kind: 2,
            hours: 500_001,
            commitment: [2; 32],
        },
    ];

    #[test]
    fn a_bundle_cut_anywhere_inside_an_entry_is_refused_by_its_place() {
        let bytes = encode(&LEAVES);
        for length in (1..bytes.len()).filter(|length| *length != ENTRY_BYTES) {
            let position = usize::from(length > ENTRY_BYTES);
            let refused = decode(&bytes[..length]).unwrap_err();
            assert_eq!(
                refused,
                BundleError {
                    position,
                    fault: BundleFault::Cut
                },
                "{length}"
            );
        }
    }

    #[test]
    fn an_entry_that_is_no_leaf_is_named() {
        let mut bytes = encode(&LEAVES);
        bytes.extend([0, 1, 9]);
        let refused = decode(&bytes).unwrap_err();
        assert_eq!(refused.position, 2);
        assert_eq!(refused.fault, BundleFault::Leaf(LeafError::Length(1)));
    }

    #[test]
    fn a_bundle_reads_back() {
        assert_eq!(decode(&encode(&LEAVES)).as_deref(), Ok(LEAVES.as_slice()));
        assert_eq!(encode(&LEAVES)[..3], [0, 38, 1]);
    }
}
