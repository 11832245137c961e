//! The whole law of this build: read from the compiled-in files once, then only looked up.
//!
//! Permissions lie by regime, class and channel, so that a decision compares nothing but dates.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::holidays::{self, Holidays};
use super::places::{self, Places};
use super::rule::{Kind, Status};
use super::term::TermError;
use super::{Regime, Rule, file};
use crate::policy::Class;
use crate::{Channel, Timestamp};

const FILES: [(Regime, &str); 6] = [
    (Regime::UuPdp, include_str!("../../data/law/uu-pdp.toml")),
    (Regime::Gdpr, include_str!("../../data/law/gdpr.toml")),
    (Regime::UkGdpr, include_str!("../../data/law/uk-gdpr.toml")),
    (Regime::Ccpa, include_str!("../../data/law/ccpa.toml")),
    (
        Regime::UsFederal,
        include_str!("../../data/law/us-federal.toml"),
    ),
    (Regime::Casl, include_str!("../../data/law/casl.toml")),
];
const HOLIDAYS: &str = include_str!("../../data/law/holidays.toml");
const PLACES: &str = include_str!("../../data/law/places.toml");

/// Why a file of law cannot be read. The files are compiled in, so this is a programmer's mistake.
#[derive(Debug, thiserror::Error)]
pub(super) enum LawError {
    #[error("a file of law is not what it should be")]
    Toml(#[from] toml::de::Error),
    #[error("`{0}` is not a day, or not one of its calendar")]
    Date(String),
    #[error("`{0}` is not a time zone")]
    Zone(String),
    #[error("`{0}` says nothing in one of the languages")]
    Silent(String),
    #[error("`{0}` stands twice")]
    Twice(String),
    #[error("{0} has no holidays, or more than one calendar")]
    Holidays(Regime),
    #[error("the regimes do not match their files")]
    Regimes,
}

/// Everything that is known.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) rules: &'static [Rule],
    pub(super) by_id: BTreeMap<&'static str, &'static Rule>,
    pub(super) places: Places,
    regimes: [RegimeLaw; Regime::ALL.len()],
}

/// What is looked up under one regime.
#[derive(Debug)]
pub(super) struct RegimeLaw {
    zone: TimeZone,
    pub(super) holidays: Holidays,
    permissions: [[Vec<&'static Rule>; Channel::ALL.len()]; Class::ALL.len()],
}

impl RegimeLaw {
    /// Permission rows for a class on a channel, the channel's own first.
    pub(super) fn permissions(&self, class: Class, channel: Channel) -> &[&'static Rule] {
        let of_class = self.permissions.get(class as usize);
        let found = of_class.and_then(|rows| rows.get(channel as usize));
        found.map_or(&[], Vec::as_slice)
    }

    /// The day it is where the regime holds.
    pub(super) fn date_of(&self, moment: Timestamp) -> Result<Date, TermError> {
        let moment = jiff::Timestamp::from_microsecond(moment.as_micros())?;
        Ok(self.zone.to_datetime(moment).date())
    }

    /// The first moment of a day where the regime holds.
    pub(super) fn start_of(&self, day: Date) -> Result<Timestamp, TermError> {
        let start = day.to_zoned(self.zone.clone())?.timestamp();
        Ok(Timestamp::from_micros(start.as_microsecond()))
    }

    /// The last moment of a day where the regime holds.
    pub(super) fn end_of(&self, day: Date) -> Result<Timestamp, TermError> {
        let next = self.start_of(day.tomorrow()?)?;
        Ok(Timestamp::from_micros(next.as_micros().saturating_sub(1)))
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(compiled_in);

#[expect(
    clippy::expect_used,
    reason = "the files are part of the program, and a test reads them all"
)]
fn compiled_in() -> Table {
    load().expect("the law compiled in can be read")
}

/// The table.
pub(super) fn table() -> &'static Table {
    &TABLE
}

/// The part of the table that is one regime's.
pub(super) fn regime_law(regime: Regime) -> &'static RegimeLaw {
    let [uu_pdp, gdpr, uk_gdpr, ccpa, us_federal, casl] = &TABLE.regimes;
    match regime {
        Regime::UuPdp => uu_pdp,
        Regime::Gdpr => gdpr,
        Regime::UkGdpr => uk_gdpr,
        Regime::Ccpa => ccpa,
        Regime::UsFederal => us_federal,
        Regime::Casl => casl,
    }
}

