//! The folder as it was understood: each item that has the right form, with its place.
//!
//! Items with a fault are left out, so that one does not hide another; their names stay known, so
//! that nothing that refers to them is called unknown. Start at [`Draft::of`].

use std::collections::BTreeSet;

use izin_core::policy::{
    Cap, Category, Controller, Dpia, Field, Form, Hours, Notice, Purpose, Recipient, Sender, Topic,
};
use izin_core::{Language, Policy};
use serde::de::DeserializeOwned;
use toml::de::{DeValue, ValueDeserializer};

use super::code::Code;
use super::found::{Found, word};
use super::shape::{self, FILES, FileShape, Part};
use super::tree::{Node, Tree};

/// The most items of a sort: more than any shop has, few enough to look through at once.
const ITEMS_MAX: usize = 1_000;

/// An item with its place.
pub(super) struct Declared<'a, T> {
    pub(super) value: T,
    pub(super) node: Node<'a>,
}

/// Every item of a sort.
pub(super) struct Items<'a, T> {
    /// Those that could be read.
    pub(super) list: Vec<Declared<'a, T>>,
    /// Every table of the sort, also those that could not.
    pub(super) nodes: Vec<Node<'a>>,
    /// Whether the file they stand in was read whole.
    pub(super) whole: bool,
}

impl<'a, T> Items<'a, T> {
    /// The items that could be read, as they are.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.list.iter().map(|item| &item.value)
    }

    /// The names under a key, as they were written.
    pub(super) fn names(&self, key: &str) -> BTreeSet<&'a str> {
        let names = self.nodes.iter().filter_map(|node| node.key(key).text());
        names.collect()
    }

    fn into_values(self) -> Vec<T> {
        self.list.into_iter().map(|item| item.value).collect()
    }
}

/// The folder as it was understood.
pub(super) struct Draft<'a> {
    pub(super) controller: Items<'a, Controller>,
    pub(super) purposes: Items<'a, Purpose>,
    pub(super) fields: Items<'a, Field>,
    pub(super) recipients: Items<'a, Recipient>,
    pub(super) notice: Items<'a, Notice>,
    pub(super) forms: Items<'a, Form>,
    pub(super) topics: Items<'a, Topic>,
    pub(super) caps: Items<'a, Cap>,
    pub(super) hours: Items<'a, Hours>,
    pub(super) senders: Items<'a, Sender>,
    pub(super) categories: Items<'a, Category>,
    pub(super) dpias: Items<'a, Dpia>,
}

impl<'a> Draft<'a> {
    /// Understands the files as far as they can be; faults of form are found.
    pub(super) fn of(trees: &'a [Tree<'a>], found: &mut Found) -> Self {
        for tree in trees {
            strangers(tree, found);
        }
        Self {
            controller: items(trees, "controller", found),
            purposes: items(trees, "purpose", found),
            fields: items(trees, "field", found),
            recipients: items(trees, "recipient", found),
            notice: items(trees, "notice", found),
            forms: items(trees, "form", found),
            topics: items(trees, "topic", found),
            caps: items(trees, "cap", found),
            hours: items(trees, "hours", found),
            senders: items(trees, "sender", found),
            categories: items(trees, "category", found),
            dpias: items(trees, "dpia", found),
        }
    }

    /// The first language of the controller, also of one that has faults elsewhere.
    pub(super) fn language(&self) -> Option<Language> {
        let languages = self.controller.nodes.first()?.key("languages");
        languages.item(0).text()?.parse().ok()
    }

    /// The policy, once nothing was found that forbids it.
    pub(super) fn into_policy(self) -> Option<Policy> {
        Some(Policy {
            version: 0,
            controller: self.controller.into_values().pop()?,
            purposes: self.purposes.into_values(),
            fields: self.fields.into_values(),
            recipients: self.recipients.into_values(),
            notice: self.notice.into_values().pop().unwrap_or_default(),
            forms: self.forms.into_values(),
            topics: self.topics.into_values(),
            caps: self.caps.into_values(),
            hours: self.hours.into_values(),
            senders: self.senders.into_values(),
            categories: self.categories.into_values(),
            dpias: self.dpias.into_values(),
            published: Vec::new(),
            void_forms: Vec::new(),
        })
    }
}

/// Tells the tables of a file that nothing reads.
fn strangers(tree: &Tree<'_>, found: &mut Found) {
    let Some(file) = FILES.iter().find(|file| file.name == tree.source.name) else {
        return;
    };
    let known = file.parts.iter().map(|part| part.name);
    for (name, _) in tree.root.iter() {
        let written: &str = name.get_ref();
        if !known.clone().any(|own| own == written) {
            let place = Node::at(tree.source, name.span());
            shape::unknown_key(written, &place, known.clone(), found);
        }
    }
}

/// Reads every table of a sort.
fn items<'a, T: DeserializeOwned>(
    trees: &'a [Tree<'a>],
    name: &'static str,
    found: &mut Found,
) -> Items<'a, T> {
    let mut items = Items {
        list: Vec::new(),
        nodes: Vec::new(),
        whole: false,
    };
    let Some((file, part)) = part_of(name) else {
        return items;
    };
    let Some(tree) = trees.iter().find(|tree| tree.source.name == file.name) else {
        items.whole = !found.has_file(file.name);
        return items;
    };
    items.whole = tree.whole;
    items.nodes = nodes(tree, file, part, found);
    for node in &items.nodes {
        if !shape::walk(node, part.keys, found) {
            continue;
        }
        let read = node
            .spanned()
            .map(ValueDeserializer::from)
            .map(T::deserialize);
        match read {
            Some(Ok(value)) => items.list.push(Declared {
                value,
                node: node.clone(),
            }),
            Some(Err(why)) => {
                let words = [word("key", part.name), word("hint", why.message().trim())];
                found.tell(Code::WrongValue, node, &words);
            }
            None => {}
        }
    }
    items
}

fn part_of(name: &str) -> Option<(&'static FileShape, &'static Part)> {
    let parts = FILES
        .iter()
        .flat_map(|file| file.parts.iter().map(move |part| (file, part)));
    parts.into_iter().find(|(_, part)| part.name == name)
}

/// The tables of a sort in their file; `[name]` for `[[name]]` and the reverse is found.
fn nodes<'a>(
    tree: &'a Tree<'a>,
    file: &FileShape,
    part: &Part,
    found: &mut Found,
) -> Vec<Node<'a>> {
    let Some(value) = tree.root.get(part.name) else {
        if file.required && tree.whole {
            let top = Node::at(tree.source, 0..0);
            found.tell(Code::NoTable, &top, &[word("head", head(part))]);
        }
        return Vec::new();
    };
    let node = Node::of(tree.source, value);
    match (value.get_ref(), part.many) {
        (DeValue::Table(_), false) => vec![node],
        (DeValue::Array(_), true) => {
            let mut nodes = node.items();
            if let Some(over) = nodes.get(ITEMS_MAX) {
                let words = [word("head", head(part)), word("most", ITEMS_MAX)];
                found.tell(Code::TooManyItems, over, &words);
                nodes.truncate(ITEMS_MAX);
            }
            nodes
        }
        _ => {
            found.tell(Code::WrongHead, &node, &[word("head", head(part))]);
            Vec::new()
        }
    }
}

fn head(part: &Part) -> String {
    if part.many {
        format!("[[{}]]", part.name)
    } else {
        format!("[{}]", part.name)
    }
}
