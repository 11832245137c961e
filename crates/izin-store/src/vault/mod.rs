//! Personal values at rest: sealed under a key of the person, found by keyed hash.
//!
//! A sealed value says under which version of which key it stands; its associated data bind it to
//! the person, table and column, so that a value moved elsewhere does not open.

mod hash;
mod keyring;
mod keyrings;
mod master;
mod rotate;
pub(crate) mod stream;

pub use hash::{Hasher, KeyVersion, LookupHash, SuppressionHash};
pub use keyring::{DataClass, Key, Keyring};
pub use master::MasterSource;
pub use rotate::{KeysStatus, MasterRotated};

pub(crate) use keyring::{KEY_VERSION, SCHEMA, make_tables};
pub(crate) use keyrings::Keyrings;
pub(crate) use master::{Masters, read_key, text_of};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::{Entropy, StoreError};

/// The first byte of every sealed value.
const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 24;

/// Seals `plain` under `key`: format, nonce, ciphertext with tag. `place` is the associated data.
///
/// # Errors
/// [`StoreError::Entropy`] when no nonce could be drawn.
pub fn seal(
    key: &Key,
    place: &[u8],
    plain: &[u8],
    entropy: &Entropy,
) -> Result<Vec<u8>, StoreError> {
    let nonce = entropy.bytes::<NONCE_BYTES>()?;
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let payload = Payload {
        msg: plain,
        aad: place,
    };
    let sealed =
        cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::Damaged {
                what: "plaintext length",
            })?;
    Ok([&[FORMAT][..], &nonce, &sealed].concat())
}

/// Opens what [`seal`] made for the same place.
///
/// # Errors
/// [`StoreError::Damaged`] for another key, place or a changed byte.
pub fn open(key: &Key, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let damaged = || StoreError::Damaged {
        what: "sealed value",
    };
    let [FORMAT, rest @ ..] = sealed else {
        return Err(damaged());
    };
    let (nonce, body) = rest
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or_else(damaged)?;
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    cipher
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: body,
                aad: place,
            },
        )
        .map_err(|_| damaged())
}

/// The associated data of a person's value: whose, in which table and column, key version.
#[must_use]
pub fn place(owner: &[u8], column: &str, key_version: u32) -> Vec<u8> {
    [
        owner,
        b"|",
        column.as_bytes(),
        b"|",
        &key_version.to_be_bytes(),
    ]
    .concat()
}

/// One key at work, for files that are made from what the vault holds.
#[derive(Debug, Clone)]
pub struct Sealer {
    key: Key,
    entropy: Entropy,
}

impl Sealer {
    /// Takes the key, and what nonces are drawn from.
    #[must_use]
    pub const fn new(key: Key, entropy: Entropy) -> Self {
        Self { key, entropy }
    }

    /// As [`seal`].
    ///
    /// # Errors
    /// As [`seal`].
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(&self.key, place, plain, &self.entropy)
    }

    /// As [`open`].
    ///
    /// # Errors
    /// As [`open`].
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        open(&self.key, place, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_moved_changed_or_under_another_key_does_not_open() {
        let entropy = Entropy::seeded(1);
        let (key, other) = (Key::from_bytes([1; 32]), Key::from_bytes([2; 32]));
        let here = place(&[1; 16], "profiles.sealed", 1);
        let sealed = seal(&key, &here, b"rahasia", &entropy).unwrap();
        assert!(open(&other, &here, &sealed).is_err());
        assert!(open(&key, &place(&[2; 16], "profiles.sealed", 1), &sealed).is_err());
        assert!(open(&key, &place(&[1; 16], "profiles.sealed", 2), &sealed).is_err());
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(open(&key, &here, &bent).is_err(), "byte {at}");
        }
        assert_eq!(open(&key, &here, &sealed).unwrap(), b"rahasia");
    }
}
