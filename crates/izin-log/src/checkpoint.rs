//! Checkpoints (C2SP tlog-checkpoint): the size and root of the tree, signed.
//!
//! Extension lines are not read: nobody here would check them. Start at [`TreeHead::sign`] and
//! [`Checkpoint::open`].

use std::fmt;

use crate::hash::Hash;
use crate::key::{SignerKey, VerifierKey};
use crate::note::{self, Note, NoteError};
use crate::text;

/// The size and root that fix every leaf of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many leaves the tree has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// What a log states about itself. Its text form is the three lines that are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
}

/// Why a text is not a checkpoint of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it is not believed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not origin, size and root, a line each.
    #[error("a checkpoint is three lines: origin, size, root")]
    Form,
    /// It is of another log.
    #[error("the checkpoint is of another log than the key")]
    Origin,
}

impl TreeHead {
    /// The signed note of this head; its origin is the key's name.
    #[must_use]
    pub fn sign(&self, key: &SignerKey) -> String {
        let origin = key.verifier().name().to_owned();
        let checkpoint = Checkpoint {
            origin,
            head: *self,
        };
        note::seal(&checkpoint.to_string(), key)
    }
}

impl Checkpoint {
    /// Reads the three lines, signed or not; believes nothing yet.
    ///
    /// # Errors
    /// [`CheckpointError::Form`] for anything but the one spelling.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Form)?
            .split('\n');
        let mut line = || lines.next().ok_or(CheckpointError::Form);
        let (origin, size, root) = (line()?.to_owned(), line()?, line()?);
        let size = text::from_decimal(size).ok_or(CheckpointError::Form)?;
        let root = Hash::parse(root).ok_or(CheckpointError::Form)?;
        if origin.is_empty() || lines.next().is_some() {
            return Err(CheckpointError::Form);
        }
        Ok(Self {
            origin,
            head: TreeHead { size, root },
        })
    }

    /// Opens the note of the log that this key belongs to; other signatures, such as those of
    /// witnesses, are passed over.
    ///
    /// # Errors
    /// [`CheckpointError`] when it is not signed by the key or is of another log.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::of_log(Note::parse(note)?.verify(key)?, key)
    }

    /// As [`Checkpoint::open`], but refuses a note with any other signature line.
    ///
    /// # Errors
    /// [`CheckpointError`] as above, and for lines the key cannot check.
    pub fn open_alone(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::of_log(Note::parse(note)?.verify_alone(key)?, key)
    }

    fn of_log(text: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse(text)?;
        if checkpoint.origin == key.name() {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin)
        }
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its size and root.
    #[must_use]
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = self.head;
        write!(f, "{}\n{size}\n{root}\n", self.origin)
    }
}
