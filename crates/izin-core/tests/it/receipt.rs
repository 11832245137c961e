//! Exported consent records: what is missing is named, every term is known, nobody is named.

mod records;
mod schemas;

use std::collections::BTreeSet;

use izin_core::receipt::{
    CONTEXT, ConsentRecord, DataTerm, KantaraError, Missing, PurposeTerm, TERMS,
};
use izin_core::{ConsentState, Timestamp};
use records::{AT, bare, full, variety, with};
use serde_json::{Value, json};

type Change = fn(&mut ConsentRecord);

const HOLES: [(Missing, Change); 28] = [
    (Missing::RecordId, |r| r.record_id.clear()),
    (Missing::ReceiptId, |r| r.receipt_id = "  ".into()),
    (Missing::ControllerId, |r| r.controller.id.clear()),
    (Missing::ControllerName, |r| r.controller.name.clear()),
    (Missing::ControllerAddress, |r| r.controller.address.clear()),
    (Missing::ControllerContact, |r| r.controller.contact.clear()),
    (Missing::Notice, |r| r.notice.url.clear()),
    (Missing::Notice, |r| r.notice.url = "on our pages".into()),
    (Missing::Notice, |r| r.notice.url = "https://".into()),
    (Missing::NoticeVersion, |r| r.notice.version.clear()),
    (Missing::Purpose, |r| r.purpose.id.clear()),
    (Missing::Purpose, |r| r.purpose.title.clear()),
    (Missing::Purpose, |r| r.purpose.explanation = "\n".into()),
    (Missing::Data, |r| r.data.clear()),
    (Missing::Data, |r| r.data[1].title.clear()),
    (Missing::Recipients, |r| r.recipients = None),
    (Missing::Recipients, |r| {
        r.recipients.as_mut().unwrap()[1].name.clear();
    }),
    (Missing::Recipients, |r| {
        r.recipients.as_mut().unwrap()[1].country = "here".into();
    }),
    (Missing::StorageLocation, |r| {
        r.storage.country = "id".into()
    }),
    (Missing::Retention, |r| r.storage.retention_days = 0),
    (Missing::Jurisdiction, |r| r.jurisdiction.clear()),
    (Missing::Jurisdiction, |r| r.jurisdiction[0].clear()),
    (Missing::Withdrawal, |r| r.withdrawal.clear()),
    (Missing::EventTime, |r| r.event.at = Timestamp::default()),
    (Missing::EventTime, |r| {
        r.event.at = Timestamp::from_micros(i64::MAX);
    }),
    (Missing::Data, |r| r.data[1].sensitive[0].clear()),
    (Missing::Form, |r| {
        r.event.form.as_mut().unwrap().label.clear();
    }),
    (Missing::Validity, |r| {
        r.event.expires_at = Some(AT.plus_days(i64::MAX));
    }),
];

#[test]
fn requirement_15_a_record_without_a_mandatory_field_is_not_given() {
    assert_eq!(full().missing(), [], "control");
    for (field, dig) in HOLES {
        let record = with(dig);
        assert_eq!(record.missing(), [field]);
        assert_eq!(record.to_27560(), Err(field));
        assert_eq!(record.to_kantara(), Err(KantaraError::Missing(field)));
    }
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let record = with(|record| {
        record.withdrawal.clear();
        record.record_id.clear();
    });
    assert_eq!(record.missing(), [Missing::RecordId, Missing::Withdrawal]);
    assert_eq!(record.to_27560(), Err(Missing::RecordId));
}

#[test]
fn a_kantara_receipt_needs_a_telephone_number_of_the_controller() {
    for phone in [None, Some(" ".to_owned())] {
        let record = with(|record| record.controller.phone = phone);
        let refused = KantaraError::Missing(Missing::ControllerPhone);
        assert_eq!(record.to_kantara(), Err(refused));
    }
    assert!(
        with(|record| record.controller.phone = None)
            .to_27560()
            .is_ok()
    );
}

