//! What lifts a no, and what does not (design §3.2), from the report to the next decision.

use izin_app::act::{self, ActError, Asked, Kind, Report, Reported};
use izin_app::import::Kind as File;
use izin_app::step_up::{self, StepUpError, To, Wish};
use izin_app::{Who, person};
use izin_core::consent::Mark;
use izin_core::decision::may_ask_for_more;
use izin_core::law::Basis;
use izin_core::policy::{Bases, Class, DpiaId};
use izin_core::{
    Channel, IdentifierKind, Language, Level, Origin, Reason, RefusalKind, Signal, Timestamp,
    Verdict,
};
use izin_store::Answered;
use izin_testkit::policy::{email, purpose, purpose_id};
use izin_testkit::world::NOON;
use izin_testkit::{MailServer, Shop};

use crate::imports::size;

pub(crate) const ANI: &str = "ani@example.com";

/// The person behind an address.
pub(crate) fn who(address: &str) -> Who {
    Who::Identifier(email(address))
}

/// What our own page showed.
pub(crate) fn asked() -> Asked {
    Asked {
        notice: Some(1),
        language: Some(Language::En),
        ..Asked::default()
    }
}

/// A report about marketing by e-mail.
pub(crate) fn by_api(kind: Kind) -> Report {
    Report {
        who: who(ANI),
        kind,
        channel: Some(Channel::Email),
        purpose: Some(purpose_id("marketing")),
        topic: None,
        occurred_at: None,
        detail: Some("checkout, box ticked".to_owned()),
        origin: Origin::Api,
    }
}

pub(crate) async fn report(shop: &Shop, report: Report) -> Result<Reported, ActError> {
    match act::report(shop, report, None, |_| String::new()).await? {
        Answered::Now(reported) => Ok(reported),
        Answered::Before(_) => panic!("no key was used"),
    }
}

pub(crate) fn yes(purpose: &str, channel: Channel) -> Wish {
    Wish::Consent {
        purpose: purpose_id(purpose),
        channel,
        topic: None,
        asked: asked(),
    }
}

/// The newest code that was mailed to an address.
pub(crate) fn code(server: &MailServer, address: &str) -> String {
    let mails = server.mails_to(address);
    let words = mails.last().expect("a letter").words();
    let (_, rest) = words.split_once("code: ").expect("a code");
    rest.chars().take(9).collect()
}

/// The person asks for a code, reads it and enters it.
pub(crate) async fn confirm(
    shop: &Shop,
    server: &MailServer,
    wish: Wish,
) -> Result<Reported, StepUpError> {
    let begun = step_up::begin(shop, &who(ANI), &To::Typed(email(ANI)), wish).await?;
    begun.sending.await.unwrap();
    step_up::prove(shop, begun.id, &code(server, ANI)).await
}

/// A shop with somebody who agreed, and a mail server.
pub(crate) async fn shop() -> (Shop, MailServer) {
    let server = MailServer::start().await;
    let shop = Shop::with_mail(&server).await;
    shop.consented(&[ANI]).await;
    (shop, server)
}

#[tokio::test]
async fn neither_an_import_nor_a_machine_lifts_a_no_and_the_persons_own_proven_yes_does() {
    for refusal in [
        RefusalKind::OptedOut,
        RefusalKind::Withdrawn,
        RefusalKind::Objected,
        RefusalKind::Complained,
        RefusalKind::ImportedSuppression,
        RefusalKind::ManualSuppression,
    ] {
        let (mut shop, server) = shop().await;
        report(&shop, by_api(Kind::No(refusal))).await.unwrap();
        let denied = shop.ask(ANI).reason;
        assert_eq!(shop.ask(ANI).verdict, Verdict::Deny, "{refusal:?}");
        shop.wait_days(1);
        shop.consented(&[ANI]).await;
        assert_eq!(shop.ask(ANI).reason, denied, "an import");
        let waits = report(&shop, by_api(Kind::Consent(asked()))).await.unwrap();
        assert_eq!(waits.lacking, []);
        assert_eq!(shop.ask(ANI).reason, denied, "a machine");
        assert!(shop.ask(ANI).also.contains(Reason::AwaitingConfirmation));
        confirm(&shop, &server, yes("marketing", Channel::Email))
            .await
            .unwrap();
        assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "{refusal:?}");
        shop.reopen().await;
        assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "after a restart");
        report(&shop, by_api(Kind::No(refusal))).await.unwrap();
        assert_eq!(
            shop.ask(ANI).verdict,
            Verdict::Deny,
            "a later no counts again"
        );
    }
}

