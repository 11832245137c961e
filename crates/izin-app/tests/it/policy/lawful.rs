//! What the law wants of a policy before it may be published: each fault alone keeps it back.

use izin_app::policy::{Severity, read};
use izin_core::policy::{Class, Control, Form, FormId, Policy, Text};
use izin_core::{Channel, Level};
use izin_testkit::policy::{policy, purpose, purpose_id};
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
    let words = |text: &str| Text {
        id: text.to_owned(),
        en: text.to_owned(),
    };
    let mut own = policy();
    own.forms.push(Form {
        id: FormId::parse("checkout").unwrap(),
        version: 1,
        place: words("Checkout"),
        controls: vec![Control {
            purposes: vec![purpose_id("marketing")],
            channel: Channel::Email,
            label: words("News by e-mail"),
            default_on: false,
            condition_of_service: false,
            explicit: false,
        }],
        defective: None,
    });
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
