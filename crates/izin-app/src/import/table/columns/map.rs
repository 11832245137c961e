//! What a shop's file calls our fields, as somebody said at the command line.

use super::{Layout, folded};

/// What the shop's file calls our fields: the `--map FIELD=COLUMN` of the command line; and which
/// columns are not to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap {
    pairs: Vec<(String, String)>,
    left_out: Vec<String>,
}

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
        Ok(Self {
            pairs,
            left_out: Vec::new(),
        })
    }

    /// Passes over columns of these names, whatever they may mean: the `--ignore` of the command line.
    #[must_use]
    pub fn leaving_out<T: AsRef<str>>(mut self, columns: &[T]) -> Self {
        let names = columns.iter().map(|name| folded(name.as_ref()));
        self.left_out.extend(names);
        self
    }

    pub(super) fn leaves_out(&self, column: &str) -> bool {
        self.left_out.iter().any(|own| own == column)
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    pub(super) fn field_of(&self, column: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|pair| folded(&pair.1) == column);
        pair.map(|pair| pair.0.as_str())
    }

    pub(super) fn maps(&self, field: &str) -> bool {
        self.pairs.iter().any(|pair| pair.0 == field)
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
