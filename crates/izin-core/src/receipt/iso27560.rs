//! ISO/IEC TS 27560 in JSON-LD: the fields of the standard, said in terms of the Data Privacy
//! Vocabulary. The shape is `docs/schema/consent-record-27560.schema.json`; every term comes from
//! `vocabulary.rs`.

use serde_json::{Value, json};

use super::{
    CONTEXT, ConsentKind, ConsentRecord, ControlDefault, DataCategory, Event, FormShown, Missing,
    PartyKind, Recipient, RecipientKind, Storage,
};
use crate::consent::Giver;
use crate::law::Basis;
use crate::{Language, Timestamp, hex};

/// The schema the exported records follow, its `$id`; a changed shape gets another number.
const SCHEMA: &str = "urn:izin:schema:consent-record-27560:1";

impl ConsentRecord {
    /// The record as JSON-LD.
    ///
    /// # Errors
    /// [`Missing`] names the first mandatory field that is empty, whatever the state.
    pub fn to_27560(&self) -> Result<Value, Missing> {
        self.complete()?;
        let context: serde_json::Map<_, _> = CONTEXT
            .into_iter()
            .map(|(prefix, stands_for)| (prefix.to_owned(), stands_for.into()))
            .collect();
        let mut record = json!({
            "@context": context,
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": id(SCHEMA),
            "dct:identifier": self.record_id,
            "dct:isPartOf": {"@type": "dpv:ConsentReceipt", "dct:identifier": self.receipt_id},
            "dpv:hasDataSubject": self.data_subject(),
            "dpv:hasNotice": self.notice(),
            "dpv:hasProcess": self.process(),
            "dpv:hasConsentStatus": self.status(),
        });
        put(
            &mut record,
            "izin:commitment",
            self.evidence.map(|own| hex(&own)),
        );
        Ok(record)
    }

    fn data_subject(&self) -> Value {
        let mut subject = json!({"@type": "dpv:DataSubject", "dct:identifier": self.subject});
        put(&mut subject, "izin:givenFor", self.identifier);
        subject
    }

    fn notice(&self) -> Value {
        let mut notice = json!({
            "@id": self.notice.url,
            "@type": "dpv:ConsentNotice",
            "dct:language": self.notice.language,
            "izin:version": self.notice.version,
        });
        put(
            &mut notice,
            "izin:sha256",
            self.notice.hash.map(|own| hex(&own)),
        );
        notice
    }

    fn process(&self) -> Value {
        let language = self.notice.language;
        let data: Vec<_> = self
            .data
            .iter()
            .map(|data| data_category(data, language))
            .collect();
        let regimes: Vec<_> = self
            .jurisdiction
            .iter()
            .map(|regime| json!({"@type": "dpv:Jurisdiction", "dct:identifier": regime}))
            .collect();
        json!({
            "@type": "dpv:Process",
            "dpv:hasPurpose": {
                "@type": "dpv:Purpose",
                "skos:broader": id(self.purpose.term.as_str()),
                "dct:identifier": self.purpose.id,
                "dct:title": text(&self.purpose.title, language),
                "dct:description": text(&self.purpose.explanation, language),
            },
            "dpv:hasPersonalData": data,
            "dpv:hasDataController": self.data_controller(),
            "dpv:hasRecipient": recipients(self.recipients.as_deref().unwrap_or_default()),
            "dpv:hasStorageCondition": storage(&self.storage),
            "dpv:hasJurisdiction": regimes,
            "dpv:hasLegalBasis": id(basis(self.basis)),
            "dpv:hasConsentControl": {
                "@type": "dpv:WithdrawConsent",
                "dpv:isExercisedAt": self.withdrawal,
            },
        })
    }

    fn data_controller(&self) -> Value {
        let party = &self.controller;
        let contacts: Vec<_> = [Some(party.contact.as_str()), self.phone()]
            .into_iter()
            .flatten()
            .collect();
        let mut value = json!({
            "@type": ["dpv:DataController", party_kind(party.kind)],
            "dct:identifier": party.id,
            "dpv:hasName": party.name,
            "dpv:hasAddress": party.address,
            "dpv:hasContact": contacts,
        });
        let officer = self.officer().map(
            |contact| json!({"@type": "dpv:DataProtectionOfficer", "dpv:hasContact": contact}),
        );
        put(&mut value, "dpv:hasDataProtectionOfficer", officer);
        value
    }

