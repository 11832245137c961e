//! A call that may be repeated with its key: entered once, all or none, and answered as before.

use izin_core::{Channel, Origin, RefusalKind, Scope, SubjectId};
use izin_store::{
    Answered, Command, Due, Listed, QueueKind, Refusing, Review, StoreError, Together, Whom,
};

use super::kept::{Kept, NOON, contact, customer, email, named_contact, numbered};

fn together(commands: Vec<Command>) -> Together {
    Together {
        commands,
        review: None,
    }
}

/// A guessed no of an address, and somebody to look at it.
fn guess() -> Together {
    let refusing = Refusing {
        whom: Whom::Identifier(email("ani@example.com")),
        refusal: RefusalKind::Presumed,
        scope: Scope::channel(Channel::Email),
        occurred_at: NOON,
        origin: Origin::Api,
        detail: None,
    };
    Together {
        commands: vec![Command::Refuse(refusing)],
        review: Some(Review {
            kind: QueueKind::PresumedRefusal,
            due_at: NOON.plus_days(30),
            note: Some("may be a no".to_owned()),
        }),
    }
}

/// What somebody did, after they were made known.
async fn acts(kept: &Kept, subject: SubjectId) -> usize {
    kept.history(subject).await.unwrap().len() - 1
}

#[tokio::test]
async fn of_a_call_that_ends_half_way_nothing_stands_and_its_key_is_free() {
    let mut kept = Kept::new();
    kept.person(&[customer("gone")]).await;
    kept.destroy_keys();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let ends = || named_contact(&[customer("gone")], "Budi");
    let half = together(vec![numbered(ani, 1), ends()]);
    let failed = kept.record_once([1; 32], half, NOON, |_| String::new());
    failed.await.unwrap_err();
    kept.reopen();
    assert_eq!(acts(&kept, ani).await, 0);
    assert_eq!(kept.answered([1; 32]).await.unwrap(), None);
    let whole = together(vec![numbered(ani, 1), numbered(ani, 2)]);
    let again = kept.record_once([1; 32], whole, NOON, |_| String::new());
    assert!(matches!(again.await.unwrap(), Answered::Now(_)));
    assert_eq!(acts(&kept, ani).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_at_once_with_one_key_enter_all_their_commands_once() {
    let kept = Kept::new();
    let people = [
        kept.person(&[customer("C1")]).await,
        kept.person(&[customer("C2")]).await,
    ];
    let call = || {
        let commands = people.iter().map(|own| numbered(*own, 1)).collect();
        kept.record_once([2; 32], together(commands), NOON, |_| String::new())
    };
    let (a, b, c) = tokio::join!(call(), call(), call());
    let answers = [a.unwrap(), b.unwrap(), c.unwrap()];
    let now = answers.iter().filter(|own| matches!(own, Answered::Now(_)));
    assert_eq!(now.count(), 1);
    for person in people {
        assert_eq!(acts(&kept, person).await, 1);
    }
}

#[tokio::test]
async fn the_kept_answer_names_the_item_that_waits() {
    let mut kept = Kept::new();
    let answer = |own: &izin_store::Entered| format!("{:?}", own.queued);
    let first = kept.record_once([3; 32], guess(), NOON, answer).await;
    let Answered::Now(entered) = first.unwrap() else {
        panic!("the first time");
    };
    kept.reopen();
    let again = kept.record_once([3; 32], guess(), NOON, answer).await;
    assert_eq!(again.unwrap(), Answered::Before("Some(1)".to_owned()));
    let items = kept.queue_list(Listed::All, 10).await.unwrap();
    let [item] = items.as_slice() else {
        panic!("{items:?}");
    };
    assert_eq!(entered.queued, Some(item.id));
    assert_eq!(item.what.entry, Some(entered.recorded.seq));
    assert_eq!(item.what.note.as_deref(), Some("may be a no"));
}

#[tokio::test]
async fn a_no_stands_also_where_its_review_cannot_be_queued() {
    let kept = Kept::new();
    kept.refuse_rows("queue");
    let entered = kept.record_together(guess(), NOON).await.unwrap();
    assert_eq!(entered.queued, None);
    assert_eq!(kept.entries().len(), 1);
    kept.assert_in_order().await;
}

#[tokio::test]
async fn a_call_that_enters_nothing_is_an_error() {
    let kept = Kept::new();
    let known = || contact(&[customer("C1")]);
    kept.put(known()).await;
    for commands in [vec![], vec![known()]] {
        let refused = kept.record_together(together(commands), NOON).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_repeated_with_its_key_is_answered_as_before_and_recorded_once() {
    let mut kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let key = [9; 32];
    let again = |number| {
        let commands = together(vec![numbered(ani, number)]);
        kept.record_once(key, commands, NOON, |own| own.recorded.seq.to_string())
    };

    let (a, b, c) = tokio::join!(again(1), again(2), again(3));

    let answers = [a.unwrap(), b.unwrap(), c.unwrap()];
    let now: Vec<_> = answers
        .iter()
        .filter(|own| matches!(own, Answered::Now(_)))
        .collect();
    let [Answered::Now(entered)] = now.as_slice() else {
        panic!("recorded {} times", now.len());
    };
    let before = Answered::Before(entered.recorded.seq.to_string());
    assert_eq!(answers.iter().filter(|own| **own == before).count(), 2);
    kept.reopen();
    assert_eq!(
        kept.answered(key).await.unwrap(),
        Some(entered.recorded.seq.to_string())
    );
    assert_eq!(kept.history(ani).await.unwrap().len(), 2);
    let other = kept
        .record_once([8; 32], together(vec![numbered(ani, 4)]), NOON, |_| {
            String::new()
        })
        .await;
    assert!(matches!(other.unwrap(), Answered::Now(_)));
}

#[tokio::test]
async fn a_failed_call_may_be_repeated_with_its_key() {
    let kept = Kept::new();
    kept.person(&[customer("gone")]).await;
    kept.destroy_keys();
    let bad = named_contact(&[customer("gone")], "Ani");
    let failed = kept
        .record_once([1; 32], together(vec![bad]), NOON, |_| String::new())
        .await;
    assert!(failed.is_err());
    let good = contact(&[customer("C1")]);
    let done = kept
        .record_once([1; 32], together(vec![good]), NOON, |_| String::new())
        .await;
    assert!(matches!(done.unwrap(), Answered::Now(_)));
}

#[tokio::test]
async fn an_answer_is_kept_for_two_days_and_no_longer() {
    let kept = Kept::new();
    let now = NOON.plus_days(2);
    for (key, at) in [(1, NOON.plus_seconds(-1)), (2, NOON)] {
        let kept_answer = kept.keep_answer([key; 32], "yes".to_owned(), at);
        kept_answer.await.unwrap();
    }
    kept.run_retention(Due::default(), NOON).await.unwrap();
    assert!(kept.answered([1; 32]).await.unwrap().is_some(), "not yet");
    kept.run_retention(Due::default(), now).await.unwrap();
    assert_eq!(kept.answered([1; 32]).await.unwrap(), None);
    assert_eq!(
        kept.answered([2; 32]).await.unwrap().as_deref(),
        Some("yes")
    );
    assert_eq!(izin_store::ANSWERS_KEPT_HOURS, 48, "the book says so");
}
