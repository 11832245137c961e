//! Codes: they go to people who are meant, say nothing about who is a customer, and work once.

use izin_app::Who;
use izin_app::door::Role;
use izin_app::import::Kind as File;
use izin_app::staff::Staff;
use izin_app::step_up::{self, CODES_AN_HOUR_MAX, StepUpError, To, Wish};
use izin_core::{Channel, Level, RefusalKind, Verdict};
use izin_testkit::policy::email;

use crate::lifting::{ANI, by_api, code, confirm, report, shop, who, yes};
use izin_app::act::Kind;

const STRANGER: &str = "stranger@example.com";

fn up() -> Wish {
    Wish::Dial {
        level: Level::Purchases,
    }
}

#[tokio::test]
async fn a_stranger_gets_the_same_answer_the_same_limits_and_no_letter() {
    let (shop, server) = shop().await;
    for address in [ANI, STRANGER] {
        for _ in 0..CODES_AN_HOUR_MAX {
            let to = To::Typed(email(address));
            let begun = step_up::begin(&shop, &who(address), &to, up())
                .await
                .unwrap();
            begun.sending.await.unwrap();
            let wrong = step_up::prove(&shop, begun.id, "0000 0000").await;
            assert!(matches!(wrong, Err(StepUpError::WrongCode)), "{wrong:?}");
        }
        let more = step_up::begin(&shop, &who(address), &To::Typed(email(address)), up()).await;
        assert!(
            matches!(more, Err(StepUpError::TooMany)),
            "{address}: {more:?}"
        );
    }
    assert_eq!(server.mails_to(STRANGER).len(), 0);
    let sent = u64::try_from(server.mails_to(ANI).len()).unwrap();
    assert_eq!(sent, CODES_AN_HOUR_MAX);
}

/// The letter is made after the answer: what goes wrong with it tells nobody who is a customer.
#[tokio::test]
async fn a_letter_that_cannot_be_written_changes_nothing_of_the_answer() {
    let (shop, server) = shop().await;
    // Longer before the `@` than a mail can carry.
    let long = format!("{}@example.com", "a".repeat(200));
    shop.consented(&[&long]).await;
    for address in [&long, STRANGER] {
        let to = To::Typed(email(address));
        let begun = step_up::begin(&shop, &who(address), &to, up()).await;
        begun.unwrap().sending.await.unwrap();
    }
    assert_eq!(server.mails().len(), 0);
}

#[tokio::test]
async fn a_code_is_wrong_after_five_tries_after_ten_minutes_and_after_its_use() {
    let (shop, server) = shop().await;
    let begin = async || {
        let begun = step_up::begin(&shop, &who(ANI), &To::Typed(email(ANI)), up())
            .await
            .unwrap();
        begun.sending.await.unwrap();
        (begun.id, code(&server, ANI))
    };
    let (id, right) = begin().await;
    let digit = if right.starts_with('1') { "2" } else { "1" };
    let wrong = format!("{digit}{}", &right[1..]);
    for _ in 0..5 {
        assert!(step_up::prove(&shop, id, &wrong).await.is_err());
    }
    assert!(
        step_up::prove(&shop, id, &right).await.is_err(),
        "tried too often"
    );

    let (id, right) = begin().await;
    step_up::prove(&shop, id, &right.replace(' ', "-"))
        .await
        .unwrap();
    assert!(
        step_up::prove(&shop, id, &right).await.is_err(),
        "used before"
    );

    let (id, right) = begin().await;
    shop.wait_days(1);
    let late = step_up::prove(&shop, id, &right).await;
    assert!(matches!(late, Err(StepUpError::WrongCode)), "{late:?}");
}

#[tokio::test]
async fn a_code_to_one_address_proves_nothing_of_another_channel_or_person() {
    let (shop, server) = shop().await;
    let sms = yes("marketing", Channel::Sms);
    let refused = confirm(&shop, &server, sms).await;
    assert!(matches!(refused, Err(StepUpError::Act(_))), "{refused:?}");
    shop.consented(&["budi@example.com"]).await;
    let budis = To::Typed(email("budi@example.com"));
    let begun = step_up::begin(&shop, &who(ANI), &budis, up())
        .await
        .unwrap();
    begun.sending.await.unwrap();
    assert_eq!(server.mails().len(), 0, "it is not this person's address");
}

#[tokio::test]
async fn a_letter_with_a_code_passes_every_no_but_the_laws_and_holds_no_way_to_buy_or_leave() {
    let (shop, server) = shop().await;
    report(&shop, by_api(Kind::No(RefusalKind::Complained)))
        .await
        .unwrap();
    confirm(&shop, &server, up()).await.unwrap();
    let mails = server.mails_to(ANI);
    let raw = String::from_utf8_lossy(&mails[0].raw);
    assert!(!raw.contains("List-Unsubscribe"), "{raw}");
    assert!(mails[0].header("Auto-Submitted").contains("auto-generated"));
}

#[tokio::test]
async fn whoever_proves_an_address_ends_the_yes_of_others_who_held_it() {
    let (shop, server) = shop().await;
    let file = "customer,email,consent_marketing_email,consent_evidence\n\
                C1,ani@example.com,yes,form\nC2,ani@example.com,yes,form\n";
    shop.import(File::Contacts, file).await;
    let holders = shop.gate.holders(&email(ANI));
    assert_eq!(holders.len(), 2);
    let me = Who::Subject(holders[0]);
    let begun = step_up::begin(&shop, &me, &To::Typed(email(ANI)), up())
        .await
        .unwrap();
    begun.sending.await.unwrap();
    step_up::prove(&shop, begun.id, &code(&server, ANI))
        .await
        .unwrap();
    assert_eq!(shop.gate.holders(&email(ANI)), [holders[0]]);
    let other = shop.gate.standing(holders[1]).unwrap();
    assert_eq!(other.consents, []);
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
}

#[test]
fn staff_without_a_name_is_nobody() {
    for name in ["", "  ", "a\nb", &"x".repeat(81)] {
        assert!(Staff::new(name, Role::Dpo, None).is_err(), "{name:?}");
    }
}
