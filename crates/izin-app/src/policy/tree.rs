//! A file as a tree of values that know where they stand.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::code::Code;
use super::file::Source;
use super::found::{Found, word};

/// A parsed file.
pub(super) struct Tree<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) root: DeTable<'a>,
    /// Whether all of it is TOML; if not, nothing of it is used.
    pub(super) whole: bool,
}

/// Parses a file as far as it can be; what is no TOML is found, each fault at its place.
pub(super) fn parse<'a>(source: &'a Arc<Source>, found: &mut Found) -> Tree<'a> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        let span = error.span().unwrap_or_default();
        let message = word("message", error.message().trim());
        found.tell_at(Code::Syntax, (source, inside(span, source)), &[message]);
    }
    let whole = errors.is_empty();
    Tree {
        source,
        root: if whole {
            root.into_inner()
        } else {
            DeTable::new()
        },
        whole,
    }
}

/// A span that lies inside its file, on whole characters.
pub(super) fn inside(span: Range<usize>, source: &Source) -> Range<usize> {
    let text = &source.text;
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}

/// A value of a file, or the place where one is missing.
#[derive(Clone)]
pub(super) struct Node<'a> {
    source: &'a Arc<Source>,
    span: Range<usize>,
    value: Option<&'a DeValue<'a>>,
}

impl<'a> Node<'a> {
    /// A value at its place.
    pub(super) fn of(source: &'a Arc<Source>, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self {
            source,
            span: inside(value.span(), source),
            value: Some(value.get_ref()),
        }
    }

    /// A bare place.
    pub(super) fn at(source: &'a Arc<Source>, span: Range<usize>) -> Self {
        Self {
            source,
            span: inside(span, source),
            value: None,
        }
    }

    /// The file.
    pub(super) fn source(&self) -> &'a Arc<Source> {
        self.source
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The value, where there is one.
    pub(super) fn value(&self) -> Option<&'a DeValue<'a>> {
        self.value
    }

    /// The value with its place, for reading it as a type.
    pub(super) fn spanned(&self) -> Option<Spanned<DeValue<'a>>> {
        Some(Spanned::new(self.span(), self.value?.clone()))
    }

    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.value?.as_str()
    }

    /// The value of a key; where the key is missing, the place of the whole.
    pub(super) fn key(&self, name: &str) -> Self {
        let table = self.value.and_then(DeValue::as_table);
        match table.and_then(|table| table.get(name)) {
            Some(value) => Self::of(self.source, value),
            None => Self::at(self.source, self.span()),
        }
    }

    /// The member of a list; where there is none, the place of the whole.
    pub(super) fn item(&self, place: usize) -> Self {
        let list = self.value.and_then(DeValue::as_array);
        match list.and_then(|list| list.get(place)) {
            Some(value) => Self::of(self.source, value),
            None => Self::at(self.source, self.span()),
        }
    }

    /// The keys of a table, each with the place of its name.
    pub(super) fn keys(&self) -> Vec<(&'a str, Self)> {
        let table = self.value.and_then(DeValue::as_table);
        let keys = table.into_iter().flat_map(|table| table.iter());
        keys.map(|(name, _)| {
            let place = Self::at(self.source, name.span());
            (name.get_ref().as_ref(), place)
        })
        .collect()
    }

    /// The members of a list.
    pub(super) fn items(&self) -> Vec<Self> {
        let list = self.value.and_then(DeValue::as_array);
        let items = list.into_iter().flat_map(|list| list.iter());
        items.map(|value| Self::of(self.source, value)).collect()
    }
}
