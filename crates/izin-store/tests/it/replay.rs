//! The running gate and a replay hear the same, to the letter.

use std::sync::{Arc, Mutex};

use izin_core::relation::DetachCause;
use izin_core::{Channel, Identifier, Origin, Scope, Seq, SubjectId};
use izin_store::{Command, Committed, Contact, IndexKey, StoreError, Whom};
use izin_testkit::Dice;
use izin_testkit::world::random_consent;

use super::journal::copy;
use super::kept::{Kept, NOON, consent, contact, customer, email, numbered, opt_out, phone};

/// Commands of one history.
const COMMANDS: usize = 300;

fn somebody(dice: &mut Dice) -> Vec<Identifier> {
    let number = |count: u64, dice: &mut Dice| dice.below(count);
    let mut own = vec![email(&format!("p{}@example.com", number(12, dice)))];
    if dice.once_in(2) {
        own.insert(0, customer(&format!("C{}", number(12, dice))));
    }
    if dice.once_in(3) {
        own.push(phone(&format!("0812 0000 00{:02}", number(12, dice))));
    }
    own
}

fn command(dice: &mut Dice, known: &[SubjectId]) -> Command {
    let scope = dice.pick(&[Scope::EVERYTHING, Scope::channel(Channel::Email)]);
    let whom = somebody(dice);
    match (dice.below(10), known) {
        (0, _) => opt_out(Whom::Identifier(dice.pick(&whom)), scope),
        (1, [_, ..]) => opt_out(Whom::Subject(dice.pick(known)), scope),
        (2, [_, ..]) => consent(dice.pick(known), "said so"),
        (3, [_, ..]) => numbered(dice.pick(known), 5),
        (6, [_, ..]) => Command::Merge {
            from: dice.pick(known),
            into: dice.pick(known),
            origin: Origin::Agent,
        },
        (7, [_, ..]) => Command::Split {
            from: dice.pick(known),
        },
        (8, [_, ..]) => Command::Detach {
            subject: dice.pick(known),
            identifier: dice.pick(&whom),
            cause: DetachCause::WrongPerson,
        },
        (9, [_, ..]) => Command::Correct {
            entry: Seq(dice.below(200)),
            evidence: "heard".to_owned(),
        },
        (4, _) => Command::Contact(Box::new(Contact {
            identifiers: whom,
            acts: vec![(random_consent(dice), Some("form".to_owned()))],
            ..Contact::default()
        })),
        _ => contact(&whom),
    }
}

#[tokio::test]
async fn a_replay_tells_what_the_running_store_told() {
    let mut ended = 0;
    for seed in 0..4 {
        let mut kept = Kept::new();
        let live = Arc::new(Mutex::new(Vec::<Committed>::new()));
        let told = Arc::clone(&live);
        kept.subscribe(move |committed| told.lock().unwrap().extend_from_slice(committed));
        let dice = &mut Dice::new(seed);
        let mut known = Vec::new();
        for _ in 0..COMMANDS {
            match kept.record(vec![command(dice, &known)], NOON).await {
                Ok(recorded) => known.extend(recorded.into_iter().filter_map(|own| own.subject)),
                Err(why) => assert!(matches!(why, StoreError::Refused(_)), "{why}"),
            }
        }
        kept.reopen();

        let mut replayed = Vec::new();
        kept.replay(None, |some| replayed.extend(some)).unwrap();

        let live = live.lock().unwrap().clone();
        assert_eq!(replayed, live, "seed {seed}");
        for after in (0..live.len()).step_by(37) {
            let mut tail = Vec::new();
            let last = live[after].entry.seq;
            kept.replay(Some(last), |some| tail.extend(some)).unwrap();
            assert_eq!(tail, live[after + 1..], "seed {seed}, after {last}");
        }
        let by = |kind: fn(&IndexKey) -> bool| live.iter().filter(|own| kind(&own.key)).count();
        assert!(
            by(|key| matches!(key, IndexKey::Attached(_))) > 10,
            "seed {seed}"
        );
        assert!(
            by(|key| matches!(key, IndexKey::Suppressed(_))) > 5,
            "seed {seed}"
        );
        assert!(
            by(|key| matches!(key, IndexKey::Detached(_))) > 2,
            "seed {seed}"
        );
        ended += by(|key| matches!(key, IndexKey::Unsuppressed(_)));
        kept.assert_in_order().await;
    }
    assert!(ended > 0);
}

#[tokio::test]
async fn a_suppression_that_is_missing_stops_the_replay_of_a_tail_too() {
    let mut kept = Kept::new();
    kept.person(&[customer("C1")]).await;
    let last = Seq(kept.head().await.unwrap().size - 1);
    let whom = Whom::Identifier(email("ani@example.com"));
    kept.put(opt_out(whom, Scope::EVERYTHING)).await;
    let mut tail = 0;
    kept.replay(Some(last), |some| tail += some.len()).unwrap();
    assert_eq!(tail, 1);
    kept.close();
    kept.sql("delete from suppressions");
    kept.reopen();
    let stopped = kept.replay(Some(last), |_| {});
    assert!(matches!(stopped, Err(StoreError::Damaged { .. })));
}

#[tokio::test]
async fn an_entry_in_the_place_of_a_lost_one_has_another_mark() {
    let mut kept = Kept::new();
    let whom = kept.person(&[customer("C1")]).await;
    assert_eq!(kept.mark(Seq(99)).unwrap(), None);
    let older = copy(&mut kept);
    let last = Seq(kept.head().await.unwrap().size);
    kept.put(consent(whom, "yes")).await;
    let mark = kept.mark(last).unwrap();
    assert!(mark.is_some());
    kept.reopen();
    for number in 0..300 {
        kept.person(&[customer(&format!("D{number}"))]).await;
    }
    assert_eq!(kept.mark(last).unwrap(), mark, "the same ledger, longer");
    kept.close();
    kept.put_back_data(&older);
    kept.reopen();
    assert_eq!(kept.mark(last).unwrap(), None, "not there any more");
    kept.put(consent(whom, "yes")).await;
    let again = kept.mark(last).unwrap();
    assert!(again.is_some());
    assert_ne!(again, mark, "the same words at the same moment");
}

#[tokio::test]
async fn nobody_hears_of_what_was_not_recorded() {
    let kept = Kept::new();
    let live = Arc::new(Mutex::new(0));
    let told = Arc::clone(&live);
    kept.subscribe(move |committed| *told.lock().unwrap() += committed.len());
    kept.person(&[customer("C1")]).await;
    kept.destroy_keys();
    let bad = super::kept::named_contact(&[customer("C1")], "Ani");
    let call = vec![contact(&[customer("C2")]), bad];
    assert!(kept.record(call, NOON).await.is_err());
    assert_eq!(*live.lock().unwrap(), 1);
}
