//! Who holds an address: the keyed hash of the address, to the person and which of theirs it is.
//!
//! Nearly every address has one holder and takes one slot of 16 bytes, four in a line of memory: a search
//! begins at the beginning of a line, and seldom goes on to the next. Where there are more holders, or
//! where one has more identifiers than there are labels, the slot says so and the holders stand in a list
//! beside. Of a hash 11 bytes are kept: that two of a hundred million addresses agree in all of them is one
//! chance in sixty thousand million, and they would get the strictest answer of both.

use std::collections::HashMap;
use std::sync::RwLock;

use izin_core::IdentifierId;
use izin_store::LookupHash;

use super::finder::{Full, spread, start};
use super::pages::Slots;
use super::people::{Owner, SHARDS, home};
use super::{read, write};

/// How full a table gets: its slots are long, and there are two for each person.
const FULL: Full = Full(6, 7);
/// The label of a slot whose holders stand in the list.
const CROWD: u8 = u8::MAX - 1;
/// A slot that holds nothing, as new memory is.
const VACANT: [u8; SLOT_BYTES] = [0; SLOT_BYTES];

/// One address of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holder {
    /// Whose it is.
    pub(super) owner: Owner,
    /// Its random name.
    pub(super) id: IdentifierId,
}

/// Bytes of a hash that are kept.
const HASH_BYTES: usize = 11;
/// Bytes of one address.
pub(super) const SLOT_BYTES: usize = HASH_BYTES + 4 + 1;
/// Slots of a line of memory.
const LINE: usize = 64 / SLOT_BYTES;

/// Who holds an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// Nobody.
    Not,
    /// One person, under this label.
    By(Owner, u8),
    /// All of these.
    ByAll(Vec<Holder>),
}

/// An address: its hash, its holder, and the label counted from 1. A slot of zeros holds nothing.
#[derive(Clone, Copy)]
struct Slot {
    hash: [u8; HASH_BYTES],
    owner: Owner,
    label: u8,
}

impl Slot {
    fn read(bytes: &[u8; SLOT_BYTES]) -> Option<Self> {
        let [hash @ .., a, b, c, d, label] = *bytes;
        let owner = Owner(u32::from_le_bytes([a, b, c, d]));
        let label = label.checked_sub(1)?;
        Some(Self { hash, owner, label })
    }

    fn bytes(self) -> [u8; SLOT_BYTES] {
        let mut bytes = VACANT;
        let (hash, rest) = bytes.split_at_mut(self.hash.len());
        let (owner, label) = rest.split_at_mut(size_of::<Owner>());
        hash.copy_from_slice(&self.hash);
        owner.copy_from_slice(&self.owner.0.to_le_bytes());
        label.fill(self.label + 1);
        bytes
    }
}

/// Some of the addresses.
#[derive(Default)]
pub(super) struct Shard {
    slots: Slots<SLOT_BYTES>,
    len: usize,
    crowds: HashMap<[u8; HASH_BYTES], Vec<Holder>>,
}

impl Shard {
    /// The first slot of the line where looking for a check begins.
    fn start(&self, check: u32) -> usize {
        start(check, self.slots.all().len() / LINE) * LINE
    }

    /// Who holds an address.
    pub(super) fn find(&self, hash: LookupHash, check: u32) -> Held {
        let hash = kept(hash);
        let mut slots = self.slots.round(self.start(check)).map_while(Slot::read);
        match slots.find(|slot| slot.hash == hash) {
            Some(slot) if slot.label == CROWD => {
                Held::ByAll(self.crowds.get(&hash).cloned().unwrap_or_default())
            }
            Some(slot) => Held::By(slot.owner, slot.label),
            None => Held::Not,
        }
    }

    /// Reads where the search for an address begins, so that it is near when it is wanted.
    pub(super) fn touch(&self, check: u32) -> u8 {
        let slot = self.slots.all().get(self.start(check));
        slot.map_or(0, |[first, ..]| *first)
    }

