//! Which regimes a place falls under, from `data/law/places.toml`.
//!
//! This says what may bind, never what does: which regimes bind the shop is a setting that its
//! data protection officer signs (UU PDP art. 2, GDPR art. 3(2), the thresholds of the CCPA).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::RegimeSet;
use super::table::LawError;
use crate::{Country, Region};

/// The table, by country.
pub(super) type Places = BTreeMap<Country, Place>;

/// What holds in a country, and what more in parts of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    countries: Vec<Country>,
    regimes: RegimeSet,
    #[serde(default)]
    region: Vec<Part>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    regions: Vec<Region>,
    regimes: RegimeSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    place: Vec<Place>,
}

impl Place {
    /// The country's regimes and the region's own; where the region is unknown, those of any.
    pub(super) fn regimes(&self, region: Option<Region>) -> RegimeSet {
        let may_hold = |part: &&Part| region.is_none_or(|own| part.regions.contains(&own));
        let parts = self.region.iter().filter(may_hold);
        parts.fold(self.regimes, |all, part| all.union(part.regimes))
    }
}

/// Reads the table; a country named twice is a mistake of the file.
pub(super) fn read(text: &str) -> Result<Places, LawError> {
    let file: File = toml::from_str(text)?;
    let mut places = Places::new();
    for place in file.place {
        for country in &place.countries {
            if places.insert(*country, place.clone()).is_some() {
                return Err(LawError::Twice(country.to_string()));
            }
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_named_twice_is_refused() {
        let text = "[[place]]\ncountries = [\"ID\", \"ID\"]\nregimes = []\n";
        assert!(matches!(read(text), Err(LawError::Twice(_))));
    }
}
