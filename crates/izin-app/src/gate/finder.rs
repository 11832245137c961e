//! Finds the place of a person's row: open addressing over slots of eight bytes, half a check and
//! half a place. What the check does not tell apart, the row's own id does.

use super::pages::Slots;
use super::slab::Place;

/// Slots of the smallest table: they take a page or so, and it can be no less.
const SLOTS_MIN: usize = 256;
/// Slots up to which a full table grows to twice its size: every new one is asked of the system, and the
/// one before given back.
const SLOTS_DOUBLED_MAX: usize = 8_192;
/// A larger one that is full grows by 1/8.
const GROWTH: (usize, usize) = (9, 8);
/// How full this table gets: slots lie side by side, so a search of a few costs less than the memory
/// of an emptier one.
const FULL: Full = Full(4, 5);
/// A slot that holds nothing, as new memory is.
const VACANT: u64 = 0;

/// How full a table gets before it grows.
#[derive(Clone, Copy)]
pub(super) struct Full(pub(super) usize, pub(super) usize);

/// Multiplier that spreads keys over the table: 2⁶⁴ divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number made of a random 16-byte key: its highest bits choose a shard, the next a slot.
pub(super) fn spread(key: &[u8; 16]) -> u64 {
    let (a, b) = key.split_at(8);
    let half = |half: &[u8]| half.first_chunk().copied().map_or(0, u64::from_le_bytes);
    let mixed = (half(a) ^ half(b).rotate_left(32)).wrapping_mul(SPREAD);
    (mixed ^ mixed >> 29).wrapping_mul(SPREAD)
}

/// The slot where looking for a check begins, in a table of so many: multiply and shift, so that
/// tables need not be powers of two.
pub(super) const fn start(check: u32, slots: usize) -> usize {
    ((check as u64 * slots as u64) >> 32) as usize
}

impl Full {
    /// Whether a table of so many slots grows before it takes one more, and to what.
    pub(super) const fn grown(self, len: usize, slots: usize) -> Option<usize> {
        if (len + 1) * self.1 <= slots * self.0 {
            return None;
        }
        Some(match slots {
            0 => SLOTS_MIN,
            1..=SLOTS_DOUBLED_MAX => slots * 2,
            _ => slots * GROWTH.0 / GROWTH.1,
        })
    }

    /// The slots of a table for so many, with a little room.
    pub(super) const fn room_for(self, count: usize) -> usize {
        SLOTS_MIN + count * self.1 / self.0 + count / 16
    }
}

const SLOT_BYTES: usize = size_of::<u64>();

/// Places by check.
#[derive(Default)]
pub(super) struct Finder {
    slots: Slots<SLOT_BYTES>,
    len: usize,
}

impl Finder {
    fn start(&self, check: u32) -> usize {
        start(check, self.slots.all().len())
    }

    /// The first place with this check that `is` the one.
    pub(super) fn find(&self, check: u32, is: impl Fn(Place) -> bool) -> Option<Place> {
        for slot in self.slots.round(self.start(check)) {
            let slot = u64::from_ne_bytes(*slot);
            if slot == VACANT {
                return None;
            }
            let place = Place(slot as u32 - 1);
            if (slot >> 32) as u32 == check && is(place) {
                return Some(place);
            }
        }
        None
    }

    /// Reads the first slot that may hold a check, so that it is near when it is wanted.
    pub(super) fn touch(&self, check: u32) -> u64 {
        let slot = self.slots.all().get(self.start(check));
        slot.map_or(VACANT, |slot| u64::from_ne_bytes(*slot))
    }

    /// Enters a place that is not there yet.
    pub(super) fn enter(&mut self, check: u32, place: Place) {
        if let Some(slots) = FULL.grown(self.len, self.slots.all().len()) {
            let old = std::mem::replace(&mut self.slots, Slots::new(slots));
            let taken = old.all().iter().map(|slot| u64::from_ne_bytes(*slot));
            for slot in taken.filter(|slot| *slot != VACANT) {
                self.change(VACANT, slot);
            }
        }
        self.len += 1;
        self.change(VACANT, slot_of(check, place));
    }

    /// Makes room in an empty table.
    pub(super) fn reserve(&mut self, count: usize) {
        if self.len == 0 {
            self.slots = Slots::new(FULL.room_for(count));
        }
    }

    /// Notes that a row has moved.
    pub(super) fn moved(&mut self, check: u32, (old, new): (Place, Place)) {
        self.change(slot_of(check, old), slot_of(check, new));
    }

    /// Puts a slot in the place of the first such one where its search begins.
    fn change(&mut self, old: u64, new: u64) {
        let start = self.start((new >> 32) as u32);
        let mut slots = self.slots.round_mut(start);
        if let Some(slot) = slots.find(|slot| u64::from_ne_bytes(**slot) == old) {
            *slot = new.to_ne_bytes();
        }
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.slots.bytes()
    }
}

/// A slot that is not vacant: a check, and a place counted from 1.
fn slot_of(check: u32, place: Place) -> u64 {
    u64::from(check) << 32 | u64::from(place.0 + 1)
}