    fn status(&self) -> Value {
        let event = &self.event;
        let by = match event.given_by {
            Giver::Subject => {
                json!({"@type": "dpv:DataSubject", "dct:identifier": self.subject})
            }
            Giver::Guardian => json!({
                "@type": "dpv:GuardianOfDataSubject",
                "dct:identifier": format!("{}/guardian", self.subject),
            }),
        };
        json!({
            "@type": event.state.dpv(),
            "dpv:hasLegalBasis": id(consent_kind(event.kind)),
            "dpv:isIndicatedAtTime": moment(event.at),
            "dpv:isIndicatedBy": by,
            "dpv:hasDuration": validity(event.expires_at),
            "dpv:hasIndicationMethod": method(event),
        })
    }
}

fn data_category(data: &DataCategory, language: Language) -> Value {
    let class = if data.sensitive.is_empty() {
        "dpv:PersonalData"
    } else {
        "dpv:SensitivePersonalData"
    };
    let mut value = json!({
        "@type": class,
        "dct:identifier": data.id,
        "dct:title": text(&data.title, language),
    });
    put(
        &mut value,
        "skos:broader",
        data.term.map(|term| id(term.as_str())),
    );
    let codes = (!data.sensitive.is_empty()).then_some(&data.sensitive);
    put(&mut value, "izin:sensitiveCode", codes);
    value
}

fn recipients(recipients: &[Recipient]) -> Vec<Value> {
    if recipients.is_empty() {
        let nobody = id("dpv:NotApplicable");
        return vec![json!({"@type": ["dpv:Recipient"], "dpv:hasApplicability": nobody})];
    }
    recipients.iter().map(recipient).collect()
}

fn recipient(recipient: &Recipient) -> Value {
    let kind = match recipient.kind {
        RecipientKind::Processor => "dpv:DataProcessor",
        RecipientKind::Independent => "dpv:ThirdParty",
    };
    json!({
        "@type": ["dpv:Recipient", kind],
        "dpv:hasName": recipient.name,
        "dpv:hasLocation": country(&recipient.country),
    })
}

fn storage(storage: &Storage) -> Value {
    let days = format!("P{}D", storage.retention_days);
    json!([
        {"@type": "dpv:StorageLocation", "dpv:hasLocation": country(&storage.country)},
        {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {
                "@type": "dpv:TemporalDuration",
                "rdf:value": {"@type": "xsd:duration", "@value": days},
            },
        },
    ])
}

fn validity(expires_at: Option<Timestamp>) -> Value {
    match expires_at {
        Some(end) => json!({"@type": "dpv:UntilTimeDuration", "rdf:value": moment(end)}),
        None => json!({
            "@type": "dpv:UntilEventDuration",
            "rdf:value": id("dpv:ConsentWithdrawn"),
        }),
    }
}

fn method(event: &Event) -> Value {
    let mut value = json!({"izin:method": event.method, "izin:channel": event.channel});
    put(&mut value, "izin:form", event.form.as_ref().map(form));
    value
}

fn form(form: &FormShown) -> Value {
    let default = match form.default {
        ControlDefault::Off => "off",
        ControlDefault::On => "on",
    };
    json!({
        "dct:identifier": form.id,
        "izin:version": form.version,
        "izin:controlLabel": form.label,
        "izin:controlDefault": default,
    })
}

const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent | Basis::ImpliedConsent => "dpv:Consent",
        Basis::Contract => "dpv:Contract",
        Basis::LegalObligation => "dpv:LegalObligation",
        Basis::LegitimateInterest | Basis::SoftOptIn | Basis::NoticeOptOut | Basis::Contextual => {
            "dpv:LegitimateInterest"
        }
    }
}

const fn party_kind(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::ForProfit => "dpv:ForProfitOrganisation",
        PartyKind::NonProfit => "dpv:NonProfitOrganisation",
        PartyKind::Government => "dpv:GovernmentalOrganisation",
        PartyKind::NaturalPerson => "dpv:NaturalPerson",
    }
}

const fn consent_kind(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::Expressed => "dpv:ExpressedConsent",
        ConsentKind::ExplicitlyExpressed => "dpv:ExplicitlyExpressedConsent",
        ConsentKind::Implied => "dpv:ImpliedConsent",
    }
}

/// Something that has an address of its own, rather than a text.
fn id(iri: &str) -> Value {
    json!({"@id": iri})
}

fn text(words: &str, language: Language) -> Value {
    json!({"@language": language, "@value": words})
}

fn moment(at: Timestamp) -> Value {
    json!({"@type": "xsd:dateTime", "@value": at.to_string()})
}

/// A country by its code: the vocabulary's own list of places need not be known to read it.
fn country(code: &str) -> Value {
    json!({"@type": "dpv:Country", "dct:identifier": code})
}

/// Adds what is known; an unknown field is left out rather than written as null.
fn put(object: &mut Value, name: &str, value: Option<impl serde::Serialize>) {
    if let (Some(fields), Some(value)) = (object.as_object_mut(), value) {
        fields.insert(name.to_owned(), json!(value));
    }
}
