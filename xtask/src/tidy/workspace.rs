//! Reads the checkout for the checks: its files by git, its crates by cargo. Changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::crates::{Crate, Dependency, Kind};
use super::licences::Package;
use super::{File, Tree};

/// Separates the two columns asked of `cargo tree`; no name or licence holds it.
const COLUMN: char = ';';

/// Every file that is tracked or would be, and exists.
pub(crate) fn files(root: &Path) -> anyhow::Result<Tree> {
    // A checkout made by another user (a build machine's volume) is still ours to read.
    let listed = output(
        Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z"])
            .args(["--cached", "--others", "--exclude-standard"])
            .current_dir(root),
    )?;
    let mut files = Vec::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        let place = root.join(path);
        if fs::symlink_metadata(&place).is_ok_and(|found| found.is_file()) {
            let content = fs::read(&place).with_context(|| format!("cannot read `{path}`"))?;
            files.push(File::new(path, content));
        }
    }
    ensure!(!files.is_empty(), "git lists no file in the checkout");
    files.dedup_by(|one, other| one.path == other.path);
    Ok(Tree { files })
}

/// The workspace's own packages with their direct dependencies.
pub(crate) fn crates(root: &Path) -> anyhow::Result<Vec<Crate>> {
    let text = output(
        Command::new("cargo")
            .args(["metadata", "--format-version=1", "--no-deps"])
            .current_dir(root),
    )?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let root = string(&metadata, "workspace_root")?;
    list(&metadata, "packages")?
        .iter()
        .map(|package| read_crate(package, root))
        .collect()
}

/// Every package that is built for this machine, the tests' own left out.
pub(crate) fn built_packages(root: &Path) -> anyhow::Result<Vec<Package>> {
    let text = output(
        Command::new("cargo")
            .args([
                "tree",
                "--workspace",
                "--locked",
                "--edges=normal,build",
                "--prefix=none",
            ])
            .arg(format!("--format={{p}}{COLUMN}{{l}}"))
            .current_dir(root),
    )
    .context("Cargo.lock must fit the manifests: run `cargo check` and commit it")?;
    Ok(read_packages(&text))
}

fn read_crate(package: &Value, root: &str) -> anyhow::Result<Crate> {
    let manifest = string(package, "manifest_path")?;
    let dependencies = list(package, "dependencies")?.iter().map(read_dependency);
    Ok(Crate {
        name: string(package, "name")?.to_owned(),
        manifest: manifest
            .strip_prefix(root)
            .unwrap_or(manifest)
            .trim_start_matches('/')
            .into(),
        dependencies: dependencies.collect::<anyhow::Result<_>>()?,
    })
}

fn read_dependency(dependency: &Value) -> anyhow::Result<Dependency> {
    let kind = match dependency.get("kind").and_then(Value::as_str) {
        None => Kind::Normal,
        Some("dev") => Kind::Dev,
        Some(_) => Kind::Build,
    };
    let ours = dependency.get("path").is_some();
    Ok(Dependency {
        name: string(dependency, "name")?.to_owned(),
        kind,
        ours,
    })
}

/// Reads lines like `name v1.2.3 (path);MIT OR Apache-2.0 (*)`, each package once.
fn read_packages(tree: &str) -> Vec<Package> {
    let mut licences = BTreeMap::new();
    for (package, licence) in tree.lines().filter_map(|line| line.split_once(COLUMN)) {
        let name = package.split_whitespace().next().unwrap_or_default();
        let licence = licence.trim_end_matches("(*)").trim();
        licences.insert(name.to_owned(), licence.to_owned());
    }
    licences
        .into_iter()
        .map(|(name, licence)| Package { name, licence })
        .collect()
}

fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_owned();
    let done = command
        .output()
        .with_context(|| format!("cannot start {}", name.display()))?;
    let complaint = String::from_utf8_lossy(&done.stderr);
    ensure!(
        done.status.success(),
        "{} failed: {}",
        name.display(),
        complaint.trim()
    );
    String::from_utf8(done.stdout).with_context(|| format!("{} wrote no text", name.display()))
}

fn string<'a>(value: &'a Value, key: &str) -> anyhow::Result<&'a str> {
    let found = value.get(key).and_then(Value::as_str);
    found.with_context(|| format!("cargo metadata has no text `{key}`"))
}

fn list<'a>(value: &'a Value, key: &str) -> anyhow::Result<&'a Vec<Value>> {
    let found = value.get(key).and_then(Value::as_array);
    found.with_context(|| format!("cargo metadata has no list `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_read_with_the_kinds_of_its_dependencies() {
        let package = serde_json::json!({
            "name": "izin-wire",
            "manifest_path": "/srv/izin/crates/izin-wire/Cargo.toml",
            "dependencies": [
                {"name": "izin-core", "kind": null, "path": "/srv/izin/crates/izin-core"},
                {"name": "proptest", "kind": "dev"},
                {"name": "cc", "kind": "build"},
            ],
        });
        let read = read_crate(&package, "/srv/izin").unwrap();
        assert_eq!(read.manifest, "crates/izin-wire/Cargo.toml");
        let kinds: Vec<_> = read
            .dependencies
            .iter()
            .map(|found| (found.ours, found.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                (true, Kind::Normal),
                (false, Kind::Dev),
                (false, Kind::Build)
            ]
        );
    }

    #[test]
    fn a_package_without_a_name_is_refused() {
        assert!(read_crate(&serde_json::json!({"dependencies": []}), "/").is_err());
    }

    #[test]
    fn the_tree_gives_each_package_once_with_its_licence() {
        let tree = "izin v0.1.0 (/srv/izin);Apache-2.0\nserde v1.0.0;MIT OR Apache-2.0\n\
                    serde v1.0.0;MIT OR Apache-2.0 (*)\nunlicensed v1.0.0;\n\n";
        let packages = read_packages(tree);
        let pairs: Vec<_> = packages
            .iter()
            .map(|p| (p.name.as_str(), p.licence.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("izin", "Apache-2.0"),
                ("serde", "MIT OR Apache-2.0"),
                ("unlicensed", "")
            ]
        );
    }

    #[test]
    fn a_program_that_fails_is_reported_in_its_own_words() {
        let error = output(Command::new("git").arg("no-such-command")).unwrap_err();
        assert!(error.to_string().contains("no-such-command"), "{error}");
    }
}
