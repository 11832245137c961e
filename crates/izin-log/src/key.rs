//! Keys of signed notes: an Ed25519 key with a name, as C2SP signed-note spells them.
//!
//! The signing half never leaves this module and never shows in `Debug`. The name of a log's key
//! is also the origin of its checkpoints.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::text;

/// Marks Ed25519 in a verifier key and in its id.
const ED25519: u8 = 1;

/// Length of the longest key name: it stands in every checkpoint, receipt and proof.
const NAME_BYTES_MAX: usize = 255;

/// The first four bytes of a hash over name and key; tells keys of one name apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyId(pub(crate) [u8; 4]);

/// Signs notes.
pub struct SignerKey {
    signing: SigningKey,
    verifier: VerifierKey,
}

/// Checks signatures of one signer. Its text form is `name+id+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    key: VerifyingKey,
}

/// Why a name or a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name must be usable as a word of a signature line.
    #[error("a key name is 1 to {NAME_BYTES_MAX} bytes without spaces, control characters and `+`")]
    Name,
    /// The text is not of the form `name+id+base64`.
    #[error("a verifier key is written `name+id+base64`, with an Ed25519 key")]
    Form,
    /// The id is not that of the name and the key.
    #[error("the id in the verifier key does not belong to its name and key")]
    Id,
}

impl SignerKey {
    /// Makes the key from 32 secret random bytes.
    ///
    /// # Errors
    /// [`KeyError::Name`] when the name cannot stand in a signature line.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let signing = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, signing.verifying_key())?;
        Ok(Self { signing, verifier })
    }

    /// The half that may be given to anyone.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, text: &str) -> [u8; Signature::BYTE_SIZE] {
        self.signing.sign(text.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.verifier.name)
    }
}

impl VerifierKey {
    /// Reads `name+id+base64`; only the one spelling.
    ///
    /// # Errors
    /// [`KeyError`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
        let (id, encoded) = rest.split_once('+').ok_or(KeyError::Form)?;
        let bytes = text::from_base64(encoded).ok_or(KeyError::Form)?;
        let (algorithm, key) = bytes.split_first().ok_or(KeyError::Form)?;
        let key = VerifyingKey::try_from(key).map_err(|_| KeyError::Form)?;
        if *algorithm != ED25519 || key.is_weak() {
            return Err(KeyError::Form);
        }
        let key = Self::new(name, key)?;
        if key.id.to_string() == id {
            Ok(key)
        } else {
            Err(KeyError::Id)
        }
    }

    /// The name, which is also the origin of the log's checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same key under another name, as a log has that goes on under one.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn named(&self, name: &str) -> Result<Self, KeyError> {
        Self::new(name, self.key)
    }

    pub(crate) const fn id(&self) -> KeyId {
        self.id
    }

    /// Whether this is a signature of the text, by the strict rules of RFC 8032.
    pub(crate) fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }

    fn new(name: &str, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let digest = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes());
        let [first, second, third, fourth, ..]: [u8; 32] = digest.finalize().into();
        Ok(Self {
            name: name.to_owned(),
            id: KeyId([first, second, third, fourth]),
            key,
        })
    }
}

/// Whether a text may stand as a name in a signature line.
pub(crate) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c != '+' && !c.is_whitespace() && !c.is_control();
    (1..=NAME_BYTES_MAX).contains(&text.len()) && text.chars().all(allowed)
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<u8> = [ED25519]
            .iter()
            .chain(self.key.as_bytes())
            .copied()
            .collect();
        write!(f, "{}+{}+{}", self.name, self.id, text::to_base64(&bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_break_a_signature_line_is_refused() {
        for name in [
            "",
            "a b",
            "a+b",
            "a\nb",
            "a\u{a0}b",
            "a\u{7f}",
            &"a".repeat(256),
        ] {
            assert_eq!(
                SignerKey::from_seed(name, &[1; 32]).err(),
                Some(KeyError::Name),
                "{name}"
            );
        }
    }

    #[test]
    fn a_key_of_small_order_is_refused() {
        // The neutral point would accept signatures of nobody.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let key = VerifyingKey::from_bytes(&neutral).unwrap();
        let text = VerifierKey::new("weak.example", key).unwrap().to_string();
        assert_eq!(VerifierKey::parse(&text), Err(KeyError::Form));
    }

    #[test]
    fn the_seed_never_shows_in_debug() {
        let key = SignerKey::from_seed("shop.example/log", &[1; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "SignerKey(shop.example/log)");
    }
}
