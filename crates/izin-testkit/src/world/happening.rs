//! What may happen in a random world: acts of every kind, in the order in which they are recorded.

mod person;

use izin_core::act::Evidence;
use izin_core::consent::{Giver, Manner, Mark};
use izin_core::{
    Act, Channel, Entry, IdentifierId, IdentifierKind, Origin, PurposeId, Request, Scope, Seq,
    Signal, Timestamp,
};

use super::asking::{ago, below, random_topic};
use super::declared::{FORM, form_id};
use super::{CHANNELS, IDENTIFIERS, NAMES, NOON, PERSON, REFUSALS};
use crate::Dice;
use crate::policy::purpose_id;

const ORIGINS: [Origin; 6] = [
    Origin::OneClick,
    Origin::Page,
    Origin::Api,
    Origin::Import,
    Origin::Agent,
    Origin::Izin,
];
/// Acts of one world at most: enough for any three to meet.
const ACTS_MAX: u64 = 12;

/// What acts are about: mostly what is asked about.
struct Happening<'a> {
    asked: &'a Request,
    at: Timestamp,
}

/// What happened, oldest first; for one world in twelve, what is known of an address nobody holds.
pub(super) fn entries(dice: &mut Dice, asked: &Request, now: Timestamp) -> Vec<Entry> {
    let known = !dice.once_in(12);
    let count = if known {
        1 + dice.below(ACTS_MAX)
    } else {
        dice.below(4)
    };
    let mut moments: Vec<Timestamp> = (0..count).map(|_| ago(dice, now)).collect();
    moments.sort_unstable();
    let first = moments.first().copied().unwrap_or(now);
    let begun = Happening { asked, at: first };
    let beginning = if known {
        begun.beginning(dice)
    } else {
        Vec::new()
    };
    moments.splice(0..0, beginning.iter().map(|_| first));
    let mut beginning = beginning.into_iter();
    let mut entries: Vec<Entry> = Vec::new();
    for (place, at) in moments.into_iter().enumerate() {
        let happening = Happening { asked, at };
        let act = match beginning.next() {
            Some(act) => act,
            None if known => happening.act(dice, &entries),
            None => happening.suppression(dice),
        };
        entries.push(Entry {
            seq: Seq(2 * place as u64 + 1),
            subject: known.then_some(PERSON),
            recorded_at: at,
            act,
        });
    }
    entries
}

/// A refusal that may be about what is asked.
pub(super) fn refusal(dice: &mut Dice, asked: &Request, (at, known): (Timestamp, bool)) -> Act {
    let happening = Happening { asked, at };
    if known {
        happening.refused(dice)
    } else {
        happening.suppression(dice)
    }
}

/// A refusal about anything, as a known person's act.
#[must_use]
pub fn random_refusal(dice: &mut Dice) -> Act {
    let asked = Request::of(purpose_id(dice.pick(&NAMES)), dice.pick(&CHANNELS));
    refusal(dice, &asked, (NOON, true))
}

/// A yes to anything, with or without evidence.
#[must_use]
pub fn random_consent(dice: &mut Dice) -> Act {
    let asked = Request::of(purpose_id(dice.pick(&NAMES)), dice.pick(&CHANNELS));
    let at = NOON.plus_days(-below(dice, 60));
    Happening { asked: &asked, at }.consent(dice)
}

/// What a refusal may cover.
#[must_use]
pub fn random_scope(dice: &mut Dice, asked: &Request) -> Scope {
    let happening = Happening { asked, at: NOON };
    happening.scope(dice)
}

