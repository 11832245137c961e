//! Crates: arrows point one way, the pure ones reach nothing, every library has its line.

use super::pure::PURE_CRATES;
use super::{File, Finding, Tree};

/// Why one package needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
    Build,
}

/// One line under `[dependencies]` and its kin.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Whether it is a crate of this workspace.
    pub(crate) ours: bool,
}

/// A package of this workspace.
#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) name: String,
    /// Its manifest, from the root.
    pub(crate) manifest: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// Helps tests and is never shipped.
const TESTKIT: &str = "izin-testkit";

const BELOW_APP: &[&str] = &[
    "izin-core",
    "izin-log",
    "izin-wire",
    "izin-recommend",
    "izin-store",
];
const BELOW_WEB: &[&str] = &[
    "izin-app",
    "izin-core",
    "izin-log",
    "izin-wire",
    "izin-recommend",
    "izin-store",
];
const BELOW_BINARY: &[&str] = &[
    "izin-web",
    "izin-app",
    "izin-core",
    "izin-log",
    "izin-wire",
    "izin-recommend",
    "izin-store",
];

/// Who may use whom (ARCHITECTURE.md, "Crates"); everybody's tests may also use the testkit.
const MAY_USE: [(&str, &[&str]); 10] = [
    ("izin-core", &[]),
    ("izin-log", &[]),
    ("izin-wire", &["izin-core"]),
    ("izin-recommend", &["izin-core"]),
    ("izin-store", &["izin-core", "izin-log"]),
    ("izin-app", BELOW_APP),
    ("izin-web", BELOW_WEB),
    ("izin", BELOW_BINARY),
    (TESTKIT, BELOW_BINARY),
    ("xtask", &[]),
];

/// Libraries that bring a socket, a file, a clock or chance: not for the pure crates.
const EFFECTS: [&str; 10] = [
    "axum",
    "getrandom",
    "lettre",
    "rand",
    "reqwest",
    "rusqlite",
    "tokio",
    "tokio-postgres",
    "tokio-rustls",
    "tower-http",
];

const DOCUMENT: &str = "docs/dependencies.md";

/// Checks who uses whom, and what the pure crates use.
pub(crate) fn check_direction(crates: &[Crate]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in crates {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == package.name) else {
            let wrong = format!(
                "the table of who may use whom does not know `{}`",
                package.name
            );
            let mend = "add it to xtask/src/tidy/crates.rs, with a reason in ARCHITECTURE.md";
            findings.push(finding(package, wrong, mend));
            continue;
        };
        for dependency in &package.dependencies {
            findings.extend(check_dependency(package, dependency, allowed));
        }
    }
    findings
}

/// Checks that every library from outside has its line in the list of dependencies.
pub(crate) fn check_documented(crates: &[Crate], tree: &Tree) -> Vec<Finding> {
    let documented = documented(tree.file(DOCUMENT).map(File::text).unwrap_or_default());
    let mut findings = Vec::new();
    for package in crates {
        let outside = package
            .dependencies
            .iter()
            .filter(|dependency| !dependency.ours);
        for dependency in outside.filter(|outside| !documented.contains(&outside.name.as_str())) {
            let wrong = format!("`{}` has no line in {DOCUMENT}", dependency.name);
            let mend = "say why, what it drags in, its licence and how we would leave it";
            findings.push(finding(package, wrong, mend));
        }
    }
    findings
}

fn check_dependency(package: &Crate, dependency: &Dependency, allowed: &[&str]) -> Option<Finding> {
    let name = dependency.name.as_str();
    let is_pure = PURE_CRATES.contains(&package.name.as_str());
    if !dependency.ours {
        let wrong = format!("a pure crate uses `{name}`");
        let mend = "take the value as an argument and keep the effect in a crate above";
        return (is_pure && EFFECTS.contains(&name)).then(|| finding(package, wrong, mend));
    }
    if name == TESTKIT {
        let wrong = format!("`{TESTKIT}` is used outside tests");
        let mend = "move it to [dev-dependencies]";
        return (dependency.kind != Kind::Dev).then(|| finding(package, wrong, mend));
    }
    let wrong = format!("`{}` may not use `{name}`", package.name);
    let mend = "move the code down to where both may reach it, or up to the caller";
    (!allowed.contains(&name)).then(|| finding(package, wrong, mend))
}

/// The names in backticks in the first cell of each table row.
fn documented(text: &str) -> Vec<&str> {
    let cells = text
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.split('|').next());
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

fn finding(package: &Crate, wrong: String, mend: &str) -> Finding {
    Finding {
        path: package.manifest.clone(),
        line: 1,
        wrong,
        mend: mend.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Kind)]) -> Crate {
        let dependency = |&(name, kind): &(&str, Kind)| Dependency {
            name: name.to_owned(),
            kind,
            ours: name.starts_with("izin"),
        };
        Crate {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    fn wrongs(name: &str, dependencies: &[(&str, Kind)]) -> Vec<String> {
        let found = check_direction(&[package(name, dependencies)]).into_iter();
        found.map(|finding| finding.wrong).collect()
    }

    #[test]
    fn an_arrow_against_the_table_is_named_in_tests_too() {
        assert_eq!(
            wrongs(
                "izin-core",
                &[("izin-log", Kind::Normal), ("izin-app", Kind::Dev)]
            ),
            [
                "`izin-core` may not use `izin-log`",
                "`izin-core` may not use `izin-app`"
            ]
        );
        assert_eq!(wrongs("izin-app", &[("izin-web", Kind::Build)]).len(), 1);
        assert_eq!(wrongs("xtask", &[("izin-core", Kind::Normal)]).len(), 1);
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        assert_eq!(
            wrongs("izin-web", &[("izin-testkit", Kind::Normal)]).len(),
            1
        );
        assert_eq!(wrongs("izin-core", &[("izin-testkit", Kind::Dev)]).len(), 0);
    }

    #[test]
    fn a_pure_crate_with_an_effect_is_named() {
        assert_eq!(wrongs("izin-wire", &[("tokio", Kind::Normal)]).len(), 1);
        assert_eq!(wrongs("izin-log", &[("rusqlite", Kind::Dev)]).len(), 1);
        assert_eq!(wrongs("izin-store", &[("rusqlite", Kind::Normal)]).len(), 0);
    }

    #[test]
    fn a_crate_outside_the_table_is_named() {
        assert_eq!(wrongs("izin-common", &[]).len(), 1);
    }

    #[test]
    fn every_allowed_arrow_passes() {
        for (name, allowed) in MAY_USE {
            let all: Vec<_> = allowed.iter().map(|name| (*name, Kind::Normal)).collect();
            assert_eq!(wrongs(name, &all).len(), 0, "{name}");
        }
    }

    #[test]
    fn a_library_without_its_line_is_named_wherever_it_is_used() {
        let crates = [
            package(
                "izin-core",
                &[("serde", Kind::Normal), ("insta", Kind::Dev)],
            ),
            package(
                "izin-log",
                &[("sha2", Kind::Normal), ("izin-core", Kind::Normal)],
            ),
        ];
        let text =
            "| crate | why |\n|---|---|\n| `serde` | uses `insta` |\n| `sha2`, `hmac` | x |\n";
        let found = check_documented(&crates, &Tree::of(&[(DOCUMENT, text)]));
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].wrong,
            "`insta` has no line in docs/dependencies.md"
        );
        assert_eq!(check_documented(&crates, &Tree::of(&[])).len(), 3);
    }
}
