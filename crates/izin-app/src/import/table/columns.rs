//! Which column holds which field.
//!
//! A [`Layout`] says what a kind of file may hold, a [`ColumnMap`] what the shop calls it. Names
//! match whatever their letter case and outer spaces. Columns nobody asked for are not read.

mod map;
mod told;

pub use map::{ColumnMap, MapError};

use super::problem::{Problem, TableError};
use crate::closest::closest;
use told::is_name;
pub(super) use told::told;

/// The most columns a file may have.
pub const MAX_COLUMNS: usize = 256;
/// How many columns a message lists.
const LISTED_COLUMNS_MAX: usize = 30;

/// What a kind of file may hold.
#[derive(Debug)]
pub struct Layout {
    /// What its rows are, in the plural: `contacts`.
    pub kind: &'static str,
    /// Every field by name.
    pub fields: &'static [&'static str],
    /// Fields that every row must fill.
    pub filled: &'static [&'static str],
    /// Fields whose column must be there though a cell may be empty.
    pub present: &'static [&'static str],
    /// Fields of which one must be there; none asked for when empty.
    pub one_of: &'static [&'static str],
    /// Columns that follow a pattern.
    pub family: Option<Family>,
}

/// Columns that follow a pattern, as `consent_<purpose>_<channel>`.
#[derive(Debug)]
pub struct Family {
    /// How their names begin.
    pub prefix: &'static str,
    /// How their names are written, for messages.
    pub form: &'static str,
    /// Says why a name that begins right does not follow the pattern.
    pub check: fn(&str) -> Result<(), String>,
    /// Says what another column seems to be about.
    pub likeness: fn(&str) -> Likeness,
}

/// What a column outside a family seems to be about, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Something else.
    Other,
    /// What the family's columns are about.
    Same,
    /// The contrary: a yes in it is a no.
    Contrary,
}

impl Layout {
    fn has(&self, name: &str) -> Result<bool, String> {
        match &self.family {
            _ if self.fields.contains(&name) => Ok(true),
            Some(family) if name.starts_with(family.prefix) => (family.check)(name).map(|()| true),
            _ => Ok(false),
        }
    }

    /// The field that a name is a spelling of, where only letter case, hyphens and blanks differ and the
    /// name begins as the family's do.
    fn spelt(&self, name: &str) -> Option<String> {
        let family = self.family.as_ref()?;
        let words: Vec<_> = name.split(['_', '-', ' ']).collect();
        let field = words.join("_");
        let known = field.starts_with(family.prefix) && self.has(&field) == Ok(true);
        (known && self.has(name) != Ok(true)).then_some(field)
    }

    fn likeness(&self, name: &str) -> Likeness {
        let family = self.family.as_ref();
        family.map_or(Likeness::Other, |own| (own.likeness)(name))
    }

    fn names(&self) -> String {
        let family = self.family.as_ref().map(|family| family.form);
        self.fields
            .iter()
            .copied()
            .chain(family)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Two names of the customer number: files of people say one, files of orders the other.
const CUSTOMER: [&str; 2] = ["customer", "customer_id"];

impl Layout {
    /// The field that a column of this name holds.
    fn field_called<'a>(&self, name: &'a str) -> &'a str {
        let other = CUSTOMER
            .iter()
            .find(|own| **own != name && self.fields.contains(own));
        match other {
            Some(other) if CUSTOMER.contains(&name) && !self.fields.contains(&name) => other,
            _ => name,
        }
    }
}

/// The columns of one file. A *slot* is the place of a field: the layout's fields first, then the
/// family's in the order they are met.
pub(super) struct Columns {
    layout: &'static Layout,
    map: ColumnMap,
    met: Vec<Column>,
    family: Vec<String>,
}

struct Column {
    told: String,
    name: String,
    slot: Option<usize>,
}

impl Columns {
    /// No column is met yet.
    pub(super) const fn new(layout: &'static Layout, map: ColumnMap) -> Self {
        Self {
            layout,
            map,
            met: Vec::new(),
            family: Vec::new(),
        }
    }

