//! Rules of law as rows: what a regime permits, demands and forbids, with its article and dates.
//!
//! The rows are data, in `data/law/*.toml`, one file a regime; no rule of law is an `if` elsewhere.
//! A row decides something only while it is in force: what is waived, proposed or advice is listed
//! so that nobody mistakes it for law. This is not legal advice; each row says how sure we are.
//! Start reading at [`permission`] and [`Rule`]; terms and the days they end on are in [`Term`].

mod basis;
mod cited;
mod file;
mod holidays;
mod places;
mod regime;
mod rule;
mod set;
mod table;
mod term;
mod unit;

pub use basis::{Basis, BasisError, BasisSet};
pub use cited::cited;
pub use regime::{Regime, RegimeError, RegimeSet};
pub use rule::{Ages, Clock, Duty, Kind, Right, Rule, Start, Status, Strength, Verified};
pub use term::{Term, TermError, TermTextError};
pub use unit::Unit;

use std::ops::RangeInclusive;

use crate::policy::Class;
use crate::relation::Relation;
use crate::{Channel, Country, Region, Timestamp};

/// The version of these tables, named in every decision.
pub const VERSION: &str = "2026-11";

/// Every row, in force or not, by regime and in the order of its file.
#[must_use]
pub fn rules() -> &'static [Rule] {
    table::table().rules
}

/// The row of that name, in force or not.
#[must_use]
pub fn rule_by_id(id: &str) -> Option<&'static Rule> {
    table::table().by_id.get(id).copied()
}

/// The first and the last day of a row, where its regime holds; no last one while no end is known.
///
/// # Errors
/// [`TermError`] when a day cannot be told.
pub fn days_of(rule: &Rule) -> Result<(String, Option<String>), TermError> {
    let here = table::regime_law(rule.regime);
    let day = |moment| here.date_of(moment).map(|day| day.to_string());
    let last_moment = |end: Timestamp| Timestamp::from_micros(end.as_micros().saturating_sub(1));
    let last = rule.in_force_to.map(last_moment).map(day).transpose()?;
    Ok((day(rule.in_force_from)?, last))
}

/// The rows of a kind that apply under a regime at `now`.
pub fn in_force(regime: Regime, kind: Kind, now: Timestamp) -> impl Iterator<Item = &'static Rule> {
    rules()
        .iter()
        .filter(move |rule| rule.regime == regime && rule.kind == kind && rule.applies_at(now))
}

/// The permission row in force at `now` for a class on a channel under a regime; a row for the
/// channel goes before one for all channels. `None`: this regime gives no basis.
#[must_use]
pub fn permission(
    regime: Regime,
    class: Class,
    channel: Channel,
    now: Timestamp,
) -> Option<&'static Rule> {
    let rows = table::regime_law(regime).permissions(class, channel);
    rows.iter().copied().find(|rule| rule.applies_at(now))
}

/// Which regimes a place falls under, before it is known which bind the shop. An unknown region,
/// or one of another country, gives the strictest union. `None`: a country without a table.
#[must_use]
pub fn regimes_of(country: Country, region: Option<Region>) -> Option<RegimeSet> {
    let region = region.filter(|region| region.country() == country);
    let place = table::table().places.get(&country)?;
    Some(place.regimes(region))
}

/// For how long a purchase or an inquiry stands in for a consent under a regime.
#[must_use]
pub fn implied_consent(regime: Regime, relation: Relation, now: Timestamp) -> Option<Term> {
    let start = match relation {
        Relation::Purchase => Start::Purchase,
        Relation::Inquiry => Start::Inquiry,
    };
    in_force(regime, Kind::ConsentAge, now)
        .filter_map(|rule| rule.clock)
        .find(|clock| clock.from == start)
        .map(|clock| clock.term)
}

/// From when somebody may be asked again who refused at a moment: when every regime's term on asking
/// again is over, since the house keeps the strictest for everybody. A term whose end cannot be told
/// is not over. `None`: no row in force at `now` sets one.
#[must_use]
pub fn asked_again_from(refused: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let rows = Regime::ALL
        .into_iter()
        .flat_map(|own| in_force(own, Kind::ReAsk, now));
    let over = |rule: &Rule| {
        let clock = rule.clock?;
        let last = clock.term.due(rule.regime, refused);
        Some(last.map_or(Timestamp::MAX, Timestamp::just_after))
    };
    rows.filter_map(over).max()
}

/// The first age, in completed years, at which no law of the regimes protects a person as a child.
/// `None`: none of them names an age.
#[must_use]
pub fn of_age(regimes: RegimeSet, now: Timestamp) -> Option<u8> {
    let rows = regimes.iter().flat_map(|own| in_force(own, Kind::Age, now));
    let protects = rows.filter(|rule| rule.duty != Duty::May);
    protects.filter_map(|rule| Some(rule.ages?.below)).max()
}

/// By when something must be done on which several regimes put a term that an event starts: the
/// earliest of their days, and the row that asks for it. `None`: no row in force at the event does.
///
/// # Errors
/// [`TermError`] when a day lies outside a regime's table of holidays.
pub fn due(
    regimes: RegimeSet,
    kind: Kind,
    (event, at): (Start, Timestamp),
) -> Result<Option<(Timestamp, &'static Rule)>, TermError> {
    let rows = regimes.iter().flat_map(|own| in_force(own, kind, at));
    let mut earliest: Option<(Timestamp, &'static Rule)> = None;
    for rule in rows {
        let Some(clock) = rule.clock.filter(|clock| clock.from == event) else {
            continue;
        };
        let day = clock.term.due(rule.regime, at)?;
        if earliest.is_none_or(|(found, _)| day < found) {
            earliest = Some((day, rule));
        }
    }
    Ok(earliest)
}

/// The years whose days off are known for all of the regimes: no term in business days can be told
/// that leaves them.
#[must_use]
pub fn years_known(regimes: RegimeSet) -> RangeInclusive<i16> {
    let years = regimes
        .iter()
        .map(|own| table::regime_law(own).holidays.years());
    let both = |one: RangeInclusive<i16>, two: RangeInclusive<i16>| {
        *one.start().max(two.start())..=*one.end().min(two.end())
    };
    years.reduce(both).unwrap_or(i16::MIN..=i16::MAX)
}

/// Everything that any of the regimes wants by rows of a kind: in an answer, a notice or a proof.
pub fn contents(
    regimes: RegimeSet,
    kind: Kind,
    now: Timestamp,
) -> impl Iterator<Item = &'static Rule> {
    regimes.iter().flat_map(move |own| in_force(own, kind, now))
}
