//! Promise 10: it can be checked. Signing, exporting and proving the record.
//!
//! Nothing is shown that is not signed, and nothing signed that does not follow from what was signed
//! before. Start at [`checkpoint`]; `signing` holds what was signed last, `safe_checkpoint` keeps it outside the
//! data directory, `fork` goes on after a loss, `export` writes files, `receipt`
//! is what a person keeps, `document` reads it back strictly, `disclosure` is what an
//! auditor is shown.

mod batch;
pub mod disclosure;
mod document;
mod export;
mod fork;
mod keep;
mod receipt;
mod safe_checkpoint;
mod sent;
mod signing;

pub use batch::batch;
pub use document::Document;
pub use export::{export, log_file};
pub use fork::{Forked, comes_from, fork};
pub use keep::{Round, keep_signing};
pub use receipt::{How, Proven, ReceiptFault, ReceiptFile, page, receipt};
pub use safe_checkpoint::SafeError;
pub use sent::{SentFile, sent};
pub use signing::Lost;
pub(crate) use signing::Signing;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use izin_core::Seq;
use izin_log::{
    Checkpoint, Growth, Receipt, SignerKey, TreeHead, prove_consistency, prove_inclusion,
};
use izin_store::log::SIGNING;
use izin_store::{Disclosed, Refused, StoreError};

use crate::App;
use signing::{Signed, compare};

/// What follows the name of a log in the name that signs its backups.
const BACKUP: &str = "/backup";

/// Why something could not be signed, exported or proved.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The ledger is not the one that was signed.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// A fork of a log that is whole.
    #[error("the log is the one that was signed; there is nothing to go on without")]
    NothingLost,
    /// The folder outside the data directory.
    #[error(transparent)]
    Safe(#[from] SafeError),
    /// The checkpoint could not be signed or read back.
    #[error("the checkpoint is not in order: {0}")]
    Checkpoint(String),
    /// A file of the export.
    #[error("cannot write `{path}`: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The folder holds something.
    #[error("`{0}` is not empty; export into a new folder")]
    NotEmpty(PathBuf),
    /// There is no such entry, or none signed yet.
    #[error("there is no entry {0} under a signed checkpoint; the log has {1} entries")]
    NoEntry(Seq, u64),
    /// The proof could not be made.
    #[error("the proof could not be made: {0}")]
    Proof(String),
}

impl App {
    /// Signs checkpoints.
    #[must_use]
    pub fn signer(&self) -> Arc<SignerKey> {
        self.signing.signer.load_full()
    }

    /// Why the ledger is not the one that was signed, if it is not: then nothing is signed, and
    /// marketing is held back.
    #[must_use]
    pub fn lost(&self) -> Option<Arc<Lost>> {
        self.signing.lost()
    }
}

/// Signs the log as it stands, unless that was done; answers the signed note. It is in the store and
/// in the safe before anybody sees it.
///
/// # Errors
/// [`AuditError::Lost`] when the ledger does not begin with everything that was signed before.
pub async fn checkpoint(app: &App) -> Result<String, AuditError> {
    let mut last = app.signing.last.lock().await;
    if let Some(lost) = app.lost() {
        return Err(Lost::clone(&lost).into());
    }
    let head = app.store.head().await?;
    if let Some(signed) = &*last {
        if signed.checkpoint.head() == &head {
            return Ok(signed.note.clone());
        }
        refuse_lost(app, signed).await?;
    }
    if !app.store.leads(SIGNING).await? {
        return take_over(app, &mut last).await;
    }
    let note = head.sign(&app.signer());
    let now = app.clock.now();
    // There first: a store that was signed knows that the safe says so.
    app.signing.safe.keep(note.clone()).await?;
    app.store
        .keep_checkpoint(head.size, note.clone(), now)
        .await?;
    let checkpoint = open(&app.signer(), &note)?;
    *last = Some(Signed {
        note: note.clone(),
        checkpoint,
    });
    Ok(note)
}

