//! Mail about mail: bounces and complaints.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use izin_wire::mail::Fields;
use izin_wire::mail::bounce::{self, Cause, Outcome, Recipient};
use izin_wire::mail::complaint::{self, Complaint};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A mail.
#[derive(Deserialize)]
pub(super) struct Raw {
    raw_base64: String,
}

impl Raw {
    fn bytes(&self) -> Result<Vec<u8>, String> {
        STANDARD
            .decode(self.raw_base64.trim())
            .map_err(|_| "`raw_base64` is not base64".to_owned())
    }
}

/// What became of it.
pub(super) fn bounce(own: Raw) -> Result<Value, String> {
    let Some(read) = bounce::read(&own.bytes()?) else {
        let error = "not a delivery report: it has no part message/delivery-status";
        return Ok(json!({"valid": false, "error": error, "failed": [], "temporary": []}));
    };
    let of = |outcome| {
        let own = read
            .recipients
            .iter()
            .filter(move |own| own.outcome == outcome);
        let mut addresses: Vec<&str> = own.map(|own| own.address.as_str()).collect();
        addresses.dedup();
        addresses
    };
    Ok(json!({
        "valid": true,
        "failed": of(Outcome::Failed),
        "temporary": of(Outcome::Delayed),
        "recipients": read.recipients.iter().map(recipient).collect::<Vec<_>>(),
        "message_id": read.returned.get("Message-ID"),
    }))
}

fn recipient(own: &Recipient) -> Value {
    let outcome = match own.outcome {
        Outcome::Failed => "failed",
        Outcome::Delayed => "temporary",
        Outcome::Other => "other",
    };
    let cause = match own.cause {
        Cause::NoSuchAddress => "no_such_address",
        Cause::Full => "full",
        Cause::Policy => "policy",
        Cause::Other => "other",
    };
    json!({"address": own.address, "outcome": outcome, "cause": cause})
}

/// A complaint: the mail, or the fields of its report.
#[derive(Deserialize)]
pub(super) struct Report {
    #[serde(default)]
    raw_base64: Option<String>,
    #[serde(default)]
    fields: Option<Value>,
}

/// Who complains of what.
pub(super) fn complaint(own: Report) -> Result<Value, String> {
    let read = match (own.raw_base64, own.fields) {
        (Some(raw_base64), _) => complaint::read(&Raw { raw_base64 }.bytes()?),
        (None, Some(fields)) => Complaint::of_fields(&self::fields(&fields), Fields::default()),
        (None, None) => return Err("one of `raw_base64` and `fields` is needed".to_owned()),
    };
    let Some(read) = read else {
        let error = "not a complaint: it has no part message/feedback-report with a Feedback-Type";
        return Ok(
            json!({"valid": false, "error": error, "is_complaint": false, "recipients": []}),
        );
    };
    Ok(json!({
        "valid": true,
        "feedback_type": read.feedback_type,
        "is_complaint": read.is_complaint(),
        "recipients": read.recipients,
        "message_id": read.returned.get("Message-ID"),
    }))
}

/// Fields as an object, whose values are texts or lists of them, or as pairs.
fn fields(own: &Value) -> Fields {
    let pair = |own: &Value| {
        Some((
            own.get(0)?.as_str()?.to_owned(),
            own.get(1)?.as_str()?.to_owned(),
        ))
    };
    let own = match own {
        Value::Object(own) => of_object(own),
        own => own
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(pair)
            .collect(),
    };
    Fields::new(own)
}

fn of_object(own: &Map<String, Value>) -> Vec<(String, String)> {
    let values = |value: &Value| match value {
        Value::Array(own) => own.clone(),
        own => vec![own.clone()],
    };
    let text = |value: Value| value.as_str().map(str::to_owned);
    let each = own.iter().flat_map(|(name, value)| {
        let name = name.replace('_', "-");
        values(value)
            .into_iter()
            .filter_map(text)
            .map(move |text| (name.clone(), text))
    });
    each.collect()
}
