//! Promise 10: it can be checked. Signing, exporting and proving the record.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use izin_core::Seq;
use izin_log::export::ExportFile;
use izin_log::{Checkpoint, Receipt, TileId, bundle, export_files, prove_inclusion, tile};
use izin_store::{Disclosed, StoreError};

use crate::App;

/// Why something could not be signed, exported or proved.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Entries that were signed are gone.
    #[error(
        "the log has {0} entries, but {1} were signed; an older copy of the data was put back, or \
         entries were taken out, and nothing is signed until that is mended"
    )]
    Shorter(u64, u64),
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

/// Signs the log as it stands, unless that was done; answers the signed note.
///
/// # Errors
/// [`AuditError`].
pub async fn checkpoint(app: &App) -> Result<String, AuditError> {
    let head = app.store.head().await?;
    let signed = app.store.checkpoint().await?;
    if let Some(note) = signed {
        let last = open(app, &note)?;
        if last.head().size > head.size {
            return Err(AuditError::Shorter(head.size, last.head().size));
        }
        if last.head().size == head.size {
            return Ok(note);
        }
    }
    let note = head.sign(&app.signer);
    app.store
        .keep_checkpoint(head.size, note.clone(), app.clock.now())
        .await?;
    Ok(note)
}

/// Writes everything a stranger needs to check the log into a new folder; answers its size.
///
/// # Errors
/// [`AuditError`].
pub async fn export(app: &App, dir: &Path) -> Result<u64, AuditError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |why| AuditError::File { path, why }
    };
    fs::create_dir_all(dir).map_err(io(dir))?;
    if fs::read_dir(dir).map_err(io(dir))?.next().is_some() {
        return Err(AuditError::NotEmpty(dir.to_owned()));
    }
    let note = checkpoint(app).await?;
    let size = open(app, &note)?.head().size;
    for file in export_files(size) {
        let bytes = match &file {
            ExportFile::Checkpoint => note.clone().into_bytes(),
            ExportFile::Key => format!("{}\n", app.signer.verifier()).into_bytes(),
            other => log_file(app, other).await?,
        };
        let path = dir.join(file.to_string());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(io(parent))?;
        }
        fs::write(&path, bytes).map_err(io(&path))?;
    }
    Ok(size)
}

/// The bytes of a tile or an entry bundle, as C2SP tlog-tiles has them.
///
/// # Errors
/// [`AuditError::Store`] when the log does not reach that far.
pub async fn log_file(app: &App, file: &ExportFile) -> Result<Vec<u8>, AuditError> {
    match file {
        ExportFile::Tile(id) => Ok(tile::encode(&app.store.tile(*id).await?)),
        ExportFile::Bundle(span) => {
            let leaves = app
                .store
                .leaves(span.start(), u64::from(span.width()))
                .await?;
            if leaves.len() == usize::from(span.width()) {
                Ok(bundle::encode(&leaves))
            } else {
                Err(StoreError::Damaged {
                    what: "entry bundle",
                }
                .into())
            }
        }
        ExportFile::Checkpoint => Ok(checkpoint(app).await?.into_bytes()),
        ExportFile::Key => Ok(format!("{}\n", app.signer.verifier()).into_bytes()),
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
    let note = checkpoint(app).await?;
    let size = open(app, &note)?.head().size;
    if seq.0 >= size {
        return Err(AuditError::NoEntry(seq, size));
    }
    let disclosed = app
        .store
        .disclosed(seq)
        .await?
        .ok_or(AuditError::NoEntry(seq, size))?;
    let tiles = tiles_for(app, seq.0, size).await?;
    let inclusion = prove_inclusion(seq.0, size, &mut |id: TileId| {
        let found = tiles.iter().find(|(own, _)| *own == id);
        found
            .map(|(_, hashes)| hashes.clone())
            .ok_or(StoreError::Damaged { what: "tile" })
    })
    .map_err(|why| AuditError::Proof(why.to_string()))?;
    let receipt = Receipt {
        inclusion,
        checkpoint: note,
    };
    receipt
        .verify(&disclosed.leaf.hash(), app.signer.verifier())
        .map_err(|why| AuditError::Proof(why.to_string()))?;
    Ok(Proved { disclosed, receipt })
}

/// Reads the tiles that a proof asks for: tries, notes what was missing, reads it, tries again.
async fn tiles_for(
    app: &App,
    index: u64,
    size: u64,
) -> Result<Vec<(TileId, Vec<izin_log::Hash>)>, AuditError> {
    let mut tiles: Vec<(TileId, Vec<izin_log::Hash>)> = Vec::new();
    loop {
        let mut missing = None;
        let tried = prove_inclusion(index, size, &mut |id: TileId| {
            let found = tiles
                .iter()
                .find(|(own, _)| *own == id)
                .map(|(_, hashes)| hashes.clone());
            if found.is_none() {
                missing = Some(id);
            }
            found.ok_or(StoreError::Stopped)
        });
        match (tried, missing) {
            (Err(_), Some(id)) => tiles.push((id, app.store.tile(id).await?)),
            _ => return Ok(tiles),
        }
    }
}

fn open(app: &App, note: &str) -> Result<Checkpoint, AuditError> {
    Checkpoint::open(note, app.signer.verifier())
        .map_err(|why| AuditError::Checkpoint(why.to_string()))
}
