//! What came of an import, in numbers.

use std::path::PathBuf;

use serde::Serialize;

use super::Kind;

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its number; none for a dry run.
    pub id: Option<u64>,
    /// What the file held.
    pub kind: Kind,
    /// Whether nothing was changed on purpose.
    pub dry_run: bool,
    /// Data rows read.
    pub rows: u64,
    /// Rows that took effect.
    pub applied: u64,
    /// Rows that said what was known already.
    pub duplicates: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Those of them in which nobody can be read, so that a no in one is nobody's; absent for files
    /// that hold none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_naming_nobody: Option<u64>,
    /// Contacts nobody knows, with an address that refuses everything: somebody who was erased leaves
    /// one, or a list of suppressions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barred: Option<u64>,
    /// Where the refused rows are.
    pub rejects_file: Option<PathBuf>,
    /// The refused rows of an earlier run, taken away because this one refused none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejects_removed: Option<PathBuf>,
    /// Columns nobody asked for; they are not kept.
    pub ignored_columns: Vec<String>,
    /// The first problems, as `line 3: …`.
    pub problems: Vec<String>,
    /// What the contacts said; absent for other files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consents: Option<Consents>,
}

/// What contacts said about purposes, in answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Consents {
    /// Yes, with evidence, and no refusal stands against it.
    pub reachable: u64,
    /// Yes without evidence, and no refusal stands against it: not enough to contact anyone.
    pub quarantined: u64,
    /// No, in refused rows too, or a yes that a refusal stands against.
    pub refused: u64,
}
