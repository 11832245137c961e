//! What words come to in one matter. Many people agreed to the same, so in a batch a word is weighed
//! once and not again for each of them.

use std::cell::{Cell, OnceCell};

use izin_core::decision::{Matter, Weight};
use izin_core::{Consent, Seq, Timestamp};

use super::words::{Word, Words};

/// Words remembered in a batch, by the lowest bits of their numbers: what people of one shop agree
/// to on one channel is far less.
const REMEMBERED: usize = 1_024;

/// A word's number, and what it comes to; no word has the highest number.
type Known = (u32, Option<Weight>);
const NOT_YET: Known = (u32::MAX, None);

/// Words, and one matter to weigh them in.
pub(super) struct Weights<'a> {
    pub(super) words: &'a Words,
    pub(super) matter: Matter<'a>,
    /// From when on what was sent counts, once somebody was sent anything.
    sends_from: OnceCell<Timestamp>,
    known: Vec<Cell<Known>>,
}

impl<'a> Weights<'a> {
    /// For one person: nothing is worth remembering.
    pub(super) const fn once(words: &'a Words, matter: Matter<'a>) -> Self {
        let known = Vec::new();
        Self {
            words,
            matter,
            sends_from: OnceCell::new(),
            known,
        }
    }

    /// For a batch.
    pub(super) fn often(words: &'a Words, matter: Matter<'a>) -> Self {
        Self {
            known: vec![Cell::new(NOT_YET); REMEMBERED],
            ..Self::once(words, matter)
        }
    }

    /// What the consents of a word come to, for somebody who may have `moved` the dial or never has;
    /// `None`: the matter passes them over.
    pub(super) fn of(&self, word: u32, moved: bool) -> Option<Weight> {
        let Some(known) = self.known.get(word as usize % REMEMBERED) else {
            return self.weigh(word, moved);
        };
        let (number, weight) = known.get();
        if number == word {
            return weight;
        }
        let weight = self.weigh(word, true);
        known.set((word, weight));
        weight
    }

    /// From when on what was sent counts, for somebody who set no limit of their own.
    pub(super) fn sends_from(&self) -> Timestamp {
        let from = || self.matter.counts_sends_from();
        *self.sends_from.get_or_init(from)
    }

    fn weigh(&self, word: u32, moved: bool) -> Option<Weight> {
        match self.words.get(word) {
            Some(Word::Consent { purpose, .. }) if !self.matter.is_about(purpose, moved) => None,
            _ => self.matter.weigh(&consent_of(self.words, word)?),
        }
    }
}

/// A consent of a word, with nothing of whose, when and for which address.
pub(super) fn consent_of(words: &Words, word: u32) -> Option<Consent> {
    let Some(Word::Consent {
        purpose,
        channel,
        topic,
        evidence,
        policy,
        manner,
        renewed,
        mark,
    }) = words.get(word)
    else {
        debug_assert!(false, "a consent's word is a consent");
        return None;
    };
    Some(Consent {
        purpose: *purpose,
        channel: *channel,
        topic: *topic,
        identifier: None,
        seq: Seq::default(),
        occurred_at: Timestamp::default(),
        evidence: *evidence,
        policy: *policy,
        manner: *manner,
        own_words: [None; 2],
        renewed: *renewed,
        mark: *mark,
    })
}
