//! What changed between two policies, in plain sentences, and whom it concerns (design §3.1).
//!
//! Pure: nothing is read or published here. Start at [`diff`], then [`concerned`].

mod declared;
mod purpose;
mod words;

use std::collections::BTreeSet;

use izin_core::policy::{PurposeId, Text};
use izin_core::{Channel, Policy};
use serde::Serialize;

/// What follows from a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing.
    Editorial,
    /// People are told before it takes effect (UU PDP art. 21(2), GDPR art. 13(3)).
    NotifyBefore,
    /// Older consents do not cover it; people are asked again (UU PDP art. 21, CCPA regs. § 7002).
    ReConsent,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What follows from it.
    pub kind: Kind,
    /// The purposes it is about; empty: none in particular.
    pub purposes: Vec<PurposeId>,
    /// The channels it is about; empty: every channel of the purposes.
    pub channels: Vec<Channel>,
    /// What it was and what it is now, in titles instead of names: those whom it concerns read it.
    pub sentence: Text,
}

/// Those who must be told of a change: everybody with a standing for the purpose on the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Concerned {
    /// The purpose.
    pub purpose: PurposeId,
    /// The channel.
    pub channel: Channel,
    /// The most that follows for them.
    pub kind: Kind,
}

/// What changed from one policy to the next, what weighs most first.
#[must_use]
pub fn diff(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = purpose::changes(old, new);
    changes.extend(declared::changes(old, new));
    changes.sort_by_key(|change| std::cmp::Reverse(change.kind));
    changes
}

/// Whom the changes concern, by purpose and channel of the new policy.
#[must_use]
pub fn concerned(new: &Policy, changes: &[Change]) -> Vec<Concerned> {
    let weighing = |own: &&Change| own.kind > Kind::Editorial;
    let mut all = BTreeSet::new();
    for purpose in &new.purposes {
        for channel in &purpose.channels {
            let about = changes.iter().filter(weighing).filter(|change| {
                (change.purposes.is_empty() || change.purposes.contains(&purpose.id))
                    && (change.channels.is_empty() || change.channels.contains(channel))
            });
            if let Some(kind) = about.map(|change| change.kind).max() {
                all.insert(Concerned {
                    purpose: purpose.id,
                    channel: *channel,
                    kind,
                });
            }
        }
    }
    all.into_iter().collect()
}

/// A change of one purpose.
fn of(kind: Kind, purpose: PurposeId, sentence: Text) -> Change {
    about(kind, vec![purpose], sentence)
}

/// A change of several purposes, or of none in particular.
fn about(kind: Kind, purposes: Vec<PurposeId>, sentence: Text) -> Change {
    Change {
        kind,
        purposes,
        channels: Vec::new(),
        sentence,
    }
}

/// The members of `more` that `fewer` has not.
fn added<T: PartialEq + Copy>(more: &[T], fewer: &[T]) -> Vec<T> {
    let new = more.iter().filter(|own| !fewer.contains(own));
    new.copied().collect()
}
