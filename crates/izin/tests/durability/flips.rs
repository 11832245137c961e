//! Bits that flipped and pages that were torn while nobody looked: the answer stays right, or the
//! data are refused, or doctor names the place. Nothing wrong goes unseen.

use std::fs;
use std::path::Path;

use izin_testkit::{Dice, TempDir};

use crate::house::{House, turn};
use crate::load::{Load, asked};

/// Damaged copies that are tried.
const COPIES: u64 = 40;
/// Bytes of a page, and of the sector that a torn one keeps.
const PAGE_BYTES: usize = 4096;
const SECTOR_BYTES: usize = 512;

/// What a damaged folder came to.
#[derive(Debug, Default)]
struct Outcomes {
    right: u64,
    refused: u64,
    wrong_and_named: u64,
    wrong_and_unseen: Vec<u64>,
}

#[test]
fn damage_is_refused_or_named_and_never_a_wrong_answer_unseen() {
    let _turn = turn();
    let place = TempDir::new();
    let house = House::new(place.path());
    let load = Load::default();
    let heard = load.until(house.serve(), 150, |server| server.kill());
    house.serve().stop();
    let database = house.data.join("izin.sqlite");
    let whole = fs::read(&database).unwrap();
    assert_eq!(house.findings(), Vec::<String>::new());
    let (mut outcomes, dice) = (Outcomes::default(), &mut Dice::new(11));
    for copy in 0..COPIES {
        fs::write(&database, damaged(&whole, copy, dice)).unwrap();
        // Without its snapshot a server reads every entry; the log's own file holds nothing more.
        for gone in ["gate.snapshot", "izin.sqlite-wal", "izin.sqlite-shm"] {
            drop(fs::remove_file(house.data.join(gone)));
        }
        let named = !house.findings().is_empty();
        match answers(
            &house,
            &heard.iter().map(|own| own.person).collect::<Vec<_>>(),
        ) {
            None => outcomes.refused += 1,
            Some(true) => outcomes.right += 1,
            Some(false) if named => outcomes.wrong_and_named += 1,
            Some(false) => outcomes.wrong_and_unseen.push(copy),
        }
    }
    assert_eq!(outcomes.wrong_and_unseen, Vec::<u64>::new(), "{outcomes:?}");
    assert!(outcomes.refused > 0 && outcomes.right > 0, "{outcomes:?}");
    println!("{outcomes:?}");
}

/// A copy with one bit flipped, or with a page of which one sector alone was written.
fn damaged(whole: &[u8], copy: u64, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let place = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
    if copy.is_multiple_of(2) {
        bytes[place] ^= 1 << dice.below(8);
    } else {
        let page = place / PAGE_BYTES * PAGE_BYTES;
        bytes[page + SECTOR_BYTES..page + PAGE_BYTES].fill(0);
    }
    bytes
}

/// Whether everybody who opted out is denied for it; nothing when the data are refused, in words.
fn answers(house: &House, people: &[u64]) -> Option<bool> {
    let decide = ["decide", "email:orang0@example.com", "--channel", "email"];
    let ran = house.run(&[&decide[..], &["--purpose", "marketing"]].concat());
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(
            said.contains("izin: ") && !said.contains("panicked"),
            "{said}"
        );
        return None;
    }
    let server = house.try_serve().ok()?;
    let mut client = server.client();
    let mut all = true;
    for person in people {
        // A server whose keys for callers are damaged lets nobody in.
        match asked(&mut client, *person) {
            Ok(reason) => all &= reason.as_deref() == Some("opted_out_channel"),
            Err(_) => return None,
        }
    }
    server.kill();
    Some(all)
}

/// The check would see it: an entry rewritten where nothing else notices is named.
#[test]
fn an_entry_that_was_rewritten_is_named() {
    let _turn = turn();
    let place = TempDir::new();
    let house = House::new(place.path());
    let load = Load::default();
    load.until(house.serve(), 5, |server| server.kill());
    house.serve().stop();
    rewrite(&house.data);
    assert_eq!(house.findings(), ["leaf_differs"]);
}

fn rewrite(data: &Path) {
    let db = rusqlite::Connection::open(data.join("izin.sqlite")).unwrap();
    let changed = db.execute(
        "update entries
         set act = replace(act, '\"email\"', '\"sms\"')
         where seq = (select max(seq) from entries where act like '%\"email\"%')",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
}
