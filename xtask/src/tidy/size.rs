//! Sizes and shapes of files: module heads, lengths, nothing large, nothing binary.

use super::file::lines;
use super::{File, Finding, Tree};

/// A file's lines beyond which a reader loses the thread.
const LINES_MAX: usize = 400;
/// A file's lines that no exception may pass.
const LINES_HARD_MAX: usize = 800;
/// Bytes of one file: a clone must stay quick and a diff readable.
const BYTES_MAX: usize = 1024 * 1024;

/// A path that may be longer than [`LINES_MAX`], up to so many lines, and why.
pub(crate) type LongFile = (&'static str, usize, &'static str);

/// The exceptions; this list may only shrink.
pub(crate) const LONG_FILES: &[LongFile] = &[];

/// Checks one file.
pub(crate) fn check(file: &File, exceptions: &[LongFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.bytes > BYTES_MAX {
        let wrong = format!("{} bytes are more than {BYTES_MAX}", file.bytes);
        findings.push(file.finding(1, wrong, "generate it in the test, or keep it elsewhere"));
    }
    if file.text.is_none() && !is_documentation_image(file) {
        let mend = "write the bytes as text (base64, hex) where they are needed";
        findings.push(file.finding(1, "a binary file", mend));
    }
    if file.is_any_of(&["rs"]) {
        findings.extend(check_head(file));
        findings.extend(check_length(file, exceptions));
    }
    findings
}

/// Exceptions that nothing needs any more.
pub(crate) fn stale_exceptions(tree: &Tree, exceptions: &[LongFile]) -> Vec<Finding> {
    let is_long = |path: &str| {
        tree.file(path)
            .is_some_and(|file| file.text().lines().count() > LINES_MAX)
    };
    let stale = exceptions.iter().filter(|(path, _, _)| !is_long(path));
    stale
        .map(|(path, _, _)| Finding {
            path: (*path).to_owned(),
            line: 1,
            wrong: format!("an exception allows it more than {LINES_MAX} lines for nothing"),
            mend: "delete the exception in xtask/src/tidy/size.rs".to_owned(),
        })
        .collect()
}

fn is_documentation_image(file: &File) -> bool {
    file.path.starts_with("docs/") && file.is_any_of(&["png"])
}

fn check_head(file: &File) -> Option<Finding> {
    let head = lines(file.text()).find(|(_, line)| !line.trim().is_empty());
    if head.is_some_and(|(_, line)| line.starts_with("//!")) {
        return None;
    }
    let mend = "say with `//!` what it is for, what it must never do, where to start reading";
    Some(file.finding(1, "the module does not open with `//!`", mend))
}

fn check_length(file: &File, exceptions: &[LongFile]) -> Option<Finding> {
    let length = file.text().lines().count();
    let exception = exceptions.iter().find(|(path, _, _)| *path == file.path);
    let allowed = exception.map_or(LINES_MAX, |(_, lines, _)| LINES_HARD_MAX.min(*lines));
    let wrong = format!("{length} lines are more than {allowed}");
    (length > allowed).then(|| file.finding(allowed + 1, wrong, "split it where the words change"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASON: &str = "one table that reads best whole";

    fn rust(lines: usize) -> File {
        File::new(
            "crates/a/src/lib.rs",
            format!("//! A.\n{}", "\n".repeat(lines - 1)).into(),
        )
    }

    #[test]
    fn a_module_without_a_head_is_named() {
        let file = File::new("a.rs", "use std::fmt;\n//! late\n".into());
        assert_eq!(check(&file, &[]).len(), 1);
        assert_eq!(check(&File::new("a.rs", Vec::new()), &[]).len(), 1);
        assert_eq!(check(&File::new("a.rs", "//! A.\n".into()), &[]), []);
    }

    #[test]
    fn a_long_file_needs_an_exception_and_even_that_has_an_end() {
        let exceptions = [("crates/a/src/lib.rs", 900, REASON)];
        assert_eq!(check(&rust(400), &[]), []);
        assert_eq!(check(&rust(401), &[])[0].line, 401);
        assert_eq!(check(&rust(800), &exceptions), []);
        assert_eq!(check(&rust(801), &exceptions).len(), 1);
    }

    #[test]
    fn an_exception_that_is_not_needed_is_named() {
        let tree = Tree {
            files: vec![rust(400)],
        };
        let exceptions = [
            ("crates/a/src/lib.rs", 500, REASON),
            ("gone.rs", 500, REASON),
        ];
        assert_eq!(stale_exceptions(&tree, &exceptions).len(), 2);
        assert_eq!(
            stale_exceptions(
                &Tree {
                    files: vec![rust(401)]
                },
                &exceptions[..1]
            ),
            []
        );
    }

    #[test]
    fn large_and_binary_files_are_named() {
        assert_eq!(
            check(&File::new("a.csv", vec![b'a'; BYTES_MAX + 1]), &[]).len(),
            1
        );
        assert_eq!(check(&File::new("a.csv", vec![b'a'; BYTES_MAX]), &[]), []);
        assert_eq!(check(&File::new("a.png", vec![0]), &[]).len(), 1);
        assert_eq!(check(&File::new("docs/a.png", vec![0]), &[]), []);
    }
}
