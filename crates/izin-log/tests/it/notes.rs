//! Signed notes and checkpoints of our own making.

use izin_log::checkpoint::{Checkpoint, CheckpointError};
use izin_log::note::{self, Note, NoteError};
use izin_log::{Hash, SignerKey, TreeHead, VerifierKey};

use crate::store::signer;

fn head() -> TreeHead {
    TreeHead {
        size: 300,
        root: Hash([5; 32]),
    }
}

#[test]
fn a_text_that_cannot_be_a_note_is_not_signed() {
    let key = signer();
    assert_eq!(note::sign("no end", &key), Err(NoteError::Form));
    assert_eq!(note::sign("", &key), Err(NoteError::Form));
    assert_eq!(note::sign("a\tb\n", &key), Err(NoteError::Control));
    let endless = "a".repeat(200_000) + "\n";
    assert_eq!(note::sign(&endless, &key), Err(NoteError::TooLong));
    assert_eq!(Note::parse(&endless), Err(NoteError::TooLong));
}

#[test]
fn a_checkpoint_with_any_bit_changed_is_refused() {
    let key = signer();
    let note = head().sign(&key);
    for place in 0..note.len() * 8 {
        let mut bytes = note.clone().into_bytes();
        bytes[place / 8] ^= 1 << (place % 8);
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        assert!(
            Checkpoint::open(&text, key.verifier()).is_err(),
            "bit {place}: {text}"
        );
    }
}

#[test]
fn a_line_of_a_witness_is_passed_over_but_not_where_the_key_must_stand_alone() {
    let key = signer();
    let witness = SignerKey::from_seed("witness.example", &[8; 32]).unwrap();
    let note = head().sign(&key);
    let text = Checkpoint::open(&note, key.verifier()).unwrap().to_string();
    let by_witness = note::sign(&text, &witness).unwrap();
    let line = by_witness.strip_prefix(&format!("{text}\n")).unwrap();
    let both = format!("{note}{line}");
    let opened = Checkpoint::open(&both, key.verifier()).unwrap();
    assert_eq!(*opened.head(), head());
    assert!(Checkpoint::open(&both, witness.verifier()) == Err(CheckpointError::Origin));
    let refused = Checkpoint::open_alone(&both, key.verifier());
    assert_eq!(refused, Err(CheckpointError::Note(NoteError::Others)));
    let twice = format!("{note}{}", note.strip_prefix(&format!("{text}\n")).unwrap());
    let refused = Checkpoint::open_alone(&twice, key.verifier());
    assert_eq!(refused, Err(CheckpointError::Note(NoteError::Others)));
}

#[test]
fn a_bad_line_of_the_key_spoils_the_note_even_beside_a_good_one() {
    let key = signer();
    let note = head().sign(&key);
    let other = note::sign("another text\n", &key).unwrap();
    let line = other.strip_prefix("another text\n\n").unwrap();
    let parsed = format!("{note}{line}");
    let parsed = Note::parse(&parsed).unwrap();
    assert_eq!(parsed.verify(key.verifier()), Err(NoteError::Forged));
}

#[test]
fn a_key_of_the_same_name_is_another_key() {
    let key = signer();
    let other = SignerKey::from_seed(key.verifier().name(), &[8; 32]).unwrap();
    let note = head().sign(&other);
    let refused = Checkpoint::open(&note, key.verifier());
    assert_eq!(refused, Err(CheckpointError::Note(NoteError::Unsigned)));
}

#[test]
fn a_verifier_key_with_any_byte_changed_is_refused_or_another_key() {
    let text = signer().verifier().to_string();
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        let changed = String::from_utf8(bytes).unwrap();
        assert!(VerifierKey::parse(&changed).is_err(), "{changed}");
    }
    for wrong in [format!("{text}\n"), format!(" {text}"), text.to_uppercase()] {
        assert!(VerifierKey::parse(&wrong).is_err(), "{wrong}");
    }
    assert_eq!(VerifierKey::parse(&text).as_ref(), Ok(signer().verifier()));
}

#[test]
fn the_text_of_a_checkpoint_has_one_spelling() {
    let good = format!("shop.example/log\n300\n{}\n", Hash([5; 32]));
    let checkpoint = Checkpoint::parse(&good).unwrap();
    assert_eq!(checkpoint.to_string(), good);
    assert_eq!(
        (checkpoint.origin(), *checkpoint.head()),
        ("shop.example/log", head())
    );
    let root = Hash([5; 32]).to_string();
    for wrong in [
        String::new(),
        format!("\n300\n{root}\n"),
        format!("a\n0300\n{root}\n"),
        format!("a\n-1\n{root}\n"),
        format!("a\n300\n{root}"),
        format!("a\n300\n{root}\n\n"),
        format!("a\n300\n{root}\nextension\n"),
        format!("a\n300\n{}\n", &root[..43]),
        "a\n300\nQQ==\n".to_owned(),
        "a\n300\n".to_owned(),
    ] {
        assert_eq!(
            Checkpoint::parse(&wrong),
            Err(CheckpointError::Form),
            "{wrong}"
        );
    }
}
