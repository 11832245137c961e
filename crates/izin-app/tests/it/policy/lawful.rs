//! What the law wants of a policy before it may be published: each fault alone keeps it back.

use izin_app::policy::{Severity, check, read};
use izin_core::law::{Basis, Regime};
use izin_core::policy::{
    Bases, Class, Control, Policy, Recipient, RecipientId, Retention, Role, Text,
};
use izin_core::{Channel, Level};
use izin_testkit::policy::{checkout_form, field, policy, purpose, purpose_id};
use izin_testkit::{TempDir, policy_folder};

use super::now;

/// The errors that keep a policy from being read; none when it is read.
fn faults(policy: &Policy) -> Vec<&'static str> {
    let dir = TempDir::new();
    policy_folder::write(policy, dir.path());
    match read(dir.path(), now()) {
        Ok(_) => Vec::new(),
        Err(findings) => {
            let errors = findings
                .iter()
                .filter(|own| own.severity == Severity::Error);
            errors.map(|own| own.code).collect()
        }
    }
}

/// The usual policy, with one thing changed.
fn changed(change: impl FnOnce(&mut Policy)) -> Policy {
    let mut own = with_form();
    change(&mut own);
    own
}

fn with_form() -> Policy {
    let mut own = policy();
    own.forms.push(checkout_form());
    own
}

fn control(policy: &mut Policy) -> &mut Control {
    &mut policy.forms[0].controls[0]
}

#[test]
fn a_lawful_policy_is_read_so_that_each_fault_below_is_what_keeps_it_back() {
    assert_eq!(faults(&with_form()), [""; 0]);
}

#[test]
fn requirement_16_each_fault_of_a_form_alone_keeps_it_from_being_published() {
    type Break = fn(&mut Policy);
    let cases: [(Break, &str); 3] = [
        (|own| control(own).default_on = true, "control_pre_ticked"),
        (
            |own| {
                let other = purpose_id("personalisation");
                control(own).purposes.push(other);
            },
            "control_bundled",
        ),
        (
            |own| control(own).condition_of_service = true,
            "control_condition",
        ),
    ];
    for (change, code) in cases {
        assert_eq!(faults(&changed(change)), [code]);
    }
}

/// Everything found about a policy under a code, with its line in the file.
fn found(policy: &Policy, code: &str) -> Vec<(String, Text)> {
    let dir = TempDir::new();
    policy_folder::write(policy, dir.path());
    let findings = check(dir.path(), now()).findings;
    let own = findings.iter().filter(|own| own.code == code);
    own.map(|own| {
        let text = std::fs::read_to_string(dir.path().join(own.file())).unwrap();
        let line = text.lines().nth(own.place().line - 1).unwrap();
        (line.to_owned(), own.mend.clone())
    })
    .collect()
}

#[test]
fn a_basis_that_no_law_takes_is_told_once_where_it_is_written() {
    let wrong = changed(|own| {
        own.controller.regimes = vec![Regime::UuPdp, Regime::Gdpr];
        own.purposes[0].basis = Bases::Same(Basis::LegitimateInterest);
        own.purposes[0].channels = vec![Channel::Email, Channel::Sms, Channel::Whatsapp];
    });
    let told = found(&wrong, "basis_not_lawful");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0.starts_with("basis = "), "{told:?}");
    assert!(told[0].1.en.contains("write `consent`"), "{told:?}");
}

#[test]
fn a_channel_to_an_address_that_the_purpose_does_not_name_is_told_with_what_to_write() {
    let told = found(&with_form(), "address_undeclared");
    let sms = ["marketing", "orders"].len();
    assert_eq!(told.len(), sms, "no telephone number in the dictionary");
    assert!(told[0].1.en.contains("`category = \"pd:TelephoneNumber\"`"));

    let phone = || field("phone", "pd:TelephoneNumber", Retention::Profile);
    let unnamed = changed(|own| own.fields.push(phone()));
    let told = found(&unnamed, "address_undeclared");
    assert!(told[0].1.en.starts_with("add `phone`"), "{told:?}");

    let named = changed(|own| {
        own.fields.push(phone());
        for purpose in &mut own.purposes {
            purpose.fields.push(phone().id);
        }
    });
    assert_eq!(found(&named, "address_undeclared").len(), 0);
}

