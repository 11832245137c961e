//! Acts about who the person is, what they want short of a no, what they bought, and mistakes.

use izin_core::act::Corrected;
use izin_core::relation::{DetachCause, Relation, SoftOptIn};
use izin_core::{Act, Entry, Level, RefusalKind, SubjectId};

use super::{Happening, ORIGINS};
use crate::Dice;
use crate::world::IDENTIFIERS;
use crate::world::asking::{below, place};
use crate::world::declared::random_limit;

const OTHER: SubjectId = SubjectId::from_bytes([8; 16]);

impl Happening<'_> {
    /// Who the person is, where, and what points to them.
    pub(super) fn person(&self, dice: &mut Dice) -> Act {
        let identifier = dice.pick(&IDENTIFIERS);
        match dice.below(12) {
            0..=4 => Self::placed(dice),
            5 => Act::MinorKnown {
                adult_from: self.at.plus_days(below(dice, 900)),
                origin: dice.pick(&ORIGINS),
            },
            6 => Act::IdentifierDetached {
                identifier,
                cause: dice.pick(&[DetachCause::WrongPerson, DetachCause::Reverified]),
            },
            7..=9 => Act::Undeliverable {
                identifier,
                channel: self.channel(dice),
            },
            10 => dice.pick(&[
                Act::Erased,
                Act::Merged { from: OTHER },
                Act::MergedInto { into: OTHER },
                Act::SplitFrom { from: OTHER },
            ]),
            _ => Act::PolicyTookEffect { version: 2 },
        }
    }

    pub(super) fn placed(dice: &mut Dice) -> Act {
        let place = place(dice);
        Act::Placed {
            country: place.country,
            region: place.region,
            zone: place.zone,
            source: place.source,
        }
    }

    pub(super) fn dial(dice: &mut Dice) -> Act {
        Act::DialMoved {
            level: dice.pick(&Level::ALL),
            origin: dice.pick(&ORIGINS),
            step_up: !dice.once_in(3),
            too_personal: dice.once_in(6),
        }
    }

    /// What the person wants, short of a no.
    pub(super) fn wish(&self, dice: &mut Dice) -> Act {
        let origin = dice.pick(&ORIGINS);
        match dice.below(8) {
            0..=4 => Self::dial(dice),
            5 => Act::Paused {
                channel: dice.once_in(2).then(|| self.channel(dice)),
                until: self.at.plus_days(below(dice, 60)),
                origin,
            },
            6 => Act::Restricted {
                holds: dice.once_in(3),
                origin,
            },
            _ => Act::CapSet {
                channel: dice.once_in(2).then(|| self.channel(dice)),
                limit: random_limit(dice),
                origin,
            },
        }
    }

    pub(super) fn relation(&self, dice: &mut Dice) -> Act {
        if dice.once_in(2) {
            return Act::RelationRecorded {
                relation: dice.pick(&[Relation::Purchase, Relation::Inquiry]),
                occurred_at: self.said(dice),
            };
        }
        Act::SoftOptInRecorded {
            identifier: dice.pick(&IDENTIFIERS),
            facts: SoftOptIn {
                obtained_in_sale: !dice.once_in(8),
                own_similar_goods: !dice.once_in(8),
                refusal_offered_at_collection: !dice.once_in(8),
                refusal_offered_in_each_message: !dice.once_in(8),
            },
            occurred_at: self.said(dice),
            origin: dice.pick(&ORIGINS),
        }
    }

    /// Something recorded before turns out to be wrong.
    pub(super) fn undone(&self, dice: &mut Dice, before: &[Entry]) -> Act {
        let undoing = |entry: &Entry| {
            let corrected = |what| Act::EntryCorrected {
                entry: entry.seq,
                what,
            };
            match &entry.act {
                Act::Refused {
                    refusal: RefusalKind::Presumed,
                    scope,
                    ..
                } => Some(Act::PresumptionCleared {
                    entry: entry.seq,
                    scope: *scope,
                }),
                Act::Refused { refusal, scope, .. } => Some(corrected(Corrected::Refusal {
                    refusal: *refusal,
                    scope: *scope,
                })),
                Act::Consented { .. } => Some(corrected(Corrected::Consent)),
                Act::MinorKnown { .. } => Some(corrected(Corrected::Minor)),
                _ => None,
            }
        };
        let mistakes: Vec<Act> = before.iter().filter_map(undoing).collect();
        if mistakes.is_empty() {
            self.refused(dice)
        } else {
            dice.pick(&mistakes)
        }
    }
}
