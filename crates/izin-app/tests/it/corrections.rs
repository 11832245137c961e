//! What never happened is taken back by two people, one of them the officer, and by nobody alone.

use izin_app::act::{Kind, Report};
use izin_app::correction::{self, CorrectionError};
use izin_app::door::Role;
use izin_app::staff::{Alone, Staff};
use izin_app::step_up::{self, To};
use izin_core::{Channel, Reason, RefusalKind, Seq, Verdict};
use izin_testkit::policy::email;

use crate::lifting::{ANI, by_api, report, shop, who, yes};

fn staff(name: &str, role: Role) -> Staff {
    Staff::new(name, role, None).unwrap()
}

#[tokio::test]
async fn a_legal_suppression_is_lifted_by_no_yes_and_by_no_officer_alone() {
    let (shop, server) = shop().await;
    let law = Report {
        channel: None,
        purpose: None,
        ..by_api(Kind::No(RefusalKind::LegalSuppression))
    };
    let said = report(&shop, law).await.unwrap();
    shop.wait_days(1);
    let wish = yes("marketing", Channel::Email);
    let begun = step_up::begin(&shop, &who(ANI), &To::Typed(email(ANI)), wish).await;
    begun.unwrap().sending.await.unwrap();
    assert_eq!(server.mails_to(ANI).len(), 0, "not even a code goes out");
    assert_eq!(shop.ask(ANI).reason, Reason::Suppressed);

    let officer = staff("Dewi", Role::Dpo);
    let seq = said.recorded.seq;
    let item = correction::propose(&shop, seq, &officer, "the court lifted it")
        .await
        .unwrap();
    let alone = correction::approve(&shop, item, &officer).await;
    assert!(
        matches!(alone, Err(CorrectionError::Alone(Alone::SamePerson))),
        "{alone:?}"
    );
    assert_eq!(shop.ask(ANI).reason, Reason::Suppressed);
    correction::approve(&shop, item, &staff("Rudi", Role::Sender))
        .await
        .unwrap();
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
}

#[tokio::test]
async fn one_person_by_two_names_or_two_people_without_the_officer_correct_nothing() {
    let (shop, _server) = shop().await;
    let said = report(&shop, by_api(Kind::No(RefusalKind::OptedOut)))
        .await
        .unwrap();
    let seq = said.recorded.seq;
    let key = Some([7; 32]);
    let dewi = Staff::new("Dewi", Role::Dpo, key).unwrap();
    let item = correction::propose(&shop, seq, &dewi, "typed by mistake")
        .await
        .unwrap();
    let same_key = Staff::new("Rudi", Role::Sender, key).unwrap();
    for same in [staff(" DEWI ", Role::Dpo), same_key] {
        let refused = correction::approve(&shop, item, &same).await;
        assert!(
            matches!(refused, Err(CorrectionError::Alone(Alone::SamePerson))),
            "{refused:?}"
        );
    }
    let by_sender = correction::propose(&shop, seq, &staff("Rudi", Role::Sender), "typed").await;
    let refused =
        correction::approve(&shop, by_sender.unwrap(), &staff("Sari", Role::Author)).await;
    assert!(
        matches!(refused, Err(CorrectionError::Alone(Alone::NoOfficer))),
        "{refused:?}"
    );
    let nothing = correction::propose(&shop, seq, &dewi, "  ").await;
    assert!(
        matches!(nothing, Err(CorrectionError::NoEvidence)),
        "{nothing:?}"
    );
    let policy = correction::propose(&shop, Seq(0), &dewi, "it never was").await;
    assert!(
        matches!(policy, Err(CorrectionError::NotCorrectable(_))),
        "{policy:?}"
    );
    assert_eq!(shop.ask(ANI).reason, Reason::OptedOutPurpose);

    let rudi = staff("Rudi", Role::Sender);
    correction::approve(&shop, item, &rudi).await.unwrap();
    assert_eq!(shop.ask(ANI).verdict, Verdict::Allow);
    let again = correction::approve(&shop, item, &rudi)
        .await
        .unwrap_err()
        .to_string();
    assert!(again.contains("Rudi settled this"), "{again}");
}
