//! Proofs: every honest one holds, every other fails.

use std::sync::LazyLock;

use izin_log::proof::ProofError;
use izin_log::prove::ProveError;
use izin_log::tile::TileError;
use izin_log::{Hash, Inclusion, Receipt, TileId, prove_inclusion};
use proptest::prelude::*;

use crate::store::{Log, leaf_of, signer};

const SIZE: u64 = 2000;
static LOG: LazyLock<Log> = LazyLock::new(|| Log::of(SIZE));

fn inclusion(index: u64, size: u64) -> Inclusion {
    prove_inclusion(index, size, &mut |id| LOG.read(id)).unwrap()
}

/// Every way to change one thing in a path.
fn mutated(path: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for place in 0..path.len() {
        let mut flipped = path.to_vec();
        flipped[place].0[place % 32] ^= 1;
        let mut dropped = path.to_vec();
        dropped.remove(place);
        all.extend([flipped, dropped]);
    }
    for place in 0..=path.len() {
        let mut longer = path.to_vec();
        longer.insert(place, Hash([9; 32]));
        all.push(longer);
    }
    all
}

#[test]
fn what_is_outside_the_tree_is_not_proved() {
    let mut read = |id| LOG.read(id);
    let outside = |place, size| Err(ProveError::Outside { place, size });
    assert_eq!(prove_inclusion(0, 0, &mut read).map(|_| ()), outside(0, 0));
    assert_eq!(prove_inclusion(9, 9, &mut read).map(|_| ()), outside(9, 9));
    let head = LOG.head(0);
    let proof = Inclusion {
        index: 0,
        path: Vec::new(),
    };
    let refused = Err(ProofError::Outside { place: 0, size: 0 });
    assert_eq!(proof.verify(&LOG.rows[0], &head), refused);
}

#[test]
fn a_tile_that_cannot_be_had_is_named() {
    let tile = TileId::in_tree(0, 0, 3).unwrap();
    let gone = prove_inclusion(0, 3, &mut |_| Err("gone"));
    assert_eq!(gone, Err(ProveError::Tile(TileError::Read(tile, "gone"))));
    let short = prove_inclusion(0, 3, &mut |_| Ok::<_, &str>(Vec::new()));
    assert_eq!(short, Err(ProveError::Tile(TileError::Short(tile))));
}

#[test]
fn small_trees_are_proved_exhaustively_and_no_mutation_passes() {
    for size in 1..=24 {
        let head = LOG.head(size);
        for index in 0..size {
            let leaf = &LOG.rows[index as usize];
            let proof = inclusion(index, size);
            assert_eq!(proof.verify(leaf, &head), Ok(()), "{index} of {size}");
            for path in mutated(&proof.path) {
                assert!(
                    Inclusion { index, path }.verify(leaf, &head).is_err(),
                    "{index} of {size}"
                );
            }
            for other in (0..size + 2).filter(|other| *other != index) {
                let moved = Inclusion {
                    index: other,
                    ..proof.clone()
                };
                assert!(
                    moved.verify(leaf, &head).is_err(),
                    "{index} as {other} of {size}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_leaf_of_any_earlier_tree_is_proved_from_the_stored_tiles(size in 1_u64..=SIZE) {
        let head = LOG.head(size);
        for index in 0..size {
            let leaf = &LOG.rows[index as usize];
            prop_assert_eq!(inclusion(index, size).verify(leaf, &head), Ok(()));
        }
    }

    #[test]
    fn a_mutated_proof_never_passes(size in 1_u64..=SIZE, at: prop::sample::Index, other: u64) {
        let index = at.index(size as usize) as u64;
        let head = LOG.head(size);
        let leaf = &LOG.rows[index as usize];
        let proof = inclusion(index, size);
        for path in mutated(&proof.path) {
            let passes = Inclusion { index, path }.verify(leaf, &head).is_ok();
            prop_assert!(!passes);
        }
        prop_assert!(proof.verify(&Hash([1; 32]), &head).is_err());
        if other != index {
            let moved = Inclusion { index: other, ..proof };
            prop_assert!(moved.verify(leaf, &head).is_err());
        }
    }
}

#[test]
fn three_levels_of_tiles_are_proved_with_few_reads() {
    let log = Log::of(66_000);
    let head = log.edge.head();
    for index in [0, 255, 256, 40_000, 65_535, 65_536, 65_999] {
        let mut reads = 0;
        let proof = prove_inclusion(index, 66_000, &mut |id| {
            reads += 1;
            log.read(id)
        })
        .unwrap();
        assert_eq!(
            proof.verify(&log.rows[index as usize], &head),
            Ok(()),
            "{index}"
        );
        assert!(reads <= 6, "{reads} tiles read for {index}");
    }
}

#[test]
fn a_receipt_with_any_byte_changed_proves_nothing() {
    let (receipt, leaf, key) = receipt_of(123, 300);
    let text = receipt.to_string();
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        let accepted = String::from_utf8(bytes)
            .ok()
            .and_then(|text| Receipt::parse(&text).ok())
            .is_some_and(|receipt| receipt.verify(&leaf, key.verifier()).is_ok());
        assert!(!accepted, "byte {place}");
    }
}

#[test]
fn a_receipt_with_a_line_too_many_or_too_few_is_refused() {
    let (receipt, leaf, key) = receipt_of(123, 300);
    let text = receipt.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let proves = |lines: &[&str]| {
        let text = lines.join("\n") + "\n";
        Receipt::parse(&text).is_ok_and(|receipt| receipt.verify(&leaf, key.verifier()).is_ok())
    };
    assert!(proves(&lines));
    for place in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(place);
        assert!(!proves(&fewer), "without line {place}");
        let mut more = lines.clone();
        more.insert(place, "extra QQ==");
        assert!(!proves(&more), "with a line before {place}");
    }
}

#[test]
fn a_receipt_reads_back_and_proves_its_own_entry_only() {
    let (receipt, leaf, key) = receipt_of(123, 300);
    let text = receipt.to_string();
    assert!(
        text.starts_with("c2sp.org/tlog-proof@v1\nindex 123\n"),
        "{text}"
    );
    let read = Receipt::parse(&text).unwrap();
    assert_eq!(read, receipt);
    let checkpoint = read.verify(&leaf, key.verifier()).unwrap();
    assert_eq!(*checkpoint.head(), LOG.head(300));
    assert!(read.verify(&leaf_of(124).hash(), key.verifier()).is_err());
    let stranger = izin_log::SignerKey::from_seed("shop.example/log", &[8; 32]).unwrap();
    assert!(read.verify(&leaf, stranger.verifier()).is_err());
}

fn receipt_of(index: u64, size: u64) -> (Receipt, Hash, izin_log::SignerKey) {
    let key = signer();
    let checkpoint = LOG.head(size).sign(&key);
    let receipt = Receipt {
        inclusion: inclusion(index, size),
        checkpoint,
    };
    (receipt, leaf_of(index).hash(), key)
}
