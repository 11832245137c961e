//! Acts that machines report: a no is always taken, a yes only with evidence, up never.

use izin_app::Who;
use izin_app::act::{self, ActError, Asked, DETAIL_BYTES_MAX, Kind, Report, Reported};
use izin_core::{
    Channel, Identifier, Language, Level, Origin, Reason, RefusalKind, Timestamp, Verdict,
};
use izin_store::Answered;
use izin_testkit::Shop;
use izin_testkit::policy::{email, purpose_id};
use izin_testkit::world::NOON;

const ANI: &str = "ani@example.com";

fn about(who: Who, kind: Kind) -> Report {
    Report {
        who,
        kind,
        channel: Some(Channel::Email),
        purpose: Some(purpose_id("marketing")),
        topic: None,
        occurred_at: None,
        detail: None,
        origin: Origin::Api,
    }
}

fn by_address(kind: Kind) -> Report {
    about(Who::Identifier(email(ANI)), kind)
}

/// A yes whose record is complete, as far as a report can make it.
fn asked() -> Asked {
    Asked {
        notice: Some(1),
        language: Some(Language::En),
        ..Asked::default()
    }
}

async fn report(shop: &Shop, report: Report) -> Result<Answered<Reported>, ActError> {
    act::report(shop, report, None, |_| String::new()).await
}

#[tokio::test]
async fn every_no_is_effective_for_the_next_decision_and_after_a_restart() {
    for (kind, reason) in [
        (Kind::No(RefusalKind::OptedOut), Reason::OptedOutPurpose),
        (Kind::No(RefusalKind::Withdrawn), Reason::Withdrawn),
        (Kind::No(RefusalKind::Objected), Reason::Objected),
        (Kind::No(RefusalKind::Complained), Reason::Complained),
        (Kind::Pause(NOON.plus_days(3)), Reason::Paused),
        (Kind::Restriction { holds: true }, Reason::Restricted),
    ] {
        let mut shop = Shop::open().await;
        shop.consented(&[ANI]).await;
        assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
        report(&shop, by_address(kind)).await.unwrap();
        assert_eq!(shop.ask(ANI).reason, reason);
        shop.reopen().await;
        assert_eq!(shop.ask(ANI).reason, reason, "after a restart");
    }
}

#[tokio::test]
async fn a_yes_counts_with_evidence_and_never_lifts_a_no() {
    let shop = Shop::open().await;
    report(&shop, by_address(Kind::Consent(asked())))
        .await
        .unwrap();
    assert_eq!(shop.ask(ANI).reason, Reason::NoConsent);
    let proven = || Report {
        detail: Some("form 4".to_owned()),
        ..by_address(Kind::Consent(asked()))
    };
    report(&shop, proven()).await.unwrap();
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    report(&shop, by_address(Kind::No(RefusalKind::OptedOut)))
        .await
        .unwrap();
    report(&shop, proven()).await.unwrap();
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
}

#[tokio::test]
async fn the_dial_goes_down_and_not_up() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    for level in [Level::Purchases, Level::Browsing] {
        let refused = report(&shop, by_address(Kind::Dial(level))).await;
        assert!(
            matches!(refused, Err(ActError::StepUpRequired)),
            "{refused:?}"
        );
    }
    report(&shop, by_address(Kind::Dial(Level::Contextual)))
        .await
        .unwrap();
    assert_eq!(shop.ask(ANI).level, Level::Contextual);
    let back = report(&shop, by_address(Kind::Dial(Level::Trends))).await;
    assert!(matches!(back, Err(ActError::StepUpRequired)), "{back:?}");
}

#[tokio::test]
async fn a_no_about_an_unknown_address_is_taken_as_often_as_it_is_said() {
    let shop = Shop::open().await;
    for _ in 0..3 {
        report(&shop, by_address(Kind::No(RefusalKind::OptedOut)))
            .await
            .unwrap();
    }
    assert_eq!(shop.gate.everybody().len(), 0);
    shop.consented(&["Ani@Example.com"]).await;
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
}

#[tokio::test]
async fn a_no_of_somebody_with_an_unknown_id_makes_nobody_up() {
    let shop = Shop::open().await;
    let stranger = Who::Subject(izin_core::SubjectId::from_bytes([1; 16]));
    let refused = report(&shop, about(stranger, Kind::No(RefusalKind::OptedOut))).await;
    assert!(
        matches!(refused, Err(ActError::UnknownSubject)),
        "{refused:?}"
    );
    assert_eq!(shop.gate.everybody().len(), 0);
}