/// A shop that also shows people's data to an advertiser, with their consent.
async fn advertiser() -> (Shop, MailServer) {
    let server = MailServer::start().await;
    let mut shop = Shop::with_mail(&server).await;
    let ads = izin_core::policy::Purpose {
        dpia: Some(DpiaId::parse("profiling").unwrap()),
        ..purpose("audiences", Class::Marketing, &[Channel::Ads])
    };
    shop.declared.purposes.push(ads);
    shop.reopen().await;
    shop.consented(&[ANI]).await;
    (shop, server)
}

fn about_ads(kind: Kind) -> Report {
    Report {
        channel: Some(Channel::Ads),
        purpose: Some(purpose_id("audiences")),
        ..by_api(kind)
    }
}

fn ads(shop: &Shop) -> izin_core::Decision {
    shop.ask_about(ANI, "audiences", Channel::Ads)
}

fn asked_in_version_2() -> Wish {
    Wish::Consent {
        purpose: purpose_id("audiences"),
        channel: Channel::Ads,
        topic: None,
        asked: Asked {
            notice: Some(2),
            ..asked()
        },
    }
}

#[tokio::test]
async fn requirement_28_no_question_for_a_year_after_a_no_to_sharing_and_then_two_confirmations() {
    let (shop, server) = advertiser().await;
    report(&shop, about_ads(Kind::No(RefusalKind::OptedOut)))
        .await
        .unwrap();
    shop.wait_days(364);
    let early = report(&shop, about_ads(Kind::Marked(Mark::Requested))).await;
    let until = Timestamp::parse("2027-11-21T00:00:00-08:00").unwrap();
    assert!(
        matches!(early, Err(ActError::AskedTooSoon(date)) if date == until),
        "{early:?}"
    );
    shop.wait_days(2);
    report(&shop, about_ads(Kind::Marked(Mark::Requested)))
        .await
        .unwrap();
    confirm(&shop, &server, asked_in_version_2()).await.unwrap();
    assert_eq!(
        ads(&shop).reason,
        Reason::OptedOutPurpose,
        "one is not enough"
    );
    confirm(&shop, &server, asked_in_version_2()).await.unwrap();
    assert_eq!(ads(&shop).verdict, Verdict::Allow);
}

#[tokio::test]
async fn a_signal_is_lifted_by_two_separate_confirmations_and_seen_again_counts_again() {
    let (shop, server) = advertiser().await;
    confirm(&shop, &server, asked_in_version_2()).await.unwrap();
    let gpc = Signal::Gpc;
    let seen = || Report {
        channel: None,
        purpose: None,
        ..by_api(Kind::SignalSeen(gpc))
    };
    report(&shop, seen()).await.unwrap();
    let alone = report(&shop, about_ads(Kind::SignalOverruled(gpc))).await;
    assert!(matches!(alone, Err(ActError::StepUpRequired)), "{alone:?}");
    let overrule = Wish::OverruleSignal { signal: gpc };
    confirm(&shop, &server, overrule).await.unwrap();
    assert_eq!(ads(&shop).reason, Reason::SignalGpc, "one is not enough");
    confirm(&shop, &server, overrule).await.unwrap();
    assert_eq!(ads(&shop).verdict, Verdict::Allow);
    report(&shop, seen()).await.unwrap();
    assert_eq!(ads(&shop).reason, Reason::SignalGpc);
}

#[tokio::test]
async fn the_dial_and_a_restriction_move_up_and_end_by_the_person_alone() {
    let server = MailServer::start().await;
    let mut shop = Shop::with_mail(&server).await;
    // Codes for rights reach those too whose data are restricted.
    let rights = izin_core::policy::Purpose {
        basis: Bases::Same(Basis::LegalObligation),
        ..purpose("rights", Class::Essential, &[Channel::Email])
    };
    shop.declared.purposes.push(rights);
    shop.reopen().await;
    shop.consented(&[ANI]).await;
    report(&shop, by_api(Kind::Restriction { holds: true }))
        .await
        .unwrap();
    let ended = report(&shop, by_api(Kind::Restriction { holds: false })).await;
    assert!(matches!(ended, Err(ActError::StepUpRequired)), "{ended:?}");
    let standing = || shop.gate.standing(shop.person(ANI)).unwrap();
    assert!(standing().restricted);
    confirm(&shop, &server, Wish::EndRestriction).await.unwrap();
    assert!(!standing().restricted);
    confirm(
        &shop,
        &server,
        Wish::Dial {
            level: Level::Purchases,
        },
    )
    .await
    .unwrap();
    assert_eq!(standing().dial.unwrap().level, Level::Purchases);
    report(&shop, by_api(Kind::TooPersonal)).await.unwrap();
    assert_eq!(standing().dial.unwrap().level, Level::Trends);
}

