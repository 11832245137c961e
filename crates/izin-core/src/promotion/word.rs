//! Plain words with their places: what the phrases of the table are compared with.
//!
//! Letters come in one by one from [`super::markup`]; numbers, percentages and amounts of money
//! become one word each, however they are written (`Rp. 100.000`, `Rp100.000`, `20 %`).

use std::ops::Range;

use super::fold::{Folded, fold};

/// What a word is besides its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Letters,
    Number,
    Percent,
    /// `Rp`, `$`: becomes an amount with the number that follows.
    Currency,
    Amount,
    /// `2x`, `x2`.
    Count,
}

/// One word.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Where its plain letters stand in [`Text::folded`].
    letters: Range<usize>,
    /// Where it stands in the content, in bytes.
    pub(super) at: Range<usize>,
    /// Number of its sentence or block; phrases stay within one.
    pub(super) sentence: usize,
    pub(super) shape: Shape,
    /// Written like a code: capitals and digits only, at least [`CODE_LETTERS_MIN`].
    pub(super) is_code: bool,
    /// A minus stands before it.
    pub(super) minus: bool,
}

/// What stands between words and matters for products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Link,
    TableOpen,
    TableClose,
}

/// What a person sees of the content.
#[derive(Debug, Default)]
pub(super) struct Text {
    folded: String,
    pub(super) words: Vec<Word>,
    /// Each mark with the number of words before it.
    pub(super) marks: Vec<(usize, Mark)>,
}

impl Text {
    /// The plain letters of a word.
    pub(super) fn letters(&self, word: &Word) -> &str {
        self.folded.get(word.letters.clone()).unwrap_or_default()
    }

    /// The place in the content of the words numbered `words`.
    pub(super) fn place(&self, words: &Range<usize>) -> Option<Range<usize>> {
        let words = self.words.get(words.clone())?;
        let start = words.first()?.at.start;
        Some(start..words.last()?.at.end.max(start))
    }
}

/// The fewest letters that make a code; shorter capitals are mostly abbreviations.
const CODE_LETTERS_MIN: usize = 4;

/// Abbreviations of currencies, which stand before the number.
const CURRENCIES: [&str; 6] = ["rp", "idr", "usd", "sgd", "eur", "gbp"];

/// Words for a hundredth, which make the number before them a percentage.
const PERCENT: [&str; 3] = ["%", "persen", "percent"];

/// A word that is being read.
#[derive(Debug)]
struct Open {
    start: usize,
    at: Range<usize>,
    capital: bool,
    small: bool,
    minus: bool,
}

/// Collects letters into words.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: Text,
    open: Option<Open>,
    sentence: usize,
    /// A full stop, ! or ? was read; white space after it ends the sentence.
    stopped: bool,
    minus: bool,
    /// A point or comma after a digit: part of the number if a digit follows.
    separator: Option<char>,
}

impl Writer {
    /// Takes a character that stands at `at` in the content.
    pub(super) fn push(&mut self, c: char, at: &Range<usize>) {
        fold(c, |folded| self.put(folded, at));
    }

    /// Ends the word.
    pub(super) fn space(&mut self) {
        self.end_number();
        self.close();
        if self.stopped {
            self.end_sentence();
        }
        if !self.is_fresh() {
            self.minus = false;
        }
    }

    /// Ends the sentence, as a cell, paragraph or heading does.
    pub(super) fn end_sentence(&mut self) {
        self.end_number();
        self.close();
        self.stopped = false;
        self.minus = false;
        self.sentence = self.sentence.saturating_add(1);
    }

    /// Notes what stands here.
    pub(super) fn mark(&mut self, mark: Mark) {
        self.space();
        self.text.marks.push((self.text.words.len(), mark));
    }

    /// What was read.
    pub(super) fn finish(mut self) -> Text {
        self.end_sentence();
        self.text
    }

