//! Nothing that was spoiled on its way passes for a signature or a yes, or ends a process.

use std::time::{Duration, Instant};

use izin_testkit::dice::Dice;

use crate::seeds::{Format, Gained, formats};

/// Inputs tried in all, unless a soak is asked for.
const TRIES: usize = 20_000;
/// Inputs tried in a soak.
const SOAK_TRIES: usize = 1_000_000;
/// The longest that one input may take in a soak.
const LONGEST: Duration = Duration::from_millis(50);
/// What readers may take for the end, the beginning or the length of something.
const MARKS: [&[u8]; 16] = [
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"--=_b",
    b"--b",
    b"=",
    b"%",
    b"%C3",
    b"\xff",
    b"\x00",
    b"[",
    b"{",
    b"\"",
    b"99999999999999999999",
    "\u{202e}".as_bytes(),
    b"Content-Type: message/rfc822\r\n\r\n",
];

#[test]
fn nothing_spoiled_passes_for_signed_or_for_a_yes_and_nothing_panics() {
    let soak = std::env::var("IZIN_SOAK").is_ok_and(|own| own == "1");
    let formats = formats();
    let tries = if soak { SOAK_TRIES } else { TRIES } / formats.len();
    for format in &formats {
        let longest = try_all(format, tries);
        println!(
            "{}: {tries} inputs, the longest took {longest:?}",
            format.name
        );
        assert!(!soak || longest < LONGEST, "{}: {longest:?}", format.name);
    }
}

/// The negative control: what is not spoiled is read.
#[test]
fn what_a_soak_looks_for_would_be_found() {
    let start = Gained {
        starts: true,
        signed: false,
    };
    assert_ne!(start, Gained::default());
    let sms = formats().into_iter().find(|own| own.name == "sms").unwrap();
    assert_eq!(
        (sms.read)(b"unstop"),
        Gained::default(),
        "a start is one when nothing speaks against it"
    );
    assert!(
        izin_wire::mail::bounce::read(&formats()[0].seeds[0])
            .is_some_and(|own| own.recipients.len() == 1)
    );
    assert!(
        izin_wire::mail::complaint::read(&formats()[1].seeds[0])
            .is_some_and(|own| own.is_complaint())
    );
}

fn try_all(format: &Format, tries: usize) -> Duration {
    let mut dice = Dice::new(17);
    let mut longest = Duration::ZERO;
    for at in 0..tries {
        let mut bytes = dice.pick(&format.seeds);
        for _ in 0..=dice.below(6) {
            spoil(&mut bytes, &mut dice);
        }
        let begun = Instant::now();
        let gained = (format.read)(&bytes);
        longest = longest.max(begun.elapsed());
        assert_eq!(
            gained,
            Gained::default(),
            "{} {at}: {:?}",
            format.name,
            String::from_utf8_lossy(&bytes)
        );
    }
    longest
}

/// Changes bytes as lines, programs and people do.
fn spoil(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let length = bytes.len() as u64;
    let mut place = || usize::try_from(dice.below(length + 1)).unwrap();
    let (from, to) = (place(), place());
    let range = from.min(to)..from.max(to);
    match dice.below(6) {
        0 => bytes.truncate(from),
        1 => drop(bytes.drain(range)),
        2 => drop(bytes.splice(from..from, dice.pick(&MARKS).iter().copied())),
        3 => {
            let part = bytes[range].to_vec();
            drop(bytes.splice(to..to, part));
        }
        4 => {
            let part = [b'a', 0, 0xff, b'=', b'\n'];
            let many = usize::try_from(dice.below(2_000)).unwrap();
            drop(bytes.splice(from..from, std::iter::repeat_n(dice.pick(&part), many)));
        }
        _ => {
            if let Some(byte) = bytes.get_mut(from) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
}
