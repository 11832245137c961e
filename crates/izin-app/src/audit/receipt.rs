//! A receipt: one document with which somebody can prove their own entry when everything else is
//! gone.
//!
//! It holds the entry, what ties it to its leaf, and the way from the leaf to a signed root. Whoever
//! has it needs the log's key and nothing of ours. Start at [`ReceiptFile::verify`].

use izin_core::{Entry, Seq};
use izin_log::receipt::ReceiptError;
use izin_log::{Checkpoint, Receipt, VerifierKey};
use izin_store::{hex, ledger, unhex};
use serde::{Deserialize, Serialize};

use super::{AuditError, Proved, prove};
use crate::App;
use crate::link::LinkKind;

/// How a receipt is checked, in the languages of those who get one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct How {
    /// In Indonesian.
    pub id: String,
    /// In English.
    pub en: String,
}

/// An entry with its proof, as a document. What it says of `page` and `how` is not proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFile {
    /// Its place in the ledger.
    pub seq: u64,
    /// The record that the leaf commits to, to the letter.
    pub entry: String,
    /// The blinding value of that commitment, in hexadecimal.
    pub blinding: String,
    /// The leaf, in hexadecimal.
    pub leaf: String,
    /// The proof: a C2SP `tlog-proof` with the checkpoint it leads to.
    pub receipt: String,
    /// That checkpoint: a C2SP signed note.
    pub checkpoint: String,
    /// The name of the log, which is also that of its key.
    pub log: String,
    /// The page on which the entry can be looked at again.
    pub page: String,
    /// How it is checked.
    pub how: How,
}

/// An entry that a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The entry.
    pub entry: Entry,
    /// The signed state of the log that holds it.
    pub checkpoint: Checkpoint,
}

/// Why a receipt proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptFault {
    /// Not a receipt.
    #[error("it is not a receipt of this kind: {0}")]
    Form(#[from] serde_json::Error),
    /// The key of another log.
    #[error("the receipt is of the log `{log}`, the key of `{key}`")]
    OtherLog {
        /// Whose receipt.
        log: String,
        /// Whose key.
        key: String,
    },
    /// The entry is not one that this version can read.
    #[error("the entry is not a record of this ledger")]
    Entry,
    /// Entry and blinding give another leaf.
    #[error("the leaf does not commit to the entry with this blinding")]
    Leaf,
    /// The entry is no batch of messages, or not the one that this message is in.
    #[error("the message is not in the batch that the entry commits to")]
    Batch,
    /// Place or checkpoint beside the proof is another than in it.
    #[error("the {0} beside the proof is not the one in it")]
    Beside(&'static str),
    /// The proof does not hold.
    #[error(transparent)]
    Proof(#[from] ReceiptError),
}

impl ReceiptFile {
    /// Reads a receipt; believes nothing yet.
    ///
    /// # Errors
    /// [`ReceiptFault::Form`].
    pub fn parse(text: &str) -> Result<Self, ReceiptFault> {
        Ok(serde_json::from_str(text)?)
    }

    /// Checks that the log of this key holds the entry: from the entry and its blinding to the leaf,
    /// from the leaf to the signed root.
    ///
    /// # Errors
    /// [`ReceiptFault`] names what does not hold.
    pub fn verify(&self, key: &VerifierKey) -> Result<Proven, ReceiptFault> {
        if self.log != key.name() {
            return Err(ReceiptFault::OtherLog {
                log: self.log.clone(),
                key: key.name().to_owned(),
            });
        }
        let entry = ledger::entry_of(Seq(self.seq), &self.entry).ok_or(ReceiptFault::Entry)?;
        let blinding = unhex(&self.blinding).ok_or(ReceiptFault::Leaf)?;
        let leaf = ledger::leaf(&entry, &blinding, &self.entry);
        if hex(&leaf.encode()) != self.leaf {
            return Err(ReceiptFault::Leaf);
        }
        let receipt = Receipt::parse(&self.receipt)?;
        if receipt.inclusion.index != self.seq {
            return Err(ReceiptFault::Beside("place"));
        }
        if receipt.checkpoint != self.checkpoint {
            return Err(ReceiptFault::Beside("checkpoint"));
        }
        let checkpoint = receipt.verify(&leaf.hash(), key)?;
        Ok(Proven { entry, checkpoint })
    }

    /// The document of an entry that was proved.
    fn of(proved: Proved, log: String, page: String) -> Self {
        let recorded = proved.disclosed.recorded;
        Self {
            seq: recorded.seq.0,
            blinding: hex(&recorded.blinding),
            leaf: hex(&proved.disclosed.leaf.encode()),
            receipt: proved.receipt.to_string(),
            checkpoint: proved.receipt.checkpoint,
            entry: recorded.record,
            log,
            page,
            how: How {
                id: "Simpan berkas ini; `izin log receipt verify BERKAS --key KUNCI` membuktikan \
                     tanpa internet bahwa entri ini ada di log, KUNCI ada di /log/key."
                    .to_owned(),
                en: "Keep this file; `izin log receipt verify FILE --key KEY` proves offline that \
                     this entry is in the log, KEY is at /log/key."
                    .to_owned(),
            },
        }
    }
}

/// The receipt of an entry, signed now when no checkpoint covers it yet.
///
/// # Errors
/// [`AuditError`].
pub async fn receipt(app: &App, seq: Seq) -> Result<ReceiptFile, AuditError> {
    let proved = prove(app, seq).await?;
    let log = app.signer().verifier().name().to_owned();
    Ok(ReceiptFile::of(proved, log, page(app, seq)?))
}

/// The address of the page on which whoever holds it sees that an entry is in the log.
///
/// # Errors
/// [`izin_store::StoreError::Entropy`].
pub fn page(app: &App, seq: Seq) -> Result<String, izin_store::StoreError> {
    let path = LinkKind::Receipt.path();
    let token = app.links.seal_receipt(seq)?;
    Ok(format!("{}{path}{token}", app.settings.public_url))
}
