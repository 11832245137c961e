//! The people a bench decides about: made up from their numbers, the same in every run.
//!
//! Everybody has an e-mail address and a telephone number and has said yes, with evidence and
//! date, to 4 purposes on each of 3 channels; 30 % have opted out of something, 20 % were sent
//! messages lately, 5 % have something few people have.

use izin_app::Gate;
use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::decision::Sent;
use izin_core::policy::FormId;
use izin_core::refusal::Origin;
use izin_core::relation::PlaceSource;
use izin_core::window::{Limit, Window};
use izin_core::{
    Act, Channel, Entry, Identifier, IdentifierId, IdentifierKind, Language, Level, Policy,
    PurposeId, RefusalKind, Request, Scope, Seq, Signal, SubjectId, Timestamp,
};
use izin_store::{Committed, Hasher, IndexKey, ReservationId, SendChange};

/// What the shop of the bench declares.
const POLICY: &str = include_str!("population.toml");
/// The purposes of that policy, all of which rest on consent.
const PURPOSES: [&str; 4] = ["marketing", "reminders", "personalisation", "survey"];
/// The channels people said yes to.
const CHANNELS: [Channel; 3] = [Channel::Email, Channel::Sms, Channel::Whatsapp];
/// When everybody decides: in working hours, so that nobody's night is measured.
const NOW: &str = "2026-11-21T10:30:00+07:00";
/// How far consents and opt-outs go back, in seconds: two years.
const HISTORY_SECONDS: u64 = 2 * 365 * 86_400;
/// How far sends go back, in seconds: 60 days.
const SENDS_SECONDS: u64 = 60 * 86_400;

/// Made-up people, their shop and a question about them.
pub(super) struct Population {
    pub(super) policy: Policy,
    pub(super) request: Request,
    pub(super) now: Timestamp,
    purposes: [PurposeId; 4],
    forms: [FormId; 2],
    hasher: Hasher,
}

/// A row of numbers that looks random and is the same in every run.
pub(super) struct Dice(u64);

impl Dice {
    /// The numbers of one person; `salt` tells rows for different uses apart.
    pub(super) const fn of(person: u64, salt: u64) -> Self {
        Self(person.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ a >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        b ^ b >> 31
    }

    /// A number below `end`.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
        of[usize::try_from(self.below(N as u64)).unwrap_or_default()]
    }

    fn id(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_le_bytes()
    }
}

impl Population {
    pub(super) fn new(hasher: Hasher) -> anyhow::Result<Self> {
        let policy: Policy = toml::from_str(POLICY)?;
        let [a, b, c, d] = PURPOSES.map(PurposeId::parse);
        let purposes = [a?, b?, c?, d?];
        let [first, ..] = purposes;
        Ok(Self {
            policy,
            request: Request::of(first, Channel::Email),
            now: Timestamp::parse(NOW)?,
            purposes,
            forms: [FormId::parse("checkout")?, FormId::parse("account")?],
            hasher,
        })
    }

    /// What hashes the people's addresses.
    pub(super) fn hasher(&self) -> Hasher {
        self.hasher.clone()
    }

    /// The id of a person.
    pub(super) fn subject(person: u64) -> SubjectId {
        SubjectId::from_bytes(Dice::of(person, 1).id())
    }

    /// The address of a person, as it stands in a list.
    pub(super) fn address(person: u64) -> String {
        format!("Pelanggan.{person:08}@mail{}.example", person % 50)
    }

    /// Puts people into a gate, as an import writes them; answers how many entries that took.
    pub(super) fn fill(&self, gate: &Gate, people: u64) -> anyhow::Result<u64> {
        let mut next = Seq(gate.seq().map_or(0, |seq| seq.0 + 1));
        let (first, mut entries) = (next.0, Vec::new());
        for person in 0..people {
            entries.clear();
            self.entries(person, &mut next, &mut entries)?;
            gate.apply(&entries);
            gate.apply_sends(&self.sends(person));
        }
        Ok(next.0 - first)
    }

