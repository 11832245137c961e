//! Published vectors of other implementations, from the folder of shared data when it is there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use izin_log::hash::{leaf_hash, tree_root};
use izin_log::note::{self, Note};
use izin_log::tile::Span;
use izin_log::{Checkpoint, Edge, Hash, Inclusion, SignerKey, TileId, TreeHead, VerifierKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/vectors/upstream/tlog"
);

/// `None`, said aloud, where the shared data is not there and not required.
pub(crate) fn vectors<T: DeserializeOwned>(name: &str) -> Option<T> {
    let required = std::env::var("IZIN_REQUIRE").is_ok_and(|list| list.contains("shared"));
    match std::fs::read(format!("{FOLDER}/{name}.json")) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(error) if required => panic!("{name}: {error}"),
        Err(error) => {
            println!("skipped: {name}: {error}");
            None
        }
    }
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn hash_of_hex(text: &str) -> Hash {
    Hash(unhex(text).try_into().unwrap())
}

/// A path; `None` when a text in it is no hash, which our reader refuses before any proof.
pub(crate) fn path_of(texts: Option<&[String]>) -> Option<Vec<Hash>> {
    texts
        .unwrap_or_default()
        .iter()
        .map(|text| Hash::parse(text))
        .collect()
}

#[derive(Deserialize)]
pub(crate) struct Many<T> {
    pub(crate) count: usize,
    pub(crate) vectors: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InclusionVector {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
    proof: Option<Vec<String>>,
    desc: String,
    want_err: bool,
}

#[test]
fn inclusion_proofs_hold_or_fail_as_published() {
    let Some(file) = vectors::<Many<InclusionVector>>("merkle-inclusion") else {
        return;
    };
    assert_eq!(file.vectors.len(), file.count);
    for vector in file.vectors {
        let (index, size) = (vector.leaf_idx, vector.tree_size);
        let held = || {
            let leaf = Hash::parse(&vector.leaf_hash)?;
            let head = TreeHead {
                size,
                root: Hash::parse(&vector.root)?,
            };
            let path = path_of(vector.proof.as_deref())?;
            Inclusion { index, path }.verify(&leaf, &head).ok()
        };
        assert_eq!(
            held().is_some(),
            !vector.want_err,
            "{index} {}",
            vector.desc
        );
    }
}

#[derive(Deserialize)]
struct ReferenceTree {
    leaf_inputs: Vec<String>,
    root_by_tree_size: Vec<String>,
    node_hashes_by_level: Vec<Vec<String>>,
    hasher: Vec<HasherVector>,
}

#[derive(Deserialize)]
struct HasherVector {
    leaf_input: Option<String>,
    want: String,
}

#[test]
fn the_reference_tree_of_certificate_transparency_has_the_published_hashes() {
    let Some(tree) = vectors::<ReferenceTree>("rfc6962-reference-tree") else {
        return;
    };
    let leaves: Vec<Hash> = tree
        .leaf_inputs
        .iter()
        .map(|leaf| leaf_hash(&unhex(leaf)))
        .collect();
    let mut edge = Edge::new();
    for (size, root) in tree.root_by_tree_size.iter().enumerate() {
        assert_eq!(tree_root(&leaves[..size]), hash_of_hex(root), "size {size}");
        assert_eq!(edge.root(), hash_of_hex(root), "size {size}");
        leaves.get(size).map(|leaf| edge.push(*leaf));
    }
    for (level, nodes) in tree.node_hashes_by_level.iter().enumerate() {
        for (node, subtree) in nodes.iter().zip(leaves.chunks(1 << level)) {
            assert_eq!(tree_root(subtree), hash_of_hex(node), "level {level}");
        }
    }
    for vector in tree.hasher {
        let Some(input) = vector.leaf_input else {
            continue;
        };
        assert_eq!(leaf_hash(&unhex(&input)), hash_of_hex(&vector.want));
    }
}

#[derive(Deserialize)]
struct Notes {
    bad_vkeys: Vec<BadKey>,
    private_key_example: KeyPair,
    vectors: Vec<NoteVector>,
}

#[derive(Deserialize)]
struct BadKey {
    vkey: String,
    why: String,
}

#[derive(Deserialize)]
struct KeyPair {
    skey: String,
    vkey: String,
}

#[derive(Deserialize)]
struct NoteVector {
    id: String,
    vkeys: Vec<String>,
    note: String,
    want: String,
    text: Option<String>,
}

#[test]
fn signed_notes_are_believed_or_refused_as_published() {
    let Some(file) = vectors::<Notes>("signed-note") else {
        return;
    };
    for bad in &file.bad_vkeys {
        assert!(VerifierKey::parse(&bad.vkey).is_err(), "{}", bad.why);
    }
    for vector in &file.vectors {
        let key = VerifierKey::parse(&vector.vkeys[0]).unwrap();
        assert_eq!(key.to_string(), vector.vkeys[0]);
        let verified = Note::parse(&vector.note).and_then(|note| note.verify(&key));
        assert_eq!(
            verified.is_ok(),
            vector.want == "verified",
            "{}: {verified:?}",
            vector.id
        );
        if let (Ok(text), Some(expected)) = (verified, &vector.text) {
            assert_eq!(text, expected, "{}", vector.id);
        }
    }
}

#[test]
fn the_published_signer_gives_the_published_note() {
    let Some(file) = vectors::<Notes>("signed-note") else {
        return;
    };
    let pair = file.private_key_example;
    let (_, encoded) = pair.skey.split_once("+c74f20a3+").unwrap();
    let bytes = STANDARD.decode(encoded).unwrap();
    let key = SignerKey::from_seed("PeterNeumann", bytes[1..].try_into().unwrap()).unwrap();
    assert_eq!(key.verifier().to_string(), pair.vkey);
    let vector = file
        .vectors
        .iter()
        .find(|vector| vector.id == "go-note-1")
        .unwrap();
    let text = vector.text.as_deref().unwrap();
    assert_eq!(note::sign(text, &key).as_deref(), Ok(vector.note.as_str()));
}

#[derive(Deserialize)]
struct CheckpointsAndTiles {
    checkpoints: Vec<CheckpointVector>,
    tiles: Tiles,
}

#[derive(Deserialize)]
struct CheckpointVector {
    id: String,
    text: Option<String>,
    note: Option<String>,
    origin: Option<String>,
    size: Option<u64>,
    root: Option<String>,
    want: String,
}

#[derive(Deserialize)]
struct Tiles {
    vectors: Vec<TileVector>,
}

#[derive(Deserialize)]
struct TileVector {
    tree_size: Option<u64>,
    full_level0: Option<usize>,
    partial_level0_width: Option<u16>,
    full_level1: Option<usize>,
    partial_level1_width: Option<u16>,
    partial_level2_width: Option<u16>,
    index: Option<u64>,
    path: Option<String>,
}

#[test]
fn checkpoints_are_read_or_refused_as_published() {
    let Some(file) = vectors::<CheckpointsAndTiles>("checkpoint-tiles") else {
        return;
    };
    for vector in file.checkpoints {
        let from_note = vector
            .note
            .as_deref()
            .and_then(|note| note.split_once("\n\n"));
        let text = vector
            .text
            .or(from_note.map(|(text, _)| format!("{text}\n")))
            .unwrap();
        let read = Checkpoint::parse(&text);
        if let Some(note) = &vector.note {
            assert!(Note::parse(note).is_ok(), "{}", vector.id);
        }
        match vector.want.as_str() {
            "error" => assert!(read.is_err(), "{}", vector.id),
            "error when origin is pinned" => {
                assert_ne!(
                    read.unwrap().origin(),
                    "go.sum database tree",
                    "{}",
                    vector.id
                );
            }
            _ => {
                let read = read.unwrap();
                let root = read.head().root.to_string();
                assert_eq!(
                    Some(read.origin()),
                    vector.origin.as_deref(),
                    "{}",
                    vector.id
                );
                assert_eq!(Some(read.head().size), vector.size, "{}", vector.id);
                assert_eq!(Some(root), vector.root, "{}", vector.id);
            }
        }
    }
}

#[test]
fn trees_are_cut_into_tiles_as_published() {
    let Some(file) = vectors::<CheckpointsAndTiles>("checkpoint-tiles") else {
        return;
    };
    for vector in file.tiles.vectors {
        if let (Some(index), Some(path)) = (vector.index, &vector.path) {
            assert_eq!(&Span::full(index).to_string(), path);
        }
        let Some(size) = vector.tree_size else {
            continue;
        };
        let full = |level| {
            let tiles = TileId::all_in_tree(size);
            tiles
                .filter(|tile| tile.level() == level && tile.is_full())
                .count()
        };
        let partial = |level| {
            let mut tiles = TileId::all_in_tree(size);
            tiles
                .find(|tile| tile.level() == level && !tile.is_full())
                .map(|tile| tile.width())
        };
        assert_eq!(full(0), vector.full_level0.unwrap_or_default(), "{size}");
        assert_eq!(full(1), vector.full_level1.unwrap_or_default(), "{size}");
        assert_eq!(partial(0), vector.partial_level0_width, "{size}");
        assert_eq!(partial(1), vector.partial_level1_width, "{size}");
        assert_eq!(partial(2), vector.partial_level2_width, "{size}");
    }
}
