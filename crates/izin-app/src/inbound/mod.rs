//! What comes in from outside: what people answer, and what providers report of them.
//!
//! It was shown before to be the provider's. A no is durable and in effect when a function here
//! returns; what may be one counts as one until somebody has read it; nothing is ever taken for a yes.
//! Start at [`text::heard`] and [`mail::take`].

pub mod inbox;
pub mod mail;
mod reply;
pub mod shopify;
pub mod text;

use izin_core::identifier::IdentifierError;
use izin_core::{Identifier, Timestamp};
use izin_store::{NOTE_BYTES_MAX, NewItem, QueueKind, StoreError};

use crate::{App, queue};

/// The same message, however often its provider sends it: 32 bytes that say nothing of it. `None` where
/// the provider gave it no name.
pub(crate) fn once(app: &App, provider: &str, id: &str) -> Option<[u8; 32]> {
    let mut hasher = blake3::Hasher::new_keyed(app.repeats.expose());
    hasher.update(b"inbound\0").update(provider.as_bytes());
    hasher.update(b"\0").update(id.as_bytes());
    (!id.is_empty()).then(|| *hasher.finalize().as_bytes())
}

/// A number as providers write it: with its country's code, with or without a plus; or in the home
/// country's own form, with its zero.
pub(crate) fn number(app: &App, text: &str) -> Result<Identifier, IdentifierError> {
    let text = text.trim();
    let home = app.policy().controller.country;
    if text.starts_with(|c: char| c.is_ascii_digit() && c != '0') {
        return Identifier::phone(&format!("+{text}"), home.as_str());
    }
    Identifier::phone(text, home.as_str())
}

/// Something that a person has to look at, though nothing could be entered for it.
pub(crate) struct Waiting {
    kind: QueueKind,
    due_at: Timestamp,
    provider: &'static str,
    once: Option<[u8; 32]>,
    note: String,
}

/// Puts it before a person, once.
pub(crate) async fn wait(app: &App, mut waiting: Waiting) -> Result<(), StoreError> {
    let shortened = waiting.note.floor_char_boundary(NOTE_BYTES_MAX);
    waiting.note.truncate(shortened);
    let item = NewItem {
        kind: waiting.kind,
        subject: None,
        entry: None,
        key: waiting.once.map(|own| izin_store::hex(&own)),
        due_at: waiting.due_at,
        opened_by: waiting.provider.to_owned(),
        owner: None,
        note: Some(waiting.note),
    };
    queue::add(app, item, app.clock.now()).await.map(drop)
}

/// Why what came in was not taken. Nothing of it counts then, unless the store says that it is owed.
#[derive(Debug, thiserror::Error)]
pub enum InboundError {
    /// It could not be entered.
    #[error("{0}")]
    Act(#[from] crate::act::ActError),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
}
