//! What `izin doctor` finds that nobody would miss until it is needed.

use std::fs;

use crate::keeping::shop;

/// What the tables hold that are written late, once they are.
const WRITTEN: &str = "
    insert or ignore into suppressed (hash, seq) select hash, seq from suppressions;
    insert or ignore into histories (subject, seq)
    select subject, seq from entries where subject is not null;
    update store set indexed = (select count(*) from entries);";

#[test]
fn doctor_names_what_is_not_found_any_more() {
    let shop = shop("keeping-found");
    let path = shop.path("data/izin.sqlite");
    let change = |sql: &str| {
        let db = rusqlite::Connection::open(&path).unwrap();
        db.execute_batch(sql).unwrap();
    };
    let hold = ["hold", "begin", "customer:1", "--as", "Rini", "--note", "x"];
    shop.izin(&hold).fine();
    change(WRITTEN);
    shop.izin(&["doctor"]).fine();
    let whole = fs::read(&path).unwrap();
    for (code, fault) in [
        (
            "suppression_lost",
            "update suppressed set hash = zeroblob(16)",
        ),
        ("suppression_lost", "delete from suppressed"),
        (
            "suppression_lost",
            "update suppressions set hash = zeroblob(16)",
        ),
        ("suppression_lost", "update suppressions set ended = 1"),
        ("entry_unfindable", "delete from histories"),
        ("entry_unfindable", "delete from identifiers"),
        ("detail_differs", "delete from details"),
        (
            "detail_differs",
            "update details set blinding = zeroblob(32)",
        ),
        ("policy_differs", "delete from policies"),
        ("policy_differs", "update policies set body = body || ' '"),
        ("checkpoints_lost", "delete from checkpoints"),
        ("hold_lost", "delete from holds"),
        ("hold_lost", "update holds set ended_at = 1"),
        ("value_closed", "update holds set reason = zeroblob(64)"),
        (
            "suppression_lost",
            "update suppressions set hash = zeroblob(16); update suppressed set hash = zeroblob(16)",
        ),
    ] {
        change(fault);
        let found = shop.izin(&["doctor"]).refused(1, &[]);
        assert!(found.out.contains(code), "{fault}: {}", found.out);
        fs::write(&path, &whole).unwrap();
    }
    shop.izin(&["doctor"]).fine();
}

#[test]
fn doctor_names_what_the_safe_lost() {
    let shop = shop("keeping-found-safe");
    shop.izin(&["doctor"]).fine();
    let checkpoint = shop.path("data-safe/checkpoint");
    let note = fs::read(&checkpoint).unwrap();
    let journal = shop.path("data-safe/refusals.journal");
    let lines = fs::read(&journal).unwrap();
    for (code, file, bytes) in [
        ("checkpoint_forged", &checkpoint, &note[..note.len() - 9]),
        ("safe_missing", &journal, &[]),
        ("journal_damaged", &journal, &lines[..lines.len() - 9]),
    ] {
        let aside = fs::read(file).unwrap();
        fs::write(file, bytes).unwrap();
        let found = shop.izin(&["doctor"]).refused(1, &[]);
        assert!(found.out.contains(code), "{code}: {}", found.out);
        fs::write(file, aside).unwrap();
    }
    for (code, file) in [
        ("checkpoint_missing", "data-safe/checkpoint"),
        ("journal_damaged", "data-safe/refusals.end"),
    ] {
        let (file, aside) = (shop.path(file), shop.path("aside"));
        fs::rename(&file, &aside).unwrap();
        let found = shop.izin(&["doctor"]).refused(1, &[]);
        assert!(found.out.contains(code), "{code}: {}", found.out);
        fs::rename(&aside, &file).unwrap();
    }
    shop.izin(&["doctor"]).fine();
}
