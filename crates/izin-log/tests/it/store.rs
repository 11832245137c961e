//! A log in memory, and its export as a folder in memory.

use std::collections::BTreeMap;
use std::convert::Infallible;

use izin_log::{
    Checkpoint, Edge, ExportFile, Finding, Hash, Leaf, SignerKey, Tile, TileId, bundle,
    export_files, tile, verify_export,
};
use izin_log::{TreeHead, hash, leaf};

/// The leaf of entry `seq` of every test log.
pub(crate) fn leaf_of(seq: u64) -> Leaf {
    let blinding = hash::leaf_hash(&seq.to_be_bytes()).0;
    let commitment = leaf::commit(&blinding, b"{\"act\":\"optout\"}");
    Leaf {
        kind: (seq % 5) as u8,
        hours: 498_000 + seq as u32 / 10,
        commitment,
    }
}

/// RFC 9162 §2.1.1, word for word.
pub(crate) fn slow_root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::empty_root(),
        [one] => *one,
        _ => {
            let mut k = 1;
            while k * 2 < hashes.len() {
                k *= 2;
            }
            hash::node_hash(&slow_root(&hashes[..k]), &slow_root(&hashes[k..]))
        }
    }
}

pub(crate) fn signer() -> SignerKey {
    SignerKey::from_seed("shop.example/log", &[7; 32]).unwrap()
}

/// What a store keeps: the leaves' hashes, the full tiles, and the edge in memory.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) rows: Vec<Hash>,
    pub(crate) tiles: BTreeMap<TileId, Vec<Hash>>,
    pub(crate) edge: Edge,
}

impl Log {
    pub(crate) fn of(size: u64) -> Self {
        let mut log = Self {
            rows: Vec::new(),
            tiles: BTreeMap::new(),
            edge: Edge::new(),
        };
        log.extend((0..size).map(leaf_of));
        log
    }

    pub(crate) fn extend(&mut self, leaves: impl IntoIterator<Item = Leaf>) {
        for leaf in leaves {
            self.rows.push(leaf.hash());
            let completed = self.edge.push(leaf.hash());
            self.tiles
                .extend(completed.into_iter().map(|tile| (tile.id, tile.hashes)));
        }
    }

    /// Any tile of this tree or of an earlier state of it.
    pub(crate) fn read(&self, id: TileId) -> Result<Vec<Hash>, Infallible> {
        let full = TileId::full(id.level(), id.index()).and_then(|full| self.tiles.get(&full));
        let there = |tile: &Tile| (tile.id.level(), tile.id.index()) == (id.level(), id.index());
        let partial = || {
            self.edge
                .partial_tiles()
                .find(there)
                .map(|tile| tile.hashes)
        };
        Ok(full.cloned().or_else(partial).unwrap_or_default())
    }

    pub(crate) fn head(&self, size: u64) -> TreeHead {
        TreeHead {
            size,
            root: slow_root(&self.rows[..size as usize]),
        }
    }
}

/// The files of an export by path.
#[derive(Clone)]
pub(crate) struct Folder(pub(crate) BTreeMap<String, Vec<u8>>);

impl Folder {
    /// Exports a log of these leaves, signed with `key`.
    pub(crate) fn export(leaves: &[Leaf], key: &SignerKey) -> Self {
        let mut log = Log::of(0);
        log.extend(leaves.iter().copied());
        let bytes = |file: &ExportFile| match file {
            ExportFile::Checkpoint => log.edge.head().sign(key).into_bytes(),
            ExportFile::Key => format!("{}\n", key.verifier()).into_bytes(),
            ExportFile::Bundle(span) => {
                let start = span.start() as usize;
                bundle::encode(&leaves[start..start + usize::from(span.width())])
            }
            ExportFile::Tile(id) => tile::encode(&log.read(*id).unwrap()),
        };
        let files = export_files(log.edge.size());
        Self(files.map(|file| (file.to_string(), bytes(&file))).collect())
    }

    pub(crate) fn of(size: u64) -> Self {
        let leaves: Vec<Leaf> = (0..size).map(leaf_of).collect();
        Self::export(&leaves, &signer())
    }

    pub(crate) fn verify(&self) -> Result<Checkpoint, Finding> {
        self.verify_since(None)
    }

    pub(crate) fn verify_since(&self, since: Option<&TreeHead>) -> Result<Checkpoint, Finding> {
        let mut paths = self.0.keys().cloned().map(Ok);
        let mut read = |path: &str| Ok(self.0.get(path).cloned());
        verify_export(&mut paths, &mut read, signer().verifier(), since)
    }

    /// Verifies a folder in which something was tampered with and gives the finding.
    pub(crate) fn finding(&self) -> Finding {
        self.verify().expect_err("the tampering went unseen")
    }
}
