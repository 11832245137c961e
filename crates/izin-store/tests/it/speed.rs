//! How long a start takes: measured by hand, in a release build.
//!
//! `cargo test --release -p izin-store -- --ignored --nocapture a_ledger_is_replayed`

use std::time::Instant;

use izin_core::{Act, Channel, Identifier, Level, Origin, Scope, Seq};
use izin_store::{Command, Contact, Whom};

use super::kept::{Kept, NOON, consented, email, numbered, opt_out};

/// People in the ledger; each has six entries.
const PEOPLE: u32 = 170_000;
const PEOPLE_PER_CALL: u32 = 500;
/// Entries after a snapshot, before a running server writes another.
const TAIL: u32 = 100_000;

fn newcomer(number: u32) -> (Identifier, Command) {
    let address = email(&format!("p{number}@example.com"));
    let contact = Contact {
        identifiers: vec![address.clone()],
        acts: vec![(consented("marketing", Channel::Email), None)],
        ..Contact::default()
    };
    (address, Command::Contact(Box::new(contact)))
}

async fn lived_in() -> Kept {
    let kept = Kept::new();
    for first in (0..PEOPLE).step_by(PEOPLE_PER_CALL as usize) {
        let (addresses, new): (Vec<_>, Vec<_>) =
            (first..first + PEOPLE_PER_CALL).map(newcomer).unzip();
        let entered = kept.record(new, NOON).await.unwrap();
        let mut acts = Vec::new();
        for (address, entered) in addresses.into_iter().zip(entered) {
            let subject = entered.subject.unwrap();
            let moved = Act::DialMoved {
                level: Level::Purchases,
                origin: Origin::Page,
                step_up: true,
                too_personal: false,
            };
            acts.push(numbered(subject, 7));
            acts.push(Command::Act {
                subject: Some(subject),
                act: moved,
                detail: None,
            });
            acts.push(opt_out(
                Whom::Identifier(address),
                Scope::channel(Channel::Email),
            ));
        }
        kept.record(acts, NOON).await.unwrap();
    }
    kept
}

#[tokio::test]
#[ignore = "a measurement: a million entries, in a release build"]
async fn a_ledger_is_replayed_by_the_million_in_a_second() {
    let kept = lived_in().await;
    for round in 0..5 {
        let (mut entries, mut keyed) = (0_u32, 0_u32);
        let start = Instant::now();
        kept.replay(None, |committed| {
            entries += 1;
            keyed += u32::from(committed.key != izin_store::IndexKey::None);
        })
        .unwrap();
        let took = start.elapsed();
        let per_second = f64::from(entries) / took.as_secs_f64();
        println!(
            "round {round}: {entries} entries, {keyed} with a key, {took:?}, {per_second:.0}/s"
        );
        assert_eq!((entries, keyed), (PEOPLE * 6, PEOPLE * 2));

        let mut entries = 0;
        let start = Instant::now();
        let after = Seq(u64::from(PEOPLE * 6 - TAIL - 1));
        kept.replay(Some(after), |_| entries += 1).unwrap();
        println!(
            "round {round}: a tail of {entries} entries, {:?}",
            start.elapsed()
        );
        assert_eq!(entries, TAIL);
    }
}
