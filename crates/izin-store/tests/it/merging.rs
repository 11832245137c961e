//! Two people who are one, and back again (design §3.2).

use izin_core::consent::Manner;
use izin_core::decision::Sent;
use izin_core::refusal::RefusalKind;
use izin_core::relation::DetachCause;
use izin_core::{
    Act, Channel, Identifier, IdentifierId, Level, Origin, PurposeId, Scope, Signal, Standing,
    SubjectId, Timestamp,
};
use izin_store::{Addressee, Command, Contact, Refused, Refusing, StoreError, Whom};

use super::kept::{Kept, NOON, alone, consented, contact, customer, email, opt_out, phone};

pub(crate) const fn on_email() -> Scope {
    Scope::channel(Channel::Email)
}

pub(crate) fn merge(from: SubjectId, into: SubjectId) -> Command {
    Command::Merge {
        from,
        into,
        origin: Origin::Agent,
    }
}

pub(crate) fn split(from: SubjectId) -> Command {
    Command::Split { from }
}

/// A guest with an address and a customer with a number.
pub(crate) async fn guest_and_customer(kept: &Kept) -> (SubjectId, SubjectId) {
    let guest = kept.person(&[email("ani@example.com")]).await;
    let customer = kept
        .person(&[customer("C1"), phone("0812 0000 0001")])
        .await;
    (guest, customer)
}

pub(crate) async fn standing(kept: &Kept, subject: SubjectId) -> Standing {
    let mut standing = Standing::default();
    for entry in kept.history(subject).await.unwrap() {
        standing.apply(&entry);
    }
    standing
}

async fn scopes(kept: &Kept, subject: SubjectId) -> Vec<Scope> {
    let refusals = standing(kept, subject).await.refusals;
    refusals.iter().map(|own| own.scope).collect()
}

pub(crate) async fn id_of(
    kept: &Kept,
    subject: SubjectId,
    address: &Identifier,
) -> Option<IdentifierId> {
    let held = kept.identifiers(subject).await.unwrap();
    held.iter()
        .find(|own| own.value == *address)
        .map(|own| own.id)
}

