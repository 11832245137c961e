//! Which column holds which field.
//!
//! A [`Layout`] says what a kind of file may hold, a [`ColumnMap`] what the shop calls it. Names
//! match whatever their letter case and outer spaces. Columns nobody asked for are not read.

use super::problem::{Problem, TableError};
use crate::closest::closest;

/// The most columns a file may have.
pub const MAX_COLUMNS: usize = 256;
/// How many columns a message lists, and how many characters of each.
const LISTED_COLUMNS_MAX: usize = 30;
const LISTED_CHARS_MAX: usize = 40;

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
}

impl Layout {
    fn has(&self, name: &str) -> Result<bool, String> {
        match &self.family {
            _ if self.fields.contains(&name) => Ok(true),
            Some(family) if name.starts_with(family.prefix) => (family.check)(name).map(|()| true),
            _ => Ok(false),
        }
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

/// What the shop's file calls our fields: the `--map FIELD=COLUMN` of the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap(Vec<(String, String)>);

/// Why texts are not a map of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// No equals sign, or nothing on one side of it.
    #[error("`{0}` is not FIELD=COLUMN, as customer_id=CustomerNo")]
    NotAPair(String),
    /// A field that files of this kind do not have.
    #[error("`{field}` is not a field of {kind}; the fields are {fields}")]
    UnknownField {
        /// What was given.
        field: String,
        /// The kind of file.
        kind: &'static str,
        /// The fields there are.
        fields: String,
    },
    /// A field that begins like a pattern but does not follow it.
    #[error("`{field}` is not a field of {kind}: {cause}")]
    FieldName {
        /// What was given.
        field: String,
        /// The kind of file.
        kind: &'static str,
        /// Where the name fails.
        cause: String,
    },
    /// A field or column that is given twice.
    #[error("`{0}` is mapped twice")]
    Twice(String),
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

impl ColumnMap {
    /// Reads `FIELD=COLUMN` texts for one kind of file.
    ///
    /// # Errors
    /// [`MapError`] lists the fields where one is not known.
    pub fn parse<T: AsRef<str>>(layout: &Layout, texts: &[T]) -> Result<Self, MapError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for text in texts.iter().map(AsRef::as_ref) {
            let (field, column) = text
                .split_once('=')
                .map(|(field, column)| (folded(field), column.trim().to_owned()))
                .filter(|(field, column)| !field.is_empty() && !column.is_empty())
                .ok_or_else(|| MapError::NotAPair(text.to_owned()))?;
            check_field(layout, &field)?;
            let same_column = |pair: &(String, String)| folded(&pair.1) == folded(&column);
            if pairs.iter().any(|pair| pair.0 == field) {
                return Err(MapError::Twice(field));
            }
            if pairs.iter().any(same_column) {
                return Err(MapError::Twice(column));
            }
            pairs.push((field, column));
        }
        Ok(Self(pairs))
    }

    fn field_of(&self, column: &str) -> Option<&str> {
        let pair = self.0.iter().find(|pair| folded(&pair.1) == column);
        pair.map(|pair| pair.0.as_str())
    }

    fn maps(&self, field: &str) -> bool {
        self.0.iter().any(|pair| pair.0 == field)
    }
}

fn check_field(layout: &Layout, field: &str) -> Result<(), MapError> {
    let (field, kind) = (field.to_owned(), layout.kind);
    match layout.has(&field) {
        Ok(true) => Ok(()),
        Ok(false) => Err(MapError::UnknownField {
            field,
            kind,
            fields: layout.names(),
        }),
        Err(cause) => Err(MapError::FieldName { field, kind, cause }),
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
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
    written: String,
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

    /// The slot of a column, `None` when it is not read.
    pub(super) fn meet(&mut self, written: &str) -> Result<Option<usize>, Problem> {
        let name = folded(written);
        if let Some(column) = self.met.iter().find(|column| column.name == name) {
            return Ok(column.slot);
        }
        if self.met.len() == MAX_COLUMNS {
            return Err(Problem::TooManyColumns);
        }
        let slot = self.place(&name, written.trim())?;
        self.met.push(Column {
            written: written.trim().to_owned(),
            name,
            slot,
        });
        Ok(slot)
    }

    fn place(&mut self, name: &str, written: &str) -> Result<Option<usize>, Problem> {
        let field = match self.map.field_of(name) {
            Some(field) => field.to_owned(),
            None if self.map.maps(name) => return Ok(None),
            None => self.layout.field_called(name).to_owned(),
        };
        let known = self
            .layout
            .has(&field)
            .map_err(|cause| Problem::ColumnName {
                column: written.to_owned(),
                form: self.layout.family.as_ref().map_or("", |family| family.form),
                cause,
            })?;
        let taken = |slot: usize| self.met.iter().any(|own| own.slot == Some(slot));
        match self.slot_of(&field).filter(|_| known) {
            Some(slot) if taken(slot) => Ok(None),
            Some(slot) => Ok(Some(slot)),
            None => Ok(known.then(|| self.add_to_family(field))),
        }
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

    /// The columns that are not read, as written.
    pub(super) fn ignored(&self) -> impl Iterator<Item = &str> {
        self.met
            .iter()
            .filter(|column| column.slot.is_none() && !column.name.is_empty())
            .map(|column| column.written.as_str())
    }

    /// Whether every row names a person, by one of several fields.
    pub(super) const fn name_somebody(&self) -> bool {
        !self.layout.one_of.is_empty()
    }

    /// Checks a CSV header: every column that must be there is.
    pub(super) fn check_header(&self) -> Result<(), TableError> {
        let nothing_known = self.met.iter().all(|column| column.slot.is_none());
        if nothing_known && self.met.iter().any(|column| looks_like_data(&column.name)) {
            return Err(TableError::NoHeader(self.layout.names()));
        }
        for (field, column) in &self.map.0 {
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
        closest(field, self.ignored())
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

    fn listed(&self) -> String {
        let shown = |column: &Column| {
            let name: String = column.written.chars().take(LISTED_CHARS_MAX).collect();
            format!("`{name}`")
        };
        let names: Vec<_> = self
            .met
            .iter()
            .take(LISTED_COLUMNS_MAX)
            .map(shown)
            .collect();
        match self.met.len().saturating_sub(LISTED_COLUMNS_MAX) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}

/// Whether a name is rather a cell: an address, a number or a date. Then a first line without
/// any known column is data, and must not be repeated in a message.
fn looks_like_data(name: &str) -> bool {
    name.contains('@') || (!name.is_empty() && !name.chars().any(char::is_alphabetic))
}
