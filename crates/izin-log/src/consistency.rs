//! The proof that a log only grew: that the tree of an earlier size is the beginning of a later one.
//!
//! Verification follows RFC 9162 §2.1.4.2 and needs nothing but the proof and the two heads. Its
//! text form is the body of C2SP tlog-witness `add-checkpoint`: what a witness is sent.

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError, TreeHead};
use crate::hash::{Hash, node_hash};
use crate::key::VerifierKey;
use crate::proof::{Climb, ProofError, Sibling, same};
use crate::text;

/// Hashes of the longest proof that C2SP lets a witness be sent.
const PATH_MAX: usize = 63;

/// Proves that a tree of [`Consistency::earlier`] leaves is the beginning of a larger one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// How many leaves the earlier tree has.
    pub earlier: u64,
    /// The hashes that both roots follow from.
    pub path: Vec<Hash>,
}

/// A consistency proof with the checkpoint it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// From the earlier tree to that of the checkpoint.
    pub consistency: Consistency,
    /// The signed note of the later checkpoint, as the log gave it.
    pub checkpoint: String,
}

/// Why a text proves no growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrowthError {
    /// The first line is not the earlier size.
    #[error("a proof of growth begins with the line `old` and a number")]
    Earlier,
    /// A line of the proof, counted from 1, is no hash or one too many.
    #[error("line {0} of the proof of growth is not a hash that both roots follow from")]
    Path(usize),
    /// No blank line and checkpoint after the proof.
    #[error("a proof of growth ends with a blank line and a checkpoint")]
    Form,
    /// The checkpoint is not believed.
    #[error("the checkpoint in the proof of growth is not one of this log")]
    Checkpoint(#[from] CheckpointError),
    /// The earlier tree is not the beginning of the later.
    #[error("the log does not begin with what the earlier checkpoint signed")]
    Proof(#[from] ProofError),
}

impl Consistency {
    /// Checks that the tree of `earlier` is the beginning of that of `later`. Nothing can be said of
    /// an earlier tree without leaves.
    ///
    /// # Errors
    /// [`ProofError`] when it is not proved.
    pub fn verify(&self, earlier: &TreeHead, later: &TreeHead) -> Result<(), ProofError> {
        let outside = ProofError::Outside {
            place: self.earlier,
            size: later.size,
        };
        let (Some(node), Some(last)) = (earlier.size.checked_sub(1), later.size.checked_sub(1))
        else {
            return Err(outside);
        };
        if self.earlier != earlier.size || node > last {
            return Err(outside);
        }
        if node == last {
            return match self.path.is_empty() {
                true => same(&earlier.root, &later.root),
                false => Err(ProofError::Length),
            };
        }
        let (mut climb, first, rest) = self.start(earlier, Climb { node, last })?;
        let (mut before, mut after) = (first, first);
        for hash in rest {
            match climb.step()? {
                Sibling::Left => {
                    before = node_hash(hash, &before);
                    after = node_hash(hash, &after);
                }
                Sibling::Right => after = node_hash(&after, hash),
            }
        }
        climb.ends()?;
        same(&before, &earlier.root)?;
        same(&after, &later.root)
    }

    /// The largest perfect subtree at the end of the earlier tree: where the way up begins. It is
    /// the whole earlier tree when that is a power of two, and then not in the proof.
    fn start(
        &self,
        earlier: &TreeHead,
        mut climb: Climb,
    ) -> Result<(Climb, Hash, &[Hash]), ProofError> {
        climb.rise(climb.node.trailing_ones());
        if earlier.size.is_power_of_two() {
            return Ok((climb, earlier.root, &self.path));
        }
        let (first, rest) = self.path.split_first().ok_or(ProofError::Length)?;
        Ok((climb, *first, rest))
    }
}

impl Growth {
    /// Reads the text of a proof of growth; believes nothing yet.
    ///
    /// # Errors
    /// [`GrowthError`] names the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, GrowthError> {
        let (proof, checkpoint) = text.split_once("\n\n").ok_or(GrowthError::Form)?;
        let mut lines = proof.split('\n');
        let earlier = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(text::from_decimal)
            .ok_or(GrowthError::Earlier)?;
        let path = text::path(lines, PATH_MAX).map_err(GrowthError::Path)?;
        Ok(Self {
            consistency: Consistency { earlier, path },
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks that the log of this key still begins with everything of the earlier tree.
    ///
    /// # Errors
    /// [`GrowthError`] when the checkpoint or the proof does not hold.
    pub fn verify(&self, earlier: &TreeHead, key: &VerifierKey) -> Result<Checkpoint, GrowthError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        self.consistency.verify(earlier, checkpoint.head())?;
        Ok(checkpoint)
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.consistency.earlier)?;
        for hash in &self.consistency.path {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