async fn refused(kept: &Kept, command: Command) -> Refused {
    let head = kept.head().await.unwrap();
    let why = match kept.record(vec![command], NOON).await {
        Err(StoreError::Refused(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(kept.head().await.unwrap(), head, "nothing was recorded");
    why
}

/// A yes by somebody who gave an address, at a moment, proved or not.
pub(crate) fn yes(address: &Identifier, occurred_at: Timestamp, step_up: bool) -> Command {
    let mut act = consented("marketing", Channel::Email);
    if let Act::Consented {
        occurred_at: at,
        manner,
        ..
    } = &mut act
    {
        *at = occurred_at;
        *manner = Manner {
            step_up,
            ..Manner::default()
        };
    }
    Command::Contact(Box::new(Contact {
        identifiers: vec![address.clone()],
        acts: vec![(act, None)],
        ..Contact::default()
    }))
}

#[tokio::test]
async fn a_chain_a_circle_and_a_merge_with_nobody_are_refused() {
    let kept = Kept::new();
    let (a, b) = guest_and_customer(&kept).await;
    let c = kept.person(&[customer("C3")]).await;
    let nobody = SubjectId::from_bytes([9; 16]);
    assert_eq!(refused(&kept, merge(a, a)).await, Refused::SamePerson);
    assert_eq!(
        refused(&kept, merge(a, nobody)).await,
        Refused::UnknownPerson
    );
    assert_eq!(
        refused(&kept, merge(nobody, a)).await,
        Refused::UnknownPerson
    );
    assert_eq!(refused(&kept, split(a)).await, Refused::NotMerged);
    kept.put(merge(a, b)).await;
    for (from, into) in [(b, a), (b, c), (c, a), (a, b), (a, c)] {
        assert_eq!(
            refused(&kept, merge(from, into)).await,
            Refused::PartOfAMerge
        );
    }
    kept.put(merge(c, b)).await;
    kept.put(split(a)).await;
    assert_eq!(refused(&kept, split(a)).await, Refused::NotMerged);
    let erased = Command::Act {
        subject: Some(a),
        act: Act::Erased,
        detail: None,
    };
    kept.put(erased).await;
    assert_eq!(refused(&kept, merge(a, b)).await, Refused::UnknownPerson);
}

#[tokio::test]
async fn a_merged_person_is_found_as_the_one_they_turned_out_to_be() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(merge(guest, customer)).await;
    assert_eq!(standing(&kept, guest).await.merged_into, Some(customer));
    let again = contact(&[email("Ani@example.com")]);
    assert_eq!(kept.record(vec![again], NOON).await.unwrap(), []);
    let recorded = kept.put(yes(&email("ani@example.com"), NOON, false)).await;
    assert_eq!(recorded.subject, Some(customer));
    let no = opt_out(Whom::Identifier(email("ani@example.com")), on_email());
    assert_eq!(kept.put(no).await.subject, Some(customer));
    assert_eq!(
        scopes(&kept, guest).await,
        [],
        "asked for by nobody any more"
    );
}

#[tokio::test]
async fn what_is_said_by_an_old_link_is_said_by_the_person_they_turned_out_to_be() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(merge(guest, customer)).await;
    let everything = Scope::EVERYTHING;
    let hash = kept.hasher().suppression(&email("ani@example.com"));
    let by_link = kept.put(opt_out(Whom::Link(guest, hash), everything)).await;
    assert_eq!(by_link.subject, Some(customer));
    let by_name = kept.put(opt_out(Whom::Subject(guest), on_email())).await;
    assert_eq!(by_name.subject, Some(customer));
    let own = id_of(&kept, guest, &email("ani@example.com"))
        .await
        .unwrap();
    let bounced = Command::Act {
        subject: Some(guest),
        act: Act::Undeliverable {
            identifier: own,
            channel: Channel::Email,
        },
        detail: None,
    };
    assert_eq!(kept.put(bounced).await.subject, Some(customer));
    assert!(
        standing(&kept, customer)
            .await
            .unreachable_on(Channel::Email)
    );
}

#[tokio::test]
async fn a_refusal_of_either_is_a_refusal_of_both() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(opt_out(Whom::Subject(guest), on_email())).await;
    kept.put(opt_out(
        Whom::Subject(customer),
        Scope::channel(Channel::Sms),
    ))
    .await;
    kept.put(merge(guest, customer)).await;
    let both = [on_email(), Scope::channel(Channel::Sms)];
    for subject in [guest, customer] {
        let scopes = scopes(&kept, subject).await;
        assert!(both.iter().all(|own| scopes.contains(own)), "{scopes:?}");
    }
    let carried = kept.refusals(guest).await;
    let last = (RefusalKind::OptedOut, both[1], Origin::Izin);
    assert_eq!(carried.last(), Some(&last));
}

#[tokio::test]
async fn a_refusal_made_while_merged_stays_with_both_after_a_split() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(merge(guest, customer)).await;
    let everything = Scope::EVERYTHING;
    kept.put(opt_out(Whom::Subject(customer), everything)).await;
    kept.put(split(guest)).await;
    for subject in [guest, customer] {
        assert_eq!(scopes(&kept, subject).await, [everything]);
    }
    assert_eq!(standing(&kept, guest).await.merged_into, None);
}

#[tokio::test]
async fn whatever_narrows_while_merged_stays_with_both_after_a_split() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(merge(guest, customer)).await;
    let (origin, adult_from) = (Origin::Page, NOON.plus_days(400));
    let (signal, channel) = (Signal::Gpc, None);
    let until = NOON.plus_days(3);
    for act in [
        Act::Restricted {
            holds: true,
            origin,
        },
        Act::MinorKnown { adult_from, origin },
        Act::SignalSeen {
            signal,
            channel,
            origin,
        },
        Act::Paused {
            channel,
            until,
            origin,
        },
    ] {
        let subject = Some(guest);
        let detail = None;
        kept.put(Command::Act {
            subject,
            act,
            detail,
        })
        .await;
    }
    kept.put(split(guest)).await;
    for subject in [guest, customer] {
        let own = standing(&kept, subject).await;
        assert!(own.restricted && own.is_minor(NOON));
        assert_eq!((own.signals.len(), own.pauses.len()), (1, 1));
    }
}

