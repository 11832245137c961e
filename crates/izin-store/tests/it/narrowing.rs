//! Whatever takes something away outlives a backup that is put back; whatever gives something does not
//! come out of the journal.

use std::collections::BTreeSet;

use izin_core::act::Corrected;
use izin_core::consent::Mark;
use izin_core::relation::DetachCause;
use izin_core::signal::Signal;
use izin_core::window::{Limit, Window};
use izin_core::{Act, Channel, Level, Origin, Scope, Standing, SubjectId, Timestamp};
use izin_store::{Cause, Command, Erasing, StoreError, Whom};
use izin_testkit::policy::purpose_id;

use super::journal::{copy, put_back};
use super::kept::{Kept, NOON, consent, customer, email, opt_out};

const ORIGIN: Origin = Origin::Page;

fn later(hours: i64) -> Timestamp {
    Timestamp::from_micros(NOON.as_micros() + hours * 3_600_000_000)
}

async fn said(kept: &Kept, subject: SubjectId, act: Act, hours: i64) {
    let command = Command::Act {
        subject: Some(subject),
        act,
        detail: None,
    };
    kept.record(vec![command], later(hours)).await.unwrap();
}

async fn standing(kept: &Kept, subject: SubjectId) -> Standing {
    let mut standing = Standing::default();
    for entry in kept.history(subject).await.unwrap() {
        standing.apply(&entry);
    }
    standing
}

const fn dial(level: Level, step_up: bool) -> Act {
    Act::DialMoved {
        level,
        origin: ORIGIN,
        step_up,
        too_personal: false,
    }
}

fn marked(mark: Mark) -> Act {
    Act::ConsentMarked {
        purpose: purpose_id("marketing"),
        channel: Channel::Email,
        topic: None,
        identifier: None,
        mark,
        origin: ORIGIN,
    }
}

/// Everything that a person may have said short of a no.
fn wishes() -> Vec<Act> {
    let (origin, channel) = (ORIGIN, None);
    let limit = Limit::new(2, Window::parse("7d").unwrap()).unwrap();
    vec![
        Act::Restricted {
            holds: true,
            origin,
        },
        Act::MinorKnown {
            adult_from: later(9_000),
            origin,
        },
        Act::Paused {
            channel,
            until: later(100),
            origin,
        },
        Act::SignalSeen {
            signal: Signal::Gpc,
            channel,
            origin,
        },
        Act::CapSet {
            channel,
            limit,
            origin,
        },
        dial(Level::Contextual, true),
        marked(Mark::Revoked),
    ]
}

#[tokio::test]
async fn whatever_takes_away_is_there_after_a_backup_put_back() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    kept.put(consent(ani, "she said yes")).await;
    let older = copy(&mut kept);
    for (hour, act) in wishes().into_iter().enumerate() {
        said(&kept, ani, act, i64::try_from(hour).unwrap()).await;
    }
    let before = standing(&kept, ani).await;
    put_back(&mut kept, older);
    kept.reopen();
    let after = standing(&kept, ani).await;
    assert!(after.restricted && after.adult_from.is_some());
    assert_eq!(after.dial_level(), Level::Contextual);
    assert_eq!(after.consents[0].mark, Some(Mark::Revoked));
    assert_eq!(
        (after.pauses, after.signals, after.caps),
        (before.pauses, before.signals, before.caps)
    );
    kept.assert_in_order().await;
    // Once is enough, also after the next start.
    let entries = kept.entries();
    kept.reopen();
    kept.reopen();
    assert_eq!(kept.entries(), entries);
}

#[tokio::test]
async fn what_gave_something_since_the_backup_does_not_come_back() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    said(&kept, ani, dial(Level::Contextual, false), 0).await;
    let older = copy(&mut kept);
    let restricted = |holds| Act::Restricted {
        holds,
        origin: ORIGIN,
    };
    said(&kept, ani, restricted(true), 1).await;
    said(&kept, ani, restricted(false), 2).await;
    said(&kept, ani, dial(Level::Browsing, true), 3).await;
    kept.put(consent(ani, "she said yes")).await;
    put_back(&mut kept, older);
    kept.reopen();
    let after = standing(&kept, ani).await;
    assert!(after.restricted, "the stricter one stands");
    assert_eq!(after.dial_level(), Level::Contextual, "a dial only falls");
    assert_eq!(after.consents, []);
}

