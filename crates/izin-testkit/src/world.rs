//! Random worlds: a policy, a person's acts, a question and a moment, all from one seed.
//!
//! Worlds are small on purpose: few purposes, channels and topics, so that acts meet.

use izin_core::act::Evidence;
use izin_core::law::{Basis, Regime};
use izin_core::policy::{Class, Purpose};
use izin_core::{
    Act, Channel, Decision, Entry, IdentifierId, IdentifierKind, Level, Origin, Policy, PurposeId,
    Refusal, RefusalKind, Request, Scope, Seq, Standing, SubjectId, Timestamp, TopicId, decide,
};

use crate::Dice;
use crate::policy::{controller, purpose, purpose_id, topic};

/// The moment around which everything happens.
pub const NOON: Timestamp = Timestamp::from_micros(1_795_240_800_000_000);
/// The person of every world.
pub const PERSON: SubjectId = SubjectId::from_bytes([7; 16]);

/// Every class of purpose.
pub const CLASSES: [Class; 6] = [
    Class::Marketing,
    Class::OptionalService,
    Class::Essential,
    Class::Personalisation,
    Class::AggregateStatistics,
    Class::Measurement,
];
/// Every kind of refusal.
pub const REFUSALS: [RefusalKind; 7] = [
    RefusalKind::Complained,
    RefusalKind::LegalSuppression,
    RefusalKind::ImportedSuppression,
    RefusalKind::ManualSuppression,
    RefusalKind::OptedOut,
    RefusalKind::Objected,
    RefusalKind::Withdrawn,
];
const BASES: [Basis; 3] = [Basis::Consent, Basis::Contract, Basis::LegitimateInterest];
const CHANNELS: [Channel; 3] = [Channel::Email, Channel::Sms, Channel::Site];
const ORIGINS: [Origin; 6] = [
    Origin::OneClick,
    Origin::Page,
    Origin::Api,
    Origin::Import,
    Origin::Agent,
    Origin::Izin,
];
const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const IDENTIFIERS: [IdentifierId; 2] = [
    IdentifierId::from_bytes([1; 16]),
    IdentifierId::from_bytes([2; 16]),
];
const TOPICS: [&str; 2] = ["x", "y"];
/// Acts of one world at most: enough for any two of one kind to meet.
const ACTS_MAX: u64 = 10;

/// A policy, what happened, and a question.
#[derive(Debug, Clone)]
pub struct World {
    /// What the company declared.
    pub policy: Policy,
    /// What the ledger holds about the person or, when nobody is known, about the address.
    pub entries: Vec<Entry>,
    /// What somebody wants to do.
    pub request: Request,
    /// When they ask.
    pub now: Timestamp,
}

impl World {
    /// The world of a seed.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let dice = &mut Dice::new(seed);
        let policy = random_policy(dice);
        let known = !dice.once_in(8);
        let count = if known {
            1 + dice.below(ACTS_MAX)
        } else {
            dice.below(4)
        };
        let entries = (0..count)
            .map(|seq| Entry {
                seq: Seq(seq),
                subject: known.then_some(PERSON),
                recorded_at: moment(dice),
                act: if known {
                    random_act(dice)
                } else {
                    random_suppression(dice)
                },
            })
            .collect();
        Self {
            policy,
            entries,
            request: Request {
                channel: dice.pick(&CHANNELS),
                purpose: random_purpose(dice),
                topic: random_topic(dice),
                address: dice.perhaps(&IDENTIFIERS),
            },
            now: if dice.once_in(40) {
                Timestamp::from_micros(0)
            } else {
                moment(dice)
            },
        }
    }

    /// What the product makes of the entries.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.entries.iter().all(|entry| entry.subject.is_none()) {
            return Standing::unknown(self.suppressions());
        }
        let mut standing = Standing::default();
        self.entries.iter().for_each(|entry| standing.apply(entry));
        standing
    }

    /// What the product decides.
    #[must_use]
    pub fn decide(&self) -> Decision {
        decide(&self.request, &self.standing(), &self.policy, self.now)
    }

    /// The same world after one more act, of the person or about the address.
    #[must_use]
    pub fn then(&self, act: Act) -> Self {
        let mut after = self.clone();
        let seq = Seq(self.entries.len() as u64);
        let known = self.entries.iter().any(|entry| entry.subject.is_some());
        after.entries.push(Entry {
            seq,
            subject: known.then_some(PERSON),
            recorded_at: self.now,
            act,
        });
        after
    }

    /// Whether anybody is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.standing().known
    }

    fn suppressions(&self) -> Vec<Refusal> {
        let refusal = |entry: &Entry| match &entry.act {
            Act::IdentifierSuppressed {
                refusal,
                scope,
                occurred_at,
                ..
            } => Some(Refusal {
                kind: *refusal,
                scope: scope.clone(),
                seq: entry.seq,
                occurred_at: *occurred_at,
            }),
            _ => None,
        };
        self.entries.iter().filter_map(refusal).collect()
    }
}

