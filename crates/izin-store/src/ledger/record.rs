//! The canonical record of an entry, and the leaf that commits to it.
//!
//! Whoever holds a record and its blinding value can compute the leaf without the store. Start at
//! [`leaf`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use izin_core::{Act, Entry, Seq, SubjectId, Timestamp};
use izin_log::Leaf;
use izin_log::leaf::commit;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::StoreError;

const MICROS_AN_HOUR: i64 = 3_600_000_000;
/// Up to here every whole number is exact as a double (RFC 8785 §3.2.2.3).
const EXACT_MAX: u64 = 1 << 53;
/// What a record has besides its act, in bytes; a guess that saves growing.
const RECORD_BYTES: usize = 192;

/// What a leaf commits to, in RFC 8785 form.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    #[serde(flatten)]
    act: Cow<'a, Act>,
    detail: Option<String>,
    recorded_at: Timestamp,
    subject: Option<SubjectId>,
}

/// The text of an act, as it stands in its row.
///
/// # Errors
/// [`StoreError::Damaged`] if the act cannot be written as JSON.
pub(crate) fn text(act: &Act) -> Result<String, StoreError> {
    serde_json::to_string(act).map_err(|_| StoreError::Damaged { what: "act" })
}

/// The canonical record of an entry whose act has this `text`.
///
/// # Errors
/// [`StoreError::Damaged`] if the act cannot be written as JSON.
pub(crate) fn canonical(
    entry: &Entry,
    text: &str,
    detail_commitment: Option<&[u8]>,
) -> Result<String, StoreError> {
    let detail = detail_commitment.map(crate::hex);
    if let Some(record) = plain(entry, text, detail.as_deref()) {
        return Ok(record);
    }
    let record = Record {
        act: Cow::Borrowed(&entry.act),
        detail,
        recorded_at: entry.recorded_at,
        subject: entry.subject,
    };
    serde_json_canonicalizer::to_string(&record).map_err(|_| StoreError::Damaged { what: "act" })
}

/// The canonical record of an act whose fields hold no others, as nearly all do: the same words in the
/// order of their names, which is much less work than to write any value there may be.
fn plain(entry: &Entry, text: &str, detail: Option<&str>) -> Option<String> {
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(text).ok()?;
    let quoted =
        |text: Option<String>| text.map_or_else(|| "null".into(), |own| format!("\"{own}\""));
    let own = [
        ("detail", quoted(detail.map(str::to_owned))),
        ("recorded_at", entry.recorded_at.as_micros().to_string()),
        ("subject", quoted(entry.subject.map(|own| own.to_string()))),
    ];
    let mut fields: BTreeMap<&str, &str> = fields
        .iter()
        .map(|(name, own)| (*name, own.get()))
        .collect();
    fields.extend(own.iter().map(|(name, own)| (*name, own.as_str())));
    let mut record = String::with_capacity(text.len() + RECORD_BYTES);
    for (name, value) in fields {
        if !is_plain(value) {
            return None;
        }
        record.push(if record.is_empty() { '{' } else { ',' });
        record.extend(["\"", name, "\":", value]);
    }
    record.push('}');
    Some(record)
}

/// Whether RFC 8785 writes a value as it stands here: it holds no others, and no number beyond those
/// that are exact everywhere.
fn is_plain(value: &str) -> bool {
    match value.as_bytes().first() {
        Some(b'"' | b't' | b'f' | b'n') => true,
        Some(b'-' | b'0'..=b'9') => {
            let number = value.parse::<i64>();
            number.is_ok_and(|own| own.unsigned_abs() <= EXACT_MAX)
        }
        _ => false,
    }
}

/// The entry that a canonical record is of; `None` for any other text, and for an act that this
/// version does not know.
#[must_use]
pub fn entry_of(seq: Seq, record: &str) -> Option<Entry> {
    let read: Record<'static> = serde_json::from_str(record).ok()?;
    let again = serde_json_canonicalizer::to_string(&read).ok()?;
    (again == record).then(|| Entry {
        seq,
        subject: read.subject,
        recorded_at: read.recorded_at,
        act: read.act.into_owned(),
    })
}

