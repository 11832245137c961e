//! Proofs that messages were handed over: a leaf in a batch, and the receipt of the batch's entry.
//!
//! Whoever has one needs the log's key and nothing of ours; it shows nobody else's message. Start at
//! [`SentFile::verify`].

use std::convert::Infallible;

use izin_core::{Act, SubjectId};
use izin_log::{Checkpoint, Hash, Inclusion, TreeHead, VerifierKey, prove_inclusion};
use izin_store::{Batch, HandOver, StoreError, hand_over_leaf, hex, unhex};
use serde::{Deserialize, Serialize};

use super::AuditError;
use super::batch::{Batches, batch};
use super::receipt::{ReceiptFault, ReceiptFile, receipt};
use crate::App;

/// A message that was handed over, with its proof, as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentFile {
    /// The record that the leaf commits to, to the letter.
    pub sent: String,
    /// The blinding value of that commitment, in hexadecimal.
    pub blinding: String,
    /// Its place in the batch, from 0.
    pub place: u64,
    /// The hashes on the way from the leaf to the batch's root, in base64.
    pub path: Vec<String>,
    /// The receipt of the entry that holds this root.
    pub batch: ReceiptFile,
}

impl SentFile {
    /// Checks that the log of this key commits to the message: from the record to the leaf, from the
    /// leaf to the root of its batch, and from that entry to the signed root.
    ///
    /// # Errors
    /// [`ReceiptFault`] names what does not hold.
    pub fn verify(&self, key: &VerifierKey) -> Result<(HandOver, Checkpoint), ReceiptFault> {
        let proven = self.batch.verify(key)?;
        let Act::HandOversBatched { count, root } = &proven.entry.act else {
            return Err(ReceiptFault::Batch);
        };
        let head = TreeHead {
            size: u64::from(*count),
            root: Hash::parse(root).ok_or(ReceiptFault::Batch)?,
        };
        let message = HandOver::of(&self.sent).ok_or(ReceiptFault::Entry)?;
        let blinding = unhex(&self.blinding).ok_or(ReceiptFault::Leaf)?;
        let path = self.path.iter().map(|own| Hash::parse(own));
        let inclusion = Inclusion {
            index: self.place,
            path: path.collect::<Option<_>>().ok_or(ReceiptFault::Batch)?,
        };
        let leaf = hand_over_leaf(&self.sent, &blinding);
        let held = inclusion.verify(&leaf, &head);
        held.map_err(|_| ReceiptFault::Batch)?;
        Ok((message, proven.checkpoint))
    }
}

/// Every message that was handed over to a person, or to somebody who turned out to be them, oldest
/// first, each with its proof. Everything kept is gone through: batches are found by nobody's name.
///
/// # Errors
/// [`AuditError`].
pub async fn sent(app: &App, subject: SubjectId) -> Result<Vec<SentFile>, AuditError> {
    batch(app).await?;
    let people = app.store.one_and_all(subject).await?;
    let (mut proved, mut batches) = (Vec::new(), Batches::default());
    while let Some(some) = batches.next(app).await? {
        for own in &some {
            proved.extend(of_batch(app, own, &people).await?);
        }
    }
    Ok(proved)
}

/// The messages to some people in a batch.
async fn of_batch(
    app: &App,
    batch: &Batch,
    people: &[SubjectId],
) -> Result<Vec<SentFile>, AuditError> {
    let is_theirs =
        |record: &str| HandOver::of(record).is_some_and(|own| people.contains(&own.subject));
    let all = (0_u64..).zip(&batch.hand_overs);
    let theirs: Vec<_> = all.filter(|(_, own)| is_theirs(&own.record)).collect();
    if theirs.is_empty() {
        return Ok(Vec::new());
    }
    let receipt = receipt(app, batch.seq).await?;
    let leaves = batch.leaves();
    let file = |(place, own): (u64, &izin_store::Batched)| {
        let mut read = |_| Ok::<_, Infallible>(leaves.clone());
        let inclusion = prove_inclusion(place, leaves.len() as u64, &mut read);
        let inclusion = inclusion.map_err(|_| StoreError::Damaged {
            what: "batch of hand-overs",
        })?;
        Ok(SentFile {
            sent: own.record.clone(),
            blinding: hex(&own.blinding),
            place,
            path: inclusion.path.iter().map(Hash::to_string).collect(),
            batch: receipt.clone(),
        })
    };
    theirs.into_iter().map(file).collect()
}
