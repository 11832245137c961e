//! Receipts as text: `c2sp.org/tlog-proof@v1`, what a customer keeps to prove their own entry.
//!
//! The optional `extra` line of the format is neither written nor read: it is not authenticated.

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::proof::{Inclusion, ProofError};
use crate::text;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Hashes on the way from a leaf to the root of the largest tree, 2^64 leaves.
const PATH_MAX: usize = 64;

/// An inclusion proof with the checkpoint it leads to. Its text form is a `.tlog-proof` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The way from the leaf to the root.
    pub inclusion: Inclusion,
    /// The signed note of the checkpoint, as the log gave it.
    pub checkpoint: String,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The first line is not the format's name.
    #[error("a receipt begins with the line `{HEADER}`")]
    Header,
    /// The second line is not the place of the entry.
    #[error("the second line of a receipt is `index` and a number")]
    Index,
    /// A line of the proof, counted from 1 among them, is no hash or one too many.
    #[error("line {0} of the proof in the receipt is not a hash on the way to the root")]
    Path(usize),
    /// No blank line and checkpoint after the proof.
    #[error("a receipt ends with a blank line and a checkpoint")]
    Form,
    /// The checkpoint is not believed.
    #[error("the checkpoint in the receipt is not one of this log")]
    Checkpoint(#[from] CheckpointError),
    /// The way does not lead from the leaf to the checkpoint's root.
    #[error("the proof in the receipt does not hold for this entry")]
    Proof(#[from] ProofError),
}

impl Receipt {
    /// Reads the text of a receipt; believes nothing yet.
    ///
    /// # Errors
    /// [`ReceiptError`] names the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let (proof, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError::Form)?;
        let mut lines = proof.split('\n');
        lines
            .next()
            .filter(|line| *line == HEADER)
            .ok_or(ReceiptError::Header)?;
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(text::from_decimal)
            .ok_or(ReceiptError::Index)?;
        let path = text::path(lines, PATH_MAX).map_err(ReceiptError::Path)?;
        let inclusion = Inclusion { index, path };
        Ok(Self {
            inclusion,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks that the log of this key holds the leaf at [`Inclusion::index`].
    ///
    /// # Errors
    /// [`ReceiptError`] when the checkpoint or the proof does not hold.
    pub fn verify(&self, leaf: &Hash, key: &VerifierKey) -> Result<Checkpoint, ReceiptError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        self.inclusion.verify(leaf, checkpoint.head())?;
        Ok(checkpoint)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nindex {}", self.inclusion.index)?;
        for hash in &self.inclusion.path {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
