//! The Kantara consent receipt 1.1: a small flat document, older than ISO/IEC TS 27560 and still
//! what many tools read. The shape is `docs/schema/kantara-v1.1.schema.json`.
//!
//! Such a receipt can only say that a consent was given; for any other state there is none.

use serde_json::{Value, json};

use super::{ConsentKind, ConsentRecord, Missing, RecipientKind};
use crate::ConsentState;

/// What the standard's first field must hold.
const VERSION: &str = "KI-CR-v1.1.0";

/// The standard's times are in whole seconds.
const MICROS_A_SECOND: i64 = 1_000_000;

/// Why there is no Kantara receipt of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KantaraError {
    /// A mandatory field is empty.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The consent does not stand.
    #[error("a kantara receipt says that consent was given; this one is `{}`", .0.dpv())]
    NotGiven(ConsentState),
}

impl ConsentRecord {
    /// The record as a Kantara consent receipt.
    ///
    /// # Errors
    /// [`KantaraError::Missing`] names the first mandatory field that is empty, which here includes
    /// the controller's telephone number; [`KantaraError::NotGiven`] when the state permits nothing.
    pub fn to_kantara(&self) -> Result<Value, KantaraError> {
        self.complete()?;
        if !self.event.state.permits() {
            return Err(KantaraError::NotGiven(self.event.state));
        }
        let phone = self.phone().ok_or(Missing::ControllerPhone)?;
        let sensitive = self.sensitive_codes();
        Ok(json!({
            "version": VERSION,
            "jurisdiction": self.jurisdiction.join(", "),
            "consentTimestamp": self.event.at.as_micros().div_euclid(MICROS_A_SECOND),
            "collectionMethod": self.collection_method(),
            "consentReceiptID": self.receipt_id,
            "language": self.notice.language,
            "piiPrincipalId": self.subject,
            "piiControllers": [{
                "piiController": self.controller.name,
                "contact": self.officer().unwrap_or(&self.controller.contact),
                "address": {"streetAddress": self.controller.address},
                "email": self.controller.contact,
                "phone": phone,
            }],
            "policyUrl": self.notice.url,
            "services": [{"service": self.controller.name, "purposes": [self.kantara_purpose()]}],
            "sensitive": !sensitive.is_empty(),
            "spiCat": sensitive,
        }))
    }

    fn collection_method(&self) -> String {
        let channel = self.event.channel;
        match &self.event.form {
            Some(form) => format!("form {} version {}, for {channel}", form.id, form.version),
            None => format!("{}, for {channel}", self.event.method.as_str()),
        }
    }

    fn kantara_purpose(&self) -> Value {
        let consent_type = match self.event.kind {
            ConsentKind::ExplicitlyExpressed | ConsentKind::Expressed => "EXPLICIT",
            ConsentKind::Implied => "IMPLICIT",
        };
        let data: Vec<_> = self.data.iter().map(|data| &data.title).collect();
        let mut purpose = json!({
            "purpose": format!("{}: {}", self.purpose.title, self.purpose.explanation),
            "consentType": consent_type,
            "purposeCategory": [self.purpose.term.iri()],
            "piiCategory": data,
            "termination": self.withdrawal,
            "thirdPartyDisclosure": false,
        });
        let third_parties = self.third_parties();
        if let (Some(fields), false) = (purpose.as_object_mut(), third_parties.is_empty()) {
            fields.insert("thirdPartyDisclosure".to_owned(), true.into());
            fields.insert("thirdPartyName".to_owned(), third_parties.join(", ").into());
        }
        purpose
    }

    /// Those who use the data on their own behalf; a processor is no third party (ISO/IEC 29100).
    fn third_parties(&self) -> Vec<&str> {
        let recipients = self.recipients.iter().flatten();
        recipients
            .filter(|recipient| recipient.kind == RecipientKind::Independent)
            .map(|recipient| recipient.name.as_str())
            .collect()
    }

    fn sensitive_codes(&self) -> Vec<&str> {
        let mut codes: Vec<_> = self
            .data
            .iter()
            .flat_map(|data| data.sensitive.iter().map(String::as_str))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
