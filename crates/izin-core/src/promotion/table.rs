//! The phrases of `data/promotion.toml`, read once. The file's head tells how to write one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Kind;
use super::word::{Shape, Text, Word};
use crate::Language;

/// The table compiled in; a test makes sure that it reads.
pub(super) static TABLE: LazyLock<Result<Table, TableError>> =
    LazyLock::new(|| Table::parse(include_str!("../../data/promotion.toml")));

/// The most words a `*` stands for. More would join phrases that have nothing to do with each
/// other.
const GAP_WORDS_MAX: usize = 5;

/// The most `*` in a phrase; each multiplies the work by [`GAP_WORDS_MAX`].
const GAPS_MAX: usize = 2;

/// Why the table does not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum TableError {
    /// Not the expected TOML.
    #[error("the table of promotional phrases cannot be read")]
    Toml(#[from] toml::de::Error),
    /// A phrase that cannot be looked for.
    #[error(
        "`{0}` is not a phrase; phrases are small letters and digits with |, *, #, #x, %, $ and @, begin with a word or a class and hold at most two *"
    )]
    Phrase(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    phrases: BTreeMap<Language, Vec<Group>>,
    refusing: BTreeMap<Language, Vec<String>>,
    order: Order,
}

/// Phrases of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) applied: Applied,
    find: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

/// What shows that a discount was given already, as a line of an order summary does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Applied {
    /// Nothing.
    #[default]
    Never,
    /// An amount with a minus soon after.
    Minus,
    /// That, or any amount directly after.
    Amount,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    quantity: Vec<String>,
    column: Vec<String>,
    total: Vec<String>,
    charge: Vec<String>,
}

/// What a phrase means where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// Promotion of the group with this number.
    Promotes(usize),
    /// Phrases of this group mean no promotion here.
    Excuses(usize),
    /// This sentence tells what will *not* be sent.
    Refuses,
    /// How many were ordered.
    Quantity,
    /// A column that tables of orders have.
    Column,
    /// The sum of an order.
    Total,
    /// An amount that is not a product's price.
    Charge,
}

/// A phrase to look for.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) meaning: Meaning,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Word(Vec<Spelling>),
    Gap,
    Shape(Shape),
    Code,
}

#[derive(Debug)]
struct Spelling {
    letters: String,
    /// Any letters may follow.
    is_open: bool,
}

/// All phrases, with an index by what they begin with.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) groups: Vec<Group>,
    phrases: Vec<Phrase>,
    /// Numbers of phrases by a first word that is fixed.
    by_word: BTreeMap<String, Vec<usize>>,
    /// Numbers of phrases by the first [`STEM_BYTES`] of a first word with any ending.
    by_stem: BTreeMap<String, Vec<usize>>,
    /// Numbers of phrases that begin with a number, an amount or the like.
    by_shape: Vec<usize>,
}

/// How much of a word with any ending is looked up, in bytes; the shortest such word has these.
const STEM_BYTES: usize = 3;

impl Table {
    fn parse(text: &str) -> Result<Self, TableError> {
        let file: File = toml::from_str(text)?;
        let mut table = Self::default();
        for (number, group) in file.phrases.values().flatten().enumerate() {
            table.add(Meaning::Promotes(number), &group.find)?;
            table.add(Meaning::Excuses(number), &group.unless)?;
        }
        for phrases in file.refusing.values() {
            table.add(Meaning::Refuses, phrases)?;
        }
        table.add(Meaning::Quantity, &file.order.quantity)?;
        table.add(Meaning::Column, &file.order.column)?;
        table.add(Meaning::Total, &file.order.total)?;
        table.add(Meaning::Charge, &file.order.charge)?;
        table.groups = file.phrases.into_values().flatten().collect();
        Ok(table)
    }

    fn add(&mut self, meaning: Meaning, phrases: &[String]) -> Result<(), TableError> {
        for text in phrases {
            let parts: Option<Vec<Part>> = text.split(' ').map(Part::parse).collect();
            let parts = parts.filter(|parts| is_sound(parts));
            let parts = parts.ok_or_else(|| TableError::Phrase(text.clone()))?;
            self.index(parts.first());
            self.phrases.push(Phrase { meaning, parts });
        }
        Ok(())
    }

