//! Requirements of law: each line of the table names a test that is there, and each test named
//! after a requirement has its line.

use super::file::lines;
use super::{File, Finding, Tree};

/// The table: requirement, article, test.
const TABLE: &str = "docs/requirements.md";
/// How the name of such a test begins.
const PREFIX: &str = "requirement_";

/// Compares the table with the tests.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let tests: Vec<(&File, usize, &str)> = tree.files.iter().flat_map(tests).collect();
    let Some(table) = tree.file(TABLE) else {
        return unlisted(&tests, "");
    };
    let named = lines(table.text()).flat_map(|(line, text)| {
        let names = text.split('`').skip(1).step_by(2);
        names
            .filter(|name| name.starts_with(PREFIX))
            .map(move |name| (line, name))
    });
    let missing = named.filter(|(_, name)| !tests.iter().any(|(.., test)| test == name));
    let mut findings: Vec<Finding> = missing
        .map(|(line, name)| {
            let wrong = format!("there is no test `{name}`");
            table.finding(line, wrong, "write the test, or take the line out")
        })
        .collect();
    findings.extend(unlisted(&tests, table.text()));
    findings
}

fn unlisted(tests: &[(&File, usize, &str)], table: &str) -> Vec<Finding> {
    let listed = |name: &str| table.contains(&format!("`{name}`"));
    let missing = tests.iter().filter(|(.., name)| !listed(name));
    missing
        .map(|(file, line, name)| {
            let wrong = format!("the test `{name}` is not in {TABLE}");
            file.finding(*line, wrong, "give it a line: requirement, article, test")
        })
        .collect()
}

/// The tests of a Rust file that are named after a requirement.
fn tests(file: &File) -> Vec<(&File, usize, &str)> {
    if file.path.starts_with("xtask/") || !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let found = lines(file.text()).filter_map(|(line, source)| {
        let (_, after) = source.split_once("fn ")?;
        let name = after.split(['(', '<']).next()?;
        name.starts_with(PREFIX).then_some((file, line, name))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: &str = "//! Tests.\n#[test]\nfn requirement_2_nothing_overrides_a_no() {}\n";

    #[test]
    fn a_line_without_its_test_is_named() {
        let table = "| 2 | 21 | `requirement_2_another_name` |\n";
        let tree = Tree::of(&[("crates/a/tests/it/a.rs", ""), (TABLE, table)]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn a_test_without_its_line_is_named() {
        let tree = Tree::of(&[("crates/a/tests/it/a.rs", TESTS), (TABLE, "")]);
        let found = check(&tree);
        assert_eq!((found.len(), found[0].line), (1, 3));
    }

    #[test]
    fn a_test_with_its_line_is_in_order() {
        let table = "| 2 | 21(3) | `requirement_2_nothing_overrides_a_no` |\n";
        let tree = Tree::of(&[("crates/a/tests/it/a.rs", TESTS), (TABLE, table)]);
        assert_eq!(check(&tree), []);
    }
}
