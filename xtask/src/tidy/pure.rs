//! The pure crates: no file, no socket, no environment, no clock in what they ship.
//!
//! Their dependencies are checked in [`super::crates`]; this is about the standard library.

use super::file::find_word;
use super::rust::{code_only, without_tests};
use super::{File, Finding};

/// Crates whose functions see nothing but their arguments.
pub(crate) const PURE_CRATES: [&str; 4] = ["izin-core", "izin-log", "izin-wire", "izin-recommend"];

/// Modules of `std` that reach outside. Addresses live in `core::net`.
const OUTSIDE_MODULES: [&str; 4] = ["fs", "net", "env", "process"];
/// The clocks of `std`.
const CLOCKS: [&str; 2] = ["SystemTime", "Instant::now"];

const MEND: &str = "take the value as an argument; effects belong to izin-store, -app and -web";

/// Checks one source file; test modules may read what they like.
pub(crate) fn check(file: &File) -> Vec<Finding> {
    if !is_pure_source(&file.path) {
        return Vec::new();
    }
    let code = code_only(without_tests(file.text()));
    let line_at = |at: usize| code[..at].matches('\n').count() + 1;
    let mut findings: Vec<Finding> = standard_modules(&code)
        .into_iter()
        .filter(|(_, module)| OUTSIDE_MODULES.contains(module))
        .map(|(at, module)| file.finding(line_at(at), format!("`std::{module}`"), MEND))
        .collect();
    for clock in CLOCKS {
        if let Some(at) = find_word(&code, clock) {
            findings.push(file.finding(line_at(at), format!("`{clock}`"), MEND));
        }
    }
    findings
}

fn is_pure_source(path: &str) -> bool {
    let inside = path
        .strip_prefix("crates/")
        .and_then(|path| path.split_once("/src/"));
    inside.is_some_and(|(name, file)| {
        PURE_CRATES.contains(&name) && file.ends_with(".rs") && !file.ends_with("tests.rs")
    })
}

/// The modules named straight after `std::`, inside `std::{…}` too, and where.
fn standard_modules(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, path) in code.match_indices("std::") {
        let start = at + path.len();
        match code[start..].strip_prefix('{') {
            Some(group) => {
                found.extend(group_members(group).into_iter().map(|name| (at, name)));
            }
            None => found.push((at, first_word(&code[start..]))),
        }
    }
    found
}

/// The first words of a use group's members, up to the brace that closes it.
fn group_members(group: &str) -> Vec<&str> {
    let mut members = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, mark) in group.char_indices() {
        match mark {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                members.push(first_word(&group[start..at]));
                start = at + 1;
                if mark == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    members
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    end.map_or(text, |end| &text[..end])
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

    const SOURCE: &str = "crates/izin-core/src/decide.rs";

    #[test]
    fn files_sockets_and_clocks_are_named() {
        assert_eq!(wrongs(SOURCE, "let x = std::fs::read(p);"), ["`std::fs`"]);
        assert_eq!(wrongs(SOURCE, "use std::net::TcpStream;"), ["`std::net`"]);
        assert_eq!(
            wrongs(SOURCE, "use std::time::{Duration, SystemTime};"),
            ["`SystemTime`"]
        );
        assert_eq!(
            wrongs(SOURCE, "let t = Instant::now();"),
            ["`Instant::now`"]
        );
    }

    #[test]
    fn grouped_uses_are_taken_apart() {
        let code =
            "use std::{\n    collections::{BTreeMap, HashMap},\n    env,\n    fmt,\n    fs,\n};";
        assert_eq!(wrongs(SOURCE, code), ["`std::env`", "`std::fs`"]);
    }

    #[test]
    fn what_has_no_effect_passes() {
        let code = "use std::{fmt, time::Duration}; // not std::fs\nuse core::net::IpAddr;";
        assert_eq!(wrongs(SOURCE, code).len(), 0);
        assert_eq!(
            wrongs(SOURCE, "let s = \"std::fs\"; let instant: Instant;").len(),
            0
        );
    }

    #[test]
    fn tests_and_other_crates_may_read_files() {
        let code = "#[cfg(test)]\nmod tests {\n use std::fs;\n}\n";
        assert_eq!(wrongs(SOURCE, code).len(), 0);
        assert_eq!(
            wrongs("crates/izin-core/tests/it/main.rs", "use std::fs;").len(),
            0
        );
        assert_eq!(
            wrongs("crates/izin-store/src/lib.rs", "use std::fs;").len(),
            0
        );
    }
}
