//! What was signed last, and whether the ledger still fits it.
//!
//! Nothing is signed that is shorter than, or other than, what was signed before: an older backup
//! that was put back, or entries taken out, may have lost a refusal. Then marketing is held back
//! until [`super::fork`]. Start at [`Signing::open`].

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use izin_core::Language;
use izin_log::key::KeyError;
use izin_log::{Checkpoint, SignerKey, TreeHead, prove_consistency};
use izin_store::{Store, StoreError, place};
use tokio::sync::Mutex;

use super::safe_checkpoint::SafeCheckpoint;
use crate::app::{Settings, StartError};

/// A checkpoint that was signed here.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) note: String,
    pub(super) checkpoint: Checkpoint,
}

/// Why nothing is signed and no marketing allowed: the ledger is not the one that was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Entries that were signed are gone.
    #[error(
        "the log has {entries} entries, but {signed} were signed: an older backup was put back, or \
         entries were taken out. Nothing is signed and no marketing is allowed. Put the newest data \
         back, or go on without what is lost: `izin log fork`"
    )]
    Shorter {
        /// How many there are.
        entries: u64,
        /// How many were signed.
        signed: u64,
    },
    /// Other entries stand where signed ones stood.
    #[error(
        "the first {signed} entries of the log are not those that were signed: an older backup was \
         put back and used, or entries were changed. Nothing is signed and no marketing is allowed. \
         Put the newest data back, or go on without what is lost: `izin log fork`"
    )]
    Rewritten {
        /// How many were signed.
        signed: u64,
    },
    /// A kept checkpoint was not signed with this store's key.
    #[error(
        "`{}` holds no checkpoint of this log ({why}). Nothing is signed and no marketing is \
         allowed until the data or the safe folder that belong together are back", path.display()
    )]
    Foreign {
        /// Where it is kept.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl Lost {
    /// The same in the language of a reader.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        let held = "Tidak ada yang ditandatangani dan pemasaran ditahan";
        let mend = "Kembalikan data terbaru, atau lanjutkan tanpa yang hilang: `izin log fork`";
        match self {
            Self::Shorter { entries, signed } => format!(
                "log berisi {entries} entri, padahal {signed} sudah ditandatangani: cadangan lama \
                 dipulihkan, atau entri diambil. {held}. {mend}"
            ),
            Self::Rewritten { signed } => format!(
                "{signed} entri pertama log bukan yang sudah ditandatangani: cadangan lama \
                 dipulihkan lalu dipakai, atau entri diubah. {held}. {mend}"
            ),
            Self::Foreign { path, why } => format!(
                "`{}` bukan titik periksa log ini ({why}). {held} sampai data dan folder aman yang \
                 sepasang dikembalikan",
                path.display()
            ),
        }
    }
}

/// The log's key and the last of its signatures.
pub(crate) struct Signing {
    pub(super) safe: SafeCheckpoint,
    pub(super) signer: ArcSwap<SignerKey>,
    /// Held while the log is signed, so that signatures follow each other.
    pub(super) last: Mutex<Option<Signed>>,
    pub(super) lost: ArcSwapOption<Lost>,
}

impl Signing {
    /// Reads what was signed last, in the store and in the safe, and compares the ledger with both.
    pub(crate) async fn open(store: &Store, settings: &Settings) -> Result<Self, StartError> {
        let safe = SafeCheckpoint::of(&settings.safe);
        let kept = [
            (store.dir().join(place::DATA), store.checkpoint().await?),
            (safe.path(), safe.read()?),
        ];
        let mut lost = None;
        let mut last: Option<Signed> = None;
        for (path, note) in kept {
            let Some(note) = note else { continue };
            match opened(store, note)? {
                Ok(signed) => {
                    lost = lost.or(compare(store, signed.checkpoint.head()).await?);
                    let newest = last.as_ref().map_or(0, |own| own.checkpoint.head().size);
                    if signed.checkpoint.head().size >= newest {
                        last = Some(signed);
                    }
                }
                Err(why) => lost = lost.or(Some(Lost::Foreign { path, why })),
            }
        }
        if let Some(lost) = &lost {
            tracing::error!(%lost, "the log is not the one that was signed");
        }
        let origin = last.as_ref().map(|own| own.checkpoint.origin());
        let signer = signer(store, origin.unwrap_or(&settings.log_origin))?;
        if let Some(signed) = last.as_ref().filter(|_| lost.is_none())
            && safe.read()?.is_none()
        {
            // A safe that begins: the next start misses it there.
            safe.keep(signed.note.clone()).await?;
        }
        Ok(Self {
            safe,
            signer: ArcSwap::from_pointee(signer),
            last: Mutex::new(last),
            lost: ArcSwapOption::from_pointee(lost),
        })
    }

    /// Why the ledger is not the one that was signed, if it is not.
    pub(crate) fn lost(&self) -> Option<Arc<Lost>> {
        self.lost.load_full()
    }
}

/// The key of a log by this name.
pub(super) fn signer(store: &Store, origin: &str) -> Result<SignerKey, StartError> {
    let seed = store.service_key(izin_store::log::SIGNING_KEY)?;
    let named = |why: KeyError| StartError::LogName(origin.to_owned(), why);
    SignerKey::from_seed(origin, seed.expose()).map_err(named)
}

/// A kept note, opened with our key under the name that it bears itself.
fn opened(store: &Store, note: String) -> Result<Result<Signed, String>, StoreError> {
    let origin = note.lines().next().unwrap_or_default();
    let signer = match signer(store, origin) {
        Ok(signer) => signer,
        Err(StartError::Store(error)) => return Err(error),
        Err(why) => return Ok(Err(why.to_string())),
    };
    let checkpoint = Checkpoint::open_alone(&note, signer.verifier());
    Ok(checkpoint
        .map(|checkpoint| Signed { note, checkpoint })
        .map_err(|why| why.to_string()))
}

/// Whether the ledger still begins with everything that this head fixed.
pub(super) async fn compare(store: &Store, earlier: &TreeHead) -> Result<Option<Lost>, StoreError> {
    let (signed, head) = (earlier.size, store.head().await?);
    if signed > head.size {
        let entries = head.size;
        return Ok(Some(Lost::Shorter { entries, signed }));
    }
    if signed == 0 {
        return Ok(None);
    }
    let proved = store.with_tiles(move |read| prove_consistency(signed, head.size, read));
    let proof = proved.await?.map_err(|_| StoreError::Damaged {
        what: "tile of the log",
    })?;
    let holds = proof.verify(earlier, &head).is_ok();
    Ok((!holds).then_some(Lost::Rewritten { signed }))
}