#[tokio::test]
async fn an_address_taken_from_a_person_does_not_come_back_with_a_backup() {
    let mut kept = Kept::new();
    let hers = email("ani@example.com");
    let ani = kept.person(&[customer("C1"), hers.clone()]).await;
    let older = copy(&mut kept);
    let detach = Command::Detach {
        subject: ani,
        identifier: hers.clone(),
        cause: DetachCause::WrongPerson,
    };
    kept.put(detach).await;
    put_back(&mut kept, older);
    kept.reopen();
    assert_eq!(standing(&kept, ani).await.identifiers.len(), 1);
    assert_ne!(kept.person(&[hers]).await, ani, "whose it is now");
    kept.assert_in_order().await;
}

#[tokio::test]
async fn a_yes_found_never_to_have_been_said_is_not_believed_after_a_backup_put_back() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let entry = kept.put(consent(ani, "somebody typed it")).await.seq;
    let older = copy(&mut kept);
    let evidence = "a letter".to_owned();
    kept.put(Command::Correct { entry, evidence }).await;
    put_back(&mut kept, older);
    for _ in 0..2 {
        kept.reopen();
        assert_eq!(standing(&kept, ani).await.consents, []);
        let corrected = |act: &Act| {
            matches!(
                act,
                Act::EntryCorrected {
                    what: Corrected::Consent,
                    ..
                }
            )
        };
        let entries = kept.entries();
        let corrections = entries.iter().filter(|own| corrected(&own.act)).count();
        assert_eq!(corrections, 1);
    }
}

#[tokio::test]
async fn a_hold_outlives_a_backup_put_back_and_so_does_its_end() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let budi = kept.person(&[email("budi@example.com")]).await;
    let words = || ("lawyer@example.com".to_owned(), "case 7".to_owned());
    let first = kept.begin_hold(budi, words(), later(0)).await.unwrap();
    let older = copy(&mut kept);
    kept.begin_hold(ani, words(), later(1)).await.unwrap();
    let journal = std::fs::read_to_string(kept.file("safe").join("refusals.journal")).unwrap();
    assert!(!journal.contains("lawyer") && !journal.contains("case 7"));
    assert!(kept.end_hold(first, words().0, later(2)).await.unwrap());
    let stand = |holds: Vec<izin_store::Hold>| -> BTreeSet<_> {
        let told = holds.into_iter();
        told.map(|own| (own.subject, own.begun_at, own.begun_by, own.reason))
            .collect()
    };
    let before = stand(kept.holds().await.unwrap());
    assert_eq!(before.len(), 1);
    put_back(&mut kept, older.clone());
    kept.reopen();
    assert_eq!(stand(kept.holds().await.unwrap()), before);
    kept.reopen();
    assert_eq!(stand(kept.holds().await.unwrap()), before, "and once");
    // What was destroyed after it ended is destroyed again.
    let held = kept.holds().await.unwrap().remove(0).id;
    assert!(kept.end_hold(held, words().0, later(3)).await.unwrap());
    let erasing = Erasing {
        cause: Cause::Asked,
        origin: ORIGIN,
        detail: None,
        withheld_until: later(4),
    };
    kept.erase(ani, erasing, later(4)).await.unwrap();
    put_back(&mut kept, older);
    kept.reopen();
    assert_eq!(stand(kept.holds().await.unwrap()), BTreeSet::new());
    assert!(standing(&kept, ani).await.erased);
}

#[tokio::test]
async fn what_takes_away_counts_while_the_store_takes_no_writes() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let other = rusqlite::Connection::open(kept.file("izin.sqlite")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let restricted = Act::Restricted {
        holds: true,
        origin: ORIGIN,
    };
    let command = Command::Act {
        subject: Some(ani),
        act: restricted,
        detail: None,
    };
    let answered = kept.record(vec![command], NOON).await;
    assert!(matches!(answered, Err(StoreError::Owed)), "{answered:?}");
    drop(other);
    kept.reopen();
    assert!(standing(&kept, ani).await.restricted);
}

#[tokio::test]
async fn a_new_journal_begins_with_whatever_was_taken_away() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let older = copy(&mut kept);
    said(&kept, ani, wishes().remove(0), 1).await;
    kept.begin_hold(ani, ("l".to_owned(), "r".to_owned()), later(1))
        .await
        .unwrap();
    kept.put(opt_out(Whom::Subject(ani), Scope::EVERYTHING))
        .await;
    kept.close();
    std::fs::remove_file(kept.file("safe").join("refusals.journal")).unwrap();
    super::journal::give_up_safe(&kept);
    kept.reopen();
    put_back(&mut kept, older);
    kept.reopen();
    let after = standing(&kept, ani).await;
    assert!(after.restricted && after.refusals.len() == 1);
    assert_eq!(kept.holds().await.unwrap().len(), 1);
}