#[tokio::test]
async fn requirement_2_an_imported_yes_after_a_merge_lifts_nothing_and_a_split_keeps_every_no() {
    let (shop, _server) = shop().await;
    let guest = "guest@example.com";
    shop.consented(&[guest]).await;
    shop.opt_out(guest).await;
    let from = shop.person(guest);
    person::merge(&shop, &Who::Subject(from), &who(ANI), Origin::Agent)
        .await
        .unwrap();
    assert_eq!(
        shop.ask(ANI).verdict,
        Verdict::Deny,
        "refusals are everybody's"
    );
    shop.wait_days(1);
    shop.consented(&[ANI, guest]).await;
    assert_eq!(shop.ask(ANI).verdict, Verdict::Deny);
    person::split(&shop, from).await.unwrap();
    for address in [ANI, guest] {
        assert_eq!(shop.ask(address).verdict, Verdict::Deny, "{address}");
    }
}

#[tokio::test]
async fn a_wrong_persons_yes_ends_and_their_no_stays() {
    let (shop, _server) = shop().await;
    let phone = "+62 812 0000 0000";
    let number = izin_core::Identifier::phone(phone, "ID").unwrap();
    assert_eq!(number.kind(), IdentifierKind::Phone);
    let file =
        format!("email,phone,consent_marketing_sms,consent_evidence\n{ANI},{phone},yes,form\n");
    shop.import(File::Contacts, &file).await;
    let sms = |whom: &Who| {
        let request = izin_core::Request::of(purpose_id("marketing"), Channel::Sms);
        shop.decide(whom, &request)
    };
    assert_ne!(sms(&who(ANI)).verdict, Verdict::Deny);
    person::detach(&shop, &who(ANI), number.clone())
        .await
        .unwrap();
    assert_eq!(sms(&who(ANI)).reason, Reason::NoConsent);
    assert_eq!(sms(&Who::Identifier(number)).reason, Reason::UnknownSubject);
}

#[tokio::test]
async fn an_imported_no_older_than_a_proven_yes_counts_and_waits_for_two_people() {
    let (shop, server) = shop().await;
    shop.wait_days(2);
    confirm(&shop, &server, yes("marketing", Channel::Email))
        .await
        .unwrap();
    let file = format!("email,consent_marketing_email,consent_at\n{ANI},no,2026-11-01\n");
    shop.import(File::Contacts, &file).await;
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);
    let waits = izin_app::queue::list(&shop, izin_store::Listed::Open)
        .await
        .unwrap();
    assert_eq!(waits.len(), 1, "{waits:?}");
}

#[tokio::test]
async fn an_imported_no_counts_again_for_somebody_who_took_the_first_back() {
    let (shop, server) = shop().await;
    let list = format!("email\n{ANI}\n");
    let contacts = format!("email,consent_marketing_email\n{ANI},no\n");
    for (kind, file) in [(File::Suppressions, list), (File::Contacts, contacts)] {
        for _ in 0..2 {
            shop.wait_days(1);
            shop.import(kind, &file).await;
            assert_eq!(shop.ask(ANI).verdict, Verdict::Deny, "{kind:?}");
            let before = size(&shop).await;
            shop.import(kind, &file).await;
            assert_eq!(size(&shop).await, before, "it stands");
            shop.wait_days(1);
            let yes = confirm(&shop, &server, yes("marketing", Channel::Email));
            yes.await.unwrap();
            assert_eq!(shop.ask(ANI).verdict, Verdict::Allow, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn nobody_is_asked_for_more_too_soon_or_after_something_was_too_personal() {
    let (shop, _server) = shop().await;
    let standing = || shop.gate.standing(shop.person(ANI)).unwrap();
    let ask = |days| {
        let now = NOON.plus_days(days);
        may_ask_for_more(&standing(), NOON, (&shop.policy(), now))
    };
    assert_eq!(ask(20), Some(NOON.plus_days(21)), "too new here");
    assert_eq!(ask(21), None);
    let mut question = by_api(Kind::Marked(Mark::Requested));
    question.purpose = Some(purpose_id("personalisation"));
    report(&shop, question).await.unwrap();
    assert_eq!(ask(89), Some(NOON.plus_days(90)), "asked before");
    assert_eq!(ask(90), None);
    report(&shop, by_api(Kind::TooPersonal)).await.unwrap();
    assert_eq!(ask(179), Some(NOON.plus_days(180)), "too personal");
    assert_eq!(ask(180), None);
}
