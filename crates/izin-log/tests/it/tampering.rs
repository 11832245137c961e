//! Ten thousand random tamperings of one exported log: every one is found.

use izin_log::bundle::ENTRY_BYTES;
use izin_log::{Hash, TreeHead};

use crate::store::{Folder, leaf_of};

/// Three bundles, the last one partial, and two levels of tiles.
const SIZE: u64 = 700;
const TAMPERINGS: u64 = 10_000;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `end` (splitmix64).
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

/// Changes one byte, or swaps, removes or doubles one entry; whoever changes an entry may change
/// its hash too.
fn tamper(folder: &mut Folder, dice: &mut Dice) -> String {
    let paths: Vec<String> = folder.0.keys().cloned().collect();
    let path = paths[dice.below(paths.len())].clone();
    let bundles: Vec<&String> = paths.iter().filter(|own| own.contains("entries")).collect();
    let bundle = bundles[dice.below(bundles.len())].clone();
    let entries = folder.0[&bundle].len() / ENTRY_BYTES;
    let (one, other) = (dice.below(entries), dice.below(entries));
    match dice.below(5) {
        0 | 1 => {
            let bytes = folder.0.get_mut(&path).unwrap();
            let place = dice.below(bytes.len());
            bytes[place] ^= 1 << dice.below(8);
            format!("byte {place} of {path}")
        }
        2 => {
            let bytes = folder.0.get_mut(&bundle).unwrap();
            bytes.drain(one * ENTRY_BYTES..(one + 1) * ENTRY_BYTES);
            format!("entry {one} of {bundle} taken out")
        }
        3 => {
            let bytes = folder.0.get_mut(&bundle).unwrap();
            let entry = bytes[one * ENTRY_BYTES..(one + 1) * ENTRY_BYTES].to_vec();
            let at = other * ENTRY_BYTES;
            bytes.splice(at..at, entry);
            format!("entry {one} of {bundle} doubled before {other}")
        }
        _ => {
            let other = if one == other {
                (one + 1) % entries
            } else {
                other
            };
            let hashes = bundle.replace("entries", "0");
            let with_hashes = dice.below(2) == 0;
            swap(
                folder.0.get_mut(&bundle).unwrap(),
                (one, other),
                ENTRY_BYTES,
            );
            if with_hashes {
                swap(
                    folder.0.get_mut(&hashes).unwrap(),
                    (one, other),
                    Hash::BYTES,
                );
            }
            format!("entries {one} and {other} of {bundle} swapped, hashes too: {with_hashes}")
        }
    }
}

fn swap(bytes: &mut [u8], (one, other): (usize, usize), width: usize) {
    for at in 0..width {
        bytes.swap(one * width + at, other * width + at);
    }
}

#[test]
fn ten_thousand_random_tamperings_are_all_found() {
    let whole = Folder::of(SIZE);
    let mut dice = Dice(7);
    for number in 0..TAMPERINGS {
        let mut bent = whole.clone();
        let what = tamper(&mut bent, &mut dice);
        assert!(
            bent.0 != whole.0,
            "tampering {number} changed nothing: {what}"
        );
        let found = bent.verify();
        assert!(found.is_err(), "tampering {number} went unseen: {what}");
    }
    assert!(whole.verify().is_ok());
}

#[test]
fn an_entry_exchanged_with_everything_above_it_is_found_by_whoever_kept_a_checkpoint() {
    let kept = TreeHead {
        size: 600,
        ..*Folder::of(600).verify().unwrap().head()
    };
    let leaf = |seq| leaf_of(if seq == 321 { 9_999 } else { seq });
    let leaves: Vec<_> = (0..SIZE).map(leaf).collect();
    let forged = Folder::export(&leaves, &crate::store::signer());
    assert!(
        forged.verify().is_ok(),
        "whoever has the key can sign another past"
    );
    assert!(forged.verify_since(Some(&kept)).is_err());
}
