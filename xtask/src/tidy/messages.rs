//! Message files: Indonesian and English say the same things with the same variables.
//!
//! It reads only what the comparison needs of Fluent: names, attributes and `$variables`.

use std::collections::{BTreeMap, BTreeSet};

use super::file::lines;
use super::{File, Finding, Tree};

const INDONESIAN: &str = "id.ftl";
const ENGLISH: &str = "en.ftl";

/// A message or one of its attributes.
#[derive(Debug, Default)]
struct Message {
    line: usize,
    body: String,
}

/// Compares each `id.ftl` with the `en.ftl` beside it.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some((folder, name)) = file.path.rsplit_once('/') else {
            continue;
        };
        let twin_name = match name {
            INDONESIAN => ENGLISH,
            ENGLISH => INDONESIAN,
            _ => continue,
        };
        findings.extend(check_repeated(file));
        match tree.file(&format!("{folder}/{twin_name}")) {
            None => findings.push(file.finding(
                1,
                format!("`{twin_name}` is missing beside it"),
                "write both languages in the same commit",
            )),
            Some(twin) => findings.extend(check_pair(file, twin)),
        }
    }
    findings
}

/// What `file` lacks of `twin`, and, once for the pair, where their variables differ.
fn check_pair(file: &File, twin: &File) -> Vec<Finding> {
    let ours: BTreeMap<_, _> = messages(file.text()).into_iter().collect();
    let theirs: BTreeMap<_, _> = messages(twin.text()).into_iter().collect();
    let mut findings = Vec::new();
    for (name, message) in &theirs {
        let Some(own) = ours.get(name) else {
            let wrong = format!("`{name}` is missing; {}:{} has it", twin.path, message.line);
            findings.push(file.finding(1, wrong, "write it in both languages"));
            continue;
        };
        let (here, there) = (variables(&own.body), variables(&message.body));
        if here != there && file.path < twin.path {
            let wrong = format!(
                "`{name}` uses {} here and {} in {}:{}",
                list(&here),
                list(&there),
                twin.path,
                message.line
            );
            findings.push(file.finding(own.line, wrong, "use the same variables in both"));
        }
    }
    findings
}

fn check_repeated(file: &File) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (name, message) in messages(file.text()) {
        if !seen.insert(name.clone()) {
            let wrong = format!("`{name}` is defined twice");
            findings.push(file.finding(message.line, wrong, "keep one of them"));
        }
    }
    findings
}

/// Every message, term (`-shop`) and attribute (`save.title`) in order of appearance.
fn messages(text: &str) -> Vec<(String, Message)> {
    let mut found: Vec<(String, Message)> = Vec::new();
    let mut parent = String::new();
    for (line, source) in lines(text).filter(|(_, source)| !source.starts_with('#')) {
        let defined = definition(source);
        if let Some((name, body)) = defined {
            let name = match name.strip_prefix('.') {
                Some(attribute) => format!("{parent}.{attribute}"),
                None => {
                    name.clone_into(&mut parent);
                    name.to_owned()
                }
            };
            found.push((
                name,
                Message {
                    line,
                    body: body.to_owned(),
                },
            ));
        } else if let Some((_, message)) = found.last_mut() {
            message.body.push('\n');
            message.body.push_str(source);
        }
    }
    found
}

/// `name = body` at the line's start, or an indented `.attribute = body`.
fn definition(source: &str) -> Option<(&str, &str)> {
    let (name, body) = source.split_once('=')?;
    let name = name.trim_end();
    let is_message = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-');
    let name = if is_message { name } else { name.trim_start() };
    let is_attribute = name.starts_with('.') && source.starts_with(' ');
    let word = name.strip_prefix('.').unwrap_or(name);
    let is_word = !word.is_empty()
        && word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    ((is_message || is_attribute) && is_word).then_some((name, body))
}

/// The `$variables` inside `{ … }`, quoted text left out.
fn variables(body: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut depth = 0_usize;
    let mut quoted = false;
    for (at, mark) in body.char_indices() {
        match mark {
            '"' if depth > 0 => quoted = !quoted,
            _ if quoted => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '$' if depth > 0 => {
                let name = body[at + 1..].chars();
                let joins =
                    |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
                found.insert(name.take_while(joins).collect());
            }
            _ => {}
        }
    }
    found
}

fn list(variables: &BTreeSet<String>) -> String {
    if variables.is_empty() {
        return "no variable".to_owned();
    }
    let marked: Vec<String> = variables.iter().map(|name| format!("`${name}`")).collect();
    marked.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(id: &str, en: &str) -> Vec<Finding> {
        check(&Tree::of(&[
            ("messages/en.ftl", en),
            ("messages/id.ftl", id),
        ]))
    }

    #[test]
    fn a_message_in_one_language_only_is_named_in_the_other() {
        let found = compare("save = Simpan\n", "save = Save\nstop = Stop\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "messages/id.ftl");
        assert!(found[0].wrong.contains("`stop`"));
    }

    #[test]
    fn a_variable_in_one_language_only_is_named_once() {
        let found = compare("hi = Halo\n", "hi = Hello { $name }\n");
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].wrong,
            "`hi` uses `$name` here and no variable in messages/id.ftl:1"
        );
    }

    #[test]
    fn variables_are_found_in_selectors_and_continued_lines() {
        let id = "n = { $count ->\n   *[other] { $count } pesan untuk { $who }\n }\n";
        assert_eq!(compare(id, "n = { $who } has { NUMBER($count) }\n"), []);
        assert_eq!(compare(id, "n = { $who } has many\n").len(), 1);
    }

    #[test]
    fn money_signs_in_text_and_in_quotes_are_not_variables() {
        assert_eq!(compare("p = US$5 {\"$x\"}\n", "p = US$6\n"), []);
    }

    #[test]
    fn attributes_and_terms_count_as_messages() {
        let en = "-shop = Shop\nsave = Save\n    .title = Keep it\n";
        let found = compare("-shop = Toko\nsave = Simpan\n", en);
        assert!(found[0].wrong.contains("`save.title`"));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_repeated_message_and_a_missing_language_are_named() {
        assert_eq!(compare("a = 1\na = 2\n", "a = 1\n").len(), 1);
        assert_eq!(check(&Tree::of(&[("messages/id.ftl", "a = 1\n")])).len(), 1);
    }

    #[test]
    fn equal_files_pass_and_comments_say_nothing() {
        assert_eq!(compare("# a = { $x }\na = A\n", "a = A\n"), []);
    }
}
