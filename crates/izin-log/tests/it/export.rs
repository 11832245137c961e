//! The stand-alone verifier against every way to tamper with an export.

use izin_log::bundle::ENTRY_BYTES;
use izin_log::verify::{FILE_BYTES_MAX, Fault};
use izin_log::{Hash, Leaf, SignerKey, TreeHead, bundle, export_files, tile, verify_export};

use crate::store::{Folder, Log, leaf_of, signer};

/// Two bundles, two tiles of leaves, one tile above.
const SIZE: u64 = 300;
const KEY: &str = "izin.vkey";

/// The place that a finding names, in the unit of its file.
fn named_place(fault: &Fault) -> Option<usize> {
    match fault {
        Fault::Leaf { seq, .. } | Fault::Entry { seq, .. } => Some(*seq as usize),
        Fault::Hash { position } => Some(*position),
        _ => None,
    }
}

fn changed_place(path: &str, byte: usize) -> Option<usize> {
    match path {
        "tile/entries/000" => Some(byte / ENTRY_BYTES),
        "tile/entries/001.p/44" => Some(256 + byte / ENTRY_BYTES),
        _ if path.starts_with("tile/") => Some(byte / Hash::BYTES),
        _ => None,
    }
}

#[test]
fn every_changed_byte_is_seen_and_named() {
    let mut folder = Folder::of(SIZE);
    let paths: Vec<String> = folder.0.keys().cloned().collect();
    assert_eq!(paths.len(), 7);
    for path in paths {
        for byte in 0..folder.0[&path].len() {
            let bit = 1 << (byte % 8);
            folder.0.get_mut(&path).unwrap()[byte] ^= bit;
            let finding = folder.finding();
            folder.0.get_mut(&path).unwrap()[byte] ^= bit;
            assert_eq!(finding.file, path, "byte {byte}: {finding}");
            let place = named_place(&finding.fault);
            assert_eq!(
                place,
                changed_place(&path, byte),
                "{path}, byte {byte}: {finding}"
            );
        }
    }
    assert!(folder.verify().is_ok());
}

#[test]
fn every_file_cut_lengthened_removed_or_renamed_is_named() {
    let folder = Folder::of(SIZE);
    for path in folder.0.keys() {
        let mut cut = folder.clone();
        cut.0.get_mut(path).unwrap().pop();
        assert_eq!(cut.finding().file, *path);
        let mut longer = folder.clone();
        longer.0.get_mut(path).unwrap().push(b'\n');
        assert_eq!(longer.finding().file, *path);
        let mut empty = folder.clone();
        empty.0.get_mut(path).unwrap().clear();
        assert_eq!(empty.finding().file, *path);

        let mut removed = folder.clone();
        let bytes = removed.0.remove(path).unwrap();
        let finding = removed.finding();
        assert_eq!(finding.file, *path);
        assert!(matches!(finding.fault, Fault::Missing), "{finding}");
        removed.0.insert(format!("{path}x"), bytes);
        let finding = removed.finding();
        assert!(finding.file.starts_with(path.as_str()), "{finding}");
    }
}

#[test]
fn every_file_too_many_is_named() {
    let strange = [
        "notes.txt",
        ".hidden",
        "tile/0/002",
        "tile/0/001",
        "tile/0/001.p/43",
        "tile/0/000.p/44",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/entries/001",
        "tile/entries/001.p/43",
        "tile/entries/002",
        "tile/x",
        "checkpoint.bak",
        "sub/checkpoint",
        "tile/00/000",
    ];
    for path in strange {
        let mut folder = Folder::of(SIZE);
        folder.0.insert(path.to_owned(), Vec::new());
        let finding = folder.finding();
        assert_eq!(finding.file, path);
        assert!(
            matches!(finding.fault, Fault::Unexpected { size: SIZE }),
            "{finding}"
        );
    }
}

#[test]
fn files_put_in_each_others_place_are_named() {
    let folder = Folder::of(600);
    for (one, other) in [
        ("tile/0/000", "tile/0/001"),
        ("tile/entries/000", "tile/entries/001"),
    ] {
        let mut swapped = folder.clone();
        let first = swapped.0[one].clone();
        let second = swapped.0.insert(other.to_owned(), first).unwrap();
        swapped.0.insert(one.to_owned(), second);
        assert_eq!(swapped.finding().file, one);
    }
}

#[test]
fn an_entry_and_its_tile_changed_together_are_named_by_the_tile() {
    let mut folder = Folder::of(SIZE);
    let mut forged: Vec<Leaf> = (0..256).map(leaf_of).collect();
    forged[17].kind ^= 1;
    let hashes: Vec<Hash> = forged.iter().map(Leaf::hash).collect();
    folder
        .0
        .insert("tile/entries/000".to_owned(), bundle::encode(&forged));
    folder
        .0
        .insert("tile/0/000".to_owned(), tile::encode(&hashes));
    let finding = folder.finding();
    assert_eq!(finding.file, "tile/0/000");
    assert!(matches!(finding.fault, Fault::Subtree { .. }), "{finding}");
}

