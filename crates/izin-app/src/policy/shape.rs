//! What may stand in the files of a policy folder: their names, keys and the form of each value.
//!
//! The tables here follow the core's types key by key; a test reads every key of a written policy
//! against them. They are walked before the types are read, so that every fault is found, each at
//! its place. Start at [`FILES`].

mod keys;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

use super::code::Code;
use super::found::{Found, both, word};
use super::tree::Node;
use crate::closest::closest;
use crate::visible::visible;

/// One file of the folder.
pub(super) struct FileShape {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether a policy cannot be without it.
    pub(super) required: bool,
    /// What stands in it.
    pub(super) parts: &'static [Part],
}

/// One sort of table in a file.
pub(super) struct Part {
    /// Its name in brackets.
    pub(super) name: &'static str,
    /// Whether there may be several: `[[name]]`.
    pub(super) many: bool,
    pub(super) keys: &'static [Key],
}

/// A key of a table.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) form: Form,
}

/// What a value may be.
pub(super) enum Form {
    /// One value, read by its type.
    One(Reads, Expected),
    /// A list of such values.
    Many(Reads, Expected),
    /// A table.
    Table(&'static [Key]),
    /// A table whose values must also fit together.
    Whole(&'static [Key], Reads, Expected),
    /// A list of tables.
    Tables(&'static [Key]),
}

/// Whether a value can be read; the error knows the place.
type Reads = fn(Spanned<DeValue<'_>>) -> Result<(), toml::de::Error>;

/// What a value should have been, for the mend.
pub(super) enum Expected {
    /// One of these words.
    Among(fn() -> Vec<&'static str>),
    /// In Indonesian and in English.
    Words(&'static str, &'static str),
}

/// Every file of a policy folder.
pub(super) static FILES: [FileShape; 11] = [
    file(
        "controller.toml",
        true,
        &[one("controller", keys::CONTROLLER)],
    ),
    file("purposes.toml", true, &[many("purpose", keys::PURPOSE)]),
    file("fields.toml", false, &[many("field", keys::FIELD)]),
    file(
        "recipients.toml",
        false,
        &[many("recipient", keys::RECIPIENT)],
    ),
    file("notice.toml", false, &[one("notice", keys::NOTICE)]),
    file("forms.toml", false, &[many("form", keys::FORM)]),
    file("topics.toml", false, &[many("topic", keys::TOPIC)]),
    file(
        "frequency.toml",
        false,
        &[many("cap", keys::CAP), many("hours", keys::HOURS)],
    ),
    file("senders.toml", false, &[many("sender", keys::SENDER)]),
    file("sensitive.toml", false, &[many("category", keys::CATEGORY)]),
    file("dpia.toml", false, &[many("dpia", keys::DPIA)]),
];

const fn file(name: &'static str, required: bool, parts: &'static [Part]) -> FileShape {
    FileShape {
        name,
        required,
        parts,
    }
}

const fn one(name: &'static str, keys: &'static [Key]) -> Part {
    Part {
        name,
        many: false,
        keys,
    }
}

const fn many(name: &'static str, keys: &'static [Key]) -> Part {
    Part {
        name,
        many: true,
        keys,
    }
}

fn reads<T: DeserializeOwned>(value: Spanned<DeValue<'_>>) -> Result<(), toml::de::Error> {
    T::deserialize(ValueDeserializer::from(value)).map(drop)
}

/// Walks one table; answers whether it has the form it should.
pub(super) fn walk(node: &Node<'_>, keys: &'static [Key], found: &mut Found) -> bool {
    let Some(DeValue::Table(_)) = node.value() else {
        found.tell(Code::NotATable, node, &[]);
        return false;
    };
    let mut fine = true;
    let written = node.keys();
    for (name, place) in &written {
        if !keys.iter().any(|key| key.name == *name) {
            unknown_key(name, place, keys.iter().map(|key| key.name), found);
            fine = false;
        }
    }
    for key in keys {
        if written.iter().any(|(name, _)| *name == key.name) {
            fine &= fits(&node.key(key.name), key, found);
        } else if key.required {
            found.tell(Code::MissingKey, node, &[word("key", key.name)]);
            fine = false;
        }
    }
    fine
}

/// Tells a key that nothing reads, and which was probably meant.
pub(super) fn unknown_key(
    name: &str,
    place: &Node<'_>,
    known: impl Iterator<Item = &'static str> + Clone,
    found: &mut Found,
) {
    let hint = hint(name, &known.collect::<Vec<_>>());
    found.tell(
        Code::UnknownKey,
        place,
        &[word("key", name), ("hint", hint)],
    );
}

fn fits(value: &Node<'_>, key: &Key, found: &mut Found) -> bool {
    match &key.form {
        Form::One(reads, expected) => is_read(value, key.name, (*reads, expected), found),
        Form::Table(keys) => walk(value, keys, found),
        Form::Whole(keys, reads, expected) => {
            walk(value, keys, found) && is_read(value, key.name, (*reads, expected), found)
        }
        Form::Many(reads, expected) => each(value, key.name, found, &mut |item, found| {
            is_read(item, key.name, (*reads, expected), found)
        }),
        Form::Tables(keys) => each(value, key.name, found, &mut |item, found| {
            walk(item, keys, found)
        }),
    }
}

fn each(
    value: &Node<'_>,
    name: &str,
    found: &mut Found,
    fits: &mut dyn FnMut(&Node<'_>, &mut Found) -> bool,
) -> bool {
    let Some(DeValue::Array(_)) = value.value() else {
        found.tell(Code::NotAList, value, &[word("key", name)]);
        return false;
    };
    let items = value.items();
    items
        .iter()
        .fold(true, |fine, item| fits(item, found) & fine)
}

fn is_read(
    value: &Node<'_>,
    name: &str,
    (reads, expected): (Reads, &Expected),
    found: &mut Found,
) -> bool {
    let Some(spanned) = value.spanned() else {
        return false;
    };
    if reads(spanned).is_ok() {
        return true;
    }
    let hint = match expected {
        Expected::Among(words) => hint(value.text().unwrap_or_default(), &words()),
        Expected::Words(id, en) => both(&format!("tulis {id}"), &format!("write {en}")),
    };
    found.tell(
        Code::WrongValue,
        value,
        &[word("key", name), ("hint", hint)],
    );
    false
}

/// What was probably meant, and everything that may be written.
pub(super) fn hint(written: &str, known: &[&str]) -> izin_core::policy::Text {
    /// More names than this are not listed.
    const LISTED_MAX: usize = 20;
    /// A longer text is no slip of the pen, in bytes.
    const WRITTEN_BYTES_MAX: usize = 80;
    let near = Some(written).filter(|written| written.len() <= WRITTEN_BYTES_MAX);
    let near = near.and_then(|written| closest(written, known.iter().copied()));
    let near = near.map(visible);
    let quoted: Vec<String> = known
        .iter()
        .map(|own| format!("`{}`", visible(own)))
        .collect();
    let listed = quoted.join(", ");
    match (near, known.len()) {
        (_, 0) => both("belum ada yang ditetapkan", "none is declared yet"),
        (Some(near), 1..=LISTED_MAX) => both(
            &format!("mungkin maksudnya `{near}`? yang dikenal: {listed}"),
            &format!("did you mean `{near}`? known are {listed}"),
        ),
        (Some(near), _) => both(
            &format!("mungkin maksudnya `{near}`?"),
            &format!("did you mean `{near}`?"),
        ),
        (None, 1..=LISTED_MAX) => both(
            &format!("yang dikenal: {listed}"),
            &format!("known are {listed}"),
        ),
        (None, _) => both("periksa ejaannya", "look at its spelling"),
    }
}
