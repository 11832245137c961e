//! Looks for the table's phrases, and leaves alone what the sentence around them excuses.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Finding;
use super::table::{Applied, Meaning, Table};
use super::word::{Shape, Text, Word};

/// How far from a phrase an excuse counts, in words of the same sentence.
const EXCUSE_WORDS: usize = 16;

/// How soon after a discount's name the amount stands that was taken off, in words.
const APPLIED_WORDS: usize = 5;

/// A phrase of the table at its place.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) meaning: Meaning,
    /// Numbers of its words.
    pub(super) words: Range<usize>,
}

/// Every phrase of the table in `text`, in the order of their first words.
pub(super) fn hits(table: &Table, text: &Text) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (start, word) in text.words.iter().enumerate() {
        let words = text.words.get(start..).unwrap_or_default();
        hits.extend(
            table
                .candidates(word, text.letters(word))
                .filter_map(|phrase| {
                    let len = phrase.spelled_by(text, words)?;
                    Some(Hit {
                        meaning: phrase.meaning,
                        words: start..start.saturating_add(len),
                    })
                }),
        );
    }
    hits
}

/// The hits that promote, without those that their sentence excuses.
pub(super) fn promotion(table: &Table, text: &Text, hits: &[Hit]) -> Vec<Finding> {
    let excuses = Excuses::of(hits);
    let finding = |hit: &Hit| {
        let Meaning::Promotes(number) = hit.meaning else {
            return None;
        };
        let group = table.groups.get(number)?;
        let is_excused = [Meaning::Excuses(number), Meaning::Refuses]
            .into_iter()
            .any(|meaning| excuses.reach(meaning, hit, text));
        let is_kept = !is_excused && !was_applied(group.applied, text, hit);
        let at = text.place(&hit.words)?;
        is_kept.then_some(Finding {
            kind: group.kind,
            at,
        })
    };
    hits.iter().filter_map(finding).collect()
}

/// First words of the excuses, in order.
struct Excuses(BTreeMap<Meaning, Vec<usize>>);

impl Excuses {
    fn of(hits: &[Hit]) -> Self {
        let mut starts: BTreeMap<Meaning, Vec<usize>> = BTreeMap::new();
        for hit in hits {
            starts.entry(hit.meaning).or_default().push(hit.words.start);
        }
        Self(starts)
    }

    /// Whether an excuse of this meaning stands near `hit`, in its sentence.
    fn reach(&self, meaning: Meaning, hit: &Hit, text: &Text) -> bool {
        let starts = self.0.get(&meaning).map(Vec::as_slice).unwrap_or_default();
        let from = hit.words.start.saturating_sub(EXCUSE_WORDS);
        let to = hit.words.end.saturating_add(EXCUSE_WORDS);
        let sentence = |word: usize| text.words.get(word).map(|word| word.sentence);
        let first = starts.partition_point(|start| *start < from);
        starts
            .iter()
            .skip(first)
            .take_while(|start| **start < to)
            .any(|start| sentence(*start) == sentence(hit.words.start))
    }
}

/// Whether the discount was given already: the amount it took off stands after it.
fn was_applied(applied: Applied, text: &Text, hit: &Hit) -> bool {
    let after = text.words.get(hit.words.end..).unwrap_or_default();
    let is_amount = |word: &Word| word.shape == Shape::Amount;
    let is_sum =
        |word: &Word| word.shape == Shape::Number && text.letters(word).contains(['.', ',']);
    let takes_off = |word: &Word| word.minus && (is_amount(word) || is_sum(word));
    match applied {
        Applied::Never => false,
        Applied::Minus => after.iter().take(APPLIED_WORDS).any(takes_off),
        Applied::Amount => {
            after.first().is_some_and(is_amount) || after.iter().take(APPLIED_WORDS).any(takes_off)
        }
    }
}
