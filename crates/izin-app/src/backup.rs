//! What is kept can be put back: a sealed copy of the store with its own signed checkpoint.

use std::path::PathBuf;

use izin_store::backup::{BackUp, BackupKey, Made};
use izin_store::vault::MasterSource;

use crate::App;
use crate::audit::{self, AuditError};

/// What a backup is asked to be.
pub struct Asked {
    /// A new or empty folder.
    pub folder: PathBuf,
    /// The file of the key it is sealed under; absent: the store's master key.
    pub key_file: Option<PathBuf>,
    /// Whether the keys of people come along.
    pub with_people: bool,
    /// Told how many bytes are sealed, of how many.
    pub told: Box<dyn Fn(u64, u64) + Send>,
}

/// Backs the store up while everything else goes on.
///
/// # Errors
/// [`AuditError::Lost`] while the ledger is not the one that was signed, [`AuditError::Store`]; the
/// folder then holds no backup.
pub async fn back_up(app: &App, asked: Asked) -> Result<Made, AuditError> {
    let key = match (&asked.key_file, &app.settings.master) {
        (Some(file), _) => BackupKey::read(file)?,
        (None, MasterSource::Given { key, .. }) => BackupKey::of(key),
        (None, MasterSource::File) => BackupKey::read(&app.store.master_key_file())?,
    };
    let signer = audit::backup_signer(app).await?;
    let made = app
        .store
        .back_up(BackUp {
            folder: asked.folder,
            key,
            with_people: asked.with_people,
            now: app.clock.now(),
            sign: Box::new(move |head| head.sign(&signer)),
            told: asked.told,
        })
        .await?;
    Ok(made)
}
