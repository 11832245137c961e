//! Random histories of a few people who share addresses, merge, part and come back.

use std::sync::LazyLock;

use izin_core::act::Corrected;
use izin_core::decision::Sent;
use izin_core::refusal::Origin;
use izin_core::relation::DetachCause;
use izin_core::{
    Act, Channel, Entry, Identifier, IdentifierId, Policy, PurposeId, RefusalKind, Request, Scope,
    Seq, SubjectId, Timestamp, TopicId,
};
use izin_store::vault::MasterSource;
use izin_store::{
    Committed, Entropy, Hasher, IndexKey, Owner, Place, ReservationId, SendChange, Store,
};
use izin_testkit::{Dice, TempDir};

const POLICY: &str = include_str!("policy.toml");

pub(super) fn policy() -> Policy {
    toml::from_str(POLICY).unwrap()
}

/// One store's hasher, the same for the whole run.
pub(super) fn hasher() -> Hasher {
    static HASHER: LazyLock<Hasher> = LazyLock::new(|| {
        let dir = TempDir::new();
        let owner = Owner::take(dir.path()).unwrap();
        let place = Place {
            dir: dir.path(),
            safe: &dir.path().join("safe"),
            master: &MasterSource::File,
            servers: None,
        };
        let store = Store::open(place, owner, Entropy::seeded(7)).unwrap();
        store.hasher().clone()
    });
    HASHER.clone()
}

/// One thing that happens.
pub(super) enum Step {
    Entry(Committed),
    Send(SendChange),
    Saw(SubjectId, Timestamp),
}

/// Chance, and who holds what so far.
pub(super) struct World {
    dice: Dice,
    pub(super) next: u64,
    pub(super) attached: Vec<(SubjectId, IdentifierId, usize)>,
    ids: Vec<IdentifierId>,
    held: Vec<(ReservationId, SubjectId, Sent)>,
}