/// The leaf of an entry with this canonical record.
#[must_use]
pub fn leaf(entry: &Entry, blinding: &[u8; 32], record: &str) -> Leaf {
    let hours = entry.recorded_at.as_micros().div_euclid(MICROS_AN_HOUR);
    Leaf {
        kind: entry.act.kind(),
        hours: u32::try_from(hours).unwrap_or_default(),
        commitment: commit(blinding, record.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use izin_core::act::Corrected;
    use izin_core::{Channel, Origin, RefusalKind, Scope};

    use super::*;

    #[test]
    fn only_the_canonical_text_of_a_known_act_is_a_record() {
        let entry = Entry {
            seq: Seq(7),
            subject: Some(SubjectId::from_bytes([3; 16])),
            recorded_at: Timestamp::from_micros(1_795_237_200_000_000),
            act: Act::PolicyTookEffect { version: 2 },
        };
        for detail in [None, Some(&[9; 32][..])] {
            let text = canonical(&entry, &text(&entry.act).unwrap(), detail).unwrap();
            assert_eq!(entry_of(entry.seq, &text), Some(entry.clone()));
            for bent in [
                format!("{text} "),
                text.replacen('{', "{\"more\":1,", 1),
                text.replace("policy_took_effect", "policy_forgot"),
                text.replace("\"version\":2", "\"version\":2.0"),
            ] {
                assert_ne!(bent, text);
                assert_eq!(entry_of(entry.seq, &bent), None, "{bent}");
            }
        }
    }

    /// An entry with a detail or without, whichever way it is written.
    fn ways(act: Act, detail: Option<&[u8]>) -> (Option<String>, String) {
        let entry = Entry {
            seq: Seq(7),
            subject: detail.map(|_| SubjectId::from_bytes([3; 16])),
            recorded_at: Timestamp::from_micros(1_795_237_200_000_000),
            act,
        };
        let record = Record {
            act: Cow::Borrowed(&entry.act),
            detail: detail.map(crate::hex),
            recorded_at: entry.recorded_at,
            subject: entry.subject,
        };
        let long = serde_json_canonicalizer::to_string(&record).unwrap();
        let text = text(&entry.act).unwrap();
        assert_eq!(canonical(&entry, &text, detail).unwrap(), long);
        (
            plain(&entry, &text, detail.map(crate::hex).as_deref()),
            long,
        )
    }

    #[test]
    fn the_short_way_writes_what_rfc_8785_does() {
        let controls: String = (0..=0x9f).filter_map(char::from_u32).collect();
        let acts = [
            Act::Refused {
                refusal: RefusalKind::OptedOut,
                scope: Scope::channel(Channel::Email),
                occurred_at: Timestamp::from_micros(-5),
                origin: Origin::Api,
            },
            Act::Paused {
                channel: None,
                until: Timestamp::from_micros(1 << 53),
                origin: Origin::Page,
            },
            Act::PolicyPublished {
                version: u32::MAX,
                hash: format!("{controls}\u{2028}\u{10ffff}é\"\\/"),
            },
            Act::Erased,
        ];
        for act in acts {
            for detail in [None, Some(&[9; 32][..])] {
                let (short, long) = ways(act.clone(), detail);
                assert_eq!(short, Some(long));
            }
        }
    }

    #[test]
    fn what_the_short_way_cannot_write_goes_the_long_way() {
        let what = Corrected::Refusal {
            refusal: RefusalKind::OptedOut,
            scope: Scope::EVERYTHING,
        };
        for act in [
            Act::Paused {
                channel: None,
                until: Timestamp::MAX,
                origin: Origin::Page,
            },
            Act::EntryCorrected {
                entry: Seq(1),
                what,
            },
        ] {
            assert_eq!(ways(act, None).0, None);
        }
    }
}
