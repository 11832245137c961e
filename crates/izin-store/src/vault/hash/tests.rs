//! Hashes of every version come to the same, and are found while they are brought forward.

use super::*;

fn keys(number: u8) -> AddressKeys {
    AddressKeys {
        lookup: Key::from_bytes([number; 32]),
        suppression: Key::from_bytes([number + 100; 32]),
    }
}

fn ani() -> Identifier {
    Identifier::email("ani@example.com").unwrap()
}

#[test]
fn a_hash_of_every_version_comes_to_the_same_as_the_newest() {
    let hasher = Hasher::new(keys(1));
    let mut before = vec![(hasher.lookup(&ani()), hasher.suppression(&ani()))];
    for number in 2..=VERSIONS_MAX {
        hasher.take_up(KeyVersion(number), keys(number));
        let newest = (hasher.lookup(&ani()), hasher.suppression(&ani()));
        assert_eq!(newest.1.version().number(), number);
        for (lookup, suppression) in &before {
            assert_ne!(*lookup, newest.0);
            let version = suppression.version();
            assert_eq!(hasher.renewed_lookup(*lookup, version), newest.0);
            assert_eq!(hasher.renewed(*suppression), newest.1);
            assert!(hasher.are_one(*suppression, newest.1));
        }
        before.push(newest);
    }
    assert_eq!(hasher.newest().next(), None);
    assert!(hasher.refuse_rotation().is_ok(), "one goes on with its own");
    hasher.settle(hasher.newest());
    assert_eq!(hasher.refuse_rotation(), Err(Refused::KeyVersions));
}

#[test]
fn until_rows_are_settled_every_version_is_looked_under_and_afterwards_the_newest_alone() {
    let hasher = Hasher::new(keys(1));
    let first = (hasher.lookup(&ani()), hasher.suppression(&ani()));
    hasher.take_up(KeyVersion(2), keys(2));
    hasher.take_up(KeyVersion(3), keys(3));
    let stands = |hash| (hash == first.0).then_some(());
    assert_eq!(hasher.find(&ani(), stands), Some(()));
    assert_eq!(hasher.suppressions(&ani()).count(), 3);
    assert_eq!(hasher.suppression_to_keep(&ani()), first.1);
    hasher.settle(hasher.newest());
    assert_eq!(hasher.find(&ani(), stands), None);
    let live: Vec<_> = hasher.suppressions(&ani()).collect();
    assert_eq!(live, [hasher.suppression(&ani())]);
    assert_eq!(hasher.suppression_to_keep(&ani()), live[0]);
}

#[test]
fn a_version_that_is_taken_up_twice_is_one_version() {
    let hasher = Hasher::new(keys(1));
    hasher.take_up(KeyVersion(2), keys(2));
    let first = hasher.suppression(&ani());
    hasher.take_up(KeyVersion(2), keys(2));
    assert_eq!(hasher.newest(), KeyVersion(2));
    assert_eq!(hasher.suppression(&ani()), first);
}

#[test]
fn an_address_brought_forward_while_it_is_looked_for_is_found() {
    let hasher = Hasher::new(keys(1));
    let first = hasher.lookup(&ani());
    hasher.take_up(KeyVersion(2), keys(2));
    let looks = std::cell::Cell::new(0);
    // It stands under the first version until that is looked under, and under the second then.
    let stands = |hash| {
        looks.set(looks.get() + 1);
        (looks.get() > 2 && hash != first).then_some(())
    };
    assert_eq!(hasher.find(&ani(), stands), Some(()));
}

#[test]
fn a_hash_written_down_says_its_version_and_one_without_is_of_the_first() {
    let hash = |number| SuppressionHash::from_bytes([7; 16], KeyVersion(number));
    let digits = "07".repeat(16);
    for (own, text) in [(1, format!("\"{digits}\"")), (3, format!("\"{digits}@3\""))] {
        assert_eq!(serde_json::to_string(&hash(own)).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<SuppressionHash>(&text).unwrap(),
            hash(own)
        );
    }
    for wrong in ["\"07\"", "\"@2\"", "\"zz\""] {
        assert!(serde_json::from_str::<SuppressionHash>(wrong).is_err());
    }
    let none = format!("\"{digits}@0\"");
    assert!(serde_json::from_str::<SuppressionHash>(&none).is_err());
}

#[test]
fn the_recipes_are_those_that_every_refusal_was_hashed_by() {
    let own = [
        (
            Identifier::email(" Ani.Dewi@EXAMPLE.com "),
            "ani.dewi@example.com",
        ),
        (Identifier::phone("0812-0000-7441", "ID"), "+6281200007441"),
        (Identifier::customer(" C-10042 "), "C-10042"),
    ];
    for (identifier, normal) in own {
        assert_eq!(identifier.unwrap().reveal("a test"), normal);
    }
    // Under keys of one byte repeated, so that anybody can compute it again.
    let hash = Hasher::new(keys(1)).suppression(&ani());
    assert_eq!(hash.as_bytes(), &again_by_hand(&[101; 32]));
}

/// One byte for the kind, then the normal form, and the first half of the keyed hash.
fn again_by_hand(key: &[u8; 32]) -> [u8; 16] {
    let hash = blake3::keyed_hash(key, b"\x01ani@example.com");
    *hash.as_bytes().first_chunk().unwrap()
}
