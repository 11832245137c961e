//! An export, checked by a program of another language that shares no code with this one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use izin_log::Hash;
use izin_log::bundle::ENTRY_BYTES;

use crate::store::{Folder, signer};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify.py");
/// Three bundles, the last one partial.
const SIZE: u64 = 700;

/// Runs the other verifier; `None`, said aloud, where there is no Python and none is required.
fn run(dir: &Path, key: &str) -> Option<Output> {
    let required = std::env::var("IZIN_REQUIRE").is_ok_and(|list| list.contains("python3"));
    match Command::new("python3")
        .arg(SCRIPT)
        .arg(dir)
        .arg(key)
        .output()
    {
        Ok(output) => Some(output),
        Err(error) if required => panic!("python3: {error}"),
        Err(error) => {
            println!("skipped: python3: {error}");
            None
        }
    }
}

fn write(name: &str, folder: &Folder) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).unwrap();
    }
    for (path, bytes) in &folder.0 {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

#[test]
fn another_program_refuses_a_log_that_was_tampered_with() {
    let key = signer().verifier().to_string();
    let mut swapped = Folder::of(SIZE);
    let bundle = swapped.0.get_mut("tile/entries/001").unwrap();
    let (one, rest) = bundle.split_at_mut(ENTRY_BYTES);
    one.swap_with_slice(&mut rest[..ENTRY_BYTES]);
    let mut forged = Folder::of(SIZE);
    let note = forged.0.get_mut("checkpoint").unwrap();
    let place = note.len() - 10;
    note[place] = if note[place] == b'A' { b'B' } else { b'A' };
    let mut other_root = Folder::of(SIZE);
    let older = Folder::of(SIZE - 1).0.remove("checkpoint").unwrap();
    other_root.0.insert("checkpoint".to_owned(), older);
    for (name, folder) in [
        ("python-swapped", swapped),
        ("python-forged", forged),
        ("python-other-root", other_root),
    ] {
        let Some(ran) = run(&write(name, &folder), &key) else {
            return;
        };
        assert!(!ran.status.success(), "{name}");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(said.starts_with("not whole: "), "{name}: {said}");
    }
}

#[test]
fn another_program_finds_the_same_root_in_an_export() {
    let folder = Folder::of(SIZE);
    let head = *folder.verify().unwrap().head();
    let key = signer().verifier().to_string();
    let Some(ran) = run(&write("python-whole", &folder), &key) else {
        return;
    };
    let said = String::from_utf8(ran.stdout).unwrap();
    let errors = String::from_utf8_lossy(&ran.stderr);
    let (size, root) = said
        .trim()
        .split_once(' ')
        .unwrap_or_else(|| panic!("{errors}"));
    assert_eq!((size, Hash::parse(root)), ("700", Some(head.root)));
}