    fn set(&mut self, (hash, check): (LookupHash, u32), (owner, label): (Owner, u8)) {
        let hash = kept(hash);
        let new = Slot { hash, owner, label };
        let start = self.start(check);
        let is_end = |slot: &&mut [u8; SLOT_BYTES]| is_vacant(slot) || slot.starts_with(&hash);
        let held = self.slots.round_mut(start).find(is_end);
        if let Some(slot) = held.filter(|slot| !is_vacant(slot)) {
            *slot = new.bytes();
            return;
        }
        if let Some(slots) = FULL.grown(self.len, self.slots.all().len()) {
            let old = std::mem::replace(&mut self.slots, lines(slots));
            old.all()
                .iter()
                .filter_map(Slot::read)
                .for_each(|slot| self.fill(slot));
        }
        self.len += 1;
        self.fill(new);
    }

    fn fill(&mut self, new: Slot) {
        let (_, check) = home_of(whole(new.hash));
        let start = self.start(check);
        let mut slots = self.slots.round_mut(start);
        if let Some(slot) = slots.find(|slot| is_vacant(slot)) {
            *slot = new.bytes();
        }
    }

    /// Takes an address out, and moves back those that were behind it for want of room.
    fn remove(&mut self, hash: LookupHash, check: u32) {
        let start = self.start(check);
        let is = |slot: &[u8; SLOT_BYTES]| slot.starts_with(&kept(hash));
        let mut slots = self
            .slots
            .round(start)
            .map_while(|slot| (!is_vacant(slot)).then(|| is(slot)));
        let at = slots.position(|is| is);
        drop(slots);
        let Some(at) = at else {
            return;
        };
        let slots = self.slots.round_mut(start).skip(at);
        let taken = slots.take_while(|slot| !is_vacant(slot));
        let displaced: Vec<_> = taken.map(|slot| std::mem::replace(slot, VACANT)).collect();
        self.len -= 1;
        let behind = displaced.iter().skip(1).filter_map(Slot::read);
        behind.for_each(|slot| self.fill(slot));
    }

    fn bytes(&self) -> usize {
        let crowds = self
            .crowds
            .values()
            .map(|own| own.capacity() * size_of::<Holder>());
        let lists = self.crowds.capacity() * size_of::<([u8; HASH_BYTES], Vec<Holder>)>();
        self.slots.bytes() + crowds.sum::<usize>() + lists
    }

    /// Every address, as far as its hash is kept: what a snapshot holds.
    pub(super) fn all(&self) -> impl Iterator<Item = (LookupHash, Held)> {
        let kept = self.slots.all().iter().filter_map(Slot::read);
        kept.map(|slot| {
            let hash = whole(slot.hash);
            let (_, check) = home_of(hash);
            (hash, self.find(hash, check))
        })
    }
}

/// So many slots, in whole lines.
fn lines(slots: usize) -> Slots<SLOT_BYTES> {
    Slots::new(slots.next_multiple_of(LINE))
}

fn is_vacant(slot: &[u8; SLOT_BYTES]) -> bool {
    matches!(slot, [.., 0])
}

/// What is kept of a hash.
fn kept(hash: LookupHash) -> [u8; HASH_BYTES] {
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// A hash of which so much was kept.
fn whole(kept: [u8; HASH_BYTES]) -> LookupHash {
    let mut bytes = [0; 16];
    bytes[..HASH_BYTES].copy_from_slice(&kept);
    LookupHash::from_bytes(bytes)
}

/// Where an address belongs.
pub(super) fn home_of(hash: LookupHash) -> (usize, u32) {
    home(spread(whole(kept(hash)).as_bytes()))
}

/// Every address.
pub(super) struct Holders {
    shards: Box<[RwLock<Shard>]>,
    /// Addresses with several holders, by their names.
    shared: RwLock<HashMap<IdentifierId, LookupHash>>,
}

impl Default for Holders {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            shared: RwLock::default(),
        }
    }
}

