//! Where decided rows go: a file beside its place, which moves there when it is whole. A list may be
//! decided onto itself, and a list cut short is never taken for a whole one.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Rights of a list that was not there before: it names people.
const MODE: u32 = 0o600;
/// Names tried for the unfinished file; runs that broke off may have left some.
const TRIES_MAX: u32 = 100;

/// Writes to a path. What is no file, as a pipe, is written to as it stands.
pub(super) fn write_to(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    let place = match fs::metadata(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => None,
        Err(why) => return Err(why).with_context(cannot),
        Ok(there) if !there.is_file() => {
            let opened = OpenOptions::new().write(true).open(path);
            return write(&mut opened.with_context(cannot)?);
        }
        // A link stays one: the file that it leads to is replaced.
        Ok(there) => Some((
            path.canonicalize().with_context(cannot)?,
            there.permissions(),
        )),
    };
    let (place, rights) = place.unwrap_or_else(|| (path.to_owned(), Permissions::from_mode(MODE)));
    let (unready, mut file) = beside(&place).with_context(cannot)?;
    let written = file
        .set_permissions(rights)
        .with_context(cannot)
        .and_then(|()| write(&mut file))
        .and_then(|()| file.sync_all().with_context(cannot))
        .and_then(|()| fs::rename(&unready, &place).with_context(cannot));
    if written.is_err() {
        fs::remove_file(&unready).with_context(cannot)?;
    }
    written
}

/// A file of our own beside a place, whoever writes there at the same time.
fn beside(place: &Path) -> std::io::Result<(PathBuf, File)> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create_new(true).mode(MODE);
    let mut number = 0;
    loop {
        let unready = place.with_added_extension(format!("{}-{number}.part", std::process::id()));
        match options.open(&unready) {
            Err(why) if why.kind() == ErrorKind::AlreadyExists && number < TRIES_MAX => number += 1,
            opened => return opened.map(|file| (unready, file)),
        }
    }
}
