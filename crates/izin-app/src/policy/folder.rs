//! Which files a policy folder has.

use std::path::Path;
use std::sync::Arc;

use super::code::Code;
use super::file::{self, Source};
use super::found::{Found, both, word};
use super::shape::FILES;
use crate::closest::closest;

/// The most entries of a folder that are looked at: a policy has eleven files.
const ENTRIES_MAX: usize = 1_000;

/// Reads every file of a policy folder; what is missing, unknown or unreadable is found.
pub(super) fn read(dir: &Path) -> (Vec<Arc<Source>>, Found) {
    let mut found = Found::default();
    let names = match names(dir) {
        Ok(names) => names,
        Err(why) => {
            let nothing = Source::empty(dir, &dir.display().to_string());
            found.tell_at(
                Code::FolderUnreadable,
                (&nothing, 0..0),
                &[word("why", why)],
            );
            return (Vec::new(), found);
        }
    };
    for name in &names {
        unknown(dir, name, &mut found);
    }
    let mut sources = Vec::new();
    for file in &FILES {
        if !names.iter().any(|name| name == file.name) {
            if file.required {
                let nothing = Source::empty(&dir.join(file.name), file.name);
                found.tell_at(
                    Code::FileMissing,
                    (&nothing, 0..0),
                    &[word("name", file.name)],
                );
            }
            continue;
        }
        sources.extend(file::read(&dir.join(file.name), file.name, &mut found));
    }
    (sources, found)
}

fn names(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)?.take(ENTRIES_MAX) {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// A TOML file that no part of the policy reads is probably misspelt.
fn unknown(dir: &Path, name: &str, found: &mut Found) {
    let known = FILES.iter().map(|file| file.name);
    if !name.ends_with(".toml") || known.clone().any(|own| own == name) {
        return;
    }
    let stem = |name: &'static str| name.trim_end_matches(".toml");
    let near = closest(name.trim_end_matches(".toml"), known.clone().map(stem));
    let hint = match near {
        Some(near) => both(
            &format!("mungkin maksudnya `{near}.toml`?"),
            &format!("did you mean `{near}.toml`?"),
        ),
        None => {
            let all: Vec<String> = known.map(|name| format!("`{name}`")).collect();
            let all = all.join(", ");
            both(
                &format!("berkasnya: {all}"),
                &format!("the files are {all}"),
            )
        }
    };
    let nothing = Source::empty(&dir.join(name), name);
    let words = [word("name", name), ("hint", hint)];
    found.tell_at(Code::UnknownFile, (&nothing, 0..0), &words);
}
