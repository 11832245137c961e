//! A regime's file of rows, read into [`Rule`]s.
//!
//! What a head states holds for every row that does not say otherwise. Dates are days in the
//! regime's zone. `{channel}` in an id stands for each channel of the row's list in turn.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;

use super::rule::{Ages, Clock, Duty, Right, Status, Strength, Topic, Verified};
use super::table::LawError;
use super::{BasisSet, Regime, Rule};
use crate::policy::Class;
use crate::{Channel, Timestamp};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    regime: Regime,
    zone: String,
    in_force_from: String,
    strength: Strength,
    source: String,
    text_version: String,
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    topic: Topic,
    article: String,
    condition: String,
    effect: String,
    #[serde(default)]
    duty: Duty,
    class: Option<Class>,
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    bases: BasisSet,
    #[serde(default)]
    rights: Vec<Right>,
    clock: Option<Clock>,
    ages: Option<Ages>,
    in_force_from: Option<String>,
    in_force_to: Option<String>,
    #[serde(default)]
    status: Status,
    strength: Option<Strength>,
    verified: Verified,
    source: Option<String>,
    text_version: Option<String>,
}

/// The rows of one regime's file, and the zone whose days it counts.
pub(super) fn read(regime: Regime, text: &str) -> Result<(Vec<Rule>, TimeZone), LawError> {
    let file: File = toml::from_str(text)?;
    if file.regime != regime {
        return Err(LawError::Regimes);
    }
    let zone = TimeZoneDatabase::bundled()
        .get(&file.zone)
        .map_err(|_| LawError::Zone(file.zone.clone()))?;
    let head = Head::of(&file);
    let mut rules = Vec::new();
    for row in file.rule {
        rules.extend(head.rules(row, &zone)?);
    }
    Ok((rules, zone))
}

/// What a file says once for all its rows.
struct Head {
    regime: Regime,
    in_force_from: String,
    strength: Strength,
    source: &'static str,
    text_version: &'static str,
}

impl Head {
    fn of(file: &File) -> Self {
        Self {
            regime: file.regime,
            in_force_from: file.in_force_from.clone(),
            strength: file.strength,
            source: kept(file.source.clone()),
            text_version: kept(file.text_version.clone()),
        }
    }

    /// One rule, or one for each channel of the row.
    fn rules(&self, mut row: Row, zone: &TimeZone) -> Result<Vec<Rule>, LawError> {
        let channels = std::mem::take(&mut row.channels);
        let id = row.id.clone();
        let general = self.rule(row, zone)?;
        if channels.is_empty() {
            return Ok(vec![general]);
        }
        let own = |channel: Channel| Rule {
            id: kept(id.replace("{channel}", channel.as_str())),
            channel: Some(channel),
            ..general.clone()
        };
        Ok(channels.into_iter().map(own).collect())
    }

    fn rule(&self, row: Row, zone: &TimeZone) -> Result<Rule, LawError> {
        let from = row.in_force_from.as_ref().unwrap_or(&self.in_force_from);
        let in_force_to = row.in_force_to.as_deref().map(|day| start_of(day, zone));
        Ok(Rule {
            regime: self.regime,
            topic: row.topic,
            in_force_from: start_of(from, zone)?,
            in_force_to: in_force_to.transpose()?,
            id: kept(row.id),
            article: kept(row.article),
            condition: kept(row.condition),
            effect: kept(row.effect),
            duty: row.duty,
            class: row.class,
            channel: None,
            bases: row.bases,
            rights: Vec::leak(row.rights),
            clock: row.clock,
            ages: row.ages,
            status: row.status,
            strength: row.strength.unwrap_or(self.strength),
            verified: row.verified,
            source: row.source.map_or(self.source, kept),
            text_version: row.text_version.map_or(self.text_version, kept),
        })
    }
}

/// Rows are read once and live as long as the program; decisions keep their texts.
fn kept(text: String) -> &'static str {
    String::leak(text)
}

fn start_of(day: &str, zone: &TimeZone) -> Result<Timestamp, LawError> {
    let moment = day.parse::<Date>().ok().and_then(|day| {
        let start = day.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
    });
    moment.ok_or_else(|| LawError::Date(day.to_owned()))
}
