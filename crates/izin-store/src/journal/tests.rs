//! Lines that were written in part, or are not what they seem.

use super::*;
use crate::vault::KeyVersion;

fn noted(number: u8) -> Noted {
    Noted {
        place: None,
        recorded_at: Timestamp::from_micros(0),
        subjects: vec![SubjectId::from_bytes([number; 16])],
        addresses: vec![SuppressionHash::from_bytes([number; 16], KeyVersion::FIRST)],
        said: Said::Erased {
            withheld_until: Timestamp::from_micros(1),
        },
    }
}

#[test]
fn a_line_written_in_part_takes_none_of_the_next_with_it() {
    let safe = std::env::temp_dir().join(format!("izin-journal-{}", std::process::id()));
    let (mut journal, new) = Journal::open(&safe, "mark").unwrap();
    assert!(new);
    journal.append(&[noted(1)]).unwrap();
    // As a disk leaves it that was full in the middle of a line.
    let half = noted(2).written().unwrap();
    journal.file.write_all(&half.as_bytes()[..40]).unwrap();
    journal.torn = true;
    journal.append(&[noted(2)]).unwrap();
    let (missing, held) = journal.missing(|_| Ok(false)).unwrap();
    assert_eq!((missing, held), (vec![noted(1), noted(2)], None));
    fs::remove_dir_all(safe).unwrap();
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
