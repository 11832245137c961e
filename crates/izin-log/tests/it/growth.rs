//! Proofs that a log only grew: every honest one holds, every other fails.

use std::sync::LazyLock;

use izin_log::consistency::GrowthError;
use izin_log::proof::ProofError;
use izin_log::prove::ProveError;
use izin_log::{Consistency, Growth, Hash, TreeHead, prove_consistency};
use proptest::prelude::*;

use crate::store::{Log, signer};

const SIZE: u64 = 2000;
static LOG: LazyLock<Log> = LazyLock::new(|| Log::of(SIZE));

fn consistency(earlier: u64, size: u64) -> Consistency {
    prove_consistency(earlier, size, &mut |id| LOG.read(id)).unwrap()
}

/// Every way to change one thing in a proof.
fn mutated(proof: &Consistency) -> Vec<Consistency> {
    let with = |path| Consistency {
        path,
        ..proof.clone()
    };
    let mut all = Vec::new();
    for place in 0..proof.path.len() {
        let mut flipped = proof.path.clone();
        flipped[place].0[place % 32] ^= 1;
        let mut dropped = proof.path.clone();
        dropped.remove(place);
        all.extend([with(flipped), with(dropped)]);
    }
    for place in 0..=proof.path.len() {
        let mut longer = proof.path.clone();
        longer.insert(place, Hash([9; 32]));
        all.push(with(longer));
    }
    for earlier in [proof.earlier - 1, proof.earlier + 1] {
        all.push(Consistency {
            earlier,
            ..proof.clone()
        });
    }
    all
}

#[test]
fn growth_from_nothing_or_from_more_is_not_proved() {
    let mut read = |id| LOG.read(id);
    for (earlier, size) in [(0, 0), (0, 9), (10, 9)] {
        let outside = Err(ProveError::Outside {
            place: earlier,
            size,
        });
        assert_eq!(prove_consistency(earlier, size, &mut read), outside);
    }
    let nothing = Consistency {
        earlier: 0,
        path: Vec::new(),
    };
    let refused = Err(ProofError::Outside { place: 0, size: 9 });
    assert_eq!(nothing.verify(&LOG.head(0), &LOG.head(9)), refused);
}

#[test]
fn small_logs_are_proved_exhaustively_and_no_mutation_passes() {
    for size in 1..=40 {
        let later = LOG.head(size);
        for earlier in 1..=size {
            let before = LOG.head(earlier);
            let proof = consistency(earlier, size);
            assert_eq!(proof.verify(&before, &later), Ok(()), "{earlier} to {size}");
            for bent in mutated(&proof) {
                let passes = bent.verify(&before, &later).is_ok();
                assert!(!passes, "{earlier} to {size}: {bent:?}");
            }
            for head in [&before, &later] {
                let root = Hash([9; 32]);
                let other = TreeHead { root, ..*head };
                let pair = if head == &before {
                    (&other, &later)
                } else {
                    (&before, &other)
                };
                assert!(proof.verify(pair.0, pair.1).is_err(), "{earlier} to {size}");
            }
        }
    }
}

#[test]
fn a_log_with_another_past_is_not_a_growth_of_this_one() {
    let mut other = Log::of(0);
    let leaf = |seq| crate::store::leaf_of(if seq == 77 { 9_999 } else { seq });
    other.extend((0..300).map(leaf));
    let proof = prove_consistency(200, 300, &mut |id| other.read(id)).unwrap();
    let later = other.edge.head();
    assert_eq!(proof.verify(&LOG.head(200), &later), Err(ProofError::Root));
    assert_eq!(proof.verify(&other.head(200), &later), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_earlier_tree_is_proved_from_the_stored_tiles(size in 1_u64..=SIZE, at: prop::sample::Index) {
        let earlier = at.index(size as usize) as u64 + 1;
        let (before, later) = (LOG.head(earlier), LOG.head(size));
        let proof = consistency(earlier, size);
        prop_assert_eq!(proof.verify(&before, &later), Ok(()));
        for bent in mutated(&proof) {
            prop_assert!(bent.verify(&before, &later).is_err());
        }
    }
}

#[test]
fn three_levels_of_tiles_are_proved_with_few_reads() {
    let log = Log::of(66_000);
    for earlier in [1, 255, 256, 40_000, 65_535, 65_536, 65_999] {
        let mut reads = 0;
        let proof = prove_consistency(earlier, 66_000, &mut |id| {
            reads += 1;
            log.read(id)
        });
        let held = proof.unwrap().verify(&log.head(earlier), &log.edge.head());
        assert_eq!(held, Ok(()), "{earlier}");
        assert!(reads <= 8, "{reads} tiles read for {earlier}");
    }
}

#[test]
fn a_proof_of_growth_with_any_byte_changed_proves_nothing() {
    let key = signer();
    let growth = Growth {
        consistency: consistency(123, 300),
        checkpoint: LOG.head(300).sign(&key),
    };
    let (before, text) = (LOG.head(123), growth.to_string());
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        let accepted = String::from_utf8(bytes)
            .ok()
            .and_then(|text| Growth::parse(&text).ok())
            .is_some_and(|own| own.verify(&before, key.verifier()).is_ok());
        assert!(!accepted, "byte {place}");
    }
    let read = Growth::parse(&text).unwrap();
    assert_eq!(read, growth);
    let later = read.verify(&before, key.verifier()).unwrap();
    assert_eq!(*later.head(), LOG.head(300));
    let many = format!(
        "old 1\n{}\n{}",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(64),
        read.checkpoint
    );
    assert_eq!(Growth::parse(&many), Err(GrowthError::Path(64)));
}
