//! What changed from one policy to the next, and the record of processing.

use izin_app::policy::diff::{Change, Kind, concerned, diff};
use izin_app::policy::{read, ropa};
use izin_core::law::{Basis, Regime};
use izin_core::policy::{
    Bases, Class, Control, Form, FormId, Policy, Recipient, RecipientId, Retention, Role, Text,
};
use izin_core::{Channel, Language, Level};
use izin_testkit::policy::{field, policy, purpose, purpose_id};
use izin_testkit::{TempDir, policy_folder};

use super::now;

/// What one change of the usual policy is told as.
fn told(change: impl FnOnce(&mut Policy)) -> Vec<(Kind, String)> {
    let mut new = policy();
    change(&mut new);
    let line = |own: Change| (own.kind, own.sentence.en);
    diff(&policy(), &new).into_iter().map(line).collect()
}

fn only(change: impl FnOnce(&mut Policy)) -> (Kind, String) {
    let mut all = told(change);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn recipient(policy: &mut Policy, role: Role) {
    let id = RecipientId::parse("partner").unwrap();
    policy.recipients.push(Recipient {
        id,
        name: Text {
            id: "Mitra".to_owned(),
            en: "Partner".to_owned(),
        },
        role,
        country: "ID".parse().unwrap(),
        safeguard: None,
    });
    policy.purposes[0].recipients.push(id);
}

#[test]
fn what_older_consents_do_not_cover_is_asked_again() {
    let survey = purpose("survey", Class::OptionalService, &[Channel::Email]);
    let new_purpose = only(|own| own.purposes.push(survey));
    assert_eq!(new_purpose.0, Kind::ReConsent);
    let channel = only(|own| own.purposes[0].channels.push(Channel::Whatsapp));
    assert_eq!(
        channel,
        (
            Kind::ReConsent,
            "`marketing` now also comes by `whatsapp`".to_owned()
        )
    );
    let data = only(|own| {
        own.fields
            .push(field("birthday", "pd:BirthDate", Retention::Profile));
        let id = own.fields[2].id;
        own.purposes[0].fields.push(id);
    });
    assert_eq!(
        data,
        (
            Kind::ReConsent,
            "`marketing` now also uses the data `birthday`".to_owned()
        )
    );
    let category = told(|own| own.fields[0].category = "pd:Contact".to_owned());
    assert_eq!(category.len(), 4);
    assert!(
        category.iter().all(|(kind, _)| *kind == Kind::ReConsent),
        "{category:?}"
    );
    let independent = only(|own| recipient(own, Role::Independent));
    assert_eq!(independent.0, Kind::ReConsent);
}

#[test]
fn what_people_were_told_otherwise_is_told_before() {
    let processor = only(|own| recipient(own, Role::Processor));
    assert_eq!(processor.0, Kind::NotifyBefore);
    let retention = only(|own| own.purposes[0].retention_days = 900);
    let sentence = "data for `marketing` is kept for 900 days, before 365";
    assert_eq!(retention, (Kind::NotifyBefore, sentence.to_owned()));
    let level = only(|own| own.purposes[0].highest_level = Level::Browsing);
    assert_eq!(level.0, Kind::NotifyBefore);
    let regime = only(|own| own.controller.regimes.push(Regime::Gdpr));
    assert_eq!(regime.0, Kind::NotifyBefore);
    let basis = only(|own| own.purposes[3].basis = Bases::Same(Basis::Contract));
    assert_eq!(basis.0, Kind::NotifyBefore);
    let asked = only(|own| own.purposes[3].basis = Bases::Same(Basis::Consent));
    assert_eq!(asked.0, Kind::ReConsent);
}

#[test]
fn better_words_and_less_processing_follow_nothing() {
    assert_eq!(told(|_| {}), []);
    for change in [
        (|own: &mut Policy| own.purposes[0].title.en.push('!')) as fn(&mut Policy),
        |own| own.purposes[0].channels.truncate(1),
        |own| own.purposes[0].fields.truncate(1),
        |own| own.purposes[0].highest_level = Level::Trends,
        |own| drop(own.purposes.remove(3)),
        |own| own.topics.clear(),
    ] {
        assert_eq!(only(change).0, Kind::Editorial);
    }
}

#[test]
fn a_form_found_defective_brings_its_purposes_to_be_asked_again() {
    let form = |defective: Option<Text>| Form {
        id: FormId::parse("checkout").unwrap(),
        version: 1,
        place: Text {
            id: "Kasir".to_owned(),
            en: "Checkout".to_owned(),
        },
        controls: vec![Control {
            purposes: vec![purpose_id("marketing")],
            channel: Channel::Email,
            label: Text {
                id: "Ya".to_owned(),
                en: "Yes".to_owned(),
            },
            default_on: false,
            condition_of_service: false,
            explicit: false,
        }],
        defective,
    };
    let (mut old, mut new) = (policy(), policy());
    old.forms.push(form(None));
    new.forms.push(form(Some(Text {
        id: "Salah".to_owned(),
        en: "Wrong".to_owned(),
    })));
    let changes = diff(&old, &new);
    assert_eq!(changes[0].kind, Kind::ReConsent);
    assert_eq!(changes[0].purposes, [purpose_id("marketing")]);
}

#[test]
fn those_who_must_be_told_are_named_by_purpose_and_channel() {
    let mut new = policy();
    new.purposes[0].channels.push(Channel::Whatsapp);
    new.purposes[1].retention_days = 10;
    new.purposes[2].title.id.push('!');
    let all = concerned(&new, &diff(&policy(), &new));
    let lines: Vec<_> = all
        .iter()
        .map(|own| format!("{}/{} {:?}", own.purpose, own.channel, own.kind))
        .collect();
    assert_eq!(
        lines,
        [
            "marketing/whatsapp ReConsent",
            "orders/email NotifyBefore",
            "orders/sms NotifyBefore"
        ]
    );
    new.controller.dpo = "lain@toko.example".to_owned();
    let everybody = concerned(&new, &diff(&policy(), &new));
    assert_eq!(everybody.len(), 8);
}

#[test]
fn requirement_34_the_ropa_export_has_all_that_article_30_asks_for() {
    let mut own = policy();
    recipient(&mut own, Role::Independent);
    let records = ropa::records(&own, Language::En);
    assert_eq!(records.len(), own.purposes.len());
    insta::assert_json_snapshot!(records[0]);
    for record in &records {
        let value = serde_json::to_value(record).unwrap();
        for key in [
            "controller",
            "address",
            "contact",
            "dpo",
            "title",
            "explanation",
            "basis",
            "subjects",
            "data",
            "categories",
            "transfers",
            "retention_days",
            "measures",
        ] {
            assert_ne!(value[key], "", "{key} of {}", record.purpose);
        }
    }
}

#[test]
fn requirement_34_a_purpose_without_a_record_cannot_be_published() {
    let mut own = policy();
    own.purposes[0].ropa = None;
    let dir = TempDir::new();
    policy_folder::write(&own, dir.path());
    let findings = read(dir.path(), now()).unwrap_err();
    assert_eq!(
        findings.iter().filter(|own| own.code == "no_ropa").count(),
        1
    );
}

#[test]
fn a_written_policy_reads_back_as_it_was_with_quiet_nights_added() {
    let mut own = policy();
    recipient(&mut own, Role::Processor);
    let dir = TempDir::new();
    policy_folder::write(&own, dir.path());
    let mut back = read(dir.path(), now()).unwrap();
    let quiet: Vec<_> = back.hours.iter().map(|own| own.channel).collect();
    assert_eq!(
        quiet,
        [
            Channel::Sms,
            Channel::Whatsapp,
            Channel::Push,
            Channel::Phone
        ]
    );
    back.hours.clear();
    assert_eq!(back, own);
}
