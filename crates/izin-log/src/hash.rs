//! The hashes of the Merkle tree: SHA-256 with the two prefixes of RFC 6962 §2.1.
//!
//! The prefixes keep a leaf from passing as an inner node. Start at [`tree_root`].

use std::fmt;

use sha2::{Digest, Sha256};

use crate::text;

const LEAF_PREFIX: [u8; 1] = [0];
const NODE_PREFIX: [u8; 1] = [1];

/// A SHA-256 value in the tree: of a leaf, of an inner node, or a root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Hash::BYTES]);

impl Hash {
    /// Length of a hash.
    pub const BYTES: usize = 32;

    /// The root of the tree without leaves: SHA-256 of nothing.
    #[must_use]
    pub fn empty_root() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// Reads the text form: canonical base64 of exactly 32 bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text::from_base64(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    /// Standard base64, as in checkpoints and proofs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::to_base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The hash of a leaf's bytes.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let digest = Sha256::new().chain_update(LEAF_PREFIX).chain_update(leaf);
    Hash(digest.finalize().into())
}

/// The hash of an inner node over its two children.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let digest = Sha256::new()
        .chain_update(NODE_PREFIX)
        .chain_update(left.0)
        .chain_update(right.0);
    Hash(digest.finalize().into())
}

/// The root of the tree over these hashes (RFC 6962 §2.1, the leaves already hashed).
#[must_use]
pub fn tree_root(hashes: &[Hash]) -> Hash {
    join_right(hashes, None).unwrap_or_else(Hash::empty_root)
}

/// The root of the tree over `hashes` and, to the right of them, a smaller tree with root `right`.
/// `None` only where there is neither.
pub(crate) fn join_right(hashes: &[Hash], right: Option<Hash>) -> Option<Hash> {
    let mut root = right;
    let mut rest = hashes;
    while let Some((left, perfect)) = split_last_perfect(rest) {
        let hash = perfect_root(perfect);
        root = Some(root.map_or(hash, |right| node_hash(&hash, &right)));
        rest = left;
    }
    root
}

/// Cuts off the last subtree whose width is a power of two.
fn split_last_perfect(hashes: &[Hash]) -> Option<(&[Hash], &[Hash])> {
    let width = lowest_power(hashes.len());
    hashes
        .split_at_checked(hashes.len().checked_sub(width)?)
        .filter(|_| width > 0)
}

/// The largest power of two that divides `n`; 0 for 0.
const fn lowest_power(n: usize) -> usize {
    n & n.wrapping_neg()
}

/// The root over a power of two of hashes.
fn perfect_root(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        [left, right] => node_hash(left, right),
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&perfect_root(left), &perfect_root(right))
        }
    }
}