#[tokio::test]
async fn a_no_of_a_customer_number_nobody_has_yet_waits_for_whoever_gets_it() {
    let shop = Shop::open().await;
    let unknown = Who::Identifier(Identifier::customer("C404").unwrap());
    report(&shop, about(unknown, Kind::No(RefusalKind::OptedOut)))
        .await
        .unwrap();
    let file = "customer,email,consent_marketing_email,consent_evidence\nC404,ani@example.com,yes,form 1\n";
    shop.import(izin_app::import::Kind::Contacts, file).await;
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
}

#[tokio::test]
async fn a_no_is_never_turned_away_for_its_paperwork() {
    type Change = fn(&mut Report);
    let changes: [Change; 5] = [
        |own| own.purpose = Some(purpose_id("newsletter_of_old")),
        |own| own.purpose = None,
        |own| own.occurred_at = Some(NOON.plus_days(9_000)),
        |own| own.occurred_at = Some(Timestamp::from_micros(-1)),
        |own| own.detail = Some("é".repeat(DETAIL_BYTES_MAX)),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let shop = Shop::open().await;
        shop.consented(&[ANI]).await;
        let before = shop.store.head().await.unwrap().size;
        let mut no = by_address(Kind::No(RefusalKind::OptedOut));
        change(&mut no);
        report(&shop, no).await.unwrap();
        assert!(
            shop.store.head().await.unwrap().size > before,
            "change {at}"
        );
        if at > 0 {
            assert_eq!(shop.ask(ANI).verdict, Verdict::Deny, "change {at}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_its_reason_and_records_nothing() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    let before = shop.store.head().await.unwrap();
    let wrong = |change: fn(&mut Report), kind| {
        let mut report = by_address(kind);
        change(&mut report);
        report
    };
    let long = "x".repeat(DETAIL_BYTES_MAX + 1);
    let too_long = Report {
        detail: Some(long),
        ..by_address(Kind::Consent(asked()))
    };
    for (wrong, says) in [
        (
            wrong(|own| own.purpose = None, Kind::Consent(asked())),
            "`purpose` is missing",
        ),
        (
            wrong(|own| own.channel = None, Kind::Consent(asked())),
            "`channel` is missing",
        ),
        (
            wrong(
                |own| own.channel = Some(Channel::Push),
                Kind::Consent(asked()),
            ),
            "marketing",
        ),
        (
            wrong(
                |own| own.occurred_at = Some(NOON.plus_days(1)),
                Kind::Consent(asked()),
            ),
            "in the future",
        ),
        (
            wrong(
                |own| own.occurred_at = Some(Timestamp::from_micros(-1)),
                Kind::Consent(asked()),
            ),
            "`occurred_at` is before 1970-01-02",
        ),
        (
            wrong(
                |own| own.who = Who::Identifier(email("x@example.com")),
                Kind::Pause(NOON),
            ),
            "nobody is known",
        ),
        (too_long, "longer than"),
    ] {
        let refused = report(&shop, wrong).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{says}: {refused}");
        assert!(
            !refused.contains("example.com"),
            "an address in an error: {refused}"
        );
    }
    assert_eq!(shop.store.head().await.unwrap(), before);
}

#[tokio::test]
async fn a_repeated_report_is_answered_as_the_first_time_was() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    let once = || {
        let answer = |own: &Reported| format!("entry {}", own.recorded.seq);
        act::report(
            &shop,
            by_address(Kind::No(RefusalKind::OptedOut)),
            Some([4; 32]),
            answer,
        )
    };
    let Answered::Now(recorded) = once().await.unwrap() else {
        panic!("the first time");
    };
    let size = shop.store.head().await.unwrap().size;
    let again = once().await.unwrap();
    assert_eq!(
        again,
        Answered::Before(format!("entry {}", recorded.recorded.seq))
    );
    assert_eq!(shop.store.head().await.unwrap().size, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_made_twice_at_once_is_entered_once_for_each_holder() {
    let shop = Shop::open().await;
    let file = "customer,email\nC1,ani@example.com\nC2,ani@example.com\n";
    shop.import(izin_app::import::Kind::Contacts, file).await;
    let before = shop.store.head().await.unwrap().size;
    let once = || {
        let seen = by_address(Kind::SignalSeen(izin_core::Signal::Gpc));
        act::report(&shop, seen, Some([5; 32]), |_| String::new())
    };
    let (one, other) = tokio::join!(once(), once());
    let answers = [one.unwrap(), other.unwrap()];
    let now = answers.iter().filter(|own| matches!(own, Answered::Now(_)));
    assert_eq!(now.count(), 1);
    assert_eq!(shop.store.head().await.unwrap().size, before + 2);
}

#[tokio::test]
async fn an_act_about_one_of_several_people_names_the_person() {
    let shop = Shop::open().await;
    let file = "customer,email\nC1,ani@example.com\nC2,ani@example.com\n";
    shop.import(izin_app::import::Kind::Contacts, file).await;
    let refused = report(&shop, by_address(Kind::Restriction { holds: true })).await;
    assert!(
        matches!(refused, Err(ActError::SeveralSubjects)),
        "{refused:?}"
    );
    report(&shop, by_address(Kind::No(RefusalKind::OptedOut)))
        .await
        .unwrap();
    for person in shop.gate.holders(&email(ANI)) {
        assert_eq!(shop.gate.standing(person).unwrap().refusals.len(), 1);
    }
}

#[tokio::test]
async fn what_narrows_is_taken_from_anyone_and_its_clock_and_words_are_cut_to_size() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    let adult_from = NOON.plus_days(400);
    for kind in [
        Kind::TooPersonal,
        Kind::Minor { adult_from },
        Kind::SignalSeen(izin_core::Signal::Gpc),
        Kind::Marked(izin_core::consent::Mark::Refused),
    ] {
        let act = Report {
            occurred_at: Some(NOON.plus_days(9_000)),
            detail: Some("é".repeat(DETAIL_BYTES_MAX)),
            ..by_address(kind)
        };
        report(&shop, act).await.unwrap();
    }
    let standing = shop.gate.standing(shop.person(ANI)).unwrap();
    assert!(standing.adult_from.unwrap() >= adult_from, "rounded up");
    assert_eq!(
        standing.adult_from.unwrap().to_string().get(7..10),
        Some("-01")
    );
    assert_eq!(standing.dial.unwrap().level, Level::Contextual);
    let denied = shop.ask(ANI);
    assert_eq!(denied.reason, Reason::SignalGpc);
    assert!(denied.also.contains(Reason::Minor));
}

#[tokio::test]
async fn a_minor_and_a_signal_are_remembered_of_somebody_nobody_knew_and_of_every_holder() {
    let shop = Shop::open().await;
    let adult_from = NOON.plus_days(400);
    report(&shop, by_address(Kind::Minor { adult_from }))
        .await
        .unwrap();
    assert!(shop.gate.standing(shop.person(ANI)).unwrap().is_minor(NOON));
    let file = "customer,email\nC1,budi@example.com\nC2,budi@example.com\n";
    shop.import(izin_app::import::Kind::Contacts, file).await;
    let budi = Who::Identifier(email("budi@example.com"));
    let seen = Kind::SignalSeen(izin_core::Signal::Gpc);
    report(&shop, about(budi, seen)).await.unwrap();
    for person in shop.gate.holders(&email("budi@example.com")) {
        assert_eq!(shop.gate.standing(person).unwrap().signals.len(), 1);
    }
}

#[tokio::test]
async fn an_own_limit_grows_stricter_at_once_and_looser_only_by_the_person() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    let cap = |at_most| {
        let week = izin_core::window::Window::parse("7d").unwrap();
        Kind::Cap(izin_core::window::Limit::new(at_most, week).unwrap())
    };
    report(&shop, by_address(cap(2))).await.unwrap();
    let looser = report(&shop, by_address(cap(3))).await;
    assert!(
        matches!(looser, Err(ActError::StepUpRequired)),
        "{looser:?}"
    );
    report(&shop, by_address(cap(1))).await.unwrap();
}

#[tokio::test]
async fn a_shorter_pause_does_not_end_a_longer_one() {
    let shop = Shop::open().await;
    shop.consented(&[ANI]).await;
    report(&shop, by_address(Kind::Pause(NOON.plus_days(9))))
        .await
        .unwrap();
    let shorter = report(&shop, by_address(Kind::Pause(NOON.plus_days(2)))).await;
    assert!(
        matches!(shorter, Err(ActError::PauseStands(_))),
        "{shorter:?}"
    );
}