fn load() -> Result<Table, LawError> {
    let mut rules = Vec::new();
    let mut zones = Vec::new();
    for (regime, text) in FILES {
        let (rows, zone) = file::read(regime, text)?;
        rules.extend(rows);
        zones.push((regime, zone));
    }
    // Decisions keep rows and their texts: they live as long as the program.
    let rules: &'static [Rule] = Vec::leak(rules);
    let calendars = holidays::read(HOLIDAYS)?;
    let regimes: Result<Vec<_>, _> = zones
        .into_iter()
        .map(|(regime, zone)| regime_of(regime, zone, rules, &calendars))
        .collect();
    Ok(Table {
        rules,
        by_id: by_id(rules)?,
        places: places::read(PLACES)?,
        regimes: regimes?.try_into().map_err(|_| LawError::Regimes)?,
    })
}

fn by_id(rules: &'static [Rule]) -> Result<BTreeMap<&'static str, &'static Rule>, LawError> {
    let mut by_id = BTreeMap::new();
    for rule in rules {
        if by_id.insert(rule.id, rule).is_some() {
            return Err(LawError::Twice(rule.id.to_owned()));
        }
    }
    Ok(by_id)
}

fn regime_of(
    regime: Regime,
    zone: TimeZone,
    rules: &'static [Rule],
    calendars: &[Holidays],
) -> Result<RegimeLaw, LawError> {
    let mut own = calendars.iter().filter(|own| own.regimes.contains(regime));
    let (Some(holidays), None) = (own.next(), own.next()) else {
        return Err(LawError::Holidays(regime));
    };
    Ok(RegimeLaw {
        zone,
        holidays: holidays.clone(),
        permissions: permissions(regime, rules),
    })
}

fn permissions(
    regime: Regime,
    rules: &'static [Rule],
) -> [[Vec<&'static Rule>; Channel::ALL.len()]; Class::ALL.len()] {
    let is_law = |rule: &&Rule| {
        rule.regime == regime && rule.kind == Kind::Permission && rule.status == Status::InForce
    };
    Class::ALL.map(|class| {
        Channel::ALL.map(|channel| {
            let holds = |rule: &&Rule| {
                rule.class == Some(class) && rule.channel.is_none_or(|own| own == channel)
            };
            let mut rows: Vec<_> = rules.iter().filter(is_law).filter(holds).collect();
            rows.sort_by_key(|rule| rule.channel.is_none());
            rows
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_law_can_be_read() {
        let table = load().unwrap();
        for (place, regime) in Regime::ALL.into_iter().enumerate() {
            assert_eq!(FILES[place].0, regime);
            assert!(table.rules.iter().any(|rule| rule.regime == regime));
        }
    }

    #[test]
    fn classes_and_channels_lie_where_they_are_looked_up() {
        for (place, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, place);
        }
        for (place, channel) in Channel::ALL.into_iter().enumerate() {
            assert_eq!(channel as usize, place);
        }
    }

    #[test]
    fn a_row_written_twice_is_refused() {
        let twice = [table().rules[0].clone(), table().rules[0].clone()];
        assert!(matches!(
            by_id(Vec::leak(twice.into())),
            Err(LawError::Twice(_))
        ));
    }

    #[test]
    fn a_file_of_another_regime_is_refused() {
        let (_, text) = FILES[0];
        assert!(matches!(
            file::read(Regime::Gdpr, text),
            Err(LawError::Regimes)
        ));
    }
}