/// A refusal as a known person's act.
#[must_use]
pub fn random_refusal(dice: &mut Dice) -> Act {
    Act::Refused {
        refusal: dice.pick(&REFUSALS),
        scope: random_scope(dice),
        occurred_at: moment(dice),
        origin: dice.pick(&ORIGINS),
    }
}

/// A refusal as a fact about an address.
#[must_use]
pub fn random_suppression(dice: &mut Dice) -> Act {
    Act::IdentifierSuppressed {
        suppression: IdentifierId::from_bytes([3; 16]),
        refusal: dice.pick(&REFUSALS),
        scope: random_scope(dice),
        occurred_at: moment(dice),
        origin: dice.pick(&ORIGINS),
    }
}

/// A yes, with or without evidence.
#[must_use]
pub fn random_consent(dice: &mut Dice) -> Act {
    Act::Consented {
        purpose: random_purpose(dice),
        channel: dice.pick(&CHANNELS),
        topic: random_topic(dice),
        identifier: (!dice.once_in(8)).then(|| dice.pick(&IDENTIFIERS)),
        occurred_at: moment(dice),
        evidence: if dice.once_in(3) {
            Evidence::Missing
        } else {
            Evidence::Recorded
        },
        policy: 1,
        origin: dice.pick(&ORIGINS),
    }
}

fn random_act(dice: &mut Dice) -> Act {
    let channel = dice.pick(&CHANNELS);
    let origin = dice.pick(&ORIGINS);
    let identifier = dice.pick(&IDENTIFIERS);
    match dice.below(20) {
        0..=7 => random_consent(dice),
        8 | 9 => random_refusal(dice),
        10..=13 => Act::DialMoved {
            level: dice.pick(&Level::ALL),
            origin,
        },
        14 => Act::Paused {
            channel: dice.perhaps(&CHANNELS),
            until: moment(dice),
            origin,
        },
        15 => Act::Restricted {
            holds: !dice.once_in(3),
            origin,
        },
        16 => Act::Undeliverable {
            identifier,
            channel,
        },
        // An id keeps its kind: the first is an address, the second a number.
        _ if identifier == IDENTIFIERS[0] => attached(identifier, IdentifierKind::Email),
        _ => attached(identifier, IdentifierKind::Phone),
    }
}

const fn attached(identifier: IdentifierId, kind: IdentifierKind) -> Act {
    Act::IdentifierAttached { identifier, kind }
}

fn random_policy(dice: &mut Dice) -> Policy {
    let mut controller = controller();
    if dice.once_in(30) {
        controller.regimes.clear();
    } else {
        controller.regimes = vec![Regime::UuPdp];
    }
    // The last name stays undeclared, so that requests for it are met too; the one before it is
    // what levels depend on.
    let purposes = NAMES[..3].iter().map(|name| {
        let class = match *name {
            "c" => Class::Personalisation,
            _ => dice.pick(&CLASSES),
        };
        let usual = purpose(name, class, &[]);
        let channels = CHANNELS.iter().copied();
        Purpose {
            channels: channels.filter(|_| !dice.once_in(4)).collect(),
            basis: if dice.once_in(8) {
                dice.pick(&BASES)
            } else {
                usual.basis
            },
            highest_level: dice.pick(&Level::ALL),
            consent_days: dice.perhaps(&[1, 30, 365]),
            ..usual
        }
    });
    Policy {
        version: 1,
        controller,
        purposes: purposes.collect(),
    }
}

fn random_scope(dice: &mut Dice) -> Scope {
    let purpose = dice.perhaps(&NAMES).map(purpose_id);
    Scope {
        channel: dice.perhaps(&CHANNELS),
        topic: purpose.as_ref().and_then(|_| random_topic(dice)),
        purpose,
    }
}

fn random_purpose(dice: &mut Dice) -> PurposeId {
    // The declared ones more often than the one that is not.
    let name = if dice.once_in(12) {
        dice.pick(&NAMES)
    } else {
        dice.pick(&NAMES[..3])
    };
    purpose_id(name)
}

fn random_topic(dice: &mut Dice) -> Option<TopicId> {
    if dice.once_in(2) {
        None
    } else {
        dice.perhaps(&TOPICS).map(topic)
    }
}

fn moment(dice: &mut Dice) -> Timestamp {
    NOON.plus_days(i64::try_from(dice.below(60)).expect("days") - 30)
}
