//! Finds the place of a person's row: open addressing over slots of eight bytes, half a check and
//! half a place. What the check does not tell apart, the row's own id does.

use super::slab::Place;

/// Slots of the smallest table.
const SLOTS_MIN: usize = 16;
/// A table that is fuller than 4/5 grows by 1/8: slots lie side by side, so a search of a few costs
/// less than the memory of an emptier table.
const FULL: (usize, usize) = (4, 5);
const GROWTH: (usize, usize) = (9, 8);
/// A slot that holds nothing.
const VACANT: u64 = u64::MAX;

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

/// Whether a table of so many slots takes one more before it grows, and to what it grows.
pub(super) const fn grown(len: usize, slots: usize) -> Option<usize> {
    if (len + 1) * FULL.1 <= slots * FULL.0 {
        return None;
    }
    let grown = slots * GROWTH.0 / GROWTH.1;
    Some(if grown < SLOTS_MIN { SLOTS_MIN } else { grown })
}

/// The slots of a table for so many, with a little room.
pub(super) const fn room_for(count: usize) -> usize {
    SLOTS_MIN + count * FULL.1 / FULL.0 + count / SLOTS_MIN
}

/// Places by check.
#[derive(Default)]
pub(super) struct Finder {
    slots: Vec<u64>,
    len: usize,
}

impl Finder {
    /// The first place with this check that `is` the one.
    pub(super) fn find(&self, check: u32, is: impl Fn(Place) -> bool) -> Option<Place> {
        let start = start(check, self.slots.len());
        let (before, from) = self.slots.split_at_checked(start)?;
        for slot in from.iter().chain(before) {
            if *slot == VACANT {
                return None;
            }
            let place = Place(*slot as u32);
            if (slot >> 32) as u32 == check && is(place) {
                return Some(place);
            }
        }
        None
    }

    /// Reads the first slot that may hold a check, so that it is near when it is wanted.
    pub(super) fn touch(&self, check: u32) -> u64 {
        let slot = self.slots.get(start(check, self.slots.len()));
        slot.copied().unwrap_or(VACANT)
    }

    /// Enters a place that is not there yet.
    pub(super) fn enter(&mut self, check: u32, place: Place) {
        if let Some(slots) = grown(self.len, self.slots.len()) {
            let old = std::mem::replace(&mut self.slots, vec![VACANT; slots]);
            for slot in old.into_iter().filter(|slot| *slot != VACANT) {
                self.fill(slot);
            }
        }
        self.len += 1;
        self.fill(u64::from(check) << 32 | u64::from(place.0));
    }

    /// Makes room in an empty table.
    pub(super) fn reserve(&mut self, count: usize) {
        if self.len == 0 {
            self.slots = vec![VACANT; room_for(count)];
        }
    }

    /// Notes that a row has moved.
    pub(super) fn moved(&mut self, check: u32, (old, new): (Place, Place)) {
        let (old, new) = (
            u64::from(check) << 32 | u64::from(old.0),
            u64::from(check) << 32 | u64::from(new.0),
        );
        let start = start(check, self.slots.len());
        let (before, from) = self.slots.split_at_mut(start);
        let mut slots = from.iter_mut().chain(before);
        if let Some(slot) = slots.find(|slot| **slot == old) {
            *slot = new;
        }
    }

    fn fill(&mut self, new: u64) {
        let start = start((new >> 32) as u32, self.slots.len());
        let (before, from) = self.slots.split_at_mut(start);
        let mut slots = from.iter_mut().chain(before);
        if let Some(slot) = slots.find(|slot| **slot == VACANT) {
            *slot = new;
        }
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u64>()
    }
}
