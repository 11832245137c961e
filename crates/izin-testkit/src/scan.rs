//! Looking for planted bytes in every file under a folder.

use std::fs;
use std::path::Path;

/// The files in which these bytes stand, in any letter case, hidden ones too.
///
/// # Panics
/// When a file cannot be read.
#[must_use]
pub fn holding(folder: &Path, planted: impl AsRef<[u8]>) -> Vec<String> {
    let planted = planted.as_ref();
    let holds = |bytes: &[u8]| {
        let mut windows = bytes.windows(planted.len());
        windows.any(|own| own.eq_ignore_ascii_case(planted))
    };
    let files = files(folder).into_iter();
    let found = files.filter(|(_, bytes)| holds(bytes));
    found.map(|(path, _)| path).collect()
}

/// Every file under a folder, with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).expect("its bytes");
            found.push((path.display().to_string(), bytes));
        }
    }
    found
}
