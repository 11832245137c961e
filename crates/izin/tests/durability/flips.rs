//! Bits that flipped and pages that were torn while nobody looked: nobody who opted out is written to,
//! or the data are refused, or doctor names the place. Nothing wrong goes unseen.

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
    /// Everybody is denied, for the reason they gave.
    right: u64,
    /// Everybody is denied, for safety.
    held_back: u64,
    refused: u64,
    wrong_and_named: u64,
    wrong_and_unseen: Vec<u64>,
}

/// How those who opted out are answered.
#[derive(Debug, PartialEq, Eq)]
enum Answers {
    AsEver,
    AllDenied,
    SomeAllowed,
    None,
}

#[test]
fn damage_is_refused_or_named_and_never_a_wrong_answer_unseen() {
    let _turn = turn();
    let place = TempDir::new();
    let house = House::new(place.path());
    let load = Load::default();
    let heard = load.until(house.serve(), 150, |server| server.kill());
    house.serve().stop();
    let people: Vec<u64> = heard.iter().map(|own| own.person).collect();
    let database = house.data.join("izin.sqlite");
    let safe =
        ["refusals.journal", "checkpoint"].map(|name| place.path().join("data-safe").join(name));
    let kept = safe.clone().map(|path| fs::read(path).unwrap());
    let whole = fs::read(&database).unwrap();
    let put = |bytes: &[u8]| {
        fs::write(&database, bytes).unwrap();
        // What an earlier copy was signed with says nothing of this one.
        for (path, bytes) in safe.iter().zip(&kept) {
            fs::write(path, bytes).unwrap();
        }
        // Without its snapshot a server reads every entry; the log's own file holds nothing more.
        for gone in ["gate.snapshot", "izin.sqlite-wal", "izin.sqlite-shm"] {
            drop(fs::remove_file(house.data.join(gone)));
        }
    };
    put(&whole);
    assert_eq!(house.findings(), Vec::<String>::new(), "the control");
    assert_eq!(answers(&house, &people), Answers::AsEver, "the control");
    let (mut outcomes, dice) = (Outcomes::default(), &mut Dice::new(11));
    for copy in 0..COPIES {
        put(&damaged(&whole, copy, dice));
        let named = !house.findings().is_empty();
        match answers(&house, &people) {
            Answers::None => outcomes.refused += 1,
            Answers::AsEver => outcomes.right += 1,
            Answers::AllDenied => outcomes.held_back += 1,
            Answers::SomeAllowed if named => outcomes.wrong_and_named += 1,
            Answers::SomeAllowed => outcomes.wrong_and_unseen.push(copy),
        }
    }
    println!("{outcomes:?}");
    assert_eq!(outcomes.wrong_and_unseen, Vec::<u64>::new(), "{outcomes:?}");
    assert!(outcomes.refused > 0 && outcomes.right > 0, "{outcomes:?}");
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

/// How those who opted out are answered; not at all when the data are refused, in words.
fn answers(house: &House, people: &[u64]) -> Answers {
    let decide = ["decide", "email:orang0@example.com", "--channel", "email"];
    let ran = house.run(&[&decide[..], &["--purpose", "marketing"]].concat());
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(
            said.contains("izin: ") && !said.contains("panicked"),
            "{said}"
        );
        return Answers::None;
    }
    let Ok(server) = house.try_serve() else {
        return Answers::None;
    };
    let mut client = server.client();
    let mut reasons = Vec::new();
    for person in people {
        // A server whose keys for callers are damaged lets nobody in.
        match asked(&mut client, *person) {
            Ok(reason) => reasons.push(reason),
            Err(_) => return Answers::None,
        }
    }
    server.kill();
    if reasons.iter().any(Option::is_none) {
        return Answers::SomeAllowed;
    }
    let as_ever = |own: &Option<String>| own.as_deref() == Some("opted_out_channel");
    match reasons.iter().all(as_ever) {
        true => Answers::AsEver,
        false => Answers::AllDenied,
    }
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