#[tokio::test]
async fn a_split_does_not_begin_anew_under_a_cap() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(merge(guest, customer)).await;
    let sent = Sent {
        at: NOON,
        channel: Channel::Email,
        purpose: PurposeId::parse("marketing").unwrap(),
        topic: None,
    };
    let judge = move |_: &[Addressee]| Some(sent);
    kept.reserve(alone(guest), judge, NOON).await.unwrap();
    kept.put(split(guest)).await;
    for subject in [guest, customer] {
        let judge = move |reached: &[Addressee]| {
            assert_eq!(reached[0].sends, [sent]);
            None
        };
        kept.reserve(alone(subject), judge, NOON).await.unwrap();
    }
}

#[tokio::test]
async fn the_stricter_of_the_two_counts() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    let (origin, adult_from) = (Origin::Page, NOON.plus_days(400));
    let act = |subject, act| Command::Act {
        subject: Some(subject),
        act,
        detail: None,
    };
    let dial = |level| Act::DialMoved {
        level,
        origin,
        step_up: true,
        too_personal: false,
    };
    kept.put(act(customer, dial(Level::Browsing))).await;
    for own in [
        dial(Level::Contextual),
        Act::Restricted {
            holds: true,
            origin,
        },
        Act::MinorKnown { adult_from, origin },
        Act::Paused {
            channel: None,
            until: NOON.plus_days(3),
            origin,
        },
    ] {
        kept.put(act(guest, own)).await;
    }
    kept.put(merge(guest, customer)).await;
    let merged = standing(&kept, customer).await;
    assert_eq!(merged.dial.map(|dial| dial.level), Some(Level::Contextual));
    assert!(merged.restricted && merged.is_minor(NOON));
    assert_eq!(merged.pauses.len(), 1);
}

#[tokio::test]
async fn a_dial_that_was_never_moved_stands_at_the_start() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    let up = Act::DialMoved {
        level: Level::Browsing,
        origin: Origin::Page,
        step_up: true,
        too_personal: false,
    };
    kept.put(Command::Act {
        subject: Some(customer),
        act: up,
        detail: None,
    })
    .await;
    kept.put(merge(guest, customer)).await;
    let dial = standing(&kept, customer).await.dial;
    assert_eq!(dial.map(|dial| dial.level), Some(Level::START));
}

#[tokio::test]
async fn an_address_two_merged_people_brought_stays_with_the_one_who_is_still_merged() {
    let kept = Kept::new();
    let shared = email("kami@example.com");
    let a = kept.person(&[customer("C1"), shared.clone()]).await;
    let b = kept.person(&[customer("C2"), shared.clone()]).await;
    let c = kept.person(&[customer("C3")]).await;
    kept.put(merge(a, c)).await;
    kept.put(merge(b, c)).await;
    kept.put(split(a)).await;
    assert!(id_of(&kept, c, &shared).await.is_some());
    kept.put(split(b)).await;
    assert_eq!(id_of(&kept, c, &shared).await, None);
}

#[tokio::test]
async fn a_presumed_refusal_and_a_legal_one_are_carried_as_what_they_are() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    for refusal in [RefusalKind::Presumed, RefusalKind::LegalSuppression] {
        kept.put(Command::Refuse(Refusing {
            whom: Whom::Subject(guest),
            refusal,
            scope: Scope::EVERYTHING,
            occurred_at: NOON.plus_days(-5),
            origin: Origin::Agent,
            detail: None,
        }))
        .await;
    }
    kept.put(merge(guest, customer)).await;
    let merged = standing(&kept, customer).await;
    let mut kinds: Vec<_> = merged.refusals.iter().map(|own| own.kind).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [RefusalKind::LegalSuppression, RefusalKind::Presumed]
    );
    assert!(
        merged
            .refusals
            .iter()
            .all(|own| own.occurred_at == NOON.plus_days(-5))
    );
}

#[tokio::test]
async fn an_identifier_that_leaves_by_a_split_says_so() {
    let kept = Kept::new();
    let (guest, customer) = guest_and_customer(&kept).await;
    kept.put(merge(guest, customer)).await;
    kept.put(split(guest)).await;
    let left = kept.history(customer).await.unwrap();
    let caused = left.iter().filter(|entry| {
        let cause = DetachCause::Split;
        matches!(entry.act, Act::IdentifierDetached { cause: own, .. } if own == cause)
    });
    assert_eq!(caused.count(), 1);
}
