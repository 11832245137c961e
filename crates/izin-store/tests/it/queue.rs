//! What waits for a person: once, sealed, settled once.

use izin_core::refusal::PRESUMPTION_DAYS;
use izin_core::{Channel, Origin, RefusalKind, Scope, Seq, SubjectId};
use izin_store::{
    Command, Listed, NewItem, QueueCount, QueueItem, QueueKind, QueueOutcome, QueueSettled, Queued,
    Refusing, Whom,
};

use super::kept::{Kept, NOON, customer, email};

fn item(kind: QueueKind, subject: Option<SubjectId>, key: Option<&str>) -> NewItem {
    NewItem {
        kind,
        subject,
        entry: Some(Seq(0)),
        key: key.map(str::to_owned),
        due_at: NOON.plus_days(3),
        opened_by: "import".to_owned(),
        owner: Some("dpo".to_owned()),
        note: Some("PLAIN-OR-NOT".to_owned()),
    }
}

fn outcome(note: &str) -> QueueOutcome {
    QueueOutcome {
        by: "dpo".to_owned(),
        outcome: "cleared".to_owned(),
        note: Some(note.to_owned()),
    }
}

/// Whether a note lies open in the database.
fn open_notes(kept: &Kept) -> usize {
    let notes: Vec<Vec<u8>> = kept.query(
        "select note from queue where note is not null
         union all
         select outcome_note from queue where outcome_note is not null",
    );
    let plain = b"PLAIN-OR-NOT";
    let lies_open = |own: &&Vec<u8>| own.windows(plain.len()).any(|part| part == plain);
    notes.iter().filter(lies_open).count()
}

async fn add(kept: &Kept, item: NewItem) -> Queued {
    kept.queue_add(item, NOON).await.unwrap()
}

#[tokio::test]
async fn the_same_thing_is_not_queued_twice_for_a_kind() {
    let kept = Kept::new();
    let goods = || item(QueueKind::AmbiguousGoods, None, Some("SKU-1"));
    assert_eq!(add(&kept, goods()).await, Queued::Now(1));
    assert_eq!(add(&kept, goods()).await, Queued::Before(1));
    let other = item(QueueKind::Complaint, None, Some("SKU-1"));
    assert_eq!(add(&kept, other).await, Queued::Now(2));
    for number in 3..5 {
        let unnamed = item(QueueKind::Complaint, None, None);
        assert_eq!(add(&kept, unnamed).await, Queued::Now(number));
    }
    let settled = kept.queue_settle(1, outcome("fine"), NOON).await.unwrap();
    assert_eq!(settled, QueueSettled::Now);
    assert_eq!(add(&kept, goods()).await, Queued::Before(1));
}

#[tokio::test]
async fn a_thing_is_settled_once_and_says_by_whom() {
    let kept = Kept::new();
    let ani = kept.person(&[customer("C1")]).await;
    add(&kept, item(QueueKind::PresumedRefusal, Some(ani), None)).await;
    let unknown = kept.queue_settle(9, outcome("?"), NOON).await.unwrap();
    assert_eq!(unknown, QueueSettled::Unknown);
    let at = NOON.plus_days(1);
    let settled = kept.queue_settle(1, outcome("a joke"), at).await.unwrap();
    assert_eq!(settled, QueueSettled::Now);
    let late = QueueOutcome {
        by: "somebody else".to_owned(),
        ..outcome("no joke")
    };
    let again = kept.queue_settle(1, late, NOON.plus_days(2)).await.unwrap();
    let before = QueueSettled::Before {
        by: "dpo".to_owned(),
        at,
        outcome: "cleared".to_owned(),
    };
    assert_eq!(again, before);
    let shown = kept.queue_show(1).await.unwrap().unwrap();
    assert_eq!(shown.settled, Some((at, outcome("a joke"))));
    assert_eq!(kept.queue_show(2).await.unwrap(), None);
}

#[tokio::test]
async fn notes_about_people_known_or_not_are_sealed() {
    let mut kept = Kept::new();
    let ani = kept.person(&[customer("C1")]).await;
    for (kind, subject) in [
        (QueueKind::Correction, Some(ani)),
        (QueueKind::UnresolvedOptOut, None),
    ] {
        let id = match add(&kept, item(kind, subject, None)).await {
            Queued::Now(id) => id,
            before @ Queued::Before(_) => panic!("{before:?}"),
        };
        let settled = outcome("PLAIN-OR-NOT because");
        kept.queue_settle(id, settled.clone(), NOON).await.unwrap();
        assert_eq!(open_notes(&kept), 0, "{kind:?}");
        let shown = kept.queue_show(id).await.unwrap().unwrap();
        assert_eq!(shown.what, item(kind, subject, None));
        assert_eq!(shown.settled, Some((NOON, settled)));
    }
    add(&kept, item(QueueKind::AmbiguousGoods, None, None)).await;
    assert_eq!(open_notes(&kept), 1, "goods have no secrets");
    kept.destroy_keys();
    kept.reopen();
    let gone = kept.queue_show(1).await.unwrap().unwrap();
    assert_eq!(gone.what.note, None);
    assert_eq!(gone.settled.unwrap().1.note, None);
}

