//! What earlier versions of the policy covered: whether a consent given to one covers what is done
//! now (design §3.1, staleness).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Policy, Purpose, PurposeId, RecipientId, Role};
use crate::{Channel, Seq};

/// Where in the ledger a version of the policy took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The version.
    pub version: u32,
    /// The entry by which it took effect.
    pub seq: Seq,
}

/// The version of what was recorded before any was in force.
const BEFORE_THE_FIRST: u32 = 0;

/// What a consent to a purpose covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The purpose.
    pub purpose: PurposeId,
    /// Categories of personal data.
    pub categories: BTreeSet<String>,
    /// Recipients that act on their own.
    pub recipients: BTreeSet<RecipientId>,
    /// Channels.
    pub channels: BTreeSet<Channel>,
}

impl Coverage {
    /// Whether processing of `now` lies inside what was covered.
    #[must_use]
    pub fn covers(&self, now: &Self) -> bool {
        self.purpose == now.purpose
            && self.categories.is_superset(&now.categories)
            && self.recipients.is_superset(&now.recipients)
    }
}

impl Policy {
    /// What a consent to `purpose` under this version covers.
    #[must_use]
    pub fn coverage(&self, purpose: &Purpose) -> Coverage {
        let independent = |own: &&super::Recipient| own.role == Role::Independent;
        Coverage {
            purpose: purpose.id,
            categories: self
                .fields_of(purpose)
                .map(|own| own.category.clone())
                .collect(),
            recipients: self
                .recipients_of(purpose)
                .filter(independent)
                .map(|own| own.id)
                .collect(),
            channels: purpose.channels.iter().copied().collect(),
        }
    }

    /// Tells this version what came before it: `past` versions with where they took effect, oldest
    /// first, and this one's own place last.
    #[must_use]
    pub fn after(mut self, past: &[(Published, Vec<Coverage>)], own: Published) -> Self {
        self.published = past.iter().map(|(published, _)| *published).collect();
        self.published.push(own);
        let now: Vec<Coverage> = self.purposes.iter().map(|own| self.coverage(own)).collect();
        for (purpose, asked) in self.purposes.iter_mut().zip(&now) {
            let covered = |coverage: &Vec<Coverage>| coverage.iter().any(|was| was.covers(asked));
            let stale = past.iter().filter(|(_, coverage)| !covered(coverage));
            purpose.stale_versions = stale.map(|(published, _)| published.version).collect();
            // Whoever agreed before anything was published was told what was published first.
            if past.first().is_some_and(|(_, coverage)| !covered(coverage)) {
                purpose.stale_versions.insert(0, BEFORE_THE_FIRST);
            }
        }
        self
    }

    /// The version in force when an entry was recorded; 0 before the first, which goes stale with
    /// the first.
    #[must_use]
    pub fn version_at(&self, seq: Seq) -> u32 {
        let before = self.published.iter().rev().find(|own| own.seq < seq);
        before.map_or(BEFORE_THE_FIRST, |own| own.version)
    }
}