#[test]
fn a_wholly_rewritten_log_does_not_have_the_signed_root() {
    let mut leaves: Vec<Leaf> = (0..SIZE).map(leaf_of).collect();
    leaves[17].kind ^= 1;
    let mut forged = Folder::export(&leaves, &signer());
    forged.0.insert(
        "checkpoint".to_owned(),
        Folder::of(SIZE).0["checkpoint"].clone(),
    );
    let finding = forged.finding();
    assert_eq!(finding.file, "checkpoint");
    assert!(matches!(finding.fault, Fault::Root), "{finding}");
}

#[test]
fn a_log_signed_by_another_key_is_refused() {
    let leaves: Vec<Leaf> = (0..SIZE).map(leaf_of).collect();
    let other = SignerKey::from_seed("shop.example/log", &[8; 32]).unwrap();
    let mut forged = Folder::export(&leaves, &other);
    assert_eq!(forged.finding().file, "checkpoint");
    forged.0.insert(
        "checkpoint".to_owned(),
        Folder::of(SIZE).0["checkpoint"].clone(),
    );
    let finding = forged.finding();
    assert_eq!(finding.file, KEY);
    assert!(matches!(finding.fault, Fault::Key), "{finding}");
}

#[test]
fn a_folder_that_cannot_be_read_is_a_finding_and_not_a_pass() {
    let folder = Folder::of(SIZE);
    let key = signer();
    let mut names = folder.0.keys().cloned().map(Ok);
    let mut broken = |path: &str| match path {
        "tile/0/000" => Err("disk error".into()),
        _ => Ok(folder.0.get(path).cloned()),
    };
    let finding = verify_export(&mut names, &mut broken, key.verifier(), None).unwrap_err();
    assert_eq!(
        finding.to_string(),
        "`tile/0/000`: the file cannot be read: disk error"
    );
    let mut names = [Err("no permission".into())].into_iter();
    let mut read = |path: &str| Ok(folder.0.get(path).cloned());
    let finding = verify_export(&mut names, &mut read, key.verifier(), None).unwrap_err();
    assert!(matches!(finding.fault, Fault::Unreadable(_)), "{finding}");
}

#[test]
fn a_log_that_lost_or_rewrote_what_was_once_signed_is_refused() {
    let folder = Folder::of(SIZE);
    let longer = Log::of(301).edge.head();
    let finding = folder.verify_since(Some(&longer)).unwrap_err();
    assert!(
        matches!(
            finding.fault,
            Fault::Shrunk {
                size: SIZE,
                earlier: 301
            }
        ),
        "{finding}"
    );
    for size in [0, 1, 255, 256, 257, SIZE] {
        let honest = Log::of(size).edge.head();
        assert!(folder.verify_since(Some(&honest)).is_ok(), "{size}");
        let other = TreeHead {
            size,
            root: Hash([1; 32]),
        };
        let finding = folder.verify_since(Some(&other)).unwrap_err();
        assert!(
            matches!(finding.fault, Fault::Rewritten { .. }),
            "{size}: {finding}"
        );
    }
}

#[test]
fn a_finding_is_one_plain_sentence() {
    let mut folder = Folder::of(SIZE);
    folder.0.get_mut("tile/entries/001.p/44").unwrap()[ENTRY_BYTES * 2 + 10] ^= 1;
    let text = folder.finding().to_string();
    assert_eq!(
        text,
        "`tile/entries/001.p/44`: entry 258 does not match its hash in `tile/0/001.p/44`"
    );
}

#[test]
fn an_untouched_export_of_any_shape_passes_and_is_read_once() {
    for size in [0, 1, 255, 256, 257, 600, 66_000] {
        let folder = Folder::of(size);
        let key = signer();
        let mut reads = Vec::new();
        let mut names = folder.0.keys().cloned().map(Ok);
        let mut read = |path: &str| {
            reads.push(path.to_owned());
            Ok(folder.0.get(path).cloned())
        };
        let checkpoint = verify_export(&mut names, &mut read, key.verifier(), None).unwrap();
        assert_eq!(checkpoint.head().size, size);
        let mut expected: Vec<String> = export_files(size).map(|file| file.to_string()).collect();
        expected.sort();
        reads.sort();
        assert_eq!(reads, expected, "{size}");
        assert!(folder.0.values().all(|bytes| bytes.len() < FILE_BYTES_MAX));
    }
}
