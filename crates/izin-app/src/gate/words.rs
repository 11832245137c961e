//! What many people have in common, kept once: a consent without its person, entry and date, the
//! kind and scope of a refusal, a place. Rows name these by a number.
//!
//! The list only grows. Reading takes no lock, so that decisions never wait for a new word.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use izin_core::act::Evidence;
use izin_core::consent::{Manner, Mark};
use izin_core::relation::PlaceSource;
use izin_core::window::Limit;
use izin_core::{Channel, Country, PurposeId, RefusalKind, Region, Scope, Signal, TopicId, Zone};
use serde::{Deserialize, Serialize};

/// Something rows name by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Word {
    /// A consent, apart from whose, when and for which address.
    Consent {
        purpose: PurposeId,
        channel: Channel,
        topic: Option<TopicId>,
        evidence: Evidence,
        policy: u32,
        manner: Manner,
        renewed: bool,
        mark: Option<Mark>,
    },
    /// A refusal, apart from whose and when.
    Refusal {
        kind: RefusalKind,
        scope: Scope,
        times: u32,
    },
    /// What a message was.
    Sent {
        channel: Channel,
        purpose: PurposeId,
        topic: Option<TopicId>,
    },
    /// What was asked, and what became of it.
    Ask {
        purpose: PurposeId,
        channel: Channel,
        mark: Mark,
    },
    /// Where people live.
    Place {
        country: Country,
        region: Option<Region>,
        zone: Option<Zone>,
        source: PlaceSource,
    },
    /// A limit of people's own.
    Cap {
        channel: Option<Channel>,
        limit: Limit,
    },
    /// A signal, as far as it was lifted.
    Signal {
        signal: Signal,
        channel: Option<Channel>,
        confirmations: u8,
    },
}

/// Words in the first shelf; each further shelf holds twice as many as the one before.
const FIRST_SHELF: u32 = 256;
/// Shelves: enough for every number of 32 bits.
const SHELVES: usize = 24;

type Shelf = Box<[OnceLock<Word>]>;

/// Every word, by number.
#[derive(Default)]
pub(super) struct Words {
    shelves: [OnceLock<Shelf>; SHELVES],
    numbers: Mutex<HashMap<Word, u32>>,
}

impl Words {
    /// The word of that number.
    pub(super) fn get(&self, number: u32) -> Option<&Word> {
        let (shelf, place) = shelf_of(number);
        self.shelves.get(shelf)?.get()?.get(place)?.get()
    }

    /// The number of a word; a new one when nobody has said it before.
    pub(super) fn number(&self, word: &Word) -> u32 {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let (shelf, place) = shelf_of(number);
        let shelf = self.shelves.get(shelf).map(|own| {
            let size = (FIRST_SHELF as usize) << shelf;
            own.get_or_init(|| (0..size).map(|_| OnceLock::new()).collect())
        });
        if let Some(slot) = shelf.and_then(|shelf| shelf.get(place)) {
            slot.get_or_init(|| *word);
        }
        numbers.insert(*word, number);
        number
    }

    /// Every word, by number.
    pub(super) fn all(&self) -> Vec<Word> {
        (0..)
            .map_while(|number| self.get(number))
            .copied()
            .collect()
    }

    /// The words of a list, numbered as they stand.
    pub(super) fn from_list(list: &[Word]) -> Self {
        let words = Self::default();
        for word in list {
            words.number(word);
        }
        words
    }

    /// Bytes taken, without the map's own overhead.
    pub(super) fn bytes(&self) -> usize {
        let shelves = self.shelves.iter().filter_map(OnceLock::get);
        let slots: usize = shelves.map(|shelf| shelf.len()).sum();
        let known = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        slots * size_of::<OnceLock<Word>>() + known.capacity() * size_of::<(Word, u32)>()
    }
}

/// The shelf of a number, and its place there.
const fn shelf_of(number: u32) -> (usize, usize) {
    let whole = number as u64 + FIRST_SHELF as u64;
    let shelf = whole.ilog2() - FIRST_SHELF.ilog2();
    let place = whole - ((FIRST_SHELF as u64) << shelf);
    (shelf as usize, place as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number_over_all_shelves() {
        let words = Words::default();
        let refusal = |times| Word::Refusal {
            kind: RefusalKind::OptedOut,
            scope: Scope::EVERYTHING,
            times,
        };
        for times in 0..2_000 {
            assert_eq!(words.number(&refusal(times)), times);
        }
        for times in 0..2_000 {
            assert_eq!(words.number(&refusal(times)), times);
            assert_eq!(words.get(times), Some(&refusal(times)));
        }
        assert_eq!(words.get(2_000), None);
        assert_eq!(words.get(u32::MAX), None);
        let again = Words::from_list(&words.all());
        assert_eq!(again.all(), words.all());
    }
}
