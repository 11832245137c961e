//! Every Rust file is part of a crate: a file that no `mod` names is never compiled, and its tests
//! promise nothing.

use super::{File, Finding, Tree};

/// Files that are not reached by a `mod`: the roots of crates and of their tests.
const ROOTS: [&str; 3] = ["main.rs", "lib.rs", "build.rs"];

/// Names every file that none beside or above it declares.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let lost = tree.files.iter().filter(|file| is_lost(file, tree));
    lost.map(|file| {
        let mend = "declare it with `mod` where it belongs, or delete it";
        file.finding(1, "no module declares this file", mend)
    })
    .collect()
}

fn is_lost(file: &File, tree: &Tree) -> bool {
    let Some((folder, name)) = file.path.rsplit_once('/') else {
        return false;
    };
    let Some(mut module) = name.strip_suffix(".rs") else {
        return false;
    };
    let is_code = folder.contains("/src") || folder.contains("/tests/");
    if !is_code || ROOTS.contains(&name) {
        return false;
    }
    let mut above = folder;
    if module == "mod" {
        let Some((outer, own)) = folder.rsplit_once('/') else {
            return false;
        };
        (above, module) = (outer, own);
    }
    let beside = ["main.rs", "lib.rs", "mod.rs"].map(|own| format!("{above}/{own}"));
    let parents = beside.into_iter().chain([format!("{above}.rs")]);
    let declares = |parent: &File| {
        let mut lines = parent.text().lines().map(str::trim);
        lines.any(|line| line.strip_suffix(';').is_some_and(|own| names(own, module)))
    };
    !parents.filter_map(|own| tree.file(&own)).any(declares)
}

/// Whether `pub(crate) mod name`, or the like, is about this name.
fn names(declaration: &str, module: &str) -> bool {
    let words: Vec<&str> = declaration.split_whitespace().collect();
    !declaration.starts_with("//") && words.ends_with(&["mod", module])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(files: &[(&str, &str)]) -> Vec<String> {
        let found = check(&Tree::of(files));
        found.into_iter().map(|own| own.path).collect()
    }

    #[test]
    fn a_file_that_no_module_declares_is_named() {
        let main = (
            "crates/a/tests/it/main.rs",
            "//! Tests.\nmod kept;\n// mod lost;\n",
        );
        let kept = ("crates/a/tests/it/kept.rs", "mod below;");
        let below = ("crates/a/tests/it/kept/below.rs", "");
        let lone = ("crates/a/tests/it/lost.rs", "");
        let deep = ("crates/a/tests/it/lost/deep.rs", "");
        let found = lost(&[main, kept, below, lone, deep]);
        assert_eq!(
            found,
            [
                "crates/a/tests/it/lost.rs",
                "crates/a/tests/it/lost/deep.rs"
            ]
        );
    }

    #[test]
    fn declared_files_and_roots_are_in_order() {
        let files = [
            ("crates/a/build.rs", ""),
            ("crates/a/src/lib.rs", "pub(crate) mod one;\n    mod two;\n"),
            ("crates/a/src/one/mod.rs", "mod three;"),
            ("crates/a/src/one/three.rs", ""),
            ("crates/a/src/two.rs", ""),
            ("docs/book/law.md", ""),
        ];
        assert_eq!(lost(&files), [""; 0]);
    }
}
