//! Secrets: in the environment, or in a file of their own that a setting names; never in `izin.toml`,
//! which is copied and shown.

use std::path::Path;

/// The longest secret, in bytes.
const SECRET_BYTES_MAX: usize = 4096;

/// The secret that stands in a file, without the line end behind it.
///
/// # Errors
/// Why it cannot be used, without what stands in it.
pub(super) fn in_file(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|why| why.to_string())?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() || secret.len() > SECRET_BYTES_MAX {
        return Err("it is empty, or longer than 4 KiB".to_owned());
    }
    Ok(secret.to_owned())
}
