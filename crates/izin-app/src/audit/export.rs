//! The log as files: one of them for whoever asks, or all of them in a folder.

use std::fs;
use std::io;
use std::path::Path;

use izin_log::export::ExportFile;
use izin_log::{bundle, export_files, tile};
use izin_store::StoreError;

use super::{AuditError, batch, checkpoint, open};
use crate::App;

/// Writes everything a stranger needs to check the log into a new folder; answers its size.
///
/// # Errors
/// [`AuditError`].
pub async fn export(app: &App, dir: &Path) -> Result<u64, AuditError> {
    fs::create_dir_all(dir).map_err(failed(dir))?;
    if fs::read_dir(dir).map_err(failed(dir))?.next().is_some() {
        return Err(AuditError::NotEmpty(dir.to_owned()));
    }
    batch(app).await?;
    let note = checkpoint(app).await?;
    let size = open(&app.signer(), &note)?.head().size;
    for file in export_files(size) {
        let bytes = match &file {
            ExportFile::Checkpoint => note.clone().into_bytes(),
            other => log_file(app, other).await?,
        };
        let path = dir.join(file.to_string());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        fs::write(&path, bytes).map_err(failed(&path))?;
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
        ExportFile::Key => Ok(format!("{}\n", app.signer().verifier()).into_bytes()),
    }
}

pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> AuditError {
    let path = path.to_owned();
    move |why| AuditError::File {
        path: path.clone(),
        why,
    }
}
