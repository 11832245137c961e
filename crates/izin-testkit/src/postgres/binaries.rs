//! Where PostgreSQL's programs are.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What must stand in the folder, so that a lone `psql` is not taken for a server.
const PROGRAMS: [&str; 4] = ["postgres", "initdb", "psql", "pg_basebackup"];
/// Where Debian puts them, in a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder of the programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries(PathBuf);

impl Binaries {
    /// What `IZIN_POSTGRES_BIN` names and nothing else where it is set; or else what `pg_config`
    /// says, Debian's newest, the search path.
    #[must_use]
    pub fn find() -> Option<Self> {
        let places = match std::env::var_os("IZIN_POSTGRES_BIN") {
            Some(named) => vec![PathBuf::from(named)],
            None => usual_places(),
        };
        places.into_iter().find(|place| is_whole(place)).map(Self)
    }

    /// The path of one program.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The version as `15.14`.
    ///
    /// # Panics
    /// When the server does not say.
    #[must_use]
    pub fn version(&self) -> String {
        let said = Command::new(self.program("postgres"))
            .arg("--version")
            .output();
        let said = String::from_utf8(said.expect("a version").stdout).expect("text");
        let version = said.split_whitespace().nth(2);
        version.expect("a version in its third word").to_owned()
    }
}

fn is_whole(place: &Path) -> bool {
    PROGRAMS.iter().all(|name| place.join(name).is_file())
}

fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Ok(said) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(String::from_utf8_lossy(&said.stdout).trim()));
    }
    places.extend(debian());
    places.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    places
}

/// Debian's folders, newest first.
fn debian() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, path)| path).collect()
}