    /// The slot of the column at `place` in its row, `None` when it is not read.
    pub(super) fn meet(&mut self, written: &str, place: usize) -> Result<Option<usize>, Problem> {
        let name = folded(written);
        if let Some(column) = self.met.iter().find(|column| column.name == name) {
            return Ok(column.slot);
        }
        if self.met.len() == MAX_COLUMNS {
            return Err(Problem::TooManyColumns);
        }
        let slot = self.place(&name, (written, place))?;
        self.met.push(Column {
            told: told(written, place),
            name,
            slot,
        });
        Ok(slot)
    }

    fn place(&mut self, name: &str, column: (&str, usize)) -> Result<Option<usize>, Problem> {
        if self.map.leaves_out(name) {
            return Ok(None);
        }
        let mapped = self.map.field_of(name).map(str::to_owned);
        let spelt = self.layout.spelt(name);
        let field = match (&mapped, &spelt) {
            (Some(field), _) | (None, Some(field)) => field.clone(),
            (None, None) => self.layout.field_called(name).to_owned(),
        };
        let likeness = self.layout.likeness(name);
        let is_answer = |field: &str| !self.layout.fields.contains(&field);
        if likeness == Likeness::Contrary && mapped.as_deref().is_some_and(is_answer) {
            return Err(self.unread(column, likeness));
        }
        if mapped.is_none() && self.map.maps(&field) {
            let likeness = if is_answer(&field) {
                likeness
            } else {
                Likeness::Other
            };
            return self.not_read(column, likeness);
        }
        let known = self.layout.has(&field);
        if !known.map_err(|cause| self.misnamed(column, cause))? {
            return self.not_read(column, likeness);
        }
        let taken = |slot: usize| self.met.iter().any(|own| own.slot == Some(slot));
        match self.slot_of(&field) {
            // Two columns of answers under one name are never one that is read and one that is not.
            Some(slot) if taken(slot) && spelt.is_none() && !is_answer(&field) => Ok(None),
            Some(slot) => Ok(Some(slot)),
            None => Ok(Some(self.add_to_family(field))),
        }
    }

    /// A column that is passed over, unless it seems to hold somebody's answer.
    fn not_read(
        &self,
        column: (&str, usize),
        likeness: Likeness,
    ) -> Result<Option<usize>, Problem> {
        match likeness {
            Likeness::Other => Ok(None),
            Likeness::Same | Likeness::Contrary => Err(self.unread(column, likeness)),
        }
    }

    fn unread(&self, (written, place): (&str, usize), likeness: Likeness) -> Problem {
        let (column, form) = (told(written, place), self.form());
        match likeness {
            Likeness::Contrary => Problem::Contrary { column, form },
            Likeness::Same | Likeness::Other => Problem::UnreadAnswer { column, form },
        }
    }

    fn misnamed(&self, (written, place): (&str, usize), cause: String) -> Problem {
        let cause = if is_name(written) {
            cause
        } else {
            "it does not have the form of a name".to_owned()
        };
        Problem::ColumnName {
            column: told(written, place),
            form: self.form(),
            cause,
        }
    }

