//! Where each row of a shard lies, by the number of its person; in large pages, like the rows.

use super::pages::Slots;
use super::slab::Place;

/// A full list grows by 1/8, and at least by so many: every new one is asked of the system.
const MORE_MIN: usize = 1_024;

/// Places by number.
#[derive(Default)]
pub(super) struct Places {
    slots: Slots<{ size_of::<Place>() }>,
    len: usize,
}

impl Places {
    /// The place of that number.
    pub(super) fn get(&self, number: u32) -> Option<Place> {
        let number = number as usize;
        let slot = self.slots.all().get(number).filter(|_| number < self.len)?;
        Some(Place(u32::from_ne_bytes(*slot)))
    }

    /// Every place from a number on.
    pub(super) fn from(&self, number: usize) -> impl Iterator<Item = Place> {
        let known = self.slots.all().get(number..self.len).unwrap_or_default();
        known.iter().map(|slot| Place(u32::from_ne_bytes(*slot)))
    }

    /// Puts another place under a number that has one, or one under the next number.
    pub(super) fn put(&mut self, number: usize, place: Place) {
        if number == self.slots.all().len() {
            self.grow_to(number + number / 8 + MORE_MIN);
        }
        if let Some(slot) = self.slots.round_mut(number).next() {
            *slot = place.0.to_ne_bytes();
        }
        debug_assert!(number <= self.len, "numbers have no gaps");
        self.len = self.len.max(number + 1);
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, count: usize) {
        if self.len + count > self.slots.all().len() {
            self.grow_to(self.len + count);
        }
    }

    fn grow_to(&mut self, count: usize) {
        let old = std::mem::replace(&mut self.slots, Slots::new(count));
        for (new, old) in self.slots.round_mut(0).zip(old.all()) {
            *new = *old;
        }
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.slots.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_keeps_its_place_while_the_list_grows() {
        let mut places = Places::default();
        places.reserve(10);
        for number in 0..5_000 {
            assert_eq!(places.get(number), None);
            places.put(number as usize, Place(number * 7));
        }
        places.put(3, Place(1));
        let all: Vec<_> = places.from(2).map(|own| own.0).collect();
        assert_eq!(
            (all.len(), all[0], all[1], all[4_997]),
            (4_998, 14, 1, 34_993)
        );
        assert_eq!(places.get(5_000), None);
    }
}
