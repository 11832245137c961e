//! What it costs a stranger to check a log: all of it from an export, and one entry from its proof.

use std::collections::BTreeMap;
use std::time::Instant;

use izin_log::{
    Edge, ExportFile, Leaf, Receipt, SignerKey, TileId, bundle, export_files, leaf,
    prove_inclusion, tile, verify_export,
};

use super::decide::{cpu, middle};
use super::{Better, Figure};

/// Times that the whole log is checked, of which the middle one counts.
const ROUNDS: usize = 5;
/// Entries whose proofs are made and checked.
const PROOFS: u64 = 2_000;

/// A log in memory: the files of its export, and what proofs are made from.
struct Log {
    files: BTreeMap<String, Vec<u8>>,
    key: SignerKey,
    checkpoint: String,
    leaves: Vec<Leaf>,
}

/// Measures over a log of so many entries.
pub(super) fn run(entries: u64) -> anyhow::Result<Vec<Figure>> {
    let log = Log::of(entries)?;
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let started = cpu()?;
        let mut list = log.files.keys().cloned().map(Ok);
        let mut read = |path: &str| Ok(log.files.get(path).cloned());
        let checked = verify_export(&mut list, &mut read, log.key.verifier(), None)?;
        rates.push(entries as f64 / (cpu()? - started));
        anyhow::ensure!(checked.head().size == entries, "every entry is checked");
    }
    let (mut bytes, mut times) = (0, Vec::new());
    for number in 0..PROOFS.min(entries) {
        // Steps that meet every part of the tree: a number with no factor in common with its size.
        let index = number.wrapping_mul(2_654_435_761) % entries;
        let receipt = log.receipt(index)?.to_string();
        bytes = bytes.max(receipt.len());
        let leaf = &log.leaves[usize::try_from(index)?];
        let started = Instant::now();
        Receipt::parse(&receipt)?.verify(&leaf.hash(), log.key.verifier())?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let slowest = times.iter().copied().fold(0.0, f64::max);
    let less = |name, value, unit| Figure::new(name, value, unit).better(Better::Lower);
    Ok(vec![
        Figure::new("entries", entries as f64, "entries"),
        Figure::new("log verify", middle(rates), "entries/s per core")
            .better(Better::Higher)
            .must(0.8e6)
            .bold(2e6),
        less("log proof", bytes as f64, "bytes at most")
            .must(2_047.0)
            .bold(1_228.0),
        less("log proof verify", middle(times), "ms")
            .must(10.0)
            .bold(1.0),
        less("log proof slowest", slowest, "ms"),
    ])
}

impl Log {
    fn of(entries: u64) -> anyhow::Result<Self> {
        let key = SignerKey::from_seed("bench.example", &[7; 32])?;
        let leaves: Vec<Leaf> = (0..entries).map(leaf_of).collect();
        let mut edge = Edge::new();
        let mut tiles = BTreeMap::new();
        for leaf in &leaves {
            tiles.extend(
                edge.push(leaf.hash())
                    .into_iter()
                    .map(|own| (own.id, own.hashes)),
            );
        }
        tiles.extend(edge.partial_tiles().map(|own| (own.id, own.hashes)));
        let checkpoint = edge.head().sign(&key);
        let mut files = BTreeMap::new();
        for file in export_files(entries) {
            let bytes = match &file {
                ExportFile::Checkpoint => checkpoint.clone().into_bytes(),
                ExportFile::Key => format!("{}\n", key.verifier()).into_bytes(),
                ExportFile::Bundle(span) => {
                    let first = usize::try_from(span.start())?;
                    bundle::encode(&leaves[first..first + usize::from(span.width())])
                }
                ExportFile::Tile(id) => tile::encode(&tiles[id]),
            };
            files.insert(file.to_string(), bytes);
        }
        Ok(Self {
            files,
            key,
            checkpoint,
            leaves,
        })
    }

    fn receipt(&self, index: u64) -> anyhow::Result<Receipt> {
        let size = u64::try_from(self.leaves.len())?;
        let inclusion = prove_inclusion(index, size, &mut |id: TileId| {
            let bytes = self.files.get(&id.to_string());
            bytes.and_then(|own| tile::decode(own)).ok_or(id)
        });
        Ok(Receipt {
            inclusion: inclusion.map_err(|_| anyhow::anyhow!("a tile of the log is missing"))?,
            checkpoint: self.checkpoint.clone(),
        })
    }
}

fn leaf_of(seq: u64) -> Leaf {
    let mut blinding = [0; 32];
    blinding[..8].copy_from_slice(&seq.to_be_bytes());
    Leaf {
        kind: 3,
        hours: 498_000,
        commitment: leaf::commit(&blinding, b"{}"),
    }
}
