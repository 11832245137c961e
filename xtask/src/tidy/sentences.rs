//! Errors in two languages: every sentence that an error may say stands in a message file, beside its
//! Indonesian, and no other does.
//!
//! A sentence is what has words outside its holes. It is looked for where errors are made: behind
//! `#[error(` and the few calls of [`MAKERS`]. What a benchmark says of itself is for its author.

use std::collections::{BTreeMap, BTreeSet};

use super::rust::{code_only, string_literals, without_tests};
use super::{File, Finding, Tree};

/// The message files: one `"English" = "Indonesian"` a line.
const MESSAGES: [&str; 2] = [
    "crates/izin-app/src/indonesian.toml",
    "crates/izin/src/indonesian.toml",
];
/// What makes an error of a sentence.
const MAKERS: [&str; 11] = [
    "#[error(",
    "bail!(",
    "anyhow!(",
    "ensure!(",
    "cannot = ||",
    ".context(",
    "with_context(",
    "Usage(",
    "Unreachable(",
    ".invalid(",
    "wrong(",
];
/// Crates and folders whose errors no operator meets.
const LEFT_OUT: [&str; 3] = ["crates/izin-testkit/", "/bench/", "/tests"];

/// Compares what errors say with the message files; without one there is nothing to compare.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let files: Vec<&File> = MESSAGES.iter().filter_map(|path| tree.file(path)).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let told: BTreeSet<String> = files
        .iter()
        .flat_map(|file| keys(file))
        .map(|(_, key)| key)
        .collect();
    let mut literals = BTreeSet::new();
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_product(file)) {
        let text = without_tests(file.text());
        literals.extend(string_literals(text).into_iter().map(|(_, own)| plain(own)));
        let unsaid = said(text)
            .into_iter()
            .filter(|(_, own)| !told.contains(own));
        findings.extend(unsaid.map(|(line, own)| {
            let mend = "write it, with its Indonesian, into the crate's `indonesian.toml`";
            file.finding(line, format!("an error says `{own}` in English only"), mend)
        }));
    }
    for file in files {
        let stale = keys(file)
            .into_iter()
            .filter(|(_, key)| !literals.contains(key));
        findings.extend(stale.map(|(line, key)| {
            file.finding(
                line,
                format!("nothing says `{key}` any more"),
                "delete the line",
            )
        }));
    }
    findings
}

fn is_product(file: &File) -> bool {
    file.path.starts_with("crates/")
        && file.path.contains("/src/")
        && file.is_any_of(&["rs"])
        && !LEFT_OUT.iter().any(|own| file.path.contains(own))
}

/// The sentences in the parentheses behind what makes errors, each with the line it opens on.
fn said(text: &str) -> Vec<(usize, String)> {
    let code = code_only(text);
    let code: Vec<&str> = code.split('\n').collect();
    let mut found = BTreeMap::new();
    let literals = string_literals(text);
    for (line, source) in code.iter().enumerate() {
        for maker in MAKERS {
            for (at, _) in source.match_indices(maker) {
                let end = line + lines_to_close(&source[at..], &code[line + 1..]);
                let inside = literals
                    .iter()
                    .filter(|(own, _)| (line + 1..=end + 1).contains(own));
                found.extend(inside.map(|(own, literal)| ((*own, plain(literal)), ())));
            }
        }
    }
    let sentences = found.into_keys().filter(|(_, own)| is_sentence(own));
    sentences.collect()
}

/// How many lines further the parenthesis that is opened first is closed.
fn lines_to_close(first: &str, below: &[&str]) -> usize {
    let mut depth = 0_i32;
    let lines = std::iter::once(first).chain(below.iter().copied());
    for (count, line) in lines.enumerate() {
        for mark in line.chars() {
            match mark {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => continue,
            }
            if depth == 0 {
                return count;
            }
        }
        if depth == 0 && count > 0 {
            return count;
        }
    }
    below.len()
}

/// Whether a text has words outside its holes: two at least, or one and a blank.
fn is_sentence(text: &str) -> bool {
    let mut outside = String::new();
    let mut depth = 0_usize;
    for mark in text.chars() {
        match mark {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(mark),
            _ => {}
        }
    }
    let is_word = |own: &&str| own.len() > 1 && own.bytes().all(|byte| byte.is_ascii_alphabetic());
    let words = outside.split(|mark: char| mark.is_whitespace() || ":;,.`".contains(mark));
    text.trim().contains(' ') && words.filter(is_word).count() > 0
}

/// A literal as it is read: escapes resolved, lines joined.
fn plain(literal: &str) -> String {
    let mut text = String::new();
    let mut rest = literal;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let escape = after.chars().next().unwrap_or('\\');
        rest = &after[escape.len_utf8().min(after.len())..];
        match escape {
            '\n' => rest = rest.trim_start(),
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'u' => {
                let (digits, after) = rest.split_once('}').unwrap_or((rest, ""));
                let number = u32::from_str_radix(digits.trim_start_matches('{'), 16);
                text.extend(number.ok().and_then(char::from_u32));
                rest = after;
            }
            other => text.push(other),
        }
    }
    text.push_str(rest);
    text
}

/// The English of a message file, each with its line.
fn keys(file: &File) -> Vec<(usize, String)> {
    let literals = string_literals(file.text());
    let mut found = Vec::new();
    for (line, literal) in literals {
        if found.last().is_none_or(|(own, _)| *own != line) {
            found.push((line, plain(literal)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "crates/izin-store/src/a.rs";

    fn compare(source: &str, messages: &str) -> Vec<Finding> {
        check(&Tree::of(&[(SOURCE, source), (MESSAGES[0], messages)]))
    }

    #[test]
    fn a_sentence_without_indonesian_is_named_with_its_line() {
        let found = compare("//! A.\n#[error(\"the {0} is gone\")]\n", "# none\n");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].path.as_str(), found[0].line), (SOURCE, 2));
    }

    #[test]
    fn every_way_to_make_an_error_is_seen_over_its_lines() {
        for source in [
            "bail!(\n    \"the disk \\\n     is {x}\",\n    x = 1\n);\n",
            "open().with_context(|| format!(\"the disk is {x}\"))?;\n",
            "anyhow::ensure!(\n    a(b),\n    \"the disk is {x}\"\n);\n",
            "Err(Usage(\"the disk is {x}\".to_owned()))\n",
        ] {
            assert_eq!(compare(source, "# none\n").len(), 1, "{source}");
            let told = "\"the disk is {x}\" = \"disk itu {x}\"\n";
            assert_eq!(compare(source, told), [], "{source}");
        }
    }

    #[test]
    fn what_has_no_words_of_its_own_needs_none() {
        let source =
            "#[error(\"{0}: {1}\")]\n#[error(transparent)]\n#[error(\"`{file}`: {fault}\")]\n";
        assert_eq!(compare(source, "# none\n"), []);
    }

    #[test]
    fn a_sentence_that_nothing_says_is_named() {
        let told = "\"the disk is full\" = \"disk penuh\"\n";
        let found = compare("fn a() {}\n", told);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, MESSAGES[0]);
    }

    #[test]
    fn without_message_files_nothing_is_compared() {
        let tree = Tree::of(&[(SOURCE, "#[error(\"the disk is full\")]\n")]);
        assert_eq!(check(&tree), []);
    }
}