    fn form(&self) -> &'static str {
        self.layout.family.as_ref().map_or("", |family| family.form)
    }

    fn add_to_family(&mut self, name: String) -> usize {
        self.family.push(name);
        self.layout.fields.len() + self.family.len() - 1
    }

    /// The slot of a field, when it has one.
    pub(super) fn slot_of(&self, field: &str) -> Option<usize> {
        let family = || self.family.iter().position(|name| name == field);
        let in_layout = self.layout.fields.iter().position(|name| *name == field);
        in_layout.or_else(|| family().map(|place| self.layout.fields.len() + place))
    }

    /// The family's columns and their slots.
    pub(super) fn family(&self) -> impl Iterator<Item = (usize, &str)> {
        (self.layout.fields.len()..).zip(self.family.iter().map(String::as_str))
    }

    /// How many slots there are.
    pub(super) fn slots(&self) -> usize {
        self.layout.fields.len() + self.family.len()
    }

    /// The columns that are not read, as they may be told.
    pub(super) fn ignored(&self) -> impl Iterator<Item = &str> {
        self.met
            .iter()
            .filter(|column| column.slot.is_none() && !column.name.is_empty())
            .map(|column| column.told.as_str())
    }

    /// Whether every row names a person, by one of several fields.
    pub(super) const fn name_somebody(&self) -> bool {
        !self.layout.one_of.is_empty()
    }

    /// Checks a CSV header: every column that must be there is.
    pub(super) fn check_header(&self) -> Result<(), TableError> {
        if self.is_unknown() && self.probable().next().is_none() {
            return Err(TableError::NoHeader(self.layout.names()));
        }
        for (field, column) in self.map.pairs() {
            if !self.met.iter().any(|met| met.name == folded(column)) {
                return Err(TableError::MappedColumnMissing {
                    field: field.clone(),
                    column: column.clone(),
                    columns: self.listed(),
                });
            }
        }
        self.check_fields(self.layout.present)?;
        self.check_first_object()
    }

    /// Checks the first NDJSON object, where empty cells may be left out.
    pub(super) fn check_first_object(&self) -> Result<(), TableError> {
        self.check_fields(self.layout.filled)?;
        let one_of = self.layout.one_of;
        if one_of.is_empty() || one_of.iter().any(|field| self.is_there(field)) {
            return Ok(());
        }
        let field = one_of
            .iter()
            .copied()
            .find(|field| self.nearest(field).is_some());
        Err(TableError::MissingOneOf {
            fields: one_of.join(", "),
            columns: self.listed(),
            mend: self.mend(field.or(one_of.first().copied()).unwrap_or_default()),
        })
    }

    fn check_fields(&self, fields: &[&'static str]) -> Result<(), TableError> {
        match fields.iter().copied().find(|field| !self.is_there(field)) {
            None => Ok(()),
            Some(field) => Err(TableError::MissingColumn {
                field,
                columns: self.listed(),
                mend: self.mend(field),
            }),
        }
    }

    fn is_there(&self, field: &str) -> bool {
        let slot = self.slot_of(field);
        self.met
            .iter()
            .any(|column| column.slot.is_some() && column.slot == slot)
    }

    fn nearest(&self, field: &str) -> Option<&str> {
        closest(field, self.ignored().filter(|name| is_name(name)))
    }

    fn mend(&self, field: &str) -> String {
        match self.nearest(field) {
            Some(column) if column.contains(' ') => {
                format!("perhaps `{column}` is meant: --map '{field}={column}'")
            }
            Some(column) => format!("perhaps `{column}` is meant: --map {field}={column}"),
            None => format!("say which column holds it: --map {field}=COLUMN"),
        }
    }

    /// Whether no column is read: then the first line may be data, and its cells are not repeated.
    fn is_unknown(&self) -> bool {
        self.met.iter().all(|column| column.slot.is_none())
    }

    /// Columns that look like one that is needed. None do where one of the cells is data.
    fn probable(&self) -> impl Iterator<Item = &str> {
        let layout = self.layout;
        let needed = [layout.filled, layout.present, layout.one_of];
        let is_data = |column: &Column| !column.name.is_empty() && !is_name(&column.name);
        let nearest = needed.into_iter().flatten();
        nearest
            .filter_map(|field| self.nearest(field))
            .take_while(move |_| !self.met.iter().any(is_data))
    }

    fn listed(&self) -> String {
        let mut shown: Vec<&str> = Vec::new();
        if self.is_unknown() {
            self.probable().for_each(|name| {
                if !shown.contains(&name) {
                    shown.push(name);
                }
            });
        } else {
            shown.extend(self.met.iter().map(|column| column.told.as_str()));
        }
        shown.truncate(LISTED_COLUMNS_MAX);
        let more = self.met.len().saturating_sub(shown.len());
        let names: Vec<_> = shown.iter().map(|name| format!("`{name}`")).collect();
        match more {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}