#[test]
fn a_safeguard_that_is_absent_or_empty_is_told_with_what_to_write() {
    for safeguard in [None, Some(String::new())] {
        let abroad = changed(|own| {
            own.recipients.push(Recipient {
                id: RecipientId::parse("partner").unwrap(),
                name: own.purposes[0].title.clone(),
                role: Role::Processor,
                country: "US".parse().unwrap(),
                safeguard: safeguard.clone(),
            });
        });
        assert_eq!(faults(&abroad), ["no_safeguard"]);
        let told = found(&abroad, "no_safeguard");
        assert!(told[0].1.en.contains("`safeguard = \""), "{told:?}");
    }
}

#[test]
fn requirement_34_a_purpose_without_a_record_cannot_be_published() {
    for at in 0..policy().purposes.len() {
        let unrecorded = changed(|own| own.purposes[at].ropa = None);
        assert_eq!(faults(&unrecorded), ["no_ropa"], "purpose {at}");
    }
    let empty: [fn(&mut izin_core::policy::Ropa); 4] = [
        |own| own.subjects.en.clear(),
        |own| own.transfers.id.clear(),
        |own| own.measures.en.clear(),
        |own| own.system.clear(),
    ];
    for empties in empty {
        let half = changed(|own| empties(own.purposes[0].ropa.as_mut().unwrap()));
        assert_eq!(faults(&half).len(), 1);
    }
}

#[test]
fn requirement_35_each_part_of_an_assessment_alone_keeps_the_policy_back() {
    type Change = fn(&mut izin_core::policy::Dpia);
    let cases: [(Change, &str); 9] = [
        (|own| own.description.id.clear(), "dpia_part_empty"),
        (|own| own.necessity.en.clear(), "dpia_part_empty"),
        (|own| own.risks.id.clear(), "dpia_part_empty"),
        (|own| own.measures.en.clear(), "dpia_part_empty"),
        (|own| own.advice.id.clear(), "dpia_part_empty"),
        (
            |own| own.approver = own.author.to_uppercase(),
            "dpia_own_approval",
        ),
        (
            |own| own.advised_by = own.author.to_lowercase(),
            "dpia_own_advice",
        ),
        (|own| own.expires = now(), "dpia_expired"),
        (|own| own.approved = now().plus_days(1), "dpia_not_yet"),
    ];
    for (change, code) in cases {
        assert_eq!(faults(&changed(|own| change(&mut own.dpias[0]))), [code]);
    }
}

#[test]
fn requirement_35_any_one_trigger_asks_for_an_assessment() {
    let cases: [fn(&mut Policy); 4] = [
        |own| own.purposes[0].highest_level = Level::Purchases,
        |own| own.purposes[0].highest_level = Level::Browsing,
        |own| {
            let audiences = purpose("audiences", Class::Marketing, &[Channel::Social]);
            own.purposes.push(audiences);
        },
        |own| {
            let ads = purpose("ads", Class::Marketing, &[Channel::Ads]);
            own.purposes.push(ads);
        },
    ];
    for trigger in cases {
        let without = changed(|own| {
            for purpose in &mut own.purposes {
                purpose.dpia = None;
                purpose.highest_level = Level::Trends;
            }
            trigger(own);
        });
        let needed = faults(&without);
        assert!(needed.contains(&"dpia_needed"), "{needed:?}");
    }
    let without = changed(|own| {
        for purpose in &mut own.purposes {
            purpose.dpia = None;
            purpose.highest_level = Level::Trends;
        }
    });
    assert!(!faults(&without).contains(&"dpia_needed"));
}

#[test]
fn ads_that_use_nothing_of_the_person_need_no_assessment() {
    let ads = |level| {
        faults(&changed(|own| {
            let mut ads = purpose("ads", Class::Marketing, &[Channel::Ads]);
            ads.basis = Bases::Same(Basis::Contextual);
            ads.highest_level = level;
            own.purposes.push(ads);
        }))
    };
    assert_eq!(ads(Level::Contextual), [""; 0]);
    assert!(ads(Level::Trends).contains(&"dpia_needed"));
}

#[test]
fn an_author_in_capitals_is_still_the_author() {
    let own = faults(&changed(|own| {
        own.dpias[0].author = "Élan Contoh".to_owned();
        own.dpias[0].approver = " ÉLAN CONTOH ".to_owned();
    }));
    assert_eq!(own, ["dpia_own_approval"]);
}

#[test]
fn a_term_that_no_record_may_hold_keeps_a_policy_back() {
    let purpose = faults(&changed(|own| own.purposes[0].dpv = "dpv:Spam".to_owned()));
    assert_eq!(purpose, ["bad_term"]);
    let category = "pd:ServiceConsumptionBehavior".to_owned();
    let field = faults(&changed(|own| own.fields[0].category = category));
    assert!(field.contains(&"bad_term"), "{field:?}");
}
