//! What is exported validates against the schemas we publish, and what was tampered with does not.
//!
//! Each mutation is checked to be one: a schema that accepts everything fails here.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::records::{full, variety};

const SCHEMA_27560: &str =
    include_str!("../../../../../docs/schema/consent-record-27560.schema.json");
const SCHEMA_KANTARA: &str = include_str!("../../../../../docs/schema/kantara-v1.1.schema.json");

fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn assert_valid(validator: &Validator, document: &Value) {
    let faults: Vec<_> = validator
        .iter_errors(document)
        .map(|fault| format!("{} at {}", fault, fault.instance_path))
        .collect();
    assert_eq!(faults, Vec::<String>::new(), "{document:#}");
}

/// Pointers to everything inside a document, but not to itself.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, inner)| (name.replace('~', "~0").replace('/', "~1"), inner))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, inner)| (index.to_string(), inner))
            .collect(),
        _ => Vec::new(),
    };
    for (name, inner) in inner {
        let place = format!("{at}/{name}");
        places(inner, &place, found);
        found.push(place);
    }
}

/// The document without one field or item.
fn without(document: &Value, place: &str) -> Value {
    let mut document = document.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            assert!(fields.remove(&name.replace("~1", "/")).is_some());
        }
        Value::Array(items) => {
            items.remove(name.parse().unwrap());
        }
        _ => unreachable!("a place is inside an object or array"),
    }
    document
}

/// The document with another type at one place.
fn mistyped(document: &Value, place: &str) -> Value {
    let mut document = document.clone();
    let value = document.pointer_mut(place).unwrap();
    *value = if value.is_null() {
        json!(1)
    } else {
        Value::Null
    };
    document
}

/// Fields that may be absent, by the end of their pointer, and items that have a fellow.
fn may_go(place: &str, optional: &[&str]) -> bool {
    optional.iter().any(|end| place.ends_with(end))
}

fn assert_every_mutation_is_refused(validator: &Validator, document: &Value, optional: &[&str]) {
    let mut all = Vec::new();
    places(document, "", &mut all);
    assert!(all.len() > 20, "control: {all:?}");
    for place in &all {
        assert!(
            !validator.is_valid(&mistyped(document, place)),
            "{place} mistyped"
        );
        let valid = validator.is_valid(&without(document, place));
        assert_eq!(valid, may_go(place, optional), "without {place}");
    }
    for end in optional {
        assert!(all.iter().any(|place| place.ends_with(end)), "no {end}");
    }
    let mut more = document.clone();
    more["email"] = "somebody@mail.example".into();
    assert!(!validator.is_valid(&more), "a field more");
}

#[test]
fn requirement_39_exported_receipts_validate_as_27560_and_mutated_ones_do_not() {
    let validator = validator(SCHEMA_27560);
    for record in variety() {
        assert_valid(&validator, &record.to_27560().unwrap());
    }
    let optional = [
        "/izin:commitment",
        "/izin:givenFor",
        "/izin:sha256",
        "/dpv:hasPersonalData/0",
        "/dpv:hasPersonalData/1",
        "/dpv:hasPersonalData/0/skos:broader",
        "/dpv:hasContact/0",
        "/dpv:hasContact/1",
        "/dpv:hasDataProtectionOfficer",
        "/dpv:hasRecipient/0",
        "/dpv:hasRecipient/1",
        "/izin:form",
    ];
    assert_every_mutation_is_refused(&validator, &full().to_27560().unwrap(), &optional);
}

#[test]
fn requirement_39_exported_receipts_validate_as_kantara_and_mutated_ones_do_not() {
    let validator = validator(SCHEMA_KANTARA);
    let given = variety()
        .into_iter()
        .filter(|record| record.event.state.permits());
    for record in given {
        assert_valid(&validator, &record.to_kantara().unwrap());
    }
    let optional = [
        "/language",
        "/purposes/0/purpose",
        "/piiCategory/0",
        "/piiCategory/1",
    ];
    assert_every_mutation_is_refused(&validator, &full().to_kantara().unwrap(), &optional);
}

#[test]
fn requirement_39_a_record_of_one_kind_is_not_one_of_the_other() {
    let record = full();
    assert!(!validator(SCHEMA_27560).is_valid(&record.to_kantara().unwrap()));
    assert!(!validator(SCHEMA_KANTARA).is_valid(&record.to_27560().unwrap()));
}

#[test]
fn a_schema_takes_no_address_in_place_of_a_random_name() {
    let mut record = full().to_27560().unwrap();
    record["dpv:hasDataSubject"]["dct:identifier"] = "sari@mail.example".into();
    assert!(!validator(SCHEMA_27560).is_valid(&record));
    let mut receipt = full().to_kantara().unwrap();
    receipt["piiPrincipalId"] = "Sari Contoh".into();
    assert!(!validator(SCHEMA_KANTARA).is_valid(&receipt));
}
