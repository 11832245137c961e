//! SQL as it is written here: columns by name, keywords in lower case.

use super::file::find_word;
use super::rust::string_literals;
use super::{File, Finding};

const STORE: &str = "crates/izin-store/";

/// A literal that opens with one of these is SQL.
const VERBS: [&str; 12] = [
    "select", "insert", "update", "delete", "replace", "create", "alter", "drop", "with", "pragma",
    "begin", "vacuum",
];

const KEYWORDS: [&str; 56] = [
    "SELECT",
    "FROM",
    "WHERE",
    "INSERT",
    "INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE",
    "JOIN",
    "LEFT",
    "INNER",
    "OUTER",
    "ON",
    "USING",
    "AND",
    "OR",
    "NOT",
    "NULL",
    "IS",
    "IN",
    "EXISTS",
    "ORDER",
    "GROUP",
    "BY",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "CREATE",
    "TABLE",
    "INDEX",
    "UNIQUE",
    "PRIMARY",
    "KEY",
    "REFERENCES",
    "DEFAULT",
    "CHECK",
    "STRICT",
    "WITH",
    "AS",
    "UNION",
    "ALL",
    "DISTINCT",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "BEGIN",
    "ALTER",
    "DROP",
    "PRAGMA",
    "RETURNING",
    "CONFLICT",
    "INTEGER",
    "TEXT",
];

/// Checks `.sql` files everywhere and the literals of the store.
pub(crate) fn check(file: &File) -> Vec<Finding> {
    if file.is_any_of(&["sql"]) {
        return check_statement(file, 1, file.text());
    }
    if !file.path.starts_with(STORE) || !file.is_any_of(&["rs"]) {
        return Vec::new();
    }
    let literals = string_literals(file.text()).into_iter();
    let statements = literals.filter(|(_, text)| is_statement(text));
    statements
        .flat_map(|(line, text)| check_statement(file, line, text))
        .collect()
}

fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let verb = words.next().unwrap_or_default().to_ascii_lowercase();
    VERBS.contains(&verb.as_str()) && words.next().is_some()
}

fn check_statement(file: &File, first_line: usize, statement: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut before = String::new();
    for (index, source) in statement.lines().enumerate() {
        let line = first_line + index;
        let source = without_quotes_and_comment(source);
        for keyword in KEYWORDS {
            if find_word(&source, keyword).is_some() {
                let wrong = format!("the keyword `{keyword}` in capitals");
                findings.push(file.finding(line, wrong, "write SQL keywords in lower case"));
            }
        }
        for word in source.split_whitespace() {
            if is_every_column(&before, word) {
                findings.push(file.finding(line, "`select *`", "name the columns that are read"));
            }
            before = word.to_ascii_lowercase();
        }
    }
    findings
}

/// `*` after `select` or `distinct`, or `entry.*`; never `count(*)` or a product.
fn is_every_column(before: &str, word: &str) -> bool {
    let word = word.trim_end_matches([',', ';']);
    word.ends_with(".*") || (word == "*" && ["select", "distinct", "all"].contains(&before))
}

/// Drops `'text'` and what follows `--`: neither is a keyword.
fn without_quotes_and_comment(line: &str) -> String {
    let line = line.split_once("--").map_or(line, |(before, _)| before);
    line.split('\'').step_by(2).collect::<Vec<_>>().join("''")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrongs(path: &str, text: &str) -> Vec<(usize, String)> {
        let found = check(&File::new(path, text.into())).into_iter();
        found.map(|finding| (finding.line, finding.wrong)).collect()
    }

    const SOURCE: &str = "crates/izin-store/src/ledger.rs";

    #[test]
    fn reading_every_column_is_named() {
        for statement in [
            "select * from entry",
            "select distinct\n *\nfrom entry",
            "select e.*, 1",
        ] {
            let code = format!("const READ: &str = \"{statement}\";");
            assert_eq!(wrongs(SOURCE, &code).len(), 1, "{statement}");
        }
    }

    #[test]
    fn capitals_are_named_on_their_line() {
        let code = "const READ: &str = \"\nselect seq\nFROM entry\n\";";
        assert_eq!(
            wrongs(SOURCE, code),
            [(3, "the keyword `FROM` in capitals".to_owned())]
        );
        assert_eq!(wrongs("a/1.sql", "create TABLE x (y integer);\n").len(), 1);
    }

    #[test]
    fn counts_products_quotes_and_comments_pass() {
        let code = "const X: &str = \"select count(*), a * b from t where kind = 'AND' -- OR\";";
        assert_eq!(wrongs(SOURCE, code).len(), 0);
    }

    #[test]
    fn sentences_and_other_crates_pass() {
        assert_eq!(
            wrongs(SOURCE, "let m = \"the store is NOT open\";").len(),
            0
        );
        assert_eq!(
            wrongs("crates/izin/src/main.rs", "let m = \"select * FROM x\";").len(),
            0
        );
    }
}