impl Happening<'_> {
    /// How a customer usually comes: with addresses, a place, a purchase and perhaps a yes.
    fn beginning(&self, dice: &mut Dice) -> Vec<Act> {
        let mut acts = Vec::new();
        if !dice.once_in(3) {
            acts.extend([Self::attached(0), Self::attached(1)]);
        }
        if dice.once_in(3) {
            acts.push(Self::placed(dice));
        }
        if dice.once_in(3) {
            acts.extend([self.relation(dice), self.relation(dice)]);
        }
        if dice.once_in(2) {
            acts.push(self.consent(dice));
        }
        if dice.once_in(4) {
            acts.extend([self.personal(), Self::dial(dice)]);
        }
        acts
    }

    /// A plain yes to being followed on the channel asked about.
    fn personal(&self) -> Act {
        Act::Consented {
            purpose: purpose_id("c"),
            channel: self.asked.channel,
            topic: None,
            identifier: self.asked.address.or(Some(IDENTIFIERS[0])),
            occurred_at: self.at,
            evidence: Evidence::Recorded,
            policy: 3,
            origin: Origin::Page,
            manner: Manner::default(),
        }
    }

    fn act(&self, dice: &mut Dice, before: &[Entry]) -> Act {
        match dice.below(80) {
            0..=25 => self.consent(dice),
            26..=28 => self.refused(dice),
            29..=31 => self.mark(dice),
            32..=36 => self.signal(dice),
            37..=47 => self.person(dice),
            48..=57 => self.wish(dice),
            58..=65 => self.relation(dice),
            66..=69 => self.undone(dice, before),
            _ => {
                let own = below(dice, 3);
                Self::attached(usize::try_from(own).expect("a place"))
            }
        }
    }

    fn channel(&self, dice: &mut Dice) -> Channel {
        if dice.once_in(3) {
            dice.pick(&CHANNELS)
        } else {
            self.asked.channel
        }
    }

    fn purpose(&self, dice: &mut Dice) -> PurposeId {
        if dice.once_in(3) {
            purpose_id(dice.pick(&NAMES))
        } else {
            self.asked.purpose
        }
    }

    /// When it was said: as it was recorded, or before; rarely, by a wrong clock, later.
    fn said(&self, dice: &mut Dice) -> Timestamp {
        match dice.below(16) {
            0 => self.at.plus_days(below(dice, 20)),
            1..=4 => self.at.plus_days(-below(dice, 40)),
            _ => self.at,
        }
    }

    fn consent(&self, dice: &mut Dice) -> Act {
        let channel = self.channel(dice);
        let step_up = dice.once_in(2);
        let form = dice.once_in(4).then(|| {
            let version = dice.pick(&[1, 2, 3]);
            (form_id(FORM), version)
        });
        Act::Consented {
            purpose: self.purpose(dice),
            channel,
            topic: random_topic(dice),
            identifier: (!dice.once_in(8)).then(|| address(dice, channel)),
            // Who proves who they are does so in the act itself.
            occurred_at: if step_up { self.at } else { self.said(dice) },
            evidence: if dice.once_in(6) {
                Evidence::Missing
            } else {
                Evidence::Recorded
            },
            policy: dice.pick(&[0, 1, 2, 3, 3, 3]),
            origin: dice.pick(&ORIGINS),
            manner: Manner {
                form,
                language: None,
                explicit: dice.once_in(2),
                by: if dice.once_in(5) {
                    Giver::Guardian
                } else {
                    Giver::Subject
                },
                step_up,
            },
        }
    }

    fn scope(&self, dice: &mut Dice) -> Scope {
        let purpose = if dice.once_in(2) {
            Some(self.purpose(dice))
        } else {
            None
        };
        Scope {
            channel: dice.once_in(2).then(|| self.channel(dice)),
            topic: purpose.and_then(|_| {
                let other = random_topic(dice);
                dice.pick(&[None, None, self.asked.topic, other])
            }),
            purpose,
        }
    }

    fn refused(&self, dice: &mut Dice) -> Act {
        Act::Refused {
            refusal: dice.pick(&REFUSALS),
            scope: self.scope(dice),
            occurred_at: self.said(dice),
            origin: dice.pick(&ORIGINS),
        }
    }

    fn suppression(&self, dice: &mut Dice) -> Act {
        Act::IdentifierSuppressed {
            suppression: IdentifierId::from_bytes([9; 16]),
            refusal: dice.pick(&REFUSALS),
            scope: self.scope(dice),
            occurred_at: self.said(dice),
            origin: dice.pick(&ORIGINS),
        }
    }

    fn mark(&self, dice: &mut Dice) -> Act {
        Act::ConsentMarked {
            purpose: self.purpose(dice),
            channel: self.channel(dice),
            topic: random_topic(dice),
            identifier: dice.once_in(3).then(|| dice.pick(&IDENTIFIERS)),
            mark: dice.pick(&[
                Mark::Requested,
                Mark::RequestDeferred,
                Mark::Refused,
                Mark::Revoked,
                Mark::Invalidated,
            ]),
            origin: dice.pick(&ORIGINS),
        }
    }

    fn signal(&self, dice: &mut Dice) -> Act {
        let signal = dice.pick(&Signal::ALL);
        let origin = dice.pick(&ORIGINS);
        if dice.once_in(2) {
            return Act::SignalOverruled { signal, origin };
        }
        Act::SignalSeen {
            signal,
            channel: dice.once_in(2).then(|| self.channel(dice)),
            origin,
        }
    }

    /// An id keeps its kind: the second is a number.
    fn attached(own: usize) -> Act {
        let kinds = [
            IdentifierKind::Email,
            IdentifierKind::Phone,
            IdentifierKind::Email,
        ];
        Act::IdentifierAttached {
            identifier: IDENTIFIERS[own],
            kind: kinds[own],
        }
    }
}

/// The address of a yes: mostly one of the kind that the channel goes to.
fn address(dice: &mut Dice, channel: Channel) -> IdentifierId {
    match channel {
        _ if dice.once_in(6) => dice.pick(&IDENTIFIERS),
        Channel::Sms => IDENTIFIERS[1],
        _ => dice.pick(&[IDENTIFIERS[0], IDENTIFIERS[0], IDENTIFIERS[2]]),
    }
}
