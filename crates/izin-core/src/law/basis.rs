//! Why processing may happen: the bases that laws know, and sets of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::set::small_set;

/// Why processing may happen. A row of law names those that are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person's recorded yes.
    Consent,
    /// A customer's address, own similar goods, and a way to refuse offered at the start and in
    /// every message (ePrivacy directive art. 13(2), PECR reg. 22(3)).
    SoftOptIn,
    /// A purchase or an inquiry not too long ago (CASL s. 10(9)-(10)).
    ImpliedConsent,
    /// Needed for an order or account of the person.
    Contract,
    /// A law demands it.
    LegalObligation,
    /// A legitimate interest, to which the person may object.
    LegitimateInterest,
    /// The person was told and may stop it (CAN-SPAM, CCPA).
    NoticeOptOut,
    /// Nothing of the person is used.
    Contextual,
}

impl Basis {
    /// Every basis, in order.
    pub const ALL: [Self; 8] = [
        Self::Consent,
        Self::SoftOptIn,
        Self::ImpliedConsent,
        Self::Contract,
        Self::LegalObligation,
        Self::LegitimateInterest,
        Self::NoticeOptOut,
        Self::Contextual,
    ];

    /// Whether it permits without a yes of the person, until they stop it.
    #[must_use]
    pub const fn is_opt_out(self) -> bool {
        matches!(
            self,
            Self::SoftOptIn | Self::ImpliedConsent | Self::NoticeOptOut
        )
    }

    /// The name used in files and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::SoftOptIn => "soft_opt_in",
            Self::ImpliedConsent => "implied_consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::LegitimateInterest => "legitimate_interest",
            Self::NoticeOptOut => "notice_opt_out",
            Self::Contextual => "contextual",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a basis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown basis `{0}`; bases are consent, soft_opt_in, implied_consent, contract, legal_obligation, legitimate_interest, notice_opt_out, contextual"
)]
pub struct BasisError(String);

impl FromStr for Basis {
    type Err = BasisError;

    fn from_str(text: &str) -> Result<Self, BasisError> {
        Self::ALL
            .into_iter()
            .find(|basis| basis.as_str() == text)
            .ok_or_else(|| BasisError(text.to_owned()))
    }
}

small_set! {
    /// Some bases, of which a row of law wants any one.
    BasisSet(u16) of Basis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basis_that_is_none_is_refused_with_those_that_are() {
        let error = "vital_interest".parse::<Basis>().unwrap_err().to_string();
        for basis in Basis::ALL {
            assert!(error.contains(basis.as_str()));
        }
    }

    #[test]
    fn a_basis_has_one_name_everywhere() {
        for basis in Basis::ALL {
            assert_eq!(basis.as_str().parse(), Ok(basis));
            let json = serde_json::to_string(&basis).unwrap();
            assert_eq!(json, format!("\"{basis}\""));
        }
    }

    #[test]
    fn every_basis_has_its_own_place_in_a_set() {
        assert_eq!(BasisSet::ALL.len(), Basis::ALL.len());
        for basis in Basis::ALL {
            let alone = BasisSet::of([basis]);
            assert_eq!(alone.iter().collect::<Vec<_>>(), [basis]);
        }
    }
}