    fn put(&mut self, folded: Folded, at: &Range<usize>) {
        let c = folded.letter;
        if let Some(separator) = self.separator.take() {
            if c.is_ascii_digit() {
                self.text.folded.push(separator);
            } else {
                self.separator = Some(separator);
                self.end_number();
            }
        }
        match c {
            '\'' => {}
            '.' | ',' if self.ends_with_digit() => self.separator = Some(c),
            '.' => self.stop(),
            '!' | '?' => {
                self.close();
                self.stopped = true;
            }
            '-' => {
                self.close();
                self.minus = true;
            }
            '%' | '$' | '€' | '£' | '¥' => {
                self.close();
                self.letter(folded, at);
                self.close();
            }
            _ if c.is_whitespace() => self.space(),
            _ if c.is_alphanumeric() => self.letter(folded, at),
            _ => {
                self.close();
                self.minus = false;
            }
        }
    }

    /// A full stop; the one of `Rp.` ends nothing.
    fn stop(&mut self) {
        self.close();
        let last = self.text.words.last();
        self.stopped = last.is_none_or(|word| word.shape != Shape::Currency);
    }

    /// The point or comma that was held back is none of the number's.
    fn end_number(&mut self) {
        match self.separator.take() {
            Some('.') => self.stop(),
            Some(_) => self.close(),
            None => {}
        }
    }

    fn letter(&mut self, folded: Folded, at: &Range<usize>) {
        if folded.letter.is_ascii_digit() && self.spells_currency() {
            self.close();
        }
        self.stopped = false;
        let start = self.text.folded.len();
        let minus = self.minus;
        let open = self.open.get_or_insert_with(|| Open {
            start,
            at: at.clone(),
            capital: false,
            small: false,
            minus,
        });
        self.minus = false;
        open.at.end = at.end;
        open.capital |= folded.capital;
        open.small |= folded.letter.is_alphabetic() && !folded.capital;
        self.text.folded.push(folded.letter);
    }

    fn opened(&self) -> &str {
        let open = self.open.as_ref();
        open.and_then(|open| self.text.folded.get(open.start..))
            .unwrap_or_default()
    }

    fn ends_with_digit(&self) -> bool {
        self.opened().ends_with(|c: char| c.is_ascii_digit())
    }

    fn spells_currency(&self) -> bool {
        CURRENCIES.contains(&self.opened())
    }

    /// Whether nothing of this sentence was written yet.
    fn is_fresh(&self) -> bool {
        let last = self.text.words.last();
        last.is_none_or(|word| word.sentence != self.sentence)
    }

    fn close(&mut self) {
        let shape = shape(self.opened());
        let is_long = self.opened().chars().nth(CODE_LETTERS_MIN - 1).is_some();
        let Some(open) = self.open.take() else {
            return;
        };
        let word = Word {
            letters: open.start..self.text.folded.len(),
            at: open.at,
            sentence: self.sentence,
            shape,
            is_code: open.capital && !open.small && is_long,
            minus: open.minus,
        };
        if !self.joins(&word) {
            self.text.words.push(word);
        }
    }

    /// Makes one word of a currency and its number, or of a number and its percent sign.
    fn joins(&mut self, word: &Word) -> bool {
        let letters = self.text.folded.get(word.letters.clone());
        let letters = letters.unwrap_or_default();
        let is_percent = PERCENT.contains(&letters);
        let has_digits = letters.starts_with(|c: char| c.is_ascii_digit());
        let Some(last) = self.text.words.last_mut() else {
            return false;
        };
        let shape = match last.shape {
            Shape::Currency if has_digits => Shape::Amount,
            Shape::Number if is_percent && last.sentence == word.sentence => Shape::Percent,
            _ => return false,
        };
        last.shape = shape;
        last.letters.end = word.letters.end;
        last.at.end = last.at.end.max(word.at.end);
        last.minus |= word.minus;
        true
    }
}

fn shape(letters: &str) -> Shape {
    let rest = letters.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let starts_with_digit = rest.len() < letters.len();
    let after_x = letters.strip_prefix('x').unwrap_or_default();
    match rest {
        "" if starts_with_digit => Shape::Number,
        "x" if starts_with_digit => Shape::Count,
        "rb" | "ribu" | "jt" if starts_with_digit => Shape::Amount,
        "$" | "€" | "£" | "¥" => Shape::Currency,
        _ if CURRENCIES.contains(&letters) => Shape::Currency,
        _ if !after_x.is_empty() && after_x.bytes().all(|byte| byte.is_ascii_digit()) => {
            Shape::Count
        }
        _ => Shape::Letters,
    }
}
