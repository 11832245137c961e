//! The proof that a leaf is in a tree.
//!
//! Verification follows RFC 9162 §2.1.3.2 and needs nothing but the proof and the root; it never
//! trusts who made them. Making proofs is the work of [`crate::prove`]; that a log only grew is proved
//! by [`crate::consistency`], on the same way up.

use crate::checkpoint::TreeHead;
use crate::hash::{Hash, node_hash};

/// Proves that a leaf stands at `index`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The place of the leaf, counted from 0: the entry's sequence.
    pub index: u64,
    /// The siblings on the way from the leaf to the root.
    pub path: Vec<Hash>,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The proof speaks of a place the tree does not have.
    #[error("it speaks of place {place} in a tree of {size}")]
    Outside {
        /// The place.
        place: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The path is shorter or longer than the way to the root.
    #[error("it does not have as many hashes as the way to the root")]
    Length,
    /// The path leads elsewhere.
    #[error("it leads to another root")]
    Root,
}

impl Inclusion {
    /// Checks that `leaf` stands at [`Inclusion::index`] of the tree with this head.
    ///
    /// # Errors
    /// [`ProofError`] when it is not proved.
    pub fn verify(&self, leaf: &Hash, head: &TreeHead) -> Result<(), ProofError> {
        let outside = ProofError::Outside {
            place: self.index,
            size: head.size,
        };
        let last = head
            .size
            .checked_sub(1)
            .filter(|last| self.index <= *last)
            .ok_or(outside)?;
        let mut climb = Climb {
            node: self.index,
            last,
        };
        let mut root = *leaf;
        for sibling in &self.path {
            root = match climb.step()? {
                Sibling::Left => node_hash(sibling, &root),
                Sibling::Right => node_hash(&root, sibling),
            };
        }
        climb.ends()?;
        same(&root, &head.root)
    }
}

/// The way from a node up to the root; `last` is the last node of the same height.
pub(crate) struct Climb {
    pub(crate) node: u64,
    pub(crate) last: u64,
}

pub(crate) enum Sibling {
    Left,
    Right,
}

impl Climb {
    /// Goes up to the parent, past heights where the node has no sibling, and says on which side
    /// the sibling stood.
    pub(crate) fn step(&mut self) -> Result<Sibling, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Length);
        }
        let alone = if self.node == self.last {
            self.node.trailing_zeros()
        } else {
            0
        };
        let sibling = match shift(self.node, alone) & 1 {
            1 => Sibling::Left,
            _ => Sibling::Right,
        };
        self.rise(alone.saturating_add(1));
        Ok(sibling)
    }

    /// Goes up by so many heights.
    pub(crate) fn rise(&mut self, heights: u32) {
        self.node = shift(self.node, heights);
        self.last = shift(self.last, heights);
    }

    /// Checks that the root is reached.
    pub(crate) const fn ends(&self) -> Result<(), ProofError> {
        if self.last == 0 {
            Ok(())
        } else {
            Err(ProofError::Length)
        }
    }
}

fn shift(place: u64, heights: u32) -> u64 {
    place.checked_shr(heights).unwrap_or(0)
}

pub(crate) fn same(found: &Hash, expected: &Hash) -> Result<(), ProofError> {
    if found == expected {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}
