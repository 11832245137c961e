//! The bodies of law that may bind the shop, and sets of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::set::small_set;

/// A body of law that may bind the shop. The order is the order of lists in files and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regime {
    /// Indonesia: Undang-Undang 27/2022 on personal data protection.
    UuPdp,
    /// European Union and EEA: the GDPR and the ePrivacy directive.
    Gdpr,
    /// United Kingdom: the UK GDPR and the electronic communications regulations (PECR).
    UkGdpr,
    /// California: the Consumer Privacy Act and its regulations, an add-on to the federal rules.
    Ccpa,
    /// United States: CAN-SPAM and the rules on calls and texts (TCPA).
    UsFederal,
    /// Canada: the anti-spam law.
    Casl,
}

impl Regime {
    /// Every regime, in order.
    pub const ALL: [Self; 6] = [
        Self::UuPdp,
        Self::Gdpr,
        Self::UkGdpr,
        Self::Ccpa,
        Self::UsFederal,
        Self::Casl,
    ];

    /// The name used in files and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UuPdp => "uu-pdp",
            Self::Gdpr => "gdpr",
            Self::UkGdpr => "uk-gdpr",
            Self::Ccpa => "ccpa",
            Self::UsFederal => "us-federal",
            Self::Casl => "casl",
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a regime.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown regime `{0}`; regimes are uu-pdp, gdpr, uk-gdpr, ccpa, us-federal, casl")]
pub struct RegimeError(String);

impl FromStr for Regime {
    type Err = RegimeError;

    fn from_str(text: &str) -> Result<Self, RegimeError> {
        Self::ALL
            .into_iter()
            .find(|regime| regime.as_str() == text)
            .ok_or_else(|| RegimeError(text.to_owned()))
    }
}

small_set! {
    /// Some regimes: those that bind a shop, or that a place or a person falls under.
    RegimeSet(u8) of Regime
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_regime_that_is_none_is_refused_with_those_that_are() {
        let error = "hipaa".parse::<Regime>().unwrap_err().to_string();
        assert!(error.contains("`hipaa`"));
        for regime in Regime::ALL {
            assert!(error.contains(regime.as_str()));
        }
        assert!(serde_json::from_str::<RegimeSet>(r#"["gdpr","hipaa"]"#).is_err());
    }

    #[test]
    fn a_regime_has_one_name_everywhere() {
        for regime in Regime::ALL {
            assert_eq!(regime.as_str().parse(), Ok(regime));
            let json = serde_json::to_string(&regime).unwrap();
            assert_eq!(json, format!("\"{regime}\""));
        }
    }

    #[test]
    fn a_set_is_written_in_the_order_of_the_regimes() {
        let set: RegimeSet = serde_json::from_str(r#"["casl","uu-pdp","casl"]"#).unwrap();
        assert_eq!(set, RegimeSet::of([Regime::UuPdp, Regime::Casl]));
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["uu-pdp","casl"]"#);
        assert_eq!(format!("{set:?}"), "{UuPdp, Casl}");
        assert_eq!(set.first(), Some(Regime::UuPdp));
        assert_eq!(RegimeSet::default().first(), None);
        assert_eq!(RegimeSet::ALL.iter().collect::<Vec<_>>(), Regime::ALL);
    }

    fn set() -> impl Strategy<Value = RegimeSet> {
        proptest::collection::vec(proptest::sample::select(&Regime::ALL[..]), 0..6)
            .prop_map(RegimeSet::from_iter)
    }

    proptest! {
        #[test]
        fn sets_of_regimes_obey_the_algebra_of_sets(a in set(), b in set(), c in set()) {
            for regime in Regime::ALL {
                let (in_a, in_b) = (a.contains(regime), b.contains(regime));
                prop_assert_eq!(a.union(b).contains(regime), in_a || in_b);
                prop_assert_eq!(a.intersection(b).contains(regime), in_a && in_b);
                let mut more = a;
                more.insert(regime);
                prop_assert_eq!(more, a.with(regime));
                prop_assert!(more.contains(regime));
            }
            let distributed = a.intersection(b).union(a.intersection(c));
            prop_assert_eq!(a.intersection(b.union(c)), distributed);
            prop_assert_eq!(a.union(RegimeSet::EMPTY), a);
            prop_assert_eq!(a.intersection(RegimeSet::ALL), a);
            prop_assert_eq!(a.len(), a.iter().count());
            prop_assert_eq!(a.is_empty(), a == RegimeSet::EMPTY);
            prop_assert_eq!(a.iter().collect::<RegimeSet>(), a);
        }
    }
}