#[test]
fn there_is_no_kantara_receipt_of_what_was_not_given() {
    for state in ConsentState::ALL {
        let receipt = with(|record| record.event.state = state).to_kantara();
        if state.permits() {
            assert!(receipt.is_ok(), "{state:?}");
        } else {
            assert_eq!(receipt, Err(KantaraError::NotGiven(state)));
        }
    }
}

#[test]
fn a_term_outside_the_vocabulary_is_refused() {
    for text in ["", "DirectMarketing", "dpv:Spam", "pd:EmailAddress"] {
        assert!(PurposeTerm::parse(text).is_err(), "{text}");
    }
    for text in ["", "EmailAddress", "pd:ShoeSize", "dpv:DirectMarketing"] {
        assert!(DataTerm::parse(text).is_err(), "{text}");
    }
}

/// Names, types and references of a document; texts are left alone.
fn terms(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match name.as_str() {
                    "@context" | "@value" | "@language" => {}
                    "@type" | "@id" => leaves(inner, found),
                    name => {
                        found.insert(name.to_owned());
                        terms(inner, found);
                    }
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| terms(item, found)),
        _ => {}
    }
}

fn leaves(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        leaf => {
            found.insert(leaf.as_str().unwrap().to_owned());
        }
    }
}

#[test]
fn requirement_39_every_term_that_is_exported_is_in_the_table_and_the_other_way_round() {
    let mut exported = BTreeSet::new();
    for record in variety() {
        terms(&record.to_27560().unwrap(), &mut exported);
    }
    let own = [
        "https://toko.example/privasi/3",
        "urn:izin:schema:consent-record-27560:1",
    ];
    let table: BTreeSet<String> = TERMS
        .into_iter()
        .chain(PurposeTerm::all().map(PurposeTerm::as_str))
        .chain(DataTerm::all().map(DataTerm::as_str))
        .chain(own)
        .map(str::to_owned)
        .collect();
    assert_eq!(exported, table);
}

#[test]
fn every_prefix_is_explained_where_it_is_used() {
    let record = full().to_27560().unwrap();
    let context = record["@context"].as_object().unwrap();
    for term in TERMS {
        let (prefix, _) = term.split_once(':').unwrap();
        assert!(context.contains_key(prefix), "{term}");
    }
    assert_eq!(context.len(), CONTEXT.len());
}

#[test]
fn the_person_appears_under_random_names_only() {
    let record = full();
    let (subject, identifier) = (record.subject.to_string(), "cd".repeat(16));
    let holder = json!({
        "@type": "dpv:DataSubject", "dct:identifier": subject, "izin:givenFor": identifier,
    });
    let exported = record.to_27560().unwrap();
    assert_eq!(exported["dpv:hasDataSubject"], holder);
    assert_eq!(
        record.to_kantara().unwrap()["piiPrincipalId"],
        json!(subject)
    );
    let allowed = ["halo@toko.example", "dpo@toko.example"];
    for document in [exported, record.to_kantara().unwrap()] {
        let text = document.to_string();
        let addresses = text
            .split('"')
            .filter(|word| word.contains('@') && !word.starts_with('@'));
        for address in addresses {
            assert!(allowed.contains(&address), "{address}");
        }
        assert_eq!(text.matches("+62").count(), 1, "the controller's number");
    }
}

#[test]
fn only_who_acts_on_their_own_behalf_is_a_third_party() {
    let purpose =
        |record: ConsentRecord| record.to_kantara().unwrap()["services"][0]["purposes"][0].clone();
    assert_eq!(purpose(full())["thirdPartyName"], json!("Iklan Contoh"));
    let processor = with(|record| record.recipients.as_mut().unwrap().truncate(1));
    for record in [processor, bare()] {
        let purpose = purpose(record);
        assert_eq!(purpose["thirdPartyDisclosure"], json!(false));
        assert_eq!(purpose.get("thirdPartyName"), None);
    }
}

#[test]
fn a_record_reads_as_it_did() {
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!("27560", full().to_27560().unwrap());
        insta::assert_json_snapshot!("27560_bare", bare().to_27560().unwrap());
        insta::assert_json_snapshot!("kantara", full().to_kantara().unwrap());
        insta::assert_json_snapshot!("kantara_bare", bare().to_kantara().unwrap());
    });
}
