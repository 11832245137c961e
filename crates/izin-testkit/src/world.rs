//! Random worlds: a policy, a person's acts, a question and a moment, all from one seed.
//!
//! Worlds are small on purpose: few purposes, channels and topics, so that acts meet. What may be
//! declared is in `declared`, what may happen in `happening`, what may be asked in `asking`.

mod asking;
pub mod declared;
mod happening;

use izin_core::policy::Class;
use izin_core::{
    Act, Channel, Decision, Entry, IdentifierId, Policy, Refusal, RefusalKind, Request, Seq,
    Standing, SubjectId, Timestamp, Usage, decide, decision::Sent,
};

use crate::Dice;

pub use happening::{random_consent, random_refusal, random_scope};

/// The moment around which everything happens: noon in Central Indonesia, and day in Europe.
pub const NOON: Timestamp = Timestamp::from_micros(1_795_240_800_000_000);
/// The person of every world.
pub const PERSON: SubjectId = SubjectId::from_bytes([7; 16]);

/// Every class of purpose.
pub const CLASSES: [Class; 6] = Class::ALL;
/// Every kind of refusal.
pub const REFUSALS: [RefusalKind; 8] = [
    RefusalKind::Complained,
    RefusalKind::LegalSuppression,
    RefusalKind::ImportedSuppression,
    RefusalKind::ManualSuppression,
    RefusalKind::OptedOut,
    RefusalKind::Objected,
    RefusalKind::Withdrawn,
    RefusalKind::Presumed,
];
/// The channels of these worlds: messages, audiences, ads and pages.
pub const CHANNELS: [Channel; 5] = [
    Channel::Email,
    Channel::Sms,
    Channel::Site,
    Channel::Ads,
    Channel::Social,
];
/// The purposes that are declared: two of any class, a personalising and a sensitive one.
pub const NAMES: [&str; 4] = ["a", "b", "c", "s"];
/// The themes of these worlds.
pub const TOPICS: [&str; 2] = ["x", "y"];
/// The person's identifiers: an e-mail address, a number, another e-mail address.
pub const IDENTIFIERS: [IdentifierId; 3] = [
    IdentifierId::from_bytes([1; 16]),
    IdentifierId::from_bytes([2; 16]),
    IdentifierId::from_bytes([3; 16]),
];

/// A policy, what happened, what was sent, and a question.
#[derive(Debug, Clone)]
pub struct World {
    /// What the company declared.
    pub policy: Policy,
    /// What the ledger holds about the person or, when nobody is known, about the address.
    pub entries: Vec<Entry>,
    /// What somebody wants to do.
    pub request: Request,
    /// What was sent to the person.
    pub sends: Vec<Sent>,
    /// When the person was last heard of.
    pub last_active: Option<Timestamp>,
    /// When somebody asks.
    pub now: Timestamp,
}

impl World {
    /// The world of a seed.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let dice = &mut Dice::new(seed);
        let now = asking::moment(dice);
        let request = asking::request(dice);
        let policy = declared::random(dice, (&request, now));
        let entries = happening::entries(dice, &request, now);
        Self {
            policy,
            entries,
            request,
            sends: asking::sends(dice, &request, now),
            last_active: (!dice.once_in(4)).then(|| asking::ago(dice, now)),
            now,
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
        let usage = Usage {
            sends: &self.sends,
            last_active: self.last_active,
        };
        let judged_by = (&self.policy, self.now);
        decide(&self.request, &self.standing(), usage, judged_by)
    }

    /// The same world after one more act, of the person or about the address.
    #[must_use]
    pub fn then(&self, act: Act) -> Self {
        let mut after = self.clone();
        let last = self.entries.last().map_or(0, |entry| entry.seq.0);
        after.entries.push(Entry {
            seq: Seq(last + 2),
            subject: self.is_known().then_some(PERSON),
            recorded_at: self.now,
            act,
        });
        after
    }

    /// Whether anybody is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.entries.iter().any(|entry| entry.subject.is_some())
    }

    /// A refusal as an act of this world: the person's, or about the address nobody holds.
    #[must_use]
    pub fn refusal(&self, dice: &mut Dice) -> Act {
        happening::refusal(dice, &self.request, (self.now, self.is_known()))
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
                scope: *scope,
                seq: entry.seq,
                occurred_at: *occurred_at,
                recorded_at: entry.recorded_at,
                times: 1,
            }),
            _ => None,
        };
        self.entries.iter().filter_map(refusal).collect()
    }
}
