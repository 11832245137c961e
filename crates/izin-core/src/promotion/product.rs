//! Finds blocks of products on offer: links with prices that are not lines of an order.
//!
//! A line of an order shows its quantity, stands in a table with columns of an order, or is
//! followed by the total. Links and prices are paired as they come, each used once.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

use super::phrase::Hit;
use super::table::Meaning;
use super::word::{Mark, Shape, Text};
use super::{Finding, Kind};

/// The fewest priced links that make a block; one alone may be the thing a message is about.
const PRODUCTS_MIN: usize = 2;

/// How far a price may stand from its link, in words.
const PAIR_WORDS: usize = 12;

/// How far a quantity may stand from the link or price that it counts, in words.
const QUANTITY_WORDS: usize = 6;

/// How far a label such as "total" may stand before its amount, in words.
const LABEL_WORDS: usize = 4;

/// How far two products of a block, or an order's last line and its total, may stand apart.
const RUN_WORDS: usize = 40;

/// The blocks of products in `text`; `hits` are the table's phrases found in it.
pub(super) fn blocks(text: &Text, hits: &[Hit]) -> Vec<Finding> {
    let mut walk = Walk::new(text);
    let mut marks = text.marks.iter().peekable();
    let mut labels = hits.iter().peekable();
    for (at, word) in text.words.iter().enumerate() {
        walk.marks_before(at, &mut marks);
        while let Some(hit) = labels.next_if(|hit| hit.words.start <= at) {
            walk.label(hit);
        }
        match word.shape {
            Shape::Amount => walk.price(at, word.minus),
            Shape::Count => walk.quantity(at),
            _ => {}
        }
    }
    walk.marks_before(text.words.len(), &mut marks);
    walk.end_run();
    walk.found
}

struct Walk<'a> {
    text: &'a Text,
    found: Vec<Finding>,
    /// Priced links that may be a block, as word numbers.
    run: Vec<Range<usize>>,
    link: Option<usize>,
    price: Option<usize>,
    /// A quantity whose amounts are still to come.
    counted: Option<usize>,
    label: Option<(Meaning, usize)>,
    /// For each table around this place, whether it is an order's.
    tables: Vec<bool>,
}

impl<'a> Walk<'a> {
    const fn new(text: &'a Text) -> Self {
        Self {
            text,
            found: Vec::new(),
            run: Vec::new(),
            link: None,
            price: None,
            counted: None,
            label: None,
            tables: Vec::new(),
        }
    }

    fn marks_before(&mut self, word: usize, marks: &mut Peekable<Iter<'_, (usize, Mark)>>) {
        while let Some((_, mark)) = marks.next_if(|(at, _)| *at <= word) {
            match mark {
                Mark::Link => self.link(word),
                Mark::TableOpen => self.tables.push(self.is_in_order()),
                Mark::TableClose => {
                    self.tables.pop();
                }
            }
        }
    }

    fn is_in_order(&self) -> bool {
        self.tables.last().copied().unwrap_or_default()
    }

    fn label(&mut self, hit: &Hit) {
        match hit.meaning {
            Meaning::Total | Meaning::Charge => {
                let keeps_total = self.labelled(hit.words.start) == Some(Meaning::Total);
                let meaning = if keeps_total {
                    Meaning::Total
                } else {
                    hit.meaning
                };
                self.label = Some((meaning, hit.words.end));
            }
            Meaning::Quantity => self.quantity(hit.words.start),
            Meaning::Column if self.is_whole_cell(&hit.words) => {
                if let Some(table) = self.tables.last_mut() {
                    *table = true;
                }
            }
            _ => {}
        }
    }

    /// The label that the word numbered `at` belongs to.
    fn labelled(&self, at: usize) -> Option<Meaning> {
        let (meaning, end) = self.label?;
        is_near(end, at, LABEL_WORDS).then_some(meaning)
    }

    /// Whether these words stand alone, as the head of a column does.
    fn is_whole_cell(&self, words: &Range<usize>) -> bool {
        let sentence = |at: usize| self.text.words.get(at).map(|word| word.sentence);
        let own = sentence(words.start);
        let before = words.start.checked_sub(1).and_then(sentence);
        before != own && sentence(words.end) != own
    }

    fn link(&mut self, at: usize) {
        self.label = None;
        self.counted = None;
        self.link = Some(at);
        if let Some(price) = self
            .price
            .take()
            .filter(|price| is_near(*price, at, PAIR_WORDS))
        {
            self.product(price..at.saturating_add(1));
        }
    }

    fn price(&mut self, at: usize, minus: bool) {
        let label = self.labelled(at);
        self.label = None;
        match label {
            Some(Meaning::Total) => return self.total(at),
            Some(_) => return,
            None if minus || self.is_in_order() => return,
            None => {}
        }
        if self
            .counted
            .is_some_and(|counted| is_near(counted, at, QUANTITY_WORDS))
        {
            return;
        }
        match self.link.filter(|link| is_near(*link, at, PAIR_WORDS)) {
            Some(link) => self.product(link..at.saturating_add(1)),
            None => self.price = Some(at),
        }
    }

    /// The link or price before, if near, is a line of the order, and so is the price after.
    fn quantity(&mut self, at: usize) {
        self.counted = Some(at);
        self.link = None;
        self.price = None;
        let is_counted = |line: &mut Range<usize>| is_near(line.end, at, QUANTITY_WORDS);
        self.run.pop_if(is_counted);
    }

    /// What stands shortly before a total was summed up in it.
    fn total(&mut self, at: usize) {
        self.price = None;
        if self.is_near_run(at) {
            self.run.clear();
        }
        if let Some(table) = self.tables.last_mut() {
            *table = false;
        }
    }

    fn product(&mut self, words: Range<usize>) {
        self.link = None;
        self.price = None;
        if !self.is_near_run(words.start) {
            self.end_run();
        }
        self.run.push(words);
    }

    fn is_near_run(&self, at: usize) -> bool {
        let last = self.run.last();
        last.is_some_and(|last| is_near(last.end, at, RUN_WORDS))
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return;
        };
        let last_word = self.text.words.len().min(last.end);
        if run.len() >= PRODUCTS_MIN
            && let Some(at) = self.text.place(&(first.start..last_word))
        {
            let kind = Kind::ProductBlock;
            self.found.push(Finding { kind, at });
        }
    }
}

const fn is_near(from: usize, to: usize, words: usize) -> bool {
    to.saturating_sub(from) <= words
}
