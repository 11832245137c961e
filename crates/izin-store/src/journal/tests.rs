//! Lines that were written in part, or are not what they seem.

use std::fs;

use izin_testkit::temp::TempDir;

use super::line::{Check, Lines, written};
use super::*;
use crate::place::JOURNAL;
use crate::vault::KeyVersion;

fn noted(number: u8) -> Noted {
    Noted {
        place: None,
        recorded_at: Timestamp::from_micros(0),
        subjects: Vec::new(),
        addresses: vec![SuppressionHash::from_bytes([number; 16], KeyVersion::FIRST)],
        apart: false,
        said: Said::Erased {
            withheld_until: Timestamp::from_micros(1),
        },
    }
}

/// A journal with three lines in a folder.
fn three(dir: &TempDir) -> std::path::PathBuf {
    let (mut journal, new) = Journal::open(dir.path(), "mark", false).unwrap();
    assert!(new);
    for number in 1..=3 {
        journal.append(&[noted(number)]).unwrap();
    }
    dir.path().join(JOURNAL)
}

/// What a start reads that holds nothing yet, where a journal was begun.
fn missing(dir: &TempDir) -> Result<Vec<Noted>, StoreError> {
    let (mut journal, _) = Journal::open(dir.path(), "mark", true)?;
    Ok(journal.missing(|_| Ok(false))?.0)
}

#[test]
fn a_line_written_in_part_takes_none_of_the_next_with_it() {
    let dir = TempDir::new();
    let path = three(&dir);
    let whole = fs::read(&path).unwrap();
    // As a process leaves it that was killed in the middle of a line.
    fs::write(&path, [&whole[..], b"0123456789abcdef {\"rec"].concat()).unwrap();
    let (mut journal, _) = Journal::open(dir.path(), "mark", true).unwrap();
    journal.append(&[noted(4)]).unwrap();
    drop(journal);
    assert_eq!(
        missing(&dir).unwrap(),
        (1..=4).map(noted).collect::<Vec<_>>()
    );
    assert_eq!(examine(dir.path(), "mark").unwrap(), None);
}

#[test]
fn a_journal_that_was_emptied_cut_or_changed_is_not_taken_for_a_whole_one() {
    let dir = TempDir::new();
    let path = three(&dir);
    let whole = fs::read(&path).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let mut wrong = vec![
        ("only its head", lines[0].to_vec()),
        ("cut after a line", lines[..3].concat()),
        ("cut in a line", whole[..whole.len() - 9].to_vec()),
        ("a line taken out", [lines[0], lines[1], lines[3]].concat()),
    ];
    // In the words or the checksum of every line; the end of a line may be any byte that ends it.
    for at in (lines[0].len()..whole.len()).step_by(7) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        wrong.push(("a bit flipped", flipped));
    }
    for (how, bytes) in wrong {
        fs::write(&path, bytes).unwrap();
        let read = missing(&dir);
        assert!(
            matches!(read, Err(StoreError::SafeDamaged { .. })),
            "{how}: {read:?}"
        );
        assert!(examine(dir.path(), "mark").unwrap().is_some(), "{how}");
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(missing(&dir).unwrap().len(), 3, "whole again");
    assert_eq!(examine(dir.path(), "mark").unwrap(), None);
}

#[test]
fn a_journal_given_up_tells_what_can_be_read() {
    let dir = TempDir::new();
    let path = three(&dir);
    let whole = fs::read(&path).unwrap();
    let second = whole.len() / 2;
    let mut flipped = whole;
    flipped[second] ^= 1;
    fs::write(&path, flipped).unwrap();
    let (mut journal, _) = Journal::open(dir.path(), "mark", false).unwrap();
    let (read, _) = journal.missing(|_| Ok(false)).unwrap();
    assert_eq!(read, [noted(1), noted(3)]);
}

#[test]
fn lines_from_before_they_vouched_for_each_other_are_read() {
    let alone = |number| {
        let json = serde_json::to_string(&noted(number)).unwrap();
        let check = blake3::hash(json.as_bytes());
        format!("{} {json}", hex(&check.as_bytes()[..8]))
    };
    let mut lines = Lines::default();
    lines.have(Check::first("mark"));
    lines.read(alone(1).as_bytes());
    lines.read(alone(2).as_bytes());
    let (next, _) = written(&noted(3), &lines.last.clone().unwrap()).unwrap();
    lines.read(next.trim_end().as_bytes());
    assert_eq!(lines.noted, [noted(1), noted(2), noted(3)]);
    assert_eq!((lines.unread, lines.gaps), (0, Vec::new()));
}

#[test]
fn a_journal_whose_place_another_file_took_takes_no_more_lines() {
    let dir = TempDir::new();
    let (mut journal, _) = Journal::open(dir.path(), "mark", false).unwrap();
    let path = dir.path().join(JOURNAL);
    fs::remove_file(&path).unwrap();
    assert!(journal.append(&[noted(1)]).is_err(), "it is gone");
    fs::write(&path, "another").unwrap();
    assert!(journal.append(&[noted(1)]).is_err(), "it is another");
}

#[test]
fn a_hash_of_another_length_in_a_line_is_no_other_address() {
    let json = serde_json::to_string(&noted(1)).unwrap();
    let parse = |json: &str| serde_json::from_str::<Noted>(json).ok();
    for wrong in ["", "01", "+0101010101010101010101010101010"] {
        let json = json.replace(&hex(&[1; 16]), wrong);
        assert_eq!(parse(&json), None, "{wrong}");
    }
    assert_eq!(parse(&json), Some(noted(1)));
}

#[test]
fn people_and_addresses_stand_in_lines_of_their_own_and_only_the_last_tells_where() {
    let place = Place::new(Seq(7), &Hash([3; 32]));
    let whole = Noted {
        place: Some(place),
        subjects: vec![SubjectId::from_bytes([2; 16])],
        ..noted(1)
    };
    let dir = TempDir::new();
    let (mut journal, _) = Journal::open(dir.path(), "mark", false).unwrap();
    journal.append(std::slice::from_ref(&whole)).unwrap();
    let lines = missing(&dir).unwrap();
    let [people, addresses] = &lines[..] else {
        panic!("two lines: {lines:?}");
    };
    assert_eq!(
        (people.subjects(), people.addresses()),
        (whole.subjects(), &[][..])
    );
    assert_eq!(
        (addresses.subjects(), addresses.addresses()),
        (&[][..], whole.addresses())
    );
    assert!(people.apart && people.place.is_none());
    assert_eq!(addresses.place, whole.place);
}