#[tokio::test]
async fn the_most_urgent_comes_first_and_what_is_settled_only_when_asked_for() {
    let kept = Kept::new();
    for (days, kind) in [
        (3, QueueKind::Complaint),
        (1, QueueKind::Complaint),
        (2, QueueKind::AmbiguousGoods),
    ] {
        let due_at = NOON.plus_days(days);
        add(
            &kept,
            NewItem {
                due_at,
                ..item(kind, None, None)
            },
        )
        .await;
    }
    kept.queue_settle(3, outcome("fine"), NOON).await.unwrap();
    let ids = async |listed, most| {
        let found = kept.queue_list(listed, most).await.unwrap();
        found.into_iter().map(|own| own.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(Listed::Open, 10).await, [2, 1]);
    assert_eq!(ids(Listed::All, 10).await, [2, 3, 1]);
    assert_eq!(ids(Listed::All, 2).await, [2, 3]);
    let counted = QueueCount {
        kind: QueueKind::Complaint,
        open: 2,
        due: 1,
    };
    let counts = kept.queue_counts(NOON.plus_days(1)).await.unwrap();
    assert_eq!(counts, [counted]);
}

/// Something that may be a no.
fn guess(whom: Whom) -> Command {
    Command::Refuse(Refusing {
        whom,
        refusal: RefusalKind::Presumed,
        scope: Scope::channel(Channel::Email),
        occurred_at: NOON,
        origin: Origin::Api,
        detail: None,
    })
}

/// The guesses that wait to be reviewed for a person, and their refusals.
async fn waiting(kept: &Kept, subject: SubjectId) -> (Vec<QueueItem>, usize) {
    let mut items = kept.queue_list(Listed::Open, 10).await.unwrap();
    items.retain(|own| {
        own.what.kind == QueueKind::PresumedRefusal && own.what.subject == Some(subject)
    });
    let mut standing = izin_core::Standing::default();
    for entry in kept.history(subject).await.unwrap() {
        standing.apply(&entry);
    }
    (items, standing.refusals.len())
}

/// The one guess about a person can be reviewed in time.
async fn reviewed(kept: &Kept, subject: SubjectId) {
    let (items, refusals) = waiting(kept, subject).await;
    assert_eq!((items.len(), refusals), (1, 1), "{items:?}");
    assert_eq!(items[0].what.due_at, NOON.plus_days(PRESUMPTION_DAYS));
    let entry = items[0].what.entry.unwrap();
    kept.put(Command::ClearPresumption { entry }).await;
    assert_eq!(waiting(kept, subject).await.1, 0);
}

#[tokio::test]
async fn a_guess_that_a_split_copies_waits_to_be_reviewed_for_whoever_left() {
    let kept = Kept::new();
    let guest = kept.person(&[email("guest@example.com")]).await;
    let account = kept.person(&[customer("C-1")]).await;
    let (from, into, origin) = (guest, account, Origin::Api);
    kept.put(Command::Merge { from, into, origin }).await;
    kept.put(guess(Whom::Subject(account))).await;
    assert_eq!(waiting(&kept, guest).await, (Vec::new(), 0));
    kept.put(Command::Split { from: guest }).await;
    reviewed(&kept, guest).await;
}

#[tokio::test]
async fn a_guess_about_an_address_waits_to_be_reviewed_for_whoever_takes_it_later() {
    let kept = Kept::new();
    let address = email("ani@example.com");
    kept.put(guess(Whom::Identifier(address.clone()))).await;
    let ani = kept.person(&[address]).await;
    reviewed(&kept, ani).await;
}

#[tokio::test]
async fn a_guess_that_is_an_opt_out_by_now_is_copied_as_one_and_waits_for_nobody() {
    let kept = Kept::new();
    let address = email("ani@example.com");
    kept.put(guess(Whom::Identifier(address.clone()))).await;
    let later = NOON.plus_days(PRESUMPTION_DAYS);
    let contact = super::kept::contact(&[address]);
    let ani = kept.record(vec![contact], later).await.unwrap();
    let ani = ani[0].subject.unwrap();
    assert_eq!(waiting(&kept, ani).await.0, []);
    let kinds: Vec<_> = kept
        .refusals(ani)
        .await
        .into_iter()
        .map(|own| own.0)
        .collect();
    assert_eq!(kinds, [RefusalKind::OptedOut]);
}

#[test]
fn the_names_of_kinds_and_states_are_those_that_are_kept() {
    use izin_store::CampaignState;
    for kind in [
        QueueKind::UnresolvedOptOut,
        QueueKind::PresumedRefusal,
        QueueKind::Quarantine,
        QueueKind::AmbiguousGoods,
        QueueKind::Complaint,
        QueueKind::Correction,
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for state in [
        CampaignState::Queuing,
        CampaignState::Sending,
        CampaignState::Waiting,
        CampaignState::Done,
        CampaignState::Stopped,
    ] {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
}
