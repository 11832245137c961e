//! A regime's file of rows, read into [`Rule`]s.
//!
//! What a head states holds for every row that does not say otherwise. Dates are days in the
//! regime's zone. `{channel}` in an id stands for each channel of the row's list in turn. What is said
//! in words is said in both languages, `{ id = "…", en = "…" }`, or the file is refused.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;

use super::rule::{Ages, Clock, Duty, Kind, Right, Status, Strength, Verified};
use super::table::LawError;
use super::{BasisSet, Regime, Rule};
use crate::policy::{Class, Text};
use crate::{Channel, Sentences, Timestamp};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    regime: Regime,
    zone: String,
    in_force_from: String,
    strength: Strength,
    source: Text,
    text_version: Text,
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    kind: Kind,
    article: String,
    condition: Text,
    effect: Text,
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
    source: Option<Text>,
    text_version: Option<Text>,
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
    let head = Head::of(&file)?;
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
    source: Sentences,
    text_version: Sentences,
}

impl Head {
    fn of(file: &File) -> Result<Self, LawError> {
        let both = |text: &Text| said(text.clone(), file.regime.as_str());
        Ok(Self {
            regime: file.regime,
            in_force_from: file.in_force_from.clone(),
            strength: file.strength,
            source: both(&file.source)?,
            text_version: both(&file.text_version)?,
        })
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
        let both = |text: Text| said(text, &row.id);
        let source = row.source.map(both).transpose()?;
        let text_version = row.text_version.map(both).transpose()?;
        let in_force_to = row.in_force_to.as_deref().map(|day| start_of(day, zone));
        Ok(Rule {
            regime: self.regime,
            kind: row.kind,
            in_force_from: start_of(from, zone)?,
            in_force_to: in_force_to.transpose()?,
            article: kept(row.article),
            condition: both(row.condition)?,
            effect: both(row.effect)?,
            id: kept(row.id),
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
            source: source.unwrap_or(self.source),
            text_version: text_version.unwrap_or(self.text_version),
        })
    }
}

/// Rows are read once and live as long as the program; decisions keep their texts.
fn kept(text: String) -> &'static str {
    String::leak(text)
}

/// What a row says; it is refused when it is silent in one of the languages.
fn said(text: Text, of: &str) -> Result<Sentences, LawError> {
    if text.id.trim().is_empty() || text.en.trim().is_empty() {
        return Err(LawError::Silent(of.to_owned()));
    }
    Ok(Sentences {
        id: kept(text.id),
        en: kept(text.en),
    })
}

fn start_of(day: &str, zone: &TimeZone) -> Result<Timestamp, LawError> {
    let moment = day.parse::<Date>().ok().and_then(|day| {
        let start = day.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
    });
    moment.ok_or_else(|| LawError::Date(day.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    const HEAD: &str = r#"
regime = "casl"
zone = "America/Toronto"
in_force_from = "2014-07-01"
strength = "statute"
source = { id = "undang-undangnya", en = "the act" }
text_version = { id = "per 2026", en = "as of 2026" }

[[rule]]
id = "casl/sale"
kind = "sale"
article = "CASL s. 1"
verified = "G"
"#;

    fn row(condition: &str, effect: &str) -> Result<Vec<Rule>, LawError> {
        let text = format!("{HEAD}condition = {condition}\neffect = {effect}\n");
        read(Regime::Casl, &text).map(|(rules, _)| rules)
    }

    #[test]
    fn a_row_that_is_silent_in_one_language_is_refused() {
        let whole = r#"{ id = "Dilarang.", en = "Forbidden." }"#;
        for wanting in [
            r#""Forbidden.""#,
            r#"{ en = "Forbidden." }"#,
            r#"{ id = "Dilarang." }"#,
        ] {
            assert!(matches!(row(whole, wanting), Err(LawError::Toml(_))));
            assert!(matches!(row(wanting, whole), Err(LawError::Toml(_))));
        }
        let blank = r#"{ id = " ", en = "Forbidden." }"#;
        assert!(matches!(row(whole, blank), Err(LawError::Silent(row)) if row == "casl/sale"));
        assert!(matches!(row(blank, whole), Err(LawError::Silent(_))));

        let [rule] = <[Rule; 1]>::try_from(row(whole, whole).unwrap()).unwrap();
        assert_eq!(rule.effect.get(Language::Id), "Dilarang.");
        assert_eq!(rule.source.get(Language::En), "the act");
    }
}
