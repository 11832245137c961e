//! A key that signs for a domain, and the record under which the world finds its other half.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

/// What stands before the bytes of an RSA key where a key says of what kind it is (RFC 5280 §4.1.2.7): an
/// algorithm identifier and no parameters.
const RSA_ALGORITHM: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// A key for a domain.
pub struct DomainKey {
    pub(super) domain: String,
    pub(super) selector: String,
    pair: Pair,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not letters, digits, dots and hyphens.
    #[error("a domain and a selector have letters, digits, `-` and single dots")]
    Name,
    /// Not a private key.
    #[error("it holds no private key in PEM, `-----BEGIN PRIVATE KEY-----`")]
    NotPem,
    /// Too short, or of a kind that DKIM does not know.
    #[error("the key is neither RSA with 2048 to 8192 bits nor Ed25519")]
    Unusable,
}

impl DomainKey {
    /// Reads a key in PEM.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(domain: &str, selector: &str, pem: &str) -> Result<Self, KeyError> {
        if !is_name(domain) || !is_name(selector) {
            return Err(KeyError::Name);
        }
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| KeyError::NotPem)?;
        let rsa = match &key {
            PrivateKeyDer::Pkcs1(own) => RsaKeyPair::from_der(own.secret_pkcs1_der()).ok(),
            PrivateKeyDer::Pkcs8(own) => RsaKeyPair::from_pkcs8(own.secret_pkcs8_der()).ok(),
            _ => None,
        };
        let pair = match (rsa, &key) {
            (Some(rsa), _) => Pair::Rsa(Box::new(rsa)),
            (None, PrivateKeyDer::Pkcs8(own)) => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(own.secret_pkcs8_der());
                Pair::Ed25519(pair.map_err(|_| KeyError::Unusable)?)
            }
            _ => return Err(KeyError::Unusable),
        };
        Ok(Self {
            domain: domain.to_ascii_lowercase(),
            selector: selector.to_ascii_lowercase(),
            pair,
        })
    }

    /// Where the record has to stand, and what it says.
    #[must_use]
    pub fn record(&self) -> (String, String) {
        let (kind, public) = match &self.pair {
            Pair::Rsa(pair) => ("rsa", info(pair.public_key().as_ref())),
            Pair::Ed25519(pair) => ("ed25519", pair.public_key().as_ref().to_vec()),
        };
        let place = format!("{}._domainkey.{}", self.selector, self.domain);
        (
            place,
            format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(public)),
        )
    }

    pub(super) const fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "rsa-sha256",
            Pair::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The signature of a text; Ed25519 signs its hash (RFC 8463 §3).
    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    text,
                    &mut signature,
                );
                signed.map(|()| signature).map_err(|_| KeyError::Unusable)
            }
            Pair::Ed25519(pair) => Ok(pair.sign(&Sha256::digest(text)).as_ref().to_vec()),
        }
    }
}

/// An RSA key with its kind before it, as records hold it.
fn info(key: &[u8]) -> Vec<u8> {
    let bits = [&[0x00], key].concat();
    let bits = [&[0x03][..], &length(bits.len()), &bits].concat();
    let whole = [&RSA_ALGORITHM[..], &bits].concat();
    [&[0x30][..], &length(whole.len()), &whole].concat()
}

/// A length in DER.
fn length(bytes: usize) -> Vec<u8> {
    match u8::try_from(bytes) {
        Ok(own) if own < 0x80 => vec![own],
        Ok(own) => vec![0x81, own],
        Err(_) => {
            let [.., high, low] = bytes.to_be_bytes();
            vec![0x82, high, low]
        }
    }
}

fn is_name(text: &str) -> bool {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let mut words = text.split('.');
    words.all(|word| !word.is_empty() && word.bytes().all(belongs))
}
