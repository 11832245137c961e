//! Refusals of addresses, whoever holds them: by a hash of their own, which outlives the person.

use std::collections::HashMap;

use izin_core::{Act, Entry, Refusal, Seq, Standing, Timestamp};
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
        own.fold(&as_about_a_person(entry));
        own.seq = Some(entry.seq);
    }

    /// Finds an address under another hash from here on.
    pub(super) fn follow(&mut self, (old, new): (SuppressionHash, SuppressionHash)) {
        let Some(moved) = self.0.remove(&old) else {
            return;
        };
        let own = self.0.entry(new).or_default();
        own.list.extend(moved.list);
        own.seq = own.seq.max(moved.seq);
    }

    /// Folds a no that is not in the ledger yet.
    pub(super) fn owe(&mut self, hash: SuppressionHash, (act, recorded_at): (Act, Timestamp)) {
        let own = self.0.entry(hash).or_default();
        own.fold(&Entry {
            seq: own.seq.unwrap_or_default(),
            subject: None,
            recorded_at,
            act,
        });
    }
}

impl Refusals {
    fn fold(&mut self, entry: &Entry) {
        let mut standing = Standing {
            refusals: std::mem::take(&mut self.list),
            ..Standing::default()
        };
        standing.apply(entry);
        self.list = standing.refusals;
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
