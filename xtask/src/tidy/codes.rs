//! Error codes: whatever a client can be told has its line in the book.

use super::file::lines;
use super::rust::without_tests;
use super::{File, Finding, Tree};

/// The one table of codes: one `code: "…"` a line.
const TABLE: &str = "crates/izin-web/src/problem/table.rs";
/// Where a person looks a code up: the code in backticks.
const BOOK: &str = "docs/book/errors.md";

/// Compares the table with the book; without a table there is nothing to compare.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(table) = tree.file(TABLE) else {
        return Vec::new();
    };
    let codes = codes(table);
    if codes.is_empty() {
        let mend = "write each code as `code: \"snake_case\"` on a line of its own";
        return vec![table.finding(1, "no error code was found in the table", mend)];
    }
    let book = tree.file(BOOK).map(File::text).unwrap_or_default();
    let missing = codes
        .iter()
        .filter(|(_, code)| !book.contains(&format!("`{code}`")));
    missing
        .map(|(line, code)| {
            let wrong = format!("the error code `{code}` is not in the book");
            table.finding(
                *line,
                wrong,
                "say in docs/book/errors.md what it means and what to do",
            )
        })
        .collect()
}

fn codes(table: &File) -> Vec<(usize, &str)> {
    lines(without_tests(table.text()))
        .filter_map(|(line, source)| {
            let (_, after) = source.split_once("code: \"")?;
            let (code, _) = after.split_once('"')?;
            let in_word = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
            let is_code = code.bytes().all(in_word);
            (is_code && !code.is_empty()).then_some((line, code))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBLEMS: &str = "//! Table.\nProblem { code: \"not_found\", status: 404 },\n\
                            Problem {\n    code: \"stale_gate\",\n}\n";

    #[test]
    fn a_code_that_the_book_does_not_explain_is_named() {
        let tree = Tree::of(&[(TABLE, PROBLEMS), (BOOK, "| `not_found` | … |\n")]);
        let found = check(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 4);
        assert!(found[0].wrong.contains("`stale_gate`"));
    }

    #[test]
    fn without_a_book_every_code_is_missing() {
        assert_eq!(check(&Tree::of(&[(TABLE, PROBLEMS)])).len(), 2);
    }

    #[test]
    fn a_table_in_which_no_code_can_be_read_is_named() {
        let tree = Tree::of(&[(TABLE, "//! Table.\nNotFound => 404\n"), (BOOK, "")]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn codes_made_up_in_the_tables_own_tests_need_no_line() {
        let table = "Problem { code: \"e164\" }\n#[cfg(test)]\nmod tests { code: \"made_up\" }\n";
        assert_eq!(check(&Tree::of(&[(TABLE, table), (BOOK, "")])).len(), 1);
    }

    #[test]
    fn no_table_no_findings() {
        assert_eq!(check(&Tree::of(&[(BOOK, "`not_found`\n")])), []);
        let whole = [(TABLE, PROBLEMS), (BOOK, "`not_found` `stale_gate`\n")];
        assert_eq!(check(&Tree::of(&whole)), []);
    }
}