impl Holders {
    /// The shards.
    pub(super) fn shards(&self) -> impl Iterator<Item = &RwLock<Shard>> {
        self.shards.iter()
    }

    /// One shard. INVARIANT: its number came from [`home_of`].
    pub(super) fn shard(&self, number: usize) -> &RwLock<Shard> {
        &self.shards[number]
    }

    /// Who holds an address.
    pub(super) fn find(&self, hash: LookupHash) -> Held {
        let (shard, check) = home_of(hash);
        read(self.shard(shard)).find(hash, check)
    }

    /// Makes room in the empty table where an address belongs.
    pub(super) fn reserve(&self, hash: LookupHash, count: usize) {
        let (shard, _) = home_of(hash);
        let mut shard = write(self.shard(shard));
        if shard.len == 0 {
            shard.slots = lines(FULL.room_for(count));
        }
    }

    /// The address behind a name, where it has several holders.
    pub(super) fn shared(&self, id: IdentifierId) -> Option<LookupHash> {
        read(&self.shared).get(&id).copied()
    }

    /// Notes who holds an address from now on.
    pub(super) fn set(&self, hash: LookupHash, held: Held) {
        let hash = whole(kept(hash));
        let (shard, check) = home_of(hash);
        if let Held::ByAll(holders) = &held {
            let mut shared = write(&self.shared);
            shared.extend(holders.iter().map(|own| (own.id, hash)));
        }
        let mut shard = write(self.shard(shard));
        let were = match shard.crowds.is_empty() {
            true => Vec::new(),
            false => shard.crowds.remove(&kept(hash)).unwrap_or_default(),
        };
        match &held {
            Held::Not => shard.remove(hash, check),
            Held::By(owner, label) => shard.set((hash, check), (*owner, *label)),
            Held::ByAll(holders) => {
                shard.set((hash, check), (Owner(0), CROWD));
                shard.crowds.insert(kept(hash), holders.clone());
            }
        }
        drop(shard);
        let still = |own: &Holder| matches!(&held, Held::ByAll(all) if all.contains(own));
        let gone: Vec<_> = were.iter().filter(|own| !still(own)).collect();
        if !gone.is_empty() {
            let mut shared = write(&self.shared);
            for own in gone {
                // Whoever holds it under another hash by now is still found by that.
                if shared.get(&own.id) == Some(&hash) {
                    shared.remove(&own.id);
                }
            }
        }
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        let shared = read(&self.shared).capacity() * size_of::<(IdentifierId, LookupHash)>();
        shared
            + self
                .shards()
                .map(|shard| read(shard).bytes())
                .sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u32) -> LookupHash {
        let mut bytes = [7; 16];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        LookupHash::from_bytes(bytes)
    }

    #[test]
    fn an_address_taken_out_leaves_every_other_where_it_is_found() {
        let holders = Holders::default();
        for number in 0..5_000 {
            holders.set(hash(number), Held::By(Owner(number), 1));
        }
        for number in (0..5_000).step_by(3) {
            holders.set(hash(number), Held::Not);
            holders.set(hash(number), Held::Not);
        }
        for number in 0..5_000 {
            let expected = match number % 3 {
                0 => Held::Not,
                _ => Held::By(Owner(number), 1),
            };
            assert_eq!(holders.find(hash(number)), expected);
        }
    }

    #[test]
    fn a_crowd_that_is_down_to_one_is_named_no_more() {
        let holders = Holders::default();
        let id = |byte| IdentifierId::from_bytes([byte; 16]);
        let crowd = [1, 2].map(|byte| Holder {
            owner: Owner(byte.into()),
            id: id(byte),
        });
        holders.set(hash(1), Held::ByAll(crowd.to_vec()));
        assert_eq!(holders.shared(id(1)), Some(whole(kept(hash(1)))));
        assert_eq!(holders.find(hash(1)), Held::ByAll(crowd.to_vec()));
        holders.set(hash(1), Held::By(Owner(1), 0));
        assert_eq!((holders.shared(id(1)), holders.shared(id(2))), (None, None));
    }
}
