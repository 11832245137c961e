//! People with three channels, four purposes, consents, and opt-outs for three in ten.

use izin_core::act::Evidence;
use izin_core::consent::Manner;
use izin_core::{
    Act, Channel, Entry, IdentifierId, IdentifierKind, Origin, PurposeId, RefusalKind, Scope, Seq,
    Standing, SubjectId, Timestamp,
};

/// The channels of the population.
pub const CHANNELS: [Channel; 3] = [Channel::Email, Channel::Sms, Channel::Push];
/// The purposes of the population.
pub const PURPOSES: [&str; 4] = ["marketing", "reviews", "surveys", "alerts"];
/// When they said what they said.
pub const SAID: Timestamp = Timestamp::from_micros(1_780_000_000_000_000);

/// A small generator of numbers; the same seed gives the same people.
pub struct Dice(u64);

impl Dice {
    /// Starts at a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// The id of a person.
pub fn subject(number: u64) -> SubjectId {
    let mut dice = Dice::new(!number);
    let half = |dice: &mut Dice| u128::from(dice.below(u64::MAX));
    SubjectId::from_bytes((half(&mut dice) << 64 | half(&mut dice)).to_le_bytes())
}

/// What is known of one person.
pub fn person(number: u64) -> anyhow::Result<Standing> {
    let mut standing = Standing::default();
    for entry in entries(number)? {
        standing.apply(&entry);
    }
    Ok(standing)
}

/// One person: an address and a number, two to six consents, perhaps an opt-out.
pub fn entries(number: u64) -> anyhow::Result<Vec<Entry>> {
    let mut dice = Dice::new(number);
    let mut acts = Vec::new();
    let id = |kind: u8| {
        let mut bytes = [kind; 16];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        IdentifierId::from_bytes(bytes)
    };
    for (kind, name) in [(IdentifierKind::Email, 1), (IdentifierKind::Phone, 2)] {
        acts.push(Act::IdentifierAttached {
            identifier: id(name),
            kind,
        });
    }
    for _ in 0..2 + dice.below(5) {
        let channel = CHANNELS[dice.below(3) as usize];
        let identifier = match channel {
            Channel::Email => Some(id(1)),
            Channel::Sms => Some(id(2)),
            _ => None,
        };
        acts.push(Act::Consented {
            purpose: PurposeId::parse(PURPOSES[dice.below(4) as usize])?,
            channel,
            topic: None,
            identifier,
            occurred_at: SAID,
            evidence: Evidence::Recorded,
            policy: 1,
            origin: Origin::Api,
            manner: Manner::default(),
        });
    }
    if dice.below(10) < 3 {
        let channel = CHANNELS[dice.below(3) as usize];
        let scope = match dice.below(3) {
            0 => Scope::EVERYTHING,
            1 => Scope::channel(channel),
            _ => Scope::purpose(PurposeId::parse(PURPOSES[0])?, channel),
        };
        acts.push(Act::Refused {
            refusal: RefusalKind::OptedOut,
            scope,
            occurred_at: SAID,
            origin: Origin::OneClick,
        });
    }
    let entry = |(seq, act)| Entry {
        seq: Seq(seq),
        subject: Some(subject(number)),
        recorded_at: SAID,
        act,
    };
    Ok((number * 16..).zip(acts).map(entry).collect())
}
