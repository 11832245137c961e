//! What changed from one policy to the next, and the record of processing.

use izin_app::policy::diff::{Change, Kind, concerned, diff};
use izin_app::policy::{read, ropa};
use izin_core::law::{Basis, Regime};
use izin_core::policy::{
    Bases, Class, Form, Policy, Purpose, Recipient, RecipientId, Retention, Role, Text,
};
use izin_core::{Channel, Language, Level};
use izin_testkit::policy::{checkout_form, field, policy, purpose, purpose_id, words};
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
            "“About marketing” now also comes by WhatsApp with a consent of its own; before only by \
             e-mail, SMS"
                .to_owned()
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
            "“About marketing” now also uses: About birthday; before only: About email_address, \
             About purchases"
                .to_owned()
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
    let sentence = "data for “About marketing” is kept for 900 days, before 365 days";
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
fn a_form_found_defective_is_marked_at_once_and_waits_for_nobody_to_be_told() {
    let (mut old, mut new) = (policy(), policy());
    old.forms.push(checkout_form());
    new.forms.push(Form {
        defective: Some(words("a ticked box")),
        ..checkout_form()
    });
    let changes = diff(&old, &new);
    assert!(changes.iter().all(|own| own.kind == Kind::Editorial));
    let told = changes.iter().find(|own| own.sentence.en.contains("void"));
    assert_eq!(told.unwrap().purposes, [purpose_id("marketing")]);
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
    let abroad = &mut own.recipients[0];
    abroad.country = "SG".parse().unwrap();
    abroad.safeguard = Some("standard contractual clauses of 2021".to_owned());
    own.controller.regimes = vec![Regime::UuPdp, Regime::Gdpr];
    own.purposes[0].sensitive = ["S1".parse().unwrap()].into_iter().collect();
    insta::assert_json_snapshot!(ropa::records(&own, Language::En)[0]);
    for language in [Language::Id, Language::En] {
        let records = ropa::records(&own, language);
        assert_eq!(records.len(), own.purposes.len());
        for (record, purpose) in records.iter().zip(&own.purposes) {
            assert_eq!(record.purpose, purpose.id.as_str());
            has_article_30(record, (&own, purpose), language);
        }
    }
    let (first, second) = (
        &ropa::records(&own, Language::En)[0],
        &ropa::records(&own, Language::En)[1],
    );
    assert_eq!(first.recipients, "Partner (independent controller, SG)");
    let indonesian = &ropa::records(&own, Language::Id)[0].recipients;
    assert_eq!(indonesian, "Mitra (pengendali mandiri, SG)");
    assert_eq!(first.transfers, "Partner (SG); About transfers");
    assert_eq!(first.safeguards, "standard contractual clauses of 2021");
    assert_eq!((&*second.recipients, &*second.safeguards), ("", ""));
}

#[test]
fn a_record_that_says_none_names_whoever_is_abroad_all_the_same() {
    let mut own = policy();
    recipient(&mut own, Role::Processor);
    own.recipients[0].country = "US".parse().unwrap();
    for purpose in &mut own.purposes {
        purpose.ropa.as_mut().unwrap().transfers = Text {
            id: "Tidak ada.".to_owned(),
            en: "None".to_owned(),
        };
    }
    let told = |language, at: usize| ropa::records(&own, language).remove(at).transfers;
    assert_eq!(told(Language::Id, 0), "Mitra (US)");
    assert_eq!(told(Language::En, 0), "Partner (US)");
    assert_eq!(told(Language::En, 1), "None", "nobody gets these data");
}

#[test]
fn every_change_that_people_are_told_of_says_what_was_and_what_is_and_names_nothing_by_its_id() {
    type Edit = fn(&mut Policy);
    let cases: [(Edit, [&str; 2]); 8] = [
        (
            |own| own.purposes[0].basis = Bases::Same(Basis::Contract),
            ["consent", "contract"],
        ),
        (
            |own| own.purposes[0].class = Class::OptionalService,
            ["promotion", "optional service"],
        ),
        (
            |own| own.purposes[0].highest_level = Level::Browsing,
            ["purchases", "browsing"],
        ),
        (
            |own| own.purposes[0].sensitive = ["S1".parse().unwrap()].into_iter().collect(),
            ["none", "health"],
        ),
        (
            |own| own.controller.dpo = "lain@toko.example".to_owned(),
            ["dpo@toko.example", "lain@toko.example"],
        ),
        (
            |own| own.controller.regimes.push(Regime::Gdpr),
            ["UU PDP;", "GDPR"],
        ),
        (
            |own| own.fields[0].retention = Retention::Browsing,
            ["customer", "browsing"],
        ),
        (
            |own| recipient(own, Role::Processor),
            ["none", "Partner (ID)"],
        ),
    ];
    for (edit, words) in cases {
        let (kind, sentence) = only(edit);
        assert!(kind > Kind::Editorial, "{sentence}");
        for word in words.iter().map(|own| own.trim_end_matches(';')) {
            assert!(sentence.contains(word), "{word}: {sentence}");
        }
        assert!(!sentence.contains('`'), "{sentence}");
    }
}

/// Art. 30(1)(a) to (g), each with what the policy declares.
fn has_article_30(record: &ropa::Record, declared: (&Policy, &Purpose), language: Language) {
    let (policy, purpose) = declared;
    let on_file = purpose.ropa.as_ref().unwrap();
    let controller = &policy.controller;
    let a = [
        (&record.controller, &controller.name),
        (&record.address, &controller.address),
        (&record.contact, &controller.contact),
        (&record.dpo, &controller.dpo),
    ];
    assert!(a.iter().all(|(told, own)| told == own), "(a) {record:?}");
    assert_eq!(record.title, purpose.title.get(language), "(b)");
    assert_eq!(record.explanation, purpose.explanation.get(language), "(b)");
    for regime in &controller.regimes {
        let basis = purpose.basis.under(*regime).unwrap();
        let told = format!("{regime}: {basis}");
        assert!(
            record.basis.split("; ").any(|own| own == told),
            "(b) {told}"
        );
    }
    assert_eq!(record.subjects, on_file.subjects.get(language), "(c)");
    let fields: Vec<_> = policy.fields_of(purpose).collect();
    let titles: Vec<_> = fields.iter().map(|own| own.title.get(language)).collect();
    let categories: Vec<_> = fields.iter().map(|own| own.category.as_str()).collect();
    assert_eq!(record.data.split("; ").collect::<Vec<_>>(), titles, "(c)");
    assert_eq!(
        record.categories.split("; ").collect::<Vec<_>>(),
        categories,
        "(c)"
    );
    assert_eq!(
        record.sensitive.is_empty(),
        purpose.sensitive.is_empty(),
        "(c)"
    );
    for own in policy.recipients_of(purpose) {
        assert!(record.recipients.contains(own.name.get(language)), "(d)");
        assert!(record.recipients.contains(own.country.as_str()), "(e)");
    }
    assert!(
        record.transfers.ends_with(on_file.transfers.get(language)),
        "(e)"
    );
    assert_eq!(record.retention_days, purpose.retention_days, "(f)");
    assert_eq!(record.measures, on_file.measures.get(language), "(g)");
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