impl World {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            next: 0,
            attached: Vec::new(),
            ids: Vec::new(),
            held: Vec::new(),
        }
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.dice.below(end as u64) as usize
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub(super) fn maybe<T>(&mut self, some: T) -> Option<T> {
        (self.below(2) == 0).then_some(some)
    }

    pub(super) fn subjects(&self) -> Vec<SubjectId> {
        (0..6)
            .map(|byte| SubjectId::from_bytes([byte; 16]))
            .collect()
    }

    pub(super) fn ids(&self) -> Vec<IdentifierId> {
        self.ids.clone()
    }

    pub(super) fn addresses(&self) -> Vec<Identifier> {
        let emails = (0..4).map(|one| Identifier::email(&format!("orang{one}@contoh.example")));
        let phones = (0..2).map(|one| Identifier::phone(&format!("+6281100000{one}1"), "ID"));
        emails.chain(phones).map(Result::unwrap).collect()
    }

    /// Moments of a few days, sometimes odd ones.
    pub(super) fn moment(&mut self) -> Timestamp {
        let day = Timestamp::parse("2026-11-01").unwrap();
        match self.below(40) {
            0 => Timestamp::from_micros(i64::MIN),
            1 => Timestamp::from_micros(i64::MAX),
            2 => Timestamp::from_micros(0),
            _ => {
                let hours = self.below(24 * 40) as i64;
                let odd = self.one(&[0, 0, 1, 999_999]);
                Timestamp::from_micros(day.plus_seconds(hours * 3_600).as_micros() + odd)
            }
        }
    }

    pub(super) fn purpose(&mut self) -> PurposeId {
        PurposeId::parse(self.one(&["news", "choice", "unheard_of"])).unwrap()
    }

    pub(super) fn topic(&mut self) -> Option<TopicId> {
        let topic = TopicId::parse(self.one(&["sale", "other"])).unwrap();
        self.maybe(topic)
    }

    pub(super) fn channel(&mut self) -> Channel {
        self.one(&[
            Channel::Email,
            Channel::Email,
            Channel::Sms,
            Channel::Ads,
            Channel::Site,
        ])
    }

    pub(super) fn some_channel(&mut self) -> Option<Channel> {
        let channel = self.channel();
        self.maybe(channel)
    }

    pub(super) fn id(&mut self) -> IdentifierId {
        if self.ids.is_empty() {
            return IdentifierId::from_bytes([255; 16]);
        }
        let ids = self.ids.clone();
        self.one(&ids)
    }

    pub(super) fn scope(&mut self) -> Scope {
        let purpose = self.purpose();
        Scope {
            channel: self.some_channel(),
            purpose: self.maybe(purpose),
            topic: self.topic(),
        }
    }

    pub(super) fn sent(&mut self) -> Sent {
        Sent {
            at: self.moment(),
            channel: self.channel(),
            purpose: self.purpose(),
            topic: self.topic(),
        }
    }

    pub(super) fn request(&mut self) -> Request {
        let (purpose, channel, id) = (self.purpose(), self.channel(), self.id());
        let rare = self.below(4) == 0;
        Request {
            topic: self.topic(),
            address: Some(id).filter(|_| rare),
            ..Request::of(purpose, channel)
        }
    }

    pub(super) fn history(&mut self, steps: usize) -> Vec<Step> {
        (0..steps).map(|_| self.step()).collect()
    }

    fn step(&mut self) -> Step {
        let subjects = self.subjects();
        let subject = self.one(&subjects);
        match self.below(20) {
            0 => return Step::Saw(subject, self.moment()),
            1 | 2 => return Step::Send(self.send(subject)),
            _ => {}
        }
        self.next += 1 + self.below(2) as u64;
        let (subject, act, key) = self.happening(subject);
        let entry = Entry {
            seq: Seq(self.next),
            subject,
            recorded_at: self.moment(),
            act,
        };
        Step::Entry(Committed { entry, key })
    }

    fn send(&mut self, subject: SubjectId) -> SendChange {
        let sent = self.sent();
        let at = self.below(self.held.len() + 1);
        if at < self.held.len() {
            let (id, subject, sent) = self.held.remove(at);
            return match self.below(2) {
                0 => SendChange::Released { id, subject, sent },
                _ => SendChange::Accepted { id, subject, sent },
            };
        }
        let id = ReservationId::from_bytes((self.below(usize::MAX) as u128).to_le_bytes());
        match self.below(2) {
            0 => SendChange::Accepted { id, subject, sent },
            _ => {
                self.held.push((id, subject, sent));
                SendChange::Held { id, subject, sent }
            }
        }
    }

    fn happening(&mut self, subject: SubjectId) -> (Option<SubjectId>, Act, IndexKey) {
        let origin = Origin::Api;
        let at = self.below(6);
        let address = self.addresses().swap_remove(at);
        let (lookup, hidden) = (hasher().lookup(&address), hasher().suppression(&address));
        let (refusal, scope, occurred_at) = (self.refusal(), self.scope(), self.moment());
        match self.below(24) {
            0..5 => {
                let id = IdentifierId::from_bytes((self.below(usize::MAX) as u128).to_be_bytes());
                self.attached.push((subject, id, at));
                self.ids.push(id);
                let act = Act::IdentifierAttached {
                    identifier: id,
                    kind: address.kind(),
                };
                (Some(subject), act, IndexKey::Attached(lookup))
            }
            5 | 6 if !self.attached.is_empty() => {
                let gone = self.below(self.attached.len());
                let (subject, identifier, at) = self.attached.swap_remove(gone);
                let key = IndexKey::Detached(hasher().lookup(&self.addresses()[at]));
                let cause = DetachCause::Reverified;
                (
                    Some(subject),
                    Act::IdentifierDetached { identifier, cause },
                    key,
                )
            }
            7 => {
                let suppression = IdentifierId::from_bytes([3; 16]);
                let act = Act::IdentifierSuppressed {
                    suppression,
                    refusal,
                    scope,
                    occurred_at,
                    origin,
                };
                (None, act, IndexKey::Suppressed(hidden))
            }
            8 => {
                let what = Corrected::Refusal { refusal, scope };
                let act = Act::EntryCorrected {
                    entry: Seq(self.next / 2),
                    what,
                };
                (None, act, IndexKey::Unsuppressed(hidden))
            }
            _ => (Some(subject), self.act(subject), IndexKey::None),
        }
    }

    pub(super) fn refusal(&mut self) -> RefusalKind {
        use RefusalKind::{Complained, LegalSuppression, OptedOut, Presumed, Withdrawn};
        self.one(&[Complained, LegalSuppression, OptedOut, Presumed, Withdrawn])
    }
}
