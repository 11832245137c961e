//! The rules of a policy, one module for each subject.
//!
//! A rule looks at items that have the right form and tells what is wrong at its place; none ends
//! the look. Where a law asks for it, `sentences.toml` names the article. Start at [`all`].

mod basis;
mod controller;
mod dpia;
mod field;
mod form;
mod frequency;
mod purpose;
mod sender;
mod sensitive;

use std::collections::{BTreeMap, BTreeSet};

use izin_core::Timestamp;
use izin_core::policy::Text;

use super::code::Code;
use super::draft::{Draft, Items};
use super::found::{Found, word};
use super::shape;
use super::tree::Node;

/// Looks at everything, as the law stands at `now`.
pub(super) fn all(draft: &Draft<'_>, now: Timestamp, found: &mut Found) {
    controller::check(draft, found);
    purpose::check(draft, now, found);
    basis::check(draft, now, found);
    sensitive::check(draft, found);
    dpia::check(draft, now, found);
    field::check(draft, found);
    form::check(draft, found);
    frequency::check(draft, found);
    sender::check(draft, found);
}

/// A text that people read: there in both languages.
fn text(item: &Node<'_>, key: &str, text: &Text, found: &mut Found) {
    let node = item.key(key);
    for (language, text) in [("id", &text.id), ("en", &text.en)] {
        filled(
            &node.key(language),
            &format!("{key}.{language}"),
            text,
            found,
        );
    }
}

/// A text that stands in messages or beside a control: there in both languages, on one line.
fn line(item: &Node<'_>, key: &str, said: &Text, found: &mut Found) {
    text(item, key, said, found);
    let node = item.key(key);
    for (language, text) in [("id", &said.id), ("en", &said.en)] {
        one_line(
            &node.key(language),
            &format!("{key}.{language}"),
            text,
            found,
        );
    }
}

/// A text of one language, on one line.
fn plain_line(item: &Node<'_>, key: &str, text: &str, found: &mut Found) {
    filled(&item.key(key), key, text, found);
    one_line(&item.key(key), key, text, found);
}

fn filled(node: &Node<'_>, key: &str, text: &str, found: &mut Found) {
    if text.trim().is_empty() {
        found.tell(Code::EmptyText, node, &[word("key", key)]);
    }
}

fn one_line(node: &Node<'_>, key: &str, text: &str, found: &mut Found) {
    if text.chars().any(char::is_control) {
        found.tell(Code::NotOneLine, node, &[word("key", key)]);
    }
}

/// Names, or whatever else stands under a key, must differ.
fn unique<T>(items: &Items<'_, T>, key: &str, found: &mut Found) {
    let mut seen: BTreeMap<&str, Node<'_>> = BTreeMap::new();
    for item in &items.nodes {
        let node = item.key(key);
        let Some(name) = node.text() else {
            continue;
        };
        if let Some(first) = seen.get(name) {
            let (line, _) = first.source().line_and_column(first.span().start);
            found.tell(
                Code::DeclaredTwice,
                &node,
                &[word("name", name), word("line", line)],
            );
        } else {
            seen.insert(name, node);
        }
    }
}

/// A list that names something twice.
fn once(item: &Node<'_>, key: &str, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for node in item.key(key).items() {
        if let Some(name) = node.text().filter(|name| !seen.insert(*name)) {
            found.tell(
                Code::SaidTwice,
                &node,
                &[word("name", name), word("key", key)],
            );
        }
    }
}

/// What may be referred to.
struct Known<'a> {
    names: BTreeSet<&'a str>,
    whole: bool,
}

impl<'a> Known<'a> {
    fn of<T>(items: &Items<'a, T>) -> Self {
        Self {
            names: items.names("id"),
            whole: items.whole,
        }
    }

    /// Tells a name that nothing declares, and answers whether there was none such; of a file
    /// that could not be read nothing is told.
    fn resolve(&self, node: &Node<'_>, key: &str, found: &mut Found) -> bool {
        let Some(name) = node.text() else {
            return true;
        };
        if !self.whole || self.names.contains(name) {
            return true;
        }
        if found.is_full() {
            found.tell(Code::UnknownName, node, &[]);
            return false;
        }
        let known: Vec<&str> = self.names.iter().copied().collect();
        let words = [
            word("name", name),
            word("key", key),
            ("hint", shape::hint(name, &known)),
        ];
        found.tell(Code::UnknownName, node, &words);
        false
    }

    fn resolve_each(&self, item: &Node<'_>, key: &str, found: &mut Found) {
        for node in item.key(key).items() {
            self.resolve(&node, key, found);
        }
    }
}

/// A term of the Data Privacy Vocabulary: one of those that a record may hold.
fn term(node: &Node<'_>, text: &str, (known, example): (Vec<&str>, &str), found: &mut Found) {
    if known.contains(&text) {
        return;
    }
    if found.is_full() {
        found.tell(Code::BadTerm, node, &[]);
        return;
    }
    let words = [
        word("name", text),
        word("example", example),
        ("hint", shape::hint(text, &known)),
    ];
    found.tell(Code::BadTerm, node, &words);
}
