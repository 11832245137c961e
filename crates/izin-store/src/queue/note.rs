//! Notes about what waits: sealed under the person's evidence key, or under a key of the store when
//! the person is not known; open only when they are about goods.

use izin_core::SubjectId;

use super::QueueKind;
use crate::vault::{DataClass, KEY_VERSION, Key, Keyring, open, place, seal};
use crate::{Entropy, StoreError};

/// The longest note, in bytes: a few screens.
pub const NOTE_BYTES_MAX: usize = 8 * 1024;

/// The service key of notes about people whom nobody knows.
const NOTES_KEY: &str = "queue_notes";

/// How the notes of an item are kept.
pub(super) enum Notes {
    /// As they are: they are about goods.
    Open,
    /// Sealed.
    Under(Key),
    /// Not any more.
    Gone,
}

impl Notes {
    pub(super) fn of(
        keys: &Keyring,
        (kind, subject): (QueueKind, Option<SubjectId>),
    ) -> Result<Self, StoreError> {
        match subject {
            Some(subject) => {
                let key = keys.subject_key(subject, DataClass::Evidence)?;
                Ok(key.map_or(Self::Gone, Self::Under))
            }
            None if kind.is_about_goods() => Ok(Self::Open),
            None => keys.service_key(NOTES_KEY).map(Self::Under),
        }
    }

    /// A note as it is kept; none when the person's key is gone.
    pub(super) fn kept(
        &self,
        here: &[u8],
        note: &str,
        entropy: &Entropy,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        debug_assert!(
            note.len() <= NOTE_BYTES_MAX,
            "notes are bounded where they come in"
        );
        match self {
            Self::Open => Ok(Some(note.as_bytes().to_vec())),
            Self::Under(key) => seal(key, here, note.as_bytes(), entropy).map(Some),
            Self::Gone => Ok(None),
        }
    }

    pub(super) fn read(
        &self,
        here: &[u8],
        kept: Option<Vec<u8>>,
    ) -> Result<Option<String>, StoreError> {
        let plain = match (self, kept) {
            (_, None) | (Self::Gone, _) => return Ok(None),
            (Self::Open, Some(note)) => note,
            (Self::Under(key), Some(sealed)) => open(key, here, &sealed)?,
        };
        let text = String::from_utf8(plain);
        text.map(Some)
            .map_err(|_| StoreError::Damaged { what: "note" })
    }
}

pub(super) fn note_place(id: u64, column: &str) -> Vec<u8> {
    place(&id.to_be_bytes(), column, KEY_VERSION)
}
