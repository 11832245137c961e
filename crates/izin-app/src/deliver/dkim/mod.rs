//! DKIM (RFC 6376): the shop's signature over a mail, without which its one-click way out counts for
//! nothing (RFC 8058 §4). RSA and Ed25519 (RFC 8463), relaxed in header and body.
//!
//! What a stranger could add or change is signed as absent: a second sender, another way out. Start at
//! [`Signer::sign`]; `canonical` says what of a mail counts.

mod canonical;
mod key;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use izin_core::Timestamp;
use sha2::{Digest, Sha256};

use canonical::{body, fields, header};
pub use key::{DomainKey, KeyError};

/// Fields that are signed where they stand.
const SIGNED: [&str; 16] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-id",
    "feedback-id",
    "cfbl-address",
    "cfbl-feedback-id",
    "precedence",
    "auto-submitted",
];
/// Fields of which one more is signed than there is, so that nobody can add one.
const ONE_MORE: [&str; 8] = [
    "from",
    "to",
    "subject",
    "date",
    "reply-to",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "cfbl-address",
];
/// Characters of a signature in one line.
const LINE_CHARS: usize = 72;

/// Signs mails with every key of the shop. `Debug` shows none.
#[derive(Clone, Default)]
pub struct Signer(Arc<[DomainKey]>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({} keys)", self.0.len())
    }
}

impl Signer {
    /// Signs with these; with none, mails go as they are.
    #[must_use]
    pub fn new(keys: Vec<DomainKey>) -> Self {
        Self(keys.into())
    }

    /// The mail with a signature by each key before it.
    ///
    /// # Errors
    /// [`KeyError::Unusable`] when a key signs nothing.
    pub fn sign(&self, mail: Vec<u8>, at: Timestamp) -> Result<Vec<u8>, KeyError> {
        if self.0.is_empty() {
            return Ok(mail);
        }
        let (fields, contents) = fields(&mail);
        let body_hash = STANDARD.encode(Sha256::digest(body(contents)));
        let (names, text) = signed(&fields);
        let mut signatures = Vec::new();
        for key in self.0.iter() {
            let seconds = at.as_micros() / 1_000_000;
            let value = format!(
                "v=1; a={}; c=relaxed/relaxed; d={}; s={}; t={seconds};\r\n h={names};\r\n bh={body_hash};\r\n b=",
                key.algorithm(),
                key.domain,
                key.selector
            );
            let bare = header("DKIM-Signature", &value);
            let signature = key.sign(format!("{text}{bare}").as_bytes())?;
            let signature = folded(&STANDARD.encode(signature));
            signatures
                .extend_from_slice(format!("DKIM-Signature: {value}{signature}\r\n").as_bytes());
        }
        signatures.extend_from_slice(&mail);
        Ok(signatures)
    }
}

/// The names of the fields that are signed, in lines, and their text in that order: of several of a name
/// the last first (§5.4.2).
fn signed(fields: &[(&str, &str)]) -> (String, String) {
    let mut names: Vec<&str> = Vec::new();
    let mut text = String::new();
    for name in SIGNED {
        let same = fields
            .iter()
            .rev()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name));
        for (_, value) in same {
            names.push(name);
            text.push_str(&header(name, value));
            text.push_str("\r\n");
        }
        if ONE_MORE.contains(&name) {
            names.push(name);
        }
    }
    let lines: Vec<String> = names.chunks(6).map(|own| own.join(":")).collect();
    (lines.join(":\r\n "), text)
}

fn folded(signature: &str) -> String {
    let lines: Vec<&str> = signature
        .as_bytes()
        .chunks(LINE_CHARS)
        .filter_map(|own| std::str::from_utf8(own).ok())
        .collect();
    lines.join("\r\n ")
}

#[cfg(test)]
mod tests;
