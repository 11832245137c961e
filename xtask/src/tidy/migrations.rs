//! Migrations are never edited: data that one of them has migrated do not see it again.

use super::{File, Finding, Tree};

const FOLDER: &str = "crates/izin-store/src/migrations/";

/// Every migration as it was when it first ran anywhere, by its FNV-1a hash.
const KNOWN: &[(&str, u64)] = &[
    ("0001_start.sql", 0x1726_b768_06c5_5233),
    ("0002_decision.sql", 0x0e0c_94b6_9403_49fa),
    ("0003_events.sql", 0xfe0f_2232_1ea6_3d08),
    ("0004_room.sql", 0x689b_c948_d541_de32),
    ("0005_erasure.sql", 0x8973_00d7_772f_9756),
    ("0006_hand_over.sql", 0x5c99_beb9_965e_dcfc),
    ("0007_inactive.sql", 0xec1d_6f11_5465_d1ba),
    ("0008_keys.sql", 0x65cd_0233_79e3_eb15),
    ("0009_erasure_steps.sql", 0x70bc_18ef_8512_6dae),
    ("0010_histories.sql", 0xde1c_0e15_a340_9ff2),
    ("0011_hold_numbers.sql", 0x97a0_4fbe_815a_d9a2),
    ("0012_hold_names.sql", 0xb164_2de5_9c46_ab02),
    ("0013_nodes.sql", 0xc6d2_88c5_249c_a354),
    ("postgres/0012_start.sql", 0xd607_06ed_b2fd_d068),
    ("postgres/0013_nodes.sql", 0xccf0_772b_4add_0afb),
    ("postgres/keys.sql", 0x467d_5782_d17a_5656),
];

/// Names every migration that was changed, and those that nobody has noted yet.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    check_against(tree, KNOWN)
}

fn check_against(tree: &Tree, known: &[(&str, u64)]) -> Vec<Finding> {
    let found = tree.files.iter().filter_map(|file| {
        let name = file.path.strip_prefix(FOLDER)?;
        let hash = fnv1a(file.text().as_bytes());
        match known.iter().find(|(own, _)| *own == name) {
            Some((_, own)) if *own == hash => None,
            Some(_) => Some(changed(file)),
            None => Some(unknown(file, (name, hash))),
        }
    });
    found.collect()
}

fn changed(file: &File) -> Finding {
    let mend = "put it back as it was, and write the change as a new migration";
    file.finding(1, "a migration was edited", mend)
}

fn unknown(file: &File, (name, hash): (&str, u64)) -> Finding {
    let mend =
        format!("once it is as it stays, note (\"{name}\", {hash:#018x}) in tidy/migrations.rs");
    file.finding(1, "a migration that nobody has noted", &mend)
}

const fn fnv1a(bytes: &[u8]) -> u64 {
    let (mut hash, mut at) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_that_was_edited_or_is_not_noted_is_named_and_no_other_file() {
        let known = [("0001_start.sql", fnv1a(b"create table a (b)"))];
        let found = |name: &str, text: &str| {
            let tree = Tree::of(&[(name, text)]);
            let found = check_against(&tree, &known);
            found.into_iter().map(|own| own.wrong).collect::<Vec<_>>()
        };
        let first = "crates/izin-store/src/migrations/0001_start.sql";
        let next = "crates/izin-store/src/migrations/0002_next.sql";
        assert_eq!(
            found(first, "create table a (c)"),
            ["a migration was edited"]
        );
        assert_eq!(found(next, "x"), ["a migration that nobody has noted"]);
        assert_eq!(found(first, "create table a (b)"), [""; 0]);
        assert_eq!(found("docs/0001_start.sql", "x"), [""; 0]);
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
