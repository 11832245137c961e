//! What a row of law says: prose for people, fields for machines, and the dates that it holds.

use serde::{Deserialize, Serialize};

use super::{BasisSet, Regime, Term};
use crate::policy::Class;
use crate::{Channel, Sentences, Timestamp};

/// One row. Texts live as long as the program, so that decisions can name a row without copying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Name of the row, given in decisions: `uu-pdp/marketing/email`. Never used again.
    pub id: &'static str,
    /// The regime it belongs to.
    pub regime: Regime,
    /// What kind of rule it is.
    pub kind: Kind,
    /// Where it is written, alike in both languages; [`cited`](super::cited()) puts it into one.
    pub article: &'static str,
    /// When it applies, in words.
    pub condition: Sentences,
    /// What follows, in words.
    pub effect: Sentences,
    /// Whether one must, may or must not.
    pub duty: Duty,
    /// Permission rows: the class of purpose.
    pub class: Option<Class>,
    /// Permission rows: the channel; absent, every channel without a row of its own.
    pub channel: Option<Channel>,
    /// Permission rows: any one of these is enough.
    pub bases: BasisSet,
    /// Rows about requests: the rights that it concerns.
    pub rights: &'static [Right],
    /// How long, from when; absent where the law names no number.
    pub clock: Option<Clock>,
    /// Rows about children: the ages that it concerns.
    pub ages: Option<Ages>,
    /// First moment in force: the start of that day where the regime holds.
    pub in_force_from: Timestamp,
    /// First moment no longer in force; absent while no end is known.
    pub in_force_to: Option<Timestamp>,
    /// Whether it is law.
    pub status: Status,
    /// How strong it is.
    pub strength: Strength,
    /// How sure we are of it.
    pub verified: Verified,
    /// Where we read it.
    pub source: Sentences,
    /// Which text of the law the row was written from.
    pub text_version: Sentences,
}

impl Rule {
    /// Whether the row decides anything at `now`: it is law, and its dates hold the moment.
    #[must_use]
    pub fn applies_at(&self, now: Timestamp) -> bool {
        self.status == Status::InForce
            && self.in_force_from <= now
            && self.in_force_to.is_none_or(|end| now < end)
    }
}

/// What kind of rule a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Which bases a class of purpose may rest on.
    Permission,
    /// What must be on record for a soft opt-in.
    SoftOptIn,
    /// What makes a consent valid or void.
    ConsentForm,
    /// For how long a past event stands in for a consent.
    ConsentAge,
    /// Whether data may be sold or shared.
    Sale,
    /// Data that need a consent of their own.
    Sensitive,
    /// A right of the person.
    Rights,
    /// By when a request must be acknowledged.
    AcknowledgeClock,
    /// By when a request must be answered.
    RequestClock,
    /// By when an opt-out must have taken effect.
    OptOutClock,
    /// By when a breach must be told.
    BreachClock,
    /// How a person asking must prove who they are, or need not.
    Verification,
    /// What an answer must hold.
    Answer,
    /// Why a request may be refused.
    RefusalGround,
    /// Whether and when one may ask again after a no.
    ReAsk,
    /// Signals sent by browsers.
    Signal,
    /// How an opt-out or opt-in is confirmed.
    Confirmation,
    /// Children.
    Age,
    /// Assessments that must be made or filed.
    Assessment,
}

/// Whether one must, may or must not.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// The effect is a duty.
    #[default]
    Must,
    /// The effect is allowed.
    May,
    /// The effect is forbidden.
    MustNot,
}

/// What a person may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To be told what is done with the data.
    Inform,
    /// To see the data.
    Access,
    /// To have them corrected or completed.
    Rectify,
    /// To have them erased.
    Erase,
    /// To have their use held back.
    Restrict,
    /// To take them along.
    Portability,
    /// To object to their use.
    Object,
    /// To take a consent back.
    Withdraw,
    /// Not to be decided about by a machine alone.
    AutomatedDecision,
    /// To stop sale and sharing.
    OptOut,
    /// To limit the use of sensitive data.
    LimitSensitive,
    /// To complain to an authority.
    Complain,
    /// To be paid for harm.
    Compensation,
    /// Not to be treated worse for using a right.
    NoRetaliation,
}

/// A term that begins with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How long, as the law writes it; days off are those of the row's regime.
    pub term: Term,
    /// What starts it.
    pub from: Start,
    /// How much longer it may take once, when the person was told in time.
    #[serde(default)]
    pub extension: Option<Term>,
    /// Whether it stands still while the person has to prove who they are.
    #[serde(default)]
    pub pausable: bool,
}

/// What starts a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// A request, refusal or withdrawal came in.
    Receipt,
    /// The company became aware of, or discovered, a breach.
    Awareness,
    /// The people concerned were told of a breach.
    PeopleTold,
    /// The person opted out.
    OptOut,
    /// The person bought something.
    Purchase,
    /// The person asked about something.
    Inquiry,
    /// A message was sent.
    Sent,
}

impl Start {
    /// Events after which something must be done in time. After the others something lasts: a
    /// consent, a link, the peace of somebody who refused.
    pub const OF_DEADLINES: [Self; 3] = [Self::Receipt, Self::Awareness, Self::PeopleTold];
}

/// Ages in completed years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// The youngest age.
    pub from: u8,
    /// The first age no longer meant.
    pub below: u8,
}

impl Ages {
    /// Whether a person of that age is meant.
    #[must_use]
    pub const fn contains(self, age: u8) -> bool {
        self.from <= age && age < self.below
    }
}

/// Whether a row is law.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is law between its dates.
    #[default]
    InForce,
    /// An authority has put it off.
    Waived,
    /// Somebody proposed it; listed so that it is not mistaken for law.
    Proposed,
    /// Advice; listed, never applied.
    Guidance,
}

/// How strong a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// An act of parliament or congress, a regulation of the European Union.
    Statute,
    /// A rule made under a statute.
    Regulation,
    /// A judgment.
    Case,
    /// An authority's reading.
    Guidance,
    /// Our own choice, never weaker than the law.
    House,
}

/// How sure we are of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verified {
    /// The text of the rule was read.
    V,
    /// Seen in a secondary source.
    S,
    /// General knowledge, not verified.
    G,
}
