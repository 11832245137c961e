//! Lines that were written in part, or are not what they seem.

use izin_testkit::TempDir;

use super::*;
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

#[test]
fn a_line_written_in_part_takes_none_of_the_next_with_it() {
    let safe = TempDir::new();
    let (mut journal, new) = Journal::open(safe.path(), "mark").unwrap();
    assert!(new);
    journal.append(&[noted(1)]).unwrap();
    // As a disk leaves it that was full in the middle of a line.
    let half = noted(2).written().unwrap();
    journal.file.write_all(&half.as_bytes()[..40]).unwrap();
    journal.torn = true;
    journal.append(&[noted(2)]).unwrap();
    let (missing, held) = journal.missing(|_| Ok(false)).unwrap();
    assert_eq!((missing, held), (vec![noted(1), noted(2)], None));
}

#[test]
fn a_hash_of_another_length_in_a_line_is_no_other_address() {
    let line = noted(1).written().unwrap();
    let (_, json) = line.trim_end().split_once(' ').unwrap();
    for wrong in ["", "01", "+0101010101010101010101010101010"] {
        let json = json.replace(&hex(&[1; 16]), wrong);
        let line = format!("{} {json}", check(json.as_bytes()));
        assert_eq!(Noted::parse(line.as_bytes()), None, "{wrong}");
    }
    assert_eq!(Noted::parse(line.trim_end().as_bytes()), Some(noted(1)));
}

#[test]
fn people_and_addresses_stand_in_lines_of_their_own_and_only_the_last_tells_where() {
    let place = Place::new(Seq(7), &Hash([3; 32]));
    let whole = Noted {
        place: Some(place),
        subjects: vec![SubjectId::from_bytes([2; 16])],
        ..noted(1)
    };
    let written = whole.written().unwrap();
    let lines: Vec<Noted> = written
        .lines()
        .map(|own| Noted::parse(own.as_bytes()).unwrap())
        .collect();
    let [people, addresses] = &lines[..] else {
        panic!("two lines: {written}");
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
