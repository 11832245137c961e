//! Whatever takes something away outlives a backup that is put back; whatever gives something does not
//! come out of the journal.

use std::collections::BTreeSet;

use izin_core::consent::Mark;
use izin_core::relation::DetachCause;
use izin_core::signal::Signal;
use izin_core::window::{Limit, Window};
use izin_core::{Act, Channel, Level, Origin, Scope, Standing, SubjectId, Timestamp};
use izin_store::{Command, StoreError, Whom};
use izin_testkit::policy::purpose_id;

use super::journal::{copy, put_back};
use super::kept::{Kept, NOON, consent, customer, email, opt_out};

pub(crate) const ORIGIN: Origin = Origin::Page;

pub(crate) fn later(hours: i64) -> Timestamp {
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

pub(crate) async fn standing(kept: &Kept, subject: SubjectId) -> Standing {
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
    put_back(&mut kept, &older);
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
    put_back(&mut kept, &older);
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
    put_back(&mut kept, &older);
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
    put_back(&mut kept, &older);
    for _ in 0..2 {
        kept.reopen();
        let [consent] = &standing(&kept, ani).await.consents[..] else {
            panic!("the yes that was found to be none");
        };
        assert_eq!(consent.mark, Some(Mark::Invalidated));
    }
    // What she says now counts, also after the next start.
    kept.record(vec![consent_again(ani)], later(5))
        .await
        .unwrap();
    kept.reopen();
    assert_eq!(standing(&kept, ani).await.consents[0].mark, None);
}

fn consent_again(subject: SubjectId) -> Command {
    consent(subject, "she said it herself")
}

#[tokio::test]
async fn a_consent_that_the_backup_lacks_takes_no_later_one_away() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let older = copy(&mut kept);
    let entry = kept.put(consent(ani, "somebody typed it")).await.seq;
    let evidence = "a letter".to_owned();
    kept.put(Command::Correct { entry, evidence }).await;
    put_back(&mut kept, &older);
    kept.reopen();
    kept.record(vec![consent_again(ani)], later(5))
        .await
        .unwrap();
    for _ in 0..2 {
        kept.reopen();
        assert_eq!(standing(&kept, ani).await.consents[0].mark, None);
    }
}

#[tokio::test]
async fn a_looser_limit_does_not_come_back_and_a_stricter_one_does() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let cap = |at_most| Act::CapSet {
        channel: None,
        limit: Limit::new(at_most, Window::parse("7d").unwrap()).unwrap(),
        origin: ORIGIN,
    };
    said(&kept, ani, cap(5), 0).await;
    let older = copy(&mut kept);
    said(&kept, ani, cap(2), 1).await;
    said(&kept, ani, cap(50), 2).await;
    put_back(&mut kept, &older);
    kept.reopen();
    assert_eq!(standing(&kept, ani).await.caps[0].limit.at_most(), 2);
}

/// Two people, of whom the second is merged into the first where asked for.
pub(crate) async fn two(kept: &Kept, merged: bool) -> [SubjectId; 2] {
    let ani = kept.person(&[email("ani@example.com")]).await;
    let guest = kept.person(&[email("guest@example.com")]).await;
    if merged {
        merge(kept, guest, ani).await;
    }
    [ani, guest]
}

pub(crate) async fn merge(kept: &Kept, from: SubjectId, into: SubjectId) {
    let origin = ORIGIN;
    let merge = Command::Merge { from, into, origin };
    kept.record(vec![merge], later(1)).await.unwrap();
}

#[tokio::test]
async fn what_was_said_while_two_were_one_counts_for_both_where_they_are_two_again() {
    let mut kept = Kept::new();
    let [ani, guest] = two(&kept, false).await;
    let older = copy(&mut kept);
    merge(&kept, guest, ani).await;
    said(&kept, ani, wishes().remove(0), 2).await;
    let words = ("lawyer".to_owned(), "case 7".to_owned());
    kept.begin_hold(ani, words, later(2)).await.unwrap();
    put_back(&mut kept, &older);
    kept.reopen();
    for whom in [ani, guest] {
        assert!(standing(&kept, whom).await.restricted);
    }
    let held: BTreeSet<_> = super::holding::holds(&kept)
        .await
        .into_iter()
        .map(|own| own.0)
        .collect();
    assert_eq!(held, BTreeSet::from([ani, guest]));
}

#[tokio::test]
async fn what_one_of_two_said_counts_where_they_are_one_again() {
    let mut kept = Kept::new();
    let [ani, guest] = two(&kept, true).await;
    let older = copy(&mut kept);
    let split = Command::Split { from: guest };
    kept.record(vec![split], later(2)).await.unwrap();
    said(&kept, guest, wishes().remove(0), 3).await;
    let words = ("lawyer".to_owned(), "case 7".to_owned());
    kept.begin_hold(guest, words, later(3)).await.unwrap();
    put_back(&mut kept, &older);
    kept.reopen();
    assert!(standing(&kept, ani).await.restricted, "they are one here");
    assert_eq!(super::holding::holds(&kept).await[0].0, ani);
}

#[tokio::test]
async fn what_takes_away_counts_while_the_store_takes_no_writes() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let other = kept.refuse_writes();
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
    put_back(&mut kept, &older);
    kept.reopen();
    let after = standing(&kept, ani).await;
    assert!(after.restricted && after.refusals.len() == 1);
    assert_eq!(kept.holds().await.unwrap().len(), 1);
}
