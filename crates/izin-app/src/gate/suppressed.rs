//! Refusals of addresses, whoever holds them: by a hash of their own, which outlives the person.

use std::collections::HashMap;

use izin_core::{Act, Entry, Refusal, Seq, Standing};
use izin_store::SuppressionHash;

/// Every suppressed address.
#[derive(Default)]
pub(super) struct Suppressed(pub(super) HashMap<SuppressionHash, Refusals>);

/// The refusals of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Refusals {
    /// Those that stand.
    pub(super) list: Vec<Refusal>,
    /// The last entry folded, if there was any.
    pub(super) seq: Option<Seq>,
}

impl Suppressed {
    /// The refusals that stand for an address.
    pub(super) fn refusals(&self, hash: SuppressionHash) -> &[Refusal] {
        self.0.get(&hash).map_or(&[], |own| &own.list)
    }

    /// Folds an entry about an address, as it would be folded about a person.
    pub(super) fn apply(&mut self, hash: SuppressionHash, entry: &Entry) {
        let own = self.0.entry(hash).or_default();
        if own.seq.is_some_and(|seq| seq >= entry.seq) {
            return;
        }
        let mut standing = Standing {
            refusals: std::mem::take(&mut own.list),
            ..Standing::default()
        };
        standing.apply(&as_about_a_person(entry));
        *own = Refusals {
            list: standing.refusals,
            seq: Some(entry.seq),
        };
    }
}

fn as_about_a_person(entry: &Entry) -> Entry {
    let act = match &entry.act {
        Act::IdentifierSuppressed {
            refusal,
            scope,
            occurred_at,
            origin,
            ..
        } => Act::Refused {
            refusal: *refusal,
            scope: *scope,
            occurred_at: *occurred_at,
            origin: *origin,
        },
        other => other.clone(),
    };
    Entry {
        act,
        ..entry.clone()
    }
}
