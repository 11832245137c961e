//! The tables of a store, which both kinds have under the same names.

use super::place::Pair;
use crate::StoreError;
use crate::db::{Db, count, params, rows};

/// What a store remembers of itself at one place only.
const OF_ONE_PLACE: [&str; 3] = ["schema_version", "leases", "news"];
/// Tables from which nobody may delete.
const GROWING: [&str; 2] = ["entries", "tiles"];

/// A table with its columns.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// Which column its key begins with.
    pub(super) key: usize,
}

impl Table {
    /// Its columns as a statement lists them.
    pub(super) fn listed(&self) -> String {
        self.columns.join(", ")
    }

    /// Whether rows are only ever added.
    pub(super) fn only_grows(&self) -> bool {
        GROWING.contains(&self.name.as_str())
    }
}

/// The tables of two databases, of which one is a file: those of the file, what others refer to first.
pub(super) fn of(both: [&Db; 2]) -> Result<Vec<Table>, StoreError> {
    const NAMES: &str = "
        select name
        from sqlite_schema
        where type = 'table' and name not like 'sqlite%'
        order by name <> 'campaigns', name";
    const COLUMNS: &str = "select name, pk from pragma_table_info(?1) order by cid";
    let file = both.into_iter().find(|own| !own.is_shared());
    let file = file.ok_or(StoreError::Damaged {
        what: "move (no end of it is a file)",
    })?;
    let names: Vec<String> = rows(file, NAMES, &[], |row| row.get(0))?;
    let moved = names.into_iter();
    let moved = moved.filter(|own| !OF_ONE_PLACE.contains(&own.as_str()));
    let table = |name: String| {
        let columns: Vec<(String, u64)> = rows(file, COLUMNS, params![name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(Table {
            key: columns
                .iter()
                .position(|own| own.1 == 1)
                .unwrap_or_default(),
            columns: columns.into_iter().map(|own| own.0).collect(),
            name,
        })
    };
    moved.map(table).collect()
}

/// Rows of the largest tables.
pub(super) fn size(from: &Pair) -> Result<u64, StoreError> {
    let mut all = 0;
    for name in ["entries", "details", "histories", "identifiers"] {
        all += count(&from.data, &format!("select count(*) from {name}"))?;
    }
    Ok(all + count(&from.keys, "select count(*) from subject_keys")?)
}
