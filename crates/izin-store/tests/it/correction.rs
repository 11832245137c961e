//! What was never said is taken back, with every copy of it and nothing else.

use std::sync::{Arc, Mutex};

use izin_core::refusal::PRESUMPTION_DAYS;
use izin_core::{
    Act, Channel, Identifier, Origin, RefusalKind, Scope, Seq, Standing, SubjectId, Timestamp,
};
use izin_store::{Command, Committed, IndexKey, Refused, Refusing, StoreError, Whom};

use super::kept::{Kept, NOON, consent, customer, email, opt_out};

const fn on_email() -> Scope {
    Scope::channel(Channel::Email)
}

fn correct(entry: Seq) -> Command {
    Command::Correct {
        entry,
        evidence: "the recording of the call was heard by two".to_owned(),
    }
}

fn clear(entry: Seq) -> Command {
    Command::ClearPresumption { entry }
}

fn presumed(address: &Identifier) -> Command {
    Command::Refuse(Refusing {
        whom: Whom::Identifier(address.clone()),
        refusal: RefusalKind::Presumed,
        scope: on_email(),
        occurred_at: NOON,
        origin: Origin::Agent,
        detail: None,
    })
}

async fn refused_at(kept: &Kept, command: Command, now: Timestamp) -> Refused {
    let head = kept.head().await.unwrap();
    let why = match kept.record(vec![command], now).await {
        Err(StoreError::Refused(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(kept.head().await.unwrap(), head, "nothing was recorded");
    why
}

async fn live(kept: &Kept, subject: SubjectId) -> usize {
    let mut standing = Standing::default();
    for entry in kept.history(subject).await.unwrap() {
        standing.apply(&entry);
    }
    standing.refusals.len()
}

/// How many noes an address brings to a new holder.
async fn brought(kept: &Kept, address: &Identifier) -> usize {
    let number = format!("N{}", kept.entries().len());
    let stranger = kept.person(&[customer(&number), address.clone()]).await;
    live(kept, stranger).await
}

#[tokio::test]
async fn what_cannot_be_corrected_is_left_alone() {
    let kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let attached = Seq(0);
    let unknown = Seq(99);
    assert_eq!(
        refused_at(&kept, correct(unknown), NOON).await,
        Refused::UnknownEntry
    );
    assert_eq!(
        refused_at(&kept, correct(attached), NOON).await,
        Refused::NotCorrectable
    );
    assert_eq!(
        refused_at(&kept, clear(attached), NOON).await,
        Refused::NotPresumed
    );
    let yes = kept.put(consent(ani, "on the phone")).await.seq;
    kept.put(correct(yes)).await;
    assert_eq!(
        refused_at(&kept, correct(yes), NOON).await,
        Refused::EndedBefore
    );
}

#[tokio::test]
async fn a_correction_reaches_every_holder_and_the_address() {
    for copy in 0..3 {
        let mut kept = Kept::new();
        let address = email("kami@example.com");
        let ani = kept.person(&[customer("C1"), address.clone()]).await;
        let budi = kept.person(&[customer("C2"), address.clone()]).await;
        let first = kept.put(opt_out(Whom::Subject(ani), on_email())).await.seq;
        assert_eq!((live(&kept, ani).await, live(&kept, budi).await), (1, 1));
        kept.put(correct(Seq(first.0 + copy))).await;
        kept.reopen();
        assert_eq!((live(&kept, ani).await, live(&kept, budi).await), (0, 0));
        assert_eq!(brought(&kept, &address).await, 0, "copy {copy}");
        for copy in 0..3 {
            let again = correct(Seq(first.0 + copy));
            assert_eq!(refused_at(&kept, again, NOON).await, Refused::EndedBefore);
        }
    }
}

/// Two people refused the same at the same moment, one after the other, as in an import.
#[tokio::test]
async fn a_correction_does_not_reach_a_saying_that_only_looks_the_same() {
    let kept = Kept::new();
    let (first, second) = (email("ani@example.com"), email("budi@example.com"));
    let ani = kept.person(std::slice::from_ref(&first)).await;
    let budi = kept.person(std::slice::from_ref(&second)).await;
    let no = |subject| opt_out(Whom::Subject(subject), on_email());
    let said = kept.record(vec![no(ani), no(budi)], NOON).await.unwrap();
    kept.put(correct(said[0].seq)).await;
    assert_eq!((live(&kept, ani).await, live(&kept, budi).await), (0, 1));
    assert_eq!(brought(&kept, &first).await, 0);
    assert_eq!(brought(&kept, &second).await, 1);
}

#[tokio::test]
async fn what_was_said_again_stays() {
    let kept = Kept::new();
    let address = email("kami@example.com");
    let ani = kept.person(&[customer("C1"), address.clone()]).await;
    let budi = kept.person(&[customer("C2"), address.clone()]).await;
    let by_ani = kept.put(opt_out(Whom::Subject(ani), on_email())).await.seq;
    let by_budi = kept.put(opt_out(Whom::Subject(budi), on_email())).await.seq;
    kept.put(correct(by_ani)).await;
    assert_eq!((live(&kept, ani).await, live(&kept, budi).await), (1, 1));
    assert_eq!(brought(&kept, &address).await, 1, "upheld by the second");
    kept.put(correct(by_budi)).await;
    assert_eq!((live(&kept, ani).await, live(&kept, budi).await), (0, 0));
    assert_eq!(brought(&kept, &address).await, 0);
}

#[tokio::test]
async fn a_refusal_of_an_unknown_address_can_be_corrected() {
    let kept = Kept::new();
    let address = email("ani@example.com");
    let no = kept
        .put(opt_out(Whom::Identifier(address.clone()), on_email()))
        .await;
    kept.put(correct(no.seq)).await;
    assert_eq!(brought(&kept, &address).await, 0);
    kept.put(opt_out(Whom::Identifier(address.clone()), on_email()))
        .await;
    assert_eq!(brought(&kept, &address).await, 1, "said anew");
}

#[tokio::test]
async fn a_corrected_consent_and_a_corrected_birth_date_are_gone() {
    let kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let yes = kept.put(consent(ani, "on the phone")).await.seq;
    let minor = Command::Act {
        subject: Some(ani),
        act: Act::MinorKnown {
            adult_from: NOON.plus_days(900),
            origin: Origin::Agent,
        },
        detail: None,
    };
    let minor = kept.put(minor).await.seq;
    kept.put(correct(yes)).await;
    kept.put(correct(minor)).await;
    let mut standing = Standing::default();
    for entry in kept.history(ani).await.unwrap() {
        standing.apply(&entry);
    }
    assert!(standing.consents.is_empty() && !standing.is_minor(NOON));
}

#[tokio::test]
async fn the_evidence_is_sealed() {
    let kept = Kept::new();
    let ani = kept.person(&[email("ani@example.com")]).await;
    let no = kept.put(opt_out(Whom::Subject(ani), on_email())).await.seq;
    let corrected = kept.put(correct(no)).await;
    assert!(corrected.record.contains("\"detail\":\""));
    let sealed: Vec<Vec<u8>> = kept.query("select sealed from details");
    assert_eq!(sealed.len(), 1);
    let heard = b"recording";
    assert!(!sealed[0].windows(heard.len()).any(|own| own == heard));
}

#[tokio::test]
async fn a_presumption_is_cleared_in_time_for_everybody_or_not_at_all() {
    let kept = Kept::new();
    let address = email("ani@example.com");
    let ani = kept.person(std::slice::from_ref(&address)).await;
    let said = kept.put(presumed(&address)).await.seq;
    let late = NOON.plus_days(PRESUMPTION_DAYS);
    assert_eq!(
        refused_at(&kept, clear(said), late).await,
        Refused::PresumptionOver
    );
    assert_eq!(live(&kept, ani).await, 1);
    let in_time = late.plus_seconds(-1);
    kept.record(vec![clear(said)], in_time).await.unwrap();
    assert_eq!(live(&kept, ani).await, 0);
    assert_eq!(brought(&kept, &address).await, 0);
    assert_eq!(
        refused_at(&kept, clear(said), in_time).await,
        Refused::EndedBefore
    );
    let no = kept.put(opt_out(Whom::Subject(ani), on_email())).await.seq;
    assert_eq!(
        refused_at(&kept, clear(no), NOON).await,
        Refused::NotPresumed
    );
}

#[tokio::test]
async fn who_listens_hears_that_a_suppression_ended() {
    let kept = Kept::new();
    let heard = Arc::new(Mutex::new(Vec::<Committed>::new()));
    let hear = Arc::clone(&heard);
    kept.subscribe(move |committed| hear.lock().unwrap().extend_from_slice(committed));
    let address = email("ani@example.com");
    let no = opt_out(Whom::Identifier(address.clone()), on_email());
    let suppressed = kept.put(no).await.seq;
    kept.put(correct(suppressed)).await;
    let hash = kept.hasher().suppression(&address);
    let keys: Vec<IndexKey> = heard.lock().unwrap().iter().map(|own| own.key).collect();
    let expected = [IndexKey::Suppressed(hash), IndexKey::Unsuppressed(hash)];
    assert_eq!(keys, expected);
}
