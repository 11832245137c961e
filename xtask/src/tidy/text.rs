//! Clean text: no stray whitespace, nothing left for later, no path of one machine.
//!
//! The marks it looks for are put together from parts, so that this file does not find itself.

use super::file::{find_word, lines};
use super::rust::code_only;
use super::{File, Finding};

/// What people write and edit by hand; test data may hold any whitespace.
const EDITED: [&str; 8] = ["rs", "toml", "md", "html", "ftl", "sql", "css", "sh"];

/// Notes to oneself.
const MARKS: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
];

/// Code that may not be committed, and what to write instead.
const LEFTOVERS: [(&str, &str); 6] = [
    ("todo!", "write it, or leave the way to it out"),
    ("unimplemented!", "write it, or leave the way to it out"),
    ("dbg!", "delete it"),
    (
        "#[allow(",
        "mend it, or say `#[expect(lint, reason = \"…\")]`",
    ),
    (
        "#![allow(",
        "mend it, or say `#![expect(lint, reason = \"…\")]`",
    ),
    ("#[ignore]", "run it, or say `#[ignore = \"…\"]`"),
];

/// Folders that exist on one machine only.
const MACHINE_FOLDERS: [&str; 4] = ["home", "root", "work", "Users"];

/// Checks one file; binary and vendored ones pass.
pub(crate) fn check(file: &File) -> Vec<Finding> {
    if file.is_vendored() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if file.is_any_of(&EDITED) || file.path == ".ci/run" {
        findings.extend(check_whitespace(file));
    }
    if file.is_any_of(&["rs"]) {
        findings.extend(check_leftovers(file));
    }
    for (line, text) in lines(file.text()) {
        findings.extend(check_marks(file, line, text));
        findings.extend(check_machine_paths(file, line, text));
    }
    findings
}

fn check_whitespace(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in file.text().split('\n').enumerate() {
        if text.trim_end() != text {
            findings.push(file.finding(line + 1, "whitespace at the end of the line", "delete it"));
        }
        if text.contains('\t') {
            findings.push(file.finding(line + 1, "a tab", "use spaces, or `\\t` in a literal"));
        }
    }
    let text = file.text();
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        let wrong = "the file does not end in one line feed";
        findings.push(file.finding(
            text.lines().count().max(1),
            wrong,
            "end it with exactly one",
        ));
    }
    findings
}

fn check_leftovers(file: &File) -> Vec<Finding> {
    let code = code_only(file.text());
    let mut findings = Vec::new();
    for (line, text) in lines(&code) {
        let here = LEFTOVERS.iter().filter(|(code, _)| text.contains(code));
        findings.extend(here.map(|(code, mend)| file.finding(line, format!("`{code}`"), mend)));
    }
    findings
}

fn check_marks(file: &File, line: usize, text: &str) -> Vec<Finding> {
    let here = MARKS.iter().filter(|mark| find_word(text, mark).is_some());
    here.map(|mark| file.finding(line, format!("a `{mark}`"), "do it now, or open an issue"))
        .collect()
}

fn check_machine_paths(file: &File, line: usize, text: &str) -> Vec<Finding> {
    let starts = |before: Option<char>| {
        before.is_none_or(|mark| mark.is_whitespace() || "\"'`(=:,[<>|".contains(mark))
    };
    let has = |folder: &&str| {
        let path = format!("/{folder}/");
        text.match_indices(&path)
            .any(|(at, _)| starts(text[..at].chars().next_back()))
    };
    let here = MACHINE_FOLDERS.iter().filter(|folder| has(folder));
    here.map(|folder| {
        let wrong = format!("an absolute path under `/{folder}`");
        file.finding(
            line,
            wrong,
            "make it relative to the checkout, or a made-up `/srv/…`",
        )
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrongs(path: &str, text: &str) -> Vec<String> {
        check(&File::new(path, text.into()))
            .into_iter()
            .map(|finding| finding.wrong)
            .collect()
    }

    #[test]
    fn stray_whitespace_is_named_by_line() {
        let found = check(&File::new("a.md", "one \ntwo\tx\nthree\r\n".into()));
        assert_eq!(
            found.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [1, 2, 3]
        );
    }

    #[test]
    fn a_file_ends_in_exactly_one_line_feed() {
        assert_eq!(wrongs("a.toml", "a = 1").len(), 1);
        assert_eq!(wrongs("a.toml", "a = 1\n\n").len(), 1);
        assert_eq!(wrongs("a.toml", "a = 1\n").len(), 0);
        assert_eq!(wrongs("a.toml", "").len(), 0);
    }

    #[test]
    fn test_data_may_hold_any_whitespace() {
        assert_eq!(wrongs("crates/a/tests/bounce.eml", "To: x\t \r\n").len(), 0);
    }

    #[test]
    fn leftovers_are_named_in_code_and_not_in_literals_or_comments() {
        let code = "dbg!(x);\n#[allow(dead_code)]\n#[ignore]\n";
        assert_eq!(
            wrongs("a.rs", code),
            ["`dbg!`", "`#[allow(`", "`#[ignore]`"]
        );
        assert_eq!(
            wrongs("a.rs", "let x = \"dbg!\"; // todo! is banned\n").len(),
            0
        );
        assert_eq!(wrongs("a.rs", "#[ignore = \"needs a browser\"]\n").len(), 0);
    }

    #[test]
    fn notes_to_oneself_are_named_in_every_text() {
        for mark in MARKS {
            assert_eq!(
                wrongs("a.html", &format!("<!-- {mark}: later -->\n")).len(),
                1
            );
            assert_eq!(wrongs("a.html", &format!("{mark}LIST\n")).len(), 0);
        }
    }

    #[test]
    fn absolute_paths_of_a_machine_are_named_and_addresses_are_not() {
        for folder in MACHINE_FOLDERS {
            assert_eq!(wrongs("a.json", &format!("\"/{folder}/data\"")).len(), 1);
            assert_eq!(
                wrongs("a.json", &format!("https://shop.example/{folder}/data")).len(),
                0
            );
        }
    }

    #[test]
    fn vendored_and_binary_files_are_left_alone() {
        assert_eq!(wrongs("crates/a/vendor/x.css", "a \n").len(), 0);
        assert_eq!(check(&File::new("a.md", b"a \0".to_vec())), []);
    }
}
