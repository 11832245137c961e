//! Published vectors of proofs that a log only grew, and of a witness that is sent them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use izin_log::hash::leaf_hash;
use izin_log::{Checkpoint, Consistency, Growth, Hash, TreeHead, VerifierKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::vectors::{Many, path_of, unhex, vectors};

#[derive(Deserialize)]
struct ConsistencyVector {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
    desc: String,
    #[serde(rename = "wantErr")]
    want_err: bool,
}

/// A published root; some are words, of which only whether they are the same matters.
fn root_of(text: &str) -> Option<Hash> {
    let bytes = STANDARD.decode(text).ok()?;
    let word = leaf_hash(&bytes);
    Some(bytes.try_into().map_or(word, Hash))
}

#[test]
fn consistency_proofs_hold_or_fail_as_published() {
    let Some(file) = vectors::<Many<ConsistencyVector>>("merkle-consistency") else {
        return;
    };
    assert_eq!(file.vectors.len(), file.count);
    for vector in file.vectors {
        let head = |size, root: &str| root_of(root).map(|root| TreeHead { size, root });
        let held = || {
            let earlier = head(vector.size1, &vector.root1)?;
            let later = head(vector.size2, &vector.root2)?;
            let proof = Consistency {
                earlier: vector.size1,
                path: path_of(vector.proof.as_deref())?,
            };
            proof.verify(&earlier, &later).ok()
        };
        let sizes = (vector.size1, vector.size2);
        assert_eq!(
            held().is_some(),
            !vector.want_err,
            "{sizes:?} {}",
            vector.desc
        );
    }
}

#[derive(Deserialize)]
struct Witness {
    log_public_key_ed25519_hex: String,
    log_origin: String,
    requests: Vec<WitnessRequest>,
}

#[derive(Deserialize)]
struct WitnessRequest {
    body: String,
    want_status: u16,
}

/// The key of a log, of which only the bytes are published.
fn key_of(name: &str, bytes: &[u8]) -> VerifierKey {
    let key = [&[1], bytes].concat();
    let id = Sha256::digest([name.as_bytes(), b"\n", &key].concat());
    let id: String = id[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    VerifierKey::parse(&format!("{name}+{id}+{}", STANDARD.encode(key))).unwrap()
}

/// What a witness that last saw `seen` answers to a proof of growth, and what it has seen then.
fn witnessed(body: &str, key: &VerifierKey, seen: Option<TreeHead>) -> (u16, Option<TreeHead>) {
    let growth = Growth::parse(body).unwrap();
    let Ok(checkpoint) = Checkpoint::open(&growth.checkpoint, key) else {
        return (403, seen);
    };
    let stands = seen.map_or(0, |seen| seen.size);
    if growth.consistency.earlier != stands {
        return (409, seen);
    }
    match seen.map(|seen| growth.verify(&seen, key)) {
        Some(Err(_)) => (422, seen),
        Some(Ok(_)) | None => (200, Some(*checkpoint.head())),
    }
}

#[test]
fn proofs_of_growth_are_believed_or_refused_as_a_published_witness_does() {
    let Some(file) = vectors::<Witness>("witness-add-checkpoint") else {
        return;
    };
    let key = key_of(&file.log_origin, &unhex(&file.log_public_key_ed25519_hex));
    let mut seen = None;
    for (number, request) in file.requests.iter().enumerate() {
        let (status, sees) = witnessed(&request.body, &key, seen);
        assert_eq!(status, request.want_status, "request {number}");
        assert_eq!(
            Growth::parse(&request.body).unwrap().to_string(),
            request.body
        );
        seen = sees;
    }
    assert!(seen.is_some_and(|seen| seen.size > 1));
}
