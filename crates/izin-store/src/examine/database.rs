//! Whether SQLite finds its own structure whole, and whether this izin knows the schema.

use std::path::Path;

use super::{Examined, Wrong};
use crate::StoreError;
use crate::db::{Db, rows, sqlite};

/// Complaints of SQLite that are told.
const COMPLAINTS: &str = "pragma integrity_check(20)";

/// Asks SQLite about a file.
pub(crate) fn integrity(db: &Db, path: &Path, examined: &mut Examined) {
    let complaints = rows(db, COMPLAINTS, &[], |row| row.get::<String>(0));
    let complaints = complaints.unwrap_or_else(|why| vec![why.to_string()]);
    for complaint in complaints.iter().filter(|own| *own != "ok") {
        examined.found(
            Wrong::DatabaseDamaged,
            format_args!("{}: {complaint}", path.display()),
        );
    }
}

/// Whether the schema is this izin's.
pub(crate) fn is_readable(
    db: &Db,
    path: &Path,
    examined: &mut Examined,
) -> Result<bool, StoreError> {
    let (found, known) = (db.schema()?, sqlite::SCHEMA);
    let place = format_args!("{}: {found}, known {known}", path.display()).to_string();
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => return Ok(true),
        std::cmp::Ordering::Less => examined.found(Wrong::SchemaOlder, place),
        std::cmp::Ordering::Greater => examined.found(Wrong::SchemaNewer, place),
    }
    Ok(false)
}