/// Takes over what another process signed: it is in this one's safe too.
async fn take_over(app: &App, last: &mut Option<Signed>) -> Result<String, AuditError> {
    let none = || AuditError::Store(Refused::NotTheSigner.into());
    let note = app.store.checkpoint().await?.ok_or_else(none)?;
    let checkpoint = open(&app.signer(), &note)?;
    if let Some(own) = last
        && own.checkpoint.head().size >= checkpoint.head().size
    {
        return Ok(own.note.clone());
    }
    let signed = Signed {
        note: note.clone(),
        checkpoint,
    };
    refuse_lost(app, &signed).await?;
    app.signing.safe.keep(note.clone()).await?;
    *last = Some(signed);
    Ok(note)
}

/// Holds everything back where the log is not the one that was signed.
async fn refuse_lost(app: &App, signed: &Signed) -> Result<(), AuditError> {
    let Some(lost) = compare(&app.store, signed.checkpoint.head()).await? else {
        return Ok(());
    };
    tracing::error!(%lost, "the log is not the one that was signed");
    app.gate.hold_back(true);
    app.signing.lost.store(Some(Arc::new(lost.clone())));
    Err(lost.into())
}

/// What signs the ledger as a backup has it: a name of its own, so that no backup is another past of
/// the log. The log is compared and signed first; a safe that cannot be written keeps nobody from
/// backing up.
///
/// # Errors
/// [`AuditError::Lost`] as [`checkpoint`]; [`AuditError::Store`] when the key cannot be had.
pub(crate) async fn backup_signer(app: &App) -> Result<SignerKey, AuditError> {
    if let Err(lost @ AuditError::Lost(_)) = checkpoint(app).await {
        return Err(lost);
    }
    let name = format!("{}{BACKUP}", app.signer().verifier().name());
    signing::signer(&app.store, &name).map_err(|why| AuditError::Checkpoint(why.to_string()))
}

/// Commits to what was handed over and signs what was recorded, where it can be signed: a loss was
/// told when it was found.
///
/// # Errors
/// As [`checkpoint`], but for a loss.
pub async fn sign_off(app: &App) -> Result<(), AuditError> {
    let batched = batch(app).await;
    match checkpoint(app).await {
        Ok(_) | Err(AuditError::Lost(_)) => Ok(batched?),
        Err(error) => Err(error),
    }
}

/// An entry with its proof under the newest signed checkpoint.
#[derive(Debug, Clone)]
pub struct Proved {
    /// The entry, its record and blinding.
    pub disclosed: Disclosed,
    /// The proof: a text that `Receipt::parse` reads.
    pub receipt: Receipt,
}

/// Proves one entry, signing a checkpoint first when the last does not cover it.
///
/// # Errors
/// [`AuditError`].
pub async fn prove(app: &App, seq: Seq) -> Result<Proved, AuditError> {
    let checkpoint = checkpoint(app).await?;
    let size = open(&app.signer(), &checkpoint)?.head().size;
    let nothing = || AuditError::NoEntry(seq, size);
    if seq.0 >= size {
        return Err(nothing());
    }
    let disclosed = app.store.disclosed(seq).await?.ok_or_else(nothing)?;
    let proved = app
        .store
        .with_tiles(move |read| prove_inclusion(seq.0, size, read));
    let receipt = Receipt {
        inclusion: proved.await?.map_err(unproved)?,
        checkpoint,
    };
    receipt
        .verify(&disclosed.leaf.hash(), app.signer().verifier())
        .map_err(unproved)?;
    Ok(Proved { disclosed, receipt })
}

/// Proves that the log begins with everything of an earlier tree, and has only grown since.
///
/// # Errors
/// [`AuditError::Proof`] when it has not.
pub async fn growth(app: &App, earlier: &TreeHead) -> Result<Growth, AuditError> {
    let checkpoint = checkpoint(app).await?;
    let size = open(&app.signer(), &checkpoint)?.head().size;
    let from = earlier.size;
    let proved = app
        .store
        .with_tiles(move |read| prove_consistency(from, size, read));
    let growth = Growth {
        consistency: proved.await?.map_err(unproved)?,
        checkpoint,
    };
    growth
        .verify(earlier, app.signer().verifier())
        .map_err(unproved)?;
    Ok(growth)
}

fn unproved(why: impl std::fmt::Display) -> AuditError {
    AuditError::Proof(why.to_string())
}

fn open(signer: &SignerKey, note: &str) -> Result<Checkpoint, AuditError> {
    Checkpoint::open(note, signer.verifier()).map_err(|why| AuditError::Checkpoint(why.to_string()))
}