    /// What the ledger holds about a person.
    pub(super) fn entries(
        &self,
        person: u64,
        next: &mut Seq,
        out: &mut Vec<Committed>,
    ) -> anyhow::Result<()> {
        let mut dice = Dice::of(person, 2);
        let subject = Self::subject(person);
        let mut put = |act, key, at: Timestamp| {
            let entry = Entry {
                seq: *next,
                subject: Some(subject),
                recorded_at: at,
                act,
            };
            next.0 += 1;
            out.push(Committed { entry, key });
        };
        let joined = self.before(&mut dice, HISTORY_SECONDS);
        let phone = format!("+62811{person:08}");
        let identifiers = [
            Identifier::email(&Self::address(person))?,
            Identifier::phone(&phone, "ID")?,
        ];
        let ids = identifiers.map(|identifier| {
            let id = IdentifierId::from_bytes(dice.id());
            let kind = identifier.kind();
            let key = IndexKey::Attached(self.hasher.lookup(&identifier));
            put(
                Act::IdentifierAttached {
                    identifier: id,
                    kind,
                },
                key,
                joined,
            );
            (kind, id)
        });
        for channel in CHANNELS {
            let at = self.before(&mut dice, HISTORY_SECONDS);
            let manner = self.manner(&mut dice);
            let policy = 1 + dice.below(3) as u32;
            for purpose in self.purposes {
                let act = Act::Consented {
                    purpose,
                    channel,
                    topic: None,
                    identifier: ids
                        .iter()
                        .find(|own| own.0.reaches(channel))
                        .map(|own| own.1),
                    occurred_at: at,
                    evidence: Evidence::Recorded,
                    policy,
                    origin: Origin::Page,
                    manner,
                };
                put(act, IndexKey::None, at);
            }
        }
        if dice.below(100) < 30 {
            let at = self.before(&mut dice, HISTORY_SECONDS);
            let act = self.opt_out(&mut dice, at);
            put(act, IndexKey::None, at);
        }
        if dice.below(100) < 5 {
            let at = self.before(&mut dice, HISTORY_SECONDS);
            let act = self.rare(&mut dice, ids)?;
            put(act, IndexKey::None, at);
        }
        Ok(())
    }

    fn before(&self, dice: &mut Dice, seconds: u64) -> Timestamp {
        let micros = dice.below(seconds * 1_000_000);
        Timestamp::from_micros(self.now.as_micros().saturating_sub_unsigned(micros))
    }

    fn manner(&self, dice: &mut Dice) -> Manner {
        Manner {
            form: Some((dice.one(self.forms), 1 + dice.below(3) as u32)),
            language: Some(dice.one([Language::Id, Language::En])),
            ..Manner::default()
        }
    }

    /// A no to something.
    pub(super) fn opt_out(&self, dice: &mut Dice, at: Timestamp) -> Act {
        let purpose = dice.one(self.purposes);
        let channel = dice.one(CHANNELS);
        let scopes = [
            Scope::purpose(purpose, channel),
            Scope::channel(channel),
            Scope::EVERYTHING,
        ];
        Act::Refused {
            refusal: dice.one([RefusalKind::OptedOut, RefusalKind::Withdrawn]),
            scope: dice.one(scopes),
            occurred_at: at,
            origin: Origin::OneClick,
        }
    }

    fn rare(
        &self,
        dice: &mut Dice,
        ids: [(IdentifierKind, IdentifierId); 2],
    ) -> anyhow::Result<Act> {
        let origin = Origin::Page;
        let channel = Some(dice.one(CHANNELS));
        let (_, identifier) = dice.one(ids);
        Ok(match dice.below(6) {
            0 => Act::Paused {
                channel,
                until: self.now.plus_days(3),
                origin,
            },
            1 => Act::DialMoved {
                level: dice.one([Level::Contextual, Level::Trends, Level::Purchases]),
                origin,
                step_up: true,
                too_personal: false,
            },
            2 => Act::Placed {
                country: dice.one(["ID", "DE", "SG"]).parse()?,
                region: None,
                zone: None,
                source: PlaceSource::Delivery,
            },
            3 => Act::CapSet {
                channel,
                limit: Limit::new(1, Window::parse("7d")?)?,
                origin,
            },
            4 => Act::SignalSeen {
                signal: Signal::Gpc,
                channel: None,
                origin,
            },
            _ => Act::Undeliverable {
                identifier,
                channel: Channel::Email,
            },
        })
    }

    /// What one person in five was sent.
    fn sends(&self, person: u64) -> Vec<SendChange> {
        let mut dice = Dice::of(person, 3);
        let count = if dice.below(100) < 20 {
            1 + dice.below(8)
        } else {
            0
        };
        let mut sends: Vec<_> = (0..count)
            .map(|_| Sent {
                at: self.before(&mut dice, SENDS_SECONDS),
                channel: dice.one(CHANNELS),
                purpose: dice.one(self.purposes),
                topic: None,
            })
            .collect();
        sends.sort_unstable();
        let subject = Self::subject(person);
        let accepted = sends.into_iter().map(|sent| SendChange::Accepted {
            id: ReservationId::from_bytes(dice.id()),
            subject,
            sent,
        });
        accepted.collect()
    }
}
