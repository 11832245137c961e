//! Rules of law as rows: which basis a purpose needs under a regime, with the article.
//!
//! Rows are data with dates; no rule of law is an `if` elsewhere. Sources and how sure we are of
//! each: UU 27/2022 art. 20(2) and 22, UU ITE art. 26(1).

use serde::{Deserialize, Serialize};

use crate::policy::Class;
use crate::{Channel, Timestamp};

/// The version of this table, named in every decision.
pub const VERSION: &str = "2026-11";

/// A body of law that may bind the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Regime {
    /// Indonesia: Undang-Undang 27/2022 on personal data protection.
    #[serde(rename = "uu-pdp")]
    UuPdp,
}

impl Regime {
    /// The name used in files and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UuPdp => "uu-pdp",
        }
    }
}

/// Why processing may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person's recorded yes.
    Consent,
    /// Needed for an order or account of the person.
    Contract,
    /// A legitimate interest, to which the person may object.
    LegitimateInterest,
}

/// One row: the bases that a class of purpose may rest on, on a channel, under a regime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Name of the row, given in decisions: `uu-pdp/marketing/email`.
    pub id: &'static str,
    /// The regime it belongs to.
    pub regime: Regime,
    /// Where it is written.
    pub article: &'static str,
    /// The class it is about.
    pub class: Class,
    /// The channel it is about; absent: every channel without a row of its own.
    pub channel: Option<Channel>,
    /// Any one of these is enough.
    pub bases: &'static [Basis],
    /// First moment in force, in microseconds of UTC.
    pub in_force_from: Timestamp,
}

/// 17 October 2022, 00:00 in Jakarta: UU 27/2022 in force.
const UU_PDP_IN_FORCE: Timestamp = Timestamp::from_micros(1_665_939_600_000_000);

const RULES: [Rule; 7] = [
    uu_pdp(
        "uu-pdp/marketing/email",
        Class::Marketing,
        Some(Channel::Email),
        &[Basis::Consent],
        "UU 27/2022 art. 20(2)(a), 22; UU ITE art. 26(1)",
    ),
    uu_pdp(
        "uu-pdp/marketing/any",
        Class::Marketing,
        None,
        &[Basis::Consent],
        "UU 27/2022 art. 20(2)(a), 22",
    ),
    uu_pdp(
        "uu-pdp/optional_service/any",
        Class::OptionalService,
        None,
        &[Basis::Consent, Basis::Contract, Basis::LegitimateInterest],
        "UU 27/2022 art. 20(2)",
    ),
    uu_pdp(
        "uu-pdp/essential/any",
        Class::Essential,
        None,
        &[Basis::Contract],
        "UU 27/2022 art. 20(2)(b)",
    ),
    uu_pdp(
        "uu-pdp/personalisation/any",
        Class::Personalisation,
        None,
        &[Basis::Consent],
        "UU 27/2022 art. 20(2)(a), 22",
    ),
    uu_pdp(
        "uu-pdp/aggregate_statistics/any",
        Class::AggregateStatistics,
        None,
        &[Basis::Consent, Basis::LegitimateInterest],
        "UU 27/2022 art. 20(2)(f)",
    ),
    uu_pdp(
        "uu-pdp/measurement/any",
        Class::Measurement,
        None,
        &[Basis::Consent, Basis::LegitimateInterest],
        "UU 27/2022 art. 20(2)(f)",
    ),
];

const fn uu_pdp(
    id: &'static str,
    class: Class,
    channel: Option<Channel>,
    bases: &'static [Basis],
    article: &'static str,
) -> Rule {
    Rule {
        id,
        regime: Regime::UuPdp,
        article,
        class,
        channel,
        bases,
        in_force_from: UU_PDP_IN_FORCE,
    }
}

/// The row in force at `now` for a class on a channel; a row for the channel goes before one for
/// all channels. `None` means: this regime gives no basis.
#[must_use]
pub fn rule(
    regime: Regime,
    class: Class,
    channel: Channel,
    now: Timestamp,
) -> Option<&'static Rule> {
    let applies = |rule: &&Rule| {
        rule.regime == regime
            && rule.class == class
            && rule.channel.is_none_or(|own| own == channel)
            && rule.in_force_from <= now
    };
    RULES
        .iter()
        .filter(applies)
        .max_by_key(|rule| rule.channel.is_some())
}
