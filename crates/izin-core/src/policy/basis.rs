//! The legal basis of a purpose: one for all regimes, or one for each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::law::{Basis, Regime};

/// The bases a purpose claims. In files: `basis = "consent"`, or
/// `basis = { uu-pdp = "consent", gdpr = "soft_opt_in" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bases {
    /// The same under every regime.
    Same(Basis),
    /// One under each; a regime that is not named gives none.
    Each(BTreeMap<Regime, Basis>),
}

impl Bases {
    /// The basis under one regime.
    #[must_use]
    pub fn under(&self, regime: Regime) -> Option<Basis> {
        match self {
            Self::Same(basis) => Some(*basis),
            Self::Each(each) => each.get(&regime).copied(),
        }
    }

    /// Every basis claimed.
    #[must_use]
    pub fn claimed(&self) -> Vec<Basis> {
        match self {
            Self::Same(basis) => vec![*basis],
            Self::Each(each) => each.values().copied().collect(),
        }
    }

    /// Whether any regime asks for this basis.
    #[must_use]
    pub fn claims(&self, basis: Basis) -> bool {
        match self {
            Self::Same(own) => *own == basis,
            Self::Each(each) => each.values().any(|own| *own == basis),
        }
    }
}