    /// Puts the number of the next phrase where each spelling of its first part finds it.
    fn index(&mut self, first: Option<&Part>) {
        let number = self.phrases.len();
        let Some(Part::Word(spellings)) = first else {
            return self.by_shape.push(number);
        };
        for spelling in spellings {
            let place = if spelling.is_open {
                let stem = spelling.letters.chars().take(STEM_BYTES).collect();
                self.by_stem.entry(stem)
            } else {
                self.by_word.entry(spelling.letters.clone())
            };
            let numbers = place.or_default();
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
    }

    /// The phrases that may begin with `word`, spelled `letters`.
    pub(super) fn candidates(&self, word: &Word, letters: &str) -> impl Iterator<Item = &Phrase> {
        let stem = letters
            .get(..STEM_BYTES)
            .and_then(|stem| self.by_stem.get(stem));
        let shaped = word.shape != Shape::Letters || word.is_code;
        let by_shape = shaped.then_some(&self.by_shape);
        let named = self.by_word.get(letters);
        let numbers = named.into_iter().chain(stem).chain(by_shape).flatten();
        numbers.filter_map(|number| self.phrases.get(*number))
    }
}

/// Begins and ends with something to look for and does not look too far.
fn is_sound(parts: &[Part]) -> bool {
    let is_gap = |part: &&Part| matches!(part, Part::Gap);
    let edge = parts.first().into_iter().chain(parts.last());
    !edge.into_iter().any(|part| is_gap(&part)) && parts.iter().filter(is_gap).count() <= GAPS_MAX
}

impl Part {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "*" => Self::Gap,
            "#" => Self::Shape(Shape::Number),
            "#x" => Self::Shape(Shape::Count),
            "%" => Self::Shape(Shape::Percent),
            "$" => Self::Shape(Shape::Amount),
            "@" => Self::Code,
            _ => Self::Word(
                text.split('|')
                    .map(Spelling::parse)
                    .collect::<Option<_>>()?,
            ),
        })
    }

    fn is(&self, word: &Word, letters: &str) -> bool {
        match self {
            Self::Word(spellings) => spellings.iter().any(|spelling| spelling.is(letters)),
            Self::Gap => true,
            Self::Shape(shape) => word.shape == *shape,
            Self::Code => word.is_code && word.shape == Shape::Letters,
        }
    }
}

impl Spelling {
    fn parse(text: &str) -> Option<Self> {
        let letters = text.strip_suffix('*').unwrap_or(text);
        let is_open = letters.len() < text.len();
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes_min = if is_open { STEM_BYTES } else { 1 };
        (letters.len() >= bytes_min && letters.bytes().all(is_plain)).then(|| Self {
            letters: letters.to_owned(),
            is_open,
        })
    }

    fn is(&self, letters: &str) -> bool {
        if self.is_open {
            letters.starts_with(&self.letters)
        } else {
            letters == self.letters
        }
    }
}

impl Phrase {
    /// How many of `words`, from the first, spell this phrase within one sentence.
    pub(super) fn spelled_by(&self, text: &Text, words: &[Word]) -> Option<usize> {
        let sentence = words.first()?.sentence;
        spelled(&self.parts, text, words, sentence)
    }
}

fn spelled(parts: &[Part], text: &Text, words: &[Word], sentence: usize) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else {
        return Some(0);
    };
    if matches!(part, Part::Gap) {
        return (0..=GAP_WORDS_MAX).find_map(|skipped| {
            let len = spelled(rest, text, words.get(skipped..)?, sentence)?;
            Some(len.saturating_add(skipped))
        });
    }
    let (word, after) = words.split_first()?;
    if word.sentence != sentence || !part.is(word, text.letters(word)) {
        return None;
    }
    Some(spelled(rest, text, after, sentence)?.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_that_cannot_be_looked_for_is_refused() {
        for text in [
            "",
            "*",
            "* kode",
            "kode *",
            "Kode",
            "a  b",
            "a|",
            "ab*",
            "a * b * c * d",
            "é",
        ] {
            let toml = format!(
                "refusing = {{}}\norder = {{ quantity = [\"{text}\"], column = [], total = [], charge = [] }}\n[phrases]"
            );
            let refused = Table::parse(&toml);
            assert!(matches!(refused, Err(TableError::Phrase(_))), "{text}");
        }
    }

    #[test]
    fn the_table_reads_and_knows_every_kind_of_phrase_in_both_languages() {
        assert!(TABLE.is_ok(), "{:?}", TABLE.as_ref().err());
        let file: File = toml::from_str(include_str!("../../data/promotion.toml")).unwrap();
        for language in Language::ALL {
            assert!(!file.refusing[&language].is_empty());
            for kind in Kind::ALL {
                let is_known = file.phrases[&language]
                    .iter()
                    .any(|group| group.kind == kind);
                let is_phrase = !matches!(kind, Kind::ProductBlock | Kind::Unread);
                assert_eq!(is_known, is_phrase, "{language} {kind:?}");
            }
        }
    }
}
