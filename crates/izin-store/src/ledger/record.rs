//! The canonical record of an entry, and the leaf that commits to it.
//!
//! Whoever holds a record and its blinding value can compute the leaf without the store. Start at
//! [`leaf`].

use std::borrow::Cow;

use izin_core::{Act, Entry, Seq, SubjectId, Timestamp};
use izin_log::Leaf;
use izin_log::leaf::commit;
use serde::{Deserialize, Serialize};

use crate::StoreError;

const MICROS_AN_HOUR: i64 = 3_600_000_000;

/// What a leaf commits to, in RFC 8785 form.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    #[serde(flatten)]
    act: Cow<'a, Act>,
    detail: Option<String>,
    recorded_at: Timestamp,
    subject: Option<SubjectId>,
}

/// The canonical record of an act.
///
/// # Errors
/// [`StoreError::Damaged`] if the act cannot be written as JSON.
pub(crate) fn canonical(
    entry: &Entry,
    detail_commitment: Option<&[u8]>,
) -> Result<String, StoreError> {
    let record = Record {
        act: Cow::Borrowed(&entry.act),
        detail: detail_commitment.map(hex),
        recorded_at: entry.recorded_at,
        subject: entry.subject,
    };
    serde_json_canonicalizer::to_string(&record).map_err(|_| StoreError::Damaged { what: "act" })
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

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads lower-case hexadecimal of exactly `N` bytes.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
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
            let text = canonical(&entry, detail).unwrap();
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

    #[test]
    fn only_as_many_bytes_as_asked_for_are_read_from_hexadecimal() {
        assert_eq!(unhex::<2>(&hex(&[0, 255])), Some([0, 255]));
        for text in ["", "00", "000", "00fF", "0x00", "00ff00", "+0ff"] {
            assert_eq!(unhex::<2>(text), None, "{text}");
        }
    }
}
