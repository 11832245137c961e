//! What happens to one person.

use super::world::World;
use izin_core::act::{Corrected, Evidence};
use izin_core::consent::{Giver, Manner, Mark};
use izin_core::policy::FormId;
use izin_core::refusal::Origin;
use izin_core::relation::{PlaceSource, Relation, SoftOptIn};
use izin_core::window::{Limit, Window};
use izin_core::{Act, Language, Level, Seq, Signal, SubjectId, Zone};

impl World {
    /// Any act about a person.
    pub(super) fn act(&mut self, subject: SubjectId) -> Act {
        match self.below(30) {
            0..17 => self.said(),
            _ => self.known(subject),
        }
    }

    /// A yes, a no or a wish.
    fn said(&mut self) -> Act {
        let origin = Origin::Page;
        let (purpose, channel, topic) = (self.purpose(), self.channel(), self.topic());
        let (some_channel, id, occurred_at) = (self.some_channel(), self.id(), self.moment());
        let identifier = self.maybe(id);
        let mark = self.one(&[
            Mark::Requested,
            Mark::RequestDeferred,
            Mark::Refused,
            Mark::Revoked,
        ]);
        match self.below(17) {
            0..9 => Act::Consented {
                purpose,
                channel,
                topic: topic.filter(|_| id.as_bytes()[0] > 200),
                identifier,
                occurred_at,
                evidence: self.one(&[Evidence::Recorded, Evidence::Recorded, Evidence::Missing]),
                policy: self.below(4) as u32,
                origin,
                manner: self.manner(),
            },
            9..12 => Act::Refused {
                refusal: self.refusal(),
                scope: self.scope(),
                occurred_at,
                origin,
            },
            12 => Act::ConsentMarked {
                purpose,
                channel,
                topic,
                identifier,
                mark,
                origin,
            },
            13 => Act::DialMoved {
                level: self.one(&Level::ALL),
                origin,
                step_up: self.below(2) == 0,
                too_personal: self.below(2) == 0,
            },
            14 => Act::Paused {
                channel: some_channel,
                until: occurred_at,
                origin,
            },
            15 => Act::Restricted {
                holds: self.below(3) == 0,
                origin,
            },
            _ => Act::Undeliverable {
                identifier: id,
                channel,
            },
        }
    }

    /// What became known.
    fn known(&mut self, subject: SubjectId) -> Act {
        let origin = Origin::Page;
        let (some_channel, id, occurred_at) = (self.some_channel(), self.id(), self.moment());
        match 17 + self.below(13) {
            17 => Act::Placed {
                country: self.one(&["ID", "CA", "BR"]).parse().unwrap(),
                region: None,
                zone: self.maybe(Zone::JAKARTA),
                source: self.one(&[PlaceSource::Declared, PlaceSource::Shop]),
            },
            18 => Act::MinorKnown {
                adult_from: occurred_at,
                origin,
            },
            19 => Act::SignalSeen {
                signal: self.one(&Signal::ALL),
                channel: some_channel,
                origin,
            },
            20 => Act::SignalOverruled {
                signal: self.one(&Signal::ALL),
                origin,
            },
            21 => Act::SoftOptInRecorded {
                identifier: id,
                facts: self.facts(),
                occurred_at,
                origin,
            },
            22 => Act::RelationRecorded {
                relation: self.one(&[Relation::Purchase, Relation::Inquiry]),
                occurred_at,
            },
            23 => self.own_cap(),
            24 => Act::PresumptionCleared {
                entry: Seq(0),
                scope: self.scope(),
            },
            25 => Act::EntryCorrected {
                entry: Seq(self.next / 2),
                what: Corrected::Minor,
            },
            26 => Act::EntryCorrected {
                entry: Seq(self.next / 2),
                what: Corrected::Consent,
            },
            27 => {
                let others: Vec<_> = self
                    .subjects()
                    .into_iter()
                    .filter(|own| *own > subject)
                    .collect();
                match others.is_empty() {
                    true => Act::SplitFrom { from: subject },
                    false => Act::MergedInto {
                        into: self.one(&others),
                    },
                }
            }
            28 => Act::SplitFrom { from: subject },
            _ if self.below(4) == 0 => {
                self.attached.retain(|own| own.0 != subject);
                Act::Erased
            }
            _ => Act::Merged { from: subject },
        }
    }

    fn own_cap(&mut self) -> Act {
        let within = Window::parse(self.one(&["1d", "90m"])).unwrap();
        Act::CapSet {
            channel: self.some_channel(),
            limit: Limit::new(1 + self.below(9) as u16, within).unwrap(),
            origin: Origin::Page,
        }
    }

    fn manner(&mut self) -> Manner {
        let form = (FormId::parse("checkout").unwrap(), self.below(3) as u32);
        Manner {
            form: self.maybe(form),
            language: self.maybe(Language::En),
            explicit: self.below(2) == 0,
            by: self.one(&[Giver::Subject, Giver::Guardian]),
            step_up: self.below(2) == 0,
        }
    }

    fn facts(&mut self) -> SoftOptIn {
        SoftOptIn {
            obtained_in_sale: self.below(2) == 0,
            own_similar_goods: self.below(2) == 0,
            refusal_offered_at_collection: self.below(2) == 0,
            refusal_offered_in_each_message: self.below(2) == 0,
        }
    }
}
