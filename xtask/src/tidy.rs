//! `cargo xtask tidy`: what the compiler and clippy do not check, said in one line a finding.
//!
//! Every check is a function from values already in memory to findings; only this module and
//! [`workspace`] read files or start programs. A new check is one module, its call in
//! [`findings`], and a test in which it must complain.

mod codes;
mod command;
mod crates;
mod file;
mod licences;
mod messages;
mod migrations;
mod pure;
mod reached;
mod requirements;
mod rust;
mod sentences;
mod size;
mod sql;
mod text;
mod workspace;

use std::fmt;
use std::path::Path;

pub(crate) use file::{File, Tree};

/// One thing to mend, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) wrong: String,
    pub(crate) mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}:{}: {}: {}",
            self.path, self.line, self.wrong, self.mend
        )
    }
}

/// Runs every check over the checkout at `root` and returns what it found, in order of place.
pub(crate) fn findings(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let tree = workspace::files(root)?;
    let crates = workspace::crates(root)?;
    let packages = workspace::built_packages(root)?;

    let mut findings = Vec::new();
    for file in &tree.files {
        findings.extend(size::check(file, size::LONG_FILES));
        findings.extend(text::check(file));
        findings.extend(pure::check(file));
        findings.extend(sql::check(file));
    }
    findings.extend(size::stale_exceptions(&tree, size::LONG_FILES));
    findings.extend(messages::check(&tree));
    findings.extend(sentences::check(&tree));
    findings.extend(codes::check(&tree));
    findings.extend(migrations::check(&tree));
    findings.extend(command::check(&tree));
    findings.extend(requirements::check(&tree));
    findings.extend(reached::check(&tree));
    findings.extend(crates::check_direction(&crates));
    findings.extend(crates::check_documented(&crates, &tree));
    findings.extend(licences::check(&packages));
    findings.sort();
    Ok(findings)
}
