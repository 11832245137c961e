//! Standard Webhooks: a signature over `id.timestamp.body`, by a shared secret (`v1`) or by a key pair
//! (`v1a`). Start at [`verify`].

use ed25519_dalek::{Signature, VerifyingKey};

use crate::mac::{self, Hash};

/// Seconds that a message's clock may be off, before or behind.
pub const TOLERANCE_SECONDS: u64 = 300;
/// Signatures of one message that are looked at: two while a secret is replaced, and some to spare.
const SIGNATURES_MAX: usize = 16;

/// What verifies a sender's messages.
#[derive(Clone)]
pub enum Secret {
    /// Behind `whsec_`: both sides hold it.
    Shared(Vec<u8>),
    /// Behind `whpk_`: the sender's public key.
    Public(Box<VerifyingKey>),
}

/// A message as it came.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The header `webhook-id`: also the key by which a repeated message is known.
    pub id: &'a str,
    /// The header `webhook-timestamp`, in seconds.
    pub timestamp: &'a str,
    /// The header `webhook-signature`.
    pub signature: &'a str,
    /// The body's bytes.
    pub body: &'a [u8],
}

/// Why a message is not its sender's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// No such secret.
    #[error("the secret is neither `whsec_` nor `whpk_` and base64")]
    Secret,
    /// Not a number of seconds.
    #[error("the timestamp is no number of seconds")]
    Timestamp,
    /// Signed at another time.
    #[error("the timestamp is more than {TOLERANCE_SECONDS} seconds from now")]
    Stale,
    /// Not signed by the sender.
    #[error("no signature fits")]
    Unsigned,
}

impl Secret {
    /// Reads a secret; without a prefix it is a shared one.
    ///
    /// # Errors
    /// [`WebhookError::Secret`].
    pub fn parse(text: &str) -> Result<Self, WebhookError> {
        let public = text.strip_prefix("whpk_");
        let bytes = mac::from_base64(public.unwrap_or(text.strip_prefix("whsec_").unwrap_or(text)));
        let bytes = bytes
            .filter(|own| !own.is_empty())
            .ok_or(WebhookError::Secret)?;
        if public.is_none() {
            return Ok(Self::Shared(bytes));
        }
        let key = bytes
            .as_slice()
            .try_into()
            .ok()
            .and_then(|own| VerifyingKey::from_bytes(own).ok());
        key.map(|own| Self::Public(Box::new(own)))
            .ok_or(WebhookError::Secret)
    }

    fn signed(&self, version: &str, signature: &[u8], text: &[u8]) -> bool {
        match (self, version) {
            (Self::Shared(key), "v1") => {
                mac::same(&mac::hmac(Hash::Sha256, key, &[text]), signature)
            }
            (Self::Public(key), "v1a") => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(text, &signature).is_ok()),
            _ => false,
        }
    }
}

/// Whether a message is its sender's, and new at `now` (seconds; absent: its age is not judged).
///
/// # Errors
/// [`WebhookError`].
pub fn verify(secret: &Secret, message: Message<'_>, now: Option<u64>) -> Result<(), WebhookError> {
    let said: u64 = message
        .timestamp
        .parse()
        .map_err(|_| WebhookError::Timestamp)?;
    let text = [
        message.id.as_bytes(),
        message.timestamp.as_bytes(),
        message.body,
    ]
    .join(&b'.');
    let fits = |signature: &str| {
        let (version, bytes) = signature.split_once(',')?;
        Some(secret.signed(version, &mac::from_base64(bytes)?, &text))
    };
    let mut signatures = message
        .signature
        .split_ascii_whitespace()
        .take(SIGNATURES_MAX);
    if !signatures.any(|own| fits(own) == Some(true)) {
        return Err(WebhookError::Unsigned);
    }
    match now {
        Some(now) if now.abs_diff(said) > TOLERANCE_SECONDS => Err(WebhookError::Stale),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    const NOW: u64 = 1_795_262_400;

    fn message<'a>(signature: &'a str, body: &'a [u8]) -> Message<'a> {
        Message {
            id: "msg_1",
            timestamp: "1795262400",
            signature,
            body,
        }
    }

    fn shared() -> (Secret, String) {
        let code = mac::hmac(Hash::Sha256, b"0123456789abcdef", &[b"msg_1.1795262400.{}"]);
        let text = format!("whsec_{}", STANDARD.encode("0123456789abcdef"));
        (
            Secret::parse(&text).unwrap(),
            format!("v1,{}", STANDARD.encode(code)),
        )
    }

    #[test]
    fn what_the_sender_did_not_sign_is_refused() {
        let (secret, signature) = shared();
        let changed = signature.replacen("v1,", "v1,A", 1);
        for bad in [
            "",
            "v1",
            "v1,",
            "v2,AAAA",
            &signature.replace("v1,", "v1a,"),
            &changed,
            &signature[3..],
        ] {
            let said = verify(&secret, message(bad, b"{}"), Some(NOW));
            assert_eq!(said, Err(WebhookError::Unsigned), "{bad}");
        }
        let said = verify(&secret, message(&signature, b"{ }"), Some(NOW));
        assert_eq!(said, Err(WebhookError::Unsigned));
        for timestamp in ["", "-1", "1e9", "99999999999999999999"] {
            let own = Message {
                timestamp,
                ..message(&signature, b"{}")
            };
            assert_eq!(
                verify(&secret, own, Some(NOW)),
                Err(WebhookError::Timestamp)
            );
        }
        let behind = vec!["v1,AAAA"; SIGNATURES_MAX].join(" ") + " " + &signature;
        assert!(
            verify(&secret, message(&behind, b"{}"), Some(NOW)).is_err(),
            "the list ends"
        );
        for text in ["", "whsec_", "whsec_%", "whpk_AAAA"] {
            assert!(Secret::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_signed_at_another_time_is_refused() {
        let (secret, signature) = shared();
        let at = |now| verify(&secret, message(&signature, b"{}"), now);
        for now in [
            NOW - TOLERANCE_SECONDS - 1,
            NOW + TOLERANCE_SECONDS + 1,
            0,
            u64::MAX,
        ] {
            assert_eq!(at(Some(now)), Err(WebhookError::Stale));
        }
        for now in [
            Some(NOW),
            Some(NOW - TOLERANCE_SECONDS),
            Some(NOW + TOLERANCE_SECONDS),
            None,
        ] {
            assert_eq!(at(now), Ok(()));
        }
    }

    #[test]
    fn one_of_several_signatures_is_enough_by_either_kind_of_key() {
        let (secret, signature) = shared();
        let list = format!("v1,AAAA v1a,BBBB {signature}");
        assert_eq!(verify(&secret, message(&list, b"{}"), Some(NOW)), Ok(()));
        let pair = SigningKey::from_bytes(&[7; 32]);
        let signature = pair.sign(b"msg_1.1795262400.{}").to_bytes();
        let public = format!("whpk_{}", STANDARD.encode(pair.verifying_key().as_bytes()));
        let public = Secret::parse(&public).unwrap();
        let own = format!("v1a,{}", STANDARD.encode(signature));
        assert_eq!(verify(&public, message(&own, b"{}"), Some(NOW)), Ok(()));
        let said = verify(&public, message(&own, b"{} "), Some(NOW));
        assert_eq!(said, Err(WebhookError::Unsigned));
    }
}
